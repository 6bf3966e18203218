"""The recorded verdict on exactly the bytes that a dataset has at a version, if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.diff.promotions import promoted_verdicts
from gates.verdicts.recorded import RecordedVerdict, VerdictError, parse_verdict
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.versions.dataset.snapshots import Snapshot
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class VerdictPaths:
    """recorded: files that may hold a dataset's verdict, committed or not. promotions: the folder of its promotions."""

    recorded: tuple[Path, ...]
    promotions: Path


def find_verdict(
    repository: Repository, seen: Snapshot, places: VerdictPaths, *, is_kept_only: bool = False
) -> tuple[RecordedVerdict | None, str]:
    """The verdict and "", or None and why there is none.

    What is committed (or staged) at that version comes first, then what lies in the work tree, unless `is_kept_only`; in
    each what was promoted comes last. A verdict on other bytes is no verdict here, wherever it lies.
    """
    why = f"no verdict on the data in {seen.version} is recorded"
    for content, shown, is_meant in _documents(repository, seen.version, places, is_kept_only=is_kept_only):
        try:
            verdict = parse_verdict(content, shown)
        except VerdictError as error:
            why = str(error) if is_meant else why
            continue
        if is_about(verdict, seen):
            return verdict, ""
        if is_meant:
            why = f"no verdict on the data in {seen.version} is recorded: the one at {shown} is on other data"
    return None, why


def is_about(verdict: RecordedVerdict, seen: Snapshot) -> bool:
    """Whether the files that were judged have the names and md5s of those at a version, holdout and evaluation sets too."""
    files = {file.name: file.entry.md5 for file in seen.files}
    holdout = {file.name: file.entry.md5 for file in seen.holdout or ()}
    evaluation = {file.name: file.entry.md5 for file in seen.evaluation or ()}
    return (files, holdout, evaluation) == (verdict.md5s, verdict.holdout_md5s, verdict.evaluation_md5s)


def _documents(
    repository: Repository, version: Version, places: VerdictPaths, *, is_kept_only: bool
) -> Iterator[tuple[bytes, str, bool]]:
    """Files that may be the verdict, how messages name them, and whether it is meant to lie there."""
    if version.kind is not VersionKind.WORKTREE:
        tree = tree_at(repository, version)
        inside = [name for place in places.recorded if (name := repository.relative(place))]
        expected = [name for name in inside if name in tree.listing.blobs]
        earlier = promoted_verdicts(repository.relative(places.promotions) or "", tree.listing.blobs)
        read = tree.read([*expected, *earlier])
        yield from ((read[name], f"{name} in {version}", name in expected) for name in (*expected, *earlier))
    if is_kept_only:
        return
    files = [place for place in places.recorded if place.is_file()]
    promoted = promoted_verdicts(places.promotions.as_posix(), map(str, places.promotions.glob("*.json")))
    for place in (*files, *map(Path, promoted)):
        yield place.read_bytes(), repository.relative(place) or str(place), place in files
