"""Where each key of a TOML text stands, because `tomllib` forgets lines as soon as it has parsed them."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath = tuple[str | int, ...]

# Longest first: a multi-line string starts like a short one. Inside, a backslash takes the next character with it.
_TOKEN = re.compile(
    r'(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<bare>[A-Za-z0-9_\-+:]+)|(?P<mark>[\[\]{}=.,])|(?P<other>.)",
    re.DOTALL,
)
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}
# Python turns no text of more digits into a number, since that takes the square of their time.
_LONG_NUMBER = re.compile(r"\d[\d_]{4300,}")
_DECODE_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line, counted from 1, of every table header and every key of a valid TOML text.

    Tables of an array are told apart by their number, as in `("datasets", "reviews", "waivers", 0, "check")`.
    Keys inside inline tables are left out: `line_of` answers with the line of the key they belong to.
    """
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in _statements(text):
        if statement[0] == "[":
            is_array = len(statement) > 1 and statement[1] == "["
            table = _numbered(_key(statement), counts, opens=is_array)
            lines.update({table[:end]: line for end in range(1, len(table)) if table[:end] not in lines})
            lines[table] = line
            continue
        path = table
        for part in _key(statement[: statement.index("=")]):
            path = (*path, part)
            lines.setdefault(path, line)
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Line of the key, or of the nearest table around it that has one; 1 where none has."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


def toml_of(text: str) -> dict[str, Any]:
    """What TOML says. Raises TOMLDecodeError for all that cannot be read, also for what Python's parser has other errors for."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:
        long = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, long.start() if long else len(text)) + 1
        raise tomllib.TOMLDecodeError(f"a number of more digits than can be read (at line {line}, column 1)") from error
    except RecursionError as error:
        raise tomllib.TOMLDecodeError(
            "arrays or tables within each other, too deep to be read (at line 1, column 1)"
        ) from error


def decode_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """Line and plain message of a syntax error; an error at the end of the text is on its last line."""
    place = _DECODE_PLACE.search(str(error))
    message = _DECODE_PLACE.sub("", str(error))
    if place and place.group(1):
        return int(place.group(1)), message
    return max(1, len(text.splitlines())), message


def _statements(text: str) -> list[tuple[int, list[str]]]:
    """Token lists of headers and of `key = value` pairs, each with the line it starts on."""
    statements: list[tuple[int, list[str]]] = []
    tokens: list[str] = []
    line, start, depth = 1, 1, 0
    for match in _TOKEN.finditer(text):
        token, kind = match.group(), match.lastgroup
        if kind in ("string", "bare", "mark"):
            start = start if tokens else line
            tokens.append(token)
            depth += _DEPTH.get(token, 0) if kind == "mark" else 0
        if kind == "newline" and depth == 0 and tokens:
            statements.append((start, tokens))
            tokens = []
        line += token.count("\n")
    return [*statements, (start, tokens)] if tokens else statements


def _key(tokens: list[str]) -> KeyPath:
    """Names of a dotted key, with quotes and escapes undone by the TOML parser itself."""
    names = [token for token in tokens if token not in ("[", "]")]
    parsed: object = tomllib.loads("".join(names) + " = 0")
    path: list[str | int] = []
    while isinstance(parsed, dict):
        name, parsed = next(iter(parsed.items()))
        path.append(name)
    return tuple(path)


def _numbered(path: KeyPath, counts: dict[KeyPath, int], *, opens: bool) -> KeyPath:
    """The path of a table header with the number of the present table after each array of tables in it."""
    numbered: KeyPath = ()
    for position, part in enumerate(path):
        numbered = (*numbered, part)
        if opens and position == len(path) - 1:
            counts[numbered] = counts.get(numbered, -1) + 1
        if numbered in counts:
            numbered = (*numbered, counts[numbered])
    return numbered
