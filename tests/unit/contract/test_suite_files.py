from __future__ import annotations

import json
import subprocess
import sys
import uuid

import pytest

from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import Suite, SuiteEntry, expectation_id, measurement_key, params_of
from gates.errors import SuiteError
from gates.metrics.base.measurement import Failed
from gates.metrics.base.metric import Metric, Side
from gates.verdict import CheckId, Scope, Severity


def metric(expectation: str, side: Side = Side.MAX, **params: object) -> Metric:
    detail = tuple(name for name in ("kind", "column", "rule") if name in params)
    return Metric(expectation, lambda *_: Failed(), side, "asks", "why", "source", "fix", tuple(params.items()), detail)


METRICS = {
    item.expectation: item
    for item in (
        metric("expect_duplicate_ratio_to_be_less_than", kind="exact", similarity=0.8),
        metric("expect_human_ratio_to_be_between", Side.BETWEEN),
        metric("expect_lineage_to_be_complete", Side.MIN, fields=("generator", "licence"), column=None),
    )
}


def write(tmp_path, text, name="human.json"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def suite_of(*expectations):
    return json.dumps({"name": "test", "expectations": expectations}, indent=1)


def error_of(tmp_path, text, name="human.json"):
    with pytest.raises(SuiteError) as caught:
        read_suite(write(tmp_path, text, name), METRICS, shown=f"suites/{name}")
    return str(caught.value)


def test_a_suite_file_is_read_with_ids_severities_defaults_and_lines(tmp_path):
    text = """{
  "name": "chat human",
  "expectations": [
    {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}},
    {
      "type": "expect_duplicate_ratio_to_be_less_than",
      "kwargs": {"max_value": 0.05, "warn_value": 0.01, "kind": "near"},
      "meta": {"reason": "boilerplate repeats"},
      "severity": "warning"
    }
  ]
}"""
    suite = read_suite(write(tmp_path, text), METRICS, shown="suites/human.json")

    rows = CheckId(Scope.HUMAN, "expect_table_row_count_to_be_between")
    near = CheckId(Scope.HUMAN, "expect_duplicate_ratio_to_be_less_than", "near")
    assert suite == Suite(
        "chat human",
        "suites/human.json",
        Scope.HUMAN,
        (
            SuiteEntry(rows, rows.type, {"min_value": 1}, Severity.CRITICAL, {}, "suites/human.json", 4),
            SuiteEntry(
                near,
                near.type,
                {"max_value": 0.05, "warn_value": 0.01, "kind": "near", "similarity": 0.8},
                Severity.WARNING,
                {"reason": "boilerplate repeats"},
                "suites/human.json",
                5,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        ({"type": "expect_column_to_exist", "kwargs": {"column": "age"}}, "age"),
        ({"type": "expect_column_to_exist", "kwargs": {"column": "age"}, "meta": {"rule": "age"}}, "age"),
        ({"type": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": ["a", "b"]}}, "a,b"),
        ({"type": "expect_column_pair_values_to_be_equal", "kwargs": {"column_A": "a", "column_B": "b"}}, "a,b"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 1}}, "exact"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 1, "kind": "exact"}}, "exact"),
        ({"type": "expect_lineage_to_be_complete", "kwargs": {"min_value": 1}}, ""),
        ({"type": "expect_lineage_to_be_complete", "kwargs": {"min_value": 1, "column": "x"}}, "x"),
        (
            {"type": "expect_table_columns_to_match_set", "kwargs": {"column_set": ["a"]}, "meta": {"rule": "all"}},
            "all",
        ),
    ],
)
def test_the_detail_of_a_check_id_is_its_rule_its_columns_or_its_telling_parameters(tmp_path, entry, detail):
    suite = read_suite(write(tmp_path, suite_of(entry)), METRICS)

    assert [item.check_id for item in suite.expectations] == [CheckId(Scope.HUMAN, entry["type"], detail)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"name": "x",\n "expectations": [}', "suites/human.json:2: not JSON: Expecting value (column 19)"),
        ('{"name": "x"\n "expectations": []}', "suites/human.json:2: not JSON: expected ',', found '\"'"),
        ('{"name": "x", "expectations": []', "suites/human.json:1: not JSON: expected ',', found the end"),
        ('{"name": "x", "expectations": []} x', "expected the end of the file after the closing brace"),
        ('{"name": "x", "name": "y"}', "the key 'name' is there twice"),
        ("[]", "suites/human.json:1: expected an object at the top"),
        ("", "suites/human.json:1: expected an object at the top"),
        (b'{"name":\n "\xff"}', "suites/human.json:2: not UTF-8 text (invalid start byte)"),
        ('{"expectations": []}', 'no "name"'),
        ('{"name": "x"}', 'no "expectations"'),
        ('{"name": "x",\n"expectations": {}}', 'suites/human.json:2: no "expectations"'),
        ('{"name": "x", "expectation": []}', "unknown key 'expectation' (did you mean 'expectations'?)"),
        ('{"name": "x", "expectations": [\n3]}', "suites/human.json:2: expected an object"),
    ],
)
def test_a_file_that_is_no_suite_is_refused_in_one_sentence_with_its_line(tmp_path, text, message):
    error = error_of(tmp_path, text)

    assert message in error
    assert error.startswith("suites/human.json:")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"kwargs": {}}, 'no "type"'),
        ({"type": "expect_column_to_exits", "kwargs": {}}, "unknown expectation 'expect_column_to_exits' (did you mean 'expect_column_to_exist'?)"),
        ({"type": "expect_human_ratio_to_be_betwen", "kwargs": {}}, "did you mean 'expect_human_ratio_to_be_between'?"),
        ({"type": "expect_column_to_exist", "kwargs": {}, "severity": "critcal"}, "unknown severity 'critcal' (did you mean 'critical'?)"),
        ({"type": "expect_column_to_exist", "kwargs": {}, "severity": None}, "unknown severity 'None'"),
        ({"type": "expect_column_to_exist", "kwarg": {}}, "unknown key 'kwarg' (did you mean 'kwargs'?)"),
        ({"type": "expect_column_to_exist", "kwargs": []}, "'kwargs' and 'meta' are objects"),
        ({"type": "expect_column_to_exist", "kwargs": {"column": "a", "catch_exceptions": False}}, "'catch_exceptions' is set by the run"),
        ({"type": "expect_column_max_to_be_between", "kwargs": {"column": "a", "max_value": {"$PARAMETER": "m"}}}, "max_value is a suite parameter"),
        ({"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "SELECT 1"}}, "is not supported here: it runs free SQL"),
        ({"type": "expect_column_values_to_be_increasing", "kwargs": {"column": "a"}}, "a table in SQL has no row order"),
        ({"type": "expect_column_max_to_be_between", "kwargs": {"column": "a"}}, "no min_value or max_value"),
        ({"type": "expect_column_values_to_be_in_type_list", "kwargs": {"column": "a"}}, "no type_list: without it everything passes"),
        ({"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "a", "value_set": [1, None]}}, "value_set holds null"),
        ({"type": "expect_column_values_to_be_unique", "kwargs": {"column": "a", "mostly": 0}}, "mostly is 0"),
        ({"type": "expect_human_ratio_to_be_between", "kwargs": {}}, "no min_value or max_value"),
        ({"type": "expect_human_ratio_to_be_between", "kwargs": {"min_value": 0.2, "row_condition": "x"}}, "row_condition is not possible here"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 0.1, "knd": "near"}}, "no argument 'knd' (did you mean 'kind'?)"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"min_value": 0.1}}, "no argument 'min_value' (did you mean 'max_value'?)"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": "0.1"}}, "max_value is '0.1': expected a finite number"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": True}}, "max_value is True: expected a finite number"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"warn_value": 0.1}}, "no max_value: an expectation without a limit can never fail"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 0.1, "warn_value": 0.2}}, "warn_value 0.2 is beyond max_value 0.1"),
        ({"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 0.1, "kind": 3}}, "kind is 3: expected a word"),
        ({"type": "expect_lineage_to_be_complete", "kwargs": {"min_value": 1, "fields": "generator"}}, "fields is 'generator': expected a list of words"),
        ({"type": "expect_human_ratio_to_be_between", "kwargs": {"min_value": 0.6, "max_value": 0.5}}, "min_value 0.6 is above max_value 0.5"),
    ],
)  # fmt: skip
def test_an_expectation_that_cannot_judge_is_refused_with_its_line(tmp_path, entry, message):
    error = error_of(tmp_path, suite_of({"type": "expect_column_to_exist", "kwargs": {"column": "first"}}, entry))

    assert error.startswith("suites/human.json:10: ")
    assert message in error


