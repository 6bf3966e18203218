"""Datasets that the version before has and the change has under no such id, and those of the change that may have their rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.targets import config_names
from gates.versions.configuration import config_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version


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
    old = _datasets(at.repository, before, None)
    now = _datasets(at.repository, at.compares.trusted or at.version, at.config_path)
    heirs = {place: one for place, (one, paths) in now.items() if place not in old or old[place][1] != paths}
    own = (at.config_path.parent.resolve(), name)
    if own not in heirs:
        return MovedDatasets()
    gone = tuple(one for place, (one, _) in old.items() if place not in now)
    return MovedDatasets(gone, tuple(one for place, one in heirs.items() if place != own)) if gone else MovedDatasets()


def _datasets(
    repository: Repository, version: Version, own_path: Path | None
) -> dict[tuple[Path, str], tuple[PlacedDataset, object]]:
    """Each dataset of a version by folder and name, with its paths. own_path: a configuration that git need not track yet."""
    paths = {(repository.top / name).resolve() for name in config_names(repository, version)}
    datasets = {}
    for path in sorted(paths | ({own_path.resolve()} if own_path else set())):
        with config_at(repository, path, version) as config:
            for one in config.datasets.values():
                datasets[path.parent, one.name] = (PlacedDataset(version, path, one.name), _paths(one))
    return datasets


def _paths(dataset: DatasetConfig) -> object:
    return dataset.path, dataset.reference, sorted(dataset.partitions.items())
