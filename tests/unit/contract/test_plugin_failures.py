"""Code of others that breaks is named with the line where it did, whichever kind of plugin it is."""

from __future__ import annotations

import sys
from datetime import date

import polars as pl
import pytest

from gates.config.installed.plugins import Plugins
from gates.config.load import read_config
from gates.contract.contract import load_contract
from gates.contract.plugins.registry import metrics_of
from gates.data.facts import ORIGIN, ROW_ID
from gates.data.scan.run import ScanRequest, scan
from gates.errors import PluginError
from gates.metrics.base.evaluate import ask
from gates.metrics.base.needs import accumulates
from gates.rows.load import load_schema
from gates.rows.schemas.built_in import plugin_schema
from gates.rows.validation import RowValidator
from gates.verdict import Answer, Scope, Verdict
from gates.verdicts.reports.located_verdict import unplaced
from gates.verdicts.reports.registry import find_report, rendered
from tests.plugins import SUITES, TYPE, distribution, metric, project
from tests.scans import text_scan

NAME = "expect_own_number_to_be_small"
# What stands before `measure` in the module of a metric, one line.
HELPERS = "import sys; from gates.errors import MetricError; from own_help import Mute, found, refuse, throw\n"
OWN_HELP = """\
from gates.errors import MetricError


def found(scan):
    return {}['x']


def refuse(scan):
    raise MetricError("no weights in these rows")


def throw(error):
    raise error


class Mute(Exception):
    def __str__(self):
        return str(1 / 0)
"""
BREAKS = "pa.Check(lambda data: {}['x'])"


def measured(metrics) -> str | None:
    """Why there is no number, as the check's outcome has it."""
    return ask(metrics[NAME], text_scan(["a"] * 20, ["b"] * 20), Scope.COMBINED, {}).reason


@pytest.mark.parametrize(
    ("value", "failure"),
    [
        ("1 / 0", "plugins/own_one.py:6: ZeroDivisionError: division by zero"),
        ("sys.exit(0)", "plugins/own_one.py:6: SystemExit: 0"),
        ("__import__('os')._exit(0)", "plugins/own_one.py:6: SystemExit: os._exit()"),
        ("__import__('os').execv('/bin/true', ['true'])", "plugins/own_one.py:6: SystemExit: os.execv()"),
        ("throw(GeneratorExit())", "plugins/own_help.py:13: GeneratorExit: "),
        ("throw(Mute())", "plugins/own_help.py:13: Mute (and ZeroDivisionError while its text was made)"),
        ("throw(ValueError('one\\n::error::two'))", "plugins/own_help.py:13: ValueError: one ::error::two"),
        ("found(scan)", "plugins/own_help.py:5: KeyError: 'x'"),
        ("scan.cached(found)", "plugins/own_help.py:5: KeyError: 'x'"),
        ("scan.rows_of('nobody')", "plugins/own_one.py:6: "),
        ("refuse(scan)", "no weights in these rows"),
    ],
)
def test_metric_that_breaks_names_the_innermost_line_of_its_repository(value, failure, tmp_path):
    files = {"plugins/own_one.py": metric(NAME, value, HELPERS), "plugins/own_help.py": OWN_HELP}
    root = project(tmp_path, f'[plugins.metrics]\n{NAME} = "plugins/own_one.py:METRIC"', files=files)

    reason = measured(metrics_of(read_config(root / "gates.toml").plugins))

    assert reason.startswith(failure)


def test_metric_that_returns_something_else_names_its_function_and_what_is_expected(tmp_path):
    text = metric(NAME).replace("Measured(Estimate.exact(0.0))", "3")
    root = project(tmp_path, f'[plugins.metrics]\n{NAME} = "own_one.py:METRIC"', files={"own_one.py": text})

    reason = measured(metrics_of(read_config(root / "gates.toml").plugins))

    assert (
        reason
        == "own_one.py:4: measure returned a int, expected a Measured or NotConfigured or Inconclusive or Failed or ReportOnly"
    )


def test_metric_that_accumulates_with_something_else_names_its_line(tmp_path):
    text = metric(NAME, "scan.collected(lambda inputs: 3)")
    root = project(tmp_path, f'[plugins.metrics]\n{NAME} = "own_one.py:METRIC"', files={"own_one.py": text})

    reason = measured(metrics_of(read_config(root / "gates.toml").plugins))

    expected = "measure.<locals>.<lambda> returned a int, expected a gates.data.scan.accumulators.Accumulator"
    assert reason == f"own_one.py:5: TypeError: {expected}"


def with_accumulate(root, accumulator, accumulate="lambda inputs, params: (accumulator,)"):
    """The metrics of a repository whose own one measures what this accumulator collects, and asks for it before the pass."""
    text = metric(NAME, "scan.collected(accumulator)", f"import sys\naccumulator = {accumulator}\n")
    files = {"plugins/own_one.py": text.replace('"mend it")', f'"mend it", accumulate={accumulate})')}
    project(root, f'[plugins.metrics]\n{NAME} = "plugins/own_one.py:METRIC"', files=files)
    return metrics_of(read_config(root / "gates.toml").plugins)


