from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.dvc_repositories import git
from tests.promotion_projects import promotion_project, use_environment

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = "promotions/first/v1.0.0.json"


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        return promotion_project(tmp_path_factory.mktemp("promotion") / "here")


@pytest.fixture
def root(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_environment(monkeypatch)
    shutil.copytree(ready.parent, tmp_path / "all")
    return tmp_path / "all" / "here"


def test_a_version_is_a_commit_and_two_tags(gates, root) -> None:
    head = git(root, "rev-parse", "HEAD")
    called = gates(root, "promote", "first", "--stage", "staging")
    assert called.code == 0, called.err
    assert git(root, "tag", "--points-at", "HEAD").split() == ["first#staging#1", "first@v1.0.0"]
    assert git(root, "rev-parse", "HEAD^") == head
    assert git(root, "show", "--name-only", "--format=%s", "HEAD").split("\n") == [
        "promote: first v1.0.0 to staging",
        "",
        STATEMENT,
        "promotions/first/v1.0.0.verdict.json",
    ]
    assert git(root, "status", "--porcelain") == ""
    statement = json.loads((root / STATEMENT).read_text())
    assert statement["predicate"]["commit"] == head
    verified = gates(root, "verify")
    assert verified.code == 0, verified.out + verified.err


def test_a_further_stage_adds_a_tag_and_nothing_else(gates, root) -> None:
    gates(root, "promote", "first", "--stage", "staging")
    head = git(root, "rev-parse", "HEAD")
    called = gates(root, "promote", "first", "--stage", "prod")
    assert called.code == 0, called.err
    assert git(root, "rev-parse", "HEAD") == head
    assert git(root, "tag", "--points-at", "HEAD").split() == ["first#prod#2", "first#staging#1", "first@v1.0.0"]
    assert gates(root, "verify").code == 0
