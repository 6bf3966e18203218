"""The human rows of the version promoted last, beside those of now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.removals import new_part
from gates.data.batch import content_digest
from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, ROWS_PER_FILE_BITS
from gates.data.scan.result import NAMED_ROWS
from gates.data.text.mix import mix
from gates.errors import DataError
from gates.metrics.base.measurement import Estimate, Failed, Inconclusive, Measured, Measurement, NotConfigured
from gates.metrics.history.removed_rows import named_rows, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gates.config.removals import Removal
    from gates.data.arrays import Hashes, Ints, Mask
    from gates.data.batch import Batch
    from gates.data.previous_version import CommitBefore, PromotedRows
    from gates.data.scan.index import FileIndex
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan

# As many rows as a scan samples of an origin (gates.data.scan.run): what is compared with its samples is as large.
SAMPLE_ROWS, SAMPLE_TEXTS = 50_000, 10_000
_KEY = "_gates_key"
_SHOWN = 3
NOTHING_BEFORE = "nothing was promoted yet: there is no version to be compared with"


@dataclass(frozen=True)
class PreviousHumanRows:
    """One entry per distinct human row of the version promoted last, in the order of its rows.

    name: of the version. extent: which of its rows these are, in messages. has_content: a human row or a held-out one has its content now. has_key: a human row has its key.
    is_excused: a record says why it went. sample: some of the rows, content and slices, in an order of their content;
    sample_rows: their ids. unused: places of records that name no row of it; late: of those from before its promotion.
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
    extent: str = ""

    def __len__(self) -> int:
        return len(self.row_id)

    def place(self, row_id: int) -> str:
        """`path:row` in that version."""
        return place(self.files, row_id)


def previous_human_rows(scan: Scan) -> PreviousHumanRows | Measurement:
    """What became of the human rows of the version promoted last, or why this is unknown. Call through `scan.cached`.

    Raises UsageError for a record of a removal that names neither a row nor a column.
    """
    before = scan.before.promoted
    if before is None:
        return NotConfigured(NOTHING_BEFORE)
    if before.content is None:
        return Inconclusive(before.unknown)
    try:
        both = scan.collected(BothVersions)
    except DataError as error:
        remedy = "get it, as with `dvc fetch --all-tags`, and check again"
        return Inconclusive(f"the data of {before.name} cannot be read: {error}; {remedy}")
    if not len(both.earlier.row_id):
        return NotConfigured(f"{before.name} has no human rows")
    return _compared(scan, both, before.name)


def human_rows_of_commit(scan: Scan) -> PreviousHumanRows | Measurement:
    """What became of the human rows of the commit before, of its files that are not here as they were; else why nobody knows.

    Call through `scan.cached`. Raises as `previous_human_rows` does.
    """
    before = scan.before.commit
    if before is None:
        return NotConfigured(NOTHING_BEFORE)
    if before.unknown:
        # More rows decide nothing here: no setting for too few of them lets it pass.
        return Failed(before.unknown)
    try:
        both = scan.collected(SinceCommit) if before.content else None
    except DataError as error:
        return _unread(before, error)
    if both is None or not len(both.earlier.row_id):
        return Measured(Estimate.exact(0.0))
    return _compared(scan, both, before.name, f"the files of {before.name} that changed")


def _unread(before: CommitBefore, error: DataError) -> Measurement:
    """Of files that changed, the rows may still be there; of one that is gone, somebody would have to show it."""
    if not before.gone:
        return Inconclusive(f"the files of {before.name} that changed cannot be read: {error}")
    gone = f"{', '.join(before.gone[:_SHOWN])}{', …' if len(before.gone) > _SHOWN else ''}"
    note = f"{gone} of {before.name} cannot be read, so that all its rows count as gone: {error}"
    return Measured(Estimate.exact(1.0), note=note, evidence={"files": list(before.gone[:NAMED_ROWS])})


def accumulate_kept(inputs: PassInputs, params: Mapping[str, object]) -> tuple[type[BothVersions], ...]:
    """As `accumulate_both`, where nothing was promoted of the commit before."""
    is_read = inputs.before.commit is not None and inputs.before.commit.content is not None
    return (SinceCommit,) if is_read and inputs.before.promoted is None else accumulate_both(inputs, params)


def accumulate_both(inputs: PassInputs, params: Mapping[str, object]) -> tuple[type[BothVersions], ...]:
    """What a comparison with the version promoted last reads of every row."""
    return (BothVersions,) if inputs.before.promoted and inputs.before.promoted.content else ()


@dataclass(frozen=True)
class _EarlierRows:
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


@dataclass(frozen=True)
class _Both:
    """earlier: the human rows of the version before. keys_now: of the human rows. digests_now: of these, where columns of content were added since; else the index has them."""

    earlier: _EarlierRows
    keys_now: Hashes
    digests_now: Hashes | None


