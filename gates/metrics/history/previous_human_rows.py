"""The human rows of the version promoted last, beside those that are there now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.facts import HUMAN_CODE, ROW_ID
from gates.data.text.mix import mix
from gates.errors import DataError
from gates.metrics.base.full_columns import columns_of_all
from gates.metrics.base.measurement import Inconclusive, Measurement, NotConfigured
from gates.metrics.history.removed_rows import named_rows, place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt

    from gates.config.removals import Removal
    from gates.data.arrays import Hashes, Ints
    from gates.data.previous_version import People
    from gates.data.scan.result import Scan

    Mask = npt.NDArray[np.bool_]

# As many rows as a scan samples of an origin (gates.data.scan.run): what is compared with its samples is as large.
SAMPLE_ROWS, SAMPLE_TEXTS = 50_000, 10_000
_KEY = "_gates_key"
NOTHING_BEFORE = "nothing was promoted yet: there is no version to be compared with"


@dataclass(frozen=True)
class PeopleBefore:
    """One entry per distinct human row of the version promoted last, in the order of its rows.

    name: of the version. has_content: a human row or a held-out one has its content now. has_key: a human row has its key.
    is_excused: a record says why it went. sample: some of the rows, content and slices, in an
    order of their content; sample_rows: their ids. unused: places of records that
    name no row of it; late: of those from before its promotion.
    """

    name: str
    row_id: Ints
    has_content: Mask
    has_key: Mask
    is_excused: Mask
    sample: pl.DataFrame
    sample_rows: Ints
    files: tuple[str, ...]
    unused: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.row_id)

    def place(self, row_id: int) -> str:
        """`path:row` in that version."""
        return place(self.files, row_id)


def people_before(scan: Scan) -> PeopleBefore | Measurement:
    """What became of the people of the version promoted last, or why nobody can say. Call through `scan.once`.

    Raises UsageError for a record of a removal that names what is no row and no column.
    """
    before = scan.promoted
    if before is None:
        return NotConfigured(NOTHING_BEFORE)
    if before.content is None:
        return Inconclusive(before.unknown)
    try:
        late, records = _by_day(scan.removals, before.content.promoted_on())
        with before.content.people() as people:
            read = _Read(scan, people, records)
            for frame in people.frames:
                read.update(frame)
            return read.compared(before.name, tuple(record.place for record in late))
    except DataError as error:
        remedy = "get it, as with `dvc fetch --all-tags`, and check again"
        return Inconclusive(f"the data of {before.name} cannot be had: {error}; {remedy}")


def _by_day(records: Sequence[Removal], promoted: date) -> tuple[list[Removal], list[Removal]]:
    """The records from before a promotion, which excuse nothing that went later, and the others."""
    # Whoever decides writes the day of their own calendar, which may be behind that of UTC.
    first = promoted - timedelta(days=1)
    return [one for one in records if one.date < first], [one for one in records if one.date >= first]


@dataclass
class _Read:
    """The promoted rows, read batch by batch: hashes of all of them, the content of a sample only."""

    scan: Scan
    people: People
    records: Sequence[Removal]
    shared: list[str] = field(default_factory=list)
    row_id: list[Ints] = field(default_factory=list)
    digest: list[Hashes] = field(default_factory=list)
    key: list[Hashes] = field(default_factory=list)
    named: list[list[Mask]] = field(default_factory=list)
    sample: pl.DataFrame | None = None

    def update(self, frame: pl.DataFrame) -> None:
        """Take in a batch of human rows."""
        roles, now = self.scan.roles, self.scan.human.frame.schema
        self.shared = [name for name in sorted(roles.content) if name in frame.columns]
        wanted = dict.fromkeys((*self.shared, *(name for name in roles.slices if name in frame.columns)))
        typed = frame.select(_as_now(frame, name, now[name]) for name in wanted)
        digest = typed.select(self.shared).hash_rows().to_numpy() if self.shared else np.zeros(len(frame), np.uint64)
        self.row_id.append(frame[ROW_ID].to_numpy())
        self.digest.append(digest)
        self.key.append(_key_hashes(frame, roles.key))
        self.named.append([named_rows(frame, record, self.people, roles.key) for record in self.records])
        self._draw(typed.with_columns(pl.Series(_KEY, mix(digest)), frame[ROW_ID]))

    def compared(self, name: str, late: tuple[str, ...]) -> PeopleBefore | Measurement:
        """What became of the rows that were read."""
        if not sum(map(len, self.row_id)) or self.sample is None:
            return NotConfigured(f"{name} has no human rows")
        if not self.shared:
            return Inconclusive(f"{name} has no column of what rows are about now")
        digest, key = np.concatenate(self.digest), np.concatenate(self.key)
        named = [np.concatenate(masks) for masks in zip(*self.named, strict=True)]
        excused = np.logical_or.reduce(named) if named else np.zeros(len(digest), dtype=bool)
        keep = np.sort(np.unique(digest, return_index=True)[1])
        return PeopleBefore(
            name=name,
            row_id=np.concatenate(self.row_id)[keep],
            has_content=np.isin(digest[keep], self._digests_now()),
            has_key=np.isin(key[keep], self._keys_now()) & (key[keep] != 0),
            # A content that stands in several rows is excused only where each of them is.
            is_excused=~np.isin(digest[keep], digest[~excused]),
            sample=self.sample.drop(ROW_ID, _KEY),
            sample_rows=self.sample[ROW_ID].to_numpy(),
            files=self.people.files,
            unused=tuple(one.place for one, mask in zip(self.records, named, strict=False) if not mask.any()),
            late=late,
        )

    def _draw(self, rows: pl.DataFrame) -> None:
        """Keep the distinct rows with the smallest keys, as a scan does: of rows that stayed, both take the same."""
        most = SAMPLE_TEXTS if self.scan.roles.texts else SAMPLE_ROWS
        if self.sample is not None and self.sample.height == most:
            rows = rows.filter(pl.col(_KEY) < self.sample[_KEY][-1])
        if self.sample is None or rows.height:
            both = rows if self.sample is None else pl.concat([self.sample, rows], how="vertical_relaxed")
            self.sample = both.unique(_KEY, keep="first", maintain_order=True).sort(_KEY).head(most)

    def _digests_now(self) -> Hashes:
        """Of human and held-out rows; where columns were added since, over those that both versions have."""
        index = self.scan.index
        is_human = index.of(HUMAN_CODE)
        if self.shared == sorted(self.scan.roles.content):
            held = self.scan.holdout_digests
            return np.concatenate([index.digest[is_human], *([] if held is None else [held])])
        people = index.row_id[is_human]
        found = [np.empty(0, dtype=np.uint64)]
        for batch in self.scan.source.batches():
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            own = frame.filter(pl.Series(np.isin(frame[ROW_ID].to_numpy(), people)))
            found.append(own.select(self.shared).hash_rows().to_numpy())
        return np.concatenate(found)

    def _keys_now(self) -> Hashes:
        key = self.scan.roles.key
        if key is None or not any(part.any() for part in self.key):
            return np.empty(0, dtype=np.uint64)
        rows = columns_of_all(self.scan, [key])
        return _key_hashes(rows.filter(pl.Series(self.scan.index.of(HUMAN_CODE))), key)


def _as_now(frame: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    """A column in the type that it has now, so that equal rows have equal digests; 1.5 equals no whole number."""
    column = pl.col(name)
    if frame.schema[name].is_float() and kind.is_integer():
        column = pl.when(column == column.floor()).then(column)
    return column.cast(kind, strict=False)


def _key_hashes(frame: pl.DataFrame, key: str | None) -> Hashes:
    """0 where a row has no key."""
    if key is None or key not in frame.columns:
        return np.zeros(frame.height, dtype=np.uint64)
    words = frame[key].cast(pl.String)
    return np.where(words.is_null().to_numpy(), np.uint64(0), words.fill_null("").hash().to_numpy())
