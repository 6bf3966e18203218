"""What a `.dvcignore` keeps out of DVC is no data: in the work tree as in the index, and the report says so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from gates.versions.dataset.snapshots import files_at, snapshot
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE
from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, new_git, write
from tests.version_projects import good

CONFIG = '[datasets.d]\npath = "data/raw"\ntype = "tabular"\npurpose = "finetune"\ninconclusive = "warn"\n'
STRAY = "origin,grade\nalien,1,2,3\n"


def names(root, version, **paths):
    config = DatasetConfig("d", root, 1, "tabular", **({"path": "data/raw"} | paths))
    seen = snapshot(open_repository(root), config, version)
    with files_at(open_repository(root), config, version) as files:
        assert [file.name for file in files.dataset] == [file.name for file in seen.files]
        assert files.left_out == seen.left_out
    return [file.name for file in seen.all_files], seen.left_out


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Made by real DVC: patterns at the top and nearer by, one of which takes a file back. Do not change."""
    root = new_git(tmp_path_factory.mktemp("dvcignore") / "project")
    dvc(root, "init", "-q")
    write(root, ".dvcignore", "# kept out\n*.tmp.csv\n*.part\n/data/raw/scratch/\n")
    write(root, "data/.dvcignore", "old-*.csv\n!keep.tmp.csv\n")
    kept = ("a.csv", "keep.tmp.csv", "more/b.csv")
    for name in kept:
        write(root, f"data/raw/{name}", good())
    for name in ("x.tmp.csv", "more/y.tmp.csv", "scratch/z.csv", "old-1.csv", "a.csv.part"):
        write(root, f"data/raw/{name}", STRAY)
    write(root, "exams/e.csv", good(5))
    write(root, "exams/e.tmp.csv", STRAY)
    write(root, "plain/p.csv", good(7))
    write(root, "plain/p.tmp.csv", good(9))
    dvc(root, "add", "-q", "data/raw", "exams")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n")
    commit(root, "built")
    return root


def test_work_tree_and_index_have_the_same_files_under_patterns_of_a_dvcignore(built):
    kept = ["data/raw/a.csv", "data/raw/keep.tmp.csv", "data/raw/more/b.csv"]
    left_out = (
        "data/raw/a.csv.part", "data/raw/more/y.tmp.csv", "data/raw/old-1.csv", "data/raw/scratch/z.csv", "data/raw/x.tmp.csv",
    )  # fmt: skip

    assert names(built, WORKTREE) == (kept, left_out)
    assert names(built, STAGED) == (kept, ())
    assert dvc(built, "status", "-q") == ""


def test_globs_partitions_and_evaluation_sets_leave_out_what_dvc_ignores(built):
    for paths in (
        {"path": "data/raw/**/*.csv"},
        {"path": None, "partitions": {"human": "data/raw/a.csv", "synthetic": "data/raw/more"}},
        {"evaluation": ("exams",)},
        {"holdout": "exams"},
    ):
        assert names(built, WORKTREE, **paths)[0] == names(built, STAGED, **paths)[0]


def test_an_ignored_file_that_git_tracks_counts(built):
    assert names(built, WORKTREE, path="plain") == (["plain/p.csv", "plain/p.tmp.csv"], ())
    assert names(built, STAGED, path="plain") == (["plain/p.csv", "plain/p.tmp.csv"], ())


def test_an_ignored_file_of_a_tracked_folder_counts_once_git_tracks_it(tmp_path):
    root = new_git(tmp_path)
    dvc(root, "init", "-q")
    write(root, ".dvcignore", "*.tmp.csv\n")
    write(root, "data/raw/a.csv", good())
    write(root, "data/raw/x.tmp.csv", good(3))
    dvc(root, "add", "-q", "data/raw")
    git(root, "add", "-f", "data/raw/x.tmp.csv")
    commit(root)

    assert names(root, WORKTREE)[0] == names(root, STAGED)[0] == ["data/raw/a.csv", "data/raw/x.tmp.csv"]


def test_a_folder_of_which_dvc_ignores_every_file_is_no_data(built):
    with pytest.raises(DataError, match=r"the 1 that a \.dvcignore leaves out"):
        names(built, WORKTREE, path="data/raw/scratch")


def test_check_and_enforce_agree_with_the_index_and_say_what_is_left_out(built):
    def gates(*arguments):
        command = [sys.executable, "-m", "gates", *arguments]
        return subprocess.run(command, cwd=built, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    at_head, worktree, enforced = gates("check", "--rev", "HEAD"), gates("check", "--worktree"), gates("enforce")

    assert worktree.returncode == at_head.returncode == enforced.returncode == 0, worktree.stderr + enforced.stderr
    assert worktree.stdout.splitlines()[-1] == at_head.stdout.splitlines()[-1]
    assert "not judged" in worktree.stderr
    assert "data/raw/a.csv.part and 4 more" in worktree.stderr
    assert ".dvcignore" not in at_head.stderr


def test_without_patterns_dvc_is_not_imported(tmp_path):
    root = new_git(tmp_path)
    dvc(root, "init", "-q")
    write(root, "data/raw/a.csv", good())
    dvc(root, "add", "-q", "data/raw")
    program = (
        "import sys; from pathlib import Path; from gates.config.dataset import DatasetConfig\n"
        "from gates.versions.repository import open_repository; from gates.versions.dataset.snapshots import work_tree_files\n"
        "config = DatasetConfig('d', Path.cwd(), 1, 'tabular', path='data/raw')\n"
        "files = work_tree_files(open_repository(Path.cwd()), config)\n"
        "print([file.name for file in files.dataset], 'dvc' in sys.modules)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=dict(os.environ), capture_output=True, text=True, check=True
    )

    assert (root / ".dvcignore").read_text().strip().startswith("#")
    assert ended.stdout.strip() == "['data/raw/a.csv'] False"
