"""What versions recorded of a dataset, as its page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.cli.diff.request import NEWEST, verdict_paths
from gates.diff.history_walk import Walk, history
from gates.errors import DataError
from gates.verdicts.reports.located_verdict import PageVersion

if TYPE_CHECKING:
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.verdict import Verdict
    from gates.versions.repository import Repository


def page_versions(
    repository: Repository, dataset: DatasetConfig, output: Path | None, verdict: Verdict
) -> list[PageVersion]:
    """What the versions recorded that are committed, and the verdict that there is now; none where no version recorded any.

    None too under a configuration that is laid out elsewhere, such as a base's: its paths are not those of versions.
    """
    if repository.relative(dataset.root.resolve()) is None:
        return []
    try:
        recorded = history(repository, dataset, verdict_paths(dataset, output), Walk(None, NEWEST)).versions
    except DataError:
        # Nothing was recorded yet, as in most projects at first.
        return []
    versions = [
        PageVersion(
            one.name,
            one.date[: len("2026-01-31")],
            one.verdict.answer,
            one.verdict.rows,
            {str(check.id): check for check in one.verdict.checks},
            one.tags,
        )
        for one in recorded
        if one.commit and one.verdict and one.verdict.digest != verdict.digest()
    ]
    now = {str(check.id): check for check in verdict.checks}
    return [*versions, PageVersion("now", "", verdict.answer, verdict.rows, now)]