def test_nan_as_a_limit_is_refused(tmp_path):
    text = '{"name": "x", "expectations": [{"type": "expect_human_ratio_to_be_between", "kwargs": {"min_value": NaN}}]}'

    assert "NaN is not JSON" in error_of(tmp_path, text)


def test_a_key_twice_in_one_expectation_is_refused(tmp_path):
    text = '{"name": "x", "expectations": [\n{"type": "expect_human_ratio_to_be_between", "kwargs": {"min_value": 1, "min_value": 0}}]}'

    assert error_of(tmp_path, text) == "suites/human.json:2: the key 'min_value' is there twice in one object"


def test_one_check_twice_is_refused_naming_both_lines(tmp_path):
    entry = {"type": "expect_column_to_exist", "kwargs": {"column": "age"}}

    error = error_of(tmp_path, suite_of(entry, entry))

    assert error.startswith(
        "suites/human.json:10: the check human/expect_column_to_exist/age is already there at line 4;"
    )


def test_a_file_named_after_no_scope_is_refused(tmp_path):
    assert "(did you mean 'human'?)" in error_of(tmp_path, suite_of(), "humans.json")


def test_parameters_of_equal_meaning_share_one_measurement():
    duplicates = METRICS["expect_duplicate_ratio_to_be_less_than"]
    written = params_of(duplicates, {"max_value": 0.1, "kind": "exact", "similarity": 1})
    spelled_otherwise = params_of(duplicates, {"similarity": 1.0})

    assert measurement_key(duplicates.expectation, written) == measurement_key(
        duplicates.expectation, spelled_otherwise
    )
    assert measurement_key(duplicates.expectation, written) == (
        'expect_duplicate_ratio_to_be_less_than {"kind": "exact", "similarity": 1.0}'
    )


def test_the_expectation_id_follows_from_the_check_id_alone():
    check = CheckId(Scope.HUMAN, "expect_column_to_exist", "age")

    assert expectation_id(check) == str(uuid.uuid5(uuid.NAMESPACE_URL, "gates:human/expect_column_to_exist/age"))


def test_reading_suites_does_not_import_great_expectations(tmp_path):
    path = write(tmp_path, suite_of({"type": "expect_column_to_exist", "kwargs": {"column": "age"}}))
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom gates.contract.suites.merge import merge\nfrom gates.contract.suites.read import read_suite\n"
        f"merge([read_suite(Path({str(path)!r}), {{}})], None)\n"
        "sys.exit('great_expectations' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, str(program)], check=False).returncode == 0


def test_half_of_a_surrogate_pair_is_refused_with_its_line(tmp_path):
    text = '{"name": "x", "expectations": [\n  {"type": "expect_column_to_exist", "kwargs": {"column": "a\\ud800"}}\n]}'

    assert (
        error_of(tmp_path, text) == "suites/human.json:2: '\\ud800' is half of a surrogate pair; write the whole letter"
    )
