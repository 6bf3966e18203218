"""Finds the versions in which a dataset's recorded verdict changed, and reads it there; git alone is asked."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.diff.history import Missing, RecordedVersion, VerdictHistory, ids_of
from gates.diff.promotions import Promotions, promotions_of
from gates.diff.verdict_lookup import is_about
from gates.errors import DataError, GatesError
from gates.verdicts.recorded import RecordedVerdict, VerdictError, parse_verdict
from gates.versions.dataset.manifests import far_pointer, pointers_of
from gates.versions.dataset.path_contents import folder_of
from gates.versions.dataset.snapshots import Snapshot, snapshot, snapshot_or_empty
from gates.versions.dvc.store import manifests_of
from gates.versions.git.printed import lines_of
from gates.versions.trees import Tree, tree_at
from gates.versions.version import WORKTREE, Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.versions.git.blobs import Blobs
    from gates.versions.git.commands import Git
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Walk:
    """How far to go. end: the newest commit; None is HEAD, and then the work tree. limit: how many versions at most."""

    end: Version | None
    limit: int


def history(repository: Repository, config: DatasetConfig, places: tuple[Path, ...], walk: Walk) -> VerdictHistory:
    """The recorded and promoted verdicts of a dataset along the first parents, under today's configuration of its paths.

    places: files that may hold its verdict, committed or not. Raises DataError where there is none in any version.
    """
    names = [name for place in places if (name := repository.relative(place))]
    git = repository.git
    end = walk.end.commit if walk.end else git.commit_or_none("HEAD") if git else None
    versions: list[RecordedVersion] = []
    newest: frozenset[bytes] = frozenset()
    is_cut = False
    if git and end:
        promotions = promotions_of(repository, config)
        commits = _without_judged(_commits(git, end, names, promotions, 2 * walk.limit + 1), promotions)
        is_cut = len(commits) > walk.limit
        reader = _Reader(repository, config, names, promotions)
        versions, newest = _in_git(reader, git, commits[: walk.limit])
    own = None if walk.end else _in_work_tree(repository, config, places, newest)
    if own:
        is_cut = is_cut or len(versions) == walk.limit
        versions = [*versions, own][-walk.limit :]
    if not any(version.verdict or version.missing is not Missing.NOT_RECORDED for version in versions):
        raise DataError(_nothing(config, names or [str(place) for place in places]))
    return VerdictHistory(config.name, tuple(versions), is_cut, git is not None and git.is_shallow(), ids_of(versions))


@dataclass(frozen=True)
class _Commit:
    """parent: its first one, "" where it has none."""

    sha: str
    date: str
    parent: str


def _commits(git: Git, end: str, names: Iterable[str], promotions: Promotions, most: int) -> list[_Commit]:
    """Commits that changed a recorded or promoted verdict against their first parent, newest first."""
    paths = [*(f":(top,literal){name}" for name in names), promotions.pathspec]
    words = ("rev-list", "--first-parent", f"--max-count={most}", "--format=%cI %P", end, "--", *paths)
    lines = lines_of(git.run(*words))
    details = [line.split(" ") for line in lines[1::2]]
    return [
        # Some versions of git write UTC as Z.
        _Commit(
            line.removeprefix("commit "), f"{date[:-1]}+00:00" if date.endswith("Z") else date, next(iter(parents), "")
        )
        for line, (date, *parents) in zip(lines[::2], details, strict=True)
    ]


def _without_judged(commits: Sequence[_Commit], promotions: Promotions) -> list[_Commit]:
    """Without a commit whose promotion is the next one: both have the same bytes, and one verdict is one version."""
    promoted = {commit.parent for commit in commits if commit.sha in promotions.by_commit}
    return [commit for commit in commits if commit.sha not in promoted or commit.sha in promotions.by_commit]


@dataclass(frozen=True)
class _Reader:
    """names: places of recorded verdicts in the repository."""

    repository: Repository
    config: DatasetConfig
    names: list[str]
    promotions: Promotions

    def candidates(self, tree: Tree, commit: str) -> Iterator[tuple[str, bool]]:
        """Files of a commit that may hold its verdict, and whether it is meant to lie there.

        The promotion that the commit is comes first. An earlier one counts where its bytes are back.
        """
        own = self.promotions.verdict_of(commit)
        expected = dict.fromkeys([*([own] if own else []), *self.names])
        yield from ((name, True) for name in expected if name in tree.listing.blobs)
        yield from ((name, False) for name in self.promotions.verdicts(tree.listing.blobs) if name not in expected)


def _in_git(reader: _Reader, git: Git, commits: list[_Commit]) -> tuple[list[RecordedVersion], frozenset[bytes]]:
    """The versions, oldest first, and the documents that the newest has."""
    tags = _tags(git)
    versions, contents = [], frozenset[bytes]()
    with git.blobs() as blobs:
        for commit in reversed(commits):
            tree = tree_at(reader.repository, Version(VersionKind.REVISION, commit.sha))
            reading, contents = _at_commit(reader, tree, commit.sha, blobs)
            promotion = reader.promotions.by_commit.get(commit.sha)
            versions.append(RecordedVersion(commit.sha, commit.date, tags.get(commit.sha, ()), *reading, promotion))
    return versions, contents


Reading = tuple[RecordedVerdict | None, Missing | None, str]


def _at_commit(reader: _Reader, tree: Tree, commit: str, blobs: Blobs) -> tuple[Reading, frozenset[bytes]]:
    """The verdict on a commit's own bytes, and the documents that it has."""
    config, failed = reader.config, list[Reading]()
    has = {name: blobs.read(tree.listing.blobs[name]) for name in reader.names if name in tree.listing.blobs}
    for name, is_meant in reader.candidates(tree, commit):
        has[name] = has.get(name) or blobs.read(tree.listing.blobs[name])
        reading = _read(has[name], f"{name} in {tree.version}", config, lambda verdict: _seen(config, tree, verdict))
        if reading[0]:
            return reading, frozenset(has.values())
        failed += [reading] if is_meant else []
    gone = f"{next(iter(reader.names), config.name)} is gone"
    return next(iter(failed), (None, Missing.NOT_RECORDED, gone)), frozenset(has.values())


