"""Files that got lost without notice fail the gate, with what happened and what to run."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.dvc_repositories import commit, dvc, git, new_repository, track, write
from tests.projects import mixed, table_rows

CHECK = "combined/expect_files_to_be_kept"
CONFIG = """\
[datasets.people]
path = "data/people"
type = "tabular"
purpose = "finetune"
inconclusive = "warn"
"""


def shards(count: int) -> dict[str, str]:
    """Files of people, half of each marked as synthetic."""
    return {f"{at:02}.csv": mixed(table_rows(15, at), table_rows(15, at + 50)).write_csv() for at in range(count)}


def put(root, files) -> None:
    """The dataset in the work tree, tracked as after `dvc add`."""
    shutil.rmtree(root / "data/people", ignore_errors=True)
    for name, content in files.items():
        write(root, f"data/people/{name}", content)
    track(root, "data/people", files)


@pytest.fixture
def root(tmp_path):
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n/data/people\n")
    put(root, shards(8))
    commit(root, "first")
    return root


@pytest.fixture
def kept(root, gates):
    def ask(*arguments: str):
        called = gates(root, "check", "--only", CHECK, "--format", "json", *arguments)
        (check,) = json.loads(called.out)["checks"]
        return called.code, check["outcome"], check["message"]

    return ask


@pytest.mark.parametrize("door", ["--worktree", "--staged"])
def test_half_of_the_files_gone_fails(root, kept, door):
    before = git(root, "rev-parse", "HEAD")
    put(root, dict(list(shards(8).items())[:4]))
    git(root, "add", "-A")

    code, outcome, message = kept(door)

    assert (code, outcome) == (1, "fail")
    assert "8 files in HEAD" in message
    assert "4 gone (data/people/04.csv, data/people/05.csv, data/people/06.csv and 1 more)" in message
    assert f"`git checkout {before} -- data/people.dvc`, then `dvc pull data/people.dvc`" in message


def repartitioned(files: dict[str, str], count: int) -> dict[str, str]:
    """The same rows in another order, in so many files, some of them under a name of before."""
    header, *_ = next(iter(files.values())).splitlines()
    rows = sorted(row for text in files.values() for row in text.splitlines()[1:])
    return {f"{at:02}.csv": "\n".join([header, *rows[at::count]]) + "\n" for at in range(count)}


@pytest.mark.parametrize("door", ["--worktree", "--staged"])
@pytest.mark.parametrize("count", [1, 5])
def test_rows_in_fewer_files_are_no_loss(root, kept, door, count):
    put(root, repartitioned(shards(8), count))
    git(root, "add", "-A")

    assert kept(door)[:2] == (0, "pass")


@pytest.mark.parametrize("origin", ["human", "synthetic"])
def test_rows_in_fewer_files_are_a_loss_where_one_of_them_is_gone(root, kept, origin):
    files = repartitioned(shards(8), 5)
    lines = files["03.csv"].splitlines(keepends=True)
    lost = next(line for line in lines if line.rstrip().endswith(origin))
    put(root, files | {"03.csv": "".join(line for line in lines if line != lost)})

    code, outcome, message = kept()

    assert (code, outcome) == (1, "fail")
    assert "3 gone" in message


def test_rows_that_cannot_be_read_count_as_gone(root, kept):
    # Names and hashes of the files before are at hand, and their bytes are not.
    for path in (root / ".dvc/cache/files/md5").glob("??/*"):
        if path.suffix != ".dir":
            path.unlink()
    put(root, repartitioned(shards(8), 5))

    assert kept()[:2] == (1, "fail")


def test_half_of_the_files_gone_fails_the_whole_gate(root, gates):
    assert gates(root, "check").code == 0
    put(root, dict(list(shards(8).items())[:4]))

    called = gates(root, "check")

    assert called.code == 1
    assert f"check     {CHECK}  " in called.out
    assert "was pulled in part only" in called.out


def test_commit_that_lost_files_is_compared_with_its_parent_and_its_branch_point(root, kept):
    git(root, "branch", "base")
    put(root, dict(list(shards(8).items())[:4]))
    commit(root, "loses half")
    write(root, "README", "later")
    commit(root, "later")

    assert kept("--rev", "HEAD~1")[:2] == (1, "fail")
    assert kept("--rev", "HEAD")[:2] == (0, "pass")
    assert kept("--rev", "HEAD", "--since", "base")[:2] == (1, "fail")


def test_a_work_tree_is_compared_with_the_base_that_is_asked_for(root, kept):
    """As in CI, where the work tree is the commit that is judged."""
    git(root, "branch", "base")
    put(root, dict(list(shards(8).items())[:4]))
    commit(root, "loses half")

    assert kept()[:2] == (0, "pass")
    assert kept("--base", "base")[:2] == (1, "fail")
    assert kept("--rev", "HEAD", "--base", "base")[:2] == (1, "fail")


def test_one_file_of_many_written_anew_or_moved_is_no_loss(root, kept):
    files = shards(8)
    put(root, {f"moved-{name}": text for name, text in files.items()})
    assert kept()[:2] == (0, "pass")
    put(root, {f"new-{at}.csv": text for at, text in enumerate(shards(12).values()) if at >= 8})
    assert kept()[:2] == (0, "pass")


def test_nothing_can_be_lost_where_history_begins(root, kept, tmp_path):
    assert kept("--rev", "HEAD")[:2] == (0, "pass")
    git(root, "checkout", "-q", "--orphan", "other")
    assert kept("--staged")[:2] == (0, "pass")


def test_where_history_was_cut_off_nobody_knows(root, gates, tmp_path):
    write(root, "README", "later")
    commit(root, "later")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    shutil.copytree(root / ".dvc/cache", tmp_path / "shallow/.dvc/cache")

    called = gates(tmp_path / "shallow", "check", "--rev", "HEAD", "--only", CHECK, "--format", "json")

    assert called.code == 3
    assert "the clone is shallow" in called.err
    assert "fetch-depth: 0" in called.err


def test_clean_checkout_of_a_shallow_clone_is_compared_with_nothing(root, gates, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    clone = tmp_path / "shallow"
    for name, content in shards(8).items():
        write(clone, f"data/people/{name}", content)

    called = gates(clone, "check", "--only", CHECK, "--format", "json")

    assert [check["outcome"] for check in json.loads(called.out)["checks"]] == ["not_asked"]


def test_whole_history_that_is_pushed_is_more_than_its_last_commit(root, gates, monkeypatch):
    write(root, "README", "later")
    commit(root, "later")
    ask = ("check", "--pushed", "--only", CHECK, "--format", "json")
    monkeypatch.setenv("PRE_COMMIT_LOCAL_BRANCH", "main")
    (check,) = json.loads(gates(root, *ask, "people").out)["checks"]
    assert check["outcome"] == "not_asked"
    put(root, dict(list(shards(8).items())[:4]))
    commit(root, "loses half")

    assert gates(root, *ask, "people").code == 1


def test_version_before_whose_manifest_is_gone_is_no_pass(root, kept):
    put(root, shards(7))
    manifest = next(path for path in (root / ".dvc/cache").rglob("*.dir") if path.read_text().count("relpath") == 8)
    manifest.unlink()

    code, outcome, message = kept()

    assert (code, outcome) == (3, "error")
    assert "cannot be compared with those of HEAD" in message


def test_manifest_of_unchanged_data_is_not_needed(root, kept):
    for manifest in (root / ".dvc/cache").rglob("*.dir"):
        manifest.unlink()

    assert kept()[:2] == (0, "pass")


def test_a_loss_is_not_answered_from_memory_of_a_verdict_without_it(root, gates):
    half = dict(list(shards(8).items())[:4])
    put(root, half)
    commit(root, "half, on purpose")
    assert "unchanged" not in gates(root, "check").err
    put(root, shards(8))
    commit(root, "whole again")
    put(root, half)

    called = gates(root, "check")

    assert (called.code, "unchanged" in called.err) == (1, False)


def test_a_removal_that_was_meant_can_be_waived_with_a_reason(root, gates):
    put(root, dict(list(shards(8).items())[:4]))
    waivers = [
        f'\n[[datasets.people.waivers]]\ncheck = "{check}"\nreason = "a source withdrew"\nowner = "ann"\nexpires = 2099-01-01\n'
        for check in (CHECK, "combined/expect_human_rows_to_be_kept")
    ]
    write(root, "gates.toml", "".join((CONFIG, *waivers)))

    called = gates(root, "check")

    assert called.code == 0
    assert f"waived until 2099-01-01: {CHECK}: fail" in called.out


@pytest.mark.program
def test_partial_pull_followed_by_dvc_add_is_refused(root, gates, tmp_path):
    """The sequence that real DVC lets through without a word."""
    remote = tmp_path / "remote"
    dvc(root, "remote", "add", "-d", "local", str(remote))
    shutil.rmtree(root / "data/people")
    (root / "data/people.dvc").unlink()
    for name, content in shards(8).items():
        write(root, f"data/people/{name}", content)
    dvc(root, "add", "data/people")
    dvc(root, "push")
    commit(root, "tracked by DVC itself")
    git(tmp_path, "clone", "-q", str(root), "clone")
    clone = tmp_path / "clone"
    dvc(clone, "pull", "data/people/00.csv", "data/people/01.csv")
    dvc(clone, "add", "data/people")
    git(clone, "add", "-A")

    called = gates(clone, "check", "--staged", "--only", CHECK)

    assert called.code == 1
    assert "6 gone" in called.out
