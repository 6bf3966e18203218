"""Files of the version before that are missing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Params, Side, Unit

if TYPE_CHECKING:
    from gates.data.previous_version import KeptFiles, RowComparison
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

logger = logging.getLogger(__name__)


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the files of the version before that are gone, in [0, 1]; a count, so without interval.

    Where every row of theirs stands in other files, as often as before, they were repartitioned, and none is gone.
    """
    return measurement_of(scan.before.kept_files)


def measurement_of(kept: KeptFiles | None) -> Measurement:
    """As `measure`, of the files of two versions; None without a version before."""
    if kept is None:
        return NotConfigured("there is no earlier version to compare with: `gates check` compares in a git repository")
    if kept.unknown:
        # More rows decide nothing here: no setting for too few of them lets it pass.
        return Failed(kept.unknown)
    if kept.lost and kept.rows is not None and _has_all_rows(kept.rows):
        return measurement_of(kept.other_files)
    evidence = {"files": list(kept.names)} if kept.names else {}
    return Measured(Estimate.exact(kept.lost), note=kept.story, evidence=evidence)


def _has_all_rows(rows: RowComparison) -> bool:
    """As `RowComparison.has_all_rows`; rows that cannot be read count as gone."""
    try:
        return rows.has_all_rows()
    except DataError as error:
        logger.debug("the rows of files that are gone cannot be compared: %s", error)
        return False


METRIC = Metric(
    expectation="expect_files_to_be_kept",
    measure=measure,
    side=Side.MAX,
    finding="Files of the earlier version are missing",
    unit=Unit.SHARE,
    asks="Are the files of the earlier version still present?",
    why=(
        "A folder that was pulled in part and added again loses the rest silently, and every row that is left is "
        "in order: only a comparison with the earlier version shows the loss."
    ),
    source="The project's own rule; measured on DVC 3.67: 40 files became 20 without a warning",
    fix=(
        "Get the files back as the message says. Where they were removed on purpose, waive this check for a few days with the "
        "reason: once the removal is committed, nothing is missing any more."
    ),
    languages_together="files are counted, not rows",
    exact="compares names and hashes of two versions",
    reads="names and hashes of two versions; the rows of both where files are gone",
)
