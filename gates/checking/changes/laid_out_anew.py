"""Whether files that are gone were laid out anew: each of their rows stands in the files of now, as often as before."""

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
class LaidOut:
    """A `LayoutOfRows`: all rows of both versions are read."""

    before: DatasetAt
    now: DatasetAt

    def has_all_rows(self) -> bool:
        """Whether no row of the version before is gone, whoever made it. Raises DataError for rows that cannot be read."""
        # Takes polars, which an unchanged dataset does not need.
        from gates.data.scan.contained_rows import has_rows_of

        try:
            with ExitStack() as stack:
                before, now = (_opened(stack, at) for at in (self.before, self.now))
                return has_rows_of(now, before)
        except (UsageError, OSError) as error:
            raise DataError(str(error)) from error


def _opened(stack: ExitStack, at: DatasetAt) -> Source:
    files = stack.enter_context(files_at(at.repository, at.dataset, at.version))
    return opened_rows(stack, at.dataset, files.dataset, at.version).source
