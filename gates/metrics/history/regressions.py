"""Whether diversity, separability and agreement are no worse than in the version promoted last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.metrics.base.measurement import (
    Estimate,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    estimate_of,
    measured_of,
)
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.history.previous_human_rows import NOTHING_BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.verdict import CheckResult, Scope

FAMILIES: Mapping[str, str] = {
    "diversity": "expect_diversity_ratio_to_be_between",
    "separability": "expect_origin_separability_to_be_less_than",
    "agreement": "expect_annotator_agreement_to_be_between",
}
EXPECTATION = "expect_measurements_to_be_kept"
# As many digits as a verdict keeps of a number: below that, two runs on the same rows may differ.
_RELATIVE = 1e-6


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """By how much the worst number of a family lies beyond the interval that it had, 0 where the intervals meet.

    In the unit of that number; the bad side is that of its limit. What was measured then and cannot be measured now decides
    nothing. Intervals that do not meet differ at a stricter level than a test would require.
    """
    promoted = scan.before.promoted
    if promoted is None:
        return NotConfigured(NOTHING_BEFORE)
    if promoted.content is None:
        return Inconclusive(promoted.unknown)
    try:
        checks = promoted.content.checks()
    except GatesError as error:
        return Inconclusive(f"the verdict on {promoted.name} cannot be read: {error}")
    family = FAMILIES[str(params["family"])]
    recorded = {name: check for name, check in checks.items() if check.id.type == family and check.observed is not None}
    if not recorded:
        return NotConfigured(f"{promoted.name} has no number of {params['family']}")
    return _compared(scan, promoted.name, recorded)


def _compared(scan: Scan, name: str, recorded: Mapping[str, CheckResult]) -> Measurement:
    gaps, unknown, table = dict[str, float](), [], dict[str, object]()
    for check, then in sorted(recorded.items()):
        measurement = scan.measured.get(check)
        now = None if measurement is None else estimate_of(measurement)
        if now is None or not now.is_computable():
            unknown.append(check)
            continue
        before = _estimate(then)
        gaps[check] = _gap(before, now, then)
        table[check] = {"before": [before.value, before.low, before.high], "now": [now.value, now.low, now.high]}
    evidence = {"version": name, "measured": table}
    if not gaps or (unknown and not max(gaps.values())):
        return Inconclusive(f"{unknown[0]} has a number in {name} and none now", evidence=evidence)
    worst = max(gaps, key=lambda check: (gaps[check], check))
    if not gaps[worst]:
        # The wide interval of few rows meets any other: what is too little to pass its own limit is too little here.
        numbers = (measured_of(scan.measured[check]) for check in gaps)
        thinnest = min((number for number in numbers if number), key=_rows_beyond_need)
        growth = Growth(limited_by=thinnest.growth.limited_by, rows_to_pass=thinnest.growth.rows_to_pass)
        return Measured(Estimate.exact(0.0), thinnest.rows, growth=growth, evidence=evidence)
    note = f"{worst} is {estimate_of(scan.measured[worst])}, was {_estimate(recorded[worst])} in {name}"
    return Measured(Estimate.exact(gaps[worst]), note=note, evidence=evidence)


def _rows_beyond_need(measured: Measured) -> int:
    """By how many rows the smaller origin exceeds what any pass needs; negative where nothing can pass."""
    return min(measured.rows.by_origin().values(), default=0) - measured.growth.rows_to_pass


def _estimate(recorded: CheckResult) -> Estimate:
    value = float(recorded.observed or 0.0)
    low, high = (value if bound is None else float(bound) for bound in (recorded.low, recorded.high))
    return Estimate(value, low, high)


def _gap(before: Estimate, now: Estimate, recorded: CheckResult) -> float:
    """How far the interval of now lies from that of before, on the side of the limit; 0 where they meet."""
    beyond = 0.0
    if recorded.min_value is not None:
        beyond = max(beyond, before.low - now.high)
    if recorded.max_value is not None:
        beyond = max(beyond, now.low - before.high)
    return beyond if beyond > _RELATIVE * max(1.0, abs(before.value)) else 0.0


METRIC = Metric(
    expectation=EXPECTATION,
    measure=measure,
    side=Side.MAX,
    finding="The {family} is worse than in the version promoted last",
    asks="Are diversity, separability and agreement no worse than in the version promoted last?",
    why=(
        "Each version may be a little worse than the one before and still within every limit; ten versions later the set has collapsed. "
        "The version promoted last is the baseline of the next one."
    ),
    source=(
        "Schenker & Gentleman, The American Statistician 55 (2001): intervals that do not overlap differ, at a stricter level than their own"
    ),
    fix=(
        "See `gates explain` for the check named, and what changed since, with `gates diff`. Where the change is on purpose, waive this "
        "check with the reason: the next promotion sets the baseline anew."
    ),
    params=(("family", "diversity"),),
    detail=("family",),
    languages_together="the numbers of all rows are compared with those of the earlier version; each language has the limits of the check named",
    exact="compares numbers recorded in two verdicts; the checks that measured them are calibrated",
    reads="no rows, but what other checks measured, and the promoted verdict",
)
