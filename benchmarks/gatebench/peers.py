"""The other tools, each in its documented use: they see human and synthetic rows of a case as two tables.

Runs in an environment of its own, because their dependencies and those of gates need not agree:

    python peers.py FOLDER [TOOL ...]

FOLDER has a folder per case with human.parquet and synthetic.parquet. Prints a line of JSON per case and tool: whether it
refuses the synthetic rows, why, a score (the higher the better), and seconds. Imports nothing of this repository.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

# A column of this many characters in the middle is a text to the tools that tell texts from categories.
TEXT_CHARACTERS = 30
# Roles that only name a row: SDMetrics is told that they are ids, and no user of another tool would limit their values.
IDENTIFYING = ("annotator", "item", "session")


def sdmetrics(human: pd.DataFrame, synthetic: pd.DataFrame) -> dict[str, object]:
    """DiagnosticReport, of which the manual says that it should be 100 %, and QualityReport, which has no limit."""
    from sdmetrics.reports.single_table import DiagnosticReport, QualityReport

    metadata = {"columns": {name: {"sdtype": _sdtype(name, human[name])} for name in human.columns}}
    diagnostic, quality = DiagnosticReport(), QualityReport()
    diagnostic.generate(human, synthetic, metadata, verbose=False)
    quality.generate(human, synthetic, metadata, verbose=False)
    valid, fit = float(diagnostic.get_score()), float(quality.get_score())
    # Of texts alone it makes no score.
    score = None if math.isnan(fit) else fit
    return {"refuses": valid < 1, "score": score, "why": f"diagnostic {valid:.4f}"}


def evidently(human: pd.DataFrame, synthetic: pd.DataFrame) -> dict[str, object]:
    """The presets of drift and of a summary; refused where the dataset drifts. Score: the share of all their tests that pass."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset, DataSummaryPreset

    texts = [name for name in human.columns if _is_text(human[name])]
    dates = [name for name in human.columns if pd.api.types.is_datetime64_any_dtype(human[name])]
    numbers = [name for name in human.columns if pd.api.types.is_numeric_dtype(human[name])]
    words = [name for name in human.columns if name not in (*texts, *dates, *numbers)]
    definition = DataDefinition(
        text_columns=texts, datetime_columns=dates, numerical_columns=numbers, categorical_columns=words
    )
    reference, current = (Dataset.from_pandas(frame, data_definition=definition) for frame in (human, synthetic))
    run = Report([DataDriftPreset(), DataSummaryPreset()], include_tests=True).run(current, reference)
    tests = {str(test["name"]): str(test["status"]).rpartition(".")[2] for test in run.dict()["tests"]}
    failed = [name for name, status in tests.items() if status != "SUCCESS"]
    drifts = any(name.startswith("Share of Drifted Columns") for name in failed)
    return {"refuses": drifts, "score": 1 - len(failed) / len(tests), "why": "; ".join(failed[:3])}


