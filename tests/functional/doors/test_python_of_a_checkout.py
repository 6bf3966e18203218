"""Modules that a checkout brings under the names of Python's and of libraries run in the place of none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dvc_repositories import ENVIRONMENT
from tests.projects import mixed, table_rows

GATES = Path(sys.executable).with_name("gates")
CONFIG = '[datasets.d]\npath = "d.csv"\ntype = "tabular"\nextends = false\n'
RAN = "import os\nos.write(2, b'code of the checkout ran')\nos._exit(0)\n"
NAMES = ("sitecustomize", "usercustomize", "gates", "duckdb", "pyarrow", "click", "json", "tomllib", "typing", "limits")
START = "start.py"


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "gates.toml").write_text(CONFIG)
    mixed(table_rows(20, 1), table_rows(20, 2)).write_csv(root / "d.csv")
    with (root / "d.csv").open("a") as rows:
        rows.write(",".join(["9"] * (mixed(table_rows(1, 1), table_rows(1, 1)).width - 1)) + ",nobody\n")
    for name in NAMES:
        (root / f"{name}.py").write_text(RAN)
    (root / START).write_text(RAN)
    return root


def ended(root: Path, program: list[str], **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        program,
        cwd=root,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PYTHONSTARTUP": START},
        {"PYTHONSTARTUP": START, "PYTHONINSPECT": "1"},
        {"PYTHONUSERBASE": "."},
        {"PYTHONPATH": ""},
    ],
)
def test_what_lies_in_the_folder_of_a_call_does_not_run(root, variables):
    code, printed = ended(root, [str(GATES), "check"], **variables)

    assert (code, "code of the checkout ran" in printed, "origin" in printed) == (1, False, True), printed


def test_a_path_of_python_into_the_checkout_is_left_out_where_python_is_isolated(root):
    program = [sys.executable, "-I", str(GATES), "check"]
    code, printed = ended(root, program, PYTHONPATH=".", PYTHONSTARTUP=START)

    assert (code, "code of the checkout ran" in printed) == (1, False), printed
