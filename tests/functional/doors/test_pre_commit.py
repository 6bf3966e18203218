"""The hooks that this repository offers, run by real pre-commit on a repository of git and DVC."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, new_git, write
from tests.projects import program
from tests.shared import built_once
from tests.version_projects import LIMITS, bad, good, put, version_project
from tests.warm import warm_path

REPOSITORY = Path(__file__).parents[3]
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
CONFIG = ".pre-commit-config.yaml"
COPIES = "expect_synthetic_to_not_copy_human"
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

    def committed(self, message, *, second=None):
        """Everything is committed past all hooks, with other data if that is given."""
        if second is not None:
            put(self.root, "second", second)
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "--no-verify", "--allow-empty", "-m", message)

    def new_remote(self):
        """An empty remote `origin`."""
        git(self.root.parent, "init", "-q", "--bare", "remote.git")
        git(self.root, "remote", "add", "origin", str(self.root.parent / "remote.git"))

    def shared(self):
        """A remote `origin` that has `main`."""
        self.new_remote()
        git(self.root, "push", "-q", "--no-verify", "-u", "origin", "main")

    def branches(self):
        """The branches that the remote has."""
        return git(self.root, "ls-remote", "--heads", "origin").split("refs/heads/")[1:]

    def has_arrived(self, branch):
        """Whether the remote has a branch as it is here."""
        remote_commit = git(self.root, "ls-remote", "origin", f"refs/heads/{branch}").partition("\t")[0]
        return remote_commit == git(self.root, "rev-parse", branch)


def pre_commit(root, environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Hooks as the manifest has them, but run by what is installed here: an environment takes minutes to build.

    Its datasets were judged before, so that hooks take their time for what a test changes only.
    """
    root, place = built_once(tmp_path_factory, "pre-commit", _hooked)
    return root, _environment(place)


def _environment(place):
    return ENVIRONMENT | {"PATH": warm_path(), "PRE_COMMIT_HOME": str(place / "home"), "PRE_COMMIT_COLOR": "never"}


def _hooked(place):
    offered = new_git(place / "offered")
    shutil.copy(HOOKS, offered)
    sha = commit(offered)
    root = version_project(place / "project")
    ids = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text())]
    config = {
        "default_install_hook_types": ["pre-commit", "pre-merge-commit", "pre-push"],
        "repos": [{"repo": str(offered), "rev": sha, "hooks": [{"id": hook, "language": "system"} for hook in ids]}],
    }
    (root / CONFIG).write_text(yaml.safe_dump(config))
    pre_commit(root, _environment(place), "install", "--install-hooks")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "-m", "hooks")
    judged = program(root, "check", "--all", "--exit-zero")
    assert judged.code == 0, judged.err
    return root, place


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
    assert COPIES in refused.stdout
    assert "1 dataset unchanged between HEAD" in refused.stdout
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
    assert COPIES in refused.stdout


def test_data_that_dvc_itself_added_is_refused_and_fixed_by_adding_it_again(worked):
    before = worked.commits()
    write(worked.root, "data/second.csv", bad())
    dvc(worked.root, "add", "-q", "data/second.csv")
    git(worked.root, "add", "data/second.csv.dvc")

    refused = worked.git("commit", "-m", "bad")

    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert worked.commits() == before

    # Other bytes than any that were judged before.
    write(worked.root, "data/second.csv", good(5))
    unmoved = worked.git("commit", "-m", "mended, but not added")
    assert (unmoved.returncode, COPIES in unmoved.stdout) == (1, True), unmoved.stdout
    dvc(worked.root, "add", "-q", "data/second.csv")
    git(worked.root, "add", "data/second.csv.dvc")

    accepted = worked.git("commit", "-m", "mended")

    assert accepted.returncode == 0, accepted.stdout
    assert worked.commits() == before + 1
    assert git(worked.root, "status", "--porcelain") == ""


def test_staged_data_that_is_in_nobodys_cache_is_not_judged_by_the_file_beside_it(worked):
    put(worked.root, "second", good(5))
    git(worked.root, "add", "-A")
    shutil.rmtree(worked.root / ".dvc/cache")

    refused = worked.git("commit", "-m", "not at hand")

    assert refused.returncode == 1
    assert "- exit code: 3" in refused.stdout
    assert "data/second.csv" in refused.stdout


def test_commit_in_a_hurry_leaves_the_whole_dataset_to_the_push_which_refuses_it(worked):
    worked.shared()
    config = yaml.safe_load((worked.root / CONFIG).read_text())
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == "gates-check")
    # What a hook that passes has said, pre-commit shows only when it is told to.
    hook |= {"args": ["--timeout", "5"], "verbose": True}
    (worked.root / CONFIG).write_text(yaml.safe_dump(config))
    shutil.rmtree(worked.root / ".dvc/tmp/gates")
    put(worked.root, "second", bad())
    git(worked.root, "add", "-A")

    accepted = worked.git("commit", "-m", "bad as a whole")

    assert accepted.returncode == 0, accepted.stdout
    assert "second: looked at the rows of " in accepted.stdout
    assert " checks and the verdict are deferred to pre-push\n" in accepted.stdout

    refused = worked.git("push", "origin", "main")

    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert not worked.has_arrived("main")


