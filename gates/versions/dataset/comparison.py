"""What became of a dataset between two versions: files added, changed, moved, and gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import first_few

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.versions.dataset.path_contents import SnapshotFile
    from gates.versions.dataset.snapshots import Snapshot
    from gates.versions.version import Version

_SHOWN = 3


@dataclass(frozen=True)
class Comparison:
    """Names by what became of them. moved: old and new name of files whose bytes stand under another name now.

    removed: files of the base whose name is gone and whose bytes stand under no new name either. pointers: the files
    that named them at the base. A changed file is one whose bytes differ, or that has nothing both versions know it by.
    """

    base: Version
    new: Version
    base_count: int
    new_count: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    pointers: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether every file is there under its name with its bytes, and no other."""
        return not (self.added or self.changed or self.removed or self.moved)

    @property
    def lost_share(self) -> float:
        """Which part of the files of the base is gone, in [0, 1]; 0 where there were none."""
        return len(self.removed) / self.base_count if self.base_count else 0.0

    def sentence(self) -> str:
        """What happened, and where files are gone, how that can come about and how to get them back."""
        if self.is_same:
            return f"{_files(self.new_count)}, as in {self.base}"
        counts = ((self.added, "added"), (self.changed, "changed"), (self.moved, "moved"), (self.removed, "gone"))
        text = ", ".join(f"{len(names)} {word}" for names, word in counts if names)
        text = f"{_files(self.base_count)} in {self.base}, {self.new_count} in {self.new}: {text}"
        if not self.removed:
            return text
        text += f" ({first_few(self.removed, _SHOWN)})"
        if not self.pointers:
            return text
        which = " ".join(self.pointers)
        return (
            f"{text}. That is what `dvc add` makes of a folder that was pulled in part only; to get the files back: "
            f"`git checkout {self.base.commit or 'HEAD'} -- {which}`, then `dvc pull {which}`"
        )


def compare(base: Snapshot, new: Snapshot, of: str = "files") -> Comparison:
    """What became of the files of a dataset, by name and content. of: its own `files`, those of its `holdout`, or of its `evaluation` sets."""
    old = {file.name: file for file in getattr(base, of) or ()}
    now = {file.name: file for file in getattr(new, of) or ()}
    changed = [name for name in old if name in now and not _is_same(old[name], now[name])]
    vanished = [name for name in sorted(old) if name not in now]
    moved, added = _moves([old[name] for name in vanished], [now[name] for name in sorted(now) if name not in old])
    kept = {name for name, _ in moved}
    removed = [name for name in vanished if name not in kept]
    files = {pointer.file for name in removed if (pointer := old[name].pointer)}
    return Comparison(
        base=base.version,
        new=new.version,
        base_count=len(old),
        new_count=len(now),
        added=tuple(added),
        changed=tuple(sorted(changed)),
        removed=tuple(removed),
        moved=tuple(moved),
        pointers=tuple(sorted(files)),
    )


def _is_same(one: SnapshotFile, other: SnapshotFile) -> bool:
    return one.entry.identity is not None and one.entry.identity == other.entry.identity


def _moves(gone: Iterable[SnapshotFile], come: Iterable[SnapshotFile]) -> tuple[list[tuple[str, str]], list[str]]:
    """Pairs of old and new names with the same bytes, each name in one pair at most, and the new names left over."""
    waiting: dict[str, list[str]] = defaultdict(list)
    added = []
    for file in come:
        added.append(file.name)
        if file.entry.identity:
            waiting[file.entry.identity].append(file.name)
    moved = []
    for file in gone:
        places = waiting.get(file.entry.identity or "")
        if places:
            moved.append((file.name, places.pop(0)))
    taken = {name for _, name in moved}
    return moved, [name for name in added if name not in taken]


def _files(count: int) -> str:
    return f"{count:,} file" + ("" if count == 1 else "s")
