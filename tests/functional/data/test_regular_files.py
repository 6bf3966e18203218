"""What lies in a file's place and is none, and what Git LFS keeps there, is named; it is never taken for nothing."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.dvc_repositories import commit, new_repository, write
from tests.shared import built_once
from tests.version_projects import SCHEMA, good

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 1234\n"
CONFIG = """\
[datasets.first]
path = "data/first.csv"
holdout = "held/*.csv"
evaluation = ["bench/*"]
population = "population.csv"
type = "tabular"
purpose = "finetune"
inconclusive = "warn"

[plugins.metrics]
expect_mine = "own/mine.py:METRIC"
"""
METRIC = """\
from gates import Measured, Metric, Estimate, Side, Unit

METRIC = Metric(
    expectation="expect_mine", measure=lambda scan, scope, params: Measured(Estimate.exact(0.0)), side=Side.MAX, unit=Unit.SHARE,
    asks="?", why="w", source="s", fix="f", languages_together="l", exact="e", reads="r", finding="f",
)
"""
SUITE = '{"name": "first human", "expectations": []}'
REMOVAL = 'rows = ["a"]\nreason = "r"\nwho = "w"\ndate = 2024-01-01\n'
DATA = ("data/first.csv", "held/h.csv", "bench/b.csv")
RULES = (
    "gates.toml",
    "population.csv",
    "expectations/first/human.json",
    "schemas/first.py",
    "schemas/limits.py",
    "own/mine.py",
    "promotions/first/removals/one.toml",
    "promotions/first/review.json",
)
OPTIONAL = (
    "gates.toml",
    "expectations/first/human.json",
    "schemas/first.py",
    "promotions/first/removals/one.toml",
    "promotions/first/review.json",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    def build(folder):
        root = new_repository(folder / "project")
        files = {
            "gates.toml": CONFIG,
            "population.csv": "dimension,level,share,source\ncity,Oslo,0.5,office\ncity,Bergen,0.5,office\n",
            "expectations/first/human.json": SUITE,
            "schemas/first.py": SCHEMA,
            "schemas/limits.py": "HIGHEST = 9\n",
            "own/mine.py": METRIC,
            "promotions/first/removals/one.toml": REMOVAL,
            "promotions/first/review.json": '{"reviews": []}',
            "data/first.csv": good(),
            "held/h.csv": good(7),
            "bench/b.csv": "id,text\n1,a question nobody asked\n",
            ".gitignore": "/.gates/\n",
        }
        for name, text in files.items():
            write(root, name, text)
        commit(root)
        return root

    return built_once(tmp_path_factory, "regular", build)


@pytest.fixture
def root(built, tmp_path):
    """A copy that goes again: hypothesis opens the files of all modules of the process, and nobody ever writes to a pipe."""
    copy = shutil.copytree(built, tmp_path / "project")
    yield copy
    shutil.rmtree(copy)


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def test_the_project_is_judged(root, gates):
    assert gates(root, "check", "--exit-zero").code == 0


@pytest.mark.parametrize("name", [*DATA, *RULES])
@pytest.mark.parametrize("first_line", ["https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1"])
def test_what_git_lfs_left_is_named_with_what_fetches_it(root, gates, name, first_line):
    assert gates(root, "check", "--exit-zero").code == 0
    write(root, name, LFS.replace("https://git-lfs.github.com/spec/v1", first_line))

    called = gates(root, "check")

    assert called.code == 3, (called.out, called.err)
    assert name in called.err
    assert "git lfs pull" in called.err


@pytest.mark.parametrize("name", DATA)
def test_what_git_lfs_has_at_a_commit_is_named(root, gates, name):
    write(root, name, LFS)
    commit(root)

    called = gates(root, "check", "--rev", "HEAD")

    assert (called.code, f"{name}: in Git LFS" in called.err) == (3, True), called.err


@pytest.mark.parametrize("kind", [folder, pipe, broken_link, device])
@pytest.mark.parametrize("name", RULES)
def test_what_is_no_file_is_not_taken_for_none(root, gates, name, kind: Callable[[Path], None]):
    assert gates(root, "check", "--exit-zero").code == 0
    (root / name).unlink()
    kind(root / name)

    for command in (("check",), ("lint",)):
        called = gates(root, *command)

        assert called.code == 2, (command, called.code, called.out, called.err)
        assert name.rpartition("/")[2] in called.err + called.out
        assert "Traceback" not in called.err


@pytest.mark.parametrize("name", ["expectations", "expectations/first", "promotions/first/removals", "promotions"])
@pytest.mark.parametrize("kind", [broken_link, lambda path: path.write_text("")], ids=["link", "file"])
def test_what_is_no_folder_of_rules_is_not_taken_for_none(root, gates, name, kind: Callable[[Path], None]):
    assert gates(root, "check", "--exit-zero").code == 0
    shutil.rmtree(root / name)
    kind(root / name)

    called = gates(root, "check")

    assert called.code == 2, (called.out, called.err)
    assert name.rpartition("/")[2] in called.err


def test_a_configuration_that_is_a_folder_is_not_looked_for_further_up(root, gates):
    (root / "inner/gates.toml").mkdir(parents=True)

    called = gates(root / "inner", "check")

    assert (called.code, "is a folder and no file" in called.err) == (2, True)


def test_rules_that_are_not_there_are_none(root, gates):
    for name in ("expectations", "promotions", "schemas"):
        shutil.rmtree(root / name)

    assert gates(root, "check", "--exit-zero").code == 0