def _in_work_tree(
    repository: Repository, config: DatasetConfig, places: tuple[Path, ...], newest: frozenset[bytes]
) -> RecordedVersion | None:
    """What lies there and the newest commit does not have; a leftover on other data counts at the first place only."""
    fresh = {place: content for place in places if place.is_file() and (content := place.read_bytes()) not in newest}
    seen: list[Snapshot] = []

    def see(_: RecordedVerdict) -> Snapshot:
        # Hashing the data takes as long as reading it, and is done for a new verdict only, once.
        seen[:] = seen or [snapshot(repository, config, WORKTREE)]
        return seen[0]

    readings = [
        reading
        for place, content in fresh.items()
        if (reading := _read(content, repository.relative(place) or str(place), config, see))[0] or place == places[0]
    ]
    # The first that is a verdict, else the first.
    best = next((reading for reading in readings if reading[0]), next(iter(readings), None))
    return RecordedVersion(None, "", (), *best) if best else None


def _read(content: bytes, shown: str, config: DatasetConfig, see: Callable[[RecordedVerdict], Snapshot]) -> Reading:
    try:
        verdict = parse_verdict(content, shown)
    except VerdictError as error:
        return None, Missing.DAMAGED, str(error)
    if verdict.dataset != config.name:
        return None, Missing.DAMAGED, f"{shown}: is the verdict on '{verdict.dataset}'"
    try:
        seen = see(verdict)
    except GatesError as error:
        return None, Missing.UNTOLD, str(error)
    if is_about(verdict, seen):
        return verdict, None, ""
    return None, Missing.OTHER_BYTES, f"{shown}: is on other data"


def _seen(config: DatasetConfig, tree: Tree, verdict: RecordedVerdict) -> Snapshot:
    """The files that a commit names. Manifests are worked out from the verdict or lie in the cache; no remote is asked."""
    repository, version = tree.repository, tree.version
    folder = folder_of(repository, config)
    judged = {**verdict.md5s, **verdict.holdout_md5s, **verdict.evaluation_md5s}
    inside = {posixpath.normpath(posixpath.join(folder, name)): md5 for name, md5 in judged.items()}
    manifests = manifests_of(pointers_of(config, tree), inside)
    far = far_pointer(config, tree, manifests)
    if far:
        raise DataError(
            f"{far.path} in {version}: holds other files than were judged, and its list of files, which could tell whether "
            f"they are data, is not in the cache of DVC; `dvc fetch --all-commits {far.path}` brings it"
        )
    return snapshot_or_empty(repository, config, version, manifests=manifests)


def _tags(git: Git) -> dict[str, tuple[str, ...]]:
    """Names of tags by the commit they stand for."""
    listed = git.run("for-each-ref", "--format=%(objectname) %(*objectname) %(refname:strip=2)", "refs/tags")
    names_by_commit: dict[str, list[str]] = {}
    for line in lines_of(listed, "replace"):
        own, peeled, name = line.split(" ", 2)
        names_by_commit.setdefault(peeled or own, []).append(name)
    return {commit: tuple(sorted(names)) for commit, names in names_by_commit.items()}


def _nothing(config: DatasetConfig, names: list[str]) -> str:
    folder = posixpath.dirname(names[0]) or "."
    return (
        f"{config.name}: no version has a verdict at {names[0]}; run `gates check {config.name} --output {folder}`, and "
        f"commit {folder}/ with each version of the data (in dvc.yaml its files are outs with `cache: false`)"
    )