@pytest.mark.parametrize(
    "own", [("lambda inputs: sys.exit(0)",), ("lambda inputs: sys.exit(0)", "lambda inputs, params: sys.exit(0)")]
)
def test_accumulator_that_ends_the_program_is_an_error_of_its_check_alone(own, tmp_path):
    metrics = with_accumulate(tmp_path, *own)
    rows = text_scan(["a"] * 20, ["b"] * 20)

    seen = scan(rows.source, ScanRequest(accumulate=lambda inputs: accumulates([(metrics[NAME], {})], inputs)))

    assert ask(metrics[NAME], seen, Scope.COMBINED, {}).reason == "plugins/own_one.py:4: SystemExit: 0"


@pytest.mark.parametrize("wrong", ["[]", "'all'"])
def test_needs_that_are_no_function_are_refused_where_the_metric_is_loaded(wrong, tmp_path):
    with pytest.raises(PluginError, match=r"its accumulate is a (list|str), expected a function"):
        with_accumulate(tmp_path, "None", wrong)


def test_metric_of_a_distribution_names_its_module_instead(tmp_path, monkeypatch):
    text = metric(NAME, "found(scan)", "from broken_plugins.helper import found\n")
    files = {"broken_plugins/__init__.py": "", "broken_plugins/one.py": text, "broken_plugins/helper.py": OWN_HELP}
    distribution(tmp_path / "site", "own-plugins", {"metrics": f"{NAME} = broken_plugins.one:METRIC"}, files)
    monkeypatch.syspath_prepend(tmp_path / "site")
    for name in ("broken_plugins", "broken_plugins.one", "broken_plugins.helper"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    assert measured(metrics_of(Plugins())) == "broken_plugins.helper:5: KeyError: 'x'"


def test_report_that_breaks_names_its_line(tmp_path):
    text = "from gates.contract.plugins import Report\n\nWILD = Report('wild', 'x', lambda _: 1 / 0)\n"
    root = project(tmp_path, '[plugins.reports]\nwild = "own.py:WILD"', files={"own.py": text})
    report = find_report(read_config(root / "gates.toml").plugins, "wild")

    with pytest.raises(PluginError) as raised:
        rendered(report, [unplaced(Verdict("mix", Answer.PASS, [], {}, {}, {}, (), ()))])

    assert str(raised.value) == "report 'wild': own.py:3: ZeroDivisionError: division by zero"


def test_report_that_is_no_text_names_its_function(tmp_path):
    text = "from gates.contract.plugins import Report\n\n\ndef odd(verdict):\n    return 3\n\n\nODD = Report('odd', 'x', odd)\n"
    root = project(tmp_path, '[plugins.reports]\nodd = "own.py:ODD"', files={"own.py": text})
    report = find_report(read_config(root / "gates.toml").plugins, "odd")

    with pytest.raises(PluginError) as raised:
        rendered(report, [unplaced(Verdict("mix", Answer.PASS, [], {}, {}, {}, (), ()))])

    assert str(raised.value) == "report 'odd': own.py:4: odd returned a int, expected a str"


def of_notes(root, text):
    """What a data type of the repository promises."""
    suites = {f"expectations/notes/{name}": suite for name, suite in SUITES.items()}
    table = '[plugins.types]\nnotes = "own_types.py:OWN"'
    project(root, table, 'type = "notes"', {"own_types.py": text, **suites})
    return load_contract(read_config(root / "gates.toml").dataset("mix"), date(2026, 1, 1)).type_plugin


def broken_rules(schema) -> dict[str, str]:
    rows = pl.DataFrame({"note": ["one", "two"], ORIGIN: ["human", "synthetic"], ROW_ID: [0, 1]})
    return dict(RowValidator(schema).validate(rows.to_arrow().to_batches()[0]).broken)


def test_schema_of_a_data_type_that_breaks_names_its_line(tmp_path):
    sound = TYPE.format(name="notes")
    check = of_notes(tmp_path / "check", sound.replace("pa.Check.str_length(min_value=3)", BREAKS))
    made = of_notes(tmp_path / "made", sound.replace("pa.DataFrameSchema(", "lambda roles, columns: {}['x'](", 1))

    assert broken_rules(plugin_schema(check, None, {})) == {
        "note/check": "the check could not run: own_types.py:8: KeyError: 'x'"
    }
    with pytest.raises(PluginError, match=r"data type 'notes': its schema: own_types\.py:8: KeyError: 'x'"):
        plugin_schema(made, None, {})


def test_own_schema_that_breaks_names_its_line(tmp_path):
    model = (
        "import pandera.polars as pa\n\n\nclass Notes(pa.DataFrameModel):\n    note: str\n\n"
        "    @pa.check('note')\n    def odd(cls, data):\n        return {}['x']\n\n"
        "    @pa.dataframe_check\n    def whole(cls, data):\n        return {}['y']\n"
    )
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/notes.py").write_text(model)

    assert broken_rules(load_schema("schemas/notes.py:Notes", tmp_path).model) == {
        "note/odd": "the check could not run: schemas/notes.py:9: KeyError: 'x'",
        "row/whole": "the check could not run: schemas/notes.py:13: KeyError: 'y'",
    }
