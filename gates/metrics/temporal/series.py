"""Whether each series is what a sensor could have given: one reading a time, no long gaps, no standstill, no tape loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ROWS_PER_FILE_BITS, SYNTHETIC_CODE
from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.synthetic_alone import REFERENCE_LINE, SYNTHETIC_ROWS_ONLY
from gates.metrics.comparison.strata import GROUPS_TO_FAIL
from gates.metrics.stats.intervals import ratio_difference
from gates.metrics.temporal.ordered_rows import accumulate_ordered, missing_roles, ordered_rows, shown_entity
from gates.metrics.temporal.series_days import (
    constant_days,
    days_of_human_series,
    days_with_duplicates,
    looked_at_series,
    repeated_days,
)
from gates.metrics.temporal.stretches import READINGS_ALIKE, STRETCHES, stretch_alike, stretch_of
from gates.verdict import Scope, Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from gates.data.scan.result import Scan

# A sensor that skips a few readings has gaps of two or three steps. At ten steps whatever lasts shorter than that was
# lost for good: an hour of readings every five minutes, half a day of hourly ones.
GAP_STEPS = 10
# Thirty equal readings in a row, or two periods within thirty, are no accident of a series that varies.
READINGS_AT_LEAST = 30
_LONG_ENOUGH = pl.col("readings") >= READINGS_AT_LEAST
EVIDENCE_ENTITIES = 20
# What is counted where synthetic series are compared with human ones: repeated times come together, as in the hour that clocks
# repeat, so that days are counted and not rows.
_COMPARED_BY = {"duplicate_timestamps": "days_with_duplicates"}
# Of these a sensor shows some by chance: that no human series does is no proof that none would.
_BY_CHANCE = ("duplicate_timestamps", "gaps", "backward_steps", "constant_days", "copied_days")
# Of synthetic series alone only these two are defects whatever human series do: a standstill may be a disk to which nobody writes.
_WITHOUT_HUMAN = ("periodic", "repeated_days")
# The one kind that looks at series beside each other.
_COPIED = "copied_days"
UNKNOWN = "sensors show some by chance, and no human series is long enough to say how often"
# Of series whose rows stand in no order, half of the steps go back. They are sorted, and break no order.
BACK_AT_MOST = 0.25


@dataclass(frozen=True)
class _Defects:
    """One origin's series that show a defect, worst first, and how many rows or series were looked at.

    unsound: by name of the series, how much of the defect it has.
    """

    hits: int
    looked_at: int
    unsound: dict[str, float]


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of rows (`duplicate_timestamps`), of days or of series (other kinds) with a defect, in [0, 1], over every row.

    gaps: some step is longer than ten times the series' median step. constant: all readings are equal.
    periodic: the readings repeat exactly, twice at least, and vary. constant_days, repeated_days: of days with twelve readings,
    the share in which all are equal, or which have the readings of an earlier day of the series one by one. Series of fewer than 30 readings are looked at for
    repeated times only. Where a day has fewer than twelve readings, weeks, months or longer stretches are looked at in its place. copied_days: of days with twelve readings in a row by eight steps that differ, the share whose readings follow each
    other in a human series too, whatever its sensor and time. A repeated time is the second reading at it and every further one.
    backward_steps: in its file, a row stands after one of a later time; series in no order at all are not looked at.
    Synthetic series count beyond the share of human series that do so, with the interval of a difference (Newcombe 1998); of
    repeated times, days of a series are compared. Where no human series or day stands still, or none repeats, the share is exact; that of a standstill not
    beside fewer than six human series of other sensors.
    """
    missing = missing_roles(scan.roles)
    if missing:
        return missing
    kind = str(params["kind"])
    if kind not in _MEANING:
        return Failed(f"no kind '{kind}'; kinds: {', '.join(sorted(_MEANING))}")
    if scan.declared.is_synthetic_alone and kind not in _WITHOUT_HUMAN:
        return NotConfigured(SYNTHETIC_ROWS_ONLY, REFERENCE_LINE)
    defects = _defects(scan, scope.value, kind)
    if not defects.looked_at and kind == "backward_steps" and _defects(scan, scope.value, "gaps").looked_at:
        return NotConfigured("rows of series stand in no order in their files, so that none is broken")
    is_unknown = kind == _COPIED and not _defects(scan, Scope.HUMAN.value, kind).looked_at
    if is_unknown or not defects.looked_at:
        return _nothing_to_see(scan, kind)
    rows = RowCounts(*(int(scan.index.of(code).sum()) for code in (HUMAN_CODE, SYNTHETIC_CODE)))
    measured = _shares(defects, RowCounts(rows.human) if scope is Scope.HUMAN else RowCounts(synthetic=rows.synthetic))
    if scope is Scope.SYNTHETIC:
        own, human = (
            _defects(scan, origin, _COMPARED_BY.get(kind, kind)) for origin in (scope.value, Scope.HUMAN.value)
        )
        is_by_chance = kind in _BY_CHANCE or bool(human.hits or _may_stand_still(scan, kind, own, human))
        if is_by_chance and human.looked_at and own.hits:
            measured = _beyond_human(measured, own, human, rows)
        else:
            unproven = UNKNOWN if is_by_chance and own.hits else ""
            measured = replace(measured, baseline=Baseline(human.hits / max(1, human.looked_at)), unproven=unproven)
    unit = _unit(scan, kind)
    evidence = {
        unit: defects.looked_at,
        "unsound": defects.hits,
        _MEANING[kind].replace(" ", "_"): dict(list(defects.unsound.items())[:EVIDENCE_ENTITIES]),
    }
    return replace(measured, note=_note(defects, kind, unit), evidence=evidence)


