"""JSON with line numbers: the top level of a suite file, each expectation with the line it begins on.

Python's json forgets where a value stood. This walks the top level and the list by hand and leaves every value to
Python's own decoder, so that what is accepted is exactly JSON, minus repeated keys, NaN and Infinity.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.decoder import WHITESPACE  # type: ignore[attr-defined]  # documented nowhere, there since Python 2.6

from gates.errors import SuiteError


@dataclass(frozen=True)
class Placed:
    """A JSON value and the line, counted from 1, on which it begins."""

    value: object
    line: int


def parse_suite(data: bytes, path: str) -> dict[str, Placed | list[Placed]]:
    """The top-level keys of a suite file; the value of `expectations` is a list where it is one in the file.

    Raises SuiteError naming the line when the bytes are not UTF-8, not JSON, or not an object at the top.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SuiteError(f"{path}:{line}: not UTF-8 text ({error.reason}); save the file as UTF-8") from error
    return _Walk(text, path).top()


class _Walk:
    """One pass over one file's text; `position` only moves forward."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.position = 0
        self.decoder = json.JSONDecoder(object_pairs_hook=self._unique, parse_constant=self._no_constant)

    def top(self) -> dict[str, Placed | list[Placed]]:
        keys: dict[str, Placed | list[Placed]] = {}
        if self._next() != "{":
            raise self._error('expected an object at the top: {"name": …, "expectations": […]}')
        self._take("{")
        while self._next() != "}":
            if keys:
                self._take(",")
            if self._next() != '"':
                raise self._error("expected a key in double quotes")
            key = str(self._value().value)
            if key in keys:
                raise self._error(f"the key '{key}' is there twice")
            self._take(":")
            keys[key] = self._items() if key == "expectations" and self._next() == "[" else self._value()
        self._take("}")
        if self._next():
            raise self._error("expected the end of the file after the closing brace")
        return keys

    def _items(self) -> list[Placed]:
        items: list[Placed] = []
        self._take("[")
        while self._next() != "]":
            if items:
                self._take(",")
            items.append(self._value())
        self._take("]")
        return items

    def _value(self) -> Placed:
        self._next()
        line = self._line()
        try:
            value, self.position = self.decoder.raw_decode(self.text, self.position)
            json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            raise SuiteError(f"{self.path}:{error.lineno}: not JSON: {error.msg} (column {error.colno})") from error
        except RecursionError as error:
            raise self._error("nested too deeply") from error
        except UnicodeEncodeError as error:
            half = repr(error.object[error.start])
            raise SuiteError(
                f"{self.path}:{line}: {half} is half of a surrogate pair; write the whole letter"
            ) from error
        except ValueError as error:
            raise self._error("a number of more digits than can be read") from error
        return Placed(value, line)

    def _next(self) -> str:
        """The next character that is not white space, or "" at the end."""
        self.position = WHITESPACE.match(self.text, self.position).end()
        return self.text[self.position : self.position + 1]

    def _take(self, character: str) -> None:
        character_here = self._next()
        if character_here != character:
            raise self._error(
                f"not JSON: expected '{character}', found {repr(character_here) if character_here else 'the end'}"
            )
        self.position += 1

    def _line(self) -> int:
        return self.text.count("\n", 0, self.position) + 1

    def _error(self, problem: str) -> SuiteError:
        return SuiteError(f"{self.path}:{self._line()}: {problem}")

    def _unique(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(pairs)
        if len(value) < len(pairs):
            keys = [key for key, _value in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise self._error(f"the key '{twice}' is there twice in one object")
        return value

    def _no_constant(self, word: str) -> object:
        raise self._error(f"{word} is not JSON; leave the argument out where there is no limit")
