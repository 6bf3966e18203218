"""Dates and times in the forms of ISO 8601, and in those that people write: 4.3.2024, 03/04/2024, 4 March 2024 5 pm."""

from __future__ import annotations

import re

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

_MONTHS = (
    "jan january januar janvier janv enero gennaio janeiro januari ene gen",
    "feb february februar février fevrier févr febrero febbraio fevereiro februari fev fév",
    "mar march märz maerz mars marzo março maart mär mrz mrt",
    "apr april avril avr abril aprile abr",
    "may mai mayo maggio maio mei mag",
    "jun june juni juin junio giugno junho giu",
    "jul july juli juillet juil julio luglio julho lug",
    "aug august août aout agosto augustus ago aoû",
    "sep sept september septembre septiembre settembre setembro set",
    "oct october oktober octobre octubre ottobre outubro okt out ott",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre decembre diciembre dicembre dezembro dez déc dic",
)
_MONTH_NUMBERS = {name: f"{number:02}" for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=lambda name: (-len(name), name)))
_YEAR, _SHORT_YEAR = r"(?P<year>(?:1[5-9]|20|21)\d\d)", r"(?P<year>(?:1[5-9]|20|21)\d\d|\d\d)"
_DAY, _TH = r"(?P<day>\d{1,2})", r"(?:st|nd|rd|th|\.|º)?"
_WEEKDAY = r"(?:\p{L}{2,10}\.?,?\s+)?"
_NAME = rf"(?P<name>(?i:{_MONTH}))\.?"
_TWO = r"(?P<first>\d{1,2})"
# By form: a date in it. Where two numbers may be day and month they are `first` and `second`.
_DATES = {
    "Y-M-D": rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)",
    "YMD": rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
    "Y/M/D": rf"{_YEAR}/(?P<month>\d{{1,2}})/{_DAY}",
    "Y.M.D": rf"{_YEAR}\.(?P<month>\d{{1,2}})\.{_DAY}\.?",
    "year and week": rf"{_YEAR}-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?",
    "year and day": rf"{_YEAR}-?(?P<ordinal>\d\d\d)",
    "Y\u5e74M\u6708D\u65e5": rf"{_YEAR}\s?[\u5e74\ub144]\s?(?P<month>\d{{1,2}})\s?[\u6708\uc6d4]\s?{_DAY}\s?[\u65e5\uc77c]",
    "Y-M": rf"{_YEAR}-(?P<month>\d\d)",
    "M/Y": rf"(?P<month>\d{{1,2}})/{_YEAR}",
    "month Y": rf"{_NAME},?[\s-]+{_YEAR}",
    "Y-Q": rf"{_YEAR}[\s-]?[Qq](?P<quarter>[1-4])",
    "Q Y": rf"[Qq](?P<quarter>[1-4])[\s/-]?{_YEAR}",
    "quarter Y": rf"(?P<quarter>[1-4])(?:\.|st|nd|rd|th)?\s?(?i:quartal|quarter|trimestre|kwartaal),?\s{_YEAR}",
    "D/month/Y": rf"{_DAY}/{_NAME}/{_YEAR}",
    "D.M.Y": rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_SHORT_YEAR}",
    "/": rf"{_TWO}/(?P<second>\d{{1,2}})/{_SHORT_YEAR}",
    "-": rf"{_TWO}-(?P<second>\d{{1,2}})-{_YEAR}",
    "D month Y": rf"{_WEEKDAY}{_DAY}{_TH}(?:\s+de)?[\s-]+{_NAME},?(?:\s+de)?[\s-]+{_YEAR}",
    "D-month-Y": rf"{_DAY}-{_NAME}-{_SHORT_YEAR}",
    "month D, Y": rf"{_WEEKDAY}{_NAME}\s+{_DAY}{_TH},?\s+{_YEAR}",
}
_HOUR, _HALF = r"(?P<hour>\d{1,2})", r"(?:\s*(?P<half>[AaPp]\.?[Mm]\.?))?"
_MINUTE = r":?(?P<minute>\d\d)(?::?(?P<second_of>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_CLOCK = rf"{_HOUR}(?:{_MINUTE})?{_HALF}"
# What some programs put behind it is the same once more: (CET), [Europe/Paris].
_ZONE = r"(?:\s*(?P<zone>[Zz]|(?:UTC|GMT)?[+\u2212-]\d\d(?::?\d\d)?|UTC|GMT)(?:\s*\(\w+\)|\[[\w/+-]+\])?)?"
_TIME = rf"(?:(?P<between>[Tt:]|,?\s+){_CLOCK}{_ZONE})?"
_FORMS = {form: rf"^\s*{date}{_TIME}\s*$" for form, date in _DATES.items()} | {
    # As `ctime` of C and `date` of a shell write it, the year last.
    "month D time Y": rf"^\s*{_WEEKDAY}{_NAME}\s+{_DAY}(?P<between>,?\s+){_HOUR}{_MINUTE}{_HALF}{_ZONE}\s+{_YEAR}\s*$",
}
# Of a text with a 1 for every digit any form may be one, if only the first digits of its year are as well.
_SHAPE = "|".join(re.sub(r"\?P<\w+>", "?:", pattern).replace("(?:1[5-9]|20|21)", "11") for pattern in _FORMS.values())
_DAY_FIRST = {"day first": True, "month first": False}
_OPEN_FORMS = ("/", "-")
# They stand for the first day of a month, or of a quarter.
_MONTHLY_FORMS = ("Y-M", "M/Y", "month Y", "Y-Q", "Q Y", "quarter Y")
_NAMES = (
    "year", "month", "day", "week", "weekday", "ordinal", "first", "second", "name", "quarter", "between", "hour", "minute",
    "second_of", "fraction", "half", "zone",
)  # fmt: skip
_MONTHS_OF_YEAR, _MONTHS_OF_QUARTER = 12, 3
# What two digits of a year stand for, as POSIX has it.
_PIVOT = 69


