"""The shape of the package: imports point one way, adapters keep their library to themselves, modules stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gates"
LINES_AT_MOST = 400
FUNCTION_LINES_AT_MOST = 40

# A module imports from its own step or from steps before it (docs/adr/0004-import-order.md).
STEPS = (
    (
        "check_names",
        "deadline",
        "errors",
        "kept_files",
        "last_words",
        "resources",
        "row_rules",
        "verdict",
        "whole_files",
    ),
    ("configuration",),
    ("keys", "promoted_before", "removals", "scan", "text"),
    ("metrics", "scanning"),
    ("suite_files",),
    ("plugins",),
    ("drafts",),
    ("contract",),
    ("plan",),
    ("engines", "losses", "rows", "schemas", "suites", "versions"),
    ("explanations", "questions"),
    ("reports",),
    ("records",),
    ("promotion",),
    ("differences", "judging", "linting", "proposals"),
    ("commands",),
    ("cli",),
    ("__main__",),
)
STEP = {part: at for at, parts in enumerate(STEPS) for part in parts}

# The only places where a library may be imported; there it is adapted, elsewhere nobody knows of it.
ADAPTERS = {
    "great_expectations": ("suites/",),
    "pandera": ("schemas/", "rows/validation.py"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(tree: ast.AST) -> list[tuple[str, int]]:
    """Full names of what a module imports, inside functions and for type checkers too, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports name their package in full"
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def part_of(path: Path) -> str:
    """The module or folder directly below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_part_of_the_package_has_its_step():
    parts = {part_of(path) for path in MODULES} - {"__init__"}

    assert parts == set(STEP)


def test_imports_point_one_way():
    wrong = [
        f"{shown(path)}:{line}: {name}"
        for path in MODULES
        if part_of(path) in STEP
        for name, line in imported(parsed(path))
        if name.startswith("gates.") and STEP.get(name.split(".")[1], -1) > STEP[part_of(path)]
    ]

    assert wrong == []


@pytest.mark.parametrize("library", sorted(ADAPTERS))
def test_a_library_is_imported_by_its_adapter_only(library):
    wrong = [
        f"{shown(path)}:{line}"
        for path in MODULES
        for name, line in imported(parsed(path))
        if name.split(".")[0] == library and not path.relative_to(PACKAGE).as_posix().startswith(ADAPTERS[library])
    ]

    assert wrong == []


@pytest.mark.parametrize("name", ["utils", "helpers", "core", "common", "misc", "base"])
def test_no_module_is_named_after_nothing(name):
    assert [shown(path) for path in MODULES if path.stem == name] == []


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


def test_nothing_in_data_can_be_executed():
    banned = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    calls = {"eval", "exec"}
    found = []
    for path in MODULES:
        tree = parsed(path)
        found += [f"{shown(path)}:{line}: {name}" for name, line in imported(tree) if name.split(".")[0] in banned]
        found += [
            f"{shown(path)}:{node.lineno}: {node.func.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls
        ]

    assert found == []


def test_neither_pandera_on_ibis_nor_schemas_in_yaml_are_used():
    # pandera.ibis accepted duplicates in a unique column, and a schema's round trip through YAML drops its checks.
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not {word for word in ("pandera.ibis", "to_yaml", "from_yaml", "pandera.io") if word in source}, path
