"""What a new gates.toml should say about data that no configuration describes yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.config.dataset import DatasetConfig
from gates.data.conversations.shapes import SAMPLED_VALUES, shape_of_texts
from gates.data.duckdb.dataset import VIEWS, LocalDataset, open_dataset
from gates.data.facts import ORIGIN
from gates.data.sql import identifier, select
from gates.errors import GatesError, UsageError
from gates.init.origin_guess import find_origin, one_sided
from gates.init.type_guess import TYPE_BY_SHAPE, recognise
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from gates.data.facts import FileFacts
    from gates.init.find import FoundData
    from gates.init.origin_guess import OriginColumn

# A name that no column has: while the origin is unknown, every row is read as one.
_NO_COLUMN = "\x00"
# Who makes rows can be counted on two hands, with generators by name a few more.
MOST_ORIGIN_VALUES = 20
# A sentence is longer than this on average; the level of a category hardly is.
SENTENCE = 40
# The column that a dataset is about when its type is text.
TEXT = "text"
# Sentences hardly repeat, although copies among them are what the gate looks for; levels and templates do.
MOSTLY_DISTINCT = 0.5
# One-word values among sentences are slips; links, hashes and paths are long and distinct, but have no white space.
MOSTLY_SPACED = 0.9
# A title stands beside its text and is several times shorter; a question beside its answer hardly is.
MUCH_LONGER = 4
# An id, a date, a source, a label and a split go with a text; with more columns than that, they are what it is about.
MOST_BESIDE_TEXT = 5
# From about this many rows of each origin on, halves of human rows pass every check nine times in ten (docs/explanation/calibration.md).
ENOUGH_ROWS = 5_000
_NAMED_COLUMNS = 10
_NAMED_FILES = 5
_DISPREFERRED = data_type("preference").recognised_by["rejected"].names
KEY = "key"
# Usual names of a column that tells rows apart.
KEY_NAME = re.compile(r"(?i)(.+[_ -])?(id|uuid|guid|key|index)|row_?(id|number)|unnamed: 0")
KEY_TYPES = frozenset({"VARCHAR", "UUID", "BIGINT", "INTEGER", "UBIGINT", "UINTEGER", "HUGEINT", "SMALLINT"})


@dataclass(frozen=True)
class Proposal:
    """One dataset as init would describe it.

    columns: column by role where it has another name. guess: why it has this type.
    """

    data: FoundData
    type: str
    origin: OriginColumn | None
    rows: Mapping[str, int]
    columns: Mapping[str, str] = field(default_factory=dict)
    guess: str = ""

    @property
    def is_small(self) -> bool:
        """Whether some checks will be undecided for lack of rows."""
        return min(self.rows[Scope.HUMAN], self.rows[Scope.SYNTHETIC]) < ENOUGH_ROWS


def propose(root: Path, data: FoundData) -> Proposal:
    """Read the columns and propose type and origin.

    Raises UsageError where no column says who made a row and where files have nothing else in common, DataError for
    files that cannot be read.
    """
    partitions = data.partitions or {Scope.HUMAN.value: str(data.path)}
    config = DatasetConfig(data.name, root, 0, "tabular", partitions=partitions, origin=_NO_COLUMN, source="gates init")
    with _opened(config) as opened:
        connection, view = opened.connection, identifier(VIEWS[Scope.COMBINED])
        types = _types(connection, view)
        origin = None if data.partitions else _origin(connection, view, types, data)
        _check_one_table(opened.files, origin, data)
        rows = opened.row_counts() if origin is None else dict(origin.rows)
        content = {name: kind for name, kind in types.items() if origin is None or name != origin.name}
        recognised = recognise(content | _conversations(connection, view, content))
        text = None if recognised else _text_column(connection, view, types, origin)
        key = None if recognised or text else _key_column(connection, view, types)
    if recognised:
        return Proposal(data, recognised.type, origin, rows, recognised.mapping, recognised.guess)
    if text is None:
        keyed = {KEY: key} if key else {}
        return Proposal(data, "tabular", origin, rows, keyed, "no single column is clearly free text")
    mapped = {TEXT: text} if text != TEXT else {}
    return Proposal(data, "text", origin, rows, mapped, f"column '{text}' reads as free text")


def _opened(config: DatasetConfig) -> LocalDataset:
    """The opened dataset. Messages name the path alone: there is no line of a configuration to name yet."""
    try:
        return open_dataset(config, data_type(config.type))
    except GatesError as error:
        raise type(error)(str(error).replace(f"{config.place()}: ", "")) from error


def _types(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    """SQL type by column, without the engine's own columns."""
    described = connection.execute(f"DESCRIBE {view}").fetchall()
    return {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith("_gates_")}


