"""Numbers as people and spreadsheets write them: `$12,608.21`, `1.234,56 €`, ` 31.5`, `12 %`, `(1 200)`.

Codes are none: digits with leading zeros, with a plus sign, or more of them than a float holds.
"""

from __future__ import annotations

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

_CODES = (
    "EUR|USD|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|RUB|UAH|TRY|BRL|MXN|ARS|CLP|COP|PEN|"
    "ZAR|NGN|KES|EGP|MAD|ILS|SAR|AED|KRW|TWD|HKD|SGD|THB|IDR|MYR|PHP|VND|PKR|BDT|LKR"
)
_CURRENCY = rf"(?:US|CA|AU|NZ|HK|NT|[ACRS])?\p{{Sc}}|(?:{_CODES})|Fr\.|kr\.?|zł|Kč|Ft|лв|руб\.?|Rs\.?"  # noqa: RUF001 (as written)
_SPACES = r" \u00a0\u2007\u2009\u202f'\u2019"
_MINUS = r"[-\u2212\u2013]"
_GROUPED = (
    r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|"
    r"[1-9]\d{0,2}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d+)?|[1-9]\d{0,2}(?:['\u2019]\d{3})+(?:[.,]\d+)?"
)
_PLAIN = r"(?:0|[1-9]\d*)(?:[.,]\d*)?|[.,]\d+"
_NUMBER = (
    rf"^\s*(?P<open>\()?\s*(?P<sign>{_MINUS})?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>{_MINUS})?\s*"
    rf"(?P<digits>{_GROUPED}|{_PLAIN})(?P<power>[eE][-+]?\d{{1,3}})?\s*(?P<percent>[%\u2030])?\s*"
    rf"(?P<after>{_CURRENCY})?\s*(?P<trailing>{_MINUS})?\s*(?P<close>\))?\s*$"
)
# A mark with three digits after it and no other mark: a thousand or a decimal.
_OPEN = r"^[1-9]\d{0,2}[.,]\d{3}$"
# A float holds every number of so many digits.
_MOST_DIGITS = 15
_GROUP = 3
# Telephone numbers have so many digits in groups, each number as many.
_LEAST_TELEPHONE = 9
_NO = pl.lit("no")


def _parts(text: pl.Series) -> pl.DataFrame:
    """What a number is made of, null where a text is none."""
    parts = text.str.extract_groups(_NUMBER).struct.unnest()
    negatives = pl.sum_horizontal(pl.col(name).is_not_null() for name in ("open", "sign", "inner", "trailing"))
    length = pl.col("digits").str.replace_all(r"\D", "").str.len_chars()
    is_number = (
        pl.col("digits").is_not_null()
        & (pl.col("open").is_not_null() == pl.col("close").is_not_null())
        & (negatives <= 1)
        & (length <= _MOST_DIGITS)
    )
    return parts.with_columns(pl.Series("raw", text), length=length).with_columns(pl.when(is_number).then(pl.all()))


def _manners(text: pl.Series) -> pl.DataFrame:
    """decimal: the mark before decimals, `open` where it may part thousands. thousands: the mark between these."""
    digits = pl.col("digits")
    marks = digits.str.replace_all(r"\d", "")
    last = marks.str.extract(r"([.,])[^.,]*$")
    is_single = marks.str.count_matches(last, literal=True) == 1
    decimal = (
        pl.when(digits.str.contains(_OPEN)).then(pl.lit("open ") + last)
        .when(is_single).then(last)
        .when(digits.is_not_null()).then(pl.lit("none"))
    )  # fmt: skip
    thousands = (
        pl.when(digits.str.contains(_OPEN)).then(pl.lit(None, pl.String))
        .when((marks.str.len_chars() > 1) | marks.str.contains(rf"^[{_SPACES}]")).then(marks.str.slice(0, 1))
        .when(digits.str.extract(r"^(\d*)").str.len_chars() > _GROUP).then(_NO)
    )  # fmt: skip
    negative = (
        pl.when(pl.col("open").is_not_null()).then(pl.lit("brackets"))
        .when(pl.col("trailing").is_not_null()).then(pl.lit("a minus sign at the end"))
        .when(pl.coalesce("sign", "inner").is_not_null()).then(pl.lit("a minus sign"))
    )  # fmt: skip
    is_padded = pl.col("raw").str.contains(r"^\s|\s$")
    is_power = pl.col("power").is_not_null()
    traits = {
        "decimal": pl.when(is_power & (decimal == "none")).then(pl.lit("power")).otherwise(decimal),
        "thousands": thousands,
        "currency": pl.coalesce("before", "after").fill_null("no"),
        "percent": pl.col("percent").fill_null("no"),
        "negative": negative,
        "padding": pl.when(is_padded).then(pl.lit("white space")).otherwise(_NO),
        "grouped digits": pl.when(marks.str.len_chars() > 0).then(pl.col("length").cast(pl.String)).otherwise(_NO),
    }
    return _parts(text).select(pl.when(digits.is_not_null()).then(one).alias(name) for name, one in traits.items())


