"""The recorded verdict on exactly the bytes that a dataset has at a version, if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.records.recorded import VerdictError, parse_verdict
from gates.versions.trees import tree_at
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.records.recorded import RecordedVerdict
    from gates.versions.repository import Repository
    from gates.versions.snapshots import Snapshot
    from gates.versions.version import Version


def find_verdict(
    repository: Repository, seen: Snapshot, places: tuple[Path, ...], *, is_kept_only: bool = False
) -> tuple[RecordedVerdict | None, str]:
    """The verdict and "", or None and why there is none.

    What is committed (or staged) at that version comes first, then what lies in the work tree, unless `is_kept_only`.
    A verdict on other bytes is no verdict here, wherever it lies.
    """
    why = f"no verdict on the data in {seen.version} is recorded"
    for content, shown in _documents(repository, seen.version, places, is_kept_only=is_kept_only):
        try:
            verdict = parse_verdict(content, shown)
        except VerdictError as error:
            why = str(error)
            continue
        if is_about(verdict, seen):
            return verdict, ""
        why = f"no verdict on the data in {seen.version} is recorded: the one at {shown} is on other data"
    return None, why


def is_about(verdict: RecordedVerdict, seen: Snapshot) -> bool:
    """Whether the files that were judged have the names and md5s of those at a version, holdout and evaluation sets too."""
    files = {file.name: file.entry.md5 for file in seen.files}
    held = {file.name: file.entry.md5 for file in seen.holdout or ()}
    asked = {file.name: file.entry.md5 for file in seen.evaluation or ()}
    return (files, held, asked) == (verdict.md5s, verdict.holdout_md5s, verdict.evaluation_md5s)


def _documents(
    repository: Repository, version: Version, places: tuple[Path, ...], *, is_kept_only: bool
) -> Iterator[tuple[bytes, str]]:
    inside = [name for place in places if (name := repository.relative(place))]
    if version.kind is not VersionKind.WORKTREE:
        tree = tree_at(repository, version)
        for name in inside:
            if name in tree.listing.blobs:
                yield tree.read([name])[name], f"{name} in {version}"
    if is_kept_only:
        return
    for place in places:
        if place.is_file():
            yield place.read_bytes(), repository.relative(place) or str(place)
