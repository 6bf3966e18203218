"""A project with a verdict that passed, ready to be promoted; made once, copied by each test."""

from __future__ import annotations

import contextlib
import json
import shutil
from typing import TYPE_CHECKING

from gates.cli.main import run
from tests.dvc_repositories import ENVIRONMENT, commit, git, write
from tests.version_projects import version_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

STAGES = """
[stages.staging]

[stages.prod]
after = "staging"
"""
SUITE = {
    "name": "first-synthetic",
    "expectations": [
        {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": "grade"},
            "severity": "critical",
            "meta": {"reason": "everybody has a grade"},
        }
    ],
}
DVC_YAML = "artifacts:\n  first:\n    path: data/first.csv\n    type: dataset\n"


def use_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git and DVC of this process see no settings of the user's."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def promotion_project(root: Path) -> Path:
    """Stages, an artifact of DVC, a DVC remote and a bare git remote beside it, and a verdict on the first dataset."""
    version_project(root)
    write(root, "gates.toml", (root / "gates.toml").read_text() + STAGES)
    write(root, "dvc.yaml", DVC_YAML)
    write(root, "expectations/first/synthetic.json", json.dumps(SUITE))
    write(
        root, ".dvc/config", f"[core]\n    remote = store\n['remote \"store\"']\n    url = {root.parent}/dvc-remote\n"
    )
    commit(root, "stages")
    git(root.parent, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(root, "remote", "add", "origin", "../remote.git")
    git(root, "push", "-q", "-u", "origin", "main")
    check(root)
    return root


def copied(root: Path, folder: Path) -> Path:
    """A copy of a project and of the remotes beside it."""
    return shutil.copytree(root.parent, folder / "all") / root.name


def check(root: Path) -> None:
    """The verdict on the first dataset, which has to pass."""
    with contextlib.chdir(root):
        assert run(("check", "first", "--quiet")) == 0


def promoted(root: Path) -> Path:
    """The same, its first dataset promoted to both stages."""
    with contextlib.chdir(root):
        assert run(("promote", "first", "--stage", "staging")) == 0
        assert run(("promote", "first", "--stage", "prod")) == 0
    return root
