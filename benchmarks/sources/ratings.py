"""Labels that people gave to items."""

from __future__ import annotations

import polars as pl

from .source import SHARED
from .tables import of_r


def lectures() -> pl.DataFrame:
    """Students' marks for lectures."""
    return of_r("lme4/InstEval").select(
        item=pl.col("d").cast(pl.String), annotator=pl.col("s").cast(pl.String), label="y"
    )


def aggression() -> pl.DataFrame:
    """Whether people would curse, scold or shout in a situation."""
    return of_r("lme4/VerbAgg").select("item", annotator=pl.col("id").cast(pl.String), label="resp")


def safety() -> pl.DataFrame:
    """Whether a program's answer is unsafe, by 123 people of the crowd."""
    frame = pl.read_parquet(SHARED / "annotations_dices350.parquet").filter(pl.col("expertise") == "crowd")
    return frame.select("item", "annotator", "label")


def comparisons() -> pl.DataFrame:
    """Which of two responses is better, by three people."""
    frame = pl.read_parquet(SHARED / "annotations_pandalm_long.parquet").filter(pl.col("origin") == "human")
    return frame.select("item", "annotator", "label")
