"""Prompts and responses: sound rows, and what breaks each row rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.contract.data_types.broken_cells import of_taught_text, of_text, saying_the_same
from tests.contract.laws import by_people, sentence, shared, words

if TYPE_CHECKING:
    import numpy as np


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    prompts, answered = words(rng, count, 24), words(rng, count, 20)
    return pl.DataFrame({
        "prompt": [sentence(parts) for parts in prompts],
        "response": [sentence(shared(rng, one, other)) for one, other in zip(prompts, answered, strict=True)],
        **by_people(rng, count, origin),
    })  # fmt: skip


RULES = {
    **of_text("prompt"),
    **of_text("response"),
    "response/differs-from-prompt": saying_the_same("response", "prompt"),
    **of_taught_text("response"),
}
