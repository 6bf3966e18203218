"""Which file of a repository a name means that its code imports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gates.regular_files import is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PACKAGE = "__init__.py"


def module_places(name: str, folders: Iterable[str | Path]) -> list[Path]:
    """The module's file, before a package's, in the first folder that has either; else a folder of modules in a package.

    A file counts before a package of its name, which would run in its place otherwise.
    """
    listed = list(folders)
    for folder in listed:
        for path in (Path(folder, f"{name}.py"), Path(folder, name, PACKAGE)):
            if is_file(path, path.name):
                return [path]
    return [Path(folder, name) for folder in listed if isinstance(folder, str) and Path(folder, name).is_dir()]


def moved_name(modules: Mapping[str, str], folders: Iterable[str], root: Path) -> str | None:
    """The first name that means another file now than when its importer ran; None where each means the same.

    modules: by name, the path below root, "" for a module that is not the repository's. folders: below root, where top-level
    names were looked for. Nothing is run, and no content is looked at.
    """
    top = [root / folder for folder in dict.fromkeys(folders)]
    for name, recorded in modules.items():
        parent, _, last = name.rpartition(".")
        path = modules.get(parent, "")
        inside = [root / (path.removesuffix(PACKAGE) if path.endswith(PACKAGE) else path)] if parent else top
        places = module_places(last, inside)
        if places and places[0].resolve() != (root / recorded).resolve():
            return name
    return None
