"""A report is one file: it is found by its name, printed, written beside a verdict and documented by `--help`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gates.config.installed import plugins
from gates.config.installed.plugins import Plugins, built_in_reports
from gates.errors import UsageError
from gates.verdicts.reports import formats
from gates.verdicts.reports.located_verdict import unplaced
from gates.verdicts.reports.registry import find_report, rendered, written_on_demand
from tests.unit.verdicts.test_reports import example

FORMATS = Path(formats.__file__).parent
TEXT = """\
from gates.contract.plugins import Report

REPORT = Report("oneline", "txt", lambda verdict: f"{verdict.dataset}: {verdict.answer.value}")
"""


def test_gates_brings_these_reports_along():
    always = {"github", "json", "markdown", "terminal"}

    assert {*always, "junit", "sarif"} <= {*built_in_reports()}
    assert {"junit", "sarif"} <= {*written_on_demand()}
    assert always.isdisjoint(written_on_demand())


@pytest.mark.parametrize("name", built_in_reports())
def test_each_report_is_a_file_of_its_name_and_renders_one_verdict(name):
    report = find_report(Plugins(), name)

    assert report.name == name
    assert "reviews" in report.render(example())
    assert rendered(report, [unplaced(example())]).endswith("\n")


def test_a_file_in_the_folder_is_all_that_a_new_report_takes(tmp_path, monkeypatch):
    (tmp_path / "oneline.py").write_text(TEXT)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    monkeypatch.setattr(plugins, "_REPORTS", tmp_path)
    built_in_reports.cache_clear()
    try:
        assert rendered(find_report(Plugins(), "oneline"), [unplaced(example())]) == "reviews: fail\n"
        with pytest.raises(UsageError, match="did you mean 'oneline'"):
            find_report(Plugins(), "onelin")
    finally:
        monkeypatch.undo()
        built_in_reports.cache_clear()
        sys.modules.pop("gates.verdicts.reports.formats.oneline", None)


@pytest.mark.program
def test_help_names_all_reports_and_imports_none():
    program = (
        "import sys\nfrom gates.cli.main import run\nrun(['check', '--help'])\n"
        "print([name for name in sys.modules if name.startswith('gates.verdicts.reports.formats')])"
    )

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert printed.splitlines()[-1] == "[]"
    assert all(name in printed for name in built_in_reports())
