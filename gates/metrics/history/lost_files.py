"""Files of the version before that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Side, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.previous_version import KeptFiles
    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of the files of the version before that are gone, in [0, 1]; a count, so without interval."""
    return measurement_of(scan.before.kept_files)


def measurement_of(kept: KeptFiles | None) -> Measurement:
    """As `measure`, of the files of two versions; None without a version before."""
    if kept is None:
        return NotConfigured("there is no earlier version to compare with: `gates check` compares in a git repository")
    if kept.unknown:
        # More rows decide nothing here: no setting for too few of them lets it pass.
        return Failed(kept.unknown)
    evidence = {"files": list(kept.names)} if kept.names else {}
    return Measured(Estimate.exact(kept.lost), note=kept.story, evidence=evidence)


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
    reads="no rows, but names and hashes of two versions",
)
