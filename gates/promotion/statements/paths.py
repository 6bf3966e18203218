"""Where the files of a promotion lie, and what their names say. folder: that of gates.toml in the repository, "" at the top."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from gates.config.removals import FOLDER
from gates.promotion.statements.tags import ReleaseVersion, TagName, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gates.versions.repository import Repository

_STATEMENT = re.compile(r"(?P<version>v[0-9.]+)\.json")
_FILE = re.compile(
    rf"(?:(?P<folder>.+)/)?{FOLDER}/(?P<dataset>.+)(?<!/revocations)/(?P<version>v[0-9.]+)(?:\.verdict|\.dsse)?\.json"
)


class PromotionPaths(NamedTuple):
    """The files of one version, from the repository's root."""

    statement: str
    verdict: str
    envelope: str


def promotions_folder(folder: str, dataset: str) -> str:
    return posixpath.join(folder, FOLDER, dataset)


def paths_of(folder: str, dataset: str, version: ReleaseVersion) -> PromotionPaths:
    stem = f"{promotions_folder(folder, dataset)}/{version}"
    return PromotionPaths(f"{stem}.json", f"{stem}.verdict.json", f"{stem}.dsse.json")


def version_of_file(path: str) -> TagName | None:
    """The tag of the version that a file is of, by the file's name alone."""
    match = _FILE.fullmatch(path)
    version = parse_version(match["version"]) if match else None
    return TagName(match["dataset"], match["folder"] or "", version) if match and version else None


def stated_versions(folder: str, paths: Iterable[str]) -> set[ReleaseVersion]:
    """The versions whose statements are among files. folder: that of the dataset's promotions."""
    matches = (_STATEMENT.fullmatch(path[len(folder) + 1 :]) for path in paths if path.startswith(f"{folder}/"))
    versions = {parse_version(match["version"]) for match in matches if match}
    return {version for version in versions if version}


def folder_of_config(repository: Repository, folder: Path) -> str:
    """The folder of a configuration as the repository has it, "" at the top."""
    name = repository.relative(folder.resolve())
    return "" if name in (None, ".") else str(name)
