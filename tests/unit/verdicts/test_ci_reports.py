"""Reports for CI systems: each finding on its line, counted as the verdict counts it, and nothing in it obeyed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from gates.config.load import load_config
from gates.contract.contract import load_contract
from gates.verdict import Answer, CheckId, CheckResult, Outcome, Scope, Severity, Verdict, conclude, exit_code
from gates.verdict import PlannedCheck as Planned
from gates.verdicts.reports.formats.github import workflow_commands
from gates.verdicts.reports.formats.junit import junit
from gates.verdicts.reports.formats.sarif import sarif
from gates.verdicts.reports.located_verdict import Located, Place, Weight, folder_in_repository, locate
from tests.unit.verdicts.test_reports import check, example

SARIF = Draft4Validator(json.loads((Path(__file__).parents[2] / "schemas/sarif-2.1.0-rtm.5.json").read_text()))
HOSTILE = [
    "::set-output name=verdict::pass",
    "x\n::set-env name=PATH::/tmp",
    "x\r\n::add-path::/tmp\r",
    "##[add-path]/tmp",
    "%0A::error::x",
    "a, b: c",
    "\u2028::stop-commands::x",
    "\x1b[2J",
    "::",
    "]]> </failure><testcase name='ok'/>",
    "\ufffe \x00",
    "[click](https://evil.example)",
]
# Attributes and children by element: what Jenkins' xUnit schema (junit-10.xsd) knows of what we write.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name", "file", "line"}, {"failure", "error", "skipped"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}


def located(verdict: Verdict | None = None, **more: object) -> Located:
    suites = {"combined/expect_distributions_to_match": Place("expectations/reviews/combined.json", 12)}
    return Located(verdict or example(), Place("gates.toml", 3), suites, **more)


def one(outcome: Outcome, message: str = "found", **more: object) -> Verdict:
    checks = [check("x", outcome, message, **more)]
    return replace(example(), checks=checks, waived=[], loosened=[])


def tags(report: str) -> dict[str, tuple[str, str]]:
    """What became of each case that did not pass: its element and that one's type."""
    return {
        f"{case.get('classname')}/{case.get('name')}": (child.tag, child.get("type"))
        for case in ET.fromstring(report).iter("testcase")
        for child in case
    }


def test_annotations_read_as_agreed():
    lines = workflow_commands([located()]).splitlines()

    assert "".join(f"{line.partition('; fix: ')[0]}\n" for line in lines) == (
        "::error file=gates.toml,line=3,title=reviews%3A synthetic/expect_row_failure_ratio_to_be_less_than/hours per week/range"
        "::failed: 0.02 [0.01, 0.04], limit 0; 12 of 600 rows fail\n"
        "::error file=expectations/reviews/combined.json,line=12,title=reviews%3A combined/expect_distributions_to_match"
        "::failed: 0.521 [0.509, 0.529], limit 0.05; worst column 'gain'\n"
        "::error file=gates.toml,line=3,title=reviews%3A combined/expect_associations_to_match/mean"
        '::inconclusive: 0.04 [0.01, 0.07], limit 0.05; 900 more rows would decide (inconclusive = "block")\n'
        "::error file=gates.toml,line=3,title=reviews%3A combined/expect_origin_separability_to_be_less_than"
        "::error: could not be computed: one class only\n"
        "::warning file=gates.toml,line=3,title=reviews%3A combined/expect_human_ratio_to_be_between/finetune"
        "::failed: 0.45, warns beyond 0.5\n"
        "::notice file=gates.toml,line=3,title=reviews%3A combined/expect_synthetic_to_not_copy_human/exact"
        "::waived until 2027-01-31 by ana: forms repeat; failed: 0.02, limit 0.001; 12 copies\n"
        "::notice file=gates.toml,line=3,title=reviews%3A combined/expect_rare_slices_to_be_covered/union"
        "::failed: 3 levels are rare\n"
    )
    assert ["; fix: " in line for line in lines] == [True, True, False, False, False, False, False]
    assert lines[1].endswith("; fix: retrain the generator on the worst column")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_data_is_no_workflow_command(text):
    verdict = replace(
        example(),
        dataset=text,
        checks=[check(text, Outcome.FAIL, text, detail=text)],
        waived=[{"check": "x", "reason": text, "owner": text, "expires": text}],
    )
    hostile = Located(verdict, Place(text, 1))

    lines = workflow_commands([hostile]).split("\n")

    assert len(lines) == 2
    assert lines[1] == ""
    # As the runner reads it: the command ends at the next `::`, properties at the next comma.
    command = re.fullmatch(r"::error file=([^:,]*),line=1,title=([^:,]*)::(.*)", lines[0])
    assert command
    assert not {"\r", "\u2028", "\x1b", "\x00"} & set(lines[0])
    unescaped = command[1].replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
    assert "%" not in re.sub("%(25|0D|0A|3A|2C)", "", lines[0])
    assert "\n" not in unescaped


