"""A `PYTHONPATH` into the repository that is judged: what it has run before gates began, and what it would have imported.

Python searches it first: a `sitecustomize.py` there runs before any program, and a `duckdb.py` is imported instead of the library.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VARIABLE = "PYTHONPATH"
# What Python imports by itself where it finds them.
_AT_START = ("sitecustomize", "usercustomize")
_TOP = (".git", "gates.toml")


def put_own_modules_last(arguments: Iterable[str]) -> str:
    """Move folders of the judged repository to the end of `sys.path`; a sentence where its code ran before, else "".

    arguments: of the call, of which some may be paths into another repository than the current folder's. What a checkout
    has under the name of a library is not imported from then on, and modules that only it has are found as before.
    """
    tops = _tops(arguments)
    inside = [name for name in sys.path if name and _is_below(name, tops) and not _is_installed(Path(name))]
    if ran := next(_ran_before(tops), None):
        return (
            f"no verdict: {ran}, which belongs to the repository that is judged, was run by Python before gates began: leave "
            f"{_VARIABLE} and PYTHONUSERBASE unset, or call `python -I` with the path of gates"
        )
    sys.path[:] = [name for name in sys.path if name not in inside] + inside
    return ""


def _ran_before(tops: set[Path]) -> Iterator[str]:
    """Files of the repository that ran, or that a folder of the path has and Python runs."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        is_program = getattr(module, "__name__", "") == "__main__"
        if isinstance(file, str) and not is_program and _is_below(file, tops) and not _is_installed(Path(file)):
            yield file
    searched = "" if sys.flags.ignore_environment else os.environ.get(_VARIABLE, "")
    for folder in searched.split(os.pathsep):
        if folder and _is_below(folder, tops):
            yield from _run_at_start(Path(folder))


def _run_at_start(folder: Path) -> Iterator[str]:
    for name in _AT_START:
        files = [folder / f"{name}{suffix}" for suffix in all_suffixes()]
        yield from (str(file) for file in (folder / name, *files) if file.exists())


def _tops(arguments: Iterable[str]) -> set[Path]:
    places = [Path.cwd(), *(Path(part) for argument in arguments for part in argument.split("=") if part)]
    return {_top(place.resolve()) for place in places if place.exists()}


def _top(place: Path) -> Path:
    """The outermost folder that says it is a repository or has a configuration; the place's own where none does."""
    folder = place if place.is_dir() else place.parent
    tops = [parent for parent in (folder, *folder.parents) if any((parent / name).exists() for name in _TOP)]
    return tops[-1] if tops else folder


def _is_below(name: str, tops: Iterable[Path]) -> bool:
    """Of some thousand modules, whose folders are few: `Path.resolve` of each would take a third of a second."""
    folder, last = os.path.split(name)
    # A `Path` of each module would take as long as all the rest.
    is_elsewhere = last in ("", os.curdir, os.pardir) or os.path.islink(name)  # noqa: PTH114
    real = os.path.realpath(name) if is_elsewhere else f"{_real_folder(folder)}{os.sep}{last}"
    return any(f"{real}{os.sep}".startswith(f"{str(top).rstrip(os.sep)}{os.sep}") for top in tops)


@cache
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _is_installed(path: Path) -> bool:
    """Whether it is Python's, the environment's, which may lie in the repository, or the package of gates itself."""
    package, real = Path(__file__).resolve().parents[1], path.resolve()
    installed = (package, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve())
    return real == package.parent or any(real.is_relative_to(folder) for folder in installed)
