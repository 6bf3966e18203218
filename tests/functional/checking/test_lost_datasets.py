"""A dataset that goes without another to take its rows is named by a plain check, and fails until a reason stands in the change."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree as ET

import pytest

from tests.dvc_repositories import commit, git, new_git, write
from tests.projects import mixed, table_rows
from tests.shared import built_once

TITLE = "This change weakens the gate"
FIRST = '[datasets.first]\ntype = "tabular"\npath = "data/first.csv"\nextends = false\n'
SECOND = '[datasets.second]\ntype = "tabular"\npath = "data/second.csv"\nextends = false\n'
REASON = '\n[[weakened]]\nwhat = "second"\nreason = "The second set was bought and is not ours to keep."\n'


@pytest.fixture(scope="session")
def committed(tmp_path_factory):
    def build(folder):
        root = new_git(folder / "project")
        write(root, "gates.toml", FIRST + SECOND)
        for seed, name in enumerate(("first", "second")):
            write(root, f"data/{name}.csv", mixed(table_rows(20, seed), table_rows(20, seed + 5)).write_csv())
        commit(root, "base")
        return root

    return built_once(tmp_path_factory, "lost-datasets", build)


@pytest.fixture
def root(committed, tmp_path):
    return shutil.copytree(committed, tmp_path / "project")


def configure(root, text):
    (root / "gates.toml").write_text(text)
    git(root, "add", "-A")


@pytest.mark.parametrize("is_data_gone", [False, True])
def test_a_dataset_that_is_gone_fails_the_hook_and_the_work_tree_and_a_commit_until_a_reason_is_given(
    root, gates, is_data_gone
):
    if is_data_gone:
        (root / "data/second.csv").unlink()
    configure(root, FIRST)

    for options in (["--staged"], ["--all"], []):
        called = gates(root, "check", *options)
        assert called.code == 1, called.out + called.err
        assert called.out.startswith(f"{TITLE}: 1 difference, 1 without a reason\n  the dataset 'second' is gone")
    configure(root, FIRST + REASON)
    explained = gates(root, "check", "--staged")
    assert (explained.code, "reason  The second set was bought" in explained.out) == (0, True)
    configure(root, FIRST)
    commit(root, "gone")
    assert gates(root, "check", "--rev", "HEAD", "--all").code == 1
    # Since then nothing went.
    assert gates(root, "check", "--all").code == 0


def test_a_dataset_named_after_a_file_that_is_gone_is_named(root, gates):
    configure(root, '[datasets."*"]\ntype = "tabular"\npath = "data/*.csv"\nextends = false\n')
    commit(root, "by pattern")
    git(root, "rm", "-q", "data/second.csv")

    called = gates(root, "check", "--staged")

    assert (called.code, "the dataset 'second' is gone" in called.out) == (1, True)


def test_a_dataset_that_is_named_in_the_call_is_judged_alone_and_a_renamed_one_by_its_rows(root, gates):
    configure(root, FIRST)
    assert gates(root, "check", "first").code == 0
    configure(root, FIRST + SECOND.replace("datasets.second", "datasets.other"))

    assert TITLE not in gates(root, "check", "--staged").out


def test_every_report_lists_what_the_change_gives_up_before_the_datasets(root, gates):
    configure(root, FIRST)
    sentence = "the dataset 'second' is gone from gates.toml: nothing judges data/second.csv any more"

    def out(report, *options):
        called = gates(root, "check", "--all", "--format", report, *options)
        assert called.code == 1
        return called.out

    single = json.loads(out("json", "--output", "out", "--also", "junit", "--also", "sarif"))
    assert next(iter(single)) == "weakened"
    assert [(one["message"], one["file"], one["reason"]) for one in single["weakened"]] == [
        (sentence, "gates.toml", None)
    ]
    written = json.loads((root / "out/weakened gate.json").read_text())
    assert [(one["outcome"], one["weakened"]) for one in written] == [("fail", single["weakened"])]
    for document in (ET.fromstring(out("junit")), ET.parse(root / "out/weakened gate.junit.xml").getroot()):
        assert (document[0].get("name"), document.get("failures")) == ("weakened gate", "1")
        assert document[0][0].find("failure").get("message") == sentence
    for text in (out("sarif"), (root / "out/weakened gate.sarif").read_text()):
        run = json.loads(text)["runs"][0]
        assert run["automationDetails"]["id"] == "gates/weakened gate/"
        assert sentence in run["results"][0]["message"]["text"]
    assert out("markdown").startswith(f"## {TITLE}\n\n- `gates.toml:1` `{sentence}`; `fix: take it back")
    assert out("github").startswith(f"::error file=gates.toml,line=1,title={TITLE}::{sentence}")

    # A run in which nothing is given up leaves nothing of that behind.
    configure(root, FIRST + SECOND)
    gates(root, "check", "--all", "--base", "HEAD", "--output", "out", "--also", "junit", "--also", "sarif")
    assert not list((root / "out").glob("weakened*"))


def test_a_configuration_that_nobody_can_read_at_the_version_before_may_have_had_more_datasets(root, gates):
    configure(root, FIRST + SECOND.replace("type =", "kind ="))
    commit(root, "broken")
    configure(root, FIRST)

    for options in (["--staged"], ["--all"]):
        called = gates(root, "check", *options)
        assert called.code == 1, called.out + called.err
        assert "1 without a reason" in called.out
        assert "nobody can tell what the change gives up" in called.out
    configure(root, FIRST + REASON.replace('"second"', '"gates.toml"'))
    assert gates(root, "check", "--staged").code == 0
