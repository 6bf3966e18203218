"""Hashes of what names a row. A missing key equals no other, as in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def key_hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """The hash of each row's key, null where a part of it is missing: null, NaN or blank text."""
    key = without_nan(rows.select(columns)).with_columns(
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name).str.strip_chars())
        for name in columns
        if rows.schema[name] == pl.String
    )
    is_complete = key.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    return key.hash_rows().zip_with(is_complete, pl.Series([None], dtype=pl.UInt64))


def without_nan(rows: pl.DataFrame) -> pl.DataFrame:
    """NaN, which polars holds greater than and equal to itself, as the missing value it stands for."""
    return rows.with_columns(pl.col(name).fill_nan(None) for name, kind in rows.schema.items() if kind.is_float())
