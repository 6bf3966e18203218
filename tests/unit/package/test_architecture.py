"""The shape of the package: imports point one way, adapters keep their library to themselves, modules stay small."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "gates"
LINES_AT_MOST = 400
FUNCTION_LINES_AT_MOST = 40
# As many names as are taken in at a glance, on half a screen; a folder that outgrows it has two subjects.
FILES_AT_MOST = 15

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(tree: ast.AST) -> list[tuple[str, int]]:
    """Full names of what a module imports, inside functions and for type checkers too, with their lines."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports name their package in full"
            names += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return names


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_page_names_every_room_in_the_order_in_which_they_import():
    page = (PACKAGE.parent / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    (contract, *_) = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    # `python -m gates` and a name kept for one release are no rooms.
    layers = [layer.split(" | ") for layer in contract["layers"] if layer not in ("__main__", "suites")]

    rows = [
        re.findall(r"`gates/(\w+)(?:/|\.py)`", line.split("|")[1])
        for line in page.splitlines()
        if line[:8] == "| `gates"
    ]
    named = [room for row in rows for room in row]
    floor = {room: number for number, rooms in enumerate(layers) for room in rooms}

    assert sorted(named) == sorted(floor)
    assert [floor[room] for room in named] == sorted(floor.values())


def test_what_a_configuration_names_is_asked_for_in_few_places():
    asking = {
        "data_type_of", "data_types_of", "load_contract", "load_schema", "loaded", "metrics_of", "own_code",
        "row_schemas", "type_suites",
    }  # fmt: skip
    imported = {
        shown(path): asking
        & {alias.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom) for alias in node.names}
        for path in MODULES
    }
    importing = {path: names for path, names in imported.items() if names}

    of_one_dataset = {
        # Resolving itself.
        "gates/contract/contract.py": {"data_type_of", "loaded", "metrics_of", "type_suites"},
        "gates/rows/validators.py": {"load_schema"},
        # A run.
        "gates/checking/resolve.py": {"load_contract", "row_schemas"},
        # A recorded verdict is compared with a contract, and no schema is imported.
        "gates/cli/enforce.py": {"load_contract"},
        "gates/promotion/evidence.py": {"load_contract"},
        # A promoted version has a configuration of its own, and is opened where another gates cannot read its suites.
        "gates/promotion/git/promoted_version.py": {"data_type_of", "load_contract"},
        # Rows of two versions are counted, whatever the suites are; no plugin is imported where no file is opened.
        "gates/diff/compare.py": {"data_type_of"},
        # Rows are drawn for people, whatever the suites are.
        "gates/review/draw.py": {"data_type_of"},
        # Rows are weighed, whatever the suites are.
        "gates/advice/opened.py": {"data_type_of"},
        # The commit before has a configuration of its own, too.
        "gates/checking/changes/rows_before.py": {"data_type_of"},
        # Goes on after a mistake, and names each.
        "gates/checking/lint/project.py": {"load_contract", "loaded", "metrics_of"},
        # What DVC has to watch, of a configuration that nothing was judged under yet.
        "gates/init/snippets.py": {"load_schema", "own_code"},
    }
    of_plugins = {
        # Questions about whatever there is, in a project or outside of one.
        "gates/cli/explain.py": {"load_contract", "metrics_of"},
        "gates/cli/lists/command.py": {"data_types_of", "metrics_of"},
        "gates/cli/lists/pages.py": {"data_types_of", "metrics_of"},
        "gates/contract/explain.py": {"loaded", "type_suites"},
        # A report on a stored verdict: what a plugin's metric means is not stored with it.
        "gates/verdicts/reports/located_verdict.py": {"metrics_of"},
    }
    assert importing == of_one_dataset | of_plugins


@pytest.mark.parametrize("root", [PACKAGE, PACKAGE.parent / "tests"], ids=lambda root: root.name)
def test_a_folder_is_taken_in_at_a_glance(root):
    files = Counter(path.parent for path in root.rglob("*.py"))

    assert {shown(folder): count for folder, count in files.items() if count > FILES_AT_MOST} == {}


@pytest.mark.parametrize("name", ["utils", "helpers", "core", "common", "misc", "base"])
def test_no_module_is_named_after_nothing(name):
    assert [shown(path) for path in MODULES if path.stem == name] == []


def test_no_two_files_of_tests_have_one_name():
    """pytest imports them by their names alone, and ends where two are the same."""
    names = Counter(path.name for path in (PACKAGE.parent / "tests").rglob("test_*.py"))

    assert [name for name, count in names.items() if count > 1] == []


def test_a_class_name_is_used_once():
    names = Counter(node.name for path in MODULES for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef))

    assert [name for name, count in names.items() if count > 1] == []


def test_modules_and_functions_stay_small():
    long = []
    for path in MODULES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        long += [f"{shown(path)}: {lines} lines"] if lines > LINES_AT_MOST else []
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                # The docstring explains and is not what has to be followed.
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                size = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                long += (
                    [f"{shown(path)}:{node.lineno}: {node.name} has {size} lines"]
                    if size > FUNCTION_LINES_AT_MOST
                    else []
                )

    assert long == []


def test_no_error_is_swallowed():
    silent = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and all(isinstance(step, ast.Pass | ast.Continue | ast.Constant) for step in node.body)
    ]

    assert silent == []


# Runs the project's own schemas and metrics, which are code: from the bytes whose digest is in the verdict.
OWN_CODE = PACKAGE / "contract/plugins/own_modules.py"
# What goes between driver and workers of one run is made by its own code on both sides, and comes out of no file of data.
WORKERS = PACKAGE / "data/spark/messages.py"


def test_nothing_in_data_can_be_executed():
    banned = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    calls = {"eval", "exec"}
    offences = []
    for path in MODULES:
        tree = parsed(path)
        offences += [
            f"{shown(path)}:{line}: {name}"
            for name, line in imported(tree)
            if name.split(".")[0] in banned and path != WORKERS
        ]
        offences += [
            f"{shown(path)}:{node.lineno}: {node.func.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in calls
            and path != OWN_CODE
        ]

    assert offences == []


def test_neither_pandera_on_ibis_nor_schemas_in_yaml_are_used():
    # pandera.ibis accepted duplicates in a unique column, and a schema's round trip through YAML drops its checks.
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not {word for word in ("pandera.ibis", "to_yaml", "from_yaml", "pandera.io") if word in source}, path


def test_variables_are_named_for_what_they_are():
    vague = {"found", "told", "said", "asked", "known", "there", "held", "meant"}
    folders = ("gates", "tests", "benchmarks", "examples", "action")

    offences = [
        f"{shown(path)}:{node.lineno}"
        for folder in folders
        for path in sorted((PACKAGE.parent / folder).rglob("*.py"))
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.arg) and node.arg in vague)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in vague)
    ]

    assert offences == []
