"""A light entry for every row of a dataset, in a table that is queried; only narrow columns are ever held whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from gates.data.arrays import Flags, Hashes, Ints, Mask, find_sorted, since_start
from gates.data.engine import Grouped, IndexTable
from gates.data.text.mix import combine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T", bound=np.generic)
# Rows of contents that repeat are put in order here where they are so few that they take some 50 MB.
_RANKED_ROWS = 1_000_000
# Hashes are sorted here, a million at once, which take 8 MB twice; a database takes ten times as long to group them.
_SORTED_BITS = 20
# A table of 64 KB stays in the cache of a core; of a thousand contents it holds back all but one row in 60.
_ENDING_BITS = 16


@dataclass(frozen=True)
class _ContentSummary:
    """is_first, seed: as in `RowIndex`. repeated: contents that an origin has more than once; None where they are many."""

    is_first: Mask
    seed: int
    repeated: Hashes | None


class RowIndex:
    """One entry per row of the dataset, in the order of row ids; masks and arrays have an element per row.

    names: what the numbers in the table's column `generator` stand for, "" where a row has none.
    Held once they are asked for: origin, generator (position in `generators`, -1 for rows without one), marks (bit set of
    `gates.data.text.marks.markers.Mark`, zero without text), tokens (of the main text, 0 without text) and is_first. Never
    held, because eight bytes a row are too much: row ids, digest (64-bit hash of the content), group (hash of the group
    column's value, or the digest without one) and whole (hash of all columns). They are asked about.
    """

    def __init__(self, table: IndexTable, names: Sequence[str] = ()) -> None:
        self.table, self._names = table, tuple(names)
        self.generators = tuple(sorted(set(names) - {""}))

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def origin(self) -> npt.NDArray[np.int8]:
        """The origin code of each row."""
        return self._column("origin", np.int8)

    @cached_property
    def generator(self) -> npt.NDArray[np.int16]:
        """The position of each row's generator in `generators`, -1 for rows without one."""
        return self._column("generator", np.int16, self._positions)

    @cached_property
    def marks(self) -> Flags:
        """The marks of each row's text."""
        return self._column("marks", np.uint32)

    @cached_property
    def tokens(self) -> npt.NDArray[np.int32]:
        """The number of tokens of each row's main text."""
        return self._column("tokens", np.int32)

    @property
    def is_first(self) -> Mask:
        """Mask of one row per distinct content and origin: ratios are taken over distinct rows."""
        return self._contents.is_first

    @property
    def seed(self) -> int:
        """What all distinct contents come to, in whatever order."""
        return self._contents.seed

    @cached_property
    def occurrence(self) -> npt.NDArray[np.int32]:
        """How many rows of a row's content and origin count before it; which ones depends on what else they hold."""
        repeated = self._contents.repeated
        if repeated is not None and not len(repeated):
            return np.broadcast_to(np.zeros(1, dtype=np.int32), len(self))
        occurrence = np.zeros(len(self), dtype=np.int32)
        if repeated is not None:
            positions, ranks = self._ranks(repeated)
            occurrence[positions] = ranks
            return occurrence
        for positions, ranks in self.table.ranks(("digest", "origin"), "whole"):
            occurrence[positions] = ranks
        return occurrence

    def of(self, code: int) -> Mask:
        """Mask of the rows with this origin code."""
        mask: Mask = self.origin == code
        return mask

    def ids(self, positions: Ints) -> Ints:
        """The ids of the rows at these positions."""
        first, start = self._runs
        run = np.searchsorted(start, positions, side="right") - 1
        ids: Ints = first[run] + (positions - start[run])
        return ids

    def ids_of(self, mask: Mask, at_most: int | None = None) -> Ints:
        """The ids of the first rows under a mask, or of all of them."""
        return self.ids(np.flatnonzero(mask)[:at_most])

    def positions(self, row_ids: Ints) -> Ints:
        """Where rows with these ids stand; of an id that no row has, where it would stand."""
        first, start = self._runs
        if not len(first):
            return np.zeros(len(row_ids), dtype=np.int64)
        run = np.maximum(np.searchsorted(first, row_ids, side="right") - 1, 0)
        end = np.append(start[1:], len(self))
        places: Ints = start[run] + np.clip(row_ids - first[run], 0, end[run] - start[run])
        return places

    def at(self, name: str, positions: Ints) -> Hashes:
        """The values of "digest", "group" or "whole" at these positions."""
        order = np.argsort(positions, kind="stable")
        values, ordered = np.empty(len(positions), dtype=np.uint64), positions[order]
        for begin, column in self._hashes(name):
            low, high = np.searchsorted(ordered, [begin, begin + len(column)])
            values[order[low:high]] = column[ordered[low:high] - begin]
        return values

    def digests(self, mask: Mask) -> Iterator[Hashes]:
        """The hash of the content of each row under a mask, in pieces."""
        for begin, column in self._hashes("digest"):
            yield column[mask[begin : begin + len(column)]]

    def sampling_keys(self) -> Iterator[tuple[int, Hashes]]:
        """A key per row that depends on its content and occurrence only, in pieces with the position of their first row."""
        for begin, digest in self._hashes("digest"):
            yield begin, combine(digest, self.occurrence[begin : begin + len(digest)].astype(np.uint64))

    def by_content(self, masks: Mapping[str, Mask]) -> Iterator[dict[str, Ints]]:
        """Per distinct content under one of the masks, in pieces: how many rows there are under each mask."""
        for batch in self.table.group(Grouped(("digest",), masks)):
            yield {name: batch.column(name).to_numpy() for name in masks}

    def contents(self, mask: Mask, *, by_generator: bool = False) -> Iterator[tuple[Hashes, Ints]]:
        """The distinct contents under a mask, in pieces, and how many rows have each.

        by_generator: contents that several generators made are told apart, and hashed with these.
        """
        keys = ("digest", "generator") if by_generator else ("digest",)
        for batch in self.table.group(Grouped(keys, {"rows": mask})):
            digest = batch.column("digest").to_numpy()
            if by_generator:
                digest = combine(digest, self._positions[batch.column("generator").to_numpy()].astype(np.uint64))
            yield digest, batch.column("rows").to_numpy()

    def distinct_by(self, kinds: npt.NDArray[np.int32], mask: Mask) -> Ints:
        """By number of a kind, how many contents the rows of this kind under a mask have. kinds: from 0."""
        counts = np.zeros(int(kinds.max(initial=-1)) + 1, dtype=np.int64)
        for batch in self.table.group(Grouped(("digest",), {"rows": mask}, numbers={"kind": kinds})):
            counts += np.bincount(batch.column("kind").to_numpy(), minlength=len(counts))
        return counts

    def distinct(self, mask: Mask) -> int:
        """How many contents the rows under a mask have."""
        return sum(len(counts) for _, counts in self.contents(mask))

    def times(self, mask: Mask) -> Ints:
        """By k, how many contents stand k times under a mask."""
        times = np.zeros(1, dtype=np.int64)
        for _, counts in self.contents(mask):
            piece = np.bincount(counts, minlength=len(times))
            piece[: len(times)] += times
            times = piece
        return times

    def first_of_each(self, mask: Mask) -> Mask:
        """Mask of the first row of each content under a mask."""
        return self._firsts(Grouped(("digest",), {"rows": mask}))

    def repeated(self, mask: Mask) -> Mask:
        """Mask of the rows under a mask whose content another row under it has too."""
        return mask & self._members(Grouped(("digest",), {"rows": mask}, {"rows": 2}))

    def with_content_of(self, mask: Mask) -> Mask:
        """Mask of all rows whose content a row under a mask has."""
        return self._members(Grouped(("digest",), {"rows": mask}))

    def first_with_content_of(self, positions: Ints, mask: Mask) -> Ints:
        """For each of a few rows, the position of the first row under a mask that has its content; -1 where none does."""
        wanted = self.at("digest", positions)
        first = dict.fromkeys(wanted.tolist(), -1)
        for begin, column in self._hashes("digest") if len(wanted) else ():
            rows = np.flatnonzero(mask[begin : begin + len(column)])
            for row in rows[np.isin(column[rows], wanted)].tolist():
                if first[int(column[row])] < 0:
                    first[int(column[row])] = begin + row
        return np.array([first[digest] for digest in wanted.tolist()], dtype=np.int64)

    def with_content_in(self, digests: Hashes) -> Mask:
        """Mask of all rows that have one of these contents."""
        wanted, mask = np.unique(digests), np.zeros(len(self), dtype=bool)
        if not len(wanted):
            return mask
        # By far most rows differ from all of a few contents in their lowest bits already.
        has_ending = np.zeros(1 << _ENDING_BITS, dtype=bool)
        has_ending[_endings(wanted)] = True
        for begin, column in self._hashes("digest"):
            rows = np.flatnonzero(has_ending[_endings(column)])
            _, is_wanted = find_sorted(wanted, column[rows])
            mask[begin + rows[is_wanted]] = True
        return mask

    def having(self, digests: Hashes, mask: Mask) -> Mask:
        """Which of these contents a row under a mask has."""
        ordered, place = np.unique(digests, return_inverse=True)
        is_there = np.zeros(len(ordered), dtype=bool)
        for piece in self.digests(mask) if len(ordered) else ():
            at, is_equal = find_sorted(ordered, piece)
            is_there[at[is_equal]] = True
        return is_there[place]

    @cached_property
    def _contents(self) -> _ContentSummary:
        """What repeats: where few contents do, by sorting their hashes here; else by grouping them in the database."""
        return self._of_few_repeats() or self._of_groups()

    def _of_few_repeats(self) -> _ContentSummary | None:
        """The summary from all hashes in order and the rows of contents that repeat; None for more than _RANKED_ROWS such rows."""
        seed, repeated, repeated_rows = np.uint64(0), [np.empty(0, dtype=np.uint64)], 0
        for digest in self._sorted_digests():
            again = digest[1:][digest[1:] == digest[:-1]]
            # The seed is of distinct contents: what stands twice is taken out again.
            seed ^= np.bitwise_xor.reduce(digest) ^ np.bitwise_xor.reduce(again)
            repeated.append(np.unique(again))
            repeated_rows += len(again) + len(repeated[-1])
            if repeated_rows > _RANKED_ROWS:
                return None
        is_first = np.ones(len(self), dtype=bool)
        positions = np.flatnonzero(self.with_content_in(np.concatenate(repeated)))
        digest, origin = self.at("digest", positions), self.origin[positions]
        order = np.lexsort((positions, origin, digest))
        positions, digest, origin = positions[order], digest[order], origin[order]
        is_again = np.append(False, (digest[1:] == digest[:-1]) & (origin[1:] == origin[:-1]))[: len(order)]
        is_first[positions[is_again]] = False
        return _ContentSummary(is_first, int(seed), np.unique(digest[is_again]))

    def _sorted_digests(self) -> Iterator[Hashes]:
        """The hashes of all contents in order, in pieces that part no content and fit in memory."""
        bits = max(0, len(self) - 1).bit_length() - _SORTED_BITS
        for part in range(1 << max(0, bits)):
            columns = (column for _, column in self._hashes("digest"))
            pieces = (one if bits <= 0 else one[one >> np.uint64(64 - bits) == part] for one in columns)
            digest = np.concatenate([np.empty(0, dtype=np.uint64), *pieces])
            digest.sort()
            yield digest

    def _of_groups(self) -> _ContentSummary:
        """What one look at all groups of rows with one content says."""
        codes = np.unique(self.origin).tolist()
        question = Grouped(("digest",), {str(code): self.of(code) for code in codes})
        is_first, seed = np.zeros(len(self), dtype=bool), np.uint64(0)
        repeated, repeated_rows = [np.empty(0, dtype=np.uint64)], 0
        for batch in self.table.group(question):
            digest = batch.column("digest").to_numpy()
            seed ^= np.bitwise_xor.reduce(digest)
            for code in codes:
                rows, first = (batch.column(f"{code}{part}").to_numpy() for part in ("", "_first"))
                is_first[first[first >= 0]] = True
                repeated_rows += int(rows[rows > 1].sum())
                if repeated_rows <= _RANKED_ROWS:
                    repeated.append(digest[rows > 1])
        few = np.unique(np.concatenate(repeated)) if repeated_rows <= _RANKED_ROWS else None
        return _ContentSummary(is_first, int(seed), few)

    def _ranks(self, repeated: Hashes) -> tuple[Ints, Ints]:
        """Positions of the rows with these contents, and how many of one content and origin come before each."""
        positions = np.flatnonzero(self.with_content_in(repeated))
        digest, origin = self.at("digest", positions), self.origin[positions]
        order = np.lexsort((positions, self.at("whole", positions), origin, digest))
        digest, origin = digest[order], origin[order]
        is_start = np.append(True, (digest[1:] != digest[:-1]) | (origin[1:] != origin[:-1]))[: len(order)]
        return positions[order], since_start(is_start)

    @property
    def _positions(self) -> npt.NDArray[np.int16]:
        """The position in `generators` of what each number of the table stands for."""
        position = {name: number for number, name in enumerate(self.generators)}
        return np.array([position.get(name, -1) for name in self._names], dtype=np.int16)

    def _firsts(self, question: Grouped) -> Mask:
        first = np.zeros(len(self), dtype=bool)
        for batch in self.table.group(question):
            first[batch.column("rows_first").to_numpy()] = True
        return first

    def _members(self, question: Grouped) -> Mask:
        mask = np.zeros(len(self), dtype=bool)
        for positions in self.table.members(question):
            mask[positions] = True
        return mask

    @cached_property
    def _runs(self) -> tuple[Ints, Ints]:
        """Runs of row ids without a gap, one per file as a rule: the first id of each, and where it stands."""
        first, start, after = [], [], -1
        for begin, ids in self._pieces("row_id", np.int64):
            breaks = np.flatnonzero(np.diff(ids, prepend=after - 1) != 1)
            first.append(ids[breaks])
            start.append(breaks + begin)
            after = int(ids[-1]) + 1
        nothing = np.empty(0, dtype=np.int64)
        return np.concatenate([nothing, *first]), np.concatenate([nothing, *start])

    def _column(self, name: str, kind: type[T], numbers: npt.NDArray[T] | None = None) -> npt.NDArray[T]:
        """A column, read-only; one that says the same of every row takes no memory. numbers: what its values stand for."""
        whole, same = None, np.zeros(1, dtype=kind)
        for begin, piece in self._pieces(name, kind):
            column = piece if numbers is None else numbers[piece]
            if whole is None:
                same = same if begin else column[:1].copy()
                if (column == same).all():
                    continue
                whole = np.full(len(self), same[0], dtype=kind)
            whole[begin : begin + len(column)] = column
        return _read_only(np.broadcast_to(same, len(self)) if whole is None else whole)

    def _hashes(self, name: str) -> Iterator[tuple[int, Hashes]]:
        return self._pieces(name, np.uint64)

    def _pieces(self, name: str, _kind: type[T]) -> Iterator[tuple[int, npt.NDArray[T]]]:
        """A column in pieces, each with the position of its first row."""
        begin = 0
        for batch in self.table.columns(name):
            yield begin, batch.column(0).to_numpy()
            begin += batch.num_rows


def _read_only(array: npt.NDArray[T]) -> npt.NDArray[T]:
    array.flags.writeable = False
    return array


def _endings(hashes: Hashes) -> Ints:
    """The lowest bits of hashes."""
    endings: Ints = (hashes & np.uint64((1 << _ENDING_BITS) - 1)).astype(np.intp)
    return endings
