"""Looks at every value of a dataset's columns of text, and decides for each column what it reads as."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.values.booleans import BOOLEANS
from gates.data.values.clocks import CLOCKS
from gates.data.values.durations import DURATIONS
from gates.data.values.epochs import EPOCHS, counts_time_by_name
from gates.data.values.kinds import LONGEST_VALUE, Manners, WrittenKind, is_null_word, shapes_of
from gates.data.values.numbers import NUMBERS
from gates.data.values.readings import Reading, Readings
from gates.data.values.times import TIMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import pyarrow as pa

# A column of which this share reads as one kind holds that kind, and the rest are slips.
LEAST_RATIO = 0.95
# Of times of day so many may be mistyped; where more have an hour that no day has, they are no times of day.
MOST_SLIPS = 0.01
# Examples of what does not read, of each origin.
_NAMED = 3
# To make and to look up a shape costs a quarter of what it costs to try all kinds on a text.
_TEXTS_A_SHAPE = 4
_TIME = "timestamp"
_OF_TEXT = (TIMES, CLOCKS, DURATIONS, BOOLEANS, NUMBERS)


class SurveyedSource(Protocol):
    """Rows whose columns can be read one by one."""

    @property
    def roles(self) -> Roles: ...

    @property
    def files(self) -> tuple[FileFacts, ...]: ...

    def raw_schema(self) -> pa.Schema:
        """Names and types of the columns as files have them."""

    def columns(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """These columns of every row, in bounded batches."""


def survey(
    opened: SurveyedSource, left_alone: Collection[str] = (), on_batch: Callable[[], None] = lambda: None
) -> Readings:
    """What the columns read as that make up what a row says; free text, labels, groups and keys stay as they are.

    left_alone: further columns that something names by their levels. on_batch: called before rows are looked at.
    """
    rows = sum(file.rows for file in opened.files)
    columns = {name: _Column(kinds, rows) for name, kinds in _candidates(opened, left_alone).items()}
    if columns:
        for batch in opened.columns([*columns, ORIGIN]):
            on_batch()
            frame = pl.DataFrame(batch)
            for name, column in columns.items():
                column.update(frame[name], frame[ORIGIN])
            if not any(column.kinds for column in columns.values()):
                break
    readings = {name: column.reading() for name, column in columns.items()}
    return Readings({name: reading for name, reading in readings.items() if reading})


def _candidates(opened: SurveyedSource, left_alone: Collection[str]) -> dict[str, tuple[WrittenKind, ...]]:
    roles = opened.roles
    identifying = {*roles.identifying} - {_TIME}
    parts = {roles.label, roles.group, roles.key, roles.generator, *roles.slices, *roles.lineage.values()}
    ignored = {*roles.texts, *identifying, *left_alone, *(parts - {_TIME})}
    schema = pl.DataFrame(opened.raw_schema().empty_table()).schema
    candidates: dict[str, tuple[WrittenKind, ...]] = {}
    for name in roles.content:
        kind = schema[name]
        if name in ignored:
            continue
        if kind == pl.String:
            of_time = (TIMES, EPOCHS) if counts_time_by_name(name) else ()
            candidates[name] = (
                of_time if name == _TIME and _TIME in roles.bound else (TIMES, *of_time[1:], *_OF_TEXT[1:])
            )
        elif kind.is_numeric() and counts_time_by_name(name):
            candidates[name] = (EPOCHS,)
    return candidates


@dataclass(frozen=True)
class _Shapes:
    """The shapes of texts, of which there are few where only numbers differ. numbers: of each text's among the distinct."""

    distinct: pl.Series
    numbers: pl.Series

    @classmethod
    def of(cls, texts: pl.Series) -> _Shapes | None:
        """None where there are so many that looking at them first saves nothing."""
        shapes = shapes_of(texts)
        distinct = shapes.unique()
        if not len(distinct) or len(distinct) * _TEXTS_A_SHAPE > len(texts):
            return None
        return cls(distinct, shapes.cast(pl.Enum(distinct)).to_physical())

    def mask(self, kind: WrittenKind) -> pl.Series:
        """Mask of the texts that may be of a kind."""
        return kind.possible(self.distinct).gather(self.numbers)


