"""Tables with human rows, synthetic rows of five generators, and human rows to test on, for benchmarks/advice.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import polars.selectors as cs
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from benchmarks.advising_texts import package_descriptions
from benchmarks.sources.source import SHARED
from benchmarks.sources.tables import marriages

if TYPE_CHECKING:
    from collections.abc import Callable

    Parts = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]

LABELS = {
    "adult": "income", "marriages": "affairs", "descriptions": "label", "ages": "age", "hours": "hours-per-week",
}  # fmt: skip
GENERATORS = ("ctgan", "gaussian_copula", "mostly", "synthpop", "tvae")
ROWS, TEST_ROWS = 6400, 4000


def adult() -> Parts:
    """People who no generator learned from, and rows of five generators, as published."""
    everything = pl.read_parquet(SHARED / "tabular_adult_2023.parquet")
    people = everything.filter(pl.col("part") == "val").drop("part", "origin", "source", "generator", strict=False)
    people = people.sample(fraction=1.0, shuffle=True, seed=1)
    made = [
        everything.filter(pl.col("part").str.contains(name)).sample(ROWS, seed=1).with_columns(generator=pl.lit(name))
        for name in GENERATORS
    ]
    return people[:8000], pl.concat(made).select(*people.columns, "generator"), people[8000 : 8000 + TEST_ROWS]


def marriages_survey() -> Parts:
    """A survey, and rows that simple generators make from other rows of it: close, and ever less so."""
    people = marriages().with_columns(
        affairs=pl.when(pl.col("affairs") > 0).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    people = people.sample(fraction=1.0, shuffle=True, seed=1)
    human, holdout, pool = people[:2200], people[2200:4700], people[4700:]
    rng = np.random.default_rng(1)
    made = [
        maker(pool, rng).select(people.columns).with_columns(generator=pl.lit(name)) for name, maker in MAKERS.items()
    ]
    return human, pl.concat(made), holdout


def _resampled(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Rows drawn with replacement, their numbers moved by a tenth of a standard deviation."""
    drawn = pool[rng.integers(0, pool.height, ROWS)]
    numbers = [name for name, kind in pool.schema.items() if kind.is_numeric()]
    moved = [
        pl.Series(name, drawn[name].to_numpy() + rng.normal(0, 0.1 * float(pool[name].std()), ROWS)) for name in numbers
    ]
    return drawn.with_columns(pl.col(numbers).cast(pl.Float64)).with_columns(moved)


def _flipped(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """As resampled, with every third label the other one."""
    drawn = _resampled(pool, rng)
    flips = pl.Series(rng.random(ROWS) < 1 / 3)
    return drawn.with_columns(
        affairs=pl.when(flips)
        .then(pl.when(pl.col("affairs") == "yes").then(pl.lit("no")).otherwise(pl.lit("yes")))
        .otherwise(pl.col("affairs"))
    )


def _independent(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Every column drawn for itself, the label too."""
    return pl.DataFrame([pool[name][rng.integers(0, pool.height, ROWS)] for name in pool.columns]).with_columns(
        cs.numeric().cast(pl.Float64)
    )


def _by_class(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Every column drawn for itself among rows of one label."""
    parts = []
    for label, share in pool["affairs"].value_counts(normalize=True).sort("affairs").iter_rows():
        own = pool.filter(pl.col("affairs") == label)
        size = round(share * ROWS)
        parts.append(pl.DataFrame([own[name][rng.integers(0, own.height, size)] for name in own.columns]))
    return pl.concat(parts).with_columns(cs.numeric().cast(pl.Float64))


def _copula(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Normal scores with the correlations of the pool, and the pool's quantiles; the label is a column like others."""
    coded = pool.with_columns((pl.col("affairs") == "yes").cast(pl.Float64)).cast(pl.Float64)
    values = coded.to_numpy()
    ranks = np.column_stack(
        [rankdata(values[:, at] + rng.normal(0, 1e-6, len(values))) for at in range(values.shape[1])]
    )
    correlation = np.corrcoef(ndtri(ranks / (len(values) + 1)).T)
    normal = rng.multivariate_normal(np.zeros(len(correlation)), correlation, ROWS)
    columns = [np.quantile(values[:, at], ndtr(normal[:, at]), method="inverted_cdf") for at in range(values.shape[1])]
    frame = pl.DataFrame(dict(zip(coded.columns, columns, strict=True)))
    return frame.with_columns(affairs=pl.when(pl.col("affairs") > 0).then(pl.lit("yes")).otherwise(pl.lit("no")))


MAKERS: dict[str, Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]] = {
    "resampled": _resampled,
    "copula": _copula,
    "by_class": _by_class,
    "flipped": _flipped,
    "independent": _independent,
}
TABLES: dict[str, Callable[[], Parts]] = {"adult": adult, "marriages": marriages_survey}
TEXTS: dict[str, Callable[[], Parts]] = {"descriptions": package_descriptions}
NUMBERS: dict[str, Callable[[], Parts]] = {"ages": adult, "hours": adult}
