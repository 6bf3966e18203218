"""The index of a dataset's rows as a summary that merges: batch by batch, file by file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, SYNTHETIC_CODE, UNDECLARED_CODE, Roles
from gates.data.scan.row_index import RowIndex
from gates.data.text.markers import marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints
    from gates.data.batch import Batch

_ORIGIN_CODES = (HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE)
# What is known of a row beside its id, with the type that it is kept in.
COLUMN_TYPES: Mapping[str, type[np.generic]] = {
    "origin": np.int8,
    "digest": np.uint64,
    "group": np.uint64,
    "whole": np.uint64,
    "marks": np.uint16,
    "tokens": np.int32,
    "generator": np.int32,
}


@dataclass(frozen=True)
class FileIndex:
    """What the index knows of one file's rows, in their order, wherever the file stands among others.

    columns: an array each of origin, digest, group, whole, marks, tokens and generator, the last a position in `names`.
    values: by origin code, how many cells of each column say something.
    """

    columns: Mapping[str, npt.NDArray[np.generic]]
    names: tuple[str, ...]
    values: tuple[Mapping[str, int], ...]

    def __len__(self) -> int:
        return len(self.columns["digest"])

    def of(self, code: int) -> npt.NDArray[np.bool_]:
        """Mask of the rows with this origin code."""
        mask: npt.NDArray[np.bool_] = self.columns["origin"] == code
        return mask


@dataclass(frozen=True)
class _Part:
    row_id: Ints
    columns: Mapping[str, npt.NDArray[np.generic]]
    names: Sequence[str]


T = TypeVar("T", bound=np.generic)


class IndexBuilder:
    """Mergeable summary behind the row index: `update(batch)`, `add(file)`, `merge(other)`, `build()`."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self._parts: list[_Part] = []
        self._values: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)

    def update(self, batch: Batch) -> None:
        """Index the rows of a batch."""
        frame = batch.frame
        row_id, codes, digest = batch.row_id, batch.origin, batch.digest(self.roles)
        flags, tokens = _text_facts(batch, self.roles)
        generator, names = _coded(frame[self.roles.generator] if self.roles.generator else None, len(codes))
        columns: dict[str, npt.NDArray[np.generic]] = {
            "origin": codes,
            "digest": digest,
            "group": _groups(frame, self.roles) if self.roles.group else digest,
            "whole": frame.drop(ROW_ID, ORIGIN).hash_rows().to_numpy(),
            "marks": flags,
            "tokens": tokens,
            "generator": generator,
        }
        self._parts.append(_Part(row_id, columns, names))
        self._count_values(frame.drop(ROW_ID, ORIGIN), row_id >> ROWS_PER_FILE_BITS, codes)

    def add(self, number: int, file: FileIndex) -> None:
        """Take over what is known of the rows of the file with this number."""
        row_id = np.arange(len(file), dtype=np.int64) + (number << ROWS_PER_FILE_BITS)
        self._parts.append(_Part(row_id, file.columns, file.names))
        for code, counts in zip(_ORIGIN_CODES, file.values, strict=True):
            _add(self._values[number, code], counts)

    def merge(self, other: IndexBuilder) -> None:
        """Take over another builder's rows."""
        self._parts.extend(other._parts)
        for place, counts in other._values.items():
            _add(self._values[place], counts)

    def build(self) -> tuple[RowIndex, Hashes]:
        """The index sorted by row id, and beside it the hash of each row in all its columns."""
        order = np.argsort(_joined([part.row_id for part in self._parts], np.int64), kind="stable")
        listed = tuple(sorted({name for part in self._parts for name in part.names if name}))
        position = {name: number for number, name in enumerate(listed)}

        def column(name: str, kind: type[T]) -> npt.NDArray[T]:
            return _joined([part.columns[name] for part in self._parts], kind)[order]

        generators = [
            np.array([position.get(name, -1) for name in part.names], dtype=np.int16)[part.columns["generator"]]
            for part in self._parts
        ]
        index = RowIndex(
            row_id=_joined([part.row_id for part in self._parts], np.int64)[order],
            origin=column("origin", np.int8),
            digest=column("digest", np.uint64),
            group=column("group", np.uint64),
            generator=_joined(generators, np.int16)[order],
            marks=column("marks", np.uint16),
            tokens=column("tokens", np.int32),
            generators=listed,
        )
        return index, column("whole", np.uint64)

    def values(self, code: int) -> dict[str, int]:
        """How many cells of each column are neither null nor NaN nor blank, in the rows of an origin."""
        counts: dict[str, int] = {}
        for place in sorted(self._values):
            if place[1] == code:
                _add(counts, self._values[place])
        return counts

    def of_file(self, number: int, index: RowIndex, whole: Hashes) -> FileIndex | None:
        """One file's part of what was built; None where its rows are not numbered from 0 without a gap."""
        begin, end = np.searchsorted(index.row_id, [number << ROWS_PER_FILE_BITS, (number + 1) << ROWS_PER_FILE_BITS])
        first = number << ROWS_PER_FILE_BITS
        if not np.array_equal(index.row_id[begin:end], np.arange(first, first + end - begin)):
            return None
        names, generator = np.unique(index.generator[begin:end], return_inverse=True)
        columns = {name: getattr(index, name)[begin:end] for name in COLUMN_TYPES if name not in {"whole", "generator"}}
        return FileIndex(
            {**columns, "whole": whole[begin:end], "generator": generator.astype(np.int32)},
            tuple((*index.generators, "")[name] for name in names),
            tuple(self._values.get((number, code), {}) for code in _ORIGIN_CODES),
        )

    def _count_values(self, frame: pl.DataFrame, file: Ints, codes: npt.NDArray[np.int8]) -> None:
        # No column of the data bears the name of ROW_ID.
        filled = frame.select(
            pl.Series(ROW_ID, file * len(_ORIGIN_CODES) + codes),
            *(has_value(name, kind) for name, kind in frame.schema.items()),
        )
        for counts in filled.group_by(ROW_ID).agg(pl.all().sum()).iter_rows(named=True):
            _add(self._values[divmod(counts.pop(ROW_ID), len(_ORIGIN_CODES))], counts)


