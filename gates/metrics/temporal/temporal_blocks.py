"""What each stretch of time says of how things follow each other: days of a series, sessions of events.

Every stretch becomes a few short rows of numbers, so that halves of many stretches are compared by sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.scan.samples import are_of_the_same
from gates.metrics.temporal.ordered_rows import ordered_rows
from gates.metrics.temporal.stretches import DAY, READINGS_IN_ORDER, STRETCHES, stretch_in_order, stretch_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from gates.data.arrays import Floats, Hashes, Ints, Mask
    from gates.data.scan.result import Scan

# A step, its neighbour, and what lies further back.
LAGS = (1, 2, 4, 8)
# Two events follow each other once; that is all a transition needs.
EVENTS_AT_LEAST = 2
_CODES = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE}
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
    WEEKLY_WAVE = "wave of a week"
    YEARLY_WAVE = "wave of a year"


# How long each wave is, as a stretch that begins with it and in seconds, and the stretches that hold it whole. Of days, neither
# a week nor a year is seen.
_WAVES = {
    Facet.DAILY_WAVE: (DAY, 86_400, tuple(STRETCHES)),
    Facet.WEEKLY_WAVE: ("1w", 7 * 86_400, ("1w", "1mo", "1q", "1y", "2y", "10y", "100y")),
    Facet.YEARLY_WAVE: ("1y", 365.25 * 86_400, ("1y", "2y", "10y", "100y")),
}


@dataclass(frozen=True)
class Blocks:
    """Stretches of one origin: `facets[facet]` has a row per stretch.

    rows: how many readings or events each stretch has. generator: what made it, "" where none is named. group: a number for
    what each belongs to, as the stretches of one entity do where entities were drawn. called: what stretches are in words.
    """

    facets: dict[Facet, Floats]
    rows: Ints
    generator: npt.NDArray[np.str_]
    group: Ints | Hashes
    called: str = "days or sessions"

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, mask: Mask) -> Blocks:
        """The stretches under the mask."""
        facets = {name: part[mask] for name, part in self.facets.items()}
        return replace(
            self, facets=facets, rows=self.rows[mask], generator=self.generator[mask], group=self.group[mask]
        )


def blocks(scan: Scan) -> dict[str, Blocks]:
    """The stretches of human and of synthetic rows, by origin: a day of a series or of an entity, or a session.

    Of a series with few readings a day it is a longer stretch, as `stretch_in_order` says. Call through `scan.cached(blocks)`.
    """
    kinds: list[str] = []
    if ordered_rows(scan).has_events:
        counts = pl.concat(rows["what"].value_counts() for rows in _rows_of_blocks(scan, "human"))
        common = counts.group_by("what").agg(pl.col("count").sum()).sort(["count", "what"], descending=[True, False])
        kinds = common["what"].head(EVENT_KINDS).to_list()
    length = scan.cached(stretch_in_order)
    made = {origin: _together(_rows_of_blocks(scan, origin), kinds, length) for origin in ("human", "synthetic")}
    if not ordered_rows(scan).has_events:
        made = {origin: replace(one, called=STRETCHES[length]) for origin, one in made.items()}
        if length != DAY and _are_entities_drawn(made):
            return made
    return {origin: _each_alone(one) for origin, one in made.items()}


def _are_entities_drawn(made: dict[str, Blocks]) -> bool:
    """Whether most synthetic stretches are of entities that human rows do not have."""
    origins = np.concatenate([np.full(len(made[name]), code) for name, code in _CODES.items()]).astype(np.int8)
    return not are_of_the_same(pl.Series(np.concatenate([made[name].group for name in _CODES])), origins)


def _each_alone(side: Blocks) -> Blocks:
    return replace(side, group=np.arange(len(side)))


def _rows_of_blocks(scan: Scan, origin: str) -> Iterator[pl.DataFrame]:
    """An origin's rows in stretches that are long enough, which `block` tells apart in each piece."""
    ordered = ordered_rows(scan)
    is_session = "session" in scan.roles.bound and ordered.has_events
    day = pl.lit(0) if is_session else stretch_of(DAY if ordered.has_events else scan.cached(stretch_in_order))
    least = EVENTS_AT_LEAST if ordered.has_events else READINGS_IN_ORDER
    for piece in ordered.entities():
        rows = piece.filter(pl.col("origin") == origin).drop_nulls("what")
        rows = rows.with_columns(block=pl.struct("generator", "entity", day.alias("day")).rle_id())
        yield rows.filter(pl.len().over("block") >= least)


def _together(pieces: Iterable[pl.DataFrame], kinds: list[str], length: str) -> Blocks:
    parts = [_blocks(rows, kinds, length) for rows in pieces]
    facets = {name: np.concatenate([part.facets[name] for part in parts]) for name in parts[0].facets}
    rows, generator, group = (
        np.concatenate(columns)
        for columns in zip(*((one.rows, one.generator, one.group) for one in parts), strict=True)
    )
    return Blocks(facets, rows, generator, group)


def _blocks(rows: pl.DataFrame, kinds: list[str], length: str) -> Blocks:
    """The stretches of some rows; the group of each is its entity."""
    rows = rows.with_columns(block=pl.col("block").rle_id())
    each = rows.group_by("block").agg(pl.len(), pl.col("generator", "entity").first()).sort("block")
    facets = {Facet.STEPS: _steps(rows, each.height)}
    if rows.schema["what"] == pl.String:
        facets[Facet.TRANSITIONS] = _transitions(rows, each.height, kinds)
        facets[Facet.LENGTHS] = _lengths(each)
        facets[Facet.DAYTIME] = _parts_of_day(rows, each.height)
    else:
        facets[Facet.AUTOCORRELATION] = _autocorrelation(rows)
        facets |= {facet: _wave(rows, *wave[:2]) for facet, wave in _WAVES.items() if length in wave[2]}
    group = each["entity"].hash().to_numpy()
    return Blocks(facets, each["len"].to_numpy().astype(np.int64), each["generator"].to_numpy().astype(np.str_), group)


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


def _wave(rows: pl.DataFrame, begin: str, seconds: float) -> Floats:
    """Per stretch a wave in its readings, as amplitudes of cosine and sine in its own standard deviations.

    begin: the stretch of time that begins with the wave. seconds: how long that is. NaN where a stretch stands still.
    Fourier coefficients: Bloomfield, Fourier Analysis of Time Series, 2000, ch. 4.
    """
    angle = 2 * np.pi * (pl.col("when") - stretch_of(begin)).dt.total_microseconds() / (seconds * 1e6)
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
