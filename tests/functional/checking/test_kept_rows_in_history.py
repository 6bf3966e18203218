"""Human rows count as lost whichever commit before had them: a replaced one, each parent of a merge, one that a push overwrites."""

from __future__ import annotations

import pytest

from tests.dvc_repositories import commit, git, write
from tests.functional.checking.test_kept_rows import CHECK, CONFIG, asked, project, shards
from tests.projects import table_rows


@pytest.fixture
def root(tmp_path):
    return project(tmp_path / "project", in_dvc=False)


def lose_a_shard(root) -> None:
    git(root, "rm", "-q", "data/people/07.csv")
    commit(root, "loses a shard")


@pytest.mark.parametrize("way", ["replace", "graft", "grafts"])
def test_a_commit_replaced_on_this_machine_is_what_its_sha_says(root, gates, way):
    lose_a_shard(root)
    head = git(root, "rev-parse", "HEAD")
    if way == "replace":
        git(root, "replace", "HEAD~1", git(root, "commit-tree", "HEAD^{tree}", "-m", "first"))
    elif way == "graft":
        git(root, "replace", "--graft", "HEAD")
    else:
        (root / ".git/info").mkdir(exist_ok=True)
        (root / ".git/info/grafts").write_text(f"{head}\n")

    assert asked(root, gates, "--rev", "HEAD")[:2] == (1, "fail")


def add_a_shard_on_a_branch(root) -> None:
    git(root, "checkout", "-q", "-b", "side")
    write(root, "data/people/new.csv", shards(41)["40"].write_csv())
    commit(root, "adds a shard")
    git(root, "checkout", "-q", "main")
    write(root, "notes.md", "a note\n")
    commit(root, "adds a note")


def test_a_merge_keeps_the_human_rows_of_each_parent(root, gates):
    add_a_shard_on_a_branch(root)
    git(root, "merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "side")

    assert asked(root, gates, "--staged")[:2] == (1, "fail")

    commit(root, "merges without the shard")
    code, outcome, message = asked(root, gates, "--rev", "HEAD")
    assert (code, outcome) == (1, "fail")
    assert "data/people/new.csv:" in message
    write(root, "notes.md", "another note\n")
    commit(root, "another note")
    assert asked(root, gates, "--rev", "HEAD", "--since", "HEAD~2")[:2] == (1, "fail")


def test_a_merge_that_has_the_human_rows_of_both_parents_passes(root, gates):
    add_a_shard_on_a_branch(root)
    git(root, "merge", "-q", "--no-commit", "--no-ff", "side")
    assert asked(root, gates, "--staged")[:2] == (0, "pass")
    commit(root, "merges")

    assert asked(root, gates, "--rev", "HEAD")[:2] == (0, "pass")


def pushing(root, monkeypatch, before: str) -> None:
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", git(root, "rev-parse", before))
    monkeypatch.setenv("PRE_COMMIT_TO_REF", git(root, "rev-parse", "HEAD"))


def test_a_push_of_a_merge_that_leaves_human_rows_out_is_not_skipped(root, gates, monkeypatch):
    add_a_shard_on_a_branch(root)
    git(root, "merge", "-q", "-s", "ours", "side", "-m", "merges")
    pushing(root, monkeypatch, "HEAD~1")

    assert asked(root, gates, "--pushed")[:2] == (1, "fail")


def test_a_push_that_overwrites_a_commit_keeps_its_human_rows(root, gates, monkeypatch):
    add_a_shard_on_a_branch(root)
    pushing(root, monkeypatch, "side")

    code, outcome, message = asked(root, gates, "--pushed")

    assert (code, outcome) == (1, "fail")
    assert "data/people/new.csv:" in message


def test_a_lost_file_of_the_human_partition_fails_within_the_time_of_a_commit(root, gates):
    config = CONFIG.replace(
        'path = "data/people"', 'partitions = { human = "data/human", synthetic = "data/synthetic" }'
    )
    write(root, "gates.toml", config)
    for at in range(15):
        write(root, f"data/human/{at:02}.csv", table_rows(10, at).write_csv())
    write(root, "data/synthetic/00.csv", table_rows(10, 99).write_csv())
    commit(root, "partitions")
    git(root, "mv", "data/human/03.csv", "data/human/moved.csv")
    assert gates(root, "check", "--staged", "--timeout", "60").code == 0
    git(root, "rm", "-q", "data/human/07.csv")

    called = gates(root, "check", "--staged", "--timeout", "60")

    assert (called.code, "data/human/07.csv" in called.out) == (1, True), called.out


def test_a_branch_without_history_says_that_nothing_was_compared(root, gates):
    git(root, "checkout", "-q", "--orphan", "new")
    git(root, "rm", "-qf", "data/people/07.csv")

    called = gates(root, "check", "--staged", "--only", CHECK)

    assert (called.code, "no commit before" in called.err) == (0, True), called.err


def test_a_clone_without_the_earlier_bytes_has_no_verdict_and_is_told_to_fetch(root, gates, tmp_path):
    lose_a_shard(root)
    git(root, "config", "uploadpack.allowFilter", "true")
    git(root, "clone", "-q", "--filter=blob:none", f"file://{root}", str(tmp_path / "part"))
    git(tmp_path / "part", "remote", "set-url", "origin", "file:///nowhere")

    called = gates(tmp_path / "part", "check", "--only", CHECK, "--rev", "HEAD")

    assert called.code == 3, called.out
    assert "git fetch --refetch" in called.out
    assert "inconclusive =" not in called.out
