"""The fixture `gates_check` in the tests of a project."""

from __future__ import annotations

import shutil
from importlib.metadata import entry_points

import pytest

# A run within this process takes the modules out again that it imports, and Great Expectations cannot be imported twice.
import gates.gx  # noqa: F401

pytest_plugins = ["pytester"]

TESTS = """
import polars as pl

def test_sound(gates_check):
    assert gates_check("sound").outcome in ("pass", "warn")

def test_flawed(gates_check):
    gates_check("flawed")

def test_frames(gates_check):
    rows = pl.DataFrame({"grade": [number % 5 for number in range(400)]})
    gates_check(human=rows, synthetic=rows, only=["human_ratio"])

def test_warned(gates_check):
    rows = pl.DataFrame({"grade": range(40)})
    assert gates_check(human=rows, synthetic=rows, only=["table_row_count"]).outcome == "warn"

def test_strict(gates_check):
    rows = pl.DataFrame({"grade": range(40)})
    gates_check(human=rows, synthetic=rows, only=["table_row_count"], strict=True)
"""


def test_package_offers_the_plugin():
    (plugin,) = entry_points(group="pytest11", name="gates")

    assert plugin.load().gates_check


@pytest.fixture
def outcome(pytester, judged_project):
    shutil.copytree(judged_project.root, pytester.path, dirs_exist_ok=True)
    folder = pytester.mkdir("tests")
    (folder / "test_data.py").write_text(TESTS)
    return pytester.runpytest_inprocess("tests", "-q", "-p", "no:cacheprovider", "-W", "error")


def test_what_passes_passes_and_what_does_not_fails_with_its_findings(outcome):
    outcome.assert_outcomes(passed=2, failed=3)
    outcome.stdout.fnmatch_lines([
        "flawed: FAIL *1 critical check failed*",
        "rows: 400 human, 400 synthetic*",
        "  Rows repeat each other: 399 of 400 rows repeat another*",
        "frame: NO VERDICT *",
        "frame: WARN *",
    ])  # fmt: skip
    assert "Error" not in outcome.stdout.str()
