"""Pairs of responses: sound rows, and what breaks each row rule."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.contract.data_types.broken_cells import of_taught_text, of_text, saying_the_same, with_cell
from tests.contract.laws import by_people, sentence, shared, words


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    prompts, chosen, rejected = words(rng, count, 24), words(rng, count, 20), words(rng, count, 20)
    votes = {} if origin == "synthetic" else _votes(rng, count, 3)
    return pl.DataFrame({
        "prompt": [sentence(parts) for parts in prompts],
        "chosen": [sentence(shared(rng, one, other)) for one, other in zip(prompts, chosen, strict=True)],
        "rejected": [sentence(shared(rng, one, other)) for one, other in zip(prompts, rejected, strict=True)],
        **{f"label_{number}": votes.get(number, [None] * count) for number in (1, 2, 3)},
        "generator_chosen": pl.Series([None if origin == "human" else "gen"] * count, dtype=pl.String),
        **by_people(rng, count, origin),
    }, schema_overrides={f"label_{number}": pl.String for number in (1, 2, 3)})  # fmt: skip


def _votes(rng: np.random.Generator, count: int, human_ratio: int) -> dict[int, list[str]]:
    truth = rng.integers(0, 2, count)
    given = {number: np.where(rng.random(count) < 0.97, truth, 1 - truth) for number in range(1, human_ratio + 1)}
    return {number: np.array(["first", "second"])[votes].tolist() for number, votes in given.items()}


RULES = {
    **of_text("prompt"),
    **of_text("chosen"),
    **of_text("rejected"),
    **of_taught_text("chosen"),
    **of_taught_text("rejected"),
    "chosen/not-json-literal": with_cell("chosen", "true"),
    "rejected/not-json-literal": with_cell("rejected", "false"),
    "rejected/differs-from-chosen": saying_the_same("rejected", "chosen"),
}