def _parts(text: pl.Series) -> pl.DataFrame:
    """The parts of each text and the form that it is written in; all null where it has none."""
    nothing = pl.DataFrame(schema={"at": pl.UInt32, "form": pl.String, **dict.fromkeys(_NAMES, pl.String)})
    left = pl.DataFrame({"text": text.cast(pl.String)}).with_row_index("at").filter(pl.col("text").str.contains(r"\d"))
    pieces = [nothing]
    for form, pattern in _FORMS.items():
        if not left.height:
            break
        is_match = left["text"].str.contains(pattern)
        matching, left = left.filter(is_match), left.filter(~is_match)
        if matching.height:
            groups = matching["text"].str.extract_groups(pattern).struct.unnest()
            pieces.append(groups.with_columns(matching["at"], form=pl.lit(form)))
    every = pl.DataFrame({"at": pl.int_range(len(text), dtype=pl.UInt32, eager=True)})
    return every.join(pl.concat(pieces, how="diagonal"), on="at", how="left", maintain_order="left")


def _when(parts: pl.DataFrame, *, is_day_first: bool | None) -> pl.DataFrame:
    """The date, the time of day and its zone; null where a text states none. is_day_first: null where nobody knows."""
    first, second = _number("first"), _number("second")
    is_day = (
        pl.when(first > _MONTHS_OF_YEAR).then(pl.lit(value=True))
        .when(second > _MONTHS_OF_YEAR).then(pl.lit(value=False))
        .otherwise(pl.lit(is_day_first, pl.Boolean))
    )  # fmt: skip
    year = pl.when(pl.col("year").str.len_chars() > 2).then(pl.col("year")).otherwise(  # noqa: PLR2004 (20 for 2020)
        pl.when(_number("year") < _PIVOT).then(pl.lit("20")).otherwise(pl.lit("19")) + pl.col("year")
    )  # fmt: skip
    name = pl.col("name").str.to_lowercase().replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.String)
    of_quarter = ((_number("quarter") - 1) * _MONTHS_OF_QUARTER + 1).cast(pl.String)
    month = pl.coalesce(
        "month", name, of_quarter, pl.when(is_day).then("second").when(~is_day).then("first")
    ).str.zfill(2)
    of_month = pl.when(pl.col("form").is_in(_MONTHLY_FORMS)).then(pl.lit("01"))
    day = pl.coalesce("day", pl.when(is_day).then("first").when(~is_day).then("second"), of_month).str.zfill(2)
    date = pl.coalesce(
        (year + "-" + month + "-" + day).str.to_date("%Y-%m-%d", strict=False),
        (year + "-" + pl.col("ordinal")).str.to_date("%Y-%j", strict=False),
        (year + "-" + pl.col("week") + "-" + pl.col("weekday").fill_null("1")).str.to_date("%G-%V-%u", strict=False),
    )
    return parts.select(
        "form", "between", "zone", date=date, clock=_clock(), offset=_offset(), first=first, second=second
    )


