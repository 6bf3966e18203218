"""Records of why human rows went: `promotions/<dataset>/removals/*.toml`, one removal a file.

A record names rows or the values of columns, and is compared with data as plain values: nothing in it is executed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gates.config.parsing import validators
from gates.config.parsing.line_numbers import decode_error, key_lines, toml_of
from gates.config.parsing.problems import Problems
from gates.config.sources.schema_files import text_digest
from gates.errors import UsageError
from gates.regular_files import content_of, is_folder
from gates.visible_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from gates.config.parsing.validators import Reader

FOLDER = "promotions"
REMOVALS = "removals"
SUFFIX = ".toml"

Value = str | int | float | bool


@dataclass(frozen=True)
class Removal:
    """One record. place: file and line, for messages. sha256: of the file's text, whatever its line ends.

    rows: keys where the dataset has a key, else `path:row` in the version promoted last. where: allowed values by column,
    of which a row must have one each. One of both is there. date: when it was decided.
    """

    place: str
    sha256: str
    reason: str
    who: str
    date: date
    rows: tuple[str, ...] = ()
    where: Mapping[str, tuple[Value, ...]] | None = None


def removals_folder(root: Path, dataset: str) -> Path:
    """Where the records of a dataset lie. root: the folder of the configuration."""
    return root / FOLDER / dataset / REMOVALS


def is_removal(name: str) -> bool:
    """Whether a path below the configuration's folder is that of a record, or of a file that stands among them."""
    return name.startswith(f"{FOLDER}/") and f"/{REMOVALS}/" in name


def read_removals(root: Path, dataset: str) -> tuple[Removal, ...]:
    """The records of a dataset, sorted by file name.

    Raises UsageError naming file and line of everything that is wrong in a file, and for a file that is no record: nobody
    would read it.
    """
    folder = removals_folder(root, dataset)
    if not is_folder(folder, folder.relative_to(root).as_posix()):
        return ()
    removals = []
    for path in sorted(folder.iterdir()):
        shown = path.relative_to(root).as_posix()
        if path.suffix == SUFFIX and path.is_file():
            removals.append(parse_removal(content_of(path, shown), shown))
        elif not path.name.startswith("."):
            raise UsageError(f"{shown}: is no record of a removal: expected a file whose name ends in {SUFFIX}")
    return tuple(removals)


def new_part(record: Removal, earlier: Iterable[Removal]) -> Removal | None:
    """The record without the rows that earlier ones name for the same reason; None where nothing is left.

    Layout, comments, who and date make no record new, nor do fewer rows or narrower values.
    """
    words = folded_words(record.reason)
    alike = [one for one in earlier if folded_words(one.reason) == words]
    if record.where is not None:
        return None if any(_is_within(record.where, one.where) for one in alike if one.where is not None) else record
    named = {row for one in alike for row in one.rows}
    rows = tuple(row for row in record.rows if row not in named)
    return replace(record, rows=rows) if rows else None


def _is_within(where: Mapping[str, tuple[Value, ...]], wider: Mapping[str, tuple[Value, ...]]) -> bool:
    return all(column in where and {*where[column]} <= {*values} for column, values in wider.items())


def parse_removal(content: bytes, shown: str) -> Removal:
    """The record in the bytes of a file. shown: its path, for messages. Raises UsageError naming file and line."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        table = toml_of(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown}: not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line, message = decode_error(error, text)
        raise UsageError(f"{shown}:{line}: not valid TOML: {message}") from error
    problems = Problems(shown, (), key_lines(text))
    _check(table, problems)
    problems.raise_any()
    where = table.get("where")
    return Removal(
        f"{shown}:{problems.line(('rows' if where is None else 'where',))}",
        text_digest(content),
        table["reason"],
        table["who"],
        table["date"],
        tuple(str(row) for row in table.get("rows", ())),
        where and {column: tuple(value if isinstance(value, list) else [value]) for column, value in where.items()},
    )


def _check(table: Mapping[str, Any], problems: Problems) -> None:
    problems.check(table, (), _READERS)
    for key in ("reason", "who", "date"):
        if key not in table:
            problems.add((key,), f"{key} is missing; a removal needs rows or where, reason, who and date")
    if ("rows" in table) == ("where" in table):
        which = "stand there both; keep one" if "rows" in table else "are both missing; give one"
        problems.add(("where",), f"rows and where {which}: which rows went")


def _rows(value: Any) -> str:
    if not isinstance(value, list) or not all(_is_name(item) for item in value):
        return f'is {validators.toml_name(value)}, expected an array of keys or places such as ["data/a.csv:17"]'
    names = [str(item) for item in value]
    if not names:
        return "is empty: it names no row"
    return f"names '{max(names, key=names.count)}' twice" if len(set(names)) < len(names) else ""


def _is_name(item: Any) -> bool:
    return (isinstance(item, str) and bool(item)) or (isinstance(item, int) and not isinstance(item, bool))


def _where(value: Any) -> str:
    if not isinstance(value, dict):
        return f'is {validators.toml_name(value)}, expected a table such as {{ source = "forum" }}'
    if not value:
        return "is empty: it would stand for every row"
    for column, allowed in value.items():
        listed = allowed if isinstance(allowed, list) else [allowed]
        if not listed or not all(isinstance(item, str | int | float) for item in listed):
            return f"has {validators.toml_name(allowed)} for '{column}', expected a string, a number, true or false, or an array of them"
    return ""


_READERS: Mapping[str, Reader] = {
    "rows": _rows,
    "where": _where,
    "reason": validators.words,
    "who": validators.words,
    "date": validators.day,
}
