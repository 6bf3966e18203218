"""Files in a dataset's folders that nobody reads, since their names say that they hold no rows."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from gates.data.files import holds_no_rows, walk
from gates.versions.dataset.path_contents import Contents
from gates.versions.dvc.store import Store
from gates.versions.path_patterns import fixed_part, matching
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.config.dataset import DataPaths
    from gates.versions.repository import Repository


def names_without_rows(repository: Repository, config: DataPaths, version: Version) -> list[str]:
    """Their names relative to the configuration's folder, sorted: hidden ones, and pages and marks beside the data."""
    specs = [posixpath.normpath(spec) for spec in config.paths()]
    if version.kind is VersionKind.WORKTREE:
        return sorted({name for spec in specs for name in _on_disk(config.root, spec) if _is_passed_over(name, spec)})
    with Store(repository, version) as store:
        contents = Contents(repository, config, version, store)
        return sorted({name for spec in specs for name in contents.names_at(spec) if _is_passed_over(name, spec)})


def _on_disk(root: Path, spec: str) -> Iterator[str]:
    for path in walk(root / fixed_part(spec), into_hidden=True):
        yield Path(os.path.relpath(path, root)).as_posix()


def _is_passed_over(name: str, spec: str) -> bool:
    """Whether a path would stand for a file if its name were another."""
    if name == spec:
        return False
    folder = fixed_part(spec)
    inside = name if folder == "." else name[len(folder) + 1 :]
    unhidden = "/".join(part.lstrip(".") or part for part in inside.split("/"))
    is_read = matching([name], spec) and not holds_no_rows(posixpath.basename(name))
    return bool(matching([posixpath.join(folder if folder != "." else "", unhidden)], spec)) and not is_read
