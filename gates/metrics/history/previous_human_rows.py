"""The human rows of the version promoted last, beside those of now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.arrays import Hashes, Ints, Mask, first_of_each
from gates.data.batch import Batch, content_digest
from gates.data.facts import HUMAN_CODE, ROW_ID, place_of
from gates.data.scan.result import NAMED_ROWS, Scan
from gates.errors import DataError, first_few
from gates.metrics.base.measurement import Estimate, Inconclusive, Measured, Measurement, NotConfigured
from gates.metrics.history.earlier_rows import (
    KEY,
    EarlierRows,
    digests_of,
    earlier_rows,
    key_hashes,
    new_records,
    read_promoted,
    remembered_rows,
    without,
)

if TYPE_CHECKING:
    from gates.data.previous_version import CommitBefore
    from gates.data.scan.inputs import PassInputs
    from gates.metrics.base.metric import Params

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
        return place_of(self.files, row_id)


def previous_human_rows(scan: Scan) -> PreviousHumanRows | Measurement:
    """What became of the human rows of the version promoted last, or why this is unknown. Call through `scan.cached`.

    Raises UsageError for a record of a removal that names neither a row nor a column.
    """
    before = scan.before.promoted
    if before is None:
        return NotConfigured(NOTHING_BEFORE)
    if before.content is None:
        return Inconclusive(before.unknown)
    return _since(scan, before.name, BothVersions)


def first_human_rows(scan: Scan) -> PreviousHumanRows | Measurement:
    """As `previous_human_rows`, of the version promoted first; call through `scan.cached`.

    Asked only where a record says that human rows went: without one each version has those of the version before, and
    to read the first one would cost as much as to read this one and show nothing.
    """
    promoted = scan.before.promoted
    if promoted is None:
        return NotConfigured(NOTHING_BEFORE)
    first = promoted.first
    if first is None:
        return NotConfigured(
            f"{promoted.name} is the first version promoted: what is asked of the last one says the same"
        )
    if not scan.inputs.declared.removals:
        return NotConfigured(
            f"no record says that human rows went: those of {first.name} are asked for version by version"
        )
    if first.content is None:
        return Inconclusive(first.unknown)
    return _since(scan, first.name, SinceFirst)


def _since(scan: Scan, name: str, versions: type[BothVersions]) -> PreviousHumanRows | Measurement:
    try:
        both = scan.collected(versions)
    except DataError as error:
        fix = "get it, as with `dvc fetch --all-tags`, and check again"
        return Inconclusive(f"the data of {name} cannot be read: {error}; {fix}")
    if not len(both.earlier.row_id):
        return NotConfigured(f"{name} has no human rows")
    return _compared(scan, both, name)


def human_rows_of_commit(scan: Scan) -> PreviousHumanRows | Measurement:
    """What became of the human rows of the commit before, of its files that are not here as they were; else why nobody knows.

    Call through `scan.cached`. Raises as `previous_human_rows` does.
    """
    before = scan.before.commit
    if before is None:
        return NotConfigured(NOTHING_BEFORE)
    if before.unknown:
        return Inconclusive(before.unknown)
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
    note = (
        f"{first_few(before.gone, _SHOWN)} of {before.name} cannot be read, so that all its rows count as gone: {error}"
    )
    return Measured(Estimate.exact(1.0), note=note, evidence={"files": list(before.gone[:NAMED_ROWS])})


def accumulate_kept(inputs: PassInputs, params: Params) -> tuple[type[BothVersions], ...]:
    """As `accumulate_both`, where nothing was promoted of the commit before."""
    is_read = inputs.before.commit is not None and inputs.before.commit.content is not None
    return (SinceCommit,) if is_read and inputs.before.promoted is None else accumulate_both(inputs, params)


def accumulate_both(inputs: PassInputs, params: Params) -> tuple[type[BothVersions], ...]:
    """What a comparison with the version promoted last reads of every row."""
    return (BothVersions,) if inputs.before.promoted and inputs.before.promoted.content else ()


def accumulate_first(inputs: PassInputs, params: Params) -> tuple[type[BothVersions], ...]:
    """What a comparison with the version promoted first reads of every row."""
    first = inputs.before.promoted.first if inputs.before.promoted else None
    return (SinceFirst,) if first and first.content and inputs.declared.removals else ()


@dataclass(frozen=True)
class _Both:
    """earlier: the human rows of the version before. keys_now: of the human rows. digests_now: of these, where columns of content were added since; else the index has them."""

    earlier: EarlierRows
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
        is_human = pl.Series(batch.origin == HUMAN_CODE)
        human = batch.frame.filter(is_human)
        self._keys.append(key_hashes(human, self._key))
        if self._has_other_columns:
            unread = batch.unread.filter(is_human) if batch.unread.columns else batch.unread
            self._digests.append(content_digest(human, self._roles, self._earlier.shared, unread=unread))

    def merge(self, other: BothVersions) -> None:
        """Add what another took of other rows of the dataset, beside the same promoted version."""
        self._keys += other._keys
        self._digests += other._digests

    def value(self) -> _Both:
        nothing = np.empty(0, dtype=np.uint64)
        keys, digests = (np.concatenate([nothing, *parts]) for parts in (self._keys, self._digests))
        return _Both(self._earlier, keys, digests if self._has_other_columns else None)

    def _read(self, inputs: PassInputs) -> EarlierRows:
        before = inputs.before.promoted
        assert before is not None  # noqa: S101  # callers have a promoted version
        assert before.content is not None  # noqa: S101
        return read_promoted(inputs, before.content)


class SinceFirst(BothVersions):
    """As `BothVersions`, of the version promoted first."""

    def _read(self, inputs: PassInputs) -> EarlierRows:
        first = inputs.before.promoted.first if inputs.before.promoted else None
        assert first is not None  # noqa: S101  # callers have a first version
        assert first.content is not None  # noqa: S101
        return read_promoted(inputs, first.content)


class SinceCommit(BothVersions):
    """As `BothVersions`, of the commit before."""

    def _read(self, inputs: PassInputs) -> EarlierRows:
        before = inputs.before.commit
        assert before is not None  # noqa: S101  # callers have a commit
        assert before.content is not None  # noqa: S101
        removals = inputs.declared.removals
        try:
            with before.content.rows() as parts:
                earlier = earlier_rows(inputs, parts, removals)
        except DataError:
            indexes = inputs.before.remembered()
            if indexes is None:
                raise
            earlier = remembered_rows(inputs, indexes, new_records(removals, before.records))
        with before.content.elsewhere() as others:
            return without(earlier, [digests_of(inputs, rows, earlier.shared) for rows in others])


def _compared(scan: Scan, both: _Both, name: str, extent: str = "") -> PreviousHumanRows | Measurement:
    """What became of the earlier rows, one entry per distinct content."""
    promoted = both.earlier
    if not promoted.shared:
        return Inconclusive(f"{name} has none of the columns of content that the dataset has now")
    digest, key, named = promoted.digest, promoted.key, promoted.named
    excused = np.logical_or.reduce(named) if named else np.zeros(len(digest), dtype=bool)
    keep = np.flatnonzero(first_of_each(digest))
    return PreviousHumanRows(
        name=name,
        row_id=promoted.row_id[keep],
        has_content=_has_content(scan, both, digest[keep]),
        has_key=np.isin(key[keep], both.keys_now) & (key[keep] != 0),
        # A content that stands in several rows is excused only where each of them is.
        is_excused=~np.isin(digest[keep], digest[~excused]),
        sample=promoted.sample.drop(ROW_ID, KEY),
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