def test_ten_annotations_of_a_kind_are_shown_and_the_others_counted():
    checks = [check(f"e{number}", Outcome.FAIL, "x") for number in range(13)]
    checks += [check(f"w{number}", Outcome.FAIL, "x", severity=Severity.WARNING) for number in range(11)]
    verdict = replace(example(), checks=checks, waived=[])

    lines = workflow_commands([located(verdict), located(verdict)]).splitlines()

    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10 + ["16"]
    assert lines[-1] == "16 more errors and 12 more warnings in the reports"


def test_what_passes_or_is_not_configured_is_not_annotated():
    assert workflow_commands([located(one(Outcome.PASS)), located(one(Outcome.NOT_CONFIGURED))]) == ""


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("strict", [True, False])
def test_a_finding_is_an_error_exactly_when_it_alone_would_end_the_check_with_another_code_than_0(
    severity, outcome, blocks, strict
):
    finding = CheckResult(CheckId(Scope.HUMAN, "expect_x"), severity, outcome, "x")
    passed = CheckResult(CheckId(Scope.HUMAN, "expect_y"), severity, Outcome.PASS, "y")
    planned = [Planned(result.id, severity) for result in (finding, passed)]
    answer, checks = conclude(planned, [finding, passed], inconclusive_blocks=blocks)
    verdict = replace(example(), answer=answer, checks=checks, waived=[])

    weight = located(verdict, inconclusive_blocks=blocks, is_strict=strict).weight(finding)

    assert (weight is Weight.ERROR) == (exit_code(answer, strict=strict) != 0)
    assert (weight is Weight.WARNING) == (answer is Answer.WARN and not strict)


def test_junit_counts_what_the_verdict_counts():
    report = junit([located()])

    assert tags(report) == {
        "reviews.synthetic/expect_row_failure_ratio_to_be_less_than/hours per week/range": ("failure", "fail"),
        "reviews.combined/expect_lineage_to_be_complete": ("skipped", "not_asked"),
        "reviews.combined/expect_expert_ratio_to_be_between": ("skipped", "not_asked"),
        "reviews.combined/expect_distributions_to_match": ("failure", "fail"),
        "reviews.combined/expect_associations_to_match/mean": ("error", "inconclusive"),
        "reviews.combined/expect_origin_separability_to_be_less_than": ("error", "error"),
        "reviews.combined/expect_synthetic_to_not_copy_human/exact": ("skipped", "waived"),
        "reviews.combined/expect_human_ratio_to_be_between/finetune": ("skipped", "fail"),
        "reviews.combined/expect_rare_slices_to_be_covered/union": ("skipped", "fail"),
    }
    root = ET.fromstring(report)
    assert root.attrib == {"name": "gates", "tests": "10", "failures": "2", "errors": "2"}
    assert [suite.attrib for suite in root] == [
        {"name": "reviews/human", "tests": "1", "failures": "0", "errors": "0", "skipped": "0"},
        {"name": "reviews/synthetic", "tests": "1", "failures": "1", "errors": "0", "skipped": "0"},
        {"name": "reviews/combined", "tests": "8", "failures": "1", "errors": "2", "skipped": "5"},
    ]


def test_inconclusive_checks_and_warnings_count_in_junit_as_configured():
    undecided, warned = one(Outcome.INCONCLUSIVE), one(Outcome.FAIL, severity=Severity.WARNING)

    assert list(tags(junit([located(undecided)])).values()) == [("error", "inconclusive")]
    assert list(tags(junit([located(undecided, inconclusive_blocks=False)])).values()) == [("skipped", "inconclusive")]
    assert list(tags(junit([located(warned, is_strict=True)])).values()) == [("failure", "fail")]
    assert 'inconclusive = "warn"' in ET.fromstring(junit([located(undecided, inconclusive_blocks=False)])).find(
        ".//skipped"
    ).get("message")


@pytest.mark.parametrize("checks", [[], [check("x", Outcome.NOT_CONFIGURED, "not declared")]])
def test_a_verdict_in_which_nothing_was_checked_is_no_green_junit_report(checks):
    verdict = replace(example(), answer=Answer.NO_VERDICT, checks=checks, waived=[])

    root = ET.fromstring(junit([located(verdict)]))

    assert root.get("errors") == "1"
    assert root.find(".//error").get("message") == "no check ran: there is no verdict"


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_stays_one_well_formed_document_whatever_the_text(text):
    verdict = replace(one(Outcome.FAIL, text, detail=text, evidence={"rows": [text]}), dataset=text)

    root = ET.fromstring(junit([Located(verdict, Place(text, 1))]))

    assert len(list(root.iter("testcase"))) == 1
    assert len(list(root.iter("failure"))) == 1


