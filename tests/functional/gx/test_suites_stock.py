"""Great Expectations' own expectations on our DuckDB engine: right on good data, right on bad data, never a silent pass."""

from __future__ import annotations

import tempfile
import warnings

import duckdb
import pytest

from gates.contract.suites.names import SUPPORTED, UNSUPPORTED
from gates.contract.suites.suite import SuiteEntry
from gates.data.duckdb.views import DuckView
from gates.errors import SuiteError
from gates.verdict import CheckId, CheckResult, Outcome, Scope, Severity

# i: 0-99. Every expectation is tried on data that it must pass and on data that it must fail.
ROWS = """
SELECT i AS n, i % 3 AS k, 'a' || i AS s, CASE WHEN i % 4 = 0 THEN NULL ELSE i END AS gaps, i + 1 AS next, 1 AS one,
  'x''%:\\' || i AS odd, '{"a": 1}' AS document, [i] AS many, i AS "a b", i AS "select", NULL::VARCHAR AS void,
  NULL::DOUBLE AS nothing, 'c' AS letter, DATE '2024-01-01' + i::INTEGER AS day, 'a'::ENUM('a', 'b') AS word,
  CASE WHEN i = 7 THEN 'NaN'::DOUBLE ELSE i END AS broken, i::DOUBLE AS real
FROM range(100) r(i)
"""
COLUMNS = "n k s gaps next one odd document many|a b|select|void nothing letter day word broken real"
NAMES = [name for part in COLUMNS.split("|") for name in ([part] if part == "a b" else part.split())]
HALVES = {"values": [0, 1, 2], "weights": [0.34, 0.33, 0.33]}
SKEWED = {"values": [0, 1, 2], "weights": [0.98, 0.01, 0.01]}

