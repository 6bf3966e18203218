"""Weights as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.advice.weighing.weights import effective_rows, health_of
from gates.verdict import CheckResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.advice.weighing.source_weights import SourceWeight
    from gates.advice.weighing.weigh import Weighing

NO_GAIN_HERE = "no gain here: train on the human rows alone"


def weight_lines(weighing: Weighing, health: Sequence[CheckResult]) -> list[str]:
    """What the weights are, why, and whether they can be used."""
    weights = weighing.weights
    used = weights.weights[weights.weights > 0]
    worth = f"{len(used):,} of them with a weight, worth {effective_rows(used):,.0f} equal ones"
    lines = [f"{weights.dataset}: weights by {weights.method}, {len(weights.frame):,} rows, {worth}"]
    if weighing.sources:
        lines.append("  human               1       (what others are counted against)")
        lines += [source_line(one, weights.about["metric"]) for one in weighing.sources]
        if not any(one.weight for one in weighing.sources):
            lines.append(NO_GAIN_HERE)
        lines += [f"  {source}: {why}" for source, why in weights.about.get("not_by_row", {}).items()]
        lines.append(_read(weighing))
    lines += [
        f"  {row['source']}: {row['effective_ratio']:.0%} effective, largest weight {row['largest']:.2g} times the mean"
        for row in health_of(weights).iter_rows(named=True)
        if row["effective_ratio"] < 1
    ]
    passed = sum(result.outcome is Outcome.PASS for result in health)
    lines.append(f"health: {passed} of {len(health)} checks pass")
    lines += [
        f"  {result.outcome.value}: {result.id}: {result.message}"
        for result in health
        if result.outcome is not Outcome.PASS
    ]
    return lines


def source_line(one: SourceWeight, metric: str) -> str:
    """`  ctgan  0.25  gains .012 +- .004 ...`."""
    measured = one.beside if one.weight or one.alone is None else one.alone
    if measured is None:
        return f"  {one.source:18}  0       {one.rows:,} rows; {one.reason}"
    best = measured.best
    gain = f"{best.gain:+.4f} (standard error {best.error:.4f}) in {metric} at its best weight, {best.weight:.3g}"
    return f"  {one.source:18}  {one.weight:<6.3g}  {one.rows:,} rows; {gain}{'; ' + one.reason if one.reason else ''}"


def _read(weighing: Weighing) -> str:
    about = weighing.weights.about
    return (
        f"  measured by {about['learner']} on {about['subject']}, {about['human_rows_read']:,} human rows, "
        f"{about['tried_on']}; of more human rows synthetic ones gain less"
    )
