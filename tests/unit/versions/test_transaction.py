from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gates.errors import DataError
from gates.versions.changes.objects import write_commit, write_tag
from gates.versions.changes.recovery import interrupted, recover
from gates.versions.changes.transaction import PreparedRefs, apply, undo
from gates.versions.git.commands import git_at
from tests.dvc_repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from gates.versions.git.commands import Git

FILE = "promotions/reviews/v1.0.0.json"


def prepared(at: Git, name: str = "reviews@v1.0.0") -> PreparedRefs:
    old = at.commit("HEAD")
    new = write_commit(at, {FILE: b"{}\n"}, "promote: reviews v1.0.0\n")
    return PreparedRefs("refs/heads/main", old, new, {name: write_tag(at, name, new, "reviews v1.0.0\n")}, (FILE,))


def state(root: Path) -> tuple[str, str, str]:
    return git(root, "show-ref"), git(root, "status", "--porcelain"), git(root, "ls-files")


def test_what_is_prepared_is_seen_by_nobody(repository: Path) -> None:
    before = state(repository)
    prepared(_git(repository))
    assert state(repository) == before


def test_commit_tags_index_and_work_tree_change_together(repository: Path) -> None:
    at = _git(repository)
    made = prepared(at)
    apply(at, made)
    assert git(repository, "rev-parse", "HEAD") == made.new
    assert git(repository, "rev-parse", "reviews@v1.0.0^{commit}") == made.new
    assert git(repository, "cat-file", "-t", "reviews@v1.0.0") == "tag"
    assert git(repository, "status", "--porcelain") == ""
    assert (repository / FILE).read_bytes() == b"{}\n"
    assert interrupted(at) is None


def test_undoing_leaves_no_trace(repository: Path) -> None:
    at = _git(repository)
    before = state(repository)
    made = prepared(at)
    apply(at, made)
    undo(at, made)
    assert state(repository) == before
    assert not (repository / "promotions").exists()


def test_a_tag_that_exists_stops_all_of_it(repository: Path) -> None:
    git(repository, "tag", "reviews@v1.0.0")
    at = _git(repository)
    before = state(repository)
    with pytest.raises(DataError, match=r"reviews@v1\.0\.0"):
        apply(at, prepared(at))
    assert state(repository) == before
    assert recover(at) is None


def test_a_branch_that_moved_meanwhile_stops_all_of_it(repository: Path) -> None:
    at = _git(repository)
    made = prepared(at)
    commit(repository, "another one")
    before = state(repository)
    with pytest.raises(DataError):
        apply(at, made)
    assert state(repository) == before


@pytest.mark.parametrize("step", ["restore", "update-ref"])
def test_what_was_killed_is_finished_or_cleared_away(
    repository: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    at = _git(repository)
    made = prepared(at)
    before = state(repository)
    run = type(at).run

    def killed(self: Git, *arguments: str, **given: object) -> bytes:
        if arguments[0] == step:
            raise KeyboardInterrupt
        return run(self, *arguments, **given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(at), "run", killed)
        with pytest.raises(KeyboardInterrupt):
            apply(at, made)
    assert "was begun and not ended: reviews@v1.0.0" in str(interrupted(at))
    report = recover(at)
    word = "finished" if step == "restore" else "cleared away"
    assert report == f"an interrupted promotion was {word}: reviews@v1.0.0"
    if step == "update-ref":
        assert state(repository) == before
    else:
        assert git(repository, "status", "--porcelain") == ""
        assert git(repository, "rev-parse", "HEAD") == made.new
    assert recover(at) is None


def test_a_transaction_that_git_was_killed_in_is_finished(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = _git(repository)
    made = prepared(at)

    def half(*_: object) -> None:
        git(repository, "update-ref", made.branch, made.new, made.old)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gates.versions.changes.transaction.transact", half)
        with pytest.raises(KeyboardInterrupt):
            apply(at, made)
    assert "finished" in str(recover(at))
    assert git(repository, "rev-parse", "reviews@v1.0.0^{commit}") == made.new
    assert git(repository, "status", "--porcelain") == ""


def test_a_tag_is_signed_where_git_signs_tags(repository: Path, tmp_path: Path) -> None:
    import subprocess

    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(key)), ("tag.gpgSign", "true")):
        git(repository, "config", name, value)
    at = _git(repository)
    made = write_tag(at, "reviews@v1.0.0", at.commit("HEAD"), "reviews v1.0.0\n")
    assert b"BEGIN SSH SIGNATURE" in at.run("cat-file", "tag", made)


def _git(root: Path) -> Git:
    repository = git_at(root)
    assert repository
    return repository
