"""What docstrings, comments, messages and pages name of this repository is there."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
# `gates.config.dataset.DatasetConfig`, and a path from the root of this repository.
DOTTED = re.compile(r"`(gates(?:\.\w+)+)(?:\(\))?`")
PATH = re.compile(
    r"(?<![\w/.-])(?:gates|tests|docs|benchmarks|action|examples)/[\w./-]*\w\.(?:py|md|toml|sh|jsonl?|ya?ml)\b"
)
# What stands for any name in a pattern such as gates/metrics/NAME.py.
PLACEHOLDER = re.compile(r"\b[A-Z]+\b")
# A decision names what there was when it was taken.
PAGES = sorted(path for path in (REPOSITORY / "docs").rglob("*.md") if path.parent.name != "adr")
MODULES = sorted(path for folder in ("gates", "tests", "benchmarks") for path in (REPOSITORY / folder).rglob("*.py"))


def texts(module: Path) -> str:
    """Comments and string constants of a module, docstrings among them."""
    source = module.read_text(encoding="utf-8")
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    constants = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\n".join([*comments, *constants])


def names_something(dotted: str) -> bool:
    """Whether a package or module has this name, or a module says the rest of it."""
    parts = dotted.split(".")
    for size in range(len(parts), 0, -1):
        package = REPOSITORY.joinpath(*parts[:size])
        module = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
        if module.exists():
            source = module.read_text(encoding="utf-8")
            return all(re.search(rf"\b{name}\b", source) for name in parts[size:])
    return False


def dangling(text: str) -> list[str]:
    """The references in a text to what is not there."""
    paths = [path for path in PATH.findall(text) if not PLACEHOLDER.search(Path(path).stem)]
    return sorted(
        {name for name in DOTTED.findall(text) if not names_something(name)}
        | {path for path in paths if not (REPOSITORY / path).exists()}
    )


@pytest.mark.parametrize("folder", ["gates", "tests", "benchmarks"])
def test_modules_and_files_that_code_names_are_there(folder):
    modules = [module for module in MODULES if module.is_relative_to(REPOSITORY / folder) and module != Path(__file__)]

    missing = {module.relative_to(REPOSITORY).as_posix(): dangling(texts(module)) for module in modules}

    assert {module: names for module, names in missing.items() if names} == {}


def test_modules_and_files_that_pages_name_are_there():
    missing = {page.name: dangling(page.read_text(encoding="utf-8")) for page in [REPOSITORY / "README.md", *PAGES]}

    assert {page: names for page, names in missing.items() if names} == {}


def test_reference_to_what_is_not_there_is_seen():
    text = "`gates.verdict.Verdict`, `gates.verdict.Nothing`, `gates.nowhere`, gates/verdict.py, docs/gone.md, gates/NAME.py"

    assert dangling(text) == ["docs/gone.md", "gates.nowhere", "gates.verdict.Nothing"]
