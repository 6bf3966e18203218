"""Whether synthetic rows say where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.configuration.data_types import LINEAGE_ROLES
from gates.metrics.measurement import Estimate, Measurement
from gates.metrics.metric import Metric, Side
from gates.scan import SYNTHETIC_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.scan import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of synthetic rows with a value in the least complete declared lineage column, in [0, 1]; a count."""
    declared = scan.roles.lineage
    if not declared:
        return Measurement(not_asked='no lineage column is declared; add: columns = { generator = "…", seed_id = "…" }')
    rows = int(scan.index.of(SYNTHETIC_CODE).sum())
    if not rows:
        return Measurement(failure="no synthetic rows: lineage was never asked")
    shares = {role: scan.synthetic_columns.get(column, 0) / rows for role, column in sorted(declared.items())}
    worst = min(shares, key=lambda role: (shares[role], role))
    absent = [role for role in LINEAGE_ROLES if role not in declared]
    note = f"'{declared[worst]}' is filled in {shares[worst]:.1%} of synthetic rows" if shares[worst] < 1 else ""
    evidence = {"filled": shares, "not_declared": absent}
    return Measurement(Estimate.exact(shares[worst]), None, rows, note=note, evidence=evidence)


METRIC = Metric(
    expectation="expect_lineage_to_be_complete",
    measure=measure,
    side=Side.MIN,
    asks="Does every synthetic row say which generator, version, prompt or seed, date and licence it comes from?",
    why="Without lineage a defect cannot be traced to its generator, and synthetic rows seeded by synthetic rows go unseen.",
    source="Longpre et al., Data Provenance Initiative, Nature Machine Intelligence 6 (2024)",
    fix="Have the generator write its name, version, seed or prompt id, date and licence into each row; map the columns' names in `columns`.",
)