class BothVersions:
    """An accumulator of what the version promoted last has, which it reads first, and of what the dataset has of that.

    Raises DataError where that data cannot be read.
    """

    def __init__(self, inputs: PassInputs) -> None:
        self._earlier = self._read(inputs)
        self._roles = roles = inputs.roles
        has_keys = roles.key is not None and roles.key in inputs.schema and bool(self._earlier.key.any())
        self._key = roles.key if has_keys else None
        self._has_other_columns = list(self._earlier.shared) != sorted(roles.content)
        self.needs_rows = has_keys or self._has_other_columns
        self._keys: list[Hashes] = []
        self._digests: list[Hashes] = []

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""
        human = batch.frame.filter(pl.Series(batch.origin == HUMAN_CODE))
        self._keys.append(_key_hashes(human, self._key))
        if self._has_other_columns:
            self._digests.append(content_digest(human, self._roles, self._earlier.shared))

    def merge(self, other: BothVersions) -> None:
        """Add what another took of other rows of the dataset, beside the same promoted version."""
        self._keys += other._keys
        self._digests += other._digests

    def value(self) -> _Both:
        """Both versions."""
        nothing = np.empty(0, dtype=np.uint64)
        keys, digests = (np.concatenate([nothing, *parts]) for parts in (self._keys, self._digests))
        return _Both(self._earlier, keys, digests if self._has_other_columns else None)

    def _read(self, inputs: PassInputs) -> _EarlierRows:
        return _read_promoted(inputs)


class SinceCommit(BothVersions):
    """As `BothVersions`, of the commit before."""

    def _read(self, inputs: PassInputs) -> _EarlierRows:
        before = inputs.before.commit
        assert before is not None  # noqa: S101  # callers have a commit
        assert before.content is not None  # noqa: S101
        removals = inputs.declared.removals
        try:
            with before.content.rows() as parts:
                earlier = _earlier_rows(inputs, parts, removals)
        except DataError:
            indexes = inputs.before.remembered()
            if indexes is None:
                raise
            earlier = _remembered_rows(inputs, indexes, _new_records(removals, before.records))
        with before.content.elsewhere() as others:
            return _without(earlier, [_digests(inputs, rows, earlier.shared) for rows in others])


def _read_promoted(inputs: PassInputs) -> _EarlierRows:
    before = inputs.before.promoted
    assert before is not None  # noqa: S101  # callers have a promoted version
    assert before.content is not None  # noqa: S101
    dated = _from_after(inputs.declared.removals, before.content.promoted_on())
    with before.content.rows() as promoted:
        return _earlier_rows(inputs, [promoted], dated)


def _earlier_rows(inputs: PassInputs, parts: Sequence[PromotedRows], removals: Sequence[Removal]) -> _EarlierRows:
    """removals: records that may excuse rows; of each part those do that say more than the records it has."""
    records = tuple(one for one in removals if any(new_part(one, part.records) for part in parts))
    late = _late(inputs, records)
    columns = [set(part.source.schema().names) for part in parts]
    shared = tuple(name for name in sorted(inputs.roles.content) if all(name in names for names in columns))
    values = []
    for part in parts:
        new = _new_records(records, part.records)
        rows = PromotedHumanRows(inputs, part, new, shared)
        part.source.fold([rows])
        value = rows.value(late)
        masks = {one.place: mask for one, mask in zip(new, value.named, strict=True)}
        none = np.zeros(len(value.digest), dtype=bool)
        values.append(replace(value, named=[masks.get(one.place, none) for one in records], records=records))
    return _together(values)


def _together(parts: Sequence[_EarlierRows]) -> _EarlierRows:
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


def _digests(inputs: PassInputs, rows: PromotedRows, shared: tuple[str, ...]) -> Hashes:
    """The contents of the human rows of another dataset; none where it lacks a column."""
    if not set(shared) <= set(rows.source.schema().names):
        return np.empty(0, dtype=np.uint64)
    human = PromotedHumanRows(inputs, rows, (), shared)
    rows.source.fold([human])
    return human.value().digest


def _without(earlier: _EarlierRows, elsewhere: Sequence[Hashes]) -> _EarlierRows:
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


def _new_records(records: Sequence[Removal], earlier: Sequence[Removal]) -> list[Removal]:
    """What is new in each record, of those in which something is."""
    return [new for one in records if (new := new_part(one, earlier))]


def _late(inputs: PassInputs, records: Sequence[Removal]) -> tuple[str, ...]:
    """Places of the records in which nothing is new."""
    places = {one.place for one in records}
    return tuple(one.place for one in inputs.declared.removals if one.place not in places)