def _joined(parts: Sequence[npt.NDArray[np.generic]], kind: type[T]) -> npt.NDArray[T]:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, dtype=kind)


def _add(mine: dict[str, int], theirs: Mapping[str, int]) -> None:
    for name, count in theirs.items():
        mine[name] = mine.get(name, 0) + count


def _coded(generator: pl.Series | None, rows: int) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Positions in a list of names, "" among them where a row has none."""
    if generator is None:
        return np.zeros(rows, dtype=np.int32), [""]
    named = generator.cast(pl.String).fill_null("")
    names = named.unique().sort()
    return named.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int32), names.to_list()


def has_value(name: str, kind: pl.DataType) -> pl.Expr:
    """Whether a cell says something: neither null nor NaN nor blank."""
    cell = pl.col(name)
    if kind == pl.String:
        return (cell.str.strip_chars() != "").fill_null(value=False)
    return (cell.is_not_null() & cell.is_not_nan()).fill_null(value=False) if kind.is_float() else cell.is_not_null()


def _groups(frame: pl.DataFrame, roles: Roles) -> Hashes:
    """64-bit hash of each row's group, and of its day where days part the groups."""
    units = [pl.col(str(roles.group))]
    if roles.group_by_day:
        units.append(_day(pl.col(roles.group_by_day), frame.schema[roles.group_by_day]))
    return frame.select(units).hash_rows().to_numpy()


def _day(time: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """The day of a time, or of text that begins with one; numbers count no days, and part nothing."""
    if kind.is_temporal():
        return time.dt.truncate("1d") if kind != pl.Date else time
    return time.str.slice(0, len("2024-01-31")) if kind == pl.String else pl.lit(0).alias("day")


def _text_facts(batch: Batch, roles: Roles) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    if not roles.texts:
        return np.zeros(batch.rows.num_rows, dtype=np.uint16), np.zeros(batch.rows.num_rows, dtype=np.int32)
    main = roles.texts[0]
    stream = batch.tokens(main)
    prompts = batch.rows.column(roles.prompt) if roles.prompt else None
    return marks(batch.rows.column(main), stream, prompts), stream.lengths().astype(np.int32)
