"""Our own expectations as Great Expectations classes: arguments, judgements, round trip, and how a run returns them."""

from __future__ import annotations

import json
import warnings

import duckdb
import numpy as np
import pandas as pd
import pytest

from gates.contract.suites.suite import SuiteEntry, measurement_key, params_of
from gates.data.duckdb.views import DuckView
from gates.errors import GatesError, SuiteError
from gates.metrics.base.measurement import Baseline, Estimate, Failed, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Side
from gates.verdict import CheckId, CheckResult, Outcome, Scope, Severity


def never(*_: object) -> Measurement:
    raise AssertionError("a run must not measure by itself")


def metric(name: str, side: Side, params: tuple[tuple[str, object], ...] = (), **more: object) -> Metric:
    return Metric(name, never, side, "Does it?", "It should.", "nobody", "fix it", params, **more)


GAP = metric("expect_test_gap_to_be_less_than", Side.MAX, (("kind", "exact"), ("ratio", 0.5), ("only", None)))
SHARE = metric("expect_test_share_to_be_between", Side.BETWEEN, undecided=Severity.WARNING)
FIELDS = metric("expect_test_fields_to_be_complete", Side.MIN, (("fields", ("a", "b")), ("deep", False), ("top", 3)))
METRICS = {item.expectation: item for item in (GAP, SHARE, FIELDS)}


def entry(
    item: Metric, severity: str = "critical", detail: str = "", scope: Scope = Scope.HUMAN, **kwargs: object
) -> SuiteEntry:
    check_id = CheckId(scope, item.expectation, detail)
    return SuiteEntry(check_id, item.expectation, kwargs, Severity(severity), {}, "human.json", 3)


def key(suite_entry: SuiteEntry) -> str:
    return measurement_key(suite_entry.type, params_of(METRICS[suite_entry.type], suite_entry.kwargs))


@pytest.fixture(scope="module")
def suites():
    with warnings.catch_warnings():
        # Great Expectations imports `sre_constants`, which Python deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        from gates import gx as suites
    suites.register(METRICS.values())
    return suites


@pytest.fixture(scope="module")
def connection():
    native = duckdb.connect()
    native.execute("CREATE TEMP VIEW human AS SELECT i AS n FROM range(10) r(i)")
    native.execute("CREATE VIEW synthetic AS SELECT i AS n FROM range(20) r(i)")
    native.execute("CREATE VIEW nobody AS SELECT 1 AS n WHERE false")
    return native


@pytest.fixture(scope="module")
def run(suites, connection):
    def run_all(*pairs: tuple[SuiteEntry, Measurement | None], view: str = "human") -> list[CheckResult]:
        entries = [suite_entry for suite_entry, _ in pairs]
        suites.validate(entries)
        made = {key(suite_entry): measured for suite_entry, measured in pairs if measured is not None}
        return suites.run({Scope.HUMAN: DuckView(connection, view)}, {Scope.HUMAN: entries}, {Scope.HUMAN: made})

    return run_all


def test_a_result_carries_everything_the_measurement_said(run):
    suite_entry = entry(GAP, max_value=0.05, warn_value=0.01)
    measured = Measured(Estimate(0.2, 0.1, 0.3), RowCounts(10, 20), baseline=Baseline(0.01, p95=0.02), note="worst is age", evidence={"columns": ["age", np.str_("sex")], "share": np.float64(0.25), "rows": np.array([1, 2]), "bad": float("nan")})  # fmt: skip

    assert run((suite_entry, measured)) == [
        CheckResult(
            suite_entry.check_id, Severity.CRITICAL, Outcome.FAIL,
            "expect_test_gap_to_be_less_than is not met: worst is age; measured 0.2, at most 0.05 allowed.",
            observed=0.2, low=0.1, high=0.3, baseline=0.01, baseline_p95=0.02, max_value=0.05, warn_value=0.01,
            n_human=10, n_synthetic=20, evidence={"columns": ["age", "sex"], "share": 0.25, "rows": [1, 2], "bad": None},
            fix="fix it.",
        )
    ]  # fmt: skip


