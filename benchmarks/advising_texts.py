"""A set of texts with a label, human texts to test on, and texts of five simple generators, for benchmarks/advice.py."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.sources.debian import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    Maker = Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]

LABELS_AT_MOST, TEXTS = 6, 3200
# A word in ten is lost: a text is still about the same, and no copy.
LOST = 0.1


def package_descriptions() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Descriptions of Debian's packages with their section, and what generators make of others."""
    everything = descriptions()
    kept = everything["label"].value_counts(sort=True).filter(pl.col("label") != "other")["label"][:LABELS_AT_MOST]
    people = everything.filter(pl.col("label").is_in(kept.implode())).sample(fraction=1.0, shuffle=True, seed=1)
    human, holdout, pool = people[:2200], people[2200:4700], people[4700:]
    rng = np.random.default_rng(1)
    made = [maker(pool, rng).with_columns(generator=pl.lit(name)) for name, maker in MAKERS.items()]
    return human, pl.concat(made), holdout


def _thinned(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Texts of the pool with a tenth of their words lost."""
    drawn = pool[rng.integers(0, pool.height, TEXTS)]
    texts = [" ".join(word for word in text.split() if rng.random() >= LOST) for text in drawn["text"]]
    return drawn.with_columns(text=pl.Series(texts))


def _chained(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Chains of words within a label, each word after the one before as in the pool."""
    following: dict[tuple[str, str], list[str]] = defaultdict(list)
    starts: dict[str, list[list[str]]] = defaultdict(list)
    for text, label in pool.iter_rows():
        words = text.split()
        starts[label].append(words)
        for one, other in pairwise(words):
            following[label, one].append(other)
    rows = []
    for label in pool["label"][rng.integers(0, pool.height, TEXTS)]:
        like = starts[label][rng.integers(len(starts[label]))]
        words = like[:1]
        while len(words) < len(like) and (after := following.get((label, words[-1]))):
            words.append(after[rng.integers(len(after))])
        rows.append((" ".join(words), label))
    return pl.DataFrame(rows, schema=pool.schema, orient="row")


def _bags(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Words of a label in no order."""
    words = {label: " ".join(texts).split() for label, texts in pool.group_by("label").agg("text").iter_rows()}
    drawn = pool[rng.integers(0, pool.height, TEXTS)]
    rows = [
        (" ".join(words[label][at] for at in rng.integers(0, len(words[label]), len(text.split()))), label)
        for text, label in drawn.iter_rows()
    ]
    return pl.DataFrame(rows, schema=pool.schema, orient="row")


def _flipped(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """As thinned, with every third label another text's."""
    thinned = _thinned(pool, rng)
    others = thinned["label"].to_numpy()[rng.permutation(TEXTS)]
    return thinned.with_columns(label=pl.Series(np.where(rng.random(TEXTS) < 1 / 3, others, thinned["label"])))


def _unlabelled(pool: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """As thinned, with the labels of other texts."""
    thinned = _thinned(pool, rng)
    return thinned.with_columns(label=pl.Series(thinned["label"].to_numpy()[rng.permutation(TEXTS)]))


MAKERS: dict[str, Maker] = {
    "thinned": _thinned,
    "chained": _chained,
    "bags": _bags,
    "flipped": _flipped,
    "unlabelled": _unlabelled,
}
