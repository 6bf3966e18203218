"""A table of people: sound rows, and what breaks each row rule."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.contract.data_types.broken_cells import with_cell
from tests.contract.laws import LABELS


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    town = rng.choice(2, count, p=(0.85, 0.15))
    age = rng.normal(45, 12, count).round(3)
    income = (20_000 + 400 * age + 3_000 * town + rng.normal(0, 6_000, count)).round(2)
    return pl.DataFrame({
        "town": [f"town {number}" for number in town],
        "age": age,
        "income": income,
        "height": rng.normal(170, 9, count).round(3),
        # What people label follows from the row, so that twins agree.
        "label": np.array(LABELS)[np.digitize(age, (40, 50, 58))],
    })  # fmt: skip


RULES = {f"{column}/finite": with_cell(column, float("inf")) for column in ("age", "height", "income")}
