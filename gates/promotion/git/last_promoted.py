"""What was promoted last before a version that is judged, at the cost of two calls of git."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.data.previous_version import PromotedBefore, PromotedRows
from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.statements.paths import folder_of_config, promotions_folder, stated_versions
from gates.promotion.statements.tags import artifact
from gates.versions.removals import removals_at
from gates.versions.repository import Repository, open_repository
from gates.versions.trees import tree_at
from gates.versions.version import WORKTREE, Version, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from gates.promotion.git.history import PromotionTag
    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.verdict import CheckResult


def promoted_before(repository: Repository, version: Version, home: Path, dataset: str) -> PromotedBefore | None:
    """The highest version that is not revoked and whose statement what is judged has: then it is in its history.

    home: the configuration's folder in the work tree. None outside of git and where nothing was promoted; git is not asked
    where no statement lies beside the configuration.
    """
    if repository.git is None or repository.relative(home.resolve()) is None:
        return None
    folder = folder_of_config(repository, home)
    inside = promotions_folder(folder, dataset)
    if version.kind is VersionKind.REVISION:
        names: Iterable[str] = tree_at(repository, version).listing.blobs
    else:
        # Not the index: to list it takes another call of git, for files that nobody has reason to unstage.
        beside = repository.top / inside
        names = [f"{inside}/{path.name}" for path in beside.iterdir()] if beside.is_dir() else ()
    versions = stated_versions(inside, names)
    if not versions:
        return None
    from gates.promotion.git.history import tag_history

    history = tag_history(repository, dataset, folder)
    standing = history.standing()
    tagged = [one for one in standing if one in versions]
    last = max(tagged, default=None)
    untagged = history.untagged_after(last, versions)
    if untagged:
        name = f"{artifact(dataset, folder)}@{untagged}"
        return PromotedBefore(
            name,
            unknown=f"{FOLDER}/{dataset}/{untagged}.json is here and its tag {name} is not: what was promoted cannot "
            "be compared; `git fetch --tags` (in CI: fetch-depth: 0)",
        )
    return by_tag(repository, standing[last], standing[min(tagged)]) if last else None


def promoted_beside(home: Path, dataset: str) -> PromotedBefore | None:
    """As `promoted_before`, of the work tree; no repository is looked for where no promotion lies beside the configuration."""
    if not (home / FOLDER / dataset).is_dir():
        return None
    return promoted_before(open_repository(home), WORKTREE, home, dataset)


def by_tag(repository: Repository, tag: PromotionTag, first: PromotionTag | None = None) -> PromotedBefore:
    """The version of a tag. first: the tag of the first version before it, or its own."""
    from gates.promotion.git.history import message_of

    try:
        digest = message_of(git_of(repository, str(tag.name)), tag).statement_sha256
    except PromotionError as error:
        return PromotedBefore(str(tag.name), unknown=str(error))
    before = by_tag(repository, first) if first and first != tag else None
    return PromotedBefore(str(tag.name), digest, _Content(repository, tag, digest), first=before)


@dataclass(frozen=True)
class _Content:
    """A `PromotedContent`: what the commit of a tag has, once it is what the tag binds."""

    repository: Repository
    tag: PromotionTag
    digest: str

    def checks(self) -> Mapping[str, CheckResult]:
        from gates.promotion.statements.statement import sha256

        stated = self._promoted.statement.verdict
        if sha256(self._promoted.document) != stated.sha256:
            raise PromotionError(
                f"{stated.path} is not the one that {self.tag.name} names; `gates verify {self.tag.name}`"
            )
        return {str(check.id): check for check in self._promoted.verdict.checks}

    def verdict_digest(self) -> str:
        return self._promoted.statement.verdict.digest

    def promoted_on(self) -> date:
        return self._promoted.statement.promoted_at.date()

    @contextmanager
    def rows(self) -> Iterator[PromotedRows]:
        from gates.data.files import manifest_sha256

        try:
            with self._promoted.files() as data, data.opened() as opened:
                if manifest_sha256(opened.files) != self._promoted.statement.manifest_sha256:
                    raise DataError(
                        f"the data of {self.tag.name} is not what was promoted; `gates verify {self.tag.name}`"
                    )
                columns = {column: role for role, column in data.config.columns.items()}
                yield PromotedRows(opened, columns, records=removals_at(self._promoted.tree))
        except OSError as error:
            raise DataError(f"the data of {self.tag.name} cannot be read: {error}") from error

    @cached_property
    def _promoted(self) -> PromotedVersion:
        from gates.promotion.git.promoted_version import promoted_version

        promoted = promoted_version(self.repository, self.tag)
        if promoted.digest != self.digest:
            raise PromotionError(
                f"{promoted.paths.statement} is not the one that {self.tag.name} names; `gates verify {self.tag.name}`"
            )
        return promoted
