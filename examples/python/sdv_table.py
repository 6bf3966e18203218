"""A table and SDV's Gaussian copula of it, judged against rows that the synthesizer never saw.

The human rows are 1,797 handwritten digits (E. Alpaydin and C. Kaynak, 1998), as scikit-learn ships them: the digit, and how much
ink each eighth of the picture has from top to bottom. SDV has a licence of its own, the Business Source License 1.1, so that
nothing of gates depends on it: `pip install sdv` brings it into the environment in which gates is. Written for SDV 2.0, which
takes and gives tables by their names.
"""

from __future__ import annotations

import pandas as pd
from sdv.metadata import Metadata
from sdv.single_table import GaussianCopulaSynthesizer
from sklearn.datasets import load_digits

import gates

NAME, LABEL = "digits", "digit"


def digits() -> tuple[pd.DataFrame, pd.DataFrame]:
    """900 rows to learn from, and the other 897, which no synthesizer sees."""
    loaded = load_digits()
    frame = pd.DataFrame(loaded.images.sum(axis=2), columns=[f"ink_{number}" for number in range(1, 9)])
    frame[LABEL] = loaded.target.astype(str)
    frame = frame.sample(frac=1, random_state=1, ignore_index=True)
    return frame[:900], frame[900:].reset_index(drop=True)


def main() -> None:
    """Fit, sample, judge; then what the rows would teach a model."""
    human, holdout = digits()
    tables = {NAME: human}
    synthesizer = GaussianCopulaSynthesizer(Metadata.detect_from_dataframes(tables))
    synthesizer.fit(tables)
    sample = synthesizer.sample(num_rows=len(human))[NAME]

    verdict = gates.check(human=human, synthetic={"gaussian_copula": sample}, holdout=holdout, label=LABEL)
    print(verdict)
    print(verdict["utility_to_be_between/synthetic"].message)
    print(verdict["copy_human/exact"].message)


if __name__ == "__main__":
    main()
