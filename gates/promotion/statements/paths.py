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

_RECORD = re.compile(r"(?P<version>v[0-9.]+)(-(?P<number>[0-9]+))?\.json")
_FILE = re.compile(
    rf"(?:(?P<folder>.+)/)?{FOLDER}/(?P<dataset>.+)(?<!/revocations)/(?P<version>v[0-9.]+)(?:\.verdict|\.dsse)?\.json"
)


class PromotionPaths(NamedTuple):
    """The files of one version, from the repository's root."""

    statement: str
    verdict: str
    envelope: str


def paths_of(folder: str, dataset: str, version: ReleaseVersion) -> PromotionPaths:
    stem = posixpath.join(folder, FOLDER, dataset, str(version))
    return PromotionPaths(f"{stem}.json", f"{stem}.verdict.json", f"{stem}.dsse.json")


def version_of_file(path: str) -> TagName | None:
    """The tag of the version that a file is of, by the file's name alone."""
    match = _FILE.fullmatch(path)
    version = parse_version(match["version"]) if match else None
    return TagName(match["dataset"], match["folder"] or "", version) if match and version else None


def stated_versions(folder: str, paths: Iterable[str]) -> set[ReleaseVersion]:
    """The versions whose statements are among files. folder: that of the dataset's promotions."""
    matches = (_RECORD.fullmatch(path[len(folder) + 1 :]) for path in paths if path.startswith(f"{folder}/"))
    versions = {parse_version(match["version"]) for match in matches if match and match["number"] is None}
    return {version for version in versions if version}


def records_folder(folder: str, dataset: str) -> str:
    """Where the records of revocations lie."""
    return posixpath.join(folder, FOLDER, dataset, "revocations")


def record_path(folder: str, dataset: str, version: ReleaseVersion, number: int | None) -> str:
    """Where a record lies. number: of the stage's event, as a version may be removed from a stage more than once."""
    name = f"{version}-{number}.json" if number is not None else f"{version}.json"
    return posixpath.join(records_folder(folder, dataset), name)


def event_of_record(path: str) -> tuple[ReleaseVersion, int | None] | None:
    """The version that a record's name speaks of, and the number of the stage's event; None for another name."""
    match = _RECORD.fullmatch(posixpath.basename(path))
    version = parse_version(match["version"]) if match else None
    return (version, int(match["number"]) if match["number"] else None) if match and version else None


def folder_of_config(repository: Repository, folder: Path) -> str:
    """The folder of a configuration as the repository has it, "" at the top."""
    name = repository.relative(folder.resolve())
    return "" if name in (None, ".") else str(name)