CASES = [
    ("expect_column_distinct_values_to_be_in_set", {"column": "k", "value_set": [0, 1, 2]}, {"column": "k", "value_set": [0, 1]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "k", "value_set": [0, 1]}, {"column": "k", "value_set": [0, 7]}),
    ("expect_column_distinct_values_to_equal_set", {"column": "k", "value_set": [0, 1, 2]}, {"column": "k", "value_set": [0, 1]}),
    ("expect_column_kl_divergence_to_be_less_than", {"column": "k", "threshold": 0.1, "partition_object": HALVES}, {"column": "k", "threshold": 0.1, "partition_object": SKEWED}),
    ("expect_column_max_to_be_between", {"column": "n", "max_value": 99}, {"column": "n", "max_value": 98}),
    ("expect_column_min_to_be_between", {"column": "n", "min_value": 0}, {"column": "n", "min_value": 1}),
    ("expect_column_mean_to_be_between", {"column": "n", "min_value": 49.5, "max_value": 49.5}, {"column": "n", "max_value": 49}),
    ("expect_column_median_to_be_between", {"column": "n", "min_value": 49.5, "max_value": 49.5}, {"column": "n", "max_value": 49}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "k", "value_set": [0]}, {"column": "k", "value_set": [1]}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "next", "column_B": "n"}, {"column_A": "next", "column_B": "gaps"}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "select"}, {"column_A": "n", "column_B": "gaps"}),
    ("expect_column_pair_values_to_be_in_set", {"column_A": "k", "column_B": "letter", "value_pairs_set": [[0, "c"], [1, "c"], [2, "c"]]}, {"column_A": "k", "column_B": "void", "value_pairs_set": [[0, "c"], [1, "c"], [2, "c"]]}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "gaps", "min_value": 0.75, "max_value": 0.75}, {"column": "gaps", "min_value": 0.8}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "k", "max_value": 0.03}, {"column": "k", "min_value": 0.5}),
    ("expect_column_quantile_values_to_be_between", {"column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[49, 50]]}}, {"column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 10]]}}),
    ("expect_column_stdev_to_be_between", {"column": "n", "min_value": 29, "max_value": 29.1}, {"column": "n", "max_value": 28}),
    ("expect_column_sum_to_be_between", {"column": "n", "min_value": 4950, "max_value": 4950}, {"column": "n", "max_value": 10}),
    ("expect_column_to_exist", {"column": "a b"}, {"column": "nope"}),
    ("expect_column_type_to_be", {"column": "many", "type_": "LIST"}, {"column": "n", "type_": "VARCHAR"}),
    ("expect_column_unique_value_count_to_be_between", {"column": "k", "min_value": 3, "max_value": 3}, {"column": "k", "min_value": 4}),
    ("expect_column_value_lengths_to_be_between", {"column": "s", "min_value": 2, "max_value": 3}, {"column": "s", "max_value": 2}),
    ("expect_column_value_lengths_to_equal", {"column": "letter", "value": 1}, {"column": "s", "value": 2}),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 0, "max_value": 99}, {"column": "broken", "min_value": 0}),
    ("expect_column_values_to_be_in_set", {"column": "k", "value_set": [0, 1, 2]}, {"column": "k", "value_set": [0, 1]}),
    ("expect_column_values_to_be_in_type_list", {"column": "n", "type_list": ["BIGINT", "VARCHAR"]}, {"column": "n", "type_list": ["VARCHAR"]}),
    ("expect_column_values_to_be_json_parseable", {"column": "document"}, {"column": "s"}),
    ("expect_column_values_to_be_null", {"column": "void"}, {"column": "gaps"}),
    ("expect_column_values_to_be_of_type", {"column": "s", "type_": "TEXT"}, {"column": "n", "type_": "VARCHAR"}),
    ("expect_column_values_to_be_unique", {"column": "n"}, {"column": "k"}),
    ("expect_column_values_to_match_like_pattern", {"column": "s", "like_pattern": "a%"}, {"column": "s", "like_pattern": "a_"}),
    ("expect_column_values_to_match_like_pattern_list", {"column": "s", "like_pattern_list": ["a_", "a__"]}, {"column": "s", "like_pattern_list": ["a_", "a%"], "match_on": "all"}),
    ("expect_column_values_to_match_regex", {"column": "odd", "regex": "^x'%:\\\\\\d+$"}, {"column": "s", "regex": "^a\\d$"}),
    ("expect_column_values_to_match_regex_list", {"column": "s", "regex_list": ["^a", "z"]}, {"column": "s", "regex_list": ["^a", "z"], "match_on": "all"}),
    ("expect_column_values_to_not_be_in_set", {"column": "k", "value_set": [7]}, {"column": "k", "value_set": [0]}),
    ("expect_column_values_to_not_be_null", {"column": "n"}, {"column": "gaps"}),
    ("expect_column_values_to_not_match_like_pattern", {"column": "s", "like_pattern": "b%"}, {"column": "s", "like_pattern": "a_"}),
    ("expect_column_values_to_not_match_like_pattern_list", {"column": "s", "like_pattern_list": ["b%"]}, {"column": "s", "like_pattern_list": ["b%", "a_"]}),
    ("expect_column_values_to_not_match_regex", {"column": "s", "regex": "^b"}, {"column": "s", "regex": "^a\\d$"}),
    ("expect_column_values_to_not_match_regex_list", {"column": "s", "regex_list": ["^b"]}, {"column": "s", "regex_list": ["^b", "^a\\d$"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "k"]}, {"column_list": ["k", "one"]}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["one", "one"], "sum_total": 2}, {"column_list": ["one", "gaps"], "sum_total": 2}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["n", "select"]}, {"column_list": ["n", "next"]}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "next"]}, {"column_list": ["n", "select"]}),
    ("expect_table_column_count_to_be_between", {"min_value": 3}, {"min_value": 300}),
    ("expect_table_column_count_to_equal", {"value": len(NAMES)}, {"value": 3}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": NAMES}, {"column_list": NAMES[::-1]}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "a b"], "exact_match": False}, {"column_set": ["n", "k"]}),
    ("expect_table_row_count_to_be_between", {"min_value": 100}, {"min_value": 101}),
    ("expect_table_row_count_to_equal", {"value": 100}, {"value": 101}),
    ("expect_table_row_count_to_equal_other_table", {"other_table_name": "twin"}, {"other_table_name": "synthetic"}),
]  # fmt: skip


def entry(kind: str, number: int, severity: str = "critical", **kwargs: object) -> SuiteEntry:
    return SuiteEntry(
        CheckId(Scope.HUMAN, kind, str(number)), kind, kwargs, Severity(severity), {}, "human.json", number
    )


@pytest.fixture(scope="module")
def connection():
    native = duckdb.connect()
    native.execute(f"CREATE TEMP VIEW human AS {ROWS}")
    native.execute("CREATE VIEW twin AS SELECT * FROM range(100)")
    native.execute("CREATE VIEW synthetic AS SELECT 1 AS n WHERE false")
    return native


@pytest.fixture(scope="module")
def gx():
    with warnings.catch_warnings():
        # Great Expectations imports `sre_constants`, which Python deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        from gates import gx
    return gx


