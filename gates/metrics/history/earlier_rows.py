"""The human rows of an earlier version: of the one promoted last, or of the commit before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.removals import Removal, new_part
from gates.data.batch import Batch, content_digest
from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, place_of
from gates.data.scan.samples import sample_size
from gates.data.text.mix import mix
from gates.data.values.casts import in_type
from gates.metrics.history.removed_rows import named_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Hashes, Ints, Mask
    from gates.data.previous_version import PromotedContent, PromotedRows
    from gates.data.scan.index import FileIndex
    from gates.data.scan.inputs import PassInputs

KEY = "_gates_key"


@dataclass(frozen=True)
class EarlierRows:
    """The human rows of an earlier version in their order. key: 0 for none. named: per record of a removal, its rows.

    shared: columns of content that the dataset has now too. late: places of records from before that version.
    """

    row_id: Ints
    digest: Hashes
    key: Hashes
    named: Sequence[Mask]
    sample: pl.DataFrame
    shared: tuple[str, ...]
    files: tuple[str, ...]
    records: tuple[Removal, ...]
    late: tuple[str, ...]


def read_promoted(inputs: PassInputs, content: PromotedContent) -> EarlierRows:
    """The human rows of a promoted version, beside the records since. Raises DataError where it cannot be read."""
    dated = _from_after(inputs.declared.removals, content.promoted_on())
    with content.rows() as promoted:
        return earlier_rows(inputs, [promoted], dated)


def earlier_rows(inputs: PassInputs, parts: Sequence[PromotedRows], removals: Sequence[Removal]) -> EarlierRows:
    """removals: records that may excuse rows; of each part those do that say more than the records it has."""
    records = tuple(one for one in removals if any(new_part(one, part.records) for part in parts))
    late = _late(inputs, records)
    columns = [set(part.source.schema().names) for part in parts]
    shared = tuple(name for name in sorted(inputs.roles.content) if all(name in names for names in columns))
    values = []
    for part in parts:
        new = new_records(records, part.records)
        rows = PromotedHumanRows(inputs, part, new, shared)
        part.source.fold([rows])
        value = rows.value(late)
        masks = {one.place: mask for one, mask in zip(new, value.named, strict=True)}
        none = np.zeros(len(value.digest), dtype=bool)
        values.append(replace(value, named=[masks.get(one.place, none) for one in records], records=records))
    return _together(values)


def _together(parts: Sequence[EarlierRows]) -> EarlierRows:
    """The rows of several datasets as if their files were those of one."""
    first, *others = parts
    for one in others:
        offset = len(first.files) << ROWS_PER_FILE_BITS
        first = replace(
            first,
            row_id=np.concatenate([first.row_id, one.row_id + offset]),
            digest=np.concatenate([first.digest, one.digest]),
            key=np.concatenate([first.key, one.key]),
            named=[np.concatenate(pair) for pair in zip(first.named, one.named, strict=True)],
            files=(*first.files, *one.files),
        )
    return first


def digests_of(inputs: PassInputs, rows: PromotedRows, shared: tuple[str, ...]) -> Hashes:
    """The contents of the human rows of another dataset; none where it lacks a column."""
    if not set(shared) <= set(rows.source.schema().names):
        return np.empty(0, dtype=np.uint64)
    human = PromotedHumanRows(inputs, rows, (), shared)
    rows.source.fold([human])
    return human.value().digest


def without(earlier: EarlierRows, elsewhere: Sequence[Hashes]) -> EarlierRows:
    """The rows whose content no other dataset has now."""
    if not elsewhere:
        return earlier
    left = ~np.isin(earlier.digest, np.concatenate(elsewhere))
    return replace(
        earlier,
        row_id=earlier.row_id[left],
        digest=earlier.digest[left],
        key=earlier.key[left],
        named=[mask[left] for mask in earlier.named],
    )


def new_records(records: Sequence[Removal], earlier: Sequence[Removal]) -> list[Removal]:
    """What is new in each record, of those in which something is."""
    return [new for one in records if (new := new_part(one, earlier))]


def _late(inputs: PassInputs, records: Sequence[Removal]) -> tuple[str, ...]:
    """Places of the records in which nothing is new."""
    places = {one.place for one in records}
    return tuple(one.place for one in inputs.declared.removals if one.place not in places)


def remembered_rows(inputs: PassInputs, indexes: Sequence[FileIndex], new: Sequence[Removal]) -> EarlierRows:
    """As `earlier_rows`, of files of which hashes are left alone: a record can name their rows by place only."""
    names = tuple(name for name, *_ in inputs.before.commit.files) if inputs.before.commit else ()
    is_human = [index.of(HUMAN_CODE) for index in indexes]
    row_id = np.concatenate(
        [np.flatnonzero(mask) + (number << ROWS_PER_FILE_BITS) for number, mask in enumerate(is_human)]
    )
    digest = np.concatenate([index.columns["digest"][mask] for index, mask in zip(indexes, is_human, strict=True)])
    records = tuple(one for one in new if one.where is None)
    places = np.array([place_of(names, int(row)) for row in row_id], dtype=str)
    return EarlierRows(
        row_id=row_id,
        digest=digest.astype(np.uint64),
        key=np.zeros(len(row_id), dtype=np.uint64),
        named=[np.isin(places, one.rows) for one in records],
        sample=pl.DataFrame(schema={ROW_ID: pl.Int64, KEY: pl.UInt64}),
        shared=tuple(sorted(inputs.roles.content)),
        files=names,
        records=records,
        late=_late(inputs, new),
    )


def _from_after(records: Sequence[Removal], promoted: date) -> list[Removal]:
    """The records that are not from before a promotion."""
    # Records have the day of their author's calendar, which may be behind that of UTC.
    first = promoted - timedelta(days=1)
    return [one for one in records if one.date >= first]


class PromotedHumanRows:
    """An accumulator of a promoted version's human rows: hashes of all of them, the content of a sample only.

    shared: the columns that make up a row's content.
    """

    needs_rows = True

    def __init__(
        self, inputs: PassInputs, promoted: PromotedRows, records: Sequence[Removal], shared: tuple[str, ...]
    ) -> None:
        self._inputs, self._promoted, self._records = inputs, promoted, records
        self._names = [f"named_{number}" for number in range(len(records))]
        names = promoted.source.schema().names
        self._shared = shared
        self._wanted = tuple(dict.fromkeys((*self._shared, *(name for name in inputs.roles.slices if name in names))))
        schema = {ROW_ID: pl.Int64, "digest": pl.UInt64, "key": pl.UInt64, **dict.fromkeys(self._names, pl.Boolean)}
        self._parts = [pl.DataFrame(schema=schema)]
        self._sample: pl.DataFrame | None = None

    def update(self, batch: Batch) -> None:
        """Take some rows of the version."""
        frame = batch.frame.filter(pl.Series(batch.origin == HUMAN_CODE)).drop(ORIGIN)
        now, key = self._inputs.schema, self._inputs.roles.key
        read = self._inputs.readings.apply(frame)
        typed = read.select(_as_now(read, name, now[name]) for name in self._wanted)
        unread, digest = self._inputs.readings.unread(frame), np.zeros(len(frame), np.uint64)
        if self._shared:
            digest = content_digest(typed, self._inputs.roles, self._shared, unread=unread)
        named = [named_rows(frame, record, self._promoted, key) for record in self._records]
        hashes = {ROW_ID: frame[ROW_ID], "digest": digest, "key": key_hashes(frame, key)}
        self._parts.append(pl.DataFrame({**hashes, **dict(zip(self._names, named, strict=True))}))
        self._draw(typed.with_columns(pl.Series(KEY, mix(digest)), frame[ROW_ID]))

    def merge(self, other: PromotedHumanRows) -> None:
        self._parts += other._parts
        if other._sample is not None:
            self._draw(other._sample)

    def value(self, late: tuple[str, ...] = ()) -> EarlierRows:
        """All rows that were read. late: places of records that excuse none of them."""
        row_id, digest, key, *named = (column.to_numpy() for column in pl.concat(self._parts).sort(ROW_ID))
        sample = pl.DataFrame() if self._sample is None else self._sample
        files, records = self._promoted.files, tuple(self._records)
        return EarlierRows(row_id, digest, key, named, sample, self._shared, files, records, late)

    def _draw(self, rows: pl.DataFrame) -> None:
        """Keep the distinct rows with the smallest keys, as a scan does: of rows that stayed, both take the same."""
        # What is compared with a scan's samples is as large.
        most = sample_size(self._inputs.roles)
        if self._sample is not None and self._sample.height == most:
            rows = rows.filter(pl.col(KEY) <= self._sample[KEY][-1])
        if self._sample is None or rows.height:
            both = rows if self._sample is None else pl.concat([self._sample, rows], how="vertical_relaxed")
            ordered = both.sort(KEY, ROW_ID)
            self._sample = ordered.unique(KEY, keep="first", maintain_order=True).head(most)


def _as_now(frame: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Series:
    """A column in the type that it has now, so that equal rows have equal digests; 1.5 equals no whole number."""
    column = frame[name]
    if (column.dtype.is_float() or column.dtype.is_decimal()) and kind.is_integer():
        column = column.set(column != column.floor(), None)
    return in_type(column, kind)


def key_hashes(frame: pl.DataFrame, key: str | None) -> Hashes:
    """0 where a row has no key."""
    if key is None or key not in frame.columns:
        return np.zeros(frame.height, dtype=np.uint64)
    words = frame[key].cast(pl.String)
    return np.where(words.is_null().to_numpy(), np.uint64(0), words.fill_null("").hash().to_numpy())
