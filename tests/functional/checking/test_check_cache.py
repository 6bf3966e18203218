"""A dataset that was judged before is answered from memory: at once, and as if it were judged anew."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import polars as pl
import pytest

from tests.dvc_repositories import ENVIRONMENT, git, write
from tests.shared import built_once
from tests.version_projects import CONFIG, LIMITS, bad, good, put, version_project
from tests.warm import warm_gates

HEAVY = ("dvc", "pandera", "polars", "pyarrow", "great_expectations", "duckdb", "numpy", "scipy", "sklearn")
REMEMBERED = "second: unchanged, using the cached verdict\n"


def program(unneeded):
    """Runs a call, and tells its exit code and which of the unneeded modules it imported."""
    return (
        "import sys\nfrom gates.cli.main import run\ncode = run(sys.argv[1:])\n"
        f"print(code, *[name for name in {unneeded!r} if name in sys.modules], file=sys.stderr)"
    )


@pytest.fixture(scope="session")
def judged(tmp_path_factory, request):
    """Both datasets judged once, by a process of its own as a user would."""
    return built_once(tmp_path_factory, "cache", _judged)


def _judged(folder):
    root = version_project(folder / "project")
    for name in ("first", "second"):
        done = subprocess.run(
            [warm_gates(), "check", name], cwd=root, env=ENVIRONMENT, capture_output=True, check=False
        )
        assert done.returncode in {0, 1}, done.stderr
    return root


@pytest.fixture
def root(judged, tmp_path):
    return shutil.copytree(judged, tmp_path / "project")


@pytest.mark.program
@pytest.mark.parametrize("door", ["--worktree", "--staged", "--rev=HEAD"])
def test_unchanged_dataset_is_answered_without_heavy_imports(root, door):
    done = subprocess.run(
        [sys.executable, "-c", program((*HEAVY, "rich", "importlib.metadata")), "check", "first", door],
        cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    note, last = done.stderr.splitlines()
    assert note.startswith("first: unchanged, using the cached verdict")
    assert last in {"0", "1"}


@pytest.mark.program
def test_hook_in_which_nothing_is_staged_imports_neither_yaml_nor_reports(root):
    unneeded = (*HEAVY, "yaml", "rich", "configparser", "importlib.metadata", "gates.verdicts.reports.formats.markdown")
    done = subprocess.run(
        [sys.executable, "-c", program(unneeded), "check", "--staged"],
        cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    note, last = done.stderr.splitlines()
    assert note.startswith("2 datasets unchanged between HEAD")
    assert last == "0"


@pytest.mark.program
# Whether a dataset of HEAD is gone takes a listing of HEAD; who names a dataset does not ask.
@pytest.mark.parametrize(("arguments", "most"), [(("--staged",), 6), (("second", "--staged"), 6)])
def test_hook_in_which_nothing_changed_starts_few_processes(root, tmp_path, arguments, most):
    log, wrapper = tmp_path / "log", write(tmp_path, "bin/git", "")
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}{os.pathsep}{ENVIRONMENT['PATH']}"

    done = subprocess.run(
        [sys.executable, "-m", "gates", "check", *arguments],
        cwd=root, env=ENVIRONMENT | {"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    calls = log.read_text().splitlines()
    assert len(calls) <= most, calls


@pytest.mark.parametrize("form", ["terminal", "json", "markdown", "junit", "sarif", "github"])
def test_report_is_the_one_that_judging_anew_gives(root, gates, form):
    remembered = gates(root, "check", "first", "--format", form, "-v")
    anew = gates(root, "check", "first", "--format", form, "-v", "--no-cache")

    assert remembered.err.startswith("first: unchanged, using the cached verdict")
    assert (remembered.code, remembered.out) == (anew.code, anew.out)


def test_files_written_are_those_that_judging_anew_writes(root, gates):
    shutil.rmtree(root / ".gates")
    arguments = ("check", "second", "--also", "junit")
    assert REMEMBERED in gates(root, *arguments, "--output", "remembered").err
    gates(root, *arguments, "--output", "anew", "--no-cache")
    gates(root, "check", "second")

    written = {path.name: path.read_bytes() for path in (root / "remembered").iterdir()}
    assert sorted(written) == [
        "second.json",
        "second.junit.xml",
        "second.md",
        "second.metrics.json",
        "second.plots.json",
    ]
    assert written == {path.name: path.read_bytes() for path in (root / "anew").iterdir()}
    assert (root / ".gates/verdicts/second.json").read_bytes() == written["second.json"]
    assert gates(root, "enforce", "second").code in {0, 1}


def test_changed_bytes_are_judged(root, gates):
    (root / "data/second.csv").write_text(bad())

    called = gates(root, "check", "second")

    assert called.code == 1
    assert REMEMBERED not in called.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gates.toml", CONFIG.replace('"finetune"', '"pretrain"')),
        ("schemas/limits.py", LIMITS.replace("9", "0")),
        ("schemas/limits.py", None),
    ],
)
def test_changed_contract_is_judged(root, gates, name, text):
    if text is None:
        (root / name).unlink()
    else:
        (root / name).write_text(text)

    assert "cached verdict" not in gates(root, "check", "first").err


def test_a_version_seen_before_is_answered_when_it_comes_back(root, gates):
    (root / "data/second.csv").write_text(bad())
    gates(root, "check", "second")
    (root / "data/second.csv").write_text(good(3))
    put(root, "second", good(3))
    git(root, "add", "-A")

    for door in ("--worktree", "--staged"):
        assert gates(root, "check", "second", door, "--format", "json").err == REMEMBERED


@pytest.mark.parametrize("door", ["--staged", "--rev=HEAD"])
def test_a_verdict_on_an_object_that_was_damaged_since_is_no_answer(root, gates, door):
    (pointer,) = [line for line in (root / "data/second.csv.dvc").read_text().splitlines() if "md5: " in line]
    name = pointer.split()[-1]
    object_path = root / ".dvc/cache/files/md5" / name[:2] / name[2:]
    sound, about = object_path.read_bytes(), object_path.stat()
    assert gates(root, "check", "second", door).err == REMEMBERED

    object_path.write_bytes(sound.replace(b"human", b"hum@n", 1))
    os.utime(object_path, ns=(about.st_atime_ns, about.st_mtime_ns))
    damaged = gates(root, "check", "second", door)
    object_path.unlink()
    object_path.write_bytes(sound)

    assert damaged.code == 3
    assert f"its md5 is not {name}" in damaged.err
    assert gates(root, "check", "second", door).err == REMEMBERED


def test_partial_run_neither_asks_the_cache_nor_feeds_it(root, gates):
    shutil.rmtree(root / ".dvc/tmp/gates")

    partial = gates(root, "check", "second", "--only", "expect_origins_to_be_declared", "--format", "json")

    assert json.loads(partial.out)["partial"] is True
    verdicts = [path for path in (root / ".dvc/tmp/gates").glob("*.json") if '"verdict"' in path.read_text()]
    assert verdicts == []
    gates(root, "check", "second")
    partial = gates(root, "check", "second", "--scope", "human", "--format", "json")
    assert json.loads(partial.out)["partial"] is True
    assert REMEMBERED not in partial.err


def rows_line(called):
    """Where a report says that the failing rows are."""
    return next((line for line in called.out.splitlines() if line.startswith("rows that fail row rules: ")), None)


def test_cached_verdict_names_the_file_of_its_failing_rows_as_long_as_it_is_the_same(root, gates):
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))
    anew, remembered = gates(root, "check", "first"), gates(root, "check", "first")

    assert rows_line(anew).endswith(" in .gates/quarantine/first.parquet")
    assert rows_line(remembered) == rows_line(anew)
    assert remembered.err == "first: unchanged, using the cached verdict\n"

    (root / ".gates/quarantine/first.parquet").write_bytes(b"rows of another run")
    stale = gates(root, "check", "first")
    assert rows_line(stale) is None
    assert "using the cached verdict; --no-cache writes the " in stale.err
    gates(root, "check", "first", "--no-cache")
    assert rows_line(gates(root, "check", "first")) == rows_line(anew)

    (root / ".gates/quarantine/first.parquet").unlink()
    assert rows_line(gates(root, "check", "first")) is None


def test_partial_run_names_only_rows_that_fail_what_it_asks(root, gates):
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))
    path = root / ".gates/quarantine/first.parquet"
    gates(root, "check", "first")
    whole = path.read_bytes()

    other = gates(root, "check", "first", "--only", "expect_distributions_to_match")

    assert rows_line(other) is None
    assert path.read_bytes() == whole
    of_humans = gates(root, "check", "first", "--only", "row_failure", "--scope", "human")
    rows = pl.read_parquet(path)
    assert rows_line(of_humans) == f"rows that fail row rules: {rows.height} in .gates/quarantine/first.parquet"
    assert set(rows["origin"]) == {"human"}


def test_no_cache_neither_asks_it_nor_feeds_it(root, gates):
    shutil.rmtree(root / ".dvc/tmp/gates")

    gates(root, "check", "second", "--no-cache")

    assert not (root / ".dvc/tmp/gates").exists()


def test_verdict_with_a_check_that_broke_is_reached_anew(root, gates):
    entry = {"type": "expect_column_max_to_be_between", "kwargs": {"column": "town", "max_value": 5}}
    suite = {"name": "second human", "expectations": [{**entry, "severity": "warning", "meta": {}}], "meta": {}}
    (root / "expectations/second").mkdir(parents=True)
    (root / "expectations/second/human.json").write_text(json.dumps(suite))

    first = gates(root, "check", "second", "--format", "json")

    assert "error" in {check["outcome"] for check in json.loads(first.out)["checks"]}
    assert REMEMBERED not in gates(root, "check", "second", "--format", "json").err


def test_damaged_cache_is_judged_anew(root, gates):
    for path in (path for path in (root / ".dvc/tmp/gates").rglob("*") if path.is_file()):
        path.write_bytes(path.read_bytes()[:-7])

    first, second = (gates(root, "check", "second", "--format", "json") for _ in range(2))

    assert (first.err, second.err) == ("", REMEMBERED)
    assert first.out == second.out


def test_enforce_does_not_trust_the_cache(root, gates):
    (root / ".gates/verdicts/second.json").unlink()

    assert gates(root, "enforce", "second").code == 3


def test_without_dvc_the_cache_lies_in_the_ignored_folder(root, gates):
    shutil.rmtree(root / ".dvc")

    first, second = (gates(root, "check", "second", "--format", "json") for _ in range(2))

    assert (first.err, second.err, first.out) == ("", REMEMBERED, second.out)
    assert list((root / ".gates/cache").iterdir())
    assert git(root, "status", "--porcelain", ".gates") == ""


def test_a_verdict_that_came_with_a_checkout_is_judged_anew(root, gates, monkeypatch):
    git(root, "add", "--force", ".dvc/tmp/gates")
    git(root, "commit", "-q", "-m", "somebody's cache")
    clone = root.parent / "clone"
    git(root.parent, "clone", "-q", str(root), str(clone))
    shutil.copytree(root / ".dvc/cache", clone / ".dvc/cache")
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "another user"))

    first = gates(clone, "check", "second", "--rev", "HEAD")
    again = gates(clone, "check", "second", "--rev", "HEAD")

    assert REMEMBERED not in first.err
    assert REMEMBERED in again.err
    assert (first.code, first.out) == (again.code, again.out)
