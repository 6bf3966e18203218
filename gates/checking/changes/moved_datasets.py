"""Datasets that the version before has and the change has under no such id, and those of the change that may have their rows."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.targets import TABLE, config_names
from gates.config.load import FILE_NAME, PYPROJECT
from gates.versions.configuration import PATTERN_TABLE, config_at
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version

_SHA1_LENGTH = 40


@dataclass(frozen=True)
class PlacedDataset:
    """A dataset by its name in the configuration that a version has at a path of the work tree."""

    version: Version
    path: Path
    name: str

    @contextmanager
    def configured(self, repository: Repository) -> Iterator[DatasetConfig]:
        """Its configuration, with its root in the work tree. Raises what `config_at` raises."""
        with config_at(repository, self.path, self.version) as config:
            yield replace(config.datasets[self.name], root=self.path.parent)


@dataclass(frozen=True)
class MovedDatasets:
    """gone: datasets of the version before whose id the change lacks. heirs: its other datasets that are new or have other paths."""

    gone: tuple[PlacedDataset, ...] = ()
    heirs: tuple[PlacedDataset, ...] = ()


def moved_since(at: JudgedVersion, name: str, before: Version) -> MovedDatasets:
    """What may have moved into a dataset of the change: nothing where that one is as it was. Raises what `config_at` raises."""
    old = placed_datasets(at.repository, before)
    now = placed_datasets(at.repository, at.compares.trusted or at.version, at.config_path)
    heirs = {place: one for place, (one, paths) in now.items() if place not in old or old[place][1] != paths}
    own = (at.config_path.parent.resolve(), name)
    if own not in heirs:
        return MovedDatasets()
    gone = tuple(one for place, (one, _) in old.items() if place not in now)
    return MovedDatasets(gone, tuple(one for place, one in heirs.items() if place != own)) if gone else MovedDatasets()


def may_have_lost_datasets(versions: Sequence[JudgedVersion], *, is_every: bool) -> bool:
    """Whether datasets of the version before may be gone, as known without reading a configuration.

    versions: of all configurations that are judged. is_every: they are all that there are.
    """
    before = versions[0].before if versions else None
    if before is None:
        return False
    if not all(has_datasets_as_now(at, before) for at in versions):
        return True
    if not is_every:
        return False
    tree = tree_at(versions[0].repository, before)
    here = {tree.repository.relative(at.config_path.resolve()) for at in versions}
    others = [name for name in tree.listing.blobs if name.endswith((FILE_NAME, PYPROJECT)) and name not in here]
    shared = [name for name in others if name.endswith(PYPROJECT)]
    return len(others) > len(shared) or any(TABLE in content for content in tree.read(shared).values())


def has_datasets_as_now(at: JudgedVersion, before: Version) -> bool:
    """Whether a version has the same datasets in this configuration; False where it cannot be told at once.

    Equal configurations have equal datasets, unless these are named after what lies in a folder.
    """
    return has_same_configuration(at, before) and not PATTERN_TABLE.search(at.config.path.read_bytes())


def has_same_configuration(at: JudgedVersion, before: Version) -> bool:
    """Whether the commit has the very file, by the name that git gives its bytes: then it need not be read."""
    name = at.repository.relative(at.config_path.resolve())
    blob = tree_at(at.repository, before).listing.blobs.get(name or "", "")
    content = at.config.path.read_bytes()
    kind = "sha1" if len(blob) == _SHA1_LENGTH else "sha256"
    return blob == hashlib.new(kind, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def placed_datasets(
    repository: Repository, version: Version, own_path: Path | None = None
) -> dict[tuple[Path, str], tuple[PlacedDataset, object]]:
    """Each dataset of a version by folder and name, with its paths. own_path: a configuration that git need not track yet.

    Raises what `config_at` raises.
    """
    paths = {(repository.top / name).resolve() for name in config_names(repository, version)}
    datasets = {}
    for path in sorted(paths | ({own_path.resolve()} if own_path else set())):
        with config_at(repository, path, version) as config:
            for one in config.datasets.values():
                datasets[path.parent, one.name] = (PlacedDataset(version, path, one.name), _paths(one))
    return datasets


def _paths(dataset: DatasetConfig) -> object:
    return dataset.path, dataset.reference, sorted(dataset.partitions.items())
