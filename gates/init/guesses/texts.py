"""Finds the columns of free text that make rows texts, or questions with their answers, whatever they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.data.sql import identifier
from gates.init.guesses.type_guess import MOST_OTHER_COLUMNS

if TYPE_CHECKING:
    from gates.init.guesses.roles_guess import NewRows

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
_DISPREFERRED = data_type("preference").recognised_by["rejected"].names
_INSTRUCTION = data_type("instruction")
# Names that tables use as well: what the columns hold has to say that they are texts.
_QUESTION = r"question|query|problem|inputs?|user([_ -]?(message|prompt))?"
_ANSWER = r"answers?|solution|targets?|reply|assistant([_ -]?(message|response))?"


def question_and_answer(rows: NewRows) -> dict[str, str] | None:
    """Columns by role of type instruction where two hold different texts, one named as questions are, one as answers.

    The answer `C`, or `yes`, of few is a level; a table of many columns happens to have such names.
    """
    texts = [name for name, kind in rows.types.items() if kind == "VARCHAR"]
    names = {
        role: (*_INSTRUCTION.recognised_by[role].names, pattern)
        for role, pattern in (("prompt", _QUESTION), ("response", _ANSWER))
    }
    named = {role: _first(texts, patterns) for role, patterns in names.items()}
    question, answer = named["prompt"], named["response"]
    if (
        not question
        or not answer
        or not _is_mostly(rows, question, spaced=MOSTLY_SPACED)
        or not _is_mostly(rows, answer)
    ):
        return None
    columns = {"prompt": question, "response": answer}
    for role in ("system", "input"):
        if other := _first(
            [name for name in texts if name not in columns.values()], _INSTRUCTION.recognised_by[role].names
        ):
            columns[role] = other
    others = [name for name in rows.types if name not in columns.values() and name not in _INSTRUCTION.named_roles]
    return columns if len(others) <= MOST_OTHER_COLUMNS else None


def _first(texts: list[str], patterns: tuple[str, ...]) -> str | None:
    return next((name for pattern in patterns for name in texts if re.fullmatch(pattern, name, re.IGNORECASE)), None)


def _is_mostly(rows: NewRows, name: str, *, spaced: float = 0.0) -> bool:
    """Whether values hardly repeat, and that many have white space in them."""
    _, distinct, with_space = _measured(rows, name)
    return distinct >= MOSTLY_DISTINCT and with_space >= spaced


def text_column(rows: NewRows) -> str | None:
    """The column called `text` if it holds sentences, else the only one that clearly does, else None."""
    # What was not preferred may be bad on purpose.
    strings = [name for name, kind in rows.types.items() if kind == "VARCHAR" and name.casefold() not in _DISPREFERRED]
    if TEXT in strings and _is_long(rows, TEXT):
        return TEXT
    if len(rows.types) - 1 > MOST_BESIDE_TEXT:
        return None
    lengths = {name: length for name in strings if (length := _free_text_length(rows, name))}
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    if longest is None:
        return None
    others = (length for name, length in lengths.items() if name != longest)
    return longest if all(lengths[longest] >= MUCH_LONGER * length for length in others) else None


def _is_long(rows: NewRows, name: str) -> bool:
    (length,) = rows.ask(f"avg(length({identifier(name)}))")
    return isinstance(length, float) and length >= SENTENCE


def _free_text_length(rows: NewRows, name: str) -> float:
    """Average length of a column of long, mostly distinct values with white space in them; 0 for any other column."""
    length, distinct, spaced = _measured(rows, name)
    return length if length >= SENTENCE and distinct >= MOSTLY_DISTINCT and spaced >= MOSTLY_SPACED else 0.0


def _measured(rows: NewRows, name: str) -> tuple[float, float, float]:
    """Average length of a column's values, and the shares of them that are distinct and that have white space; 0 of none."""
    value = identifier(name)
    # Counting exactly would keep every text in memory; the sketch is a few per cent off.
    measured = rows.ask(
        f"avg(length({value}))",
        f"approx_count_distinct({value}) / count({value})",
        f"avg(CAST(regexp_matches(trim({value}), '\\s') AS INTEGER))",
    )
    length, distinct, spaced = (one if isinstance(one, float) else 0.0 for one in measured)
    return length, distinct, spaced