def _nothing_to_see(scan: Scan, kind: str) -> Inconclusive:
    both = (Scope.HUMAN.value, Scope.SYNTHETIC.value)
    if kind == _COPIED and all(_defects(scan, origin, "constant_days").looked_at for origin in both):
        why = "readings of one origin do not vary enough for a day to be recognised in another series, as whole numbers do not"
        return Inconclusive(why, undecided=Severity.INFO)
    is_of_days = _UNITS.get(kind) == "days"
    too_few = "day or longer stretch of a series" if is_of_days else "series of this scope"
    least = READINGS_ALIKE if is_of_days else READINGS_AT_LEAST
    return Inconclusive(f"no {too_few} has {least} readings", undecided=Severity.WARNING)


def _unit(scan: Scan, kind: str) -> str:
    """What is counted, in words: days are weeks or more where a day has few readings."""
    unit = _UNITS.get(kind, "series")
    return STRETCHES[scan.cached(stretch_alike)] if unit == "days" and kind != _COPIED else unit


def _may_stand_still(scan: Scan, kind: str, synthetic: _Defects, human: _Defects) -> bool:
    """Whether human rows do not rule out a series that stands still, as of a disk to which nobody writes.

    That is where one of their days does so, or where they are too few series and none is of a sensor that stands still.
    """
    if kind != "constant":
        return False
    series = scan.cached(_per_series)[kind].filter(pl.col("origin") == Scope.HUMAN.value)
    is_unknown = bool(synthetic.unsound.keys() - set(map(shown_entity, series["entity"])))
    is_day = _defects(scan, Scope.HUMAN.value, "constant_days").hits > 0
    return is_day or (is_unknown and human.looked_at < GROUPS_TO_FAIL)


def _shares(defects: _Defects, rows: RowCounts) -> Measured:
    return Measured(Estimate.exact(defects.hits / defects.looked_at), rows, is_count=True)


def _beyond_human(measured: Measured, defects: _Defects, human: _Defects, rows: RowCounts) -> Measured:
    """The share beyond that of human series. rows: of both, as days and series come with the rows that somebody adds."""
    return replace(
        measured,
        estimate=ratio_difference(defects.hits, defects.looked_at, human.hits, human.looked_at),
        rows=rows,
        baseline=Baseline(human.hits / human.looked_at),
        undecided=Severity.WARNING,
    )


