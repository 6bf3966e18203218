"""`gates check` judges the version that is asked for, and equal bytes equally whatever the door."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.dvc_repositories import commit, git, write
from tests.version_projects import CONFIG, LIMITS, bad, good, put, version_project

DOORS = [("--worktree",), ("--staged",), ("--rev", "HEAD")]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return version_project(tmp_path_factory.mktemp("doors") / "project")


@pytest.fixture
def root(built, tmp_path):
    return shutil.copytree(built, tmp_path / "project")


def verdict(called):
    assert called.code in {0, 1, 3}, called.err
    return json.loads(called.out)


def digest(called):
    return verdict(called)["digest"]


def test_equal_bytes_give_the_same_document_through_every_door(root, gates):
    calls = [gates(root, "check", "first", *door, "--no-cache", "--format", "json") for door in DOORS]

    assert verdict(calls[0])["contract"]["schema_sources"].keys() == {"schemas/first.py", "schemas/limits.py"}
    assert {one.out for one in calls} == {calls[0].out}
    assert {one.code for one in calls} == {calls[0].code}


def test_what_is_staged_counts_and_not_what_lies_in_the_work_tree(root, gates):
    before = gates(root, "check", "second", "--format", "json")
    put(root, "second", bad())
    git(root, "add", "-A")
    (root / "data/second.csv").write_text(good(3))

    staged = gates(root, "check", "second", "--staged", "--format", "json")
    work_tree = gates(root, "check", "second", "--format", "json")
    committed = gates(root, "check", "second", "--rev", "HEAD", "--format", "json")

    assert staged.code == 1
    assert verdict(staged)["outcome"] == "fail"
    assert before.out == work_tree.out == committed.out


def test_the_contract_is_that_of_the_version_too(root, gates):
    before = digest(gates(root, "check", "first", "--staged", "--format", "json"))
    (root / "schemas/limits.py").write_text(LIMITS.replace("9", "0"))
    (root / "gates.toml").write_text(CONFIG.replace('"finetune"', '"pretrain"'))

    assert digest(gates(root, "check", "first", "--staged", "--format", "json")) == before

    git(root, "add", "schemas")
    staged = verdict(gates(root, "check", "first", "--staged", "--format", "json"))
    assert staged["digest"] != before
    assert [one["outcome"] for one in staged["checks"] if one["id"].endswith("/grade-at-most")] == ["fail", "fail"]
    assert digest(gates(root, "check", "first", "--rev", "HEAD", "--format", "json")) == before


def test_only_the_work_tree_leaves_a_verdict_for_enforce(root, gates):
    gates(root, "check", "second", "--staged")
    assert not (root / ".gates/verdicts").exists()

    gates(root, "check", "second", "--staged", "--output", "reports")
    assert (root / "reports/second.json").is_file()

    gates(root, "check", "second")
    assert (root / ".gates/verdicts/second.json").is_file()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--staged", "--worktree"), "--staged and --worktree exclude each other"),
        (("--staged", "--rev", "HEAD"), "--rev and --staged exclude each other"),
    ],
)
def test_versions_exclude_each_other(root, gates, options, named):
    called = gates(root, "check", "first", *options)

    assert (called.code, called.out) == (2, "")
    assert named in called.err


def test_nothing_staged_is_answered_without_data(root, gates):
    shutil.rmtree(root / ".dvc/cache")
    (root / "notes.md").write_text("about something else\n")
    git(root, "add", "-A")

    called = gates(root, "check", "--staged")

    assert (called.code, called.err) == (
        0,
        "2 datasets unchanged between HEAD (" + head(root) + ") and the index: skipped\n",
    )


def head(root):
    return git(root, "rev-parse", "--short=7", "HEAD")


def test_only_what_differs_is_judged_of_what_is_staged(root, gates):
    put(root, "second", bad())
    git(root, "add", "-A")

    called = gates(root, "check", "--staged", "--format", "json")

    assert called.code == 1
    assert verdict(called)["dataset"] == "second"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gates.toml", CONFIG + 'label = "town"\n'),
        ("expectations/second/human.json", '{"name": "second human", "expectations": [], "meta": {}}'),
    ],
)
@pytest.mark.parametrize("door", [(), ("--rev", "HEAD")])
def test_a_changed_contract_is_a_change_since(root, gates, name, text, door):
    git(root, "tag", "before")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)
    commit(root)

    called = gates(root, "check", *door, "--since", "before", "--format", "json")

    assert verdict(called)["dataset"] == "second"


def test_changed_bytes_in_the_work_tree_are_a_change_since(root, gates):
    (root / "data/second.csv").write_text(bad())

    called = gates(root, "check", "--since", "HEAD", "--format", "json")

    assert (called.code, verdict(called)["dataset"]) == (1, "second")


@pytest.mark.parametrize("door", ["--staged", "--worktree"])
def test_a_module_that_a_schema_imports_is_a_change_since(root, gates, door):
    (root / "schemas/limits.py").write_text(LIMITS.replace("9", "0"))
    git(root, "add", "-A")

    called = gates(root, "check", door, "--since", "HEAD", "--format", "json")

    assert verdict(called)["dataset"] == "first"


def test_deleted_pointer_is_seen(root, gates):
    git(root, "rm", "-q", "data/second.csv.dvc")

    called = gates(root, "check", "--staged")

    assert called.code == 2
    assert "'data/second.csv' is not in the index" in called.err


def test_before_a_branch_was_pushed_everything_is_judged(root, gates):
    called = gates(root, "check", "--rev", "HEAD", "--since", "@{upstream}", "--format", "json")

    assert [one["dataset"] for one in verdict(called)] == ["first", "second"]


def test_configuration_that_is_not_in_the_version_is_named(root, gates):
    git(root, "rm", "-q", "--cached", "gates.toml")

    called = gates(root, "check", "--staged")

    assert (called.code, called.err) == (
        2,
        "gates.toml is not in the index; `git add gates.toml`, or give --worktree\n",
    )


def test_a_pattern_finds_the_datasets_of_the_version(root, gates):
    (root / "gates.toml").write_text('[datasets."all-*"]\ntype = "tabular"\npath = "data/*.csv"\n')
    (root / "schemas/first.py").unlink()
    put(root, "third", bad())
    commit(root)
    git(root, "rm", "-q", "--cached", "data/third.csv.dvc")

    staged = gates(root, "check", "--all", "--staged", "--format", "json", "--only", "expect_origins_to_be_declared")
    whole = gates(
        root, "check", "--all", "--rev", "HEAD", "--format", "json", "--only", "expect_origins_to_be_declared"
    )

    gone, *judged = verdict(staged)
    assert gone["weakened"][0]["what"] == "all-third"
    assert [one["dataset"] for one in judged] == ["all-first", "all-second"]
    assert [one["dataset"] for one in verdict(whole)] == ["all-first", "all-second", "all-third"]


def test_a_name_that_means_another_file_than_before_is_another_contract(root, gates):
    folder = root / "schemas/limits"
    folder.mkdir()
    (root / "schemas/limits.py").rename(folder / "__init__.py")
    first = verdict(gates(root, "check", "first", "--format", "json"))
    assert first["contract"]["schema_modules"] == {"limits": "schemas/limits/__init__.py"}
    assert gates(root, "enforce", "first").code == first["outcome"].count("fail")

    # Whatever was digested is as it was; what would run is not.
    write(root, "schemas/limits.py", "HIGHEST = 900\n")

    enforced = gates(root, "enforce", "first")
    again = verdict(gates(root, "check", "first", "--format", "json"))
    assert (enforced.code, "its code imports 'limits', which means another file now" in enforced.err) == (3, True)
    assert again["contract"]["schema_modules"] == {"limits": "schemas/limits.py"}
    assert again["contract"]["sha256"] != first["contract"]["sha256"]


def test_a_name_that_was_an_installed_module_and_is_the_repository_s_now_is_another_contract(root, gates):
    write(root, "schemas/limits.py", "import numpy\n\nHIGHEST = 9\n")
    first = verdict(gates(root, "check", "first", "--format", "json"))
    assert first["contract"]["schema_modules"] == {"limits": "schemas/limits.py", "numpy": ""}

    write(root, "schemas/numpy.py", "")

    again = verdict(gates(root, "check", "first", "--format", "json"))
    assert again["contract"]["schema_modules"] == {"limits": "schemas/limits.py", "numpy": "schemas/numpy.py"}
