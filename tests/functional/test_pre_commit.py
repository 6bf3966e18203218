"""The hooks that this repository offers, run by real pre-commit on a repository of git and DVC."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.dvc_repositories import ENVIRONMENT, commit, git, new_git
from tests.version_projects import bad, good, put, version_project

REPOSITORY = Path(__file__).parents[2]
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
pytestmark = [pytest.mark.slow, pytest.mark.program]


@dataclass(frozen=True)
class Worked:
    """A repository with the hooks installed."""

    root: Path
    environment: dict[str, str]

    def git(self, *arguments):
        """What git did, with everything that was printed in `stdout`."""
        return subprocess.run(
            ["git", *arguments], cwd=self.root, env=self.environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def commits(self):
        return int(git(self.root, "rev-list", "--count", "HEAD"))


def pre_commit(root, environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Hooks as the manifest has them, but run by what is installed here: an environment takes minutes to build."""
    place = tmp_path_factory.mktemp("pre-commit")
    offered = new_git(place / "offered")
    shutil.copy(HOOKS, offered)
    sha = commit(offered)
    root = version_project(place / "project")
    ids = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text())]
    config = {
        "default_install_hook_types": ["pre-commit", "pre-merge-commit", "pre-push"],
        "repos": [{"repo": str(offered), "rev": sha, "hooks": [{"id": hook, "language": "system"} for hook in ids]}],
    }
    (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    environment = ENVIRONMENT | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(place / "home"),
        "PRE_COMMIT_COLOR": "never",
    }
    pre_commit(root, environment, "install", "--install-hooks")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", "hooks")
    return root, environment


@pytest.fixture
def worked(built, tmp_path):
    root, environment = built
    return Worked(shutil.copytree(root, tmp_path / "project"), environment)


def test_commit_that_touches_no_dataset_needs_neither_data_nor_time(worked):
    shutil.rmtree(worked.root / ".dvc/cache")
    (worked.root / "data/second.csv").unlink()
    (worked.root / "notes.md").write_text("about something else\n")
    git(worked.root, "add", "notes.md")

    done = worked.git("commit", "-m", "notes")

    assert done.returncode == 0, done.stdout
    assert "data gates (staged datasets)" in done.stdout
    assert "Skipped" in done.stdout


def test_commit_with_a_bad_dataset_is_refused_and_the_work_tree_does_not_count(worked):
    put(worked.root, "second", bad())
    git(worked.root, "add", "-A")
    (worked.root / "data/second.csv").write_text(good(3))
    before = worked.commits()

    refused = worked.git("commit", "-m", "bad")

    assert refused.returncode == 1
    assert "expect_synthetic_to_not_copy_human" in refused.stdout
    assert "1 dataset in the index as in HEAD" in refused.stdout
    assert worked.commits() == before

    # The other way round: what is staged is as in HEAD, and what lies in the work tree is bad.
    put(worked.root, "second", good(3))
    git(worked.root, "add", "-A")
    (worked.root / "data/second.csv").write_text(bad())

    accepted = worked.git("commit", "--allow-empty", "-m", "good")

    assert accepted.returncode == 0, accepted.stdout
    assert worked.commits() == before + 1


def test_deletion_of_a_pointer_is_seen(worked):
    git(worked.root, "rm", "-q", "data/second.csv.dvc")

    refused = worked.git("commit", "-m", "gone")

    assert refused.returncode == 1
    assert "'data/second.csv' is not in the index" in refused.stdout


def test_malformed_suite_is_refused(worked):
    suite = worked.root / "expectations/second/human.json"
    suite.parent.mkdir(parents=True)
    suite.write_text('{"expectations": [}')
    git(worked.root, "add", "-A")

    refused = worked.git("commit", "-m", "malformed")

    assert refused.returncode == 1
    assert "expectations/second/human.json:1" in refused.stdout


def test_merge_of_two_good_branches_is_judged_as_merged(worked):
    git(worked.root, "checkout", "-q", "-b", "side")
    put(worked.root, "second", bad())
    git(worked.root, "add", "-A")
    git(worked.root, "commit", "-q", "--no-verify", "-m", "side")
    git(worked.root, "checkout", "-q", "main")
    (worked.root / "notes.md").write_text("main goes on\n")
    git(worked.root, "add", "notes.md")
    git(worked.root, "commit", "-q", "--no-verify", "-m", "notes")

    refused = worked.git("merge", "--no-ff", "-m", "merged", "side")

    assert refused.returncode != 0
    assert "expect_synthetic_to_not_copy_human" in refused.stdout


def test_push_of_a_bad_commit_is_refused(worked, tmp_path):
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(worked.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(worked.root, "push", "-q", "--no-verify", "-u", "origin", "main")
    (worked.root / "notes.md").write_text("about something else\n")
    git(worked.root, "add", "notes.md")
    git(worked.root, "commit", "-q", "--no-verify", "-m", "notes")

    accepted = worked.git("push", "origin", "main")
    assert accepted.returncode == 0, accepted.stdout

    put(worked.root, "second", bad())
    git(worked.root, "add", "-A")
    git(worked.root, "commit", "-q", "--no-verify", "-m", "bad")

    refused = worked.git("push", "origin", "main")
    assert refused.returncode == 1
    assert "expect_synthetic_to_not_copy_human" in refused.stdout


def test_hooks_are_what_pre_commit_takes():
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")
