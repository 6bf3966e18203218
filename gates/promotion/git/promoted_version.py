"""One promoted version as its tag's commit has it: statement, verdict and envelope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import COMMIT, message_of
from gates.promotion.statements.expected_statement import verdict_in
from gates.promotion.statements.paths import Places, places
from gates.promotion.statements.statement import parse_statement, sha256
from gates.versions.trees import tree_at
from gates.versions.version import Version as Revision
from gates.versions.version import VersionKind, git_of

if TYPE_CHECKING:
    from gates.promotion.git.history import Tag
    from gates.promotion.statements.statement import Statement
    from gates.promotion.statements.tag_message import TagMessage
    from gates.verdict import Verdict
    from gates.versions.repository import Repository
    from gates.versions.trees import Tree


@dataclass(frozen=True)
class Promoted:
    """content, document, envelope: bytes of statement, verdict and envelope; None where there is no envelope.

    tree: of the commit that added them. where: their paths.
    """

    tag: Tag
    message: TagMessage
    statement: Statement
    content: bytes
    document: bytes
    envelope: bytes | None
    tree: Tree
    where: Places

    @property
    def digest(self) -> str:
        """sha256 of the statement."""
        return sha256(self.content)

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict in the document. Raises VerdictError or PromotionError where it is none."""
        return verdict_in(self.document, f"{self.where.verdict} in {self.tag.name}")

    @property
    def revision(self) -> Revision:
        """The commit as a version of the repository."""
        return self.tree.version


# Neither a tag's object nor a commit ever changes, and a version is asked for again by each event that it has part in.
@lru_cache(maxsize=64)
def promoted(repository: Repository, tag: Tag) -> Promoted:
    """What a version's tag points to.

    Raises PromotionError where the tag says nothing, the commit lacks the files, or the statement is none; DataError where
    the commit is not here.
    """
    git_of(repository, str(tag.name))
    message = message_of_tag(repository, tag)
    if tag.name.version is None:
        raise PromotionError(
            f"{tag.name}: is a stage's tag and no version's; name the version's, such as reviews@v1.2.0"
        )
    if tag.kind != COMMIT:
        raise PromotionError(f"{tag.name}: points to a {tag.kind} and to no commit; gates did not make it")
    where = places(tag.name.folder, tag.name.dataset, tag.name.version)
    try:
        tree = tree_at(repository, Revision(VersionKind.REVISION, tag.commit, str(tag.name)))
    except DataError as error:
        raise DataError(
            f"{tag.name}: points to {tag.commit[:7]}, which is not here; `git fetch`, or see `git fsck` ({error})"
        ) from error
    for path in (where.statement, where.verdict):
        if path not in tree.listing.blobs:
            raise PromotionError(
                f"{tag.name}: points to {tag.commit[:7]}, which has no {path}; the tag was moved, or gates did not make it; fetch it "
                "again from a clone that you trust"
            )
    names = [path for path in (where.statement, where.verdict, where.envelope) if path in tree.listing.blobs]
    read = tree.read(names)
    content = read[where.statement]
    statement = parse_statement(content, f"{where.statement} in {tag.name}")
    return Promoted(tag, message, statement, content, read[where.verdict], read.get(where.envelope), tree, where)


def message_of_tag(repository: Repository, tag: Tag) -> TagMessage:
    """As `message_of`, of a repository."""
    return message_of(git_of(repository, str(tag.name)), tag)
