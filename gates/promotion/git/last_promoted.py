"""What was promoted last before a version that is judged, found at the cost of two calls of git."""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.data.previous_version import PromotedBefore, PromotedRows
from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.statements.tags import artifact, parse_version
from gates.versions.repository import open_repository
from gates.versions.version import WORKTREE, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from gates.promotion.git.history import Tag
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.statements.tags import Version
    from gates.verdict import CheckResult
    from gates.versions.repository import Repository
    from gates.versions.version import Version as Revision

_SUFFIX = ".json"


def promoted_before(repository: Repository, version: Revision, home: Path, dataset: str) -> PromotedBefore | None:
    """The highest version that stands and whose statement what is judged has: then it is in its history.

    home: the configuration's folder in the work tree. None outside of git and where nothing was promoted; git is not asked
    where no statement lies beside the configuration.
    """
    folder = repository.relative(home.resolve())
    if repository.git is None or folder is None:
        return None
    folder = "" if folder == "." else folder
    there = _versions_there(repository, version, posixpath.join(folder, FOLDER, dataset))
    if not there:
        return None
    from gates.promotion.git.history import history

    known = history(repository.git, dataset, folder)
    named = {tag.name.version for tag in known.versions}
    nameless = max(there - named, default=None)
    last = max((one for one in known.standing() if one in there), default=None)
    if nameless and (last is None or nameless > last):
        name = f"{artifact(dataset, folder)}@{nameless}"
        return PromotedBefore(
            name,
            unknown=f"{FOLDER}/{dataset}/{nameless}{_SUFFIX} is here and its tag {name} is not: what was promoted cannot "
            "be compared; `git fetch --tags` (in CI: fetch-depth: 0)",
        )
    tag = known.tag_of(last) if last else None
    return by_tag(repository, tag, home) if tag else None


def promoted_beside(home: Path, dataset: str) -> PromotedBefore | None:
    """As `promoted_before`, of the work tree; no repository is looked for where no promotion lies beside the configuration."""
    if not (home / FOLDER / dataset).is_dir():
        return None
    return promoted_before(open_repository(home), WORKTREE, home, dataset)


def by_tag(repository: Repository, tag: Tag, home: Path) -> PromotedBefore:
    """The version of a tag. home: the configuration's folder in the work tree."""
    from gates.promotion.git.history import message_of

    try:
        digest = message_of(git_of(repository, str(tag.name)), tag).statement_sha256
    except PromotionError as error:
        return PromotedBefore(str(tag.name), unknown=str(error))
    return PromotedBefore(str(tag.name), digest, _Content(repository, tag, home, digest))


def _versions_there(repository: Repository, version: Revision, inside: str) -> set[Version]:
    """The versions whose statements what is judged has. inside: the promotions' folder in the repository."""
    if version.kind is VersionKind.REVISION:
        from gates.versions.trees import tree_at

        blobs = tree_at(repository, version).listing.blobs
        names = [name[len(inside) + 1 :] for name in blobs if name.startswith(f"{inside}/")]
    else:
        # Not the index: to list it takes another call of git, for files that nobody has reason to unstage.
        beside = repository.top / inside
        names = [path.name for path in beside.iterdir()] if beside.is_dir() else []
    found = (parse_version(name.removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX))
    return {one for one in found if one}


@dataclass(frozen=True)
class _Content:
    """A `PromotedContent`: what the commit of a tag has, once it is what the tag binds."""

    repository: Repository
    tag: Tag
    home: Path
    digest: str

    def checks(self) -> Mapping[str, CheckResult]:
        from gates.promotion.statements.statement import sha256

        found = self._promoted
        said = found.statement.verdict
        if sha256(found.document) != said.sha256:
            raise PromotionError(
                f"{said.path} is not the one that {self.tag.name} names; `gates verify {self.tag.name}`"
            )
        return {str(check.id): check for check in found.verdict.checks}

    def verdict_digest(self) -> str:
        return self._promoted.statement.verdict.digest

    def promoted_on(self) -> date:
        return self._promoted.statement.promoted_at.date()

    @contextmanager
    def rows(self) -> Iterator[PromotedRows]:
        from gates.contract.plugins.registry import data_type_of
        from gates.data.duckdb.dataset import open_dataset
        from gates.data.files import manifest_sha256
        from gates.promotion.git.judged_config import dataset_of
        from gates.versions.snapshots import files_at

        found = self._promoted
        try:
            with dataset_of(self.repository, found) as dataset:
                at_home = replace(dataset, root=self.home)
                with (
                    files_at(self.repository, at_home, found.revision) as files,
                    open_dataset(at_home, data_type_of(at_home), files=files.dataset) as opened,
                ):
                    if manifest_sha256(opened.files) != found.statement.manifest_sha256:
                        raise DataError(
                            f"the data of {self.tag.name} is not what was promoted; `gates verify {self.tag.name}`"
                        )
                    yield PromotedRows(opened, {column: role for role, column in dataset.columns.items()})
        except OSError as error:
            raise DataError(f"the data of {self.tag.name} cannot be read: {error}") from error

    @cached_property
    def _promoted(self) -> Promoted:
        from gates.promotion.git.promoted_version import promoted

        found = promoted(self.repository, self.tag)
        if found.digest != self.digest:
            raise PromotionError(
                f"{found.where.statement} is not the one that {self.tag.name} names; `gates verify {self.tag.name}`"
            )
        return found
