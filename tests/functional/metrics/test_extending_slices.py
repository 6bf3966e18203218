"""Rows that add to a slice or a class: they are set beside the human rows of it, whatever all human rows are like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from tests.real import write_dataset

if TYPE_CHECKING:
    from pathlib import Path

HUMAN, ADDED, ROWS_OF_CLASS = 1500, 240, 200
EXTEND = 'synthetic_role = "extend"\n'


def outcomes(root: Path, gates) -> dict[str, str]:
    """Outcomes by check, those that block nothing as "open"."""
    document = json.loads(gates(root, "check", "--format", "json").out)
    return {one["id"]: one["outcome"] if one["severity"] == "critical" else "open" for one in document["checks"]}


def table(rng: np.random.Generator, group: np.ndarray) -> pl.DataFrame:
    """Sizes that are 2.2 times as large in the group "big", a column that only small ones have, and an answer."""
    size = np.exp(rng.normal(size=len(group)) / 8) * np.where(group == "big", 22.05, 10)
    answer = np.where(rng.random(len(group)) < 0.3, "yes", "no")
    wing = pl.Series(rng.normal(size=len(group))).set(pl.Series(group == "big"), None)
    other = rng.normal(size=len(group)) + size / 10
    return pl.DataFrame({"size": size, "other": other, "wing": wing, "group": group, "answer": answer}).with_columns(
        half=pl.int_range(pl.len()) % 7, nothing=pl.lit(None, pl.String), number=pl.col("other").round(6)
    )


def groups(rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(HUMAN) < ROWS_OF_CLASS / HUMAN, "big", "small")


@pytest.mark.parametrize(
    ("settings", "other_unit", "outcome"),
    [
        ('label = "group"\n', False, "pass"),
        ('slices = ["group"]\nlabel = "answer"\n', False, "pass"),
        # Together none of these has rows enough of both.
        ('slices = ["group", "half", "nothing", "number"]\nlabel = "answer"\n', False, "pass"),
        ('label = "group"\n', True, "fail"),
    ],
)
def test_what_is_so_of_the_class_alone_is_no_difference(settings, other_unit, outcome, tmp_path, gates):
    rng = np.random.default_rng(3)
    human, added = table(rng, groups(rng)), table(rng, np.full(ADDED, "big"))
    if other_unit:
        added = added.with_columns(pl.col("size") / 2.2046)
    write_dataset(tmp_path, {"human": human, "synthetic": added}, 'type = "tabular"\n' + settings + EXTEND)

    judged = outcomes(tmp_path, gates)

    assert judged["combined/expect_partitions_to_align"] == outcome
    assert judged["combined/expect_distributions_to_match"] in ({"pass", "open"} if outcome == "pass" else {"fail"})


def texts(rng: np.random.Generator, count: int, licence: str) -> list[str]:
    """Sixty words of which no two texts have the same, before a licence that a third of them have."""
    words = [" ".join(f"w{word}" for word in rng.integers(10**6, size=60)) for _ in range(count)]
    return [f"{text}. {licence}" if at % 3 == 0 else f"{text}." for at, text in enumerate(words)]


@pytest.mark.parametrize(("copied", "outcome"), [(0, "open"), (60, "fail")])
def test_passages_that_the_human_rows_of_a_slice_share_are_no_copies(copied, outcome, tmp_path, gates):
    rng = np.random.default_rng(5)
    licence = " ".join(f"clause{number}" for number in range(60))
    human = {"fr": texts(rng, HUMAN - ROWS_OF_CLASS, ""), "ja": texts(rng, ROWS_OF_CLASS, licence)}
    added = [text.partition(".")[0] + f" and w{at}." for at, text in enumerate(human["ja"][:copied])]
    added += texts(rng, ADDED - copied, licence)
    frames = {
        "human": pl.DataFrame(
            {"text": [*human["fr"], *human["ja"]], "language": ["fr"] * len(human["fr"]) + ["ja"] * len(human["ja"])}
        ),
        "synthetic": pl.DataFrame({"text": added, "language": "ja"}),
    }
    write_dataset(tmp_path, frames, 'type = "text"\nslices = ["language"]\n' + EXTEND)

    judged = outcomes(tmp_path, gates)

    assert judged["combined/expect_synthetic_to_not_copy_human/span"] == outcome
