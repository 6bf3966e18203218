"""The index of a dataset's rows as a summary that merges: batch by batch, file by file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from gates.config.roles import INPUT
from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, SYNTHETIC_CODE, UNDECLARED_CODE, Roles
from gates.data.scan.row_index import RowIndex
from gates.data.text.marks.markers import as_flags, marks, prompt_marks
from gates.data.text.marks.turn_marks import marks_of_turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints
    from gates.data.batch import Batch
    from gates.data.engine import IndexTable

_ORIGIN_CODES = (HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE)
# What is known of a row beside its id, with the type that it is kept in.
COLUMN_TYPES: Mapping[str, type[np.generic]] = {
    "origin": np.int8,
    "digest": np.uint64,
    "group": np.uint64,
    "whole": np.uint64,
    "marks": np.uint32,
    "tokens": np.int32,
    "generator": np.int32,
}

_SCHEMA = pa.schema(
    [("row_id", pa.int64()), *((name, pa.from_numpy_dtype(kind)) for name, kind in COLUMN_TYPES.items())]
)


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


class IndexBuilder:
    """Mergeable summary behind the row index: `update(batch)`, `add(file)`, `merge(other)`, `build()`.

    table: takes the entries as they come, so that none stays in memory.
    """

    def __init__(self, roles: Roles, table: IndexTable) -> None:
        self.roles, self.table = roles, table
        self._names: dict[str, int] = {}
        self._values: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)

    def update(self, batch: Batch) -> None:
        frame = batch.frame
        row_id, codes, digest = batch.row_id, batch.origin, batch.digest(self.roles)
        flags, tokens = _text_facts(batch, self.roles)
        generator, names = _coded(frame[self.roles.generator] if self.roles.generator else None, len(codes))
        columns: dict[str, npt.NDArray[np.generic]] = {
            "origin": codes,
            "digest": digest,
            "group": _groups(frame, self.roles) if self.roles.group else digest,
            "whole": digest if _is_whole(batch, self.roles) else frame.drop(ROW_ID, ORIGIN).hash_rows().to_numpy(),
            "marks": flags,
            "tokens": tokens,
            "generator": generator,
        }
        self._append(row_id, columns, names)
        self._count_values(frame.drop(ROW_ID, ORIGIN), row_id >> ROWS_PER_FILE_BITS, codes)

    def add(self, number: int, file: FileIndex) -> None:
        """Take over what is known of the rows of the file with this number."""
        row_id = np.arange(len(file), dtype=np.int64) + (number << ROWS_PER_FILE_BITS)
        self._append(row_id, file.columns, file.names)
        for code, counts in zip(_ORIGIN_CODES, file.values, strict=True):
            _add(self._values[number, code], counts)

    def merge(self, other: IndexBuilder) -> None:
        for batch in other.table.columns("row_id", *COLUMN_TYPES):
            columns = {name: batch.column(name).to_numpy() for name in COLUMN_TYPES}
            self._append(batch.column("row_id").to_numpy(), columns, list(other._names))
        for place, counts in other._values.items():
            _add(self._values[place], counts)

    def build(self) -> RowIndex:
        """The index of all these rows."""
        return RowIndex(self.table, list(self._names))

    def _append(self, row_id: Ints, columns: Mapping[str, npt.NDArray[np.generic]], names: Sequence[str]) -> None:
        """Entries whose generators are numbered by these names."""
        numbers = np.array([self._names.setdefault(name, len(self._names)) for name in names], dtype=np.int32)
        entries = {**columns, "generator": numbers[columns["generator"]]}
        typed = {name: pa.array(entries[name].astype(kind, copy=False)) for name, kind in COLUMN_TYPES.items()}
        self.table.append(pa.record_batch({"row_id": pa.array(row_id), **typed}))

    def values(self, code: int) -> dict[str, int]:
        """How many cells of each column are neither null nor NaN nor blank, in the rows of an origin."""
        counts: dict[str, int] = {}
        for place in sorted(self._values):
            if place[1] == code:
                _add(counts, self._values[place])
        return counts

    def of_file(self, number: int) -> FileIndex | None:
        """One file's part of what was built; None where its rows are not numbered from 0 without a gap."""
        ends = number << ROWS_PER_FILE_BITS, (number + 1) << ROWS_PER_FILE_BITS
        batches = self.table.columns("row_id", *COLUMN_TYPES, row_ids=ends)
        entries = pa.Table.from_batches(batches, _SCHEMA)
        row_id, *arrays = (column.to_numpy() for column in entries.columns)
        if not np.array_equal(row_id, np.arange(ends[0], ends[0] + len(row_id))):
            return None
        columns = dict(zip(COLUMN_TYPES, arrays, strict=True))
        numbers, generator = np.unique(columns["generator"], return_inverse=True)
        listed = list(self._names)
        return FileIndex(
            {**columns, "generator": generator.astype(np.int32)},
            tuple(listed[name] for name in numbers),
            tuple(self._values.get((number, code), {}) for code in _ORIGIN_CODES),
        )

    def _count_values(self, frame: pl.DataFrame, file: Ints, codes: npt.NDArray[np.int8]) -> None:
        # No column of the data has the name of ROW_ID.
        filled = frame.select(
            pl.Series(ROW_ID, file * len(_ORIGIN_CODES) + codes),
            *(_is_there(frame[name]) for name in frame.columns),
        )
        for counts in filled.group_by(ROW_ID).agg(pl.all().sum()).iter_rows(named=True):
            _add(self._values[divmod(counts.pop(ROW_ID), len(_ORIGIN_CODES))], counts)


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


def _is_there(values: pl.Series) -> pl.Series:
    """As `has_value`. A text that begins with a visible letter of ASCII is not blank, which is quickly seen."""
    if values.dtype == pl.String and ((values >= "!") & (values < "\x7f")).sum() == len(values) - values.null_count():
        return values.is_not_null()
    return values.to_frame().select(has_value(values.name, values.dtype)).to_series()


def _is_whole(batch: Batch, roles: Roles) -> bool:
    """Whether the content of a row is all of it, as it stands."""
    names = {*batch.frame.columns} - {ROW_ID, ORIGIN}
    return names == {*roles.content} and not roles.texts and not batch.unread.columns


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


def _text_facts(batch: Batch, roles: Roles) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    if not roles.texts:
        return np.zeros(batch.rows.num_rows, dtype=np.uint32), np.zeros(batch.rows.num_rows, dtype=np.int32)
    main = roles.texts[0]
    stream = batch.tokens(main)
    prompts = batch.rows.column(roles.prompt) if roles.prompt else None
    flags = marks(batch.rows.column(main), stream, prompts)
    if roles.prompt and INPUT in roles.texts:
        # A prompt may stand in two columns, of which a decoder makes one.
        both = pl.concat_str(roles.prompt, pl.col(INPUT).fill_null(""), separator=" ")
        prompts = batch.frame.select(both).to_series().to_arrow()
        flags |= as_flags(prompt_marks(batch.rows.column(main), stream, prompts), len(flags))
    rows, of_turns = marks_of_turns(batch.frame, roles)
    np.bitwise_or.at(flags, rows, of_turns)
    return flags, stream.lengths().astype(np.int32)