def _number(part: str) -> pl.Expr:
    return pl.col(part).cast(pl.Int64, strict=False)


def _clock() -> pl.Expr:
    """Microseconds since midnight; null for hours and minutes that no clock has, 0 without a time."""
    hour, minute = _number("hour"), _number("minute").fill_null(0)
    second = _number("second_of").fill_null(0)
    is_evening, is_half = pl.col("half").str.contains("^[Pp]"), pl.col("half").is_not_null()
    hours = pl.when(is_half).then(hour % 12 + pl.when(is_evening).then(12).otherwise(0)).otherwise(hour)
    fraction = pl.col("fraction").str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0)
    is_midnight = (hour == 24) & (minute == 0) & (second == 0)  # noqa: PLR2004 (the end of a day in ISO 8601)
    is_half_hour = ~(is_half & ((hour == 0) | (hour > 12)))  # noqa: PLR2004
    is_time = ((hour < 24) | is_midnight) & (minute < 60) & (second <= 60) & is_half_hour  # noqa: PLR2004
    stated = pl.when(is_time).then(((hours * 60 + minute) * 60 + second) * 1_000_000 + fraction)
    return pl.when(hour.is_null()).then(0).otherwise(stated)


def _offset() -> pl.Expr:
    """Minutes east of UTC, 0 where none is stated."""
    digits = pl.col("zone").str.replace_all(r"[^0-9]", "")
    minutes = digits.str.slice(0, 2).cast(pl.Int64, strict=False) * 60
    minutes += digits.str.slice(2).cast(pl.Int64, strict=False).fill_null(0)
    return pl.when(pl.col("zone").str.contains(r"[-\u2212]")).then(-minutes).otherwise(minutes).fill_null(0)


