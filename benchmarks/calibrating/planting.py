"""What all planted defects are made of: which rows get one, and how they are put into a draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .sample import Sample

if TYPE_CHECKING:
    from .words import Ints

Rng = np.random.Generator
# Takes a draw of a law and a dose, and gives the draw with the defect. Unless it says otherwise a dose is the share of
# synthetic rows that have it.
Defect = Callable[[Sample, float, Rng], Sample]


def chosen(count: int, dose: float, rng: Rng) -> Ints:
    """Positions of the rows that get the defect: the dose's share of them, one at least."""
    return np.sort(rng.permutation(count)[: max(1, round(dose * count))])


def put(frame: pl.DataFrame, at: Ints, rows: pl.DataFrame) -> pl.DataFrame:
    """The frame with other rows at these positions."""
    number = np.arange(frame.height)
    number[at] = frame.height + np.arange(len(at))
    return pl.concat([frame, rows])[number]


def changed(
    frame: pl.DataFrame, at: Ints, column: str, change: Callable[[pl.Series], Sequence[object]]
) -> pl.DataFrame:
    """The frame with a column changed at these positions."""
    return put(frame, at, frame[at].with_columns(pl.Series(column, change(frame[column][at]), frame.schema[column])))


def with_synthetic(sample: Sample, frame: pl.DataFrame) -> Sample:
    return replace(sample, synthetic=frame)


def text_column(sample: Sample) -> str:
    return {"text": "text", "instruction": "response", "preference": "chosen", "translation": "target"}[sample.type]


def deviation(values: pl.Series) -> float:
    """Standard deviation of a column of numbers."""
    return float(np.std(values.to_numpy()))
