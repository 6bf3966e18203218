from __future__ import annotations

import pytest

from tests.dvc_repositories import commit, new_git, write
from tests.promotions.promotion_projects import use_environment


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """A repository of git with one commit."""
    use_environment(monkeypatch)
    root = new_git(tmp_path / "repository")
    write(root, "a.txt", "a\n")
    commit(root)
    return root
