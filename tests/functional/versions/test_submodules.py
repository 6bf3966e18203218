"""A dataset in a git submodule is judged at the commit that the submodule is at, or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gates.config.dataset import DatasetConfig
from gates.versions.dataset.snapshots import snapshot
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, revision
from tests.dvc_repositories import commit, git, md5, new_git, new_repository, track, write
from tests.shared import built_once
from tests.version_projects import bad, good

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = '[datasets.d]\npath = "data/d.csv"\ntype = "tabular"\npurpose = "finetune"\ninconclusive = "warn"\n'
LOCAL = ("-c", "protocol.file.allow=always")


def add_submodule(root: Path, source: Path, path: str) -> None:
    git(root, *LOCAL, "submodule", "--quiet", "add", str(source), path)


def config(root: Path, path: str) -> DatasetConfig:
    return DatasetConfig("d", root, 1, "tabular", path=path)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    def build(folder):
        source = new_git(folder / "source")
        write(source, "d.csv", good())
        commit(source, "good")
        root = new_git(folder / "project")
        add_submodule(root, source, "data")
        write(root, "gates.toml", CONFIG)
        write(root, ".gitignore", "/.gates/\n")
        commit(root, "one")
        return folder

    return built_once(tmp_path_factory, "submodule", build)


@pytest.fixture
def root(built, tmp_path):
    shutil.copytree(built, tmp_path / "all")
    return tmp_path / "all/project"


def move_on(root: Path, text: str) -> None:
    """Another commit in the submodule, staged around it."""
    write(root, "data/d.csv", text)
    commit(root / "data", "another")
    git(root, "add", "data")


def test_what_is_staged_is_the_commit_of_the_submodule(root, gates):
    assert "unchanged" in gates(root, "check", "--staged").err
    move_on(root, bad())
    write(root, "data/d.csv", good())

    called = gates(root, "check", "--staged")

    assert (called.code, "Synthetic rows copy human rows" in called.out) == (1, True), called.err


def test_a_revision_is_judged_at_its_own_commit_of_the_submodule(root, gates):
    move_on(root, bad())
    commit(root, "bad")

    assert gates(root, "check", "--rev", "HEAD", "--since", "HEAD~1").code == 1
    assert gates(root, "check", "--rev", "HEAD").code == 1
    assert gates(root, "check", "--rev", "HEAD~1").code == 0


def test_files_of_a_nested_submodule_are_named_as_in_the_work_tree(root, tmp_path):
    inner = new_git(tmp_path / "inner")
    write(inner, "x.csv", "a\n1\n")
    commit(inner)
    add_submodule(root / "data", inner, "deep")
    commit(root / "data", "nested")
    git(root, "add", "data")

    (file,) = snapshot(open_repository(root), config(root, "data/deep/*.csv"), STAGED).files

    assert (file.name, file.entry.md5) == ("data/deep/x.csv", md5("a\n1\n"))


def test_data_that_dvc_tracks_in_a_submodule_is_known_by_its_pointer(root, tmp_path):
    inner = new_repository(tmp_path / "inner")
    track(inner, "x.csv", "a\n1\n")
    commit(inner)
    add_submodule(root, inner, "more")
    commit(root)

    (file,) = snapshot(open_repository(root), config(root, "more/x.csv"), revision(open_repository(root), "HEAD")).files

    assert (file.name, file.entry.md5) == ("more/x.csv", md5("a\n1\n"))


def test_a_submodule_that_was_not_fetched_is_not_judged(root, gates):
    move_on(root, bad())
    commit(root, "bad")
    git(root, "submodule", "--quiet", "deinit", "--force", "data")

    for options in (("--rev", "HEAD"), ("--rev", "HEAD", "--since", "HEAD~1")):
        called = gates(root, "check", *options)
        assert called.code == 3, called.out
        assert "data: a submodule at" in called.err
        assert "`git submodule update --init data`" in called.err


def test_a_commit_of_the_submodule_that_is_not_here_is_not_judged(root, gates):
    git(root, "update-index", "--cacheinfo", f"160000,{'1234567890' * 4},data")

    called = gates(root, "check", "--staged")

    assert (called.code, "a submodule at 1234567" in called.err) == (3, True)


def test_suites_in_a_submodule_that_was_not_fetched_are_not_taken_for_none(root, gates, tmp_path):
    rules = new_git(tmp_path / "rules")
    write(rules, "d/human.json", "{}")
    commit(rules)
    add_submodule(root, rules, "expectations")
    commit(root, "rules")
    git(root, "submodule", "--quiet", "deinit", "--force", "expectations")

    called = gates(root, "check", "--rev", "HEAD")

    assert (called.code, "expectations: a submodule at" in called.err) == (3, True)


def test_nobody_is_asked_to_add_a_path_within_a_submodule(root, gates):
    write(root, "gates.toml", CONFIG.replace("d.csv", "e.csv"))
    git(root, "add", "gates.toml")
    write(root, "data/e.csv", good())

    called = gates(root, "check", "--staged")

    assert called.code == 2
    assert "git add data/e.csv" not in called.err
    assert "commit it in the submodule data, then `git add data`" in called.err