def _origin(
    connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str], data: FoundData
) -> OriginColumn:
    counted: dict[str, dict[str, int]] = {}
    for name, kind in types.items():
        if kind not in {"VARCHAR", "BOOLEAN", "BIGINT", "INTEGER", "TINYINT", "UTINYINT"} and not kind.startswith(
            "ENUM"
        ):
            continue
        value = f"CAST({identifier(name)} AS VARCHAR)"
        query = select(
            f"{value}, count(*)", view, f"WHERE {value} IS NOT NULL GROUP BY 1 LIMIT {MOST_ORIGIN_VALUES + 1}"
        )
        rows = connection.execute(query).fetchall()
        if len(rows) <= MOST_ORIGIN_VALUES:
            counted[name] = {str(row[0]): int(row[1]) for row in rows}
    origin = find_origin(counted)
    if origin is None and (wrong := one_sided(counted)):
        raise UsageError(f"{data.where()}: {wrong}")
    if origin is None:
        rest = len(types) - _NAMED_COLUMNS
        listed = ", ".join(list(types)[:_NAMED_COLUMNS]) + (f" and {rest} more" if rest > 0 else "")
        raise UsageError(
            f"{data.where()}: no column says who made a row, with values such as 'human' and 'synthetic' (columns: {listed}); "
            'add one, or write gates.toml with origin = "COLUMN" and its values in origins, or with a path per partition'
        )
    return origin


def _check_one_table(files: Sequence[FileFacts], origin: OriginColumn | None, data: FoundData) -> None:
    """Raises UsageError where the files of a folder fall apart into such as share no column but the origin."""
    if data.path is None or origin is None:
        return
    # Each entry: columns that are linked by files that share some, and the first file among those.
    tables: list[tuple[set[str], FileFacts]] = []
    for file in (file for file in files if file.rows):
        columns = {*file.columns} - {origin.name}
        linked = [table for table in tables if table[0] & columns]
        first = linked[0][1] if linked else file
        tables = [table for table in tables if table not in linked]
        tables.append((columns.union(*(table[0] for table in linked)), first))
    if len(tables) > 1:
        shown = sorted((file.path, ", ".join(list(file.columns)[:_NAMED_COLUMNS])) for _, file in tables)
        listed = "; ".join(f"{path} has {columns}" for path, columns in shown[:_NAMED_FILES])
        more = f"; and {len(shown) - _NAMED_FILES} more" if len(shown) > _NAMED_FILES else ""
        raise UsageError(
            f"{data.where()}: its files share no column but '{origin.name}', so they are not one dataset ({listed}{more}); "
            "name one of them: `gates init PATH`"
        )


def _conversations(connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str]) -> dict[str, str]:
    """What columns of text hold instead: messages or pairs as JSON, or transcripts."""
    shapes = {}
    for name in (name for name, kind in types.items() if kind == "VARCHAR"):
        value = identifier(name)
        query = select(value, view, f"WHERE {value} IS NOT NULL LIMIT {SAMPLED_VALUES}")
        shapes[name] = shape_of_texts(text for (text,) in connection.execute(query).fetchall())
    return {name: TYPE_BY_SHAPE[shape] for name, shape in shapes.items() if shape}


def _text_column(
    connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str], origin: OriginColumn | None
) -> str | None:
    """The column called `text` if it holds sentences, else the only one that clearly does, else None."""
    content = [name for name in types if origin is None or name != origin.name]
    # What was not preferred may be bad on purpose.
    strings = [name for name in content if types[name] == "VARCHAR" and name.casefold() not in _DISPREFERRED]
    if TEXT in strings and _is_long(connection, view, TEXT):
        return TEXT
    if len(content) - 1 > MOST_BESIDE_TEXT:
        return None
    lengths = {name: length for name in strings if (length := _free_text_length(connection, view, name))}
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    if longest is None:
        return None
    others = (length for name, length in lengths.items() if name != longest)
    return longest if all(lengths[longest] >= MUCH_LONGER * length for length in others) else None


def _key_column(connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str]) -> str | None:
    """The first column that is called as keys are and differs from row to row, within each origin at least.

    What numbers the rows says nothing of what they are about: with it, no copied row would equal its original.
    """
    for name, kind in types.items():
        if not KEY_NAME.fullmatch(name) or kind not in KEY_TYPES:
            continue
        value = identifier(name)
        distinct = f"count({value}) = count(*) AND count(DISTINCT ({value}, {identifier(ORIGIN)})) = count(*)"
        row = connection.execute(select(distinct, view)).fetchone()
        if row and row[0]:
            return name
    return None


def _is_long(connection: duckdb.DuckDBPyConnection, view: str, name: str) -> bool:
    row = connection.execute(select(f"avg(length({identifier(name)}))", view)).fetchone()
    return bool(row and row[0] is not None and row[0] >= SENTENCE)


def _free_text_length(connection: duckdb.DuckDBPyConnection, view: str, name: str) -> float:
    """Average length of a column of long, mostly distinct values with white space in them; 0 for any other column."""
    value = identifier(name)
    # Counting exactly would keep every text in memory; the sketch is a few per cent off.
    measured = (
        f"avg(length({value})), approx_count_distinct({value}) / count({value}), "
        f"avg(CAST(regexp_matches(trim({value}), '\\s') AS INTEGER))"
    )
    row = connection.execute(select(measured, view)).fetchone()
    if row is None or row[0] is None:
        return 0.0
    length, distinct, spaced = (float(number) for number in row)
    return length if length >= SENTENCE and distinct >= MOSTLY_DISTINCT and spaced >= MOSTLY_SPACED else 0.0
