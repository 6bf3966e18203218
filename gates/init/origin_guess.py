"""Recognises the column that says who made a row, and the words in it that mean human."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.dataset import WITHOUT_VALUE
from gates.init.origin_words import GENERATOR, HUMAN, HUMAN_FLAG, SYNTHETIC, SYNTHETIC_FLAG

if TYPE_CHECKING:
    from collections.abc import Mapping

# Pairs of what says yes and what says no, in small letters.
_YES_AND_NO = {"true": "false", "1": "0", "1.0": "0.0", "yes": "no", "y": "n", "t": "f"}
# A column of this name is the one even if some of its words are unknown.
_NAME = "origin"


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
    WITHOUT_VALUE stands for rows without a value: human where the column names generators.
    """
    candidates = [sorted_out for name, values in columns.items() if (sorted_out := _sort_out(name, values))]
    named = [column for column in candidates if column.name == _NAME]
    whole = [column for column in candidates if not column.unknown]
    return next(iter([*named, *whole]), None)


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
        else ""
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
    by_word = {value.strip().casefold(): value for value in values}
    yes = next((word for word, no in _YES_AND_NO.items() if {*by_word} == {word, no}), None)
    if yes is None or len(by_word) < len(values):
        return None
    both = (by_word[yes],), (by_word[_YES_AND_NO[yes]],)
    if HUMAN_FLAG.fullmatch(name):
        return {"human": both[0], "synthetic": both[1]}
    return {"human": both[1], "synthetic": both[0]} if SYNTHETIC_FLAG.fullmatch(name) else None


def _generator(name: str, values: Mapping[str, int]) -> dict[str, tuple[str, ...]] | None:
    """The values of a column that names the generator of some rows and nothing for the others, which are human."""
    if WITHOUT_VALUE not in values or not GENERATOR.fullmatch(name):
        return None
    named = tuple(value for value in sorted(values) if value != WITHOUT_VALUE)
    human = tuple(value for value in named if HUMAN.fullmatch(value.strip()))
    return {"human": (WITHOUT_VALUE, *human), "synthetic": tuple(value for value in named if value not in human)}
