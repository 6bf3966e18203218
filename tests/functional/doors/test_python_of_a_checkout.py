"""Modules that a checkout brings under the names of Python's and of libraries run in the place of none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
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


# Each of these only adds to what Python may run, so that nothing of all at once is nothing of any.
@pytest.mark.parametrize(
    "variables", [{}, {"PYTHONSTARTUP": START, "PYTHONINSPECT": "1", "PYTHONUSERBASE": ".", "PYTHONPATH": ""}]
)
def test_what_lies_in_the_folder_of_a_call_does_not_run(root, variables):
    code, printed = ended(root, [str(GATES), "check"], **variables)

    assert (code, "code of the checkout ran" in printed, "origin" in printed) == (1, False, True), printed


def test_a_path_of_python_into_the_checkout_is_left_out_where_python_is_isolated(root):
    program = [sys.executable, "-I", str(GATES), "check"]
    code, printed = ended(root, program, PYTHONPATH=".", PYTHONSTARTUP=START)

    assert (code, "code of the checkout ran" in printed) == (1, False), printed


@pytest.mark.parametrize("name", ["sitecustomize", "usercustomize", "click"])
def test_code_of_a_checkout_that_ran_before_gates_is_no_verdict(root, name):
    for other in (*NAMES, START.removesuffix(".py")):
        (root / f"{other}.py").unlink()
    # What stands in the place of a library that gates begins with has to do as that does.
    as_click = (
        f"__path__ = [{str(Path(click.__file__).parent)!r}]\n__package__ = 'click'\n"
        f"exec(compile(open({click.__file__!r}).read(), {click.__file__!r}, 'exec'))\n"
    )
    (root / f"{name}.py").write_text(as_click if name == "click" else "HARMLESS = True\n")

    code, printed = ended(root, [str(GATES), "check"], PYTHONPATH=str(root))

    assert (code, "was run by Python before gates began" in printed) == (3, True), printed
    assert str(root) in printed


def test_a_path_of_python_into_the_checkout_has_modules_of_its_own_and_none_in_the_place_of_a_library(root):
    for name in ("sitecustomize", "usercustomize", "gates", "click", "json", "tomllib", "typing"):
        (root / f"{name}.py").unlink()
    (root / "gates.toml").write_text(CONFIG + 'schema = "schemas/own.py:Own"\n')
    (root / "schemas").mkdir()
    (root / "src/ours").mkdir(parents=True)
    (root / "src/ours/__init__.py").write_text("HIGHEST = 9\n")
    (root / "src/duckdb.py").write_text(RAN)
    (root / "schemas/own.py").write_text(
        "import pandera.polars as pa\nfrom ours import HIGHEST\n"
        'Own = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(HIGHEST, name="at-most"))})\n'
    )

    code, printed = ended(root, [str(GATES), "check"], PYTHONPATH=str(root / "src"))

    assert (code, "ours" in printed, "code of the checkout ran" in printed) == (1, False, False), printed
