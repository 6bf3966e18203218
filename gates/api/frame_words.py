"""What is wrong with frames, in the words of the call: `label="income"`, and no line or file of a configuration."""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import closing
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.data.duckdb.connection import connect
from gates.data.sql import identifier, literal, select
from gates.errors import UsageError, first_few
from gates.init.guesses.few_values import few_values
from gates.init.guesses.origin_guess import OriginColumn, find_origin
from gates.init.guesses.roles_guess import NewRows
from gates.init.guesses.type_guess import recognise

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import duckdb


CALL = "gates.check"
ORIGIN = "origin"
TABULAR = "tabular"
_NAMED_COLUMNS = 10
# `gates.check:3: dataset 'frame': ` before what is wrong.
_PLACE = re.compile(rf"{re.escape(CALL)}:\d+: dataset '\w+': ")
# `columns = { prompt = "…" }` and `origin = "…"`, as messages have lines to write.
_LINE = re.compile(r'\b\w+ = (?:\{[^{}]*\}|"[^"]*"|\[[^\[\]]*\])')

# What a configuration has and a call has not, with what says the same there.
_IN_FILES = {"give human and synthetic paths under partitions": "give human= and synthetic=", "--only ": "only: "}
_ORIGINS = re.compile(r"add below \[datasets\.….origins\] human = (\[.*\]), or synthetic = (\[.*?\])(?=;|$)")


def as_call(message: str, shown: Mapping[str, str]) -> str:
    """A message about the configuration of frames, as one about the call. shown: what to call the frame of each path."""
    text = _PLACE.sub(f"{CALL}: ", message)
    for path, name in shown.items():
        text = text.replace(path, name)
    for of_files, of_call in _IN_FILES.items():
        text = text.replace(of_files, of_call)
    return _LINE.sub(lambda line: _keyword(line.group()), text)


def declared_in_call(message: str) -> str:
    """What a check says of origins that are not declared, with the argument that declares them."""
    return _ORIGINS.sub(r'say which with origins={"human": \1, …} or {"synthetic": \2, …}', message)


def type_by_names(parts: Sequence[Path], scratch: Path, mapped: Collection[str]) -> str:
    """The data type whose required roles all have columns of their names in every part, as `gates init` reads them; else tabular.

    parts: files of Parquet, or folders of such files. scratch: a folder for what memory is too small for.
    mapped: roles that the call maps, which the type has to have.
    """
    with closing(connect(scratch)) as connection:
        first, *others = [_described(connection, part) for part in parts]
    shared = {name: kind for name, kind in first.items() if all(name in types for types in others)}
    recognised = recognise(shared)
    if recognised is None:
        return TABULAR
    kind = data_type(recognised.type)
    is_certain = {*kind.required_roles} <= {*shared} and {*mapped} <= {*kind.roles}
    return kind.name if is_certain else TABULAR


def _described(connection: duckdb.DuckDBPyConnection, rows: Path) -> dict[str, str]:
    """The SQL type of each column of a view `rows`, which is made of a file or folder."""
    pattern = f"{rows}/*.parquet" if rows.is_dir() else str(rows)
    connection.execute(f"CREATE OR REPLACE VIEW rows AS {select('*', f'read_parquet({literal(pattern)})')}")
    return {str(name): str(kind) for name, kind, *_ in connection.execute("DESCRIBE rows").fetchall()}


def refuse_missing_origin(rows: Path, scratch: Path) -> None:
    """Raises UsageError where a frame of all rows has no column `origin`, naming the column that looks like one.

    rows: a file of Parquet, or a folder of such files. scratch: a folder for what memory is too small for.
    """
    with closing(connect(scratch)) as connection:
        types = _described(connection, rows)
        if ORIGIN in types:
            return
        guessed = find_origin(few_values(NewRows(connection, identifier("rows"), types)))
    if guessed:
        raise UsageError(f"{CALL}: which column says who made a row? {_keywords(guessed)} looks like it")
    raise UsageError(
        f"{CALL}: no column says who made a row, with values such as 'human' and 'synthetic' (columns: "
        f'{first_few(types, _NAMED_COLUMNS)}); name it with origin="…", or give human= and synthetic='
    )


def _keywords(guessed: OriginColumn) -> str:
    """The arguments of the call that take a guess."""
    origin = f"{ORIGIN}={guessed.name!r}"
    words = {"human": [*guessed.human], "synthetic": [*guessed.synthetic]}
    return origin if words == {name: [name] for name in words} else f"{origin}, origins={words!r}"


def _keyword(line: str) -> str:
    """A line of TOML as an argument of a call; one that is none stays as it is."""
    try:
        ((key, value),) = tomllib.loads(line).items()
    except (tomllib.TOMLDecodeError, ValueError):
        return line
    return f"{key}={json.dumps(value, ensure_ascii=False)}"