def _note(defects: _Defects, kind: str, unit: str) -> str:
    if not defects.hits:
        return ""
    worst = next(iter(defects.unsound))
    more = f" and {len(defects.unsound) - 1:,} more series" if len(defects.unsound) > 1 else ""
    amount = defects.unsound[worst]
    meaning = _MEANING[kind].replace("days", unit)
    return f"{defects.hits:,} of {defects.looked_at:,} {unit}: {shortened(worst)}{more}; {meaning} there: {amount:g}"


def _defects(scan: Scan, origin: str, kind: str) -> _Defects:
    """What is wrong with an origin's series."""
    per_series = scan.cached(_per_series)[kind].filter(pl.col("origin") == origin)
    return _Defects(int(per_series["hits"].sum()), int(per_series["looked_at"].sum()), _worst_first(per_series))


def _per_series(scan: Scan) -> dict[str, pl.DataFrame]:
    """By kind what each series has of it; rows are gone through once. Each generator has series of its own."""
    parts: dict[str, list[pl.DataFrame]] = {kind: [] for kind in _LOOK}
    stretch = stretch_of(scan.cached(stretch_alike)).alias("stretch")
    for piece in ordered_rows(scan).entities():
        rows = piece.with_columns(stretch, series=pl.struct("origin", "generator", "entity").rle_id())
        owners = rows.group_by("series").agg(pl.first("origin", "entity"))
        for kind, look in _LOOK.items():
            parts[kind].append(owners.join(look(rows), on="series", how="inner"))
    return {kind: pl.concat(frames) for kind, frames in parts.items()} | {_COPIED: scan.cached(days_of_human_series)}


def _repeated_times(rows: pl.DataFrame) -> pl.DataFrame:
    repeated = pl.len() - pl.col("when").n_unique()
    per_series = rows.group_by("series").agg(amount=repeated.cast(pl.Float64), looked_at=pl.len())
    return looked_at_series(per_series, hits=pl.col("amount"), looked_at=pl.col("looked_at"))


def _backward_steps(rows: pl.DataFrame) -> pl.DataFrame:
    file = pl.col("place") // (1 << ROWS_PER_FILE_BITS)
    step = pl.col("when").diff().over("series", "file")
    steps = (
        rows.sort("series", "place").with_columns(file=file).select("series", is_back=step.dt.total_microseconds() < 0)
    )
    per_series = steps.group_by("series").agg(amount=pl.col("is_back").sum(), readings=pl.len())
    in_order = per_series.filter(_LONG_ENOUGH & (pl.col("amount") <= BACK_AT_MOST * pl.col("readings")))
    return _of_series(in_order, pl.col("amount"))


def _of_series(per_series: pl.DataFrame, amount: pl.Expr | pl.Series) -> pl.DataFrame:
    """The series with `readings` enough; amount: by series, 0 for a sound one."""
    per_series = per_series.with_columns(amount=amount)
    return looked_at_series(per_series, hits=pl.col("amount") > 0, looked_at=pl.lit(1))


def _gaps(rows: pl.DataFrame) -> pl.DataFrame:
    step = pl.col("when").diff().dt.total_microseconds().over("series")
    # A time given twice is a defect of its own, and no step.
    steps = rows.select("series", step=step).filter(pl.col("step") > 0)
    usual, longest = pl.col("step").median(), pl.col("step").max()
    per_series = steps.group_by("series").agg(usual=usual, longest=longest, readings=pl.len() + 1)
    hours = (pl.col("longest") / 3_600_000_000).round(2)
    amount = pl.when(pl.col("longest") > GAP_STEPS * pl.col("usual")).then(hours).otherwise(0.0)
    return _of_series(per_series.filter(_LONG_ENOUGH), amount)