def _counts(manners: Manners, trait: str) -> dict[str, int]:
    return dict(manners.drop_nulls(trait).group_by(trait).agg(pl.col("count").sum()).iter_rows())


def _decide(manners: Manners) -> ColumnDecision | None:
    decimals, thousands = _counts(manners, "decimal"), _counts(manners, "thousands")
    lengths = manners["grouped digits"].unique().to_list()
    if len(lengths) == 1 and lengths[0] != "no" and int(lengths[0]) >= _LEAST_TELEPHONE:
        return None
    point = decimals.get(".", 0) + thousands.get(",", 0)
    comma = decimals.get(",", 0) + thousands.get(".", 0)
    mark = "," if comma > point else "."
    is_open = point == comma and bool({"open .", "open ,"} & decimals.keys())
    # Three digits after a mark in every value: the two readings differ by a factor of 1,000 that all values share.
    doubt = "no value tells whether three digits after a mark are thousands or decimals" if is_open else ""
    has_fractions = bool({".", ",", "power", f"open {mark}"} & decimals.keys())
    return ColumnDecision({"decimal": mark, "type": "fractions" if has_fractions else "whole"}, doubt)


def _read(text: pl.Series, decision: ColumnDecision) -> pl.Series:
    manners, parts = _manners(text), _parts(text)
    mark = _decimal(decision)
    digits = pl.col("digits")
    plain = (
        pl.when(mark == ".").then(digits.str.replace_all(r"[^\d.]", ""))
        .when(mark == ",").then(digits.str.replace_all(r"[^\d,]", "").str.replace(",", ".", literal=True))
        .otherwise(digits.str.replace_all(r"\D", ""))
    )  # fmt: skip
    number = (plain + pl.col("power").fill_null("")).cast(pl.Float64, strict=False)
    signed = pl.when(pl.col("negative").is_not_null()).then(-number).otherwise(number)
    kind = pl.Int64 if decision.options["type"] == "whole" else pl.Float64
    both = parts.with_columns(manners["decimal"], manners["negative"])
    return both.select(signed.cast(kind, strict=False).alias(text.name)).to_series()


def _decimal(decision: ColumnDecision) -> pl.Expr:
    """The mark before decimals; an open one is that of the column, or else parts thousands."""
    own, open_mark = pl.col("decimal"), pl.lit(f"open {decision.options['decimal']}")
    return pl.when(own == open_mark).then(pl.lit(decision.options["decimal"])).otherwise(own)


def _traits(manners: Manners, decision: ColumnDecision) -> pl.DataFrame:
    decimal = _decimal(decision)
    is_open = decimal.str.starts_with("open ")
    thousands = pl.when(is_open).then(decimal.str.slice(len("open "))).otherwise(pl.col("thousands"))
    words = {
        "decimal": pl.when(decimal == ",").then(pl.lit("with a decimal comma"))
        .when(decimal == ".").then(pl.lit("with a decimal point")),
        "thousands": _phrase(thousands, "with '{}' between thousands", "without a mark between thousands"),
        "currency": _phrase(pl.col("currency"), "in '{}'", "without a currency"),
        "percent": _phrase(pl.col("percent"), "with '{}'", "without a per cent sign"),
        "negative": pl.lit("with ") + pl.col("negative") + " for negative numbers",
        "padding": _phrase(pl.col("padding"), "with {} around them", "without white space around them"),
    }  # fmt: skip
    return manners.select("origin", "count", **words)


def _phrase(trait: pl.Expr, some: str, none: str) -> pl.Expr:
    return pl.when(trait == "no").then(pl.lit(none)).otherwise(pl.format(some, trait))


NUMBERS = WrittenKind("numbers", _manners, _read, _traits, decide=_decide)
