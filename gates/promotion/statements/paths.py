"""Where the files of a promotion lie."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from gates.promotion.statements.tags import Version
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Places:
    """Where the files of one version lie, from the repository's root."""

    statement: str
    verdict: str
    envelope: str


def places(folder: str, dataset: str, version: Version) -> Places:
    """folder: that of gates.toml in the repository, "" at the top."""
    stem = posixpath.join(folder, FOLDER, dataset, str(version))
    return Places(f"{stem}.json", f"{stem}.verdict.json", f"{stem}.dsse.json")


def folder_of_config(repository: Repository, path: Path) -> str:
    """The folder of a configuration in the repository, "" at the top."""
    folder = repository.relative(path.parent.resolve())
    return "" if folder in (None, ".") else str(folder)
