"""Finds the columns of a table or a text that play a part: its key, label, group and generator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.roles import INDEX_NAME
from gates.data.facts import ORIGIN
from gates.data.sql import identifier, literal, literals, origin_of, select
from gates.init.guesses.origin_guess import NO_GENERATOR
from gates.init.guesses.origin_words import names_generators
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from gates.config.dataset import Origins

# Usual names of a column that tells rows apart.
KEY_NAME = re.compile(r"(?i)(.+[_ -])?(id|uuid|guid|key|index)|row_?(id|number)|unnamed: 0|column_1_\(no_name.*")
KEY_TYPES = frozenset({
    "VARCHAR", "UUID", "BIGINT", "INTEGER", "UBIGINT", "UINTEGER", "SMALLINT", "DECIMAL(20,0)", "DECIMAL(38,0)",
})  # fmt: skip
# What a model is to predict, by the names it has in public tables.
LABEL_NAME = re.compile(r"(?i)label|target|class|y|outcome|sentiment|(class|target|true)[_ -]?(label|name)|churn(ed)?")
MOST_LABELS = 50
# Whom or what several rows are about, as ids of persons and of what they did name it.
GROUP_NAME = re.compile(
    r"(?i)(user|customer|client|patient|subject|person|participant|household|family|session|account|device|machine|student"
    r"|speaker|author|document|doc|conversation|thread|group|(message[_ -]?)?tree|dialog(ue)?)[_ -]?(id|key|uuid|no|nr|number)|group|session|household"
)
# Of a group there are several rows on average.
LEAST_GROUP_ROWS = 2


@dataclass(frozen=True)
class Guess:
    """A column that plays a part, and why."""

    column: str
    why: str


@dataclass(frozen=True)
class NewRows:
    """The rows of new data. types: SQL type by column. human: SQL that is true of human rows."""

    connection: duckdb.DuckDBPyConnection
    view: str
    types: Mapping[str, str]

    def ask(self, *expressions: str) -> tuple[object, ...]:
        """One row of aggregates over all rows."""
        return self.connection.execute(select(", ".join(expressions), self.view)).fetchone() or ()


def is_human(origin: str | None, origins: Origins) -> str:
    """SQL that is true of human rows. origin: the column that says so, None where paths do."""
    made_by = identifier(ORIGIN) if origin is None else origin_of(identifier(origin), origins)
    return f"{made_by} = {literal(Scope.HUMAN)}"


def key_of(rows: NewRows, human: str) -> Guess | None:
    """The first column that is called as keys are and differs from row to row, whoever made it.

    A row index may start anew in each origin; a key that does would name two rows. human: SQL that is true of human rows.
    What numbers the rows says nothing of what they are about: with it, no copied row would equal its original.
    """
    for name, value in _columns(rows, KEY_NAME):
        is_index = INDEX_NAME.fullmatch(name)
        within = f"({value}, {human})" if is_index else value
        if rows.ask(f"count({value}) = count(*) AND count(DISTINCT {within}) = count(*)") == (True,):
            return Guess(name, f"its name, and no two rows {'of an origin ' if is_index else ''}share a value")
    return None


def label_of(rows: NewRows) -> Guess | None:
    """The only column that is called as labels are and has a few values."""
    names = [name for name in rows.types if LABEL_NAME.fullmatch(name)]
    if len(names) != 1:
        return None
    (levels,) = rows.ask(f"approx_count_distinct({identifier(names[0])})")
    few = isinstance(levels, int) and 1 < levels <= MOST_LABELS
    return Guess(names[0], f"its name, and its {levels} values") if few else None


def group_of(rows: NewRows, key: str | None) -> Guess | None:
    """The first column that is called as what several rows are about, and has several rows for each."""
    for name, value in _columns(rows, GROUP_NAME):
        distinct, count = rows.ask(f"count(DISTINCT {value})", f"count({value})")
        is_shared = isinstance(distinct, int) and isinstance(count, int) and 1 < distinct * LEAST_GROUP_ROWS <= count
        if name != key and is_shared:
            return Guess(name, f"its name, and {count:,} rows share {distinct:,} values")
    return None


def generator_of(rows: NewRows, human: str) -> Guess | None:
    """The column that names a generator of synthetic rows, and nothing for human ones, or `human`.

    human: SQL that is true of human rows.
    """
    for name in (name for name, kind in rows.types.items() if kind == "VARCHAR" and names_generators(name)):
        word = f"lower(trim(coalesce({identifier(name)}, '')))"
        present = f"{word} NOT IN ({literals(sorted({*NO_GENERATOR, str(Scope.HUMAN)}))})"
        of_human, of_others = rows.ask(
            f"count(*) FILTER ({present} AND {human})", f"count(*) FILTER ({present} AND NOT {human})"
        )
        if not of_human and of_others:
            return Guess(name, "its name, and it is empty in every human row")
    return None


def _columns(rows: NewRows, names: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for name, kind in rows.types.items():
        if names.fullmatch(name) and kind in KEY_TYPES:
            yield name, identifier(name)
