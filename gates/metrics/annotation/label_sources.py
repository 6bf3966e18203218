"""Whose labels a machine gives: whether it agrees with one group of human annotators more than with another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.annotation.rater_groups import Ballots, RaterGroups, ballots, rater_groups
from gates.metrics.annotation.ratings import ITEMS_AT_LEAST, ratings, ratings_to_add
from gates.metrics.base.full_columns import accumulate_annotations
from gates.metrics.base.measurement import Baseline, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import HIGH, percentile_estimate, resampled
from gates.verdict import Scope, Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.data.scan.result import Scan

# 200 deals fix their 95th percentile to a tenth of its size.
DEALS = 200
_WHAT, _LABEL = "item", "label"


@dataclass(frozen=True)
class _Gap:
    """A machine beside the groups of one column, items x groups.

    machine: the share of the group's labels that are the machine's; members: of other members' that are a member's.
    """

    column: RaterGroups
    machine: Floats
    members: Floats

    def nearness(self, times: Floats | None = None) -> Floats:
        """The machine's agreement with each group over the most that the group's own allows, per draw of items.

        Whoever knows what all members mean, and they say it with a probability of p each, agrees with p of their labels and
        they with p^2 of each other's (correction for attenuation: Spearman 1904). times: draws x items.
        """
        drawn = np.ones((1, len(self.machine))) if times is None else times
        machine, members = drawn @ self.machine, drawn @ self.members
        with np.errstate(divide="ignore", invalid="ignore"):
            near: Floats = machine / np.sqrt(members * drawn.sum(axis=1, keepdims=True))
        return near

    def width(self) -> float:
        """How much nearer it is to one group than to another."""
        return float(np.ptp(self.nearness()))


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How much nearer a machine's labels are to those of one group of people than to another's, beyond chance; 0 for alike.

    Groups: levels of the slices, of the columns of declared shares and of expertise, as far as each human annotator is in
    one. Near: agreement with a member's label, over the items that two of every group labelled, corrected for how far members
    agree among themselves. Chance: annotators dealt out anew to groups as large, which also says whether the groups differ at
    all; its median is subtracted, and below its 95th percentile nothing is proven. A part per machine.
    """
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    judges = rated.judges()
    if not judges:
        return NotConfigured("no synthetic row is a rating: no machine's labels to compare with those of groups")
    columns = scan.cached(rater_groups)
    if not columns:
        return NotConfigured("no column says to which group of people an annotator belongs", 'slices = ["<column>"]')
    human = rated.by_humans()
    parts: dict[str, Part] = {}
    for name, own in judges.items():
        votes = ballots(human, own.select(_WHAT, _LABEL))
        one = _machine(votes, columns, scan.seed) if votes else _too_few(0)
        parts[name] = Part(replace(one, rows=RowCounts(human.height, own.height)))
    measured = {name: part.measurement for name, part in parts.items() if isinstance(part.measurement, Measured)}
    if not measured:
        return next(iter(parts.values())).measurement
    worst = max(measured, key=lambda name: (measured[name].estimate.high, name))
    note = f"{worst} differs most between groups: {measured[worst].note}" if len(parts) > 1 else measured[worst].note
    return replace(measured[worst], note=note, parts=parts if len(parts) > 1 else {})


def _machine(votes: Ballots, columns: list[RaterGroups], seed: int) -> Measured | Inconclusive:
    """The column of groups between which a machine's labels differ most beyond chance."""
    gaps = [gap for column in columns if (gap := _gap(votes, column, column.of(votes)))]
    if not gaps:
        return _too_few(len(votes.machine))
    rng = np.random.default_rng(seed)
    dealt = np.array([_dealt(votes, gaps, rng) for _ in range(DEALS)])
    chance = np.median(dealt, axis=0)
    beyond = np.array([gap.width() for gap in gaps]) - chance
    at = int(beyond.argmax())
    gap, usual, value = gaps[at], float(chance[at]), float(beyond[at])
    # The column that differs most is taken in each deal too, so that many columns need no further correction.
    reached = float(((dealt - chance).max(axis=1) >= value).mean())
    own = gap.nearness()[0]
    far, near = int(own.argmin()), int(own.argmax())

    def apart(times: Floats) -> Floats:
        drawn = gap.nearness(times)
        return drawn[:, near] - drawn[:, far] - usual

    items = len(gap.machine)
    estimate = percentile_estimate(value, resampled(np.ones(items, np.int64), seed, apart))
    if estimate is None:
        return _too_few(items)
    groups = " and with ".join(_agrees(gap, place) for place in (far, near))
    note = f"over {items:,} items it agrees with {groups}"
    return Measured(
        estimate,
        RowCounts(),
        baseline=Baseline(usual, p95=float(np.percentile(dealt[:, at], HIGH))),
        note=note,
        unproven=f"annotators dealt out anew to groups differ as much in {percent(reached)} of deals"
        if reached > 1 - HIGH / 100
        else "",
        evidence={one.column.name: _about(votes, one) for one in gaps} | {"deals_as_far_apart": reached},
    )


