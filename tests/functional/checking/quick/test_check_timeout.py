"""`gates check --timeout`: the rows of changed files in the seconds there are, and the rest at push."""

from __future__ import annotations

import io
import json
import shutil

import pytest

from tests.dvc_repositories import commit, git, md5, track, write
from tests.projects import mixed, table_rows
from tests.version_projects import LIMITS, good, put, version_project

FOLDER = """\
[datasets.many]
type = "tabular"
path = "data/many"
"""
MANY = """\
import pandera.polars as pa

Many = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(0, name="grade-at-most"))})
"""
BROKEN = """\
import pandera.polars as pa

First = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check(lambda data: 1 / 0, name="broken"))})
"""
INFORM = """\
{"name": "s", "expectations": [{
  "type": "expect_row_failure_ratio_to_be_less_than", "severity": "info",
  "kwargs": {"rule": "grade/grade-at-most", "max_value": 0}, "meta": {"reason": "a test"}
}]}
"""


def rows(seed: int) -> bytes:
    """Parquet whose grades all break the rule."""
    stream = io.BytesIO()
    mixed(table_rows(30, seed), table_rows(30, seed + 10)).write_parquet(stream)
    return stream.getvalue()


@pytest.fixture(scope="session")
def committed(tmp_path_factory):
    return version_project(tmp_path_factory.mktemp("timeout") / "project")


@pytest.fixture
def root(committed, tmp_path):
    return shutil.copytree(committed, tmp_path / "project")


def stage(root, name: str, text: str) -> None:
    put(root, name, text)
    git(root, "add", "-A")


def test_changed_rows_are_checked_and_the_rest_is_left_to_the_push(root, gates):
    stage(root, "first", good(8))

    called = gates(root, "check", "--staged", "--timeout", "60")

    assert called.code == 0
    assert "first: PASS (partial run)" in called.out
    assert "1 dataset unchanged between HEAD" in called.err
    assert "first: looked at the rows of 1 of 1 changed file; " in called.err
    assert "are deferred to pre-push, but no pre-push hook is installed: `pre-commit install" in called.err
    assert not (root / ".gates/verdicts").exists()
    assert list((root / ".dvc/tmp").rglob("*.json")) == [], "nothing is remembered"


def test_rows_against_the_rules_refuse_the_commit(root, gates):
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))
    stage(root, "first", good(8))

    called = gates(root, "check", "--staged", "--timeout", "60", "--format", "json")

    checks = {check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]}
    assert called.code == 1
    assert "fail" in checks.values()


def test_files_that_got_lost_refuse_the_commit(root, gates):
    write(root, "gates.toml", FOLDER)
    (root / "schemas/first.py").unlink()
    track(root, "data/many", {f"{number}.csv": good(number) for number in range(8)})
    commit(root, "eight files")
    track(root, "data/many", {f"{number}.csv": good(number) for number in range(4)})
    git(root, "add", "-A")

    called = gates(root, "check", "--staged", "--timeout", "60")

    assert called.code == 1
    assert "4 in the index: 4 gone (data/many/4.csv, data/many/5.csv, data/many/6.csv and 1 more)" in " ".join(
        called.out.split()
    )
    assert "looked at the rows of 0 of 0 changed files; " in called.err


def test_files_that_only_a_remote_can_list_are_left_to_the_push(root, gates):
    write(root, "gates.toml", FOLDER)
    (root / "schemas/first.py").unlink()
    track(root, "data/many", {"0.csv": good()})
    git(root, "add", "-A")
    shutil.rmtree(root / ".dvc/cache")

    called = gates(root, "check", "--staged", "--timeout", "60")

    assert (called.code, called.out) == (0, ""), called.err
    assert "in the 60 s there were, fetching nothing; " in called.err


def test_failures_that_only_inform_refuse_nothing_where_the_rest_is_left(root, gates):
    write(root, "gates.toml", FOLDER)
    write(root, "schemas/many.py", MANY)
    write(root, "expectations/many/human.json", INFORM)
    write(root, "expectations/many/synthetic.json", INFORM)
    files = {"0.parquet": rows(1), "1.parquet": rows(2)}
    track(root, "data/many", files)
    name = md5(files["1.parquet"])
    (root / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}").unlink()
    git(root, "add", "-A")

    called = gates(root, "check", "--staged", "--timeout", "60", "--format", "json")

    document = json.loads(called.out)
    assert {(check["outcome"], check["severity"]) for check in document["checks"]} == {("fail", "info")}
    assert (called.code, document["outcome"]) == (0, "unjudged")


def test_a_rule_that_cannot_run_refuses_the_commit(root, gates):
    write(root, "schemas/first.py", BROKEN)
    stage(root, "first", good(8))

    called = gates(root, "check", "first", "--staged", "--timeout", "60", "--format", "json")

    assert (called.code, json.loads(called.out)["outcome"]) == (3, "unjudged")


def test_time_that_is_up_at_once_gives_no_answer_and_says_so(root, gates):
    (root / ".git/hooks/pre-push").write_text("#!/bin/sh\n")
    stage(root, "first", good(8))

    called = gates(root, "check", "--staged", "--timeout", "0.001")

    assert (called.code, called.out) == (0, "")
    assert "in the 0.001 s there were" in called.err
    assert called.err.endswith("checks and the verdict are deferred to pre-push\n")


def test_what_was_judged_before_is_answered_whole(root, gates):
    gates(root, "check", "second", "--staged")

    called = gates(root, "check", "second", "--staged", "--timeout", "2")

    assert called.err == "second: unchanged, using the cached verdict\n"
    assert "no verdict" not in called.out


@pytest.mark.parametrize("other", [("--only", "x"), ("--scope", "human"), ("--output", "reports")])
def test_it_excludes_what_needs_more(root, gates, other):
    called = gates(root, "check", "second", "--timeout", "5", *other)

    assert (called.code, "--timeout writes no verdict" in called.err) == (2, True)
