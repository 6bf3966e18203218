"""Contracts of the checks of sets: answers to one prompt, and labels of groups of annotators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.verdict import Outcome
from tests.contract.case import Case, Missing, asked_in
from tests.contract.changes import declaring, replaced, without_role
from tests.contract.laws import sentence, word

if TYPE_CHECKING:
    from tests.contract.changes import Change
    from tests.contract.sound_datasets import Dataset

WITHIN = "combined/expect_similarity_within_prompts_to_be_less_than"
WHOSE = "combined/expect_synthetic_labels_to_represent_all_groups"
ANNOTATORS = tuple(f"person {number}" for number in range(12))
TEAMS = ("old", "young")


def _answered_together(answers: int) -> Change:
    """Texts of either origin that answer the same prompts, so many of each."""
    prompt = pl.format("q{}", pl.int_range(pl.len()).over("origin") // answers)
    return lambda dataset: dataset.having(rows=dataset.rows.with_columns(prompt_id=prompt))


def _one_opinion(dataset: Dataset) -> Dataset:
    """The synthetic texts of a prompt have a third of their words in common, wherever these stand."""
    rng = np.random.default_rng(31)
    shared_words: dict[str, list[str]] = {}
    texts = []
    for prompt, own in dataset.rows.filter(pl.col("origin") == "synthetic").select("prompt_id", "text").iter_rows():
        shared = shared_words.setdefault(prompt, [word(int(number)) for number in rng.integers(300, 1500, 9)])
        parts = [*own.rstrip(".").split(), *shared]
        texts.append(sentence([parts[at].lower() for at in rng.permutation(len(parts))[: len(own.split())]]))
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "text", texts))


def _rated_by_teams(items: int) -> Change:
    """Twelve people of two teams and a machine that label as everybody does; on a third of the items the teams differ."""

    def change(dataset: Dataset) -> Dataset:
        rng = np.random.default_rng(33)
        truth = rng.integers(0, 4, items)
        is_disputed = rng.random(items) < 1 / 3
        rows = []
        for number, name in enumerate((*ANNOTATORS, "judge")):
            team = TEAMS[number % 2] if name != "judge" else None
            # The judge sides with either team in turn.
            sides = np.full(items, number % 2) if team else np.arange(items) % 2
            label = np.where(is_disputed, (truth + sides) % 4, truth)
            label = np.where(rng.random(items) < 0.05, rng.integers(0, 4, items), label)
            rows.append(_ratings(items, name, team, label))
        return dataset.having(rows=pl.concat(rows), holdout=None).declaring(holdout=None, slices=["team"])

    return change


def _ratings(items: int, name: str, team: str | None, label: np.ndarray) -> pl.DataFrame:
    is_made = team is None
    constant = {"generator": "gen", "generator_version": "1", "prompt_id": "p1", "seed_id": "s", "licence": "CC0-1.0"}
    return pl.DataFrame(
        {
            "id": [f"{name}-{number}" for number in range(items)],
            "item": [f"item {number}" for number in range(items)],
            "annotator": [name] * items,
            "label": [("good", "fair", "bad", "unclear")[value] for value in label],
            "team": pl.Series([team] * items, dtype=pl.String),
            "region": ["north"] * items,
            "expertise": pl.Series([None if is_made else "crowd"] * items, dtype=pl.String),
            "domain": ["weather"] * items,
            "origin": ["synthetic" if is_made else "human"] * items,
            "created_at": ["2026-01-05"] * items,
            **{
                key: pl.Series([value if is_made else None] * items, dtype=pl.String) for key, value in constant.items()
            },
        }
    )


def _judging_as_the_young(dataset: Dataset) -> Dataset:
    """The machine labels as one person of the young does."""
    young = dataset.rows.filter(pl.col("annotator") == ANNOTATORS[1])["label"].to_list()
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "label", young))


CASES = (
    Case(
        WITHIN, asked_in(WITHIN), "text", _one_opinion, "two synthetic answers to a prompt are alike by",
        prepared=_answered_together(4), too_few=_answered_together(12), costly=True, rows=600, missing=Missing(
            without_role("prompt_id"), Outcome.NOT_CONFIGURED,
            'no rows say which prompt they answer; add: columns = { prompt_id = "…" }',
        ),
    ),
    Case(
        WHOSE, asked_in(WHOSE), "annotations", _judging_as_the_young, "of the labels of team=young",
        prepared=_rated_by_teams(300), too_few=_rated_by_teams(20), costly=True, rows=60, missing=Missing(
            declaring(slices=None, population=None), Outcome.NOT_CONFIGURED,
            'no column says to which group of people an annotator belongs; add: slices = ["<column>"]',
        ),
    ),
)  # fmt: skip