def test_each_outcome_comes_back_as_it_was_judged(run):
    wide = Measured(Estimate(0.04, 0.0, 0.08), RowCounts(10, 10))
    cases = [
        (entry(GAP, detail="pass", max_value=0.5, kind="a"), Measured(Estimate.exact(0.1))),
        (entry(GAP, detail="warn", max_value=0.5, warn_value=0.05, kind="b"), Measured(Estimate.exact(0.1))),
        (entry(GAP, detail="unclear", max_value=0.05, kind="c"), wide),
        (entry(SHARE, detail="undecided", min_value=0.05), wide),
        (entry(GAP, detail="not asked", max_value=0.5, kind="d"), NotConfigured("add holdout = …")),
        (entry(GAP, detail="failed", max_value=0.5, kind="e"), Failed("no columns")),
        (entry(GAP, detail="nan", max_value=0.5, kind="f"), Measured(Estimate.exact(float("nan")))),
        (entry(GAP, detail="forgotten", max_value=0.5, kind="g"), None),
    ]

    results = {
        result.id.detail: (result.outcome.value, result.severity.value, result.message) for result in run(*cases)
    }

    assert results == {
        "pass": ("pass", "critical", "0.1, limit 0.5"),
        "warn": ("fail", "warning", results["warn"][2]),
        "unclear": ("inconclusive", "critical", results["unclear"][2]),
        "undecided": ("inconclusive", "warning", results["undecided"][2]),
        "not asked": ("not_asked", "critical", "add holdout = …"),
        "failed": ("error", "critical", "no columns"),
        "nan": (
            "error",
            "critical",
            "not computable on these rows: no value, or NaN (two rows or groups of each origin at least can be compared)",
        ),
        "forgotten": ("error", "critical", "was not measured before the suite ran; this is a fault in gates"),
    }
    assert "Undecided whether" in results["unclear"][2]
    assert "the estimate lies on the limit" in results["unclear"][2]
    assert "at most 0.05 expected, at most 0.5 allowed" in results["warn"][2]


def test_every_scope_reads_its_own_measurements_and_results_keep_the_order_of_the_entries(suites, connection):
    def number(value: float) -> Measurement:
        return Measured(Estimate.exact(value))

    human = [entry(GAP, detail=kind, max_value=0.5, kind=kind) for kind in "zyxabc"]
    synthetic = [entry(GAP, detail=kind, scope=Scope.SYNTHETIC, max_value=0.5, kind=kind) for kind in "cz"]
    rows = SuiteEntry(
        CheckId(Scope.HUMAN, "expect_table_row_count_to_equal"), "expect_table_row_count_to_equal", {"value": 10}
    )
    entries = {Scope.HUMAN: [human[0], rows, *human[1:]], Scope.SYNTHETIC: synthetic}

    results = suites.run(
        {scope: DuckView(connection, scope.value) for scope in (Scope.HUMAN, Scope.SYNTHETIC)},
        entries,
        {
            Scope.HUMAN: {key(suite_entry): number(0.1) for suite_entry in human},
            Scope.SYNTHETIC: {key(suite_entry): number(0.9) for suite_entry in synthetic},
        },
    )

    assert [result.id for result in results] == [
        suite_entry.check_id for scope in entries.values() for suite_entry in scope
    ]
    assert [result.outcome for result in results] == [Outcome.PASS] * 7 + [Outcome.FAIL] * 2


def test_two_expectations_with_other_limits_share_one_measurement(run):
    tight, loose = entry(GAP, detail="tight", max_value=0.1), entry(GAP, detail="loose", max_value=0.5)
    measured = Measured(Estimate.exact(0.2))

    assert [result.outcome for result in run((tight, measured), (loose, measured))] == [Outcome.FAIL, Outcome.PASS]


def test_on_an_empty_scope_our_expectations_say_themselves_what_is_missing(run):
    suite_entry = entry(GAP, max_value=0.1)

    [result] = run((suite_entry, Failed("no human rows")), view="nobody")

    assert (result.outcome, result.message) == (Outcome.ERROR, "no human rows")


