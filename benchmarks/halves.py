"""Whether the checks of sets fail rows of one law: human answers dealt into two origins, and half of the annotators as a machine.

    python benchmarks/halves.py --draws 10

Rows come from benchmarks/sources; each draw is judged both ways where there are two.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import gates
from benchmarks.sources.ratings import lectures, safety
from benchmarks.sources.source import SHARED, TABLES
from benchmarks.sources.tables import of_r
from gates.metrics.annotation.label_sources import METRIC as WHOSE
from gates.metrics.content.homogenisation import METRIC as WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gates.verdict import CheckResult

RATED = {
    "type": "annotations",
    "label": "label",
    "columns": {"item": "item", "annotator": "annotator"},
    "slices": ("group",),
}


def compared() -> pl.DataFrame:
    """What five models answered to the prompts of PandaLM."""
    frame = pl.read_parquet(SHARED / "preference_pandalm.parquet")
    sides = [
        frame.select(
            prompt=pl.concat_str("instruction", pl.lit("\n"), "input", ignore_nulls=True), response=f"response{at}"
        )
        for at in (1, 2)
    ]
    return pl.concat(sides).filter(pl.col("response").str.strip_chars() != "").unique(maintain_order=True)


def talk() -> pl.DataFrame:
    """What people had a program answer to what is said to it, in many languages."""
    return pl.read_parquet(TABLES / "talk.parquet").select("prompt", "response").unique(maintain_order=True)


def reasons() -> pl.DataFrame:
    """Why two machines and people prefer a response: answers to one pair each."""
    frame = pl.read_parquet(SHARED / "preference_pandalm.parquet").filter(pl.col("response1").str.len_chars() > 0)
    named = frame.select(prompt="instruction", response="judge_gpt35__gpt_reason")
    return named.filter(pl.col("response").str.strip_chars() != "").unique(maintain_order=True)


def by_semester() -> pl.DataFrame:
    """Marks of lectures with the semesters that each student is in."""
    frame = of_r("lme4/InstEval")
    return lectures().with_columns(pl.col("label").cast(pl.String), group=frame["studage"].cast(pl.String))


def of_raters(groups: int) -> Callable[[np.random.Generator], pl.DataFrame]:
    """Raters of DICES in groups dealt out at random."""

    def read(rng: np.random.Generator) -> pl.DataFrame:
        frame = safety()
        names = frame["annotator"].unique().sort().to_list()
        dealt = dict(zip(names, rng.integers(groups, size=len(names)).astype(str).tolist(), strict=True))
        return frame.with_columns(pl.col("item").cast(pl.String), group=pl.col("annotator").replace_strict(dealt))

    return read


def answers_halved(frame: pl.DataFrame, rng: np.random.Generator) -> Iterator[CheckResult]:
    """Each answer to one of two origins; judged both ways."""
    is_first = pl.Series(rng.random(frame.height) < 1 / 2)
    halves = frame.filter(is_first), frame.filter(~is_first)
    for human, synthetic in (halves, halves[::-1]):
        with gates.testing.scanned(human, synthetic, type="instruction") as scan:
            yield gates.testing.judge(WITHIN, scan, max_value=0.1, warn_value=0.015)


def annotators_halved(frame: pl.DataFrame, rng: np.random.Generator) -> Iterator[CheckResult]:
    """The majority of half of the annotators as a machine beside the others."""
    names = frame["annotator"].unique().sort().to_list()
    is_out = pl.col("annotator").is_in(rng.permutation(names)[: len(names) // 2].tolist())
    counted = (
        frame.filter(is_out)
        .group_by("item", "label")
        .len()
        .sort("item", "len", "label", descending=[False, True, False])
    )
    machine = counted.unique("item", keep="first", maintain_order=True).select(
        "item", annotator=pl.lit("machine"), label="label", group=pl.lit(None, dtype=pl.String)
    )
    with gates.testing.scanned(frame.filter(~is_out).select(machine.columns), machine, **RATED) as scan:
        yield gates.testing.judge(WHOSE, scan, max_value=0.1)


def main() -> None:
    """Print a line a source."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=10)
    count = parser.parse_args().draws
    sources = {
        "talk": (answers_halved, lambda _: talk()),
        "compared": (answers_halved, lambda _: compared()),
        "reasons": (answers_halved, lambda _: reasons()),
        "lectures by semester": (annotators_halved, lambda _: by_semester()),
        "safety, 2 groups dealt out": (annotators_halved, of_raters(2)),
        "safety, 4 groups dealt out": (annotators_halved, of_raters(4)),
    }
    print("| source | judged | fails | warns | undecided | passes | highest number |\n|---|---|---|---|---|---|---|")
    for name, (halve, read) in sources.items():
        results = [
            result
            for seed in range(count)
            for result in halve(read(np.random.default_rng([3, seed])), np.random.default_rng([4, seed]))
        ]
        outcomes = Counter(f"{result.outcome} {result.severity}" for result in results)
        fails = outcomes["fail critical"]
        warns = outcomes["fail warning"]
        undecided = sum(number for outcome, number in outcomes.items() if outcome.startswith("inconclusive"))
        passes = sum(number for outcome, number in outcomes.items() if outcome.startswith("pass"))
        highest = max(result.observed for result in results if result.observed is not None)
        print(f"| {name} | {len(results)} | {fails} | {warns} | {undecided} | {passes} | {highest:.3f} |", flush=True)


if __name__ == "__main__":
    main()
