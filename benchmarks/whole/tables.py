"""What SDMetrics has for the questions of a whole gate: `python tables.py FOLDER`. Imports nothing of this repository.

Its two reports; rows that are copies, of 10,000 synthetic ones as its manual advises; whether a classifier tells the origin; and how
well a model of synthetic rows labels held-out human ones. Prints the numbers.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd
from sdmetrics.reports.single_table import DiagnosticReport, QualityReport
from sdmetrics.single_table import LogisticDetection, MulticlassDecisionTreeClassifier, NewRowSynthesis

LABEL = "category_0"
COPIES_LOOKED_FOR = 10_000


def main() -> None:
    """Ask all of it of the tables in the folder."""
    warnings.simplefilter("ignore")
    human, synthetic, holdout = (
        pd.read_parquet(Path(sys.argv[1]) / f"{name}.parquet") for name in ("human", "synthetic", "holdout")
    )
    kinds = {name: "numerical" if name.startswith("number") else "categorical" for name in human.columns}
    metadata = {"columns": {name: {"sdtype": kind} for name, kind in kinds.items()}}
    for report in (DiagnosticReport(), QualityReport()):
        report.generate(human, synthetic, metadata, verbose=False)
        print(type(report).__name__, report.get_score())
    print("new rows", NewRowSynthesis.compute(human, synthetic, metadata, synthetic_sample_size=COPIES_LOOKED_FOR))
    print("detection", LogisticDetection.compute(human, synthetic, metadata))
    efficacy = MulticlassDecisionTreeClassifier.compute(
        test_data=holdout, train_data=synthetic, target=LABEL, metadata=metadata
    )
    print("efficacy", efficacy)


if __name__ == "__main__":
    main()