def _remembered_rows(inputs: PassInputs, indexes: Sequence[FileIndex], new: Sequence[Removal]) -> _EarlierRows:
    """As `_earlier_rows`, of files of which hashes are left alone: a record can name their rows by place only."""
    names = tuple(name for name, *_ in inputs.before.commit.files) if inputs.before.commit else ()
    is_human = [index.of(HUMAN_CODE) for index in indexes]
    row_id = np.concatenate(
        [np.flatnonzero(mask) + (number << ROWS_PER_FILE_BITS) for number, mask in enumerate(is_human)]
    )
    digest = np.concatenate([index.columns["digest"][mask] for index, mask in zip(indexes, is_human, strict=True)])
    records = tuple(one for one in new if one.where is None)
    places = np.array([place(names, int(row)) for row in row_id], dtype=str)
    return _EarlierRows(
        row_id=row_id,
        digest=digest.astype(np.uint64),
        key=np.zeros(len(row_id), dtype=np.uint64),
        named=[np.isin(places, one.rows) for one in records],
        sample=pl.DataFrame(schema={ROW_ID: pl.Int64, _KEY: pl.UInt64}),
        shared=tuple(sorted(inputs.roles.content)),
        files=names,
        records=records,
        late=_late(inputs, new),
    )


def _compared(scan: Scan, both: _Both, name: str, extent: str = "") -> PreviousHumanRows | Measurement:
    """What became of the earlier rows, one entry per distinct content."""
    promoted = both.earlier
    if not promoted.shared:
        return Inconclusive(f"{name} has none of the columns of content that the dataset has now")
    digest, key, named = promoted.digest, promoted.key, promoted.named
    excused = np.logical_or.reduce(named) if named else np.zeros(len(digest), dtype=bool)
    keep = np.sort(np.unique(digest, return_index=True)[1])
    return PreviousHumanRows(
        name=name,
        row_id=promoted.row_id[keep],
        has_content=_has_content(scan, both, digest[keep]),
        has_key=np.isin(key[keep], both.keys_now) & (key[keep] != 0),
        # A content that stands in several rows is excused only where each of them is.
        is_excused=~np.isin(digest[keep], digest[~excused]),
        sample=promoted.sample.drop(ROW_ID, _KEY),
        sample_rows=promoted.sample[ROW_ID].to_numpy(),
        files=promoted.files,
        unused=tuple(one.place for one, mask in zip(promoted.records, named, strict=True) if not mask.any()),
        late=promoted.late,
        extent=extent or name,
    )


def _has_content(scan: Scan, both: _Both, digest: Hashes) -> Mask:
    """Which of these contents human and held-out rows have; where columns were added since, of human ones over the columns that both versions have."""
    if both.digests_now is not None:
        return np.isin(digest, both.digests_now)
    held_out = scan.holdout.digests if scan.holdout else np.empty(0, dtype=np.uint64)
    return scan.index.having(digest, scan.index.of(HUMAN_CODE)) | np.isin(digest, held_out)


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
        digest = (
            content_digest(typed, self._inputs.roles, self._shared) if self._shared else np.zeros(len(frame), np.uint64)
        )
        named = [named_rows(frame, record, self._promoted, key) for record in self._records]
        hashes = {ROW_ID: frame[ROW_ID], "digest": digest, "key": _key_hashes(frame, key)}
        self._parts.append(pl.DataFrame({**hashes, **dict(zip(self._names, named, strict=True))}))
        self._draw(typed.with_columns(pl.Series(_KEY, mix(digest)), frame[ROW_ID]))

    def merge(self, other: PromotedHumanRows) -> None:
        """Add another's rows."""
        self._parts += other._parts
        if other._sample is not None:
            self._draw(other._sample)

    def value(self, late: tuple[str, ...] = ()) -> _EarlierRows:
        """All rows that were read. late: places of records that excuse none of them."""
        row_id, digest, key, *named = (column.to_numpy() for column in pl.concat(self._parts).sort(ROW_ID))
        sample = pl.DataFrame() if self._sample is None else self._sample
        files, records = self._promoted.files, tuple(self._records)
        return _EarlierRows(row_id, digest, key, named, sample, self._shared, files, records, late)

    def _draw(self, rows: pl.DataFrame) -> None:
        """Keep the distinct rows with the smallest keys, as a scan does: of rows that stayed, both take the same."""
        most = SAMPLE_TEXTS if self._inputs.roles.texts else SAMPLE_ROWS
        if self._sample is not None and self._sample.height == most:
            rows = rows.filter(pl.col(_KEY) <= self._sample[_KEY][-1])
        if self._sample is None or rows.height:
            both = rows if self._sample is None else pl.concat([self._sample, rows], how="vertical_relaxed")
            ordered = both.sort(_KEY, ROW_ID)
            self._sample = ordered.unique(_KEY, keep="first", maintain_order=True).head(most)


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
