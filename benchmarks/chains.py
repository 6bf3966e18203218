"""Versions of a dataset whose rows are replaced by a toy generator's, or to which they are added: which are refused, and when.

    python benchmarks/chains.py --seeds 50

The generator is a toy: a bootstrap of rows whose numbers are moved by a fifth of a standard deviation. Gerstgrasser et al. (arXiv
2404.01413) show for such ones that data that is replaced collapses and data that accumulates does not.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import gates
from gates.data.scan.inputs import Declarations, VersionBefore
from gates.data.scan.run import ScanRequest
from gates.metrics.catalogue import METRICS
from gates.verdict import Outcome
from tests.promotions.promoted_before import promoted, removal
from tests.tables import table_scan

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

ROWS, LEVELS, GENERATIONS = 1000, 60, 10
NOISE = 0.2
# Shown up to these generations.
SHOWN = (1, 2, 3, 5, 10)
RECORD = (removal(where={"level": ("any",)}),)
# What looks at versions, and what looks at origins, with the limits of the shipped suites.
KEPT = ("expect_human_rows_to_be_kept", {"max_value": 0})
LAST = ("expect_tail_mass_to_be_between", {"min_value": 0.95})
FIRST = ("expect_first_version_to_be_covered", {"min_value": 0.9})
ORIGINS = (
    ("expect_diversity_ratio_to_be_between", {"measure": "effective_number", "min_value": 0.8}),
    ("expect_distributions_to_match", {"max_value": 0.05}),
    ("expect_associations_to_match", {"over": "worst", "max_value": 0.2}),
    ("expect_coverage_to_be_between", {"kind": "coverage", "min_value": 0.9}),
)
_METRICS = {metric.expectation: metric for metric in METRICS}


def first_version(rng: np.random.Generator) -> pl.DataFrame:
    """Levels by a law of Zipf, and two numbers with heavy tails that go together."""
    frequency = 1 / np.arange(1, LEVELS + 1) ** 1.2
    level = rng.choice([f"level {number}" for number in range(LEVELS)], ROWS, p=frequency / frequency.sum())
    x = rng.standard_t(4, ROWS)
    return pl.DataFrame({"level": level.tolist(), "x": x, "y": 0.7 * x + rng.normal(size=ROWS)})


def made_from(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of the frame, moved a little towards their mean and at random, so that the spread stays (Silverman 1986)."""
    at = rng.integers(frame.height, size=ROWS)
    numbers = frame.select("x", "y").to_numpy()
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0)
    moved = middle + (numbers[at] - middle + NOISE * spread * rng.normal(size=(ROWS, 2))) / (1 + NOISE**2) ** 0.5
    return pl.DataFrame({"level": frame["level"].gather(at), "x": moved[:, 0], "y": moved[:, 1]})


def scanned(human: pl.DataFrame, synthetic: pl.DataFrame, versions: list[pl.DataFrame], *, is_recorded: bool) -> Scan:
    """A version beside the human rows of those promoted before it."""
    before = promoted(versions[-1])
    if len(versions) > 1:
        before = replace(before, first=promoted(versions[0]))
    declared = Declarations(removals=RECORD if is_recorded else ())
    return table_scan(human, synthetic, request=ScanRequest(declared=declared, before=VersionBefore(promoted=before)))


def failing(scan: Scan, checks: tuple[tuple[str, dict[str, object]], ...]) -> list[str]:
    """Which of the checks fail."""
    return [
        name for name, kwargs in checks if gates.testing.judge(_METRICS[name], scan, **kwargs).outcome is Outcome.FAIL
    ]


def replaced(rng: np.random.Generator) -> dict[str, int]:
    """Rows said to be human are a model's of the version before; the first generation at which each check fails."""
    versions = [first_version(rng)]
    failed: dict[str, int] = {}
    for generation in range(1, GENERATIONS + 1):
        human = made_from(versions[-1], rng)
        scan = scanned(human, made_from(versions[-1], rng), versions, is_recorded=True)
        for name in failing(scan, (LAST, FIRST)):
            failed.setdefault(f"{name}, removals recorded", generation)
        if KEPT[0] not in failed and failing(scanned(human, human[:1], versions, is_recorded=False), (KEPT,)):
            failed[KEPT[0]] = generation
        versions.append(human)
    return failed


def added(rng: np.random.Generator, *, is_subsampled: bool) -> dict[str, int]:
    """Synthetic rows are added to what is there, made from all of it or from as many rows at random."""
    human = first_version(rng)
    synthetic = human.clear()
    failed: dict[str, int] = {}
    for generation in range(1, GENERATIONS + 1):
        everything = pl.concat([human, synthetic])
        rows = everything[rng.permutation(everything.height)[:ROWS]] if is_subsampled else everything
        synthetic = pl.concat([synthetic, made_from(rows, rng)])
        scan = scanned(human, synthetic, [human] * min(generation, 2), is_recorded=True)
        for name in failing(scan, (KEPT, LAST, FIRST, *ORIGINS)):
            failed.setdefault(name, generation)
    return failed


def main() -> None:
    """Print a line a chain and check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    seeds = parser.parse_args().seeds
    chains = {
        "replace": replaced,
        "accumulate": lambda rng: added(rng, is_subsampled=False),
        "subsample": lambda rng: added(rng, is_subsampled=True),
    }
    print("| chain | fails | " + " | ".join(f"by generation {at}" for at in SHOWN) + " |")
    print("|---" * (2 + len(SHOWN)) + "|")
    for chain, run in chains.items():
        runs = [run(np.random.default_rng([7, seed])) for seed in range(seeds)]
        names = sorted({name for one in runs for name in one}) or ["nothing"]
        for name in names:
            counts = Counter(one[name] for one in runs if name in one)
            by = [sum(count for at, count in counts.items() if at <= shown) for shown in SHOWN]
            print(f"| {chain} | {name} | " + " | ".join(f"{count} of {seeds}" for count in by) + " |", flush=True)


if __name__ == "__main__":
    main()
