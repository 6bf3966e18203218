"""Which files a dataset's paths do not stand for any more, and which stand for another origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gates.checking.cache.folder import cache_of
from gates.checking.cache.hashes import RememberedHashes
from gates.checking.changes.repartitioned import DatasetAt, VersionPair
from gates.checking.weakening.difference import CANNOT_TELL, RuleDifference
from gates.errors import DataError, UsageError, first_few
from gates.versions.dataset.comparison import compare
from gates.versions.dataset.pointers import concerned, tracked_at
from gates.versions.dataset.snapshots import Snapshot, snapshot, snapshot_or_empty
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository

_SHOWN = 3
_NOTHING: dict[str, Any] = {"path": None, "partitions": {}, "holdout": None, "reference": None, "evaluation": ()}


@dataclass(frozen=True)
class FileSides:
    """Both versions of a dataset's paths. old, new: below the configuration's folder in the work tree.

    reads_rows: whether rows may be read, which takes the data types that both configurations name, plugins among them.
    """

    repository: Repository
    base: Version
    judged: Version
    old: DatasetConfig
    new: DatasetConfig
    reads_rows: bool = True

    def differences(self) -> Iterator[RuleDifference]:
        """What is left out or replaced; that it cannot be known counts as well."""
        if self.old.reference and not self.new.reference:
            yield RuleDifference("reference", f"the human rows of {self.old.reference} are gone", "reference")
        kept = {"path": self.old.path, "partitions": self.old.partitions}
        if kept != {"path": self.new.path, "partitions": self.new.partitions}:
            yield from self._tried("path" if self.new.path else "partitions", self._paths)
        for key, what in (("holdout", "held-out rows"), ("evaluation", "evaluation sets")):
            if getattr(self.old, key) and not getattr(self.new, key):
                yield RuleDifference(key, f"the {what} {_listed(getattr(self.old, key))} are gone", key)
            elif getattr(self.old, key):
                yield from self._tried(key, lambda key=key, what=what: self._beside(key, what))

    def _tried(self, key: str, look: Any) -> Iterator[RuleDifference]:
        try:
            text = look()
        except DataError as error:
            text = f"{key} cannot be compared with {self.base}: {error}"
        if text:
            yield RuleDifference(key, text, key)

    def _paths(self) -> str:
        keys = ("path", "partitions", "reference")
        before, now = self._at(self.base, self.old, *keys), self._at(self.judged, self.new, *keys)
        judged, bytes_before = {file.name for file in now.files}, {file.entry.identity for file in before.files}
        skipped = [file for file in self._at(self.judged, self.old, *keys).files if file.name not in judged]
        left_out = {file.name for file in skipped} | set(compare(before, now).removed)
        # The paths of the base would judge these files too, and the base cannot have their rows.
        is_unseen = any(file.entry.identity not in bytes_before for file in skipped)
        if left_out and (is_unseen or not self._has_all_rows()):
            return f"files that {self.base} judges are left out: {_listed(sorted(left_out))}"
        origins = {file.entry.identity: file.origin for file in before.files}
        moved = [file.name for file in now.files if origins.get(file.entry.identity, file.origin) != file.origin]
        return f"files count as another origin: {_listed(moved)}: {CANNOT_TELL}" if moved else ""

    def _has_all_rows(self) -> bool:
        """Whether each row that the base judges is judged now too. Raises DataError where rows cannot be read."""
        if not self.reads_rows:
            return False
        keys = ("path", "partitions", "reference")
        sides = ((self.base, self.old), (self.judged, self.new))
        return VersionPair(*(DatasetAt(self.repository, at, _only(one, *keys)) for at, one in sides)).has_all_rows()

    def _beside(self, key: str, what: str) -> str:
        if self.judged.kind is not VersionKind.WORKTREE:
            pairs = ((self.base, self.old), (self.judged, self.new))
            one, other = (concerned(tracked_at(self.repository, at), _only(config, key)) for at, config in pairs)
            if one == other:
                return ""
        before, now = self._at(self.base, self.old, key), self._at(self.judged, self.new, key)
        changes = compare(before, now, key)
        replaced = [*changes.removed, *changes.changed]
        return f"the {what} are others ({_listed(replaced)}): {CANNOT_TELL}" if replaced else ""

    def _at(self, version: Version, config: DatasetConfig, *keys: str) -> Snapshot:
        paths = _only(config, *keys)
        try:
            if version.kind is VersionKind.WORKTREE:
                cache = cache_of(self.repository, config.root)
                return snapshot(
                    self.repository, paths, version, md5_of=RememberedHashes(cache, f"{config.root}:{config.name}")
                )
            return snapshot_or_empty(self.repository, paths, version)
        except UsageError:
            # Nothing lies there in the work tree: judging says so where it matters.
            return Snapshot(version, (), (), ())


def _only(config: DatasetConfig, *keys: str) -> DatasetConfig:
    return replace(config, **{**_NOTHING, **{key: getattr(config, key) for key in keys}})


def _listed(names: str | Sequence[str]) -> str:
    return first_few([names] if isinstance(names, str) else names, _SHOWN)