class _Column:
    """The values of a column, counted by manner and origin for each kind that they may still be."""

    def __init__(self, kinds: Iterable[WrittenKind], rows: int) -> None:
        self.kinds = list(kinds)
        self._most_unread = (1 - LEAST_RATIO) * rows
        self._values: Counter[str] = Counter()
        self._manners: dict[str, Manners] = {}
        self._unread: dict[str, Counter[str]] = {kind.name: Counter() for kind in self.kinds}
        self._examples: dict[tuple[str, str], list[str]] = {}
        self._missing: Counter[str] = Counter()

    def update(self, values: pl.Series, origin: pl.Series) -> None:
        if not self.kinds:
            return
        rows = pl.DataFrame({"value": values, "origin": origin}).drop_nulls("value")
        counted = rows.group_by("value", "origin").len("count")
        for name, count in counted.group_by("origin").agg(pl.col("count").sum()).iter_rows():
            self._values[name] += count
        is_long = pl.lit(value=False)
        if values.dtype == pl.String:
            is_long = pl.col("value").str.len_chars() > LONGEST_VALUE
            for name, count in (
                counted.filter(is_null_word(counted["value"])).group_by("origin").agg(pl.col("count").sum()).iter_rows()
            ):
                self._missing[name] += count
        short = counted.filter(~is_long)
        too_long = int(counted["count"].sum()) - int(short["count"].sum())
        shapes = None if EPOCHS in self.kinds else _Shapes.of(short["value"])
        for kind in self.kinds:
            self._count(kind, short, shapes, too_long)
        # Of fewer rows than there are no larger share can be left unread: the order of rows does not matter.
        self.kinds = [kind for kind in self.kinds if self._misses(kind) <= self._most_unread]

    def _count(self, kind: WrittenKind, counted: pl.DataFrame, shapes: _Shapes | None, too_long: int) -> None:
        may_be = shapes.mask(kind) if shapes else pl.Series([True])
        unread = [] if may_be.all() else [counted.filter(~may_be)]
        if may_be.any():
            possible = counted.filter(may_be) if unread else counted
            manners = kind.manners(possible["value"])
            traits = manners.columns
            both = pl.concat([possible, manners], how="horizontal")
            is_read = pl.col(traits[0]).is_not_null()
            read = both.filter(is_read).group_by("origin", *traits).agg(pl.col("count").sum())
            before = self._manners.get(kind.name)
            together = read if before is None else pl.concat([before, read])
            self._manners[kind.name] = together.group_by("origin", *traits).agg(pl.col("count").sum())
            unread.append(both.filter(~is_read).select(counted.columns))
        for (name,), group in pl.concat([counted.clear(), *unread]).group_by("origin"):
            self._unread[kind.name][str(name)] += int(group["count"].sum())
            self._show(kind, str(name), group["value"])
        self._unread[kind.name][""] += too_long

    def _show(self, kind: WrittenKind, origin: str, values: pl.Series) -> None:
        words = values.cast(pl.String).bottom_k(_NAMED).to_list()
        before = self._examples.get((kind.name, origin), [])
        self._examples[kind.name, origin] = sorted({*before, *words})[:_NAMED]

    def _misses(self, kind: WrittenKind) -> int:
        return self._unread[kind.name].total() - self._missing.total()

    def reading(self) -> Reading | None:
        """What the column reads as, the first kind that suits; None where none does."""
        for kind in self.kinds:
            manners = self._manners.get(kind.name)
            present = self._values.total() - self._missing.total()
            if manners is None or not present or self._misses(kind) > (1 - LEAST_RATIO) * present:
                continue
            if kind is CLOCKS and self._are_durations(present):
                continue
            decision = kind.decide(manners)
            if decision is not None:
                names = {origin for one, origin in self._examples if one == kind.name}
                unread = {origin: tuple(self._examples[kind.name, origin]) for origin in sorted(names)}
                ordered = manners.sort(manners.columns, nulls_last=True)
                return Reading(kind, decision, ordered, dict(self._values), unread)
        return None

    def _are_durations(self, present: int) -> bool:
        """Whether more than slips are beyond a day, as minutes and seconds of a race are, and read as durations."""
        is_better = DURATIONS in self.kinds and self._misses(DURATIONS) < self._misses(CLOCKS)
        return is_better and self._misses(CLOCKS) > MOST_SLIPS * present
