"""Repositories of other forms than one work tree on one line: links, linked work trees, merges of many, DVC 2."""

from __future__ import annotations

import shutil

import pytest

from gates.errors import DataError
from gates.versions.dataset.snapshots import files_at, snapshot
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE, revision
from tests.dvc_repositories import commit, dvc, git, md5, new_git, new_repository, store, track, write
from tests.functional.versions.test_submodules import config
from tests.version_projects import bad, good

CONFIG = '[datasets.d]\npath = "data/d.csv"\ntype = "tabular"\npurpose = "finetune"\ninconclusive = "warn"\n'


@pytest.fixture
def root(tmp_path):
    """A dataset in git, committed."""
    root = new_git(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n")
    write(root, "data/d.csv", good())
    commit(root, "one")
    return root


def behind_a_link(root, link: str) -> None:
    """The data moves to `real`, and a link takes its place."""
    (root / "data").rename(root / "real")
    if link == "data":
        (root / "data").symlink_to("real")
    else:
        (root / "data").mkdir()
        (root / link).symlink_to("../real/d.csv")
    commit(root, "a link")


@pytest.mark.parametrize("link", ["data", "data/d.csv"])
@pytest.mark.parametrize("path", ["data/d.csv", "data", "data/*.csv"])
def test_data_behind_a_link_that_stayed_is_not_taken_for_unchanged(root, gates, link, path):
    write(root, "gates.toml", CONFIG.replace("data/d.csv", path))
    behind_a_link(root, link)
    write(root, "real/d.csv", bad())
    git(root, "add", "-A")

    staged = gates(root, "check", "--staged")
    commit(root, "bad")
    since = gates(root, "check", "--rev", "HEAD", "--since", "HEAD~1")

    assert {one.code for one in (staged, since)} == {3}
    assert all(f"{link}: a symbolic link in git" in one.err for one in (staged, since)), (staged, since)


def test_a_link_that_holds_no_rows_is_no_reason_to_refuse(root, gates):
    write(root, "gates.toml", CONFIG.replace("data/d.csv", "data"))
    (root / "data/README.md").symlink_to("../gates.toml")
    commit(root, "a page")
    write(root, "notes.md", "a note\n")
    git(root, "add", "-A")

    called = gates(root, "check", "--staged")

    assert (called.code, "1 dataset unchanged" in called.out + called.err) == (0, True), called


def test_a_link_in_place_of_the_configuration_is_named(root, gates):
    (root / "gates.toml").rename(root / "real.toml")
    (root / "gates.toml").symlink_to("real.toml")
    commit(root, "a link")

    called = gates(root, "check", "--rev", "HEAD")

    assert (called.code, called.err.startswith("gates.toml: a symbolic link in git")) == (3, True), called


def test_each_linked_work_tree_is_judged_by_its_own_data_and_index(root, gates):
    linked = root.parent / "linked"
    git(root, "worktree", "add", "-q", str(linked), "-b", "side")
    write(linked, "data/d.csv", bad())

    in_tree = [gates(one, "check").code for one in (root, linked)]
    git(linked, "add", "-A")
    staged = [gates(one, "check", "d", "--staged").code for one in (root, linked)]
    committed = [gates(one, "check", "--rev", "HEAD").code for one in (root, linked)]

    assert (in_tree, staged, committed) == ([0, 1], [0, 1], [0, 0])


def test_a_linked_work_tree_of_dvc_misses_its_own_human_rows(tmp_path, gates):
    root, linked = new_repository(tmp_path / "project"), tmp_path / "linked"
    write(root, "gates.toml", CONFIG)
    track(root, "data/d.csv", good())
    commit(root)
    git(root, "worktree", "add", "-q", str(linked), "-b", "side")
    header, *rows = good().splitlines()
    fewer = "\n".join([header, *rows[1:]]) + "\n"
    name = store(root / ".dvc/cache", fewer)
    write(linked, "data/d.csv.dvc", f"outs:\n- md5: {name}\n  hash: md5\n  path: d.csv\n")
    git(linked, "add", "-A")

    lost = gates(linked, "check", "d", "--staged")

    assert (lost.code, "Human rows of the version before are gone: 1 of 60" in lost.out) == (1, True), lost
    assert gates(root, "check", "d", "--staged").code == 0


@pytest.mark.parametrize("loses", ["first", "last"])
def test_a_merge_of_many_keeps_the_human_rows_of_each_parent(root, gates, loses):
    whole = good()
    header, row, *rows = whole.splitlines()
    for name in ("a", "b", "c"):
        git(root, "checkout", "-q", "-b", name, "main")
        write(root, f"{name}.md", "a note\n")
        if loses == "last" and name == "c":
            write(root, "data/d.csv", f"{whole}{row.replace(row.split(',')[0], '77', 1)}\n")
        commit(root, name)
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "a", "b", "c")
    write(root, "data/d.csv", whole if loses == "last" else "\n".join([header, *rows]) + "\n")
    git(root, "commit", "-qa", "--amend", "-m", "merges")

    called = gates(root, "check", "--rev", "HEAD")

    assert len(git(root, "rev-parse", "HEAD^@").splitlines()) == 4
    assert (called.code, "Human rows of the version before are gone: 1 of" in called.out) == (1, True), called


@pytest.fixture
def of_dvc_2(tmp_path):
    """A folder and a file as DVC 2 tracked them: no `hash`, objects beside one another, CRLF hashed as LF."""
    root = new_repository(tmp_path / "old")
    track(root, "d", {"a.csv": "x\n1\n", "b/c.csv": "x\n2\n"}, layout="")
    track(root, "e.csv", "x\n3\n", layout="")
    crlf = "x\r\n4\r\n"
    name = md5(crlf.replace("\r\n", "\n"))
    write(root, f".dvc/cache/{name[:2]}/{name[2:]}", crlf)
    write(root, "f.csv.dvc", f"outs:\n- md5: {name}\n  path: f.csv\n")
    write(root, "f.csv", crlf)
    commit(root)
    return root


def test_what_dvc_lists_of_pointers_of_dvc_2_is_what_is_judged(of_dvc_2):
    repository = open_repository(of_dvc_2)
    listed = [name for name in dvc(of_dvc_2, "list", ".", "-R", "--dvc-only").splitlines() if name.endswith(".csv")]

    for path in ("d", "e.csv", "f.csv"):
        seen = snapshot(repository, config(of_dvc_2, path), revision(repository, "HEAD"))
        assert [file.name for file in seen.files] == [name for name in listed if name.split("/")[0] == path]
    dvc(of_dvc_2, "checkout", "--quiet")
    for version in (STAGED, revision(repository, "HEAD"), WORKTREE):
        with files_at(repository, config(of_dvc_2, "[def]*"), version) as files:
            read = {file.name: file.path.read_bytes() for file in files.dataset}
        assert read == {name: (of_dvc_2 / name).read_bytes() for name in listed}


@pytest.mark.parametrize("content", [b"[" * 100_000, '[{"md5": "0", "relpath": "a"}]'.encode("utf-16")])
def test_a_manifest_that_dvc_does_not_read_is_none(of_dvc_2, content):
    name = store(of_dvc_2 / ".dvc/cache", content, ".dir", "")
    write(of_dvc_2, "d.dvc", f"outs:\n- md5: {name}\n  path: d\n")
    shutil.rmtree(of_dvc_2 / "d", ignore_errors=True)
    git(of_dvc_2, "add", "-A")

    with pytest.raises(DataError, match="not a list of files of DVC"):
        snapshot(open_repository(of_dvc_2), config(of_dvc_2, "d"), STAGED)