def _gap(votes: Ballots, column: RaterGroups, group: Ints) -> _Gap | None:
    """None where too few items have two labels of each group, or members of one never agree. group: of each rating's annotator."""
    machine, members = votes.agreeing(group, len(column.levels))
    is_whole = np.isfinite(members).all(axis=1)
    is_comparable = is_whole.sum() >= ITEMS_AT_LEAST and (members[is_whole] > 0).any(axis=0).all()
    return _Gap(column, machine[is_whole], members[is_whole]) if is_comparable else None


def _agrees(gap: _Gap, at: int) -> str:
    own, among = (percent(float(share[:, at].mean())) for share in (gap.machine, gap.members))
    return f"{own} of the labels of {gap.column.name}={shortened(gap.column.levels[at])}, as members do with {among} of each other's"


def _dealt(votes: Ballots, gaps: list[_Gap], rng: np.random.Generator) -> list[float]:
    """The gap between groups as large of annotators dealt out at random, of each column; 0 where they share too few items."""
    order = rng.permutation(votes.annotators)
    again = (_gap(votes, gap.column, gap.column.of(votes, order)) for gap in gaps)
    return [one.width() if one else 0.0 for one in again]


def _about(votes: Ballots, gap: _Gap) -> dict[str, object]:
    """Agreement with each group, and how far the groups' majorities agree among themselves and with the machine."""
    levels = gap.column.levels
    majority = votes.majorities(gap.column.of(votes), len(levels))
    is_whole = (majority >= 0).all(axis=1)
    about: dict[str, object] = {
        "machine_agrees": dict(zip(levels, gap.machine.mean(axis=0).tolist(), strict=True)),
        "members_agree": dict(zip(levels, gap.members.mean(axis=0).tolist(), strict=True)),
        "items": len(gap.machine),
        "items_with_majorities": int(is_whole.sum()),
    }
    if not is_whole.any():
        return about
    majority, machine = majority[is_whole], votes.machine[is_whole, None]
    apart = {
        f"{levels[one]} and {levels[other]}": float((majority[:, one] != majority[:, other]).mean())
        for one, other in combinations(range(len(levels)), 2)
    }
    pair = max(apart, key=lambda name: (apart[name], name))
    return about | {
        "differs_from_majority": dict(zip(levels, (majority != machine).mean(axis=0).tolist(), strict=True)),
        "all_majorities_agree": float((majority == majority[:, :1]).all(axis=1).mean()),
        "farthest_majorities": {pair: apart[pair]},
    }


def _too_few(items: int) -> Inconclusive:
    return Inconclusive(
        f"groups of annotators can be compared from {ITEMS_AT_LEAST} items on that a machine and two people of each "
        f"group labelled, where these two ever agree; the machine labelled {items:,} items that people did",
        undecided=Severity.INFO,
    )


METRIC = Metric(
    expectation="expect_synthetic_labels_to_represent_all_groups",
    measure=measure,
    side=Side.MAX,
    finding="A machine labels as one group of people does, and not as another",
    unit=Unit.EXTRA_NUMBER,
    asks="Whose labels are these: does a machine agree with each group of human annotators alike?",
    why=(
        "Where groups of people see things differently, a machine that stands in for all of them gives the labels of some. Its agreement with "
        "everybody together does not show it: the larger group outvotes the smaller one there too."
    ),
    source=(
        "Santurkar et al., Whose Opinions Do Language Models Reflect?, ICML 2023; Aroyo et al., DICES, NeurIPS 2023; annotators dealt out "
        "anew: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005"
    ),
    fix="Have people of the group named label the items on which it differs, or leave these items to people; say whose labels the machine gives.",
    languages_together="groups are compared over all items that they share, too few in each language to tell",
    reads="item, annotator, label, expertise and the slices of every row",
    accumulate=accumulate_annotations,
)
