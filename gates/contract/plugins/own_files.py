"""Which files are a repository's own, and where in them something broke."""

from __future__ import annotations

import os
import sysconfig
import traceback
from functools import cache
from pathlib import Path

from gates.errors import SuiteError, did_you_mean
from gates.regular_files import is_file


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
    if not is_file(path, f"{what} '{spec}': {file}"):
        near = [str(other.relative_to(root)) for other in path.parent.glob("*.py")]
        raise SuiteError(f"{what} '{spec}': no file {file} ({did_you_mean(file, near)})")
    return path, name


def place_in(error: BaseException, path: Path, root: Path) -> str:
    """`file:line` of the repository's innermost frame, while a file of it is imported."""
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


def is_own_file(file: str | None, root: Path) -> bool:
    """Whether a file lies below the resolved root, and not in an environment that does."""
    if not file or file.startswith("<"):
        return False
    folder = _real_folder(os.path.dirname(file))  # noqa: PTH120 (called for thousands of modules, where Path is slow)
    return folder.is_relative_to(root) and not any(folder.is_relative_to(place) for place in _installed())


@cache
def _real_folder(folder: str) -> Path:
    return Path(folder).resolve()


@cache
def _installed() -> tuple[Path, ...]:
    """Where packages lie that are not the repository's, even if the environment is inside of it."""
    return tuple(Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib", "stdlib"))
