"""Recognises the column that says who made a row, and the words in it that mean human."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.dataset import WITHOUT_VALUE
from gates.data.values.booleans import MEANINGS
from gates.data.values.kinds import NULL_WORDS
from gates.init.guesses.origin_words import HUMAN, HUMAN_FLAG, SYNTHETIC, SYNTHETIC_FLAG, in_words, names_generators

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEANINGS = {**MEANINGS, "1": "yes", "1.0": "yes", "0": "no", "0.0": "no"}
# A column of which words for both origins make up this share is the one although it has others.
LEAST_WORDS = 0.9
# A column of this name is the one even if some of its words are unknown.
_NAME = "origin"


# What rows without a generator have in place of one, in small letters.
NO_GENERATOR = frozenset({*NULL_WORDS, "-", "--", "\u2013"})


@dataclass(frozen=True)
class OriginColumn:
    """A column with its values by origin; rows: how many rows have a value of each. unknown: values of neither, with rows."""

    name: str
    human: tuple[str, ...]
    synthetic: tuple[str, ...]
    unknown: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    why: str = field(default="its values are words for both origins", compare=False)


def find_origin(columns: Mapping[str, Mapping[str, int]]) -> OriginColumn | None:
    """The origin column among columns with few distinct values, given as rows per value; None where no column is one.

    A column counts when each of its values is a word for human or for synthetic rows and both occur; `origin` comes first.
    Where none does, the only one whose rows nearly all have such words counts, too. WITHOUT_VALUE stands for rows without
    a value: human where the column names generators.
    """
    candidates = [sorted_out for name, values in columns.items() if (sorted_out := _sort_out(name, values))]
    named = [column for column in candidates if column.name == _NAME]
    whole = [column for column in candidates if not column.unknown]
    counts = {name: sum(values.values()) for name, values in columns.items()}
    nearly = [column for column in candidates if sum(column.rows.values()) >= LEAST_WORDS * counts[column.name]]
    return next(iter([*named, *whole, *(nearly if len(nearly) == 1 else [])]), None)


def one_sided(columns: Mapping[str, Mapping[str, int]]) -> str:
    """What to say of an `origin` column whose words all mean human, or all synthetic; "" where none is one."""
    words = columns.get(_NAME, {})
    sides = {"human": HUMAN, "synthetic": SYNTHETIC}
    side = next((name for name, pattern in sides.items() if words and all(map(pattern.fullmatch, words))), "")
    if not side:
        return ""
    other = next(name for name in sides if name != side)
    alone = (
        '; an evaluation set may have human rows only: write gates.toml with purpose = "evaluation"'
        if side == "human"
        else '; synthetic rows may be judged alone: write gates.toml with reference = "path", human rows to compare with, or false'
    )
    return (
        f"column '{_NAME}' says {', '.join(sorted(words))} of every row, so that there are no {other} rows to compare; if they "
        f"lie elsewhere, name both (`gates init --human PATH --synthetic PATH`), or a folder of both{alone}"
    )


def _sort_out(name: str, values: Mapping[str, int]) -> OriginColumn | None:
    words = _flag(name, values) or _generator(name, values)
    why = "its name says what yes means" if _flag(name, values) else "it names generators, and human rows have none"
    if words is None:
        why = "its values are words for both origins"
        words = {
            "human": tuple(value for value in sorted(values) if HUMAN.fullmatch(value.strip())),
            "synthetic": tuple(value for value in sorted(values) if SYNTHETIC.fullmatch(value.strip())),
        }
    human, synthetic = words["human"], words["synthetic"]
    if not human or not synthetic:
        return None
    unknown = {value: rows for value, rows in sorted(values.items()) if value not in (*human, *synthetic)}
    rows = {origin: sum(values[word] for word in words[origin]) for origin in words}
    return OriginColumn(name, human, synthetic, unknown, rows, why)


def _flag(name: str, values: Mapping[str, int]) -> dict[str, tuple[str, ...]] | None:
    """Both values of a yes-or-no column whose name says what yes means."""
    by_meaning = {_MEANINGS.get(value.strip().casefold(), value): value for value in values}
    if {*by_meaning} != {"yes", "no"} or len(by_meaning) < len(values):
        return None
    yes, no = (by_meaning["yes"],), (by_meaning["no"],)
    if HUMAN_FLAG.fullmatch(in_words(name)):
        return {"human": yes, "synthetic": no}
    return {"human": no, "synthetic": yes} if SYNTHETIC_FLAG.fullmatch(in_words(name)) else None


def _generator(name: str, values: Mapping[str, int]) -> dict[str, tuple[str, ...]] | None:
    """The values of a column that names the generator of some rows; those of the others say nothing, or that people made them."""
    if not names_generators(name):
        return None
    human = tuple(value for value in sorted(values) if names_no_generator(value) or HUMAN.fullmatch(value.strip()))
    return {"human": human, "synthetic": tuple(value for value in sorted(values) if value not in human)}


def names_no_generator(value: str) -> bool:
    """Whether a value stands for none: it is missing, blank or a word or a dash for what is."""
    return value == WITHOUT_VALUE or value.strip().lower() in NO_GENERATOR
