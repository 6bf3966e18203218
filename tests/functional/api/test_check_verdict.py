"""What a program and a notebook do with the verdict that `gates.check` gives."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest

import gates
from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.formats.markdown import markdown
from tests.projects import table_rows

EXACT = "combined/expect_synthetic_to_not_copy_human/exact"
NAMES = ["synthetic_to_not_copy_human", "human_ratio", "table_row_count"]


@pytest.fixture(scope="module")
def flawed():
    human = table_rows(400, seed=1)
    return gates.check(human=human, synthetic=pl.concat([human[:40], table_rows(360, seed=11)]), only=NAMES)


def test_verdict_is_a_frozen_noun_with_its_outcome_and_what_failed(flawed):
    assert isinstance(flawed, gates.Verdict)
    assert flawed.outcome == flawed.to_dict()["outcome"] == "fail"
    assert flawed.failed == (EXACT,)
    with pytest.raises(dataclasses.FrozenInstanceError):
        flawed.answer = gates.Answer.PASS


def test_result_of_a_check_is_found_by_its_id_or_a_part_of_it(flawed):
    assert flawed[EXACT].outcome is gates.Outcome.FAIL
    assert flawed["copy_human/exact"] is flawed[EXACT]
    with pytest.raises(KeyError, match=r"no single check 'copy_human' \(one of: .*exact, .*near"):
        flawed["copy_human"]
    with pytest.raises(KeyError, match=r"did you mean 'combined/expect_synthetic_to_not_copy_human/exact'"):
        flawed["combined/expect_synthetic_to_not_copy_human/exakt"]


def test_representation_is_some_lines_with_the_first_findings(flawed):
    lines = repr(flawed).splitlines()

    assert lines[1].startswith("  frame: FAIL (partial run)  1 critical check failed, ")
    assert lines[2] == "  rows: 400 human, 400 synthetic, 0 undeclared"
    assert lines[3].startswith("  critical: Synthetic rows copy human rows: 40 of 400")
    assert EXACT in lines[3]
    assert len(lines) < 12


def test_representation_of_a_check_leaves_out_its_evidence(flawed):
    assert flawed[EXACT].evidence
    assert "evidence" not in repr(flawed[EXACT])


def test_findings_that_say_the_same_share_a_line():
    verdict = gates.check(human=table_rows(40, seed=1), synthetic=table_rows(40, seed=2).head(0))

    assert "there are no synthetic rows: nothing to measure  [" in repr(verdict)
    assert repr(verdict).count("critical: there are no synthetic rows") == 1
    assert len(repr(verdict)) < 2000


def test_checks_are_rows_of_a_frame_in_the_order_of_the_plan(flawed):
    frame = flawed.to_polars()

    assert frame["id"].to_list() == [str(check.id) for check in flawed.checks]
    copied = frame.row(by_predicate=pl.col("id") == EXACT, named=True)
    assert (copied["outcome"], copied["observed"], copied["max_value"]) == ("fail", 0.1, 0.001)
    assert frame.filter(outcome="not_asked")["observed"].null_count() == frame.filter(outcome="not_asked").height


def test_verdict_is_saved_as_the_suffix_says_and_read_back(flawed, tmp_path):
    document = json.loads(flawed.save(tmp_path / "new/verdict.json").read_text())
    report = flawed.save(str(tmp_path / "verdict.md"))

    assert verdict_of(document).digest() == flawed.digest()
    assert report.read_text() == markdown(flawed)
    assert "testsuite" in flawed.save(tmp_path / "verdict.junit.xml").read_text()
    assert flawed.save(tmp_path / "verdict.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(
        gates.GatesError,
        match=r"verdict\.txt: no report is saved under this suffix \(expected one of: .*\.html, \.json, ",
    ):
        flawed.save(tmp_path / "verdict.txt")
    assert not (tmp_path / "verdict.txt").exists()


def test_what_failed_raises_with_its_findings(flawed):
    with pytest.raises(gates.FailedVerdictError, match="Synthetic rows copy human rows: 40 of 400") as error:
        flawed.raise_if_failed()

    assert error.value.verdict is flawed
    assert error.value.exit_code == 1


def test_what_could_not_be_judged_raises_too():
    undecided = gates.check(human=table_rows(40, seed=1), synthetic=table_rows(40, seed=11), only=["human_ratio"])
    assert undecided.outcome is gates.Answer.NO_VERDICT

    with pytest.raises(gates.FailedVerdictError, match="NO VERDICT") as error:
        undecided.raise_if_failed()

    assert error.value.exit_code == 3


def test_what_warns_raises_where_that_is_wanted_and_else_is_given_back(flawed):
    passed = gates.CheckVerdict.of(dataclasses.replace(flawed, answer=gates.Answer.PASS))
    warned = dataclasses.replace(passed, answer=gates.Answer.WARN)

    assert passed.raise_if_failed(strict=True) is passed
    assert warned.raise_if_failed() is warned
    with pytest.raises(gates.FailedVerdictError, match="WARN"):
        warned.raise_if_failed(strict=True)
