"""The examples run, and end in the findings that they are about."""

from __future__ import annotations

import importlib.util
import os
import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "examples/python"
# The licence of SDV is none that gates may depend on: an environment of its own, by `pip install sdv .` there.
SDV_PYTHON = os.environ.get("SDV_PYTHON") or (sys.executable if importlib.util.find_spec("sdv") else None)
# What each example is about, as its last line says it.
FINDINGS = {
    "sft_chat": ["Synthetic texts refuse, or speak as a chatbot: ", "no synthetic text has a mark"],
    "preference_pairs": ["Rows break the rule rejected/differs-from-chosen: 32 of 320 synthetic rows"],
    "table": ["independent: Columns of synthetic rows do not depend on each other", "copula: -0.0"],
    "time_series": ["do not follow each other in time", "combined/expect_temporal_structure_to_match: pass"],
}


@pytest.mark.parametrize("name", sorted(FINDINGS))
def test_example_ends_in_what_it_is_about(name, monkeypatch, capsys):
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setattr(sys, "argv", [name])

    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")

    printed = capsys.readouterr().out
    assert [line for line in FINDINGS[name] if line not in printed] == []


@pytest.mark.skipif(
    SDV_PYTHON is None, reason="SDV is not installed: `pip install sdv .` in an environment, SDV_PYTHON=its Python"
)
def test_rows_that_sdv_samples_are_judged_and_their_labels_teach_next_to_nothing():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    printed = subprocess.run(
        [SDV_PYTHON, FOLDER / "sdv_table.py"], env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert "rows: 900 human, 900 synthetic, 0 undeclared" in printed
    assert "Synthetic rows and their labels teach a model something else than human rows: AUC 0.5" in printed
    assert "0 of 900 (0.0 %) equal a human row" in printed


def test_every_example_is_run():
    scripts = {path.stem for path in FOLDER.glob("*.py")} - {"documentation"}

    assert scripts == {*FINDINGS, "sdv_table"}
    assert [path.name for path in FOLDER.glob("*.ipynb")] == ["notebook.ipynb"]


def test_notebook_shows_the_top_of_the_page():
    notebook = nbformat.read(FOLDER / "notebook.ipynb", as_version=4)

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()

    shown = {cell.id: cell.outputs[0].data for cell in notebook.cells if cell.get("outputs")}
    assert "What matters most" in shown["verdict"]["text/html"]
    assert "<script" not in shown["verdict"]["text/html"]
    assert shown["verdict"]["text/plain"].startswith("<Verdict\n  frame: FAIL")
    assert "Columns of synthetic rows do not depend on each other" in shown["finding"]["text/plain"]
    assert "outcome" in shown["table"]["text/html"]