def great_expectations(human: pd.DataFrame, synthetic: pd.DataFrame) -> dict[str, object]:
    """Expectations that a user writes from a look at human rows; GX has had no profiler since 1.0.

    Columns, missing values, types by range or set, means: the kinds in its guide to data quality use cases. Score: the share
    of expectations that hold.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("rows")
    batch = source.add_dataframe_asset("synthetic").add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite(name="human", expectations=list(_expectations(human)))
    result = batch.get_batch({"dataframe": synthetic}).validate(suite)
    failed = [one.expectation_config for one in result.results if not one.success]
    why = "; ".join(f"{one.type} {one.kwargs.get('column', '')}" for one in failed[:3])
    return {"refuses": bool(failed), "score": 1 - len(failed) / len(result.results), "why": why}


def _expectations(human: pd.DataFrame) -> Iterator[object]:
    import great_expectations.expectations as gxe

    yield gxe.ExpectTableColumnsToMatchSet(column_set=list(human.columns), exact_match=True)
    for name in human.columns:
        values = human[name].dropna()
        if len(values) == len(human):
            yield gxe.ExpectColumnValuesToNotBeNull(column=name, mostly=0.99)
        if pd.api.types.is_numeric_dtype(values) and len(values):
            yield gxe.ExpectColumnValuesToBeBetween(
                column=name, min_value=float(values.min()), max_value=float(values.max()), mostly=0.99
            )
            error = 4 * float(values.std() or 0) / len(values) ** 0.5
            mean = float(values.mean())
            yield gxe.ExpectColumnMeanToBeBetween(column=name, min_value=mean - error, max_value=mean + error)
        elif pd.api.types.is_datetime64_any_dtype(values):
            continue
        elif values.nunique() <= 50:
            yield gxe.ExpectColumnValuesToBeInSet(
                column=name, value_set=sorted(values.astype(str).unique()), mostly=0.99
            )
        else:
            lengths = values.astype(str).str.len()
            yield gxe.ExpectColumnValueLengthsToBeBetween(
                column=name, min_value=int(lengths.min()), max_value=int(lengths.max()), mostly=0.99
            )


def pandera(human: pd.DataFrame, synthetic: pd.DataFrame) -> dict[str, object]:
    """`infer_schema` of human rows, validated on synthetic ones. Score: the share of rows without an error."""
    import pandera.pandas as pa

    schema = pa.infer_schema(human)
    try:
        schema.validate(synthetic, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failed = errors.failure_cases
        why = "; ".join(f"{one.column} {one.check}" for one in failed.drop_duplicates("check").head(3).itertuples())
        # An error of a whole column has no row.
        share = 1.0 if failed["index"].isna().any() else failed["index"].nunique() / len(synthetic)
        return {"refuses": True, "score": 1 - share, "why": why}
    return {"refuses": False, "score": 1.0, "why": ""}


TOOLS: dict[str, tuple[str, Callable[[pd.DataFrame, pd.DataFrame], dict[str, object]]]] = {
    "SDMetrics": ("sdmetrics", sdmetrics),
    "Evidently": ("evidently", evidently),
    "Great Expectations": ("great_expectations", great_expectations),
    "pandera": ("pandera", pandera),
}


def _is_text(values: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(values) and bool(values.astype(str).str.len().median() >= TEXT_CHARACTERS)


def _sdtype(name: str, values: pd.Series) -> str:
    if name in IDENTIFYING:
        return "id"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "datetime"
    return "numerical" if pd.api.types.is_numeric_dtype(values) else "unknown" if _is_text(values) else "categorical"


def answers(folder: Path, tools: Collection[str]) -> Iterator[dict[str, object]]:
    """What each of the tools says of every case; a tool that stops with an error has judged nothing, and its error is kept."""
    warnings.simplefilter("ignore")
    for case in sorted(path.parent for path in folder.glob("*/human.parquet")):
        human, synthetic = (pd.read_parquet(case / f"{origin}.parquet") for origin in ("human", "synthetic"))
        for name, (package, tool) in TOOLS.items():
            if name not in tools:
                continue
            if tool is not sdmetrics:
                human, synthetic = (
                    frame.drop(columns=list(IDENTIFYING), errors="ignore") for frame in (human, synthetic)
                )
            started = time.perf_counter()
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    answer = tool(human.copy(), synthetic.copy())
            except Exception as error:  # noqa: BLE001  # whatever a peer raises is its answer
                answer = {"refuses": None, "why": f"{type(error).__name__}: {error}"[:200]}
            seconds = round(time.perf_counter() - started, 2)
            yield {"case": case.name, "tool": name, "version": version(package), "seconds": seconds, **answer}


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - set(TOOLS)
    if unknown:
        raise SystemExit(f"unknown tools: {', '.join(sorted(unknown))}; expected {', '.join(TOOLS)}")
    for line in answers(Path(sys.argv[1]), sys.argv[2:] or TOOLS):
        print(json.dumps(line), flush=True)
