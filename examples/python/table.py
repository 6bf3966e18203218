"""A table and two generators of it, judged together: a pandas frame of each.

The human rows are measurements of 442 patients (B. Efron et al., Least Angle Regression, Annals of Statistics, 2004), as
scikit-learn ships them. `sdv_table.py` does the same with a synthesizer of SDV.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from sklearn.datasets import load_diabetes

import gates

LABEL = "target"


def each_column_alone(human: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Every column as it is, and nothing of how they hang together."""
    return pd.DataFrame({name: rng.permutation(human[name].to_numpy()) for name in human})


def gaussian_copula(human: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Columns with their own quantiles and the correlations of their normal scores."""
    scores = norm.ppf(np.column_stack([rankdata(human[name]) / (len(human) + 1) for name in human]))
    drawn = rng.multivariate_normal(np.zeros(human.shape[1]), np.corrcoef(scores.T), size=len(human))
    return pd.DataFrame(
        {name: np.quantile(human[name], norm.cdf(drawn[:, at]), method="inverted_cdf") for at, name in enumerate(human)}
    )


def patients() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to learn from, and rows that no generator sees."""
    frame = load_diabetes(as_frame=True, scaled=False).frame.sample(frac=1, random_state=1)
    return frame[:221].reset_index(drop=True), frame[221:].reset_index(drop=True)


def main() -> None:
    """Judge the generators together, then ask one check of each."""
    human, holdout = patients()
    rng = np.random.default_rng(1)
    synthetic = {"independent": each_column_alone(human, rng), "copula": gaussian_copula(human, rng)}
    print(gates.check(human=human, synthetic=synthetic, holdout=holdout, label=LABEL))
    for name, frame in synthetic.items():
        verdict = gates.check(human=human, synthetic=frame, holdout=holdout, label=LABEL, only=["associations"])
        print(f"{name}: {verdict['associations_to_match/mean'].message}")


if __name__ == "__main__":
    main()
