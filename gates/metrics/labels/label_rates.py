"""Whether labels are as frequent in each group among synthetic rows as among people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import (
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Side
from gates.metrics.labels.labels import Classes, classes, labelled
from gates.metrics.stats.paired_draws import draws, excess
from gates.metrics.stats.strata import STRATUM_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gates.data.arrays import Ints
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

EVIDENCE_GROUPS = 10


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Excess distance of label shares in the worst group, in [-1, 1].

    Total variation distance between labels of people and of synthetic rows within each level of each slice that has 300
    labelled rows of both origins, less that between two halves of people. The maximum over groups is taken inside each
    draw, so that many groups need no further correction.
    """
    known = scan.cached(classes)
    if isinstance(known, Measurement):
        return known
    if not scan.roles.slices:
        return NotConfigured("no groups are declared", 'slices = ["<column>"]')
    human = labelled(scan.human, known)
    makers = {name: rows for name, rows in scan.generators.items() if len(rows) >= STRATUM_ROWS}
    whole = _worst(scan, known, human, labelled(scan.synthetic, known))
    if scan.declared.extends_human_law:
        return ReportOnly(whole, 'synthetic_role = "extend" does not promise people\'s label shares')
    parts = {name: Part(_worst(scan, known, human, labelled(rows, known))) for name, rows in makers.items()}
    return replace(whole, parts=parts)


def _worst(scan: Scan, known: Classes, human: Rows, synthetic: Rows) -> Measured | Inconclusive | Failed:
    groups = _groups(scan.roles.slices, human, synthetic)
    sizes = len(human), len(synthetic)
    if not groups:
        reason = f"no level of {', '.join(sorted(scan.roles.slices))} has {STRATUM_ROWS} labelled rows of both origins"
        return Inconclusive(reason, RowCounts(*sizes))
    drawn = {name: _distances(known, *sides, scan.seed) for name, sides in groups.items()}
    # Where rows come in groups, a draw may leave a side empty and is then missing.
    count = min(len(cross) for cross, _ in drawn.values())
    cross, null = (np.array([pair[at][:count] for pair in drawn.values()]) for at in (0, 1))
    if not count:
        return excess(np.empty(0), np.empty(0), *sizes)
    gap = np.median(cross - null, axis=1)
    names = list(groups)
    order = np.argsort(-gap, kind="stable")
    worst = names[order[0]]
    mine, theirs = groups[worst]
    found = excess(cross.max(axis=0), null.max(axis=0), len(mine), len(theirs))
    evidence = {
        "label": known.column,
        "groups": len(groups),
        "worst_groups": {names[at]: float(gap[at]) for at in order[:EVIDENCE_GROUPS]},
    }
    return replace(found, note=_note(known, worst, mine, theirs), evidence=evidence)


def _groups(slices: tuple[str, ...], human: Rows, synthetic: Rows) -> dict[str, tuple[Rows, Rows]]:
    """The rows of both origins by level of a slice, `language=en`, where both have rows enough."""
    found = {}
    for column in sorted(slices):
        mine, theirs = (rows.frame[column].cast(pl.String) for rows in (human, synthetic))
        for level in mine.drop_nulls().unique().sort().to_list():
            masks = [(side == level).fill_null(value=False).to_numpy() for side in (mine, theirs)]
            if min(int(mask.sum()) for mask in masks) >= STRATUM_ROWS:
                found[f"{column}={level}"] = human.where(masks[0]), synthetic.where(masks[1])
    return found


def _distances(
    known: Classes, human: Rows, synthetic: Rows, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Distances of people to synthetic rows and to other people, per draw."""
    mine, theirs = known.codes(human.frame), known.codes(synthetic.frame)
    pairs = []
    for draw in draws(human, synthetic, seed):
        first = _shares(mine[draw.human_a], known)
        others = _shares(theirs[draw.synthetic], known), _shares(mine[draw.human_b], known)
        pairs.append([np.abs(first - other).sum() / 2 for other in others])
    both = np.array(pairs).reshape(len(pairs), 2)
    return both[:, 0], both[:, 1]


def _shares(codes: Ints, known: Classes) -> npt.NDArray[np.float64]:
    return np.bincount(codes, minlength=len(known.names)) / max(1, len(codes))


def _note(known: Classes, group: str, human: Rows, synthetic: Rows) -> str:
    mine, theirs = (_shares(known.codes(rows.frame), known) for rows in (human, synthetic))
    at = int(np.argmax(np.abs(mine - theirs)))
    return f"in {group}, '{known.names[at]}' is {mine[at]:.1%} of human labels, {theirs[at]:.1%} of synthetic ones"


METRIC = Metric(
    expectation="expect_label_rates_by_group_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Labels are not as frequent in each group as in human rows",
    asks="Is each label as frequent in each group as it is among people?",
    why=(
        "Generators repeat what is usual: they give the common label to a group more often than people do, and a model trained on it treats "
        "the group accordingly. Over all rows the rates may match while two groups' errors cancel."
    ),
    source="Wyllie, Shumailov & Papernot, Fairness Feedback Loops, FAccT 2024; total variation distance",
    fix="Condition the generator on group and label together, or reweight the group named to people's label shares.",
    languages_together='groups are looked at one by one: with slices = ["language"] each language is one',
    reads="the sample",
)