def _constant(rows: pl.DataFrame) -> pl.DataFrame:
    given = rows.drop_nulls("what").group_by("series")
    per_series = given.agg(readings=pl.len(), differing=pl.col("what").n_unique()).filter(_LONG_ENOUGH)
    return _of_series(per_series, pl.when(pl.col("differing") == 1).then(pl.col("readings")).otherwise(0))


def _periodic(rows: pl.DataFrame) -> pl.DataFrame:
    given = rows.drop_nulls("what").group_by("series", maintain_order=True)
    per_series = given.agg("what", readings=pl.len()).filter(_LONG_ENOUGH)
    periods = [period(values.to_numpy()) for values in per_series["what"]]
    # A standstill repeats with every period and is a kind of its own.
    amounts = [0 if length == 1 else length for length in periods]
    return _of_series(per_series, pl.Series(amounts, dtype=pl.Int64))


def _worst_first(per_series: pl.DataFrame) -> dict[str, float]:
    """The amount of the defect by name of each series that has it."""
    ordered = per_series.filter(pl.col("amount") > 0).sort(["amount", "entity"], descending=[True, False])
    return dict(zip(map(shown_entity, ordered["entity"]), ordered["amount"], strict=True))


def period(values: npt.NDArray[np.generic]) -> int:
    """The least period with which the values repeat exactly, two whole periods at least; 0 where there is none.

    One pass with the failure function, after a look at whether the second half holds any value that the first has not.
    Knuth, Morris & Pratt, SIAM Journal on Computing 6 (1977) 323-350.
    """
    half = (len(values) + 1) // 2
    if not half or len(np.setdiff1d(values[half:], values[:half])):
        return 0
    codes = np.unique(values, return_inverse=True)[1].tolist()
    border = [0] * len(codes)
    length = 0
    for at in range(1, len(codes)):
        while length and codes[at] != codes[length]:
            length = border[length - 1]
        length += codes[at] == codes[length]
        border[at] = length
    least = len(codes) - length
    return least if 2 * least <= len(codes) else 0


# By kind: of each series among some rows, whole ones, how much of the defect it has and what that counts for.
_LOOK: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "duplicate_timestamps": _repeated_times,
    "days_with_duplicates": days_with_duplicates,
    "gaps": _gaps,
    "backward_steps": _backward_steps,
    "constant": _constant,
    "constant_days": constant_days,
    "periodic": _periodic,
    "repeated_days": repeated_days,
}
# What is counted of each kind, series where it does not stand here.
_UNITS = {"duplicate_timestamps": "rows", "constant_days": "days", "repeated_days": "days", _COPIED: "days"}
_MEANING = {
    "duplicate_timestamps": "repeated times",
    "gaps": "longest gap in hours",
    "backward_steps": "steps back in time",
    "constant": "readings that are all equal",
    "constant_days": "days that stand still",
    "periodic": "readings after which all repeat",
    "repeated_days": "days that repeat an earlier one",
    _COPIED: "days that are a human series'",
}

METRIC = Metric(
    expectation="expect_series_to_be_sound",
    measure=measure,
    side=Side.MAX,
    finding="Series have a defect that no sensor gives ({kind})",
    unit=Unit.SHARE,
    asks="Could a sensor have given these series: one reading a time, in order, no hours missing, no standstill, no day played again or copied?",
    why=(
        "Two readings at one time, readings out of order and missing hours shift every window and lag that a model learns from. A series that stands "
        "still or repeats to the last digit comes from a broken sensor or from a script."
    ),
    source="known defects of the Numenta Anomaly Benchmark (Lavin & Ahmad, ICMLA 2015): repeated hours, gaps, scripted days",
    fix=(
        "Split a series at its gaps or drop it, keep times in UTC, where no hour comes twice, and leave out series that stand "
        "still. Let the generator vary from day to day, and leave out series that it copied from human ones under other names or times."
    ),
    params=(("kind", "gaps"),),
    detail=("kind",),
    languages_together="it measures time series, whose rows have no language",
    reads="entity, unit, time and value of every row",
    accumulate=accumulate_ordered,
)
