"""Finds the header of a CSV: what separates its names, and which lines before it are none."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gates.data.files import DataFile, Format
from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DELIMITERS = (",", ";", "\t", "|")
# As spreadsheets write in the first line what separates the values of the others.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_NUMBER = re.compile(r"\s*-?\d+([.,]\d+)?\s*")
# A header is not looked for below so many lines; of a line so many characters tell what it is.
_MOST_LINES_BEFORE, _LINE_START = 100, 10_000
_NO_NAME = {1: "column_1_(no_name_in_the_header:_a_row_index?)"}


@dataclass(frozen=True)
class Header:
    """The names of the columns, what separates them, and how many lines stand before them that are skipped."""

    delimiter: str
    names: list[str]
    lines_before: int = 0

    @property
    def line(self) -> int:
        """Where the header stands, counted from 1."""
        return self.lines_before + 1


def read_header(file: DataFile, text: Path) -> Header:
    """The header, below blank lines, comments (`# …`) and a line `sep=;`.

    A column without a name, as pandas writes its index, gets one that says so. Raises DataError naming the line.
    """
    with text.open(encoding="utf-8", newline="") as stream:
        first = list(islice(iter(lambda: stream.readline(_LINE_START), ""), _MOST_LINES_BEFORE))
    before, stated = _lines_before(first)
    delimiters = ("\t",) if file.format is Format.TSV else (stated,) if stated else _DELIMITERS
    tried = [(delimiter, rows) for delimiter in delimiters if (rows := _first_rows(text, delimiter, before))]
    if not tried:
        raise DataError(
            f"{file.name}:{before + 1}: the header cannot be read: a quote in it is not closed, or more follows it"
        )
    # The delimiter that gives header and first row one length, else that of most columns.
    delimiter, rows = max(tried, key=lambda one: (len(one[1][0]) > 1 and _is_even(one[1]), len(one[1][0])))
    header = Header(delimiter, rows[0], before)
    _check(file, header, rows[1:])
    names = [
        name or _NO_NAME.get(at, f"column_{at}_(no_name_in_the_header)") for at, name in enumerate(rows[0], start=1)
    ]
    return Header(delimiter, names, before)


def _lines_before(first: Sequence[str]) -> tuple[int, str]:
    """How many lines stand before the header, and the delimiter that one of them states, or ""."""
    stated = _SEPARATOR_LINE.fullmatch(first[0]) if first else None
    filled = [at for at, line in enumerate(first) if line.strip() and not (stated and at == 0)]
    header = next(
        (at for at, below in zip(filled, [*filled[1:], -1], strict=False) if not _is_comment(first, at, below)), 0
    )
    return header, stated.group(1) if stated else ""


def _is_comment(first: Sequence[str], at: int, below: int) -> bool:
    """Whether a line is a remark; `#` may begin the first name as well, above lines of as many values."""
    line = first[at]
    if not line.startswith("#") or below < 0:
        return False
    following = first[below]
    if following.startswith("#") or all(
        line.count(one) != following.count(one) for one in _DELIMITERS if one in following
    ):
        return True
    return line.startswith("# ") and not any(_NUMBER.fullmatch(value) for value in re.split(r"[,;\t|]", following))


def _first_rows(text: Path, delimiter: str, before: int) -> list[list[str]]:
    """The header and up to two rows below it; none where the header is no CSV with this delimiter."""
    rows: list[list[str]] = []
    with text.open(encoding="utf-8", newline="") as stream:
        for _ in range(before):
            stream.readline()
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            rows.append(next(reader, []))
            rows += islice((row for row in reader if row), 2)
        except csv.Error:
            # What is wrong with a row is told with its line when all are read.
            return rows
    return rows


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) > 1 and len(rows[0]) == len(rows[1])


def _check(file: DataFile, header: Header, rows: Sequence[Sequence[str]]) -> None:
    names, place = header.names, f"{file.name}:{header.line}"
    if not any(name.strip() for name in names):
        raise DataError(f"{place}: no header; the first line must name the columns")
    lengths = {len(row) for row in rows}
    if len(rows) > 1 and len(lengths) == 1 and len(names) not in lengths:
        raise DataError(
            f"{place}: is no header: it has {len(names)} names, and the rows below it {lengths.pop()} values; "
            "remove what stands above the line that names the columns, or name all of them there"
        )
    named, filled = (sum(1 for cell in row if cell.strip()) for row in (names, rows[0] if rows else ()))
    # A title fills one cell of its line. Half of the columns without a name are rather those of an index, or remarks.
    if named * 2 < filled:
        raise DataError(
            f"{place}: is no header: it names {named} of {filled} columns that the row below it fills; remove the title "
            "above the header, or name every column"
        )
    counts, folded = Counter(filter(None, names)), Counter(name.casefold() for name in names if name)
    for name in filter(None, names):
        if counts[name] > 1:
            raise DataError(f"{place}: {counts[name]} columns are called '{name}'; rename all but one")
        if folded[name.casefold()] > 1:
            raise DataError(f"{place}: two columns differ from '{name}' only in case; rename one of them")
