"""The record of a review lies among the promotions of its dataset, and neither disturbs the other."""

from __future__ import annotations

import polars as pl

from tests.dvc_repositories import commit, git


def test_reviewed_version_is_promoted_verified_and_compared(gates, ready):
    planned = gates(ready, "review", "plan", "first", "--output", "tasks.csv", "--double", "0")
    tasks = pl.read_csv(ready / "tasks.csv", infer_schema=False)
    tasks.with_columns(verdict=pl.lit("accept"), reviewer=pl.lit("ana")).write_csv(ready / "tasks.csv")
    imported = gates(ready, "review", "import", "first", "tasks.csv")
    (ready / "tasks.csv").unlink()
    commit(ready, "A review")

    promoted = gates(ready, "promote", "first", "--stage", "staging")
    assert (planned.code, imported.code, promoted.code) == (0, 0, 0), promoted.err
    assert "promotions/first/review.json" in git(ready, "ls-files", "promotions")
    for call in (("verify",), ("diff", "first"), ("enforce", "first"), ("review", "status", "first")):
        called = gates(ready, *call)
        assert called.code == 0, (call, called.out, called.err)


def test_plan_alone_keeps_a_verdict_valid(gates, done):
    gates(done, "review", "plan", "first", "--output", "tasks.csv")

    assert gates(done, "enforce", "first").code == 0
    assert gates(done, "verify").code == 0
    assert gates(done, "lint").code == 0