def test_junit_has_only_what_the_usual_schema_knows():
    empty = replace(example(), checks=[])

    for element in ET.fromstring(junit([located(), located(empty)])).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children


def test_sarif_follows_its_schema():
    Draft4Validator.check_schema(SARIF.schema)

    for text in HOSTILE:
        hostile = replace(example(), dataset=text, checks=[check(text, Outcome.FAIL, text)])
        SARIF.validate(json.loads(sarif([located(), located(hostile)])))


def test_the_schema_refuses_what_is_no_sarif():
    log = json.loads(sarif([located()]))
    log["runs"][0]["results"][0]["level"] = "critical"

    assert not SARIF.is_valid(log)


def test_sarif_names_level_line_and_rule_of_each_finding():
    (run,) = json.loads(sarif([located()]))["runs"]

    rules = run["tool"]["driver"]["rules"]
    results = [
        (
            result["level"],
            rules[result["ruleIndex"]]["id"] == result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            "suppressions" in result,
        )
        for result in run["results"]
    ]
    table = ("gates.toml", 3)
    assert results == [
        ("error", True, *table, False),
        ("error", True, "expectations/reviews/combined.json", 12, False),
        ("error", True, *table, False),
        ("note", True, *table, True),
        ("warning", True, *table, False),
        ("note", True, *table, False),
    ]
    assert "; fix: retrain the generator" in run["results"][1]["message"]["text"]
    helped = {rule["id"]: rule for rule in rules}["expect_distributions_to_match"]
    assert helped["shortDescription"]["text"].startswith("Does each column of the synthetic rows follow")
    assert "Retrain the generator" in helped["help"]["text"]


def test_fingerprints_stay_when_lines_and_numbers_move_and_tell_checks_and_datasets_apart():
    def prints(verdict: Verdict, line: int) -> list[str]:
        moved = Located(verdict, Place("gates.toml", line))
        (run,) = json.loads(sarif([moved]))["runs"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]

    first = prints(example(), 3)

    assert len(set(first)) == len(first) == 6
    numbers = [replace(result, observed=0.7, message="other") for result in example().checks]
    assert prints(replace(example(), checks=numbers), 30) == first
    assert not set(prints(replace(example(), dataset="other"), 3)) & set(first)


def test_text_from_data_becomes_no_link_in_sarif():
    (run,) = json.loads(sarif([located(one(Outcome.FAIL, "[click](https://evil.example)"))]))["runs"]

    text = run["results"][0]["message"]["text"]
    assert text.startswith("reviews: combined/expect_x: failed: [click] (https://evil.example)")


def test_sarif_holds_failures_only_and_names_undecided_critical_checks_beside_them():
    (run,) = json.loads(sarif([located()]))["runs"]

    assert {result["properties"]["outcome"] for result in run["results"]} == {"fail", "error"}
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["message"]["text"].startswith("combined/expect_associations_to_match/mean: inconclusive: ")


def test_sarif_says_when_nobody_could_judge():
    unjudged = replace(example(), answer=Answer.NO_VERDICT)

    runs = json.loads(sarif([located(), located(unjudged)]))["runs"]

    assert [run["invocations"][0]["executionSuccessful"] for run in runs] == [True, False]


def test_reports_hold_the_same_bytes_for_the_same_verdict():
    for report in (junit, sarif, workflow_commands):
        assert report([located()]) == report([located()])


SUITE = """\
{
  "name": "own",
  "expectations": [
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "town"}},

    {"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 0.01}}
  ]
}
"""


@pytest.mark.parametrize(("repository", "prefix"), [(".", "data/"), ("data", ""), (None, "")])
def test_a_check_stands_where_the_datasets_own_suite_asks_it_else_at_the_datasets_table(tmp_path, repository, prefix):
    root = tmp_path / "data"
    (root / "expectations/rows").mkdir(parents=True)
    if repository:
        (tmp_path / repository / ".git").mkdir()
    (root / "rows.csv").write_text("origin,town\nhuman,a\n")
    (root / "gates.toml").write_text('# mine\n\n[datasets.rows]\npath = "rows.csv"\ntype = "tabular"\n')
    (root / "expectations/rows/human.json").write_text(SUITE)
    contract = load_contract(load_config(root).dataset("rows"), date(2026, 1, 1))

    judged = locate(example(), contract.dataset, contract.own_lines, folder=folder_in_repository(root))

    def place(text: str) -> Place:
        return judged.place(CheckResult(CheckId.parse(text), Severity.CRITICAL, Outcome.FAIL, ""))

    suite = f"{prefix}expectations/rows/human.json"
    assert place("human/expect_column_values_to_not_be_null/town") == Place(suite, 4)
    assert place("human/expect_duplicate_ratio_to_be_less_than/exact") == Place(suite, 6)
    assert place("combined/expect_distributions_to_match") == Place(f"{prefix}gates.toml", 3)
    assert judged.inconclusive_blocks
