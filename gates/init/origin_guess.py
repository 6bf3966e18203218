"""Recognises the column that says who made a row, and the words in it that mean human."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HUMAN = re.compile(r"(human|people|person|real|natural|organic|original|expert|crowd|gold)s?([-_ ].*)?", re.IGNORECASE)
_SYNTHETIC = re.compile(
    r"(synthetic|synth|generated|machine|model|ai|llm|fake|simulated|artificial|bot|template|augmented)([-_ ].*)?"
    # Families of language models, and generators of tables.
    r"|(text-)?(gpt|davinci|chatgpt|claude|gemini|gemma|llama|alpaca|vicuna|mistral|mixtral|qwen|phi|deepseek|t5|bloom|palm)"
    r"[-_ .\d].*|gpt|davinci|chatgpt|claude|gemini|llama|mistral|qwen|deepseek"
    r"|(ctgan|tvae|copulagan|gaussian_copula|synthpop|smote)",
    re.IGNORECASE,
)
# Flags: the value that means human.
_FLAGS = {
    "true": re.compile(r"(is_)?(human|real)", re.IGNORECASE),
    "false": re.compile(r"(is_)?(synthetic|generated|fake|ai|machine|artificial)", re.IGNORECASE),
}
_TRUE, _FALSE = ("true", "1"), ("false", "0")
# A column of this name is the one even if some of its words are unknown.
_NAME = "origin"


@dataclass(frozen=True)
class OriginColumn:
    """A column with its values by origin; rows: how many rows have a value of each. unknown: values of neither."""

    name: str
    human: tuple[str, ...]
    synthetic: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def find_origin(columns: Mapping[str, Mapping[str, int]]) -> OriginColumn | None:
    """The origin column among columns with few distinct values, given as rows per value; None where no column is one.

    A column counts when each of its values is a word for human or for synthetic rows and both occur; `origin` comes first.
    """
    candidates = [sorted_out for name, values in columns.items() if (sorted_out := _sort_out(name, values))]
    named = [column for column in candidates if column.name == _NAME]
    whole = [column for column in candidates if not column.unknown]
    return next(iter([*named, *whole]), None)


def one_sided(columns: Mapping[str, Mapping[str, int]]) -> str:
    """What to say of an `origin` column whose words all mean human, or all synthetic; "" where none is one."""
    words = columns.get(_NAME, {})
    sides = {"human": _HUMAN, "synthetic": _SYNTHETIC}
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
        f'lie elsewhere, name a folder of both, or write gates.toml with partitions = {{ human = "…", synthetic = "…" }}{alone}'
    )


def _sort_out(name: str, values: Mapping[str, int]) -> OriginColumn | None:
    words = _flag(name, values) or {
        "human": tuple(value for value in sorted(values) if _HUMAN.fullmatch(value.strip())),
        "synthetic": tuple(value for value in sorted(values) if _SYNTHETIC.fullmatch(value.strip())),
    }
    human, synthetic = words["human"], words["synthetic"]
    if not human or not synthetic:
        return None
    unknown = tuple(value for value in sorted(values) if value not in (*human, *synthetic))
    rows = {origin: sum(values[word] for word in words[origin]) for origin in words}
    return OriginColumn(name, human, synthetic, unknown, rows)


def _flag(name: str, values: Mapping[str, int]) -> dict[str, tuple[str, ...]] | None:
    """Both values of a yes-or-no column whose name says what yes means."""
    for human_value, pattern in _FLAGS.items():
        if pattern.fullmatch(name) and set(values) in ({"true", "false"}, {"1", "0"}):
            yes = tuple(value for value in values if value in _TRUE)
            no = tuple(value for value in values if value in _FALSE)
            human, synthetic = (yes, no) if human_value == "true" else (no, yes)
            return {"human": human, "synthetic": synthetic}
    return None
