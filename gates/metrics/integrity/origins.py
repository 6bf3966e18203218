"""Whether every row has a declared origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of rows with a declared origin, in [0, 1]; a count, so without interval."""
    index = scan.index
    total = len(index)
    if not total:
        return Failed("the dataset has no rows")
    undeclared = index.of(UNDECLARED_CODE)
    count = int(undeclared.sum())
    human, synthetic = (int(index.of(code).sum()) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    note = f"{count:,} of {total:,} rows have an origin that is missing or not declared" if count else ""
    return Measured(
        Estimate.exact(1 - count / total),
        RowCounts(human, synthetic),
        note=f"{note}: {scan.counts.undeclared_origins}" if scan.counts.undeclared_origins else note,
        evidence={"undeclared": count, "rows": total, "first_rows": scan.first_places(undeclared)},
    )


METRIC = Metric(
    expectation="expect_origins_to_be_declared",
    measure=measure,
    side=Side.MIN,
    finding="Rows do not say whether a person or a program made them",
    unit=Unit.SHARE,
    asks="Does every row say whether a person or a program made it?",
    why=(
        "A row of unknown origin is seen by neither partition's checks. A new folder or a new value in the origin column must not slip "
        "past the gate, so this check cannot be replaced or waived."
    ),
    source="The project's own rule",
    fix="Fill the origin column, or list the new value under [datasets.<name>.origins] as human or synthetic.",
    languages_together="a row without an origin is in no partition, and so among no language's rows",
    exact="counts rows without a declared origin",
    cached="origins",
    reads="where some are undeclared, a query over the origin column names their values",
)
