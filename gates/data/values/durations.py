"""How long something took: 26:03:10, 2 days 03:10:00, PT1H30M, 1 h 30 min, 90 minutes, 13 ms."""

from __future__ import annotations

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

_NUMBER = r"\d+(?:[.,]\d+)?"
# By unit: its microseconds, what ISO 8601 has for it, and the words that people have.
_UNITS = {
    "weeks": (7 * 86_400 * 10**6, "W", r"weeks?|wks?|w|Wochen?|semaines?|semanas?"),
    "days": (86_400 * 10**6, "D", r"days?|d|Tagen?|Tage?|jours?|d[ií]as?|giorn[oi]|dagen|dager?"),
    "hours": (3_600 * 10**6, "H", r"hours?|hrs?|h|Std\.?|Stunden?|heures?|horas?|or[ae]|uur"),
    "minutes": (60 * 10**6, "M", r"minutes?|mins?\.?|m|Minuten?|minutos?|minut[io]"),
    "seconds": (10**6, "S", r"seconds?|secs?\.?|s|Sekunden?|Sek\.?|secondes?|segundos?|second[io]"),
    "milliseconds": (10**3, "", r"milliseconds?|millis|msecs?|ms"),
    "microseconds": (1, "", r"microseconds?|usecs?|us|\u00b5s|\u03bcs"),
}
_WORDS = r"^\s*(?P<sign>[-\u2212])?" + "".join(
    rf"(?:\s*(?:,|and|und|et|y)?\s*(?P<{unit}>{_NUMBER})\s*(?:{words}))?" for unit, (_, _, words) in _UNITS.items()
) + r"\s*$"  # fmt: skip
_ISO = (
    r"^\s*(?P<sign>[-\u2212])?P"
    + "".join(rf"(?:(?P<{unit}>{_NUMBER}){_UNITS[unit][1]})?" for unit in ("weeks", "days"))
    + r"(?:T"
    + "".join(rf"(?:(?P<{unit}>{_NUMBER}){_UNITS[unit][1]})?" for unit in ("hours", "minutes", "seconds"))
    + r")?\s*$"
)
# Hours may be more than a day has; minutes and seconds are no more than an hour has.
_CLOCK = (
    r"^\s*(?P<sign>[-\u2212])?(?:(?P<days>\d+)\s*(?:days?|d|\.),?\s*)?(?P<hours>\d+):(?P<minutes>[0-5]\d)"
    r"(?::(?P<seconds>[0-5]\d(?:[.,]\d+)?))?\s*$"
)
_FORMS = {"H:MM": _CLOCK, "PT1H30M": _ISO, "words": _WORDS}
# Metres are written so, too.
_ALONE = r"^\s*[-\u2212]?\d+(?:[.,]\d+)?\s*(?:m|M)\s*$"


def _parts(text: pl.Series) -> pl.DataFrame:
    """The duration in microseconds and its form, null where a text states none."""
    forms = []
    for name, pattern in _FORMS.items():
        parts = text.str.extract_groups(pattern).struct.unnest()
        units = [unit for unit in _UNITS if unit in parts.columns]
        amounts = {
            unit: pl.col(unit).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for unit in units
        }
        total = pl.sum_horizontal(amounts[unit].fill_null(0) * _UNITS[unit][0] for unit in units)
        is_any = pl.any_horizontal(pl.col(unit).is_not_null() for unit in units)
        signed = pl.when(pl.col("sign").is_not_null()).then(-total).otherwise(total)
        forms.append(parts.select(pl.when(is_any).then(signed).alias(name)))
    both = pl.concat(forms, how="horizontal").with_columns(is_alone=text.str.contains(_ALONE))
    form = pl.coalesce(pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in _FORMS)
    is_read = ~pl.col("is_alone").fill_null(value=True)
    return both.select(form=pl.when(is_read).then(form), duration=pl.when(is_read).then(pl.coalesce(*_FORMS)))


def _manners(text: pl.Series) -> pl.DataFrame:
    return _parts(text).select("form")


def _read(text: pl.Series, _decision: ColumnDecision) -> pl.Series:
    return _parts(text)["duration"].round().cast(pl.Int64).cast(pl.Duration("us")).alias(text.name)


def _traits(manners: Manners, _decision: ColumnDecision) -> pl.DataFrame:
    words = pl.when(pl.col("form") == "words").then(pl.lit("in words")).otherwise(pl.lit("as ") + pl.col("form"))
    return manners.select("origin", "count", form=words)


DURATIONS = WrittenKind("durations", _manners, _read, _traits)
