"""What stands in the way of a promotion is said in one sentence, and nothing is changed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from gates.promotion import evidence
from tests.dvc_repositories import commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STAGING_OF_THREE_DAYS = "[stages.staging]\nmaximum_age = 3"
SUITE = {
    "name": "first-human",
    "expectations": [
        {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": "town"},
            "severity": "critical",
            "meta": {"reason": "everybody lives somewhere"},
        }
    ],
}


def dirty(root: Path) -> None:
    (root / "gates.toml").write_text((root / "gates.toml").read_text() + "# more\n")


def detached(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")


def shallow(root: Path) -> None:
    (root / ".git/shallow").write_text(git(root, "rev-parse", "HEAD") + "\n")


def nobody(root: Path) -> None:
    git(root, "config", "user.useConfigOnly", "true")


def unjudged(root: Path) -> None:
    (root / ".gates/verdicts/first.json").unlink()


def of_a_frame(root: Path) -> None:
    path = root / ".gates/verdicts/first.json"
    verdict = json.loads(path.read_text())
    verdict["data"]["in_memory"] = True
    path.write_text(json.dumps(verdict))


def other_suite(root: Path) -> None:
    write(root, "expectations/first/human.json", json.dumps(SUITE))
    commit(root, "a suite")


def other_data(root: Path) -> None:
    pointer = root / "data/first.csv.dvc"
    second = (root / "data/second.csv.dvc").read_text()
    pointer.write_text(second.replace("second.csv", "first.csv"))
    commit(root, "other data")


def edited_data(root: Path) -> None:
    data = root / "data/first.csv"
    content = data.read_text()
    data.unlink()
    data.write_text(content + content.splitlines(keepends=True)[-1])


def in_git(root: Path) -> None:
    (root / "data/first.csv.dvc").unlink()
    (root / "data/.gitignore").unlink(missing_ok=True)
    (root / ".gitignore").write_text("/.gates/\n")
    git(root, "add", "-f", "data/first.csv")
    commit(root, "into git")


def no_data(root: Path) -> None:
    for path in (root / ".dvc/cache").rglob("*"):
        if path.is_file():
            path.unlink()
    write(root, ".dvc/config.local", f"['remote \"store\"']\n    url = {root / 'nowhere'}\n")


def tag_there(root: Path) -> None:
    git(root, "tag", "first@v1.0.0")


@pytest.mark.parametrize(
    "refusal",
    [
        (dirty, (), 2, "not committed: gates.toml"),
        (detached, (), 2, "HEAD is detached"),
        (shallow, (), 3, "git fetch --unshallow"),
        (unjudged, (), 3, "`gates check first`, then promote"),
        (other_suite, (), 3, "was judged under another contract: a suite has changed"),
        (other_data, (), 2, "not committed: what was judged in data/first.csv"),
        (of_a_frame, (), 3, "first: its verdict is on a frame in memory"),
        (edited_data, (), 2, "not committed: data/first.csv"),
        (in_git, (), 2, "is in git and not in DVC"),
        (no_data, (), 3, "is not in the cache of DVC"),
        (None, ("--stage", "stagin"), 2, "did you mean 'staging'?"),
        (None, ("--version", "1.2.0"), 2, "did you mean 'v1.2.0'?"),
        (None, ("--sign", "--key", "nokey"), 2, "nokey: there is no such key file"),
        (None, ("--key", "nokey"), 2, "give --sign too"),
        (None, ("--revoke",), 2, "--revoke needs --reason"),
        (None, ("--revoke", "--reason", "why not"), 2, "nothing of it was promoted, or its tags are not here"),
    ],
)
def test_nothing_changes_and_one_sentence_says_why(
    gates, ready, refusal: tuple[Callable[[Path], None] | None, tuple[str, ...], int, str]
) -> None:
    change, arguments, code, words = refusal
    if change:
        change(ready)
    before = git(ready, "rev-parse", "HEAD"), git(ready, "tag", "--list"), git(ready, "status", "--porcelain")
    stage = () if "--stage" in arguments or "--revoke" in arguments else ("--stage", "staging")
    called = gates(ready, "promote", "first", *stage, *arguments)
    assert (called.code, words in called.err) == (code, True), called.err
    after = git(ready, "rev-parse", "HEAD"), git(ready, "tag", "--list"), git(ready, "status", "--porcelain")
    assert after == before


def test_data_that_was_judged_before_it_was_committed_is_to_be_added(gates, ready):
    edited_data(ready)
    gates(ready, "check", "first", "--exit-zero")

    called = gates(ready, "promote", "first", "--stage", "staging", "--dry-run")

    assert called.code == 2, called.err
    assert "not committed: what was judged in data/first.csv" in called.err
    assert "`dvc add`" in called.err


def test_a_tag_that_is_there_and_says_nothing_stands_in_the_way(gates, ready) -> None:
    tag_there(ready)
    called = gates(ready, "promote", "first", "--stage", "staging")
    assert called.code == 3
    assert "first@v1.0.0: is no annotated tag" in called.err


def test_refs_that_cannot_be_written_leave_all_as_it_was(gates, ready) -> None:
    # Who runs the tests may write everywhere, and so a lock stands for a folder that is read-only.
    lock = write(ready, ".git/refs/heads/main.lock", "")
    before = git(ready, "show-ref"), git(ready, "status", "--porcelain")
    called = gates(ready, "promote", "first", "--stage", "staging")
    assert (called.code, "git update-ref failed" in called.err) == (3, True), called.err
    assert (git(ready, "show-ref"), git(ready, "status", "--porcelain")) == before
    lock.unlink()
    assert gates(ready, "promote", "first", "--stage", "staging").code == 0


def test_git_has_to_know_who_promotes(gates, ready, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody(ready)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    called = gates(ready, "promote", "first", "--stage", "staging")
    assert (called.code, "git does not know who you are" in called.err) == (2, True), called.err


def test_without_stages_the_table_to_add_is_named(gates, ready) -> None:
    text = (ready / "gates.toml").read_text()
    (ready / "gates.toml").write_text(text[: text.index("[stages.staging]")])
    commit(ready, "no stages")
    called = gates(ready, "promote", "first", "--stage", "prod")
    assert (called.code, "[stages.prod]" in called.err) == (2, True), called.err


def test_a_verdict_that_is_written_anew_meanwhile_is_not_promoted(
    gates, ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ready / ".gates/verdicts/first.json"
    enforced = evidence.enforce

    def and_then_another(*given: Any, **named: Any) -> Any:
        evidence_read = enforced(*given, **named)
        verdict = json.loads(path.read_text())
        check = next(check for check in verdict["checks"] if check["observed"] is not None)
        check["observed"] += 1  # which no digest covers
        path.write_text(json.dumps(verdict))
        return evidence_read

    monkeypatch.setattr(evidence, "enforce", and_then_another)
    before = git(ready, "show-ref")
    called = gates(ready, "promote", "first", "--stage", "staging")
    assert (called.code, "its verdict was written anew while it was read" in called.err) == (3, True), called.err
    assert git(ready, "show-ref") == before


def test_a_verdict_is_as_old_as_its_file_and_young_again_once_it_is_answered_from_memory(gates, ready) -> None:
    write(ready, "gates.toml", (ready / "gates.toml").read_text().replace("[stages.staging]", STAGING_OF_THREE_DAYS))
    commit(ready, "young verdicts only")
    assert gates(ready, "check", "first", "--quiet").code == 0
    verdict = ready / ".gates/verdicts/first.json"
    old = verdict.stat().st_mtime - 9 * 86400
    os.utime(verdict, (old, old))

    refused = gates(ready, "promote", "first", "--stage", "staging", "--dry-run")

    words = (
        "Stage 'staging' takes verdicts of at most 3 days, and this one is 9 days old; run `gates check first` again."
    )
    assert (refused.code, words in refused.err) == (1, True), refused.err
    assert gates(ready, "check", "first", "--quiet").code == 0
    assert gates(ready, "promote", "first", "--stage", "staging", "--dry-run").code == 0
