"""Imports modules of a repository, so that two loads, or two repositories, never see each other's."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import sysconfig
import traceback
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import PluginError, SuiteError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType


def named_file(spec: str, root: Path, what: str) -> tuple[Path, str]:
    """File and attribute of `path/to/file.py:Name`, the path being relative to the resolved root.

    what: what messages call it. Raises SuiteError where there is no such file below the root.
    """
    file, colon, name = spec.rpartition(":")
    if not colon or not file.endswith(".py") or not name.isidentifier():
        raise SuiteError(f"{what} '{spec}': expected path/to/file.py:Name, such as schemas/claims.py:Claims")
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise SuiteError(
            f"{what} '{spec}': {file} lies outside of the repository; move it inside, so that it is versioned"
        )
    if not path.is_file():
        near = [str(other.relative_to(root)) for other in path.parent.glob("*.py")]
        raise SuiteError(f"{what} '{spec}': no file {file} ({did_you_mean(file, near)})")
    return path, name


def execute(path: Path, root: Path) -> ModuleType:
    """The module of a file, under a name that no other module has. Raises SuiteError naming file and line."""
    # schemas/json.py must not stand in for the standard library's.
    spec = importlib.util.spec_from_file_location(f"gates_own_{path.stem}", path)
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
    if isinstance(error, SyntaxError) and error.filename:
        shown = Path(error.filename)
        return f"{shown.relative_to(root) if shown.is_relative_to(root) else shown}:{error.lineno or 0}"
    return place_of(error, root) or f"{path.relative_to(root)}:0"


def place_of(error: BaseException, root: Path, package: str = "") -> str:
    """`file:line` of the innermost frame that is the repository's, `module:line` of one of a package; "" without one.

    root: resolved. package: the first word of the module names of an installed plugin.
    """
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module, file = str(frame.f_globals.get("__name__", "")), frame.f_code.co_filename
        outermost = module.partition(".")[0]
        if outermost == "gates":
            continue
        if is_own_file(file, root):
            folder = _real_folder(os.path.dirname(file))  # noqa: PTH120 (as in `is_own_file`)
            place = f"{(folder / Path(file).name).relative_to(root).as_posix()}:{line}"
        elif package and outermost == package:
            place = f"{module}:{line}"
    return place


@contextmanager
def fresh_imports(root: Path, folder: Path | None) -> Iterator[Callable[[], set[Path]]]:
    """Import from root and folder, reading the repository's modules afresh; yields a function naming their files.

    folder: None where the repository's modules are found as any others are, because they are installed from there.
    """
    before = own_modules(root)
    path, write = list(sys.path), sys.dont_write_bytecode
    for name in before:
        del sys.modules[name]
    sys.path[:0] = [str(folder), str(root)] if folder else []
    # Bytecode is trusted by size and second, so a schema edited twice in a second would be read in its old form.
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()

    def sources() -> set[Path]:
        return {Path(module.__file__).resolve() for module in own_modules(root).values() if module.__file__}

    try:
        yield sources
    finally:
        for name in own_modules(root):
            del sys.modules[name]
        sys.modules.update(before)
        sys.path[:] = path
        sys.dont_write_bytecode = write


@contextmanager
def known_imports(root: Path, folder: Path | None, modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """As while modules were loaded by `fresh_imports`: they are there, and no other of the repository.

    Raises PluginError naming the file of another one that is imported: no contract knows of it.
    """
    with fresh_imports(root, folder) as sources:
        sys.modules.update(modules)
        known = sources()
        yield
        late = sorted(str(path.relative_to(root)) for path in sources() - known)
    if late:
        raise PluginError(
            f"imports {late[0]} only once it is used; import it where its module begins, so that verdicts depend on it"
        )


def own_modules(root: Path) -> dict[str, ModuleType]:
    """The repository's modules that are imported now, by name."""
    return {name: module for name, module in list(sys.modules.items()) if _is_own_module(name, module, root)}


def _is_own_module(name: str, module: ModuleType, root: Path) -> bool:
    """Whether a module is the repository's; `gates` itself never is, its version stands for it."""
    if name == "__main__" or name.partition(".")[0] == "gates":
        return False
    return is_own_file(_place_of(module), root)


def _place_of(module: ModuleType) -> str | None:
    """The module's file; for a folder of modules without an `__init__.py`, the file that it would have."""
    file = getattr(module, "__file__", None)
    folders = getattr(getattr(module, "__spec__", None), "submodule_search_locations", None)
    return str(file) if file else next((f"{folder}/__init__.py" for folder in folders or ()), None)


def is_own_file(file: str | None, root: Path) -> bool:
    """Whether a file lies below the resolved root, and not in an environment that does."""
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
