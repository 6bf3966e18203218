"""What `import gates` costs and offers, and that it says what the command line says."""

from __future__ import annotations

import ast
import json
import statistics
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import gates
from gates.config.data_types import DataType
from gates.contract.plugins.interface import TypeContract
from tests.projects import mixed, table_rows

ROOT = Path(__file__).parents[3]
HOW_TO = sorted((ROOT / "docs/how-to").glob("*.md"))
LOADED = "import sys; before = set(sys.modules); import {0}; print(*sorted(set(sys.modules) - before))"
TIMED = "import time; start = time.perf_counter(); import {0}; print(time.perf_counter() - start)"
TRIES = 5


def printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_import_of_gates_imports_nothing_else():
    assert printed(LOADED.format("gates")).split() == ["gates"]


def test_import_of_gates_costs_no_more_than_that_of_click():
    seconds = [[float(printed(TIMED.format(name))) for name in ("gates", "click")] for _ in range(TRIES)]
    own, clicks = (statistics.median(column) for column in zip(*seconds, strict=True))

    assert own <= 1.2 * clicks


def test_every_public_name_is_there_and_typed():
    stub = ast.parse((ROOT / "gates/__init__.pyi").read_text())
    typed = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert typed | {"__version__"} == set(gates.__all__) == set(dir(gates))
    assert [name for name in gates.__all__ if name != "gx" and getattr(gates, name, None) is None] == []


def test_name_that_gates_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'gates' has no attribute 'chekc'"):
        _ = gates.chekc


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_how_to_pages_import_from_gates_alone(page):
    words = [line.split() for line in page.read_text().splitlines() if line.startswith(("import gates", "from gates"))]

    assert {module for _, module, *_ in words} <= {"gates", "gates.gx", "gates.testing"}


def test_check_gives_the_verdict_that_the_command_prints(judged_project, monkeypatch):
    monkeypatch.chdir(judged_project.root)
    reported = {report["dataset"]: report for report in json.loads(judged_project.check.out)}

    sound = gates.check("sound")
    flawed = gates.check("flawed", config=judged_project.root)

    assert {**json.loads(json.dumps(sound.to_json())), "id": "sound"} == reported["sound"]
    assert flawed.digest() == reported["flawed"]["digest"]
    assert flawed.answer is gates.Answer.FAIL


def test_check_takes_the_only_dataset_and_no_other(judged_project, tmp_path):
    mixed(table_rows(90, 1), table_rows(90, 2)).write_csv(tmp_path / "one.csv")
    table = '[datasets.one]\ntype = "tabular"\npurpose = "finetune"\npath = "one.csv"\n'
    (tmp_path / "gates.toml").write_text(table)

    assert gates.check(config=tmp_path, only=["human_ratio"]).dataset == "one"
    with pytest.raises(gates.GatesError, match=r"gates\.toml has 2 datasets: name one \(sound, flawed\)"):
        gates.check(config=judged_project.root)


def test_check_of_one_check_names_every_row(judged_project):
    reported = next(one for one in json.loads(judged_project.check.out) if one["dataset"] == "flawed")
    whole = {one["id"]: one["evidence"].get("first_rows") for one in reported["checks"] if one["evidence"]}

    (*_, one) = gates.check(
        "flawed", config=judged_project.root, only=["synthetic/expect_duplicate_ratio_to_be_less_than/exact"]
    ).checks

    assert len(one.evidence["first_rows"]) == one.evidence["repeats"] > 100
    assert one.evidence["first_rows"][:10] == whole[str(one.id)]


def test_check_of_some_checks_writes_nothing(judged_project, tmp_path, capfd):
    before = sorted(judged_project.root.rglob("*"))

    verdict = gates.check("flawed", config=judged_project.root, only=["duplicate_ratio"])

    assert {check.id.type for check in verdict.checks} == {"expect_duplicate_ratio_to_be_less_than"}
    assert verdict.is_partial
    assert (sorted(judged_project.root.rglob("*")), capfd.readouterr().out) == (before, "")


def test_check_of_a_dataset_that_is_not_there_is_an_error_of_gates(judged_project):
    with pytest.raises(gates.GatesError, match="no dataset 'sond' \\(did you mean 'sound'"):
        gates.check("sond", config=judged_project.root)


def share_of_small(scan, scope, params):
    if "amount" not in scan.roles.content:
        return gates.NotConfigured("no amounts")
    rows = scan.rows_of(scope).frame["amount"]
    return gates.Measured(gates.intervals.wilson(int((rows < params["least"]).sum()), len(rows)))


SMALL = gates.Metric(
    expectation="expect_small_ratio_to_be_less_than",
    measure=share_of_small,
    side=gates.Side.MAX,
    asks="Are amounts small?",
    why="They mean nothing.",
    source="a share",
    fix="Drop them.",
    params=(("least", 200.0),),
)


def amounts(least: int) -> pl.DataFrame:
    return pl.DataFrame({"amount": [float(least + number) for number in range(400)]})


def test_metric_is_judged_on_small_frames():
    with gates.testing.scanned(amounts(200), amounts(0), holdout=amounts(200)) as scan:
        human = gates.testing.judge(SMALL, scan, gates.Scope.HUMAN, max_value=0.1)
        synthetic = gates.testing.judge(SMALL, scan, gates.Scope.SYNTHETIC, max_value=0.1, least=100)

    assert human.outcome is gates.Outcome.PASS
    assert (synthetic.outcome, synthetic.observed) == (gates.Outcome.FAIL, 0.25)
    assert str(synthetic.id) == "synthetic/expect_small_ratio_to_be_less_than"


def test_arguments_that_no_suite_could_have_are_refused():
    with (
        gates.testing.scanned(amounts(0), amounts(0)) as scan,
        pytest.raises(gates.GatesError, match=r"expect_small_ratio_to_be_less_than: .*'lst'"),
    ):
        gates.testing.judge(SMALL, scan, max_value=0.1, lst=1)


def test_rules_of_a_type_name_the_rows_that_break_them():
    import pandera.polars as pa

    kind = DataType("claims", "one claim", ("claim",), (), ("claim",), content=("claim",))
    claims = TypeContract(kind, pa.DataFrameSchema({"claim": pa.Column(str, [gates.rules.not_blank()], nullable=True)}))
    rows = pl.DataFrame({"claim": ["a car", " ", "a house", None]})

    assert gates.testing.failing_rows(claims, rows) == {"claim/not-blank": [1, 3]}


IMPORT_ALL = """
import importlib, os, pkgutil, gates
for module in pkgutil.walk_packages(gates.__path__, "gates."):
    if not module.name.endswith(("__main__", "pytest_plugin")):
        importlib.import_module(module.name)
names = [open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task")]
print(sorted({name for name in names if name.startswith("polars-") and name != "polars-ooc-clea"}))
"""


def test_no_module_computes_with_polars_while_it_is_imported():
    """Its threads do not come along into a forked process, which then waits for them for ever."""
    ran = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
