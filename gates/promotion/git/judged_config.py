"""What a promoted version was judged as: its dataset as the commit configures it, and the files that its verdict lists."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gates.config.load import FILE_NAME, PYPROJECT
from gates.data.facts import FileFacts
from gates.versions.configuration import config_at
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.promotion.git.promoted_version import Promoted
    from gates.verdict import Verdict
    from gates.versions.repository import Repository
    from gates.versions.trees import Tree
    from gates.versions.version import Version


@contextmanager
def dataset_of(repository: Repository, found: Promoted) -> Iterator[DatasetConfig]:
    """The dataset as the promotion's commit configures it; suites and schema lie below its root meanwhile."""
    home = home_of(repository, found)
    name = configuration_in(found.tree, found.tag.name.folder)
    with config_at(repository, repository.top / name if name else home / FILE_NAME, found.revision) as config:
        yield config.dataset(found.tag.name.dataset)


def configuration_in(tree: Tree, folder: str) -> str | None:
    """The configuration in a folder of a commit, as the work tree would be looked through; None where there is none."""
    names = (posixpath.join(folder, name) for name in (FILE_NAME, PYPROJECT))
    return next((name for name in names if name in tree.listing.blobs), None)


def configured(repository: Repository, folder: str, version: Version) -> Config:
    """The configuration in a folder as a commit has it. Raises UsageError where there is none, or none that can be read."""
    name = configuration_in(tree_at(repository, version), folder) or posixpath.join(folder, FILE_NAME)
    with config_at(repository, repository.top / name, version) as config:
        return config


def home_of(repository: Repository, found: Promoted) -> Path:
    """The configuration's folder in the work tree."""
    return repository.top / found.tag.name.folder


def judged_files(verdict: Verdict) -> list[FileFacts]:
    """The data files that a verdict lists, with their digests."""
    files: list[dict[str, Any]] = verdict.data["files"]  # type: ignore[assignment]  # `verdict_in` has looked
    return [FileFacts(file["path"], file["rows"], {}, file["sha256"], file["size"]) for file in files]