def test_commit_in_a_hurry_refuses_rows_against_the_rules(worked):
    config = yaml.safe_load((worked.root / CONFIG).read_text())
    (hook,) = (hook for hook in config["repos"][0]["hooks"] if hook["id"] == "gates-check")
    # More than a person would wait, so that a busy machine comes to the same answer.
    hook |= {"args": ["--timeout", "60"]}
    (worked.root / CONFIG).write_text(yaml.safe_dump(config))
    write(worked.root, "schemas/limits.py", LIMITS.replace("9", "1"))
    put(worked.root, "first", good(8))
    git(worked.root, "add", "-A")

    refused = worked.git("commit", "-m", "grades too high")

    assert refused.returncode == 1
    assert "grade-at-most" in refused.stdout


def test_push_of_a_bad_commit_is_refused(worked):
    worked.shared()
    write(worked.root, "notes.md", "about something else\n")
    worked.committed("notes")

    accepted = worked.git("push", "origin", "main")
    assert accepted.returncode == 0, accepted.stdout

    worked.committed("bad", second=bad())

    refused = worked.git("push", "origin", "main")
    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert not worked.has_arrived("main")


def test_push_judges_the_branch_that_is_pushed_and_not_the_one_that_is_checked_out(worked):
    worked.shared()
    git(worked.root, "checkout", "-q", "-b", "side")
    worked.committed("bad", second=bad())
    git(worked.root, "checkout", "-q", "main")
    worked.committed("good", second=good(3))

    # HEAD is good, and so is what lies in the work tree.
    refused = worked.git("push", "origin", "side")
    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert worked.branches() == ["main"]

    git(worked.root, "checkout", "-q", "side")
    accepted = worked.git("push", "origin", "main")
    assert accepted.returncode == 0, accepted.stdout
    assert worked.has_arrived("main")


def test_new_branch_is_compared_with_what_the_remote_has_of_it(worked):
    worked.shared()
    git(worked.root, "checkout", "-q", "-b", "topic")
    write(worked.root, "notes.md", "about something else\n")
    worked.committed("notes")
    # Nothing differs from the remote, and so nothing has to be at hand.
    shutil.move(worked.root / ".dvc/cache", worked.root.parent / "aside")
    shutil.move(worked.root / ".dvc/tmp/gates", worked.root.parent / "forgotten")

    accepted = worked.git("push", "-u", "origin", "topic")
    assert accepted.returncode == 0, accepted.stdout
    assert worked.has_arrived("topic")

    shutil.move(worked.root.parent / "aside", worked.root / ".dvc/cache")
    shutil.move(worked.root.parent / "forgotten", worked.root / ".dvc/tmp/gates")
    git(worked.root, "checkout", "-q", "-b", "other")
    worked.committed("bad", second=bad())
    # The commit that made it bad is not the last one that is pushed.
    write(worked.root, "notes.md", "more of something else\n")
    worked.committed("notes again")

    refused = worked.git("push", "origin", "other")
    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert worked.branches() == ["main\n" + git(worked.root, "rev-parse", "topic") + "\t", "topic"]


def test_first_push_to_an_empty_remote_judges_everything_on_the_branch_that_is_pushed(worked):
    worked.new_remote()
    git(worked.root, "checkout", "-q", "-b", "side")
    worked.committed("bad", second=bad())
    git(worked.root, "checkout", "-q", "main")

    # HEAD is good.
    refused = worked.git("push", "origin", "side")
    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout
    assert worked.branches() == []

    git(worked.root, "checkout", "-q", "side")
    accepted = worked.git("push", "origin", "main")
    assert accepted.returncode == 0, accepted.stdout
    assert worked.branches() == ["main"]


def test_empty_remote_beside_an_upstream_that_has_it_all_is_judged_whole(worked):
    worked.committed("bad", second=bad())
    worked.shared()
    git(worked.root.parent, "init", "-q", "--bare", "other.git")
    git(worked.root, "remote", "add", "other", str(worked.root.parent / "other.git"))

    refused = worked.git("push", "other", "main")

    assert (refused.returncode, COPIES in refused.stdout) == (1, True), refused.stdout


def test_push_without_anything_new_has_nothing_to_do(worked):
    worked.shared()
    shutil.rmtree(worked.root / ".dvc/cache")

    done = worked.git("push", "origin", "main")

    assert (done.returncode, done.stdout) == (0, "Everything up-to-date\n")


def test_hooks_are_what_pre_commit_takes():
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")
