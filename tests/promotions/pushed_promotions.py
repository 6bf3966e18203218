"""Promotions that are pushed, without the seconds that DVC takes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.evidence import PromoteRequest
from gates.promotion.git.push import PushPlan, push
from gates.promotion.promote.execute import prepare
from gates.promotion.promote.promote import plan_promotion
from gates.versions.changes.clean_repository import require_clean
from gates.versions.changes.git_remote import refs_at, remote_of
from gates.versions.changes.transaction import apply
from gates.versions.repository import open_repository
from tests.dvc_repositories import git

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def promote(root: Path, stage: str = "staging", version: str | None = None) -> str | None:
    """As `gates promote first --push` does it, the data being at DVC's remote already."""
    clean = require_clean(open_repository(root))
    remote = remote_of(clean.git, clean.branch)
    refs_at(clean.git, remote)
    verdict = root / ".gates/verdicts/first.json"
    request = PromoteRequest(root / "gates.toml", "first", stage, verdict, datetime.now(tz=UTC), version)
    plan = plan_promotion(clean, request)
    prepared = prepare(clean, plan)
    apply(clean.git, prepared)
    tags = {**plan.existing, **prepared.tags}
    return push(clean.git, remote, PushPlan(prepared.new, tags, prepared.files), prepared)


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
