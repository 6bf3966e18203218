"""What a new gates.toml should say about data that nobody has described yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.dataset_config import DatasetConfig
from gates.engines.local import VIEWS, open_dataset
from gates.engines.sql import identifier, select
from gates.errors import UsageError
from gates.proposals.origins import find_origin
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from gates.proposals.find import FoundData
    from gates.proposals.origins import OriginColumn

# A name that no column has: while nobody knows the origin, every row is read as one.
_NOBODY = "\x00"
# Who makes rows can be counted on two hands, with generators by name a few more.
MOST_ORIGIN_VALUES = 20
# A sentence is longer than this on average; the level of a category hardly is.
SENTENCE = 40
# A column of another name counts as text only when it holds paragraphs.
PARAGRAPH = 200
# From about this many rows of each origin on, halves of people pass every check nine times in ten (docs/explanation/calibration.md).
ENOUGH_ROWS = 5_000
_NAMED_COLUMNS = 10


@dataclass(frozen=True)
class Proposal:
    """One dataset as init would describe it. text_column: the column to map to the role `text`, where it has another name."""

    found: FoundData
    type: str
    origin: OriginColumn | None
    rows: Mapping[str, int]
    text_column: str | None = None

    @property
    def is_small(self) -> bool:
        """Whether some checks will be undecided for want of rows."""
        return min(self.rows[Scope.HUMAN], self.rows[Scope.SYNTHETIC]) < ENOUGH_ROWS


def propose(root: Path, found: FoundData) -> Proposal:
    """Read the columns and propose type and origin.

    Raises UsageError where no column says who made a row, DataError for files that cannot be read.
    """
    partitions = found.partitions or {Scope.HUMAN.value: str(found.path)}
    config = DatasetConfig(found.name, root, 0, "tabular", partitions=partitions, origin=_NOBODY, source="gates init")
    with open_dataset(config) as opened:
        connection, view = opened.connection, identifier(VIEWS[Scope.COMBINED])
        types = _types(connection, view)
        origin = None if found.partitions else _origin(connection, view, types, found)
        rows = opened.row_counts() if origin is None else dict(origin.rows)
        text = _text_column(connection, view, types)
    is_text = text is not None
    return Proposal(found, "text" if is_text else "tabular", origin, rows, text if is_text and text != "text" else None)


def _types(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    """SQL type by column, without the engine's own columns."""
    described = connection.execute(f"DESCRIBE {view}").fetchall()
    return {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith("_gates_")}


def _origin(
    connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str], found: FoundData
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
    if origin is None:
        rest = len(types) - _NAMED_COLUMNS
        listed = ", ".join(list(types)[:_NAMED_COLUMNS]) + (f" and {rest} more" if rest > 0 else "")
        raise UsageError(
            f"{found.where()}: no column says who made a row, by words such as 'human' and 'synthetic' (there are: {listed}); "
            'add one, or write gates.toml with origin = "COLUMN" and the words in it, or with a path per partition'
        )
    return origin


def _text_column(connection: duckdb.DuckDBPyConnection, view: str, types: Mapping[str, str]) -> str | None:
    """The column called `text` if it holds sentences, else the one with the longest paragraphs, else None."""
    lengths: dict[str, float] = {}
    for name, kind in types.items():
        if kind == "VARCHAR":
            row = connection.execute(select(f"avg(length({identifier(name)}))", view)).fetchone()
            lengths[name] = float(row[0]) if row and row[0] is not None else 0.0
    if lengths.get("text", 0.0) >= SENTENCE:
        return "text"
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    return longest if longest is not None and lengths[longest] >= PARAGRAPH else None
