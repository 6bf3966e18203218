"""A git that refuses to answer is no repository without commits: no command passes, and each has git's own sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gates.errors import DataError, UsageError
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, base_of, revision
from tests.dvc_repositories import ENVIRONMENT, commit, git, new_repository, write
from tests.shared import built_once
from tests.version_projects import version_project

COMMANDS = {
    "check": ("check",),
    "check --all": ("check", "--all"),
    "check --staged": ("check", "--staged"),
    "check --rev": ("check", "--rev", "HEAD"),
    "check --since": ("check", "--since", "HEAD~1"),
    "check --base": ("check", "--base", "HEAD~1"),
    "check --pushed": ("check", "--pushed"),
    "check --timeout": ("check", "--staged", "--timeout", "5"),
    "diff": ("diff",),
    "diff --all": ("diff", "first", "--all"),
    "promote": ("promote", "first", "--stage", "prod"),
    "verify": ("verify", "first"),
    "lint --all": ("lint", "--all"),
}
# What reads no index, or the index alone, is right where another part of git is broken.
WITHOUT_INDEX = {"check", "check --rev", "check --since", "check --base", "check --pushed", "verify"}
WITHOUT_COMMIT = {"lint --all", "verify"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    def build(folder):
        root = version_project(folder / "project")
        write(root, "README", "later")
        commit(root, "later")
        return root

    return built_once(tmp_path_factory, "refuses", build)


@pytest.fixture
def root(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "project"))


def object_file(root: Path, name: str) -> Path:
    sha = git(root, "rev-parse", name)
    return root / ".git/objects" / sha[:2] / sha[2:]


def head_is_garbage(root: Path) -> None:
    write(root, ".git/HEAD", "garbage")


def head_is_gone(root: Path) -> None:
    (root / ".git/HEAD").unlink()


def ref_is_empty(root: Path) -> None:
    write(root, ".git/refs/heads/main", "")


def ref_is_lost(root: Path) -> None:
    (root / ".git/refs/heads/main").unlink()


def commit_is_lost(root: Path) -> None:
    object_file(root, "HEAD").unlink()


def commit_is_empty(root: Path) -> None:
    place = object_file(root, "HEAD")
    place.unlink()
    place.touch()


def config_is_broken(root: Path) -> None:
    write(root, ".git/config", "bad[config")


NO_REPOSITORY = [head_is_garbage, head_is_gone, config_is_broken]
NO_COMMIT = [ref_is_empty, ref_is_lost, commit_is_lost, commit_is_empty]


def refused(called) -> bool:
    return called.code == 3 and "Traceback" not in called.err and "internal error" not in called.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_repository_of_another_owner_is_refused_with_what_to_do(root, gates, monkeypatch, command):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    called = gates(root, *COMMANDS[command])

    assert refused(called), (called.code, called.out, called.err)
    assert "detected dubious ownership" in called.out + called.err
    assert f"git config --global --add safe.directory {root}" in called.out + called.err


@pytest.mark.parametrize("damage", [*NO_REPOSITORY, *NO_COMMIT])
def test_a_broken_repository_is_never_one_without_commits(root, gates, damage):
    damage(root)

    for name, command in COMMANDS.items():
        if damage in NO_COMMIT and name in WITHOUT_COMMIT:
            continue
        called = gates(root, *command)
        assert refused(called), (name, called.code, called.out, called.err)
        assert "no commit yet" not in called.out + called.err, name


def test_a_broken_index_is_refused_by_what_reads_it(root, gates):
    index = root / ".git/index"
    index.write_bytes(index.read_bytes()[:30])

    for name, command in COMMANDS.items():
        if name not in WITHOUT_INDEX:
            called = gates(root, *command)
            assert refused(called), (name, called.code, called.out, called.err)


@pytest.mark.parametrize("name", ["HEAD^{tree}", "HEAD:gates.toml", "HEAD:data", "HEAD~1"])
def test_a_missing_object_is_refused_and_not_taken_for_a_missing_file(root, gates, name):
    object_file(root, name).unlink()

    called = gates(root, "check", "--rev", "HEAD")

    assert refused(called), (called.code, called.out, called.err)


def test_git_that_is_not_installed_is_reported(root):
    program = Path(sys.executable).parent / "gates"
    done = subprocess.run(
        [program, "check"], cwd=root, env=ENVIRONMENT | {"PATH": str(root)}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, "git is not installed" in done.stderr) == (3, True), done.stderr


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="no other user to be here")
def test_a_git_folder_that_may_not_be_read_is_refused(root):
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    for folder in (root, *root.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    (root / ".git").chmod(0o700)
    program = "import os, subprocess\nfrom pathlib import Path\nfrom gates.versions.repository import open_repository\n"
    program += "os.setuid(65534)\nprint(open_repository(Path()).git.commit_or_none('HEAD'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )

    assert "gates.errors.DataError: git rev-parse failed" in done.stderr, (done.stdout, done.stderr)


def test_a_broken_repository_in_another_one_is_not_taken_for_a_folder_of_it(root):
    inner = root / "inner"
    new_repository(inner)
    head_is_gone(inner)

    with pytest.raises(DataError, match="not a git repository"):
        base_of(open_repository(inner), STAGED)


def test_an_empty_folder_named_as_gits_is_none(root):
    (root / "data/.git").mkdir()

    assert open_repository(root / "data").top == root.resolve()


def test_a_repository_without_a_commit_has_an_index_and_no_base(tmp_path):
    root = new_repository(tmp_path / "new")
    repository = open_repository(root)

    assert base_of(repository, STAGED) is None
    with pytest.raises(UsageError, match="it has no commit yet"):
        revision(repository, "HEAD")


def test_an_orphan_branch_is_one_without_a_commit(root):
    git(root, "checkout", "-q", "--orphan", "other")

    assert open_repository(root).git.commit_or_none("HEAD") is None


def test_a_branch_without_upstream_is_pushed_whole(root, gates):
    called = gates(root, "check", "--pushed", "--exit-zero")

    assert (called.code, "first" in called.out) == (0, True), called.err


@pytest.mark.parametrize("name", ["HEAD@{999}", "main:", ":/nothing", "a b", "HEAD~999", "HEAD^{tree}"])
def test_a_name_that_stands_for_nothing_is_a_usage_error(root, name):
    with pytest.raises(UsageError, match="no revision"):
        revision(open_repository(root), name)


def test_a_commit_that_git_does_not_have_may_be_elsewhere(root):
    with pytest.raises(DataError, match="git does not have"):
        revision(open_repository(root), "1234567890123456789012345678901234567890")
