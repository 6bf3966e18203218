"""`gates diff --all` knows the versions that were promoted, whether or not reports are committed."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.dvc_repositories import commit, dvc, git

CHECK = "combined/expect_distributions_to_match"
VERDICT = ".gates/verdicts/first.json"


def documents(called) -> dict:
    assert (called.code, called.err) == (0, ""), called.err
    (document,) = json.loads(called.out)
    return document


def versions(gates, root) -> list[dict]:
    return documents(gates(root, "diff", "first", "--all", "--format", "json"))["versions"]


def test_a_repository_that_commits_no_reports_has_the_history_of_its_promotions(gates, done):
    first = git(done, "rev-parse", "--short=7", "HEAD")
    assert gates(done, "check", "first", "--quiet").code == 0
    assert gates(done, "promote", "first", "--stage", "staging", "--version", "v1.1.0").code == 0
    second = git(done, "rev-parse", "--short=7", "HEAD")

    called = gates(done, "diff", "first", "--all", "--metric", "distributions")

    assert (called.code, called.err) == (0, "")
    lines = [line.split() for line in called.out.splitlines()]
    assert lines[0][:3] == ["first:", "2", "versions"]
    assert lines[1] == ["version", "limit", first, second]
    assert lines[2] == ["tag", "first@v1.0.0", "first@v1.1.0"]
    assert lines[3] == ["stages", "prod", "staging"]
    assert called.out.count("baseline ") == 2
    assert "work tree" not in called.out


def test_numbers_are_those_of_the_promoted_verdict_with_the_baseline_of_human_rows(gates, done):
    (version,) = versions(gates, done)

    promoted = json.loads((done / "promotions/first/v1.0.0.verdict.json").read_text())
    assert version["commit"] == git(done, "rev-parse", "HEAD")
    assert version["tags"] == ["first#prod#2", "first#staging#1", "first@v1.0.0"]
    assert version["promoted"] == {"version": "v1.0.0", "stages": ["staging", "prod"], "revoked": False}
    assert version["verdict"] == promoted["digest"]
    numbers = ("observed", "low", "high", "baseline")
    shown = {check["id"]: [check[name] for name in numbers] for check in version["checks"]}
    assert shown == {check["id"]: [check[name] for name in numbers] for check in promoted["checks"]}
    assert shown[CHECK][-1] is not None


def test_two_versions_are_compared_by_the_verdicts_that_they_were_promoted_with(gates, done):
    shutil.rmtree(done / ".gates")
    called = gates(done, "diff", "first", "--base", "first@v1.0.0")

    assert (called.code, "no verdict" in called.out) == (0, False), called.out
    assert called.out.splitlines()[-1] == "verdict: warn; 0 checks changed"


def test_a_version_that_was_taken_back_is_marked(gates, done):
    gates(done, "promote", "first", "--revoke", "--stage", "prod", "--reason", "a source withdrew")
    (version,) = versions(gates, done)
    assert version["promoted"] == {"version": "v1.0.0", "stages": ["staging"], "revoked": False}

    gates(done, "promote", "first", "--revoke", "--version", "v1.0.0", "--reason", "consent withdrawn")

    (version,) = versions(gates, done)
    assert version["promoted"] == {"version": "v1.0.0", "stages": ["staging"], "revoked": True}
    assert "first@v1.0.0 (revoked)\n" in gates(done, "diff", "first", "--all").out


def test_a_judged_commit_and_its_promotion_are_one_version(gates, ready):
    (ready / "reports").mkdir()
    shutil.copy(ready / VERDICT, ready / "reports/first.json")
    commit(ready, "judged")
    assert [one["commit"] for one in versions(gates, ready)] == [git(ready, "rev-parse", "HEAD")]
    assert gates(ready, "promote", "first", "--stage", "staging", "--output", "reports").code == 0

    document = documents(gates(ready, "diff", "first", "--all", "--limit", "1", "--format", "json"))

    assert [one["commit"] for one in document["versions"]] == [git(ready, "rev-parse", "HEAD")]
    assert document["older_left_out"] is False


def test_a_promoted_verdict_counts_again_where_its_bytes_are_back(gates, done):
    own = (done / "data/first.csv.dvc").read_text()
    second = (done / "data/second.csv.dvc").read_text()
    (done / "reports").mkdir()
    shutil.copy(done / VERDICT, done / "reports/first.json")
    (done / "data/first.csv.dvc").write_text(second.replace("second.csv", "first.csv"))
    commit(done, "other data under a verdict that belongs elsewhere")
    (done / "data/first.csv.dvc").write_text(own)
    (done / "reports/first.json").unlink()
    commit(done, "back again")

    history = versions(gates, done)

    assert [(one["missing"], bool(one["checks"])) for one in history] == [
        (None, True), ("not on these bytes", False), (None, True),
    ]  # fmt: skip
    assert [one["promoted"] is not None for one in history] == [True, False, False]


def test_dvc_draws_a_number_beside_that_of_human_rows(gates, done):
    called = gates(done, "diff", "first", "--all", "--metric", CHECK, "--plots", "history.json")
    assert called.code == 0, called.err
    (point,) = json.loads((done / "history.json").read_text())
    assert (point["promoted"], point["baseline"] is not None) == ("v1.0.0", True)
    plots = "plots:\n- numbers:\n    x: version\n    y:\n      history.json: [observed, baseline]\n"
    (done / "dvc.yaml").write_text((done / "dvc.yaml").read_text() + plots)

    dvc(done, "plots", "show", "numbers", "-o", "shown")

    html = (done / "shown/index.html").read_text()
    assert all(f'"dvc_inferred_y_value": {json.dumps(point[name])}' in html for name in ("observed", "baseline"))


@pytest.mark.parametrize("name", ["a[b]", "_x"])
def test_a_name_that_no_tag_can_carry_has_no_promotions(gates, ready, name):
    text = (ready / "gates.toml").read_text()
    (ready / "gates.toml").write_text(text.replace("[datasets.second]", f'[datasets."{name}"]'))

    called = gates(ready, "diff", name, "--all")

    assert (called.code, f"{name}: no version has a verdict" in called.err) == (3, True), called.err
