"""Own schemas and own suites speak of the files' columns, whatever roles `columns` gives them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import resolve
from gates.config.load import load_config
from gates.errors import SuiteError
from gates.verdict import Outcome, Scope

if TYPE_CHECKING:
    from pathlib import Path

    from gates.verdict import CheckResult

TODAY = date(2026, 1, 1)
RULES = "expect_row_failure_ratio_to_be_less_than"
SCHEMA = """\
import pandera.polars as pa
import polars as pl

Claims = pa.DataFrameSchema(
    {COLUMNS},
    checks=[pa.Check(lambda data: data.lazyframe.select(pl.col("id") == pl.col("id")), name="reads-both")],
    strict=False,
)
"""


def project(root: Path, columns: str, suites: dict[str, list[dict[str, object]]], **more: pl.Series) -> None:
    rows = pl.DataFrame({
        "id": [f"r{number}" for number in range(40)],
        "body": ["a claim about a car"] * 39 + [""],
        "origin": ["human"] * 20 + ["synthetic"] * 20,
        **more,
    })  # fmt: skip
    rows.write_csv(root / "claims.csv")
    (root / "schemas").mkdir()
    (root / "schemas/claims.py").write_text(SCHEMA.replace("COLUMNS", columns))
    folder = root / "expectations/claims"
    folder.mkdir(parents=True)
    for scope, entries in suites.items():
        suite = {"name": "own", "expectations": entries, "meta": {}}
        (folder / f"{scope}.json").write_text(json.dumps(suite))
    (root / "gates.toml").write_text(
        '[datasets.claims]\npath = "claims.csv"\ntype = "text"\ncolumns = { text = "body" }\n'
    )


def judged(root: Path, *only: str) -> dict[str, CheckResult]:
    dataset = load_config(root / "gates.toml").dataset("claims")
    verdict = judge(resolve(dataset, TODAY), Options(only=only)).verdict
    return {str(check.id): check for check in verdict.checks}


@pytest.mark.parametrize("name", ["body", "text"])
def test_own_schema_names_a_column_as_the_file_does_or_by_its_role(name, tmp_path):
    project(
        tmp_path, f'"{name}": pa.Column(pl.String, pa.Check.str_length(min_value=1)), "id": pa.Column(pl.String)', {}
    )

    checks = judged(tmp_path, RULES)

    assert checks[f"human/{RULES}/{name}/present"].outcome is Outcome.PASS
    assert checks[f"human/{RULES}/{name}/length"].outcome is Outcome.PASS
    assert checks[f"synthetic/{RULES}/{name}/length"].observed == 0.05
    assert checks[f"human/{RULES}/row/reads-both"].outcome is Outcome.PASS


def test_own_suite_names_a_column_as_the_file_does_or_by_its_role(tmp_path):
    kind = "expect_column_value_lengths_to_be_between"
    lengths = [{"type": kind, "kwargs": {"column": name, "min_value": 1}} for name in ("body", "text", "id")]
    reason = {"reason": "drafts of claims have no body yet"}
    blank = {"type": RULES, "kwargs": {"rule": "body/not-blank", "max_value": 0.1}, "meta": reason}
    project(tmp_path, '"id": pa.Column(pl.String)', {"combined": lengths, "synthetic": [blank]})

    checks = judged(tmp_path, f"combined/{kind}", f"synthetic/{RULES}/body")

    assert {name: check.outcome for name, check in checks.items()} == {
        f"combined/{kind}/body": Outcome.FAIL,
        f"combined/{kind}/text": Outcome.FAIL,
        f"combined/{kind}/id": Outcome.PASS,
        f"synthetic/{RULES}/body/not-blank": Outcome.PASS,
    }


def test_strict_schema_of_the_files_columns_declares_them_all(tmp_path):
    project(tmp_path, '"body": pa.Column(pl.String), "id": pa.Column(pl.String)', {})
    path = tmp_path / "schemas/claims.py"
    path.write_text(path.read_text().replace("strict=False", "strict=True"))

    checks = judged(tmp_path, RULES)

    assert checks[f"human/{RULES}/row/declared-columns"].outcome is Outcome.PASS


def test_row_rules_of_synthetic_rows_need_no_human_rows(tmp_path):
    project(tmp_path, '"id": pa.Column(pl.String)', {}, origin=pl.Series(["synthetic"] * 40))

    checks = judged(tmp_path, RULES)

    outcomes = {check.outcome for check in checks.values() if check.id.scope is Scope.SYNTHETIC}
    assert outcomes == {Outcome.PASS, Outcome.FAIL}
    assert checks[f"synthetic/{RULES}/text/not-blank"].outcome is Outcome.FAIL
    assert checks[f"human/{RULES}/text/not-blank"].outcome is Outcome.ERROR


@pytest.mark.parametrize("column", [[[]], [["body"]], [{"a": 1}]])
def test_a_column_that_is_no_name_is_refused_with_its_place(tmp_path, column):
    entry = {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": column, "value_set": ["a"]}}
    project(tmp_path, "", {"human": [entry]})

    with pytest.raises(
        SuiteError, match=r"expectations/claims/human\.json:1: expect_column_values_to_be_in_set: column"
    ):
        judged(tmp_path)
