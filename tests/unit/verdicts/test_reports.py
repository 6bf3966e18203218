"""Reports are pure functions of a verdict; tests/golden holds them whole (`python -m tests.unit.verdicts.test_reports` rewrites)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import gates
from gates.config.data_types import DATA_TYPES
from gates.config.installed.plugins import Plugins
from gates.contract.check_lookup import resolve_checks
from gates.contract.explain import shipped_uses
from gates.contract.plugins.registry import metrics_of
from gates.data.scan.result import NAMED_ROWS
from gates.verdict import (
    LINE_TO_ADD,
    NOTHING_TO_MEASURE,
    Answer,
    CheckId,
    CheckResult,
    Kind,
    Outcome,
    Scope,
    Severity,
    Verdict,
    digest_of_report,
)
from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.evidence import MOST_CHARACTERS, evidence_line
from gates.verdicts.reports.finding_text import explain_command, rows_text
from gates.verdicts.reports.findings import (
    findings,
    headline,
    line_to_add,
    missing_inputs,
    rows_without_tag,
    undersized_languages,
)
from gates.verdicts.reports.formats.json import as_json, as_json_list
from gates.verdicts.reports.formats.markdown import code, markdown
from gates.verdicts.reports.formats.terminal import RenderOptions, terminal
from gates.verdicts.reports.located_verdict import Located, Place
from gates.verdicts.reports.metrics import metrics
from gates.verdicts.reports.page.document import whole
from gates.verdicts.reports.plots import FARTHEST, of_limit, plots
from gates.verdicts.reports.text import printable

GOLDEN = Path(__file__).parents[2] / "golden"
SCHEMA = json.loads((Path(gates.__file__).parent / "verdicts" / "reports" / "verdict.schema.json").read_text())


def check(name: str, outcome: Outcome, message: str, **more: object) -> CheckResult:
    fields = {"severity": Severity.CRITICAL, "scope": Scope.COMBINED, "detail": "", **more}
    check_id = CheckId(fields.pop("scope"), f"expect_{name}", fields.pop("detail"))
    return CheckResult(id=check_id, outcome=outcome, message=message, **fields)


def example() -> Verdict:
    """One check of every outcome, a waiver in use, a loosened limit."""
    warning, info = Severity.WARNING, Severity.INFO
    rows = {"kind": Kind.SCHEMA, "scope": Scope.SYNTHETIC, "detail": "hours per week/range"}
    return Verdict(
        dataset="reviews",
        answer=Answer.FAIL,
        checks=[
            check("table_row_count_to_be_between", Outcome.PASS, "500, at least 1", scope=Scope.HUMAN, observed=500.0),
            check("row_failure_ratio_to_be_less_than", Outcome.FAIL, "0.02 [0.01, 0.04], limit 0; 12 of 600 rows fail", fix="open the quarantine file",
                  observed=0.02, low=0.01, high=0.04, max_value=0, evidence={"first_rows": ["data/reviews.csv:17"]}, **rows),
            check("lineage_to_be_complete", Outcome.NOT_CONFIGURED, 'no lineage; add: columns = { generator = "…" }', severity=warning,
                  evidence={LINE_TO_ADD: 'columns = { generator = "…" }'}),
            check("expert_ratio_to_be_between", Outcome.NOT_CONFIGURED, "tables have no role 'domain'"),
            check("distributions_to_match", Outcome.FAIL, "0.521 [0.509, 0.529], limit 0.05; worst column 'gain'", fix="retrain the generator on the worst column",
                  observed=0.5210000004, low=0.509, high=0.529, max_value=0.05, n_human=500, n_synthetic=600,
                  evidence={"worst_columns": {"gain": 0.537, "loss": 0.319, "job": 0.158, "age": 0.1}, "draws": 200}),
            check("associations_to_match", Outcome.INCONCLUSIVE, "0.04 [0.01, 0.07], limit 0.05; 900 more rows would decide",
                  detail="mean", observed=0.04, low=0.01, high=0.07, rows_needed={"human": 900}),
            check("origin_separability_to_be_less_than", Outcome.ERROR, "could not be computed: one class only", severity=warning),
            check("synthetic_to_not_copy_human", Outcome.FAIL, "0.02, limit 0.001; 12 copies", detail="exact", observed=0.02),
            check("human_ratio_to_be_between", Outcome.FAIL, "0.45, warns beyond 0.5", detail="finetune", severity=warning),
            check("rare_slices_to_be_covered", Outcome.FAIL, "3 levels are rare", detail="union", severity=info, observed=3),
        ],
        rows={"human": 500, "synthetic": 600, "undeclared": 0},
        data={"manifest_sha256": "ab" * 32, "holdout_sha256": None, "evaluation_sha256": None, "promoted_sha256": None, "evaluation_files": [],
              "md5_manifest_sha256": "23" * 32, "holdout_files": [],
              "files": [{"path": "data/reviews.csv", "sha256": "cd" * 32, "md5": "45" * 16, "size": 12345, "rows": 1100}]},
        contract={"sha256": "ef" * 32, "suites_sha256": "01" * 32, "purpose": "finetune",
                  "synthetic_role": "mirror", "inconclusive": "block", "schema": None, "schema_sources": {}, "gates": "0.1.0",
                  "libraries": {"polars": "2.1.0"}},
        loosened=["combined/expect_distributions_to_match max_value 0.02 -> 0.05 (few rows)"],
        waived=[{"check": "combined/expect_synthetic_to_not_copy_human/exact", "reason": "forms repeat", "owner": "ana",
                 "expires": "2027-01-31"}],
    )  # fmt: skip


REPORTS = {
    "terminal.txt": lambda: terminal(example()),
    "terminal_narrow.txt": lambda: terminal(example(), RenderOptions(width=60, verbose=True)),
    "terminal_color.txt": lambda: terminal(example(), RenderOptions(color=True)),
    "report.md": lambda: markdown(example()),
    "verdict.json": lambda: as_json(example()),
    "metrics.json": lambda: metrics(example()),
    "plots.json": lambda: plots(example()),
}


@pytest.mark.parametrize("name", REPORTS)
def test_report_reads_as_agreed(name):
    assert REPORTS[name]() == (GOLDEN / name).read_text(encoding="utf-8")


def test_headline_counts_what_did_not_pass_without_the_waived():
    assert headline(example()) == (
        "reviews: FAIL  2 critical checks failed, 1 critical check not decided, 1 warning failed, "
        "1 warning could not be computed, 1 info check failed, 1 of 7 passed"
    )


def test_a_language_too_small_to_be_judged_alone_is_listed_whatever_passed():
    small = {"observed": None, "outcome": "inconclusive", "fails": False, "rows_needed": {"human": 180}}
    crossing = {"observed": 0.04, "outcome": "inconclusive", "fails": False, "rows_needed": {"human": 10}}
    evidence = {"languages": {"language=de": small, "language=en": crossing}, "generators": {"a": small}}
    passed = [
        check(name, Outcome.PASS, "0", evidence=evidence)
        for name in ("distributions_to_match", "coverage_to_be_between")
    ]
    verdict = replace(example(), answer=Answer.PASS, checks=passed, waived=[], loosened=[])
    line = "language=de: too few rows to decide 2 checks by itself, needs 180 human rows more"

    assert undersized_languages(verdict) == (line,)
    assert line in terminal(verdict).splitlines()
    assert f"**Too small to be judged alone**\n\n- `{line}`\n" in markdown(verdict)
    assert undersized_languages(example()) == ()


def test_rows_without_a_tag_are_reported_once_whatever_passed():
    evidence = {
        "languages_unsaid": {"language": {"human": 1225, "synthetic": 0}, "locale": {"human": 2, "synthetic": 3}}
    }
    passed = [
        check(name, Outcome.PASS, "0", evidence=evidence)
        for name in ("distributions_to_match", "coverage_to_be_between")
    ]
    verdict = replace(example(), answer=Answer.PASS, checks=passed, waived=[], loosened=[])
    lines = (
        "1,225 human rows have no language tag and are left out of per-language results",
        "2 human and 3 synthetic rows have no locale tag and are left out of per-locale results",
    )

    assert rows_without_tag(verdict) == lines
    assert [terminal(verdict).splitlines().count(line) for line in lines] == [1, 1]
    assert f"**Without a tag**\n\n- `{lines[0]}`\n- `{lines[1]}`\n" in markdown(verdict)
    assert rows_without_tag(example()) == ()


def test_every_check_is_in_exactly_one_list_of_the_findings():
    lists = findings(example())

    listed = [*lists.failures, *lists.undecided, *lists.waived, *lists.not_configured, *lists.passed]
    assert sorted(listed, key=lambda one: one.id) == sorted(example().checks, key=lambda one: one.id)


def test_critical_failures_come_first_whatever_the_order_of_the_plan():
    backwards = replace(example(), checks=list(reversed(example().checks)))

    assert [(one.severity.value, one.outcome.value) for one in findings(backwards).failures] == [
        ("critical", "fail"), ("critical", "fail"), ("warning", "fail"), ("warning", "error"), ("info", "fail"),
    ]  # fmt: skip


def test_of_findings_alike_the_one_farthest_beyond_its_limit_comes_first():
    copies = check(
        "synthetic_to_not_copy_human", Outcome.FAIL, "copies", detail="span", observed=0.002, max_value=0.001
    )
    near = check("coverage_to_be_between", Outcome.FAIL, "coverage", observed=0.8, min_value=0.9)
    far = check("distributions_to_match", Outcome.FAIL, "distributions", observed=0.3, max_value=0.05)
    of_zero = check(
        "row_failure_ratio_to_be_less_than", Outcome.FAIL, "rows", detail="age/range", observed=0.03, max_value=0
    )
    verdict = replace(example(), checks=[near, of_zero, far, copies], waived=[])

    assert findings(verdict).failures == (copies, far, of_zero, near)


def test_generators_that_are_too_small_to_be_told_apart_are_named_in_a_line():
    data = {**example().data, "small_generators": {"gpt": 120, "claude": 1}}
    verdict = replace(example(), data=data)
    line = "not told apart from other generators, with fewer than 300 rows: gpt (120 rows), claude (1 row)"

    assert line in terminal(verdict).splitlines()
    assert f"- `{line}`" in markdown(verdict)
    assert line in whole(verdict)
    assert "not told apart" not in terminal(example())


def test_an_undecided_critical_check_is_a_failure_just_where_it_is_why_there_is_no_verdict():
    undecided = [one for one in example().checks if one.outcome is Outcome.INCONCLUSIVE]
    open_verdict = replace(example(), answer=Answer.NO_VERDICT, checks=undecided)

    assert findings(open_verdict).failures == tuple(undecided)
    assert "needs     900 more human rows\n" in terminal(open_verdict)
    assert "Next: add rows and run `gates check reviews` again" in terminal(open_verdict)
    assert findings(example()).undecided == tuple(undecided)
    assert "not decided at this size: associations (mean); gates check -v for why\n" in terminal(example())


def test_what_a_line_would_enable_is_counted_by_its_inputs_and_what_cannot_be_is_left_out():
    report = terminal(example())

    assert "not configured: 1 check (need generator); gates list missing reviews\n" in report
    assert "expert_ratio" not in report
    assert "expert_ratio" in terminal(example(), RenderOptions(verbose=True))
    lines = ['columns = { timestamp = "…", value = "…" }', 'label = "<column>"', 'label = "x"']
    checks = [check("x", Outcome.NOT_CONFIGURED, "", evidence={LINE_TO_ADD: line}) for line in lines]
    assert missing_inputs(checks) == ("timestamp", "value", "label")
    assert line_to_add(checks[1]) == lines[1]


def many(count: int) -> Verdict:
    checks = [
        check(f"kind{number // 2}_to_be_good", Outcome.FAIL, f"Sentence {number}. " + "x" * 200, detail=str(number),
              observed=0.2, low=0.1, high=0.3, max_value=0.05, evidence={"first_rows": ["a:1"]})
        for number in range(count)
    ]  # fmt: skip
    return replace(example(), checks=checks)


@pytest.mark.parametrize("width", [80, 120])
def test_a_bad_dataset_fits_about_one_screen_and_verbose_shows_all(width):
    report = terminal(many(30), RenderOptions(width=width))

    assert report.count("    check     ") == 4
    assert all(f"Sentence {number}." in report for number in range(16))
    assert "\n14 more; gates check -v shows all of them whole\n" in report
    assert len(report.splitlines()) <= 60
    assert max(map(len, report.splitlines())) <= width
    assert terminal(many(30), RenderOptions(width=width, verbose=True)).count("    check     ") == 30
    assert terminal(many(8), RenderOptions(width=width)).count("    check     ") == 8


def test_a_finding_names_rows_numbers_fix_and_check():
    copied = check(
        "synthetic_to_not_copy_human", Outcome.FAIL, "Synthetic rows copy human rows.", detail="exact",
        observed=0.03, low=0.0146, high=0.0386, max_value=0.001, baseline=0.0,
        evidence={"copies": 42, "first_rows": ["s.csv:9 = h.csv:7"]}, fix="drop these rows",
    )  # fmt: skip

    report = terminal(
        replace(example(), checks=[copied], waived=[]), RenderOptions(failing_rows="12 in .gates/q.parquet")
    )

    assert (
        "\n  Synthetic rows copy human rows.\n"
        "    rows      s.csv:9 = h.csv:7, and 41 more\n"
        "    measured  0.03 beyond the baseline of 0, interval 0.0146 to 0.0386, limit 0.001\n"
        "    fix       drop these rows\n"
    ) in report
    assert "    check     combined/expect_synthetic_to_not_copy_human/exact   (gates explain " in report
    assert "\nrows that fail row rules: 12 in .gates/q.parquet\n" in report


def test_rows_of_one_file_name_it_once():
    places = ["a.csv:1", "a.csv:20", "b.csv:3", "b.csv:4"]

    assert (
        rows_text(check("x", Outcome.FAIL, "", evidence={"first_rows": places})) == "a.csv:1, 20, b.csv:3, and 1 more"
    )
    assert rows_text(check("x", Outcome.FAIL, "")) == ""


def test_rows_beyond_those_that_a_check_names_are_not_counted_as_if_there_were_none():
    places = [f"a.csv:{row}" for row in range(NAMED_ROWS)]

    assert rows_text(check("x", Outcome.FAIL, "", evidence={"first_rows": places})) == "a.csv:0, 1, 2, and others"
    counted = check("x", Outcome.FAIL, "", evidence={"first_rows": places, "failures": 94})
    assert rows_text(counted) == "a.csv:0, 1, 2, and 91 more"
    by_origin = {"first_rows": places, "contaminated_rows": {"human": 0, "synthetic": 30}}
    assert rows_text(check("x", Outcome.FAIL, "", evidence=by_origin)) == "a.csv:0, 1, 2, and 27 more"


@pytest.mark.parametrize(
    "count",
    [{"marked_rows": 60}, {"repeats": 60}, {"deeper_rows": 60}, {"rows_by_column": {"name in text": 59, "key": 1}}],
)
def test_rows_beyond_the_first_are_counted(count):
    evidence = {"first_rows": ["a.csv:1", "a.csv:2", "a.csv:3", "a.csv:4"], **count}

    assert rows_text(check("x", Outcome.FAIL, "", evidence=evidence)) == "a.csv:1, 2, 3, and 57 more"


@pytest.mark.parametrize("name", DATA_TYPES)
def test_the_word_of_a_check_means_it_and_nothing_else(name):
    metrics = metrics_of(Plugins())
    types = {use.entry.type for use in shipped_uses(Plugins(), metrics, name, None)}
    everything = {use.entry.type for use in shipped_uses(Plugins(), metrics, None, None)} | set(metrics)

    for one in types:
        check_of_type = CheckResult(CheckId(Scope.COMBINED, one), Severity.INFO, Outcome.PASS, "")
        word = explain_command(check_of_type, types).removeprefix("gates explain ")
        assert resolve_checks(word, [f"combined/{each}" for each in everything]) == [f"combined/{one}"]
        assert not word.startswith("to_")
        assert not word.endswith("_to")


@pytest.mark.parametrize("width", [1, 40, 79, 200])
def test_terminal_lines_stay_within_the_width(width):
    verdict = replace(example(), dataset="x" * 300)

    lines = terminal(verdict, RenderOptions(width=width)).splitlines()

    # What a person copies stays whole.
    prose = [line for line in lines if not line.strip().startswith(("check  ", "(gates explain "))]
    assert max(len(line) for line in prose) <= max(40, width)


def test_wide_letters_count_as_two_columns():
    verdict = replace(example(), checks=[check("distributions_to_match", Outcome.FAIL, "列" * 100)])

    lines = terminal(verdict, RenderOptions(width=50)).splitlines()

    assert max(line.count("列") for line in lines) == 24


@pytest.mark.parametrize("options", [RenderOptions(), RenderOptions(width=80), RenderOptions(color=True)])
def test_text_from_data_cannot_move_the_cursor_or_turn_direction(options):
    hostile = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe \u2028 [bold]x[/bold]\r\nall passed"
    verdict = replace(
        example(), dataset=hostile, checks=[check("x", Outcome.FAIL, hostile, evidence={"rows": [hostile]})]
    )

    report = terminal(verdict, options)

    assert not {"\u202e", "\x07", "\r", "\u2028"} & set(report)
    assert "\x1b[2J" not in report
    assert "[bold]x[/bold]" in report
    assert "\nall passed" not in report


@pytest.mark.parametrize(
    "text",
    [
        "a | b", "a \\| b", "`code` ``x``", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "@everyone #1",
        "line\n| new | row |", "\u202e", "![i](http://x)", "</code><script>", "https://evil.example", "``` ```", "\\",
    ],
)  # fmt: skip
def test_text_from_data_stays_inside_one_code_span_of_one_cell(text):
    verdict = replace(example(), checks=[check("x", Outcome.FAIL, text)], waived=[], loosened=[])

    top, row = (line for line in markdown(verdict).splitlines() if line.startswith("| fail"))

    for line, count, at in ((top, 4, 2), (row, 9, 3)):
        cells = line.replace("\\|", "").split("|")
        assert len(cells) == count
        cell = cells[at].strip()
        fence = cell[: len(cell) - len(cell.lstrip("`"))]
        assert fence
        assert cell.endswith(fence)
        assert fence not in cell[len(fence) : -len(fence)].replace("`" * (len(fence) + 1), "")


def test_code_span_of_nothing_is_nothing():
    assert code(" \n ") == ""


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        ({}, ""),
        (
            {"rows": 1200, "share": 0.123456, "worst": None, "ok": True},
            "rows: 1,200; share: 0.123; worst: none; ok: yes",
        ),
        ({"rows": 5, "first_rows": ["a:1", "a:2", "a:3", "a:4"]}, "first rows: a:1, a:2, a:3 and 1 more; rows: 5"),
        (
            {"worst": ["a"], "first_rows": [f"{'a' * 80}:{row}" for row in range(3)], "z": ["b" * 99]},
            f"first rows: {'a' * 80}:0, {'a' * 80}:1, {'a' * 80}:2",
        ),
        ({"generators": {"a": {"fails": True}, "b": {"fails": False}}}, "generators: a"),
        ({"matrix": {"a": {"b": 1}}, "pairs": [["x", "y"]]}, ""),
    ],
)
def test_evidence_says_where_before_how_much(evidence, line):
    assert evidence_line(evidence) == line


def test_evidence_line_is_cut_between_parts():
    line = evidence_line({f"part_{number}": ["x" * 60] for number in range(9)})

    assert len(line) <= MOST_CHARACTERS
    assert line.count(";") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 列", "plain ü 列"),
        ("a\tb\nc", "a b c"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\ud800", "\\ud800"),
        ("\u202e", "\\u202e"),
    ],
)
def test_printable_escapes_only_what_a_terminal_would_obey(text, shown):
    assert printable(text) == shown


def test_example_verdict_follows_the_shipped_schema():
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(example().to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "green"},
        {"digest": "x"},
        {"rows": {"human": 1}},
        {"schema_version": 2},
        {"surplus": 1},
        {"checks": [{}]},
    ],
)
def test_schema_refuses_what_is_no_verdict(change):
    assert not Draft202012Validator(SCHEMA).is_valid({**example().to_json(), **change})


def test_real_verdicts_follow_the_shipped_schema_and_carry_their_digest(judged_project):
    reports = json.loads(judged_project.check.out)

    assert [report["dataset"] for report in reports] == ["sound", "flawed"]
    for report in reports:
        Draft202012Validator(SCHEMA).validate(report)
        assert digest_of_report(report) == report["digest"]


def test_reference_page_names_every_field():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "verdict.md").read_text()
    fields = [
        *SCHEMA["properties"],
        *SCHEMA["$defs"]["check"]["properties"],
        *SCHEMA["properties"]["data"]["properties"],
    ]

    assert [field for field in fields if f"`{field}`" not in page] == []


def in_force(**settings: str) -> Verdict:
    """The example under other settings of gates.toml."""
    return replace(example(), contract={**example().contract, **settings})


@pytest.mark.parametrize("report", [terminal, markdown])
def test_a_role_that_loosens_is_reported_in_the_head_of_every_report(report):
    line = "role: extend: comparisons hold within label or slice, inferred bounds only warn"

    head = report(in_force(synthetic_role="extend")).splitlines()[:5]
    assert line in [text.replace("Role", "role").rstrip(".") for text in head]
    assert "role: " not in report(example()).lower()


@pytest.mark.parametrize("report", [terminal, markdown])
def test_what_too_few_rows_downgraded_says_so(report):
    downgraded = 'downgraded to a warning by inconclusive = "warn" in gates.toml'

    assert report(in_force(inconclusive="warn")).count(downgraded) == 1
    assert downgraded not in report(example())


# In Markdown what matters most has its fix at the top, and all findings have theirs in the table below.
@pytest.mark.parametrize(("report", "times"), [(terminal, 1), (markdown, 2)])
def test_failures_and_no_others_have_their_fix(report, times):
    text = report(example())

    assert text.count("retrain the generator on the worst column") == times
    assert text.count("open the quarantine file") == times
    errors = replace(example(), checks=[one for one in example().checks if one.outcome is Outcome.ERROR])
    assert "    fix  " not in terminal(errors)


def test_a_report_says_what_to_do_next_unless_nothing_is_open():
    passed = replace(example(), checks=[one for one in example().checks if one.outcome is Outcome.PASS], waived=[])

    assert "\nNext: fix the critical findings and run `gates check reviews` again" in terminal(example())
    assert "Next: " not in terminal(passed)


def test_where_rows_are_missing_the_next_step_is_more_rows_whatever_warns_besides():
    undecided = check("x", Outcome.INCONCLUSIVE, "too few rows")
    warning = check("y", Outcome.FAIL, "beyond", severity=Severity.WARNING)
    broken = check("z", Outcome.ERROR, "broke", severity=Severity.WARNING)

    def next_step(*checks: CheckResult) -> str:
        contract = {**example().contract, "inconclusive": "block"}
        verdict = replace(example(), answer=Answer.NO_VERDICT, checks=list(checks), waived=[], contract=contract)
        return terminal(verdict).partition("\nNext: ")[2]

    assert next_step(undecided, warning).startswith("add rows and run `gates check reviews` again")
    assert next_step(undecided, broken).startswith("fix the data")
    on_the_limit = replace(undecided, observed=0.8, low=0.78, high=0.83, min_value=0.8)
    assert next_step(on_the_limit, warning).startswith(
        "fix the data and run `gates check reviews` again; or let it pass"
    )
    assert next_step(on_the_limit, replace(on_the_limit, rows_needed={"human": 900})).startswith("add rows")


@pytest.mark.parametrize("severity", Severity)
def test_first_line_calls_what_is_open_as_the_lines_below_do(severity):
    undecided = check("x", Outcome.INCONCLUSIVE, "too few rows", severity=severity)
    noun = {Severity.CRITICAL: "critical check", Severity.WARNING: "warning", Severity.INFO: "info check"}[severity]

    first = terminal(replace(example(), checks=[undecided], waived=[])).splitlines()[0]

    assert f"1 {noun} not decided, 0 of 1 passed" in first


def test_after_warnings_the_next_step_is_to_look_at_them():
    beyond = check("copies", Outcome.FAIL, "beyond", severity=Severity.WARNING)
    drafted = replace(beyond, id=CheckId(Scope.HUMAN, "expect_row_failure_ratio_to_be_less_than", "age/range"))
    undecided = check("copies", Outcome.INCONCLUSIVE, "too few rows")

    def next_step(one: CheckResult) -> str:
        contract = {**example().contract, "inconclusive": "warn"}
        verdict = replace(example(), answer=Answer.WARN, checks=[one], waived=[], contract=contract)
        return terminal(verdict).partition("\nNext: ")[2]

    assert "; drafted rules block after `gates init reviews --accept`\n" in next_step(drafted)
    assert "`gates explain copies`\n" in next_step(beyond)
    assert "`gates explain copies`; more rows decide them (`gates check reviews -v`" in next_step(undecided)


@pytest.mark.parametrize("report", [terminal, markdown])
def test_a_part_of_the_plan_shows_no_digest_of_a_verdict(report):
    partial = replace(example(), is_partial=True)

    assert example().digest()[:12] in report(example())
    assert partial.digest()[:12] not in report(partial)


def test_what_an_empty_partition_explains_is_one_line():
    empty = f"there are no synthetic {NOTHING_TO_MEASURE}"
    names = ("distributions_to_match", "associations_to_match", "partitions_to_align")
    verdict = replace(example(), checks=[check(name, Outcome.ERROR, empty) for name in names], waived=[], loosened=[])

    report = terminal(verdict)

    assert f"\n  3 checks: {empty}\n" in report
    assert "expect_" not in report


def limited(observed: float, low: float | None, high: float | None) -> CheckResult:
    return check("x", Outcome.PASS, "", observed=observed, min_value=low, max_value=high)


@pytest.mark.parametrize(
    ("observed", "low", "high", "expected"),
    [
        (0.1, None, 0.4, (0.25, 0.4)),
        (0.8, None, 0.4, (2, 0.4)),
        (-3, None, 0.4, (0, 0.4)),
        (0.8, 0.4, None, (0.5, 0.4)),
        (0.2, 0.4, None, (2, 0.4)),
        (0, 0.4, None, (FARTHEST, 0.4)),
        (99, None, 1, (FARTHEST, 1)),
        (0, None, 0, (0, 0)),
        (0.001, None, 0, (FARTHEST, 0)),
        (-4, None, -2, (0.5, -2)),
        (-1, None, -2, (2, -2)),
        (1, None, -2, (FARTHEST, -2)),
        (-1, -2, None, (0.5, -2)),
        (0.75, 0.25, 1, (0.75, 1)),
        (0.35, 0.3, 0.9, (0.3 / 0.35, 0.3)),
        (1, None, None, None),
        (float("nan"), None, 1, None),
    ],
)
def test_share_of_the_limit_used_is_over_one_just_where_the_limit_is_broken(observed, low, high, expected):
    assert of_limit(limited(observed, low, high)) == expected


@given(*[st.floats(-1e6, 1e6)] * 3)
def test_one_lies_on_the_limit_whatever_the_signs(observed, low, high):
    low, high = sorted((low, high))
    kept = low <= observed <= high

    shares_shown = of_limit(limited(observed, low, high))

    assert shares_shown is not None
    assert 0 <= shares_shown[0] <= FARTHEST
    # Beside the limit, division rounds.
    assert shares_shown[0] == pytest.approx(1) or (shares_shown[0] <= 1) is kept


def test_checks_without_a_number_or_a_limit_or_a_finding_have_no_bar():
    clean = check("y", Outcome.PASS, "", observed=0.0, max_value=0.1)
    listed = json.loads(plots(replace(example(), checks=[clean, *example().checks])))

    assert [one["check"] for one in listed] == [
        str(one.id) for one in example().checks if one.observed is not None and one.max_value is not None
    ]
    assert json.loads(plots(replace(example(), checks=[]))) == []


def test_list_of_verdicts_names_each_unmistakably():
    place = Place("gates.toml", 1)
    listed = json.loads(as_json_list([Located(example(), place), Located(example(), place, id="team:x")]))

    document = json.loads(as_json(example()))
    assert listed == [{"id": example().dataset, **document}, {"id": "team:x", **document}]


def test_copies_come_first_and_the_command_that_names_all_rows_is_shown():
    rows = {"first_rows": ["a.csv:1", "a.csv:2", "a.csv:3", "a.csv:4"], "copies": 40}
    copies = check("synthetic_to_not_copy_human", Outcome.FAIL, "40 rows", detail="exact", evidence=rows)
    verdict = replace(example(), waived=[], checks=[check("distributions_to_match", Outcome.FAIL, "far apart"), copies])

    shown = terminal(verdict)

    assert shown.index("40 rows") < shown.index("far apart")
    assert "all rows of a finding: gates check reviews --only CHECK --format json" in shown
    assert "all rows of a finding" not in terminal(replace(verdict, checks=verdict.checks[:1]))


def rewrite_golden_files() -> None:
    for name, report in REPORTS.items():
        (GOLDEN / name).write_text(report(), encoding="utf-8")


if __name__ == "__main__":
    rewrite_golden_files()


def test_columns_that_read_as_something_else_or_are_not_compared_have_a_line_each():
    wage = {"kind": "numbers", "ratio": 0.992, "compared": True, "doubt": ""}
    start = {"kind": "dates", "ratio": 1.0, "compared": False, "doubt": "no value tells the day"}
    columns = {
        "read_as": {"wage": wage, "start": start},
        "not_compared": {"notes": "has no role", "embedding": "lists"},
    }
    verdict = replace(example(), columns=columns)

    for text in (terminal(verdict), markdown(verdict)):
        assert "`wage` reads as numbers (99.2 %)" in text
        assert "`start` may hold dates and is compared as text: no value tells the day" in text
        assert "not compared: `notes`, `embedding`" in text
    assert verdict_of(verdict.to_json()).columns == columns
    Draft202012Validator(SCHEMA).validate(verdict.to_json())
