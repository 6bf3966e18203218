"""A user's own schema, imported from their repository by path."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import sysconfig
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

import pandera.polars as pa

from gates.errors import SuiteError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

DRAFT_MARK = "DRAFT"


@dataclass(frozen=True)
class LoadedSchema:
    """A schema and the repository's files it was made from, in path order, the schema's own among them.

    is_draft: the module still carries `DRAFT = True`, so nobody has accepted it.
    """

    model: pa.DataFrameSchema
    sources: tuple[Path, ...]
    is_draft: bool = False


def load_schema(spec: str, root: Path) -> LoadedSchema:
    """The schema that `path/to/file.py:Name` names, the path being relative to the repository's root.

    While it loads, its folder and the root can be imported from; modules of the repository are read afresh and are
    forgotten afterwards, so that two loads do not see each other.
    Raises SuiteError naming file and line where there is no such schema or its module does not import.
    """
    root = root.resolve()
    path, name = _parts(spec, root)
    with _fresh_imports(root, path.parent) as sources:
        module = _execute(path, root)
        # Here and not later, because a model's annotations are resolved through its module.
        schema = _schema_in(module, name, spec)
        found = sources() | {path}
    return LoadedSchema(schema, tuple(sorted(found)), is_draft=getattr(module, DRAFT_MARK, False) is True)


def _schema_in(module: ModuleType, name: str, spec: str) -> pa.DataFrameSchema:
    schema = getattr(module, name, None)
    if isinstance(schema, pa.DataFrameSchema):
        return schema
    if not _is_model(schema):
        known = [
            key for key, value in vars(module).items() if isinstance(value, pa.DataFrameSchema) or _is_model(value)
        ]
        what = "is not there" if schema is None else "is no pandera.polars schema"
        raise SuiteError(f"{spec}: '{name}' {what} ({did_you_mean(name, known)})")
    try:
        return schema.to_schema()
    except Exception as error:
        raise SuiteError(f"{spec}: {type(error).__name__}: {error}") from error


def _parts(spec: str, root: Path) -> tuple[Path, str]:
    file, colon, name = spec.rpartition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise SuiteError(f"schema '{spec}': expected path/to/file.py:Name, such as schemas/claims.py:Claims")
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise SuiteError(
            f"schema '{spec}': {file} lies outside of the repository; move it inside, so that it is versioned"
        )
    if not path.is_file():
        near = [str(other.relative_to(root)) for other in path.parent.glob("*.py")]
        raise SuiteError(f"schema '{spec}': no file {file} ({did_you_mean(file, near)})")
    return path, name


def _execute(path: Path, root: Path) -> ModuleType:
    # A name that no other module has: schemas/json.py must not stand in for the standard library's.
    spec = importlib.util.spec_from_file_location(f"gates_schema_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SuiteError(f"{path.relative_to(root)}: Python cannot import this file")
    module = importlib.util.module_from_spec(spec)
    # pandera resolves annotations through sys.modules.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except SystemExit as error:
        raise SuiteError(f"{_place(error, path, root)}: ends the program while it is imported (SystemExit)") from error
    except Exception as error:
        raise SuiteError(f"{_place(error, path, root)}: {type(error).__name__}: {error}") from error
    return module


def _place(error: BaseException, path: Path, root: Path) -> str:
    """`file:line` of the repository's innermost frame."""
    file, line = str(path), 0
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno or 0
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if _is_own(frame.filename, root):
                file, line = frame.filename, frame.lineno or 0
    shown = Path(file)
    return f"{shown.relative_to(root) if shown.is_relative_to(root) else shown}:{line}"


@contextmanager
def _fresh_imports(root: Path, folder: Path) -> Iterator[Callable[[], set[Path]]]:
    """Import from root and folder, reading the repository's modules afresh; yields a function naming their files."""
    before = {name: module for name, module in sys.modules.items() if _is_own_module(name, module, root)}
    path, write = list(sys.path), sys.dont_write_bytecode
    for name in before:
        del sys.modules[name]
    sys.path[:0] = [str(folder), str(root)]
    # Bytecode is trusted by size and second, so a schema edited twice in a second would be read in its old form.
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()

    def sources() -> set[Path]:
        own = [module for name, module in list(sys.modules.items()) if _is_own_module(name, module, root)]
        return {Path(module.__file__).resolve() for module in own if module.__file__}

    try:
        yield sources
    finally:
        for name in [name for name, module in sys.modules.items() if _is_own_module(name, module, root)]:
            del sys.modules[name]
        sys.modules.update(before)
        sys.path[:] = path
        sys.dont_write_bytecode = write


def _is_own_module(name: str, module: ModuleType, root: Path) -> bool:
    """Whether a module is the repository's; `gates` itself never is, its version stands for it."""
    if name == "__main__" or name.partition(".")[0] == "gates":
        return False
    return _is_own(_place_of(module), root)


def _place_of(module: ModuleType) -> str | None:
    """The module's file; for a folder of modules without an `__init__.py`, the file that it would have."""
    file = getattr(module, "__file__", None)
    folders = getattr(getattr(module, "__spec__", None), "submodule_search_locations", None)
    return str(file) if file else next((f"{folder}/__init__.py" for folder in folders or ()), None)


def _is_own(file: str | None, root: Path) -> bool:
    if not file or file.startswith("<"):
        return False
    folder = _real_folder(os.path.dirname(file))  # noqa: PTH120 (asked of thousands of modules, where Path is slow)
    return folder.is_relative_to(root) and not any(folder.is_relative_to(place) for place in _installed())


@cache
def _real_folder(folder: str) -> Path:
    return Path(folder).resolve()


@cache
def _installed() -> tuple[Path, ...]:
    """Where packages lie that are not the repository's, even if the environment is inside of it."""
    return tuple(Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib", "stdlib"))


def _is_model(value: object) -> TypeGuard[type[pa.DataFrameModel]]:
    return isinstance(value, type) and issubclass(value, pa.DataFrameModel) and value is not pa.DataFrameModel
