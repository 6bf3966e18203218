"""What each stretch of time says of how things follow each other: days of a series, sessions of events.

Every stretch becomes a few short rows of numbers, so that halves of many stretches are compared by sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.temporal.ordered_rows import ordered_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Scan

# A step, its neighbour, and what lies further back; with fewer than twenty readings a correlation at lag 8 is noise.
LAGS = (1, 2, 4, 8)
READINGS_AT_LEAST = 20
# Two events follow each other once; that is all a transition needs.
EVENTS_AT_LEAST = 2
# Twice the time is one class further, a millisecond to three years: clocks and habits differ by factors.
CLASSES_OF_STEPS = 48
_LEAST_CLASS = -10
# Sessions of twice as many events are one class further, up to a million.
CLASSES_OF_LENGTHS = 20
# Parts of three hours: a clock that is one hour off looks like another habit, and fails nothing.
PARTS_OF_DAY = 8
# Transitions among the 20 commonest events of human rows; others share one place, where single pairs are too rare to count.
EVENT_KINDS = 20


class Facet(StrEnum):
    """One way in which things follow each other, and how two halves differ in it."""

    AUTOCORRELATION = "autocorrelation"
    STEPS = "time between rows"
    TRANSITIONS = "transitions"
    LENGTHS = "rows of a session or day"
    DAYTIME = "time of day"
    DAILY_WAVE = "wave of a day"


@dataclass(frozen=True)
class Blocks:
    """Stretches of one origin: `facets[facet]` has a row per stretch.

    rows: how many readings or events each stretch has. generator: what made it, "" where none is named.
    """

    facets: dict[Facet, Floats]
    rows: Ints
    generator: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, mask: Mask) -> Blocks:
        """The stretches under the mask."""
        return Blocks({name: part[mask] for name, part in self.facets.items()}, self.rows[mask], self.generator[mask])


def blocks(scan: Scan) -> dict[str, Blocks]:
    """The stretches of human and of synthetic rows, by origin: a day of a series or of an entity, or a session.

    Call through `scan.cached(blocks)`.
    """
    kinds: list[str] = []
    if ordered_rows(scan).has_events:
        counts = pl.concat(rows["what"].value_counts() for rows in _rows_of_blocks(scan, "human"))
        common = counts.group_by("what").agg(pl.col("count").sum()).sort(["count", "what"], descending=[True, False])
        kinds = common["what"].head(EVENT_KINDS).to_list()
    return {origin: _together(_rows_of_blocks(scan, origin), kinds) for origin in ("human", "synthetic")}


def _rows_of_blocks(scan: Scan, origin: str) -> Iterator[pl.DataFrame]:
    """An origin's rows in stretches that are long enough, which `block` tells apart in each piece."""
    ordered = ordered_rows(scan)
    is_session = "session" in scan.roles.bound and ordered.has_events
    day = pl.lit(0) if is_session else pl.col("when").dt.date()
    least = EVENTS_AT_LEAST if ordered.has_events else READINGS_AT_LEAST
    for piece in ordered.entities():
        rows = piece.filter(pl.col("origin") == origin).drop_nulls("what")
        rows = rows.with_columns(block=pl.struct("generator", "entity", day.alias("day")).rle_id())
        yield rows.filter(pl.len().over("block") >= least)


def _together(pieces: Iterable[pl.DataFrame], kinds: list[str]) -> Blocks:
    parts = [_blocks(rows, kinds) for rows in pieces]
    facets = {name: np.concatenate([part.facets[name] for part in parts]) for name in parts[0].facets}
    rows, generator = (
        np.concatenate(columns) for columns in zip(*((one.rows, one.generator) for one in parts), strict=True)
    )
    return Blocks(facets, rows, generator)


