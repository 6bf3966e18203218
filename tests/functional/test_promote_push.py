"""Promotions that leave the machine: pushed whole, fetched by people who have DVC alone, and raced for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gates.errors import DataError, GatesError
from gates.promotion.asked import Asked
from gates.promotion.ground import ground_of
from gates.promotion.promoting import plan, prepare
from gates.promotion.publishing import push, remote_of
from gates.promotion.transaction import apply
from gates.versions.repository import open_repository
from tests.dvc_repositories import dvc, git, write

ROUNDS = 20


def promote(root: Path, stage: str = "staging", version: str | None = None) -> None:
    """As `gates promote first --push` does it, the data being at DVC's remote already."""
    ground = ground_of(open_repository(root))
    verdict = root / ".gates/verdicts/first.json"
    asked = Asked(root / "gates.toml", "first", stage, verdict, datetime.now(tz=UTC), version)
    made = prepare(ground, plan(ground, asked))
    apply(ground.git, made)
    push(ground.git, remote_of(ground.git, ground.branch), made)


def attempt(root: Path, stage: str = "staging") -> GatesError | None:
    try:
        promote(root, stage)
    except GatesError as error:
        return error
    return None


def second_clone(ready: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another clone with data and verdict, of somebody else: the same person in the same second makes the same tag."""
    other = ready.parent / "there"
    shutil.copytree(ready, other)
    for who in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{who}_{what}")
    for root in (ready, other):
        git(root, "config", "user.name", root.name)
        git(root, "config", "user.email", f"{root.name}@example.org")
    return other


def state(root: Path) -> tuple[str, str, str]:
    """What a clone says of itself: its branch, its tags, what is not committed."""
    return git(root, "rev-parse", "HEAD"), git(root, "tag", "--list"), git(root, "status", "--porcelain")


def test_who_has_dvc_alone_gets_what_was_promoted(gates, ready, tmp_path) -> None:
    called = gates(ready, "promote", "first", "--stage", "staging", "--push")
    assert called.code == 0, called.err
    remote = str(ready.parent / "remote.git")
    got = tmp_path / "got.csv"
    dvc(tmp_path, "artifacts", "get", remote, "first", "--stage", "staging", "-o", str(got))
    assert got.read_bytes() == (ready / "data/first.csv").read_bytes()
    # Its import takes two seconds.
    import dvc.api as dvc_api

    found = dvc_api.artifacts_show("first", version="v1.0.0", repo=remote)
    assert found == {"rev": git(ready, "rev-parse", "HEAD"), "path": "data/first.csv"}
    with dvc_api.open(found["path"], repo=remote, rev=found["rev"], mode="rb") as stream:
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
    assert state(ready) == before
