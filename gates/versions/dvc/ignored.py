"""Files of the work tree that DVC leaves out of the folders it tracks, as a `.dvcignore` says."""

from __future__ import annotations

import os
import posixpath
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.versions.dvc.pointers import pointers
from gates.versions.git.printed import literal
from gates.versions.version import WORKTREE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dvc.ignore import DvcIgnoreFilter

    from gates.config.dataset import DataPaths
    from gates.versions.dvc.pointer import Pointer
    from gates.versions.repository import Repository

IGNORE_FILE = ".dvcignore"


class DvcIgnored:
    """Tells files in tracked folders that DVC ignores and git does not track: no commit can have them.

    names: those met so far, relative to the configuration's folder. Without patterns in a `.dvcignore` nothing is asked.
    """

    def __init__(self, repository: Repository, config: DataPaths) -> None:
        self.names: set[str] = set()
        self._repository, self._root, self._home = repository, config.root, config.root.resolve()
        self._has_patterns: dict[str, bool] = {}
        self._rules: dict[str, DvcIgnoreFilter] = {}

    def without(self, paths: set[Path]) -> set[Path]:
        """The paths, below the configuration's folder, of the others. Raises DataError for a `.dvcignore` that DVC cannot read."""
        by_name = {name: path for path in paths if (name := self._in_repository(path))}
        if not any(self._speaks(folder) for folder in {parent for name in by_name for parent in _folders(name)}):
            return paths
        suspects: dict[str, list[str]] = {}
        for name in by_name:
            pointer = covering(self._pointers, name)
            if pointer and pointer.path != name and self._is_ignored(name, pointer.path):
                suspects.setdefault(pointer.path, []).append(name)
        left_out = {by_name[name] for folder, names in suspects.items() for name in set(names) - self._tracked(folder)}
        self.names |= {Path(os.path.relpath(path, self._root)).as_posix() for path in left_out}
        return paths - left_out

    def _in_repository(self, path: Path) -> str | None:
        return self._repository.relative(self._home / os.path.relpath(path, self._root))

    @cached_property
    def _pointers(self) -> Mapping[str, Pointer]:
        return pointers(self._repository, WORKTREE)

    def _is_ignored(self, name: str, tracked_folder: str) -> bool:
        """DVC takes no folder that has a `.dvcignore` inside, so that such a file leaves nothing out."""
        root = self._repository.dvc_root(tracked_folder)
        inside = (
            folder for folder in _folders(name) if folder == tracked_folder or folder.startswith(f"{tracked_folder}/")
        )
        if root is None or any(self._speaks(folder) for folder in inside):
            return False
        top = os.path.normpath(self._repository.top / root)
        try:
            # Importing DVC takes a second, which only they pay who have such patterns.
            from dvc.fs import localfs
            from dvc.ignore import DvcIgnoreFilter

            if top not in self._rules:
                self._rules[top] = DvcIgnoreFilter(localfs, top)
            return bool(self._rules[top].is_ignored_file(str(self._repository.top / name)))
        except (OSError, ValueError, re.error) as error:
            raise DataError(
                f"{IGNORE_FILE} above {name} cannot be read as DVC's: {error}; correct its patterns"
            ) from error

    def _tracked(self, folder: str) -> set[str]:
        return set(self._repository.git.tracked(literal(folder))) if self._repository.git else set()

    def _speaks(self, folder: str) -> bool:
        """Whether a folder has a `.dvcignore` with patterns: that of `dvc init` has comments only."""
        if folder not in self._has_patterns:
            path = self._repository.top / folder / IGNORE_FILE
            try:
                lines = path.read_bytes().splitlines() if path.is_file() else []
            except OSError as error:
                raise DataError(f"{path}: {error.strerror}; DVC cannot tell either what it ignores") from error
            self._has_patterns[folder] = any(line.strip() and not line.strip().startswith(b"#") for line in lines)
        return self._has_patterns[folder]


def covering(tracked: Mapping[str, Pointer], name: str) -> Pointer | None:
    """The pointer of a file, or of the nearest tracked folder around it."""
    return next((tracked[path] for path in (name, *_folders(name)) if path in tracked), None)


def _folders(name: str) -> Iterator[str]:
    """The folders around a file, the nearest first and the top, "", last."""
    while name:
        name = posixpath.dirname(name)
        yield name