def _blocks(rows: pl.DataFrame, kinds: list[str]) -> Blocks:
    """The stretches of some rows."""
    rows = rows.with_columns(block=pl.col("block").rle_id())
    each = rows.group_by("block").agg(pl.len(), pl.col("generator").first()).sort("block")
    facets = {Facet.STEPS: _steps(rows, each.height)}
    if rows.schema["what"] == pl.String:
        facets[Facet.TRANSITIONS] = _transitions(rows, each.height, kinds)
        facets[Facet.LENGTHS] = _lengths(each)
        facets[Facet.DAYTIME] = _parts_of_day(rows, each.height)
    else:
        facets[Facet.AUTOCORRELATION] = _autocorrelation(rows)
        facets[Facet.DAILY_WAVE] = _daily_wave(rows)
    return Blocks(facets, each["len"].to_numpy().astype(np.int64), each["generator"].to_numpy().astype(np.str_))


def _autocorrelation(rows: pl.DataFrame) -> Floats:
    """Per stretch and lag the correlation of readings with those so many readings later; NaN where it stands still."""
    correlations = rows.group_by("block").agg(
        pl.corr(pl.col("what"), pl.col("what").shift(-lag)).alias(str(lag)) for lag in LAGS
    )
    return correlations.sort("block").drop("block").to_numpy().astype(np.float64).reshape(-1, len(LAGS))


def _steps(rows: pl.DataFrame, count: int) -> Floats:
    """Per stretch how many steps have each class of length."""
    seconds = pl.col("when").diff().over("block").dt.total_microseconds() / 1e6
    steps = rows.select("block", seconds=seconds).drop_nulls()
    lengths = np.maximum(steps["seconds"].to_numpy(), 2.0**_LEAST_CLASS)
    classes = np.clip(np.floor(np.log2(lengths)).astype(np.int64) - _LEAST_CLASS, 0, CLASSES_OF_STEPS - 1)
    return _counts(steps["block"].to_numpy(), classes, (count, CLASSES_OF_STEPS))


def _lengths(each: pl.DataFrame) -> Floats:
    """Per stretch a one in the class of how many rows it has."""
    classes = np.minimum(np.log2(each["len"].to_numpy()).astype(np.int64), CLASSES_OF_LENGTHS - 1)
    return _counts(np.arange(each.height), classes, (each.height, CLASSES_OF_LENGTHS))


def _parts_of_day(rows: pl.DataFrame, count: int) -> Floats:
    """Per stretch how many events fall into each part of the day."""
    part = rows["when"].dt.hour().cast(pl.Int64).to_numpy() * PARTS_OF_DAY // 24
    return _counts(rows["block"].to_numpy(), part, (count, PARTS_OF_DAY))


def _daily_wave(rows: pl.DataFrame) -> Floats:
    """Per stretch the wave of one day in its readings, as amplitudes of cosine and sine in its own standard deviations.

    NaN where it stands still. Fourier coefficients: Bloomfield, Fourier Analysis of Time Series, 2000, ch. 4.
    """
    angle = 2 * np.pi * (pl.col("when") - pl.col("when").dt.truncate("1d")).dt.total_microseconds() / 86_400e6
    deviation = pl.col("what").std(ddof=0)
    centred = (pl.col("what") - pl.col("what").mean()) / pl.when(deviation > 0).then(deviation)
    waves = (
        rows.with_columns(angle=angle)
        .group_by("block")
        .agg(
            (2 * centred * pl.col("angle").cos()).mean().alias("cosine"),
            (2 * centred * pl.col("angle").sin()).mean().alias("sine"),
        )
    )
    return waves.sort("block").drop("block").fill_null(float("nan")).to_numpy().astype(np.float64).reshape(-1, 2)


def _transitions(rows: pl.DataFrame, count: int, kinds: list[str]) -> Floats:
    """Per stretch how often each kind of event follows each."""
    places = dict(zip(kinds, range(len(kinds)), strict=True))
    width = len(kinds) + 1
    coded = rows.select("block", now=pl.col("what").replace_strict(places, default=len(kinds), return_dtype=pl.Int64))
    pairs = coded.with_columns(then=pl.col("now").shift(-1).over("block")).drop_nulls()
    return _counts(pairs["block"].to_numpy(), (pairs["now"] * width + pairs["then"]).to_numpy(), (count, width**2))


def _counts(block: Ints, place: Ints, shape: tuple[int, int]) -> Floats:
    flat = np.bincount(block.astype(np.int64) * shape[1] + place, minlength=shape[0] * shape[1])
    return flat.astype(np.float64).reshape(shape)
