"""What the one shared pass over a dataset learned, in the form that metrics read.

A `Scan` asks a light index of every row, and holds samples of the rows themselves. Both are independent of row order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROW_ID = "_gates_row_id"
ORIGIN = "_gates_origin"
# The origin column of the files where no role has it: what it says, for who writes rules of the files' columns.
WRITTEN_ORIGIN = "_gates_written_origin"
# The messages of a text that is a conversation, a column that no data has.
TURNS = "_gates_turns"
ROWS_PER_FILE_BITS = 40

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Where more human rows than this repeat each other, repetition belongs to the law (a table of few coarse columns);
# below it, a repeated row is an accident and inference uses distinct rows. The limit of the duplicate check.
NATURAL_REPEAT_RATIO = 0.01

# Origins as they stand in `RowIndex.origin`.
HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE = 0, 1, 2


def row_number(row_id: int) -> int:
    """The number of a row in its file, counted from 1."""
    return (row_id & ((1 << ROWS_PER_FILE_BITS) - 1)) + 1


def place_of(paths: Sequence[str], row_id: int) -> str:
    """`path:row`, rows counted from 1. paths: of the files of the dataset, by their numbers."""
    return f"{paths[row_id >> ROWS_PER_FILE_BITS]}:{row_number(row_id)}"


@dataclass(frozen=True)
class FileFacts:
    """One file of a dataset. `columns` maps a column's name in the file to its Arrow type.

    origin: the origin of all its rows where a separate partition path or a hive key says so, else None.
    md5: of the same bytes as sha256, to recognise them in what DVC tracks; "" where there is no file.
    """

    path: str
    rows: int
    columns: Mapping[str, str]
    sha256: str
    size: int
    origin: str | None = None
    md5: str = ""


@dataclass(frozen=True)
class Roles:
    """Which column plays which part; names are those of the opened dataset's columns.

    content: the columns that make up what a row says; origin, lineage and keys are not content.
    texts: content columns of free text, the main one first.
    lineage: generator, generator_version, prompt_id, seed_id, created_at, licence, as far as they are there.
    bound: every role of the type that is a column; the column has the role's name.
    identifying: content columns that say which thing a row is about (an item, a time); origins are not compared in them.
    spoken: texts that were read out of conversations. turns: the column of conversations, a list of {role, content}, of which every turn of the assistant is judged.
    prompt: the column that the main text answers. group_by_day: a column of times whose days part the groups.
    mappable: every role that `columns` may map in data of this type. declared_key: the key, where `columns` says that it is
    one; a column that has the role by its name alone, or that numbers the rows of a file, promises nothing.
    in_files: what files call the columns that the configuration names: those that `columns` maps, by role, and `origin`.
    """

    type: str
    content: tuple[str, ...]
    texts: tuple[str, ...] = ()
    label: str | None = None
    group: str | None = None
    key: str | None = None
    generator: str | None = None
    slices: tuple[str, ...] = ()
    lineage: Mapping[str, str] = field(default_factory=dict)
    bound: tuple[str, ...] = ()
    identifying: tuple[str, ...] = ()
    prompt: str | None = None
    turns: str | None = None
    spoken: tuple[str, ...] = ()
    group_by_day: str | None = None
    mappable: tuple[str, ...] = field(default=(), repr=False, compare=False)
    declared_key: str | None = None
    in_files: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
