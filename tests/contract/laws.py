"""Rows that people and a good generator would both give: one law per data type, drawn from seeds.

Synthetic rows follow the human law and say where they come from; nothing in them is copied. 3,100 rows a side, because
the copy checks pass from some 3,000 rows on (no hit in 2,995 bounds the rate under .001).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 3100
# The seed of rows that no generator has seen; in annotations they are of other items.
HOLDOUT = 3
EXAM = 5
START = datetime(2026, 1, 5)  # noqa: DTZ001  # data without a zone is the common case
REGIONS = ("north", "south", "east")
LABELS = ("good", "fair", "bad", "unclear")
_WORDS = 1500
_SYLLABLES = ("ba", "do", "ke", "li", "mu", "na", "po", "ri", "su", "ta", "ve", "zo")


def rows_of(kind: str, origin: str, count: int, seed: int) -> pl.DataFrame:
    """Rows of one origin with everything that the type can say of them; synthetic ones name their generator and seed."""
    rng = np.random.default_rng(seed)
    frame = import_module(f"tests.contract.data_types.{kind}").rows(rng, count, origin)
    if kind == "annotations" and seed == HOLDOUT:
        frame = frame.with_columns(item=pl.format("held out {}", "item"))
    about = {
        "origin": [origin] * frame.height,
        "id": [f"{origin[0]}{seed}-{number}" for number in range(frame.height)],
        "region": rng.choice(REGIONS, frame.height, p=(0.4, 0.35, 0.25)).tolist(),
    }
    frame = frame.with_columns(**{name: pl.Series(name, values) for name, values in about.items()})
    made = origin == "synthetic"
    lineage = {
        "generator": ["gen"] * frame.height,
        "generator_version": ["1"] * frame.height,
        "prompt_id": ["p1"] * frame.height,
        "seed_id": [f"h1-{number}" for number in range(frame.height)],
        "created_at": ["2026-01-05"] * frame.height,
        "licence": ["CC0-1.0"] * frame.height,
    }
    return frame.with_columns(
        pl.Series(name, values if made or name == "created_at" else [None] * frame.height, dtype=pl.String)
        for name, values in lineage.items()
    )


def words(rng: np.random.Generator, count: int, length: int) -> list[list[str]]:
    """`count` lists of some `length` made-up words, the frequent ones as frequent as in a language."""
    ranks = 1 / np.arange(1, _WORDS + 1) ** 0.7
    lengths = rng.integers(length - 3, length + 4, count)
    drawn = rng.choice(_WORDS, int(lengths.sum()), p=ranks / ranks.sum())
    cuts = np.cumsum(lengths)[:-1]
    return [[word(number) for number in part] for part in np.split(drawn, cuts)]


@cache
def word(number: int) -> str:
    """The made-up word of a number."""
    base, parts = len(_SYLLABLES), []
    for _ in range(3):
        number, rest = divmod(number, base)
        parts.append(_SYLLABLES[rest])
    return "".join(parts)


def sentence(parts: Sequence[str]) -> str:
    """Words as a sentence."""
    return " ".join(parts).capitalize() + "."


def shared(rng: np.random.Generator, question: Sequence[str], own: Sequence[str]) -> list[str]:
    """An answer that takes some of its words from the question."""
    taken = rng.choice(np.array(question), 8, replace=False).tolist()
    return rng.permutation([*taken, *own]).tolist()


def by_people(rng: np.random.Generator, count: int, origin: str) -> dict[str, pl.Series]:
    expert = ["expert"] * count if origin == "human" else [None] * count
    who = rng.choice(("ana", "bo", "cy"), count).tolist() if origin == "human" else [None] * count
    return {
        "expertise": pl.Series(expert, dtype=pl.String),
        "annotator": pl.Series(who, dtype=pl.String),
        "domain": pl.Series(domains(rng, count)),
        "label": pl.Series(labels(rng, count)),
    }


def domains(rng: np.random.Generator, count: int) -> list[str]:
    return rng.choice(("everyday", "medicine"), count).tolist()


def labels(rng: np.random.Generator, count: int) -> list[str]:
    return rng.choice(LABELS, count, p=(0.4, 0.3, 0.2, 0.1)).tolist()