def _manners(text: pl.Series) -> pl.DataFrame:
    """form: as in the table of dates, with the order of day and month where the numbers tell it."""
    parts = _when(_parts(text), is_day_first=True)
    form = pl.col("form")
    is_known = pl.col("date").is_not_null() & pl.col("clock").is_not_null()
    order = (
        pl.when(~form.is_in(_OPEN_FORMS)).then(pl.lit("fixed"))
        .when(pl.col("first") > _MONTHS_OF_YEAR).then(pl.lit("day first"))
        .when(pl.col("second") > _MONTHS_OF_YEAR).then(pl.lit("month first"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip
    has_time = pl.col("between").is_not_null()
    between = pl.when(pl.col("between").str.to_lowercase() == "t").then(pl.lit("T")).otherwise(pl.lit("a space"))
    zone = pl.when(pl.col("zone").is_null()).then(pl.lit("no")).otherwise(pl.lit("yes"))
    traits = {
        "form": form,
        "order": order,
        "time": pl.when(has_time).then(between).otherwise(pl.lit("no")),
        "zone": pl.when(has_time).then(zone),
    }
    return parts.select(pl.when(is_known).then(one).alias(name) for name, one in traits.items())


def _decide(manners: Manners) -> ColumnDecision:
    counts = dict(manners.group_by("order").agg(pl.col("count").sum()).iter_rows())
    day, month = counts.get("day first", 0), counts.get("month first", 0)
    is_open = day == month and "open" in counts
    return ColumnDecision(
        {
            "order": "month first" if month > day else "day first",
            "type": "zoned"
            if (manners["zone"] == "yes").any()
            else "local"
            if (manners["time"] != "no").any()
            else "dates",
        },
        "no value tells which number is the day and which the month" if is_open else "",
        is_readable=not is_open,
    )


def _read(text: pl.Series, decision: ColumnDecision) -> pl.Series:
    parts = _when(_parts(text), is_day_first=_DAY_FIRST.get(decision.options["order"]))
    if decision.options["type"] == "dates":
        return parts.select(pl.when(pl.col("clock") == 0).then("date").alias(text.name)).to_series()
    time = pl.col("date").cast(pl.Datetime("us")) + pl.duration(microseconds=pl.col("clock"))
    utc = time - pl.duration(minutes=pl.col("offset"))
    if decision.options["type"] == "zoned":
        utc = utc.dt.replace_time_zone("UTC")
    return parts.select(utc.alias(text.name)).to_series()


def is_time(text: pl.Series) -> pl.Series:
    """Whether each text is a time in a form that is known, whichever number is the day."""
    return _manners(text)["form"].is_not_null().alias(text.name)


def has_zone(text: pl.Series) -> pl.Series:
    """Whether each text states a zone, or an offset from UTC."""
    return (_manners(text)["zone"] == "yes").fill_null(value=False)


def in_utc(text: pl.Series) -> pl.Series:
    """The times in UTC, null where a text is none or does not tell which number is the day."""
    return _read(text, ColumnDecision({"order": "", "type": "zoned"}))


def time_in_utc(column: str, kind: pl.DataType) -> pl.Expr:
    """The column as a time in UTC to the microsecond, null where it is none.

    kind: the column's type. Numbers are no times where no reading of the column says so, as their unit is unknown.
    """
    if kind == pl.Date:
        return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(kind, pl.Datetime):
        times = pl.col(column).dt.cast_time_unit("us")
        return times.dt.replace_time_zone("UTC") if kind.time_zone is None else times.dt.convert_time_zone("UTC")
    if kind not in (pl.String, pl.Categorical):
        return pl.lit(None, dtype=pl.Datetime("us", "UTC"))
    return pl.col(column).cast(pl.String).map_batches(in_utc, return_dtype=pl.Datetime("us", "UTC"))


def _traits(manners: Manners, decision: ColumnDecision) -> pl.DataFrame:
    own = pl.when(pl.col("order") == "open").then(pl.lit(decision.options["order"])).otherwise(pl.col("order"))
    mark = pl.col("form")
    date = (
        pl.when(own == "fixed").then(mark)
        .when(own == "day first").then(pl.lit("D") + mark + "M" + mark + "Y")
        .otherwise(pl.lit("M") + mark + "D" + mark + "Y")
    )  # fmt: skip
    time = (
        pl.when(pl.col("time") == "no")
        .then(pl.lit("without a time"))
        .otherwise(pl.format("with {} before the time", "time"))
    )
    zone = (
        pl.when(pl.col("zone") == "no")
        .then(pl.lit("without a time zone"))
        .when(pl.col("zone") == "yes")
        .then(pl.lit("with a time zone"))
    )
    return manners.select("origin", "count", date=pl.format("as {}", date), time=time, zone=zone)


def _may_read(shapes: pl.Series) -> pl.Series:
    return shapes.str.contains(_SHAPE)


TIMES = WrittenKind("dates", _manners, _read, _traits, decide=_decide, may_read=_may_read)
