"""Tasks of reviewers as a CSV for any spreadsheet, and what they wrote into it."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.data.values.plain_values import plain
from gates.errors import UsageError, did_you_mean
from gates.metrics.review.tally import HUMAN, SYNTHETIC
from gates.regular_files import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gates.metrics.review.planned import ReviewPlan

TASK, ROW, DIGEST = "task", "row", "digest"
ANSWER, REVIEWER, GUESS, NOTE = "answer", "reviewer", "guess", "note"
ACCEPT, REJECT = "accept", "reject"
_OWN = (TASK, ROW, DIGEST, ANSWER, REVIEWER, GUESS, NOTE)
_ORIGINS = (HUMAN, SYNTHETIC)
_NEEDED = (TASK, DIGEST, ANSWER, REVIEWER)
# More than any plan has tasks, and than some spreadsheets write zeros before a number; Python reads none of thousands.
_DIGITS_AT_MOST = 100
# What a cell begins with that spreadsheets take for a formula and run (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets write the one that their country has.
_DELIMITERS = ",;\t"
# By it they see that the text is UTF-8.
_MARK = "\ufeff"


@dataclass(frozen=True)
class FilledTask:
    """One task as it was handed in. answer: accept or reject, "" where the task is open. guess: who made the row, or ""."""

    place: str
    number: int
    digest: str
    answer: str
    reviewer: str
    guess: str = ""


def tasks_text(
    plan: ReviewPlan, content: Mapping[str, Mapping[str, object]], columns: Sequence[str], *, is_blind: bool
) -> str:
    """A line for each task, with empty cells for what reviewers write.

    content: by digest, the row that says it. columns: of the dataset, to be shown. is_blind: without the place of the row,
    which often says who made it, and with a cell for who reviewers think made it. Neither origin nor stratum is shown.
    """
    shown = {column: f"{column} (data)" if column in _OWN else column for column in columns}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    place = [] if is_blind else [ROW]
    own = [ANSWER, REVIEWER, *([GUESS] if is_blind else []), NOTE]
    writer.writerow([TASK, *place, DIGEST, *shown.values(), *own])
    for task in plan.tasks:
        row = content[task.digest]
        where = [] if is_blind else [_cell(task.row)]
        writer.writerow(
            [task.number, *where, task.digest, *(_cell(row[column]) for column in columns), *[""] * len(own)]
        )
    return _MARK + text.getvalue()


def read_tasks(path: Path, plan: ReviewPlan, columns: Sequence[str]) -> list[FilledTask]:
    """The lines of a filled file. columns: of the dataset, which the file may show.

    Raises UsageError for what is no CSV in UTF-8, for columns that no such file has, and for ones that it needs.
    """
    shown = str(path)
    try:
        text = content_of(path, shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown}: not UTF-8; save it as CSV UTF-8") from error
    rows = _records(text, shown)
    header = next(rows, (1, []))[1]
    _check_header(header, {*_OWN, *columns, *(f"{column} (data)" for column in columns if column in _OWN)}, shown)
    numbers = {task.number for task in plan.tasks}
    lines = ((dict(zip(header, cells, strict=True)), f"{shown}:{line}") for line, cells in rows)
    filled = [filled_task(cells, cells[REVIEWER], place, numbers) for cells, place in lines]
    if not filled:
        raise UsageError(
            f"{shown}: has no task; import the file that `gates review plan` wrote, once people have filled it"
        )
    return filled


def filled_task(cells: Mapping[str, str], reviewer: str, place: str, numbers: set[int]) -> FilledTask:
    """What one person wrote of one task. cells: by the columns of the file; numbers: of all tasks of the plan.

    Raises UsageError for a task that was not planned, for words that are no answer or guess, and for an answer of nobody.
    """
    number, answer = cells[TASK].strip(), cells[ANSWER].strip().casefold()
    is_number = number.isascii() and number.isdigit() and len(number) <= _DIGITS_AT_MOST
    if not is_number or int(number) not in numbers:
        raise UsageError(f"{place}: no task '{number}' was planned, expected 1 to {len(numbers)}")
    if answer not in ("", ACCEPT, REJECT):
        raise UsageError(f"{place}: answer '{answer}' of task {number} ({did_you_mean(answer, (ACCEPT, REJECT))})")
    reviewer = " ".join(reviewer.split())
    guess = cells.get(GUESS, "").strip().casefold()
    if guess not in ("", *_ORIGINS):
        raise UsageError(f"{place}: guess '{guess}' of task {number} ({did_you_mean(guess, _ORIGINS)})")
    if answer and not reviewer:
        raise UsageError(f"{place}: task {number} has an answer and no reviewer; write who reviewed it")
    return FilledTask(place, int(number), cells[DIGEST].strip(), answer, reviewer, guess)


def _records(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the number of its last line."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    before = csv.field_size_limit(sys.maxsize)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        width = 0
        for cells in reader:
            width = width or len(cells)
            if any(map(str.strip, cells)) and len(cells) != width:
                raise UsageError(f"{shown}:{reader.line_num}: has {len(cells)} cells, expected {width}")
            if any(map(str.strip, cells)):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UsageError(f"{shown}:{reader.line_num}: no valid CSV: {error}") from error
    finally:
        csv.field_size_limit(before)


def _check_header(header: Sequence[str], expected: set[str], shown: str) -> None:
    for name in header:
        if name not in expected:
            raise UsageError(f"{shown}:1: unknown column '{name}' ({did_you_mean(name, expected)})")
        if header.count(name) > 1:
            raise UsageError(f"{shown}:1: column '{name}' stands there twice")
    for name in _NEEDED:
        if name not in header:
            raise UsageError(f"{shown}:1: no column '{name}'; keep the columns of the file that was planned")


def _cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs."""
    made = plain(value)
    if made is None:
        return ""
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
    return f"'{text}" if isinstance(made, str) and text.startswith(_FORMULA) else text