@pytest.mark.parametrize(
    ("item", "kwargs", "message"),
    [
        (GAP, {"max_value": 0.1, "kimd": "x"}, "no argument 'kimd' (did you mean 'kind'?)"),
        (GAP, {"min_value": 0.1}, "no argument 'min_value' (did you mean 'max_value'?)"),
        (GAP, {"max_value": "0.1"}, "max_value is '0.1': expected a finite number"),
        (GAP, {"max_value": 0.1, "ratio": "half"}, "ratio is 'half': expected a finite number"),
        (GAP, {}, "no max_value: an expectation without a limit can never fail"),
        (GAP, {"max_value": 0.1, "row_condition": 'col("n") > 3'}, "row_condition is not possible here"),
        (FIELDS, {"min_value": 1, "fields": "a"}, "fields is 'a': expected a list of words"),
        (FIELDS, {"min_value": 1, "deep": 1}, "deep is 1: expected true or false"),
        (FIELDS, {"min_value": 1, "top": True}, "top is True: expected a whole number"),
    ],
)
def test_wrong_arguments_are_refused_by_the_suite_and_by_the_class(suites, item, kwargs, message):
    with pytest.raises(SuiteError) as of_suite:
        suites.validate([entry(item, **kwargs)])
    with pytest.raises(ValueError) as of_class:
        suites.expectation_class(item)(**kwargs)

    assert str(of_suite.value).startswith(f"human.json:3: {item.expectation}: ")
    assert message in str(of_suite.value)
    assert message in str(of_class.value)


def test_a_suite_round_trips_through_great_expectations_own_json(suites):
    import great_expectations as gx

    written = {
        "name": "test",
        "expectations": [
            {
                "type": FIELDS.expectation,
                "kwargs": {"min_value": 0.5, "warn_value": 0.9, "fields": ["c"]},
                "meta": {"reason": "why"},
                "severity": "warning",
            }
        ],
    }

    suite = gx.ExpectationSuite(**json.loads(json.dumps(written)))
    read_back = json.loads(json.dumps(suite.to_json_dict()))["expectations"][0]

    assert {name: read_back[name] for name in ("type", "kwargs", "meta", "severity")} == written["expectations"][0]
    assert type(suite.expectations[0]) is suites.expectation_class(FIELDS)


def test_a_class_is_made_once_and_a_name_only_given_once(suites):
    assert suites.expectation_class(GAP) is suites.expectation_class(GAP)
    with pytest.raises(GatesError, match="two expectations are called 'expect_test_gap_to_be_less_than'"):
        suites.expectation_class(metric(GAP.expectation, Side.MIN))
    with pytest.raises(GatesError, match="two expectations are called 'expect_column_to_exist'"):
        suites.expectation_class(metric("expect_column_to_exist", Side.MAX))
    with pytest.raises(GatesError, match="does not survive as a class name"):
        suites.expectation_class(metric("expect__this", Side.MAX))


def test_on_pandas_our_expectations_say_where_they_work_and_do_not_pass(suites):
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("frames")
    batch = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all").get_batch(
        {"dataframe": pd.DataFrame({"n": [1]})}
    )  # fmt: skip

    result = batch.validate(suites.expectation_class(GAP)(max_value=0.5))

    assert result.success is False
    assert result.result["details"]["outcome"] == "error"
    assert result.result["details"]["message"] == (
        "cannot be measured on PandasExecutionEngine: open the data with context.data_sources.add_gates_duckdb(…)"
    )


@pytest.mark.parametrize("where", ["memory", "file"])
def test_the_data_source_opens_a_database_once_and_keeps_what_was_written_into_it(suites, tmp_path, where):
    import great_expectations as gx

    path = tmp_path / "rows.duckdb"
    if where == "file":
        with duckdb.connect(str(path)) as native:
            native.execute("CREATE TABLE rows AS SELECT 1 AS n")
    context = gx.get_context(mode="ephemeral")
    url = f"duckdb:///{path}" if where == "file" else "duckdb:///:memory:"
    source = context.data_sources.add_gates_duckdb(name="rows", connection_string=url, origin="who")
    native = source.get_execution_engine().native_connection()
    if where == "memory":
        native.execute("CREATE TABLE rows AS SELECT 1 AS n")
    batch = source.add_table_asset("rows").add_batch_definition_whole_table("all").get_batch()

    result = batch.validate(gx.expectations.ExpectTableRowCountToEqual(value=1))

    assert result.success is True
    assert source.get_execution_engine().origin == "who"
    assert source.get_execution_engine() is source.get_execution_engine()
