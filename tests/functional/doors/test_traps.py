"""What goes wrong without a word in projects of git and DVC does not go wrong without a word here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from gates.init.pipeline_files import PIPELINE
from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, md5, new_repository, write
from tests.projects import mixed, table_rows
from tests.shared import built_once
from tests.version_projects import LIMITS, bad, good, put, version_project
from tests.warm import warm_path

REPOSITORY = Path(__file__).parents[3]
CONFIG = """\
[datasets.people]
path = "data/people"
type = "tabular"
purpose = "finetune"
inconclusive = "warn"
"""
ORIGINS = "combined/expect_origins_to_be_declared"
# The git-ignored folder that DVC writes its locks and its index to, and gates its cache.
SCRATCH = ".dvc/tmp"
# Holds the lock that every command of DVC takes which changes something, until its stdin is closed.
HOLD = """\
import sys
from dvc.repo import Repo

with Repo().lock:
    print("held", flush=True)
    sys.stdin.read()
"""

pytestmark = pytest.mark.slow


def shards() -> dict[str, str]:
    """Files of people, half of each marked as synthetic."""
    return {f"{at:02}.csv": mixed(table_rows(15, at), table_rows(15, at + 50)).write_csv() for at in range(4)}


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A directory that real DVC tracks and a remote has, committed. Copy it."""
    return built_once(tmp_path_factory, "traps", _shared)


def _shared(place: Path) -> Path:
    root = new_repository(place / "project")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n/reports/\n")
    write(root, ".dvc/config", f"[core]\n    remote = store\n['remote \"store\"']\n    url = {place}/store\n")
    for name, text in shards().items():
        write(root, f"data/people/{name}", text)
    dvc(root, "add", "-q", "data/people")
    dvc(root, "push", "-q")
    commit(root, "start")
    return root


@pytest.fixture
def root(shared, tmp_path, monkeypatch):
    # DVC reads the user's settings where it runs within this process.
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    return Path(shutil.copytree(shared, tmp_path / "project"))


@pytest.fixture
def small(tmp_path):
    """Two datasets of one file each, without a remote."""
    return version_project(tmp_path / "small")


def without_data(root):
    """As after `git clone`: no cache, no data."""
    shutil.rmtree(root / ".dvc/cache")
    shutil.rmtree(root / "data/people")


def listed(root):
    """Every file with its bytes, without what is scratch."""
    folders = [root / SCRATCH, root / "reports", root / ".gates", root / ".git"]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not any(path.is_relative_to(folder) for folder in folders)
    }


