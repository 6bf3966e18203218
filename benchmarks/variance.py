"""Whether the structure of variance shows what other checks of tables and texts do not.

    python benchmarks/variance.py --rows 2000

For each generator of Adult, the share of the first principal component and the effective dependence (Pena & Rodriguez 2003)
of synthetic rows over those of half of the human rows, beside what the checks of variety, associations and origins say.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

import gates
from benchmarks.calibrating.laws import DATA
from gates.metrics.catalogue import METRICS
from gates.metrics.comparison.paired_draws import draws
from gates.metrics.comparison.strata import everything
from gates.metrics.fidelity.diversity import _features, _fitted

if TYPE_CHECKING:
    from gates.data.arrays import Floats
    from gates.data.scan.result import Scan

FILES = ("tabular_adult_2023", "tabular_adult_graded")
DRAWS = 20
# Limits of the suite of tables.
BESIDE = (
    ("expect_diversity_ratio_to_be_between", {"measure": "effective_number", "min_value": 0.8}),
    ("expect_associations_to_match", {"over": "mean", "max_value": 0.05}),
    ("expect_associations_to_match", {"over": "worst", "max_value": 0.2}),
    ("expect_origin_separability_to_be_less_than", {"max_value": 0.25, "warn_value": 0.1}),
)


def structure(features: Floats) -> tuple[float, float]:
    """Share of the first principal component, and effective dependence 1 - |R|^(1/p), both in [0, 1]."""
    covariance = np.cov(features, rowvar=False)
    values = np.clip(np.linalg.eigvalsh(covariance), 0, None)
    deviation = np.sqrt(np.diag(covariance))
    varied = deviation > 0
    correlation = covariance[np.ix_(varied, varied)] / np.outer(deviation[varied], deviation[varied])
    spread = np.clip(np.linalg.eigvalsh(correlation), 1e-6, None)
    return float(values.max() / values.sum()), float(1 - np.exp(np.log(spread).mean()))


def ratios(scan: Scan) -> dict[str, tuple[float, float, float, float]]:
    """Of each number the middle, 5th and 95th percentile over draws of synthetic to human, and the 95th of human to human."""
    sides = everything(scan)
    table = []
    for draw in draws(sides.human, sides.synthetic, sides.seed, DRAWS):
        columns = _fitted(sides.human_codes, draw.human_a)
        parts = (
            (sides.human_codes, draw.human_b),
            (sides.synthetic_codes, draw.synthetic),
            (sides.human_codes, draw.human_a),
        )
        table.append([structure(_features(columns, codes, rows)) for codes, rows in parts])
    values = np.array(table)
    result = {}
    for at, name in enumerate(("first component", "dependence")):
        other, synthetic = values[:, 0, at] / values[:, 2, at], values[:, 1, at] / values[:, 2, at]
        result[name] = (*np.percentile(synthetic, (50, 5, 95)), float(np.abs(np.log(other)).max()))
    return result


def main() -> None:
    """Print a line a generator."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    rows = parser.parse_args().rows
    metrics = {metric.expectation: metric for metric in METRICS}
    print(
        "| generator | first component | dependence | variety | mean | worst | origins |\n|---|---|---|---|---|---|---|"
    )
    for file in FILES:
        frame = pl.read_parquet(DATA / f"{file}.parquet")
        human = frame.filter(pl.col("part") == "trn").sample(rows, seed=1)
        for part in frame["part"].unique().sort().to_list():
            if part == "trn":
                continue
            other = frame.filter(pl.col("part") == part).sample(rows, seed=2)
            left, right = (one.drop("part", "origin", "generator", "source") for one in (human, other))
            with gates.testing.scanned(left, right, label="income") as scan:
                shown = [
                    f"{middle:.2f} ({low:.2f} to {high:.2f}; halves {np.exp(-apart):.2f} to {np.exp(apart):.2f})"
                    for middle, low, high, apart in ratios(scan).values()
                ]
                for name, kwargs in BESIDE:
                    result = gates.testing.judge(metrics[name], scan, **kwargs)
                    shown.append(
                        f"{result.outcome.value} {result.observed:.3f}"
                        if result.observed is not None
                        else result.outcome.value
                    )
            print(f"| {file[-5:]} {part} | " + " | ".join(shown) + " |", flush=True)


if __name__ == "__main__":
    main()
