"""Labels of items: sound rows, and what breaks each row rule."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.contract.data_types.broken_cells import with_cell
from tests.contract.laws import LABELS, domains


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Three annotators, people or machines, of the same items; each is right 19 times in 20."""
    items = np.repeat(np.arange(count // 3), 3)
    truth = (items * 7919 + items // 4) % len(LABELS)
    given = np.where(rng.random(len(items)) < 0.95, truth, rng.integers(0, len(LABELS), len(items)))
    who = ("ana", "bo", "cy") if origin == "human" else ("judge 1", "judge 2", "judge 3")
    return pl.DataFrame({
        "item": [f"item {number}" for number in items],
        "annotator": np.tile(np.array(who), count // 3),
        "label": np.array(LABELS)[given],
        "domain": domains(rng, len(items)),
        "expertise": ["expert" if origin == "human" else None] * len(items),
    }, schema_overrides={"expertise": pl.String})  # fmt: skip


RULES = {f"{column}/not-blank": with_cell(column, None) for column in ("item", "annotator", "label")}
