"""Whether labels are as frequent in each group among synthetic rows as among human rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import (
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import draws, excess, worst_excess
from gates.metrics.comparison.strata import STRATUM_ROWS, generator_parts, levels_of_both
from gates.metrics.labels.labels import Classes, classes, labelled
from gates.metrics.limits.wording import percent
from gates.metrics.stats.shares import shares, total_variation
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

EVIDENCE_GROUPS = 10


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Excess distance of label shares in the worst group, in [-1, 1].

    Total variation distance between labels of human and of synthetic rows within each level of each slice that has 300
    labelled rows of both origins, less that between two halves of the human rows. The maximum over groups is taken inside each
    draw, so that many groups need no further correction.
    """
    scheme = scan.cached(classes)
    if isinstance(scheme, Measurement):
        return scheme
    if not scan.roles.slices:
        return NotConfigured("no slices are declared", 'slices = ["<column>"]')
    human = labelled(scan.human, scheme)
    whole = _worst(scan, scheme, human, labelled(scan.synthetic, scheme))
    if scan.declared.extends_human_law:
        return ReportOnly(whole, 'synthetic_role = "extend" does not promise the human label shares')
    return replace(whole, parts=generator_parts(scan, lambda rows: _worst(scan, scheme, human, labelled(rows, scheme))))


def _worst(scan: Scan, scheme: Classes, human: Rows, synthetic: Rows) -> Measured | Inconclusive | Failed:
    groups = _groups(scan.roles.slices, human, synthetic)
    sizes = RowCounts(len(human), len(synthetic))
    if not groups:
        reason = f"no level of {', '.join(sorted(scan.roles.slices))} has {STRATUM_ROWS} labelled rows of both origins"
        return Inconclusive(reason, sizes)
    drawn = [_distances(scheme, *sides, scan.seed) for sides in groups.values()]
    # Where rows come in groups, a draw may leave a side empty and is then missing.
    count = min(map(len, drawn))
    if not count:
        return excess(np.empty(0), np.empty(0), sizes)
    cross, null = np.array([pairs[:count] for pairs in drawn]).T
    names = list(groups)
    measured, gap, order = worst_excess(cross, null, sizes)
    worst = names[order[0]]
    mine, theirs = groups[worst]
    evidence = {
        "label": scheme.column,
        "groups": len(groups),
        "worst_groups": {names[at]: float(gap[at]) for at in order[:EVIDENCE_GROUPS]},
    }
    rows = RowCounts(len(mine), len(theirs))
    return replace(measured, rows=rows, note=_note(scheme, worst, mine, theirs), evidence=evidence)


def _groups(slices: tuple[str, ...], human: Rows, synthetic: Rows) -> dict[str, tuple[Rows, Rows]]:
    """The rows of both origins by level of a slice, `language=en`, where both have rows enough."""
    return {
        f"{column}={level}": (human.where(mine), synthetic.where(theirs))
        for column in sorted(slices)
        for level, mine, theirs in levels_of_both(human.frame[column], synthetic.frame[column])
    }


def _distances(scheme: Classes, human: Rows, synthetic: Rows, seed: int) -> list[tuple[float, float]]:
    """Distances of human rows to synthetic and to other human rows, per draw."""
    mine, theirs, size = scheme.codes(human.frame), scheme.codes(synthetic.frame), len(scheme.names)
    pairs = []
    for draw in draws(human, synthetic, seed):
        first, other = shares(mine[draw.human_a], size), shares(mine[draw.human_b], size)
        pairs.append((total_variation(first, shares(theirs[draw.synthetic], size)), total_variation(first, other)))
    return pairs


def _note(scheme: Classes, group: str, human: Rows, synthetic: Rows) -> str:
    mine, theirs = (shares(scheme.codes(rows.frame), len(scheme.names)) for rows in (human, synthetic))
    at = int(np.argmax(np.abs(mine - theirs)))
    return f"in {shortened(group)}, '{shortened(scheme.names[at])}' is {percent(mine[at])} of human labels, {percent(theirs[at])} of synthetic ones"


METRIC = Metric(
    expectation="expect_label_rates_by_group_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Labels are not as frequent in each group as in human rows",
    unit=Unit.EXTRA_NUMBER,
    asks="Is each label as frequent in each group as among the human rows?",
    why=(
        "Generators repeat what is usual: they give the common label to a group more often than people do, and a model trained on it treats "
        "the group accordingly. Over all rows the rates may match while two groups' errors cancel."
    ),
    source="Wyllie, Shumailov & Papernot, Fairness Feedback Loops, FAccT 2024; total variation distance",
    fix="Condition the generator on group and label together, or reweight the group that differs most to the human label shares.",
    languages_together='groups are looked at one by one: with slices = ["language"] each language is one',
    reads="the sample",
)
