"""Promotions that leave the machine: pushed whole, fetched by people who have DVC alone, and raced for."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gates.errors import DataError, GatesError
from tests.dvc_repositories import commit, dvc, git, write
from tests.promotions.pushed_promotions import attempt, promote, second_clone, state, tags_at

ROUNDS = 20


def test_who_has_dvc_alone_gets_what_was_promoted(gates, ready, tmp_path) -> None:
    called = gates(ready, "promote", "first", "--stage", "staging", "--push")
    assert called.code == 0, called.err
    remote = str(ready.parent / "remote.git")
    got = tmp_path / "got.csv"
    dvc(tmp_path, "artifacts", "get", remote, "first", "--stage", "staging", "-o", str(got))
    assert got.read_bytes() == (ready / "data/first.csv").read_bytes()
    # Its import takes two seconds.
    import dvc.api as dvc_api

    artifact = dvc_api.artifacts_show("first", version="v1.0.0", repo=remote)
    assert artifact == {"rev": git(ready, "rev-parse", "HEAD"), "path": "data/first.csv"}
    with dvc_api.open(artifact["path"], repo=remote, rev=artifact["rev"], mode="rb") as stream:
        assert stream.read() == got.read_bytes()
    git(tmp_path, "clone", "-q", remote, "clone")
    shown = subprocess.run(
        [str(Path(sys.executable).parent / "gto"), "show", "first", "--repo", "clone"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ("v1.0.0" in shown, "staging" in shown) == (True, True), shown


@pytest.mark.slow
def test_of_two_who_promote_at_once_exactly_one_wins(ready, monkeypatch) -> None:
    other, remote = second_clone(ready, monkeypatch), ready.parent / "remote.git"
    start = git(ready, "rev-parse", "HEAD")
    before = state(ready)
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(attempt, (ready, other)))
        lost = [(root, error) for root, error in zip((ready, other), ended, strict=True) if error]
        assert len(lost) == 1, ended
        root, error = lost[0]
        assert "somebody else was first" in str(error)
        # The winner's tags came with the fetch; nothing of the loser's own is left.
        assert state(root)[::2] == before[::2]
        assert git(remote, "rev-parse", "first@v1.0.0^{commit}") == git(remote, "rev-parse", "main")
        assert git(root, "rev-parse", "first@v1.0.0") == git(remote, "rev-parse", "first@v1.0.0")
        for place in (ready, other, remote):
            for tag in git(place, "tag", "--list").split():
                git(place, "update-ref", "-d", f"refs/tags/{tag}")
            git(place, "update-ref", "refs/heads/main", start)
        for place in (ready, other):
            git(place, "reset", "-q", "--hard", start)
            git(place, "clean", "-q", "-f", "-d", "promotions")


def test_of_two_who_put_one_version_on_a_stage_exactly_one_wins(ready, monkeypatch) -> None:
    promote(ready)
    other = second_clone(ready, monkeypatch)
    promote(other, "prod")
    error = attempt(ready, "prod")
    assert "somebody else was first" in str(error)
    assert git(ready, "rev-parse", "first#prod#2") == git(other, "rev-parse", "first#prod#2")


def test_a_remote_that_cannot_be_reached_leaves_nothing(ready) -> None:
    git(ready, "remote", "set-url", "origin", "../nowhere.git")
    before = state(ready)
    with pytest.raises(DataError, match="origin could not be reached, nothing was promoted"):
        promote(ready)
    assert state(ready) == before


def test_a_remote_that_refuses_leaves_nothing(ready) -> None:
    hook = write(ready.parent / "remote.git", "hooks/pre-receive", "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    before = state(ready)
    with pytest.raises(GatesError, match="nothing was promoted"):
        promote(ready)
    assert state(ready) == before


def test_without_a_remote_of_dvc_nothing_is_promoted(gates, ready) -> None:
    dvc(ready, "remote", "remove", "store")
    git(ready, "commit", "-q", "-a", "-m", "no remote")
    before = state(ready)
    called = gates(ready, "promote", "first", "--stage", "staging", "--push")
    assert (called.code, "the data is not at DVC's remote, nothing was promoted" in called.err) == (3, True), called.err
    assert "Create a default remote with `dvc remote add -d <remote name> <remote url>`; see" in called.err, called.err
    assert state(ready) == before


def test_what_dvc_says_of_its_remote_is_passed_on(gates, ready) -> None:
    (ready.parent / "not-a-folder").write_text("a file")
    dvc(ready, "remote", "modify", "store", "url", str(ready.parent / "not-a-folder"))
    git(ready, "commit", "-q", "-a", "-m", "another remote")
    before = state(ready)
    called = gates(ready, "promote", "first", "--stage", "staging", "--push")
    assert called.code == 3
    assert "not-a-folder" in called.err, called.err
    assert "dvc.org/support" not in called.err, called.err
    assert state(ready) == before


def test_a_branch_that_is_behind_is_refused_with_the_way_on(ready, monkeypatch) -> None:
    other = second_clone(ready, monkeypatch)
    commit(other, "another rule")
    git(other, "push", "-q", "origin", "main")
    before = state(ready)
    error = attempt(ready)
    assert "`git pull --no-rebase --tags origin main`, `gates check`, then promote again" in str(error)
    assert (state(ready), tags_at(ready.parent / "remote.git")) == (before, {})
    git(ready, "pull", "--no-rebase", "--tags", "-q", "origin", "main")
    promote(ready)
    assert tags_at(ready.parent / "remote.git") == tags_at(ready)


def test_what_the_remote_has_from_somebody_else_is_reported_with_the_commands_that_drop_ones_own(
    gates, ready, monkeypatch
) -> None:
    other = second_clone(ready, monkeypatch)
    promote(other)
    assert gates(ready, "promote", "first", "--stage", "staging").code == 0
    own = tags_at(ready)
    error = attempt(ready, "prod")
    assert "somebody else was first and has another first@v1.0.0 there" in str(error)
    assert tags_at(ready) == own
    commands = [part for part in str(error).split("drop what is here: ")[1].split("`") if part.startswith("git ")]
    assert [command.split()[1] for command in commands] == ["tag", "revert", "fetch", "pull"]
    for command in commands:
        subprocess.run(command, shell=True, cwd=ready, check=True, capture_output=True)
    assert tags_at(ready) == tags_at(other)
    assert gates(ready, "verify").code == 0


def test_what_somebody_built_on_meanwhile_stays_and_goes_with_the_next_call(ready) -> None:
    mine = f"env -i PATH=\"$PATH\" git -C '{ready}' -c user.name=b -c user.email=b@example.org commit -q --allow-empty -m b"
    hook = write(ready.parent / "remote.git", "hooks/pre-receive", f"#!/bin/sh\n{mine}\nexit 1\n")
    hook.chmod(0o755)
    error = attempt(ready)
    assert "it is still here, as it could not be undone" in str(error)
    assert "to drop it, `git tag --delete first@v1.0.0 'first#staging#1'` and `git revert --no-edit" in str(error)
    assert git(ready, "log", "-1", "--format=%s") == "b"
    assert not (ready / ".git/gates-promotion.json").exists()
    hook.unlink()
    promote(ready, "prod")
    assert len(tags_at(ready)) == 3
    assert tags_at(ready.parent / "remote.git") == tags_at(ready)
