"""One promoted version as its tag's commit has it: statement, verdict and envelope, configuration and data."""

from __future__ import annotations

import posixpath
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from gates.config.load import FILE_NAME, PYPROJECT, Config
from gates.contract.contract import Contract, load_contract
from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import LocalDataset, open_dataset
from gates.errors import DataError
from gates.metrics.review.accepted import RowNames
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import COMMIT, PromotionTag, message_of
from gates.promotion.statements.paths import PromotionPaths, paths_of
from gates.promotion.statements.statement import Statement, parse_statement, sha256
from gates.verdicts.whole_verdict import whole_verdict
from gates.versions.configuration import config_at
from gates.versions.dataset.snapshots import VersionFiles, files_at
from gates.versions.trees import Tree, tree_at
from gates.versions.version import Version, at_commit, git_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.promotion.statements.tag_message import TagMessage
    from gates.verdict import Verdict
    from gates.versions.git.commands import Git
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class DatasetFiles:
    """A dataset at a commit, with its files."""

    config: DatasetConfig
    data_type: DataType
    files: VersionFiles

    def opened(self) -> AbstractContextManager[LocalDataset]:
        return open_dataset(self.config, self.data_type, files=self.files.dataset)


@dataclass(frozen=True)
class PromotedVersion:
    """content, document, envelope: bytes of statement, verdict and envelope; None where there is no envelope.

    tree: of the commit that added them. paths: theirs.
    """

    tag: PromotionTag
    message: TagMessage
    statement: Statement
    content: bytes
    document: bytes
    envelope: bytes | None
    tree: Tree
    paths: PromotionPaths

    @property
    def name(self) -> str:
        return str(self.tag.name)

    @property
    def digest(self) -> str:
        """sha256 of the statement."""
        return sha256(self.content)

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict in the document. Raises VerdictError where it is none."""
        return whole_verdict(self.document, f"{self.paths.verdict} in {self.name}")

    @cached_property
    def rows_sha256(self) -> str:
        """What names all rows of its data together. Raises DataError where they are not here."""
        return rows_sha256(self.files())

    @property
    def repository(self) -> Repository:
        return self.tree.repository

    @property
    def git(self) -> Git:
        return git_of(self.repository, self.name)

    @property
    def home(self) -> Path:
        """The configuration's folder in the work tree."""
        return self.repository.top / self.tag.name.folder

    @contextmanager
    def configured(self) -> Iterator[DatasetConfig]:
        """The dataset as the commit configures it; suites and schema lie below its root meanwhile."""
        name = configuration_in(self.tree, self.tag.name.folder)
        path = self.repository.top / name if name else self.home / FILE_NAME
        with config_at(self.repository, path, self.tree.version) as config:
            yield config.dataset(self.tag.name.dataset)

    @contextmanager
    def at_home(self) -> Iterator[DatasetConfig]:
        """As `configured`, with the configuration's folder in the work tree as its root, from which data is found."""
        with self.configured() as dataset:
            yield replace(dataset, root=self.home)

    @contextmanager
    def contract(self) -> Iterator[Contract]:
        """The contract as the commit states it on the day of the promotion; suites and schema lie below its root meanwhile."""
        with self.configured() as dataset:
            yield load_contract(dataset, self.statement.promoted_at.date())

    @contextmanager
    def files(self) -> Iterator[DatasetFiles]:
        """The dataset as `at_home` gives it, with its files; suites that this gates cannot read are no hindrance."""
        with (
            self.at_home() as dataset,
            openable(self.repository, dataset, data_type_of(dataset), self.tree.version) as data,
        ):
            yield data


@contextmanager
def openable(
    repository: Repository, dataset: DatasetConfig, data_type: DataType, version: Version
) -> Iterator[DatasetFiles]:
    """What a version has of a dataset. dataset: its root is the configuration's folder in the work tree."""
    with files_at(repository, dataset, version) as files:
        yield DatasetFiles(dataset, data_type, files)


def rows_sha256(data: AbstractContextManager[DatasetFiles]) -> str:
    """What names all rows that a commit has of a dataset, as plans of reviews name them."""
    names = RowNames()
    with data as files, files.opened() as rows:
        rows.fold([names])
    return names.value()[0]


# Neither a tag's object nor a commit ever changes, and a version is read again for each event that it has part in.
@lru_cache(maxsize=64)
def promoted_version(repository: Repository, tag: PromotionTag) -> PromotedVersion:
    """What a version's tag points to.

    Raises PromotionError where the tag says nothing, the commit lacks the files, or the statement is none; DataError where
    the commit is not here.
    """
    message = message_of(git_of(repository, str(tag.name)), tag)
    if tag.name.version is None:
        raise PromotionError(
            f"{tag.name}: is a stage's tag and no version's; name the version's, such as reviews@v1.2.0"
        )
    if tag.kind != COMMIT:
        raise PromotionError(f"{tag.name}: points to a {tag.kind} and to no commit; gates did not make it")
    paths = paths_of(tag.name.folder, tag.name.dataset, tag.name.version)
    try:
        tree = tree_at(repository, at_commit(tag.commit, str(tag.name)))
    except DataError as error:
        raise DataError(
            f"{tag.name}: points to {tag.commit[:7]}, which is not here; `git fetch`, or see `git fsck` ({error})"
        ) from error
    for path in (paths.statement, paths.verdict):
        if path not in tree.listing.blobs:
            raise PromotionError(
                f"{tag.name}: points to {tag.commit[:7]}, which has no {path}; the tag was moved, or gates did not make it; fetch it "
                "again from a clone that you trust"
            )
    contents = tree.read(path for path in paths if path in tree.listing.blobs)
    content, document, envelope = contents[paths.statement], contents[paths.verdict], contents.get(paths.envelope)
    statement = parse_statement(content, f"{paths.statement} in {tag.name}")
    return PromotedVersion(tag, message, statement, content, document, envelope, tree, paths)


def configuration_in(tree: Tree, folder: str) -> str | None:
    """The configuration in a folder of a commit, as the work tree would be looked through; None where there is none."""
    names = (posixpath.join(folder, name) for name in (FILE_NAME, PYPROJECT))
    return next((name for name in names if name in tree.listing.blobs), None)


def config_in(repository: Repository, folder: str, commit: str) -> Config:
    """The configuration in a folder as a commit has it. Raises UsageError where there is none, or none that can be read."""
    version = at_commit(commit)
    name = configuration_in(tree_at(repository, version), folder) or posixpath.join(folder, FILE_NAME)
    with config_at(repository, repository.top / name, version) as config:
        return config
