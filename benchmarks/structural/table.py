"""The table that structural questions are asked of, and the project in which `gates` answers them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

FILES = 10
TOWNS = ("Ely", "Hull", "Leeds", "York", "Bath", "Wells", "Truro", "Derby")
STATES = ("open", "paid", "late", "void")
EMAIL = r"^[a-z0-9]+@[a-z]+\.org$"

GATES_TOML = """\
[datasets.orders]
type = "tabular"
path = "data/*.parquet"
extends = false
schema = "orders.py:Orders"
"""

# Twelve questions of single rows, in pandera's words; {library} is pandera's module.
SCHEMA = """\
import {library} as pa

Orders = pa.DataFrameSchema(
    {{
        "id": pa.Column(int, nullable=False),
        "age": pa.Column(int, pa.Check.in_range(18, 90)),
        "income": pa.Column(float, pa.Check.greater_than_or_equal_to(0)),
        "score": pa.Column(float, pa.Check.in_range(0, 1)),
        "town": pa.Column(str, pa.Check.isin({towns})),
        "email": pa.Column(str, pa.Check.str_matches({email!r})),
        "state": pa.Column(str, pa.Check.isin({states})),
        "quantity": pa.Column(int, pa.Check.in_range(1, 50)),
        "rating": pa.Column(float, pa.Check.in_range(1, 5), nullable=True),
        "note": pa.Column(str, pa.Check.str_length(0, 40)),
        "price": pa.Column(float, pa.Check.greater_than(0)),
    }}
)
"""

# Twelve of whole columns, in the words of Great Expectations.
EXPECTATIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("expect_table_row_count_to_be_between", {"min_value": 1}),
    ("expect_table_column_count_to_equal", {"value": 12}),
    ("expect_column_values_to_be_unique", {"column": "id"}),
    ("expect_column_mean_to_be_between", {"column": "age", "min_value": 40, "max_value": 70}),
    ("expect_column_median_to_be_between", {"column": "quantity", "min_value": 10, "max_value": 40}),
    ("expect_column_stdev_to_be_between", {"column": "score", "min_value": 0.1, "max_value": 0.5}),
    ("expect_column_distinct_values_to_equal_set", {"column": "town", "value_set": list(TOWNS)}),
    ("expect_column_unique_value_count_to_be_between", {"column": "state", "min_value": 4, "max_value": 4}),
    ("expect_column_max_to_be_between", {"column": "price", "min_value": 1, "max_value": 1000}),
    ("expect_column_min_to_be_between", {"column": "income", "min_value": 0, "max_value": 1000}),
    ("expect_column_sum_to_be_between", {"column": "quantity", "min_value": 1}),
    ("expect_column_values_to_not_be_null", {"column": "rating", "mostly": 0.9}),
)


def schema_text(library: str) -> str:
    """The rules of single rows for `pandera.polars` or `pandera.pandas`."""
    return SCHEMA.format(library=library, towns=list(TOWNS), states=list(STATES), email=EMAIL)


def write_file(path: Path, rows: int, number: int) -> None:
    """One file of 12 columns without a fault; half of its rows are synthetic."""
    generator = np.random.default_rng([0, number])
    first = number * rows
    key = np.arange(first, first + rows)
    rating = generator.uniform(1, 5, rows).round(1)
    columns = {
        "id": key,
        "age": generator.integers(18, 91, rows),
        "income": np.exp(generator.normal(8, 1, rows)).round(2),
        "score": generator.uniform(0, 1, rows),
        "town": generator.choice(TOWNS, rows),
        "email": pl.Series(key).cast(pl.String) + "@example.org",
        "state": generator.choice(STATES, rows),
        "quantity": generator.integers(1, 51, rows),
        "rating": pl.Series(rating).set(pl.Series(generator.random(rows) < 0.02), None),
        "note": "order " + pl.Series(generator.integers(0, 10**9, rows)).cast(pl.String),
        "price": generator.uniform(1, 1000, rows).round(2),
        "origin": np.where(key % 2, "synthetic", "human"),
    }
    pl.DataFrame(columns).write_parquet(path)


def write_project(root: Path, rows: int) -> None:
    """The data in ten files, and what gates needs to judge it by these 24 questions and its own accounting of origins."""
    (root / "data").mkdir(parents=True)
    for number in range(FILES):
        write_file(root / f"data/{number}.parquet", rows // FILES, number)
    (root / "gates.toml").write_text(GATES_TOML)
    (root / "orders.py").write_text(schema_text("pandera.polars"))
    suite = [{"type": name, "kwargs": arguments, "severity": "critical"} for name, arguments in EXPECTATIONS]
    (root / "expectations/orders").mkdir(parents=True)
    (root / "expectations/orders/combined.json").write_text(
        json.dumps({"name": "orders", "expectations": suite}, indent=1)
    )
