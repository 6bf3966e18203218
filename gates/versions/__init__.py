"""Which bytes a dataset has at a version: the work tree, the index, or a commit.

Pointers of DVC are read with git and YAML alone; DVC is imported only to fetch what its cache lacks.
"""

from __future__ import annotations

from gates.versions.comparison import Comparison, compare, compare_holdouts
from gates.versions.contents import SnapshotFile
from gates.versions.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.pointers import pointers
from gates.versions.repository import Repository, open_repository
from gates.versions.snapshots import Snapshot, VersionFiles, files_at, snapshot, snapshot_or_empty
from gates.versions.store import manifest
from gates.versions.version import STAGED, WORKTREE, Version, VersionKind, Versions, choose_versions, revision

__all__ = [
    "STAGED",
    "WORKTREE",
    "Comparison",
    "ManifestEntry",
    "Pointer",
    "PointerKind",
    "Repository",
    "Snapshot",
    "SnapshotFile",
    "Version",
    "VersionFiles",
    "VersionKind",
    "Versions",
    "choose_versions",
    "compare",
    "compare_holdouts",
    "files_at",
    "manifest",
    "open_repository",
    "pointers",
    "revision",
    "snapshot",
    "snapshot_or_empty",
]
