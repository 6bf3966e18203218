"""Whether a dataset was only repartitioned: every row of the version before stands in the files of the later one, as often."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.checking.changes.rows_before import opened_rows
from gates.errors import DataError, UsageError
from gates.versions.dataset.snapshots import files_at

if TYPE_CHECKING:
    from gates.config.dataset import DatasetConfig
    from gates.data.engine import Source
    from gates.versions.repository import Repository
    from gates.versions.version import Version


@dataclass(frozen=True)
class DatasetAt:
    """A dataset at a version. dataset: as that version configures it, its root in the work tree."""

    repository: Repository
    version: Version
    dataset: DatasetConfig


@dataclass(frozen=True)
class VersionPair:
    """A `RowComparison` of two versions of a dataset: all rows of both are read."""

    before: DatasetAt
    after: DatasetAt

    def has_all_rows(self) -> bool:
        """Whether no row of the version before is gone, of whatever origin. Raises DataError for rows that cannot be read."""
        # Takes polars, which an unchanged dataset does not need.
        from gates.data.scan.contained_rows import has_rows_of

        try:
            with ExitStack() as stack:
                before, after = (_opened(stack, at) for at in (self.before, self.after))
                return has_rows_of(after, before)
        except (UsageError, OSError) as error:
            raise DataError(str(error)) from error


def _opened(stack: ExitStack, at: DatasetAt) -> Source:
    files = stack.enter_context(files_at(at.repository, at.dataset, at.version))
    return opened_rows(stack, at.dataset, files.dataset, at.version).source
