"""How wide and how honest intervals are where a judge or a crowd has labelled everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.calibrating.laws import DATA
from benchmarks.kept import share_interval
from gates.review.ppi import helped_mean

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from gates.data.arrays import Floats

HEADER = (
    "labels", "judge", "true share", "judge alone", "n", "width beside people alone", "coverage", "95 % interval of it",
    "coverage of people alone", "a label is worth",
)  # fmt: skip
SIZES = (50, 100, 200)


def pandalm(judge: str) -> tuple[Floats, Floats]:
    """Whether the majority of three people, and a judge, prefer the first of two answers, of 999 items."""
    frame = pl.read_parquet(DATA / "annotations_pandalm_long.parquet").with_columns(first=pl.col("label") == "1")
    people = frame.filter(origin="human").group_by("item").agg(pl.col("first").mean() > 0.5).sort("item")
    machine = frame.filter(annotator=judge).sort("item")
    return people["first"].cast(pl.Float64).to_numpy(), machine["first"].cast(pl.Float64).to_numpy()


def dices() -> tuple[Floats, Floats]:
    """Whether the expert, and which share of the crowd, calls an answer unsafe, of 350 conversations."""
    frame = pl.read_parquet(DATA / "annotations_dices350.parquet").with_columns(unsafe=pl.col("label") == "No")
    shares = frame.group_by("item", "expertise").agg(pl.col("unsafe").mean()).sort("item")
    sides = (shares.filter(expertise=side)["unsafe"].to_numpy() for side in ("expert", "crowd"))
    experts, crowd = sides
    return experts, crowd


SOURCES = {
    ("PandaLM", "gpt-3.5-turbo"): lambda: pandalm("gpt-3.5-turbo"),
    ("PandaLM", "pandalm-7b"): lambda: pandalm("pandalm-7b"),
    ("DICES-350", "crowd"): dices,
}


def rows(options: Namespace) -> Iterator[tuple[object, ...]]:
    """A line for each source and size. A draw takes as many items as there are, with replacement: the law is these items."""
    for (name, judge), load in SOURCES.items():
        labels, judged = load()
        truth, everything = float(labels.mean()), len(labels)
        for size in SIZES:
            widths, covered, worths = np.zeros(2), np.zeros(2, dtype=int), []
            for draw in range(options.draws):
                rng = np.random.default_rng([options.seed, size, draw])
                at = rng.integers(everything, size=everything)
                own, rest = at[:size], at[size:]
                helped = helped_mean(labels[own], judged[own], judged[rest])
                alone = helped_mean(labels[own], np.zeros(size), np.zeros(1))
                for place, one in enumerate((helped.estimate, alone.estimate)):
                    widths[place] += one.high - one.low
                    covered[place] += one.low <= truth <= one.high
                worths.append(helped.worth)
            low, high = share_interval(int(covered[0]), options.draws)
            yield (
                name, judge, f"{truth:.3f}", f"{judged.mean():.3f}", size, f"{widths[0] / widths[1]:.3f}",
                f"{covered[0] / options.draws:.3f}", f"{low:.3f} to {high:.3f}", f"{covered[1] / options.draws:.3f}",
                f"{np.median(worths):.2f}",
            )  # fmt: skip
