"""The version of a dataset that was promoted last, as metrics read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from gates.config.removals import Removal
    from gates.data.engine import Source
    from gates.verdict import CheckResult


@dataclass(frozen=True)
class PromotedRows:
    """The rows of a promoted version while it is open.

    source: its dataset, or its files that changed since. columns: the roles' names by the names in the files. version: what
    messages call it. records: of removals, that it has, which excuse nothing that went later.
    """

    source: Source
    columns: Mapping[str, str]
    version: str = "what was promoted"
    records: tuple[Removal, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files, in the order of ROW_ID's file index."""
        return tuple(file.path for file in self.source.files)


class PromotedContent(Protocol):
    """What a promoted version holds, read when it is needed. Everything raises GatesError for what cannot be had."""

    def checks(self) -> Mapping[str, CheckResult]:
        """The results of its verdict by check id."""

    def verdict_digest(self) -> str:
        """The digest of its verdict."""

    def promoted_on(self) -> date:
        """The day of the promotion, in UTC."""

    def rows(self) -> AbstractContextManager[PromotedRows]:
        """Its rows; fetches what is not here."""


@dataclass(frozen=True)
class PromotedBefore:
    """What was promoted last before what is judged.

    name: its tag. statement_sha256: of its statement, which binds all the rest. content: None where nobody can say, and
    `unknown` says why. first: the first version of the same history that stands; None where it is this one.
    """

    name: str
    statement_sha256: str | None = None
    content: PromotedContent | None = None
    unknown: str = ""
    first: PromotedBefore | None = None


class EarlierContent(Protocol):
    """The rows of a commit, read when they are asked for."""

    def rows(self) -> AbstractContextManager[Sequence[PromotedRows]]:
        """Those of the files that are not here as they were; fetches what is not here. Raises DataError."""

    def elsewhere(self) -> AbstractContextManager[Sequence[PromotedRows]]:
        """The rows of other datasets of the change, where some may have gone. Raises DataError."""


@dataclass(frozen=True)
class CommitBefore:
    """The commit before what is judged, as far as its rows may be gone.

    name: as `HEAD (3f2a91c)`. content: None where each of its files is here as it was. key: tells that from other content.
    files: those of content, by name, md5 and origin. gone: names of files without a successor of their name or their bytes. records: of removals, that
    it has: what they say happened before. unknown: why its files cannot be told, or "".
    """

    name: str
    content: EarlierContent | None = None
    key: str = ""
    files: tuple[tuple[str, str | None, str | None], ...] = ()
    gone: tuple[str, ...] = ()
    records: tuple[Removal, ...] = ()
    unknown: str = ""


class RowComparison(Protocol):
    """The rows of the version before and of this one, read when they are asked for."""

    def has_all_rows(self) -> bool:
        """Whether each row of the version before is in this one too. Raises DataError where rows cannot be read."""


@dataclass(frozen=True)
class KeptFiles:
    """What became of the files that the version before had.

    lost: the share of them that is gone, in [0, 1]; of dataset, holdout and evaluation sets the worst. Files that were all written anew
    are not lost. story: what happened and how to get them back; names: the first files that are gone.
    unknown: why the two versions could not be compared, or "". rows: tells whether the dataset was only repartitioned, None where
    none of its files is gone or its rows cannot be compared; other_files: what became of holdout and evaluation sets then.
    """

    lost: float = 0.0
    story: str = ""
    names: tuple[str, ...] = ()
    unknown: str = ""
    rows: RowComparison | None = field(default=None, repr=False, compare=False)
    other_files: KeptFiles | None = field(default=None, repr=False, compare=False)