@pytest.fixture(scope="module")
def ask(gx, connection):
    def ask_all(*entries: SuiteEntry, scope: Scope = Scope.HUMAN, view: str | None = None) -> list[CheckResult]:
        gx.validate(entries)
        return gx.run({scope: DuckView(connection, view or scope.value)}, {scope: entries}, {})

    return ask_all


def test_the_lists_of_names_are_those_of_the_installed_great_expectations(gx):
    from great_expectations.expectations import core
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    stock = {name for name in list_registered_expectation_implementations() if name in SUPPORTED | set(UNSUPPORTED)}
    shipped = {
        kind.expectation_type
        for kind in vars(core).values()
        if isinstance(kind, type) and getattr(kind, "expectation_type", "")
    }

    assert stock == shipped == SUPPORTED | set(UNSUPPORTED)


def test_every_supported_expectation_passes_good_data_and_fails_bad_data(ask):
    good = [entry(kind, number, **passing) for number, (kind, passing, _) in enumerate(CASES)]
    bad = [entry(kind, 1000 + number, **failing) for number, (kind, _, failing) in enumerate(CASES)]

    results = ask(*good, *bad)

    assert {kind for kind, _, _ in CASES} == SUPPORTED
    assert [result.id for result in results] == [item.check_id for item in (*good, *bad)]
    wrong = [
        (str(result.id), result.outcome.value, result.message)
        for result, expected in zip(results, [Outcome.PASS] * len(good) + [Outcome.FAIL] * len(bad), strict=True)
        if result.outcome is not expected
    ]
    assert wrong == []


def test_a_row_by_row_result_observes_the_unexpected_share_and_no_values(ask):
    [result] = ask(entry("expect_column_values_to_match_regex", 1, column="s", regex="^a\\d$", mostly=0.95))

    assert result == CheckResult(
        result.id, Severity.CRITICAL, Outcome.FAIL,
        "The column 's' does not meet the expectation 'values to match regex': "
        "90 of 100 values (90.0 %) are unexpected; at most 5 % may.",
        observed=0.9, max_value=0.05, fix=result.fix,
    )  # fmt: skip
    assert "human suite" in result.fix


def test_an_aggregate_result_observes_the_number_against_its_limits(ask):
    [result] = ask(entry("expect_column_mean_to_be_between", 1, "warning", column="n", max_value=49))

    assert result == CheckResult(
        result.id, Severity.WARNING, Outcome.FAIL,
        "The column 'n' does not meet the expectation 'mean to be between': 49.5, limit 49.",
        observed=49.5, max_value=49, fix=result.fix,
    )  # fmt: skip


def test_a_row_condition_narrows_the_rows(ask):
    condition = {"type": "comparison", "column": {"name": "n"}, "operator": "<", "parameter": 10}
    kind = "expect_column_values_to_be_between"

    results = ask(
        entry(kind, 1, column="n", max_value=9, row_condition=condition),
        entry(kind, 2, column="n", max_value=8, row_condition=condition),
        entry(kind, 3, column="n", max_value=8, row_condition=condition | {"parameter": 0}),
        entry("expect_column_max_to_be_between", 4, column="n", max_value=9, row_condition=condition),
        entry("expect_column_max_to_be_between", 5, column="n", max_value=8, row_condition=condition),
    )

    outcomes = [result.outcome for result in results]
    assert outcomes == [Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.FAIL]


def test_a_column_of_nulls_is_no_evidence(ask):
    results = ask(
        entry("expect_column_values_to_be_in_set", 1, column="void", value_set=["a"]),
        entry("expect_column_distinct_values_to_be_in_set", 2, column="void", value_set=["a"]),
        entry("expect_column_unique_value_count_to_be_between", 3, column="void", max_value=3),
        entry("expect_column_proportion_of_unique_values_to_be_between", 4, column="void", max_value=0.5),
        entry("expect_column_mean_to_be_between", 5, column="nothing", min_value=0),
    )

    nothing = "every value is null: there is nothing to judge"
    assert [(result.outcome, result.message) for result in results] == [
        (Outcome.INCONCLUSIVE, nothing),
        (Outcome.INCONCLUSIVE, nothing),
        (Outcome.INCONCLUSIVE, nothing),
        (Outcome.INCONCLUSIVE, nothing),
        (Outcome.ERROR, "not computable on these rows (NaN or no value)"),
    ]


