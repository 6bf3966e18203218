"""Many datasets in one call, several configurations in one repository, several processes at once."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.dvc_repositories import commit, git, new_git, write
from tests.projects import mixed, program, table_rows
from tests.shared import built_once

DEFAULTS = """\
[defaults]
type = "tabular"
purpose = "finetune"
inconclusive = "warn"
"""
COUNT = 40
ANEW = ("check", "--all", "--no-cache", "--format", "json")
SUITE = {
    "name": "combined",
    "expectations": [
        {
            "type": "expect_origins_to_be_declared",
            "kwargs": {"min_value": 1.0},
            "severity": "critical",
            "meta": {"reason": "a row of unknown origin is seen by neither partition's checks"},
        }
    ],
    "meta": {},
}


def table(name: str) -> str:
    return f'\n[datasets.{name}]\npath = "data/{name}.csv"\n'


def rows(seed: int) -> str:
    return mixed(table_rows(20, seed), table_rows(20, seed + 500)).write_csv()


def add(root, folder: str, *names: str) -> None:
    """A configuration and its datasets in a folder of the repository."""
    for at, name in enumerate(names):
        write(root, f"{folder}data/{name}.csv", rows(at))
    write(root, f"{folder}gates.toml", DEFAULTS + "".join(map(table, names)))


@pytest.fixture(scope="session")
def judged(tmp_path_factory):
    """Three configurations with four datasets, committed and judged once."""
    return built_once(tmp_path_factory, "monorepo", _judged)


def _judged(folder):
    root = new_git(folder / "repository")
    write(root, ".gitignore", ".gates/\n")
    add(root, "", "near")
    add(root, "teams/a/", "chat", "near")
    write(root, "teams/b/data/table.csv", rows(7))
    own = DEFAULTS.replace("[defaults]", "[tool.gates.defaults]") + table("table").replace("[", "[tool.gates.", 1)
    write(root, "teams/b/pyproject.toml", f'[project]\nname = "b"\n\n{own}')
    write(root, "teams/c/pyproject.toml", '[project]\nname = "c"\n')
    commit(root)
    program(root, "check", "--all")
    return root


@pytest.fixture
def root(judged, tmp_path):
    return shutil.copytree(judged, tmp_path / "repository")


def named(table: str) -> list[str]:
    """The datasets of a summary table."""
    _, *lines = table.split("dataset ")[1].splitlines()
    return [line.split()[0] for line in lines[:-1]]


def test_all_means_every_configuration_that_git_tracks(root, gates):
    add(root, "teams/untracked/", "x")

    called = gates(root, "check", "--all")

    assert called.code == 0
    assert named(called.out) == ["near", "teams/a:chat", "teams/a:near", "teams/b:table"]
    assert called.out.endswith("4 datasets: 4 warn\n")
    assert called.err == "4 of 4 datasets: unchanged, using the cached verdict\n"


def test_the_nearest_configuration_is_named_plainly_wherever_one_stands(root, gates):
    called = gates(root / "teams/a", "check", "--all")

    assert set(named(called.out)) == {".:near", "chat", "near", "teams/b:table"}


def test_a_dataset_of_another_configuration_is_named_with_its_folder(root, gates):
    called = gates(root, "check", "teams/b:table", "near")

    assert named(called.out) == ["teams/b:table", "near"]
    wrong = gates(root, "check", "teams/bb:table")
    assert (wrong.code, wrong.err) == (
        2, "no dataset 'teams/bb:table': no gates.toml in 'teams/bb' (did you mean 'teams/b'?)\n",
    )  # fmt: skip


def test_files_of_another_configuration_go_to_its_folder_and_are_enforced_there(root, gates):
    gates(root, "check", "--all", "--output", "reports")

    written = sorted(path.relative_to(root).as_posix() for path in (root / "reports").rglob("*.md"))
    assert written == [
        "reports/near.md", "reports/teams/a/chat.md", "reports/teams/a/near.md", "reports/teams/b/table.md",
    ]  # fmt: skip
    enforced = gates(root, "enforce", "--all", "--output", "reports")
    assert (enforced.code, [line.split(": ")[0] for line in enforced.out.splitlines()]) == (
        0, ["near", "teams/a:chat", "teams/a:near", "teams/b:table"],
    )  # fmt: skip


def test_lists_for_machines_name_each_dataset_unmistakably(root, gates):
    listed = json.loads(gates(root, "check", "--all", "--format", "json").out)
    junit = gates(root, "check", "--all", "--format", "junit").out

    assert [one["id"] for one in listed] == ["near", "teams/a:chat", "teams/a:near", "teams/b:table"]
    assert {"near/combined", "teams/a:near/combined"} <= set(re.findall('testsuite name="([^"]+)"', junit))


def test_staged_looks_at_every_configuration(root, gates):
    nothing = gates(root, "check", "--staged")
    assert (nothing.code, nothing.out) == (0, "")
    write(root, "teams/a/data/near.csv", rows(0))
    git(root, "add", "-A")

    called = gates(root, "check", "--staged")

    assert "teams/a:near: FAIL  1 critical check failed" in called.out
    assert "Human rows of the version before are gone" in called.out


def test_a_revision_has_its_own_configurations(root, gates):
    git(root, "rm", "-q", "-r", "teams/a")
    commit(root)

    assert named(gates(root, "check", "--all").out) == ["near", "teams/b:table"]
    assert named(gates(root, "check", "--all", "--rev", "HEAD~1").out) == [
        "near", "teams/a:chat", "teams/a:near", "teams/b:table",
    ]  # fmt: skip


def test_staged_configuration_counts_though_the_work_tree_has_lost_it(root, gates):
    write(root, "teams/a/data/near.csv", "grade,origin\n1,human\n")
    git(root, "add", "-A")
    (root / "teams/a/gates.toml").unlink()

    called = gates(root, "check", "--staged")

    assert called.code != 0
    assert "teams/a:near" in called.out


@pytest.mark.parametrize("gone", ["teams/a/gates.toml", "teams/b/pyproject.toml"])
def test_staged_deletion_of_a_configuration_does_not_switch_its_gate_off(root, gates, gone):
    git(root, "rm", "-q", gone)

    called = gates(root, "check", "--staged")

    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"{gone} is in HEAD and not in the index: ")


def test_commit_without_a_configuration_has_nothing_to_judge(root, gates):
    git(root, "checkout", "-q", "--orphan", "pages")
    git(root, "rm", "-q", "-r", "--cached", ".")
    write(root, "index.html", "")
    git(root, "add", "index.html")
    git(root, "commit", "-q", "-m", "pages")

    called = gates(root, "check", "--rev", "HEAD", "--since", "main")

    assert (called.code, called.out, called.err) == (0, "", "HEAD has no gates.toml: nothing to judge\n")


def test_names_beside_all_are_refused(root, gates):
    for command in ("check", "enforce"):
        called = gates(root, command, "near", "--all")
        assert (called.code, "not both" in called.err) == (2, True)


@pytest.mark.parametrize("form", ["json", "junit", "sarif", "github"])
def test_reports_for_machines_name_what_could_not_be_judged(root, gates, form):
    write(root, "teams/a/data/chat.csv", "")

    called = gates(root, "check", "--all", "--format", form, "--output", "reports", "--also", "junit")

    assert called.code in {2, 3}
    assert "teams/a" in called.out.replace("%3A", ":")
    assert {"json": '"outcome": "unjudged"', "junit": 'type="unjudged"', "sarif": "toolExecutionNotifications",
            "github": "::no verdict: "}[form] in called.out  # fmt: skip
    assert 'errors="1"' in (root / "reports/teams/a/chat.junit.xml").read_text()
    assert not (root / "reports/teams/a/chat.json").exists()


def test_one_broken_configuration_leaves_the_others_judged(root, gates):
    write(root, "teams/a/gates.toml", "[datasets\n")

    called = gates(root, "check", "--all")

    assert called.code == 2
    assert named(called.out) == ["near", "teams/b:table", "teams/a:*"]
    assert "gates.toml:1: not valid TOML" in called.err
    assert re.search(r"^teams/a:\* +not judged +.*gates.toml:1: not valid TOML", called.out, re.MULTILINE)
    assert called.out.endswith("3 datasets: 2 warn, 1 not judged\n")


def test_lint_of_all_names_the_folder_of_each_mistake(root, gates):
    assert gates(root, "lint", "--all").out.startswith("4 datasets, ")
    write(root, "teams/a/gates.toml", '[datasets.near]\npath = "data/near.csv"\ntype = "tabula"\n')

    called = gates(root, "lint", "--all")

    assert called.code == 2
    assert "teams/a/gates.toml:3: " in called.out


@pytest.fixture(scope="session")
def in_two_processes(judged, tmp_path_factory):
    """A project with a dataset that nobody can judge, and what two processes said of it; read it, do not change it."""

    def build(folder):
        root = shutil.copytree(judged, folder / "repository")
        (root / "teams/a/data/chat.csv").write_bytes(b'grade,origin\n"unclosed,human\n')
        return root, program(root, *ANEW, "--jobs", "2")

    return built_once(tmp_path_factory, "jobs", build)


@pytest.mark.program
def test_jobs_give_the_verdicts_of_one_process_and_print_nothing_else(in_two_processes):
    root, together = in_two_processes

    assert together == program(root, *ANEW)


@pytest.mark.program
def test_what_one_process_cannot_judge_leaves_the_others_judged(in_two_processes):
    _, called = in_two_processes

    assert (called.code, called.err.startswith("teams/a:chat: data/chat.csv:2: ")) == (3, True)
    outcomes = {one["id"]: one["outcome"] for one in json.loads(called.out)}
    assert outcomes == {"near": "warn", "teams/a:chat": "unjudged", "teams/a:near": "warn", "teams/b:table": "warn"}


@pytest.mark.slow
@pytest.mark.program
def test_forty_datasets_in_one_process_and_then_only_what_changed(tmp_path, gates):
    root = new_git(tmp_path / "repository")
    write(root, ".gitignore", ".gates/\n")
    add(root, "", *(f"d{at:03}" for at in range(COUNT)))
    # One question each, so that the time goes into what is under test.
    write(root, "gates.toml", (root / "gates.toml").read_text().replace("[defaults]", "[defaults]\nextends = false"))
    for at in range(COUNT):
        write(root, f"expectations/d{at:03}/combined.json", json.dumps(SUITE))
    commit(root)

    first = gates(root, "check", "--all")
    assert first.code == 0
    assert first.out.endswith(f"{COUNT} datasets: {COUNT} pass\n")
    write(root, "data/d007.csv", rows(999))
    second = gates(root, "check", "--all")

    assert second.out == first.out
    assert second.err == f"{COUNT - 1} of {COUNT} datasets: unchanged, using the cached verdict\n"
