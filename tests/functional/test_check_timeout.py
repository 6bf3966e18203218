"""`gates check --timeout`: the rows of changed files in the seconds there are, and the rest at push."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.dvc_repositories import git, write
from tests.version_projects import LIMITS, good, put, version_project


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
    assert "first: pass (part of the plan: no verdict)" in called.out
    assert "1 dataset in the index as in HEAD" in called.err
    assert "first: looked at the rows of 1 of 1 changed file; " in called.err
    assert "are left to the push, but no hook is there to judge it: `pre-commit install" in called.err
    assert not (root / ".gates/verdicts").exists()
    assert not list((root / ".dvc/tmp").rglob("*.json"))[1:], "hashes are remembered, and no verdict"


def test_rows_against_the_rules_refuse_the_commit(root, gates):
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))
    stage(root, "first", good(8))

    called = gates(root, "check", "--staged", "--timeout", "60", "--format", "json")

    checks = {check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]}
    assert called.code == 1
    assert "fail" in checks.values()


def test_time_that_is_up_at_once_gives_no_answer_and_says_so(root, gates):
    (root / ".git/hooks/pre-push").write_text("#!/bin/sh\n")
    stage(root, "first", good(8))

    called = gates(root, "check", "--staged", "--timeout", "0.001")

    assert (called.code, called.out) == (0, "")
    assert "in the 0.001 s there were" in called.err
    assert called.err.endswith("checks and the verdict are left to the push\n")


def test_what_was_judged_before_is_answered_whole(root, gates):
    gates(root, "check", "second", "--staged")

    called = gates(root, "check", "second", "--staged", "--timeout", "0.001")

    assert called.err == "second: unchanged, judged before\n"
    assert "no verdict" not in called.out


@pytest.mark.parametrize("other", [("--only", "x"), ("--scope", "human"), ("--output", "reports")])
def test_it_excludes_what_needs_more(root, gates, other):
    called = gates(root, "check", "second", "--timeout", "5", *other)

    assert (called.code, "--timeout gives no verdict" in called.err) == (2, True)