def test_nan_is_an_error_or_unexpected_and_never_a_pass(ask):
    results = ask(
        entry("expect_column_mean_to_be_between", 1, column="broken", min_value=0),
        entry("expect_column_sum_to_be_between", 2, column="broken", min_value=0),
        entry("expect_column_stdev_to_be_between", 3, column="broken", min_value=0),
        entry("expect_column_max_to_be_between", 4, column="broken", min_value=0),
        entry("expect_column_values_to_be_between", 5, column="broken", min_value=0),
        entry("expect_column_values_to_be_between", 6, column="real", min_value=0),
    )

    assert [result.outcome for result in results] == [Outcome.ERROR] * 4 + [Outcome.FAIL, Outcome.PASS]


def test_what_raises_is_an_error_with_its_message_and_the_others_still_answer(ask):
    results = ask(
        entry("expect_column_values_to_match_regex", 1, column="s", regex="(?=a)"),
        entry("expect_column_mean_to_be_between", 2, column="nope", min_value=0),
        entry("expect_table_row_count_to_be_between", 3, min_value=1),
        entry("expect_column_values_to_be_in_set", 4, column="n", value_set=["secret"]),
        entry("expect_column_values_to_be_between", 5, column="s", min_value=0),
        entry(
            "expect_column_quantile_values_to_be_between",
            6,
            column="s",
            quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 1]]},
        ),
    )

    assert [(result.outcome, result.message) for result in results] == [
        (Outcome.ERROR, "(_duckdb.InvalidInputException) Invalid Input Error: invalid perl operator: (?="),
        (Outcome.ERROR, 'Error: The column "nope" in BatchData does not exist.'),
        (Outcome.PASS, "100, at least 1"),
        (Outcome.ERROR, "(_duckdb.ConversionException) Conversion Error: Could not convert string '…' to INT64"),
        (Outcome.ERROR, "column 's' holds VARCHAR: expected numbers or dates"),
        (Outcome.ERROR, "could not convert string to float: '…'"),
    ]


def test_one_expectation_that_breaks_great_expectations_does_not_take_the_others_with_it(ask):
    results = ask(
        entry("expect_column_kl_divergence_to_be_less_than", 1, column="k", threshold=0.1, partition_object={"no": 1}),
        entry("expect_table_row_count_to_equal", 2, value=100),
    )

    assert [(result.outcome, result.message) for result in results] == [
        (Outcome.ERROR, "Invalid partition_object provided"),
        (Outcome.PASS, "100, limits 100 to 100"),
    ]


def test_an_empty_scope_fails_the_row_count_and_passes_nothing(ask):
    number = iter(range(1000))
    entries = [
        entry(kind, next(number), **passing) for kind, passing, _ in CASES if kind != "expect_table_row_count_to_equal"
    ]
    row_count = entry("expect_table_row_count_to_be_between", 2000, min_value=0)

    results = ask(*entries, row_count, view="synthetic")

    by_type = {result.id.type: result for result in results}
    assert by_type.pop("expect_table_row_count_to_be_between").outcome is Outcome.FAIL
    assert {(result.outcome, result.message) for result in by_type.values()} == {
        (Outcome.ERROR, "no rows in the human scope: there is nothing to judge")
    }


def test_nothing_is_printed_and_no_file_is_written(ask, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ask(*(entry(kind, number, **failing) for number, (kind, _, failing) in enumerate(CASES)))

    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_connection_stays_open_and_unchanged(ask, connection):
    def catalogue():
        return connection.execute(
            "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
        ).fetchall()

    before = catalogue()
    ask(entry("expect_table_row_count_to_be_between", 1, min_value=1))

    assert catalogue() == before


@pytest.mark.parametrize(
    ("kind", "kwargs", "message"),
    [
        ("expect_column_to_exits", {"column": "a"}, r"human.json:9: unknown expectation .*did you mean 'expect_column_to_exist'"),
        ("expect_column_to_exist", {"colum": "a"}, r"human.json:9: expect_column_to_exist: column: field required"),
        ("expect_column_to_exist", {"column": "a", "x": 1}, r"human.json:9: expect_column_to_exist: x: extra fields not permitted"),
        ("expect_column_values_to_be_unique", {"column": "a", "mostly": 2}, r"human.json:9: expect_column_values_to_be_unique: mostly: "),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1"}, r"it runs free SQL"),
    ],
)  # fmt: skip
def test_validate_refuses_what_great_expectations_would_answer_with_a_bare_error(gx, kind, kwargs, message):
    with pytest.raises(SuiteError, match=message):
        gx.validate([entry(kind, 9, **kwargs)])