def program(root, *command, **variables):
    return subprocess.run(
        command, cwd=root, env=ENVIRONMENT | {"PATH": warm_path()} | variables, text=True, check=False, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def document(called):
    assert called.code in {0, 1}, called.err
    return json.loads(called.out)


@pytest.mark.parametrize("door", [("--rev", "HEAD"), ("--staged",)])
def test_directory_whose_manifest_nobody_has_is_never_a_pass(root, gates, door):
    without_data(root)
    write(root, ".dvc/config", "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../empty\n")

    called = gates(root, "check", "people", *door, "--exit-zero", "--format", "json", "--output", "reports")

    assert (called.code, called.out) == (3, "")
    assert "data/people" in called.err
    assert not (root / "reports").exists()
    assert gates(root, "enforce", "people").code == 3


def test_stage_that_checks_within_dvc_repro_fetches_what_it_needs_and_changes_nothing(root, gates):
    expected = document(gates(root, "check", "people", "--rev", "HEAD", "--no-cache", "--format", "json"))
    shutil.rmtree(root / SCRATCH)
    without_data(root)
    stage = {
        "cmd": "gates check people --rev HEAD --exit-zero --quiet --output reports",
        "deps": ["gates.toml"], "outs": [{"reports/people.json": {"cache": False}}],
    }  # fmt: skip
    write(root, "dvc.yaml", yaml.safe_dump({"stages": {"check": stage}}))
    before = listed(root)

    done = program(root, "dvc", "repro")

    assert done.returncode == 0, done.stdout
    assert json.loads((root / "reports/people.json").read_text()) == expected
    after = listed(root)
    # The lock is written by DVC itself, for the stage.
    assert after.pop("dvc.lock")
    assert after == before


def test_lock_that_another_process_of_dvc_holds_is_no_reason_to_fail(root, gates):
    expected = document(gates(root, "check", "people", "--rev", "HEAD", "--no-cache", "--format", "json"))
    without_data(root)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=root, env=ENVIRONMENT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "held\n"

        called = gates(root, "check", "people", "--staged", "--no-cache", "--format", "json")

        assert holder.poll() is None, "the lock was held all the time"
    finally:
        holder.communicate()
    assert document(called) == expected


def test_verdict_is_on_the_bytes_and_not_on_what_the_pointer_beside_them_names(root, gates):
    # Other synthetic rows beside the same human rows, so that none of those gets lost.
    text = mixed(table_rows(15, 0), table_rows(15, 58)).write_csv()
    write(root, "data/people/00.csv", text)

    judged = document(gates(root, "check", "people", "--format", "json"))

    assert [file["md5"] for file in judged["data"]["files"]] == [
        md5(text) if name == "00.csv" else md5(content) for name, content in shards().items()
    ]
    assert gates(root, "enforce", "people").code == 0
    assert gates(root, "enforce", "people", "--pointer-only").code == 3
    write(root, "data/people/00.csv", shards()["00.csv"])
    refused = gates(root, "enforce", "people")
    assert refused.code == 3
    assert "the data in data/people has changed since it was judged" in refused.err


@pytest.mark.parametrize("waited", [0, 2.2], ids=["at once", "when hashes are remembered"])
def test_file_of_the_same_size_and_time_with_other_bytes_is_judged_anew(small, gates, waited):
    path = small / "data/second.csv"
    put(small, "second", good(3))
    time.sleep(waited)
    before = document(gates(small, "check", "second", "--format", "json"))
    about = path.stat()
    other = good(3).replace("town 1", "town 9")
    assert len(other) == about.st_size
    path.write_text(other)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

    called = gates(small, "check", "second", "--format", "json")

    assert "cached verdict" not in called.err
    assert document(called)["data"]["files"][0]["md5"] == md5(other)
    assert document(called)["digest"] != before["digest"]


def test_rows_of_an_origin_that_no_partition_has_fail_the_combined_scope(root, gates):
    write(root, "gates.toml", CONFIG.replace("data/people", "data/texts"))
    for origin in ("human", "synthetic", "web"):
        rows = table_rows(20, len(origin)).write_csv()
        write(root, f"data/texts/origin={origin}/0.csv", rows)

    called = gates(root, "check", "people", "--format", "json")

    outcomes = {check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]}
    assert (called.code, outcomes[ORIGINS]) == (1, "fail")


def test_files_that_a_cloud_names_by_version_are_judged_as_they_lie_and_never_taken_for_granted(small, gates):
    """Such a pointer has no md5: without the bytes, and without the cloud, nobody knows."""
    entry = {"relpath": "a.csv", "size": 9, "cloud": {"far": {"etag": "e1", "version_id": "v1"}}}
    pointer = {"outs": [{"path": "cloudy", "hash": "md5", "files": [entry]}]}
    write(small, "data/cloudy.dvc", yaml.safe_dump(pointer))
    write(small, "data/cloudy/a.csv", good(4))
    write(small, "data/.gitignore", "/cloudy\n/first.csv\n/second.csv\n")
    write(small, "gates.toml", CONFIG.replace("data/people", "data/cloudy"))
    (small / "schemas/first.py").unlink()
    commit(small, "cloudy")

    called = gates(small, "check", "people", "--format", "json")
    judged = json.loads(called.out)
    assert judged["data"]["files"][0]["md5"] == md5(good(4))
    # Whether a human row of HEAD is lost takes the bytes of HEAD.
    open_checks = {check["type"] for check in judged["checks"] if check["outcome"] == "error"}
    assert (called.code, open_checks) == (3, {"expect_human_rows_to_be_kept"})
    refused = gates(small, "check", "people", "--rev", "HEAD")
    assert (refused.code, refused.out) == (3, "")
    assert "data/cloudy" in refused.err


def test_pieces_for_dvc_yaml_are_in_block_style(tmp_path, gates):
    """In flow style, DVC does not parse a `${item}`, and people put that in."""
    mixed(table_rows(50, seed=1), table_rows(50, seed=2)).write_csv(tmp_path / "people.csv")
    assert gates(tmp_path, "init", "--write").code == 0
    written = (tmp_path / PIPELINE).read_text()

    assert yaml.safe_load(written)["stages"].keys() == {"check-people", "enforce-people"}
    assert [line for line in written.splitlines() if line.lstrip(" -").startswith(("{", "["))] == []
    assert [line for line in written.splitlines() if line.rstrip().endswith(("}", "]"))] == []


