"""Round amounts: generators like 500 better than 487.20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates import Baseline, Estimate, Measured, Metric, NotConfigured, RowCounts, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates import Measurement, Scope
    from gates.data.scan.result import Rows, Scan


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """How much larger the share of amounts that are multiples of `step` is in synthetic rows than in people's."""
    if "amount" not in scan.roles.bound:
        return NotConfigured(f"data of type {scan.roles.type} has no amounts")
    step = float(str(params["step"]))
    human, synthetic = _round_ratio(scan.human, step), _round_ratio(scan.synthetic, step)
    return Measured(
        Estimate.exact(synthetic - human),
        RowCounts(len(scan.human), len(scan.synthetic)),
        baseline=Baseline(human),
        note=f"{synthetic:.0%} of synthetic amounts are multiples of {step:g}, {human:.0%} of people's",
    )


def _round_ratio(rows: Rows, step: float) -> float:
    return float((rows.frame["amount"] % step == 0).mean() or 0.0)


ROUND_AMOUNTS = Metric(
    expectation="expect_round_amounts_to_be_as_rare",
    measure=measure,
    side=Side.MAX,
    asks="Are amounts as crooked as people's?",
    why="Who learns from round amounts asks for round amounts.",
    source="the share of multiples, counted over every sampled row",
    fix="Have the generator draw amounts from people's claims.",
    params=(("step", 100.0),),
)
