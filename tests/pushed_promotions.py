"""Promotions that are pushed, without the seconds that DVC takes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.preconditions import ground_of
from gates.promotion.git.push import Parcel, push, refs_at, remote_of
from gates.promotion.git.transaction import apply
from gates.promotion.promote.promote import plan, prepare
from gates.promotion.request import Asked
from gates.versions.repository import open_repository
from tests.dvc_repositories import git

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def promote(root: Path, stage: str = "staging", version: str | None = None) -> str | None:
    """As `gates promote first --push` does it, the data being at DVC's remote already."""
    ground = ground_of(open_repository(root))
    remote = remote_of(ground.git, ground.branch)
    refs_at(ground.git, remote)
    verdict = root / ".gates/verdicts/first.json"
    asked = Asked(root / "gates.toml", "first", stage, verdict, datetime.now(tz=UTC), version)
    planned = plan(ground, asked)
    made = prepare(ground, planned)
    apply(ground.git, made)
    return push(ground.git, remote, Parcel(made.new, {**planned.held, **made.tags}, made.files), made)


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


def tags_at(place: Path) -> dict[str, str]:
    """The object by name of all tags of a repository."""
    lines = git(place, "for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags").splitlines()
    return dict(line.split() for line in lines)
