"""`gates promote` says what `dvc artifacts get` will miss, and does not fail because of it."""

from __future__ import annotations

import pytest

from tests.dvc_repositories import commit, git

LINES = "artifacts:\n  first:\n    path: data/first.csv\n    type: dataset\n"


@pytest.mark.parametrize(
    ("dvc_yaml", "message"),
    [
        ("", "first: dvc.yaml has no artifact of this name, so that `dvc artifacts get` does not find"),
        ("artifacts:\n  second:\n    path: data/first.csv\n", "first: dvc.yaml has no artifact of this name"),
        (
            "artifacts:\n  first:\n    path: data/second.csv\n",
            "has this artifact at data/second.csv, and the data is at",
        ),
    ],
)
def test_lines_that_dvc_yaml_lacks_are_reported_to_the_letter(gates, ready, dvc_yaml, message) -> None:
    (ready / "dvc.yaml").write_text(dvc_yaml)
    commit(ready, "another dvc.yaml")

    called = gates(ready, "promote", "first", "--stage", "staging", "--dry-run")

    assert called.code == 0
    assert message in called.err
    assert called.err.endswith(LINES)


@pytest.mark.parametrize("path", ["data/first.csv", "./data/first.csv", "${where}"])
def test_nothing_is_reported_where_dvc_yaml_has_it(gates, ready, path) -> None:
    (ready / "dvc.yaml").write_text(f"artifacts:\n  first:\n    path: {path}\n")
    commit(ready, "another dvc.yaml")

    assert "dvc.yaml" not in gates(ready, "promote", "first", "--stage", "staging", "--dry-run").err


def test_what_the_stage_has_already_is_no_mistake_where_the_call_says_so(gates, done) -> None:
    before = git(done, "show-ref")

    called = gates(done, "promote", "first", "--stage", "prod", "--if-new")

    assert (called.code, called.out, called.err) == (0, "", "first v1.0.0 is on 'prod' already\n")
    assert git(done, "show-ref") == before
    mixed = gates(done, "promote", "first", "--revoke", "--reason", "x", "--if-new")
    assert (mixed.code, "leave out --if-new" in mixed.err) == (2, True)