def stages() -> str:
    """Check, enforce and train, of which the last writes down each time that it ran."""
    deps = ["data/second.csv", "gates.toml", "expectations/second"]
    return yaml.safe_dump({"stages": {
        "check": {
            "cmd": "gates check second --exit-zero --quiet --output reports", "deps": deps,
            "outs": [{"reports/second.json": {"cache": False}}],
        },
        "enforce": {
            "cmd": "gates enforce second --output reports --mark", "deps": [*deps, "reports/second.json"],
            "outs": [{"reports/second.passed": {"cache": False}}],
        },
        "train": {
            "cmd": "echo trained >> trainings && cp reports/second.passed model",
            "deps": ["reports/second.passed"], "outs": ["model"],
        },
    }})  # fmt: skip


def ran(done):
    """The stages that `dvc repro` ran."""
    return [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running stage")]


@pytest.mark.program
def test_pipeline_trains_on_what_passed_and_on_nothing_else(small):
    suite = write(small, "expectations/second/human.json", '{"name": "s", "expectations": [], "meta": {}}')
    write(small, "dvc.yaml", stages())

    first = program(small, "dvc", "repro")
    assert (first.returncode, ran(first)) == (0, ["check", "enforce", "train"]), first.stdout
    second = program(small, "dvc", "repro")
    assert (second.returncode, ran(second)) == (0, []), second.stdout

    # Good once is not good for ever: what an earlier run left does not count.
    put(small, "second", bad())
    for expected in (["check", "enforce"], ["enforce"]):
        turned_bad = program(small, "dvc", "repro")
        assert (turned_bad.returncode, ran(turned_bad)) == (255, expected), turned_bad.stdout
        assert json.loads((small / "reports/second.json").read_text())["outcome"] == "fail"
        assert not (small / "reports/second.passed").exists()
        assert (small / "trainings").read_text() == "trained\n"

    put(small, "second", good(6))
    mended = program(small, "dvc", "repro")
    assert (mended.returncode, ran(mended)) == (0, ["check", "enforce", "train"]), mended.stdout

    # The same data under another rule.
    rule = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1000}, "meta": {}}
    suite.write_text(json.dumps({"name": "s", "expectations": [rule], "meta": {}}))
    stricter = program(small, "dvc", "repro")
    assert (stricter.returncode, ran(stricter)) == (255, ["check", "enforce"]), stricter.stdout
    assert (small / "trainings").read_text() == "trained\n" * 2


def test_verdict_does_not_outlive_a_module_that_the_schema_imports(small, gates):
    """A stage that lists the schema's own file alone would not run again; `gates enforce` sees it."""
    assert gates(small, "check", "first").code == 0
    assert gates(small, "enforce", "first").code == 0
    write(small, "schemas/limits.py", LIMITS.replace("9", "8"))

    refused = gates(small, "enforce", "first")

    assert refused.code == 3
    assert "the schema, or a module that it imports, has changed" in refused.err


@pytest.mark.program
def test_cache_that_ci_restores_answers_in_a_fresh_clone_and_a_fresh_installation(small, tmp_path):
    """Nothing in the cache's keys is a path, a time or an inode: of these a machine of CI has new ones each time."""
    one, two = fresh(small, tmp_path / "one"), fresh(small, tmp_path / "two")
    judged = checked(one)
    assert judged.returncode == 0, judged.stdout
    shutil.copytree(one / SCRATCH / "gates", two / SCRATCH / "gates", copy_function=shutil.copyfile)

    answered = checked(two)

    assert answered.returncode == 0, answered.stdout
    assert answered.stdout == "2 of 2 datasets: unchanged, using the cached verdict\n" + judged.stdout
    # Another state of the program knows nothing of it.
    module = two.parent / "installed/gates/checking/changes/losses.py"
    module.write_text(module.read_text().replace("MOST_LOST = 0.1\n", "MOST_LOST = 0.2\n"))
    assert "cached verdict" not in checked(two).stdout


def fresh(project, place):
    """A clone with its data, and an installation of gates beside it whose files are new."""
    git(project.parent, "clone", "-q", str(project), str(place / "clone"))
    for name in (".dvc/cache", "data"):
        shutil.copytree(project / name, place / "clone" / name, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for name in ("gates", "expectations"):
        shutil.copytree(REPOSITORY / name, place / "installed" / name, copy_function=shutil.copyfile)
    return place / "clone"


def checked(root):
    """What the installation beside a clone says of it."""
    command = (sys.executable, "-m", "gates", "check", "--all", "--format", "json")
    return program(root, *command, PYTHONPATH=str(root.parent / "installed"))
