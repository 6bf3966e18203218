"""A plan and its state in words for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import Tally, agreement, answer_of, tallies
from gates.review.judge import HALF_WIDTH, needs_before_labels
from gates.review.ppi import FEWEST_LABELS, HelpedMean
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats
    from gates.metrics.review.planned import PlannedStratum, ReviewPlan
    from gates.metrics.review.record import ReviewRecord

_WORDS = {LotDecision.ACCEPT: "ACCEPTED", LotDecision.REJECT: "REJECTED", LotDecision.OPEN: "open"}


def plan_lines(plan: ReviewPlan, left_out: Sequence[str] = ()) -> list[str]:
    """What is to be reviewed, and what that can and cannot show."""
    risks = plan.request.risks
    rows = sum(stratum.size for stratum in plan.strata)
    twice = sum(task.twin is not None for task in plan.tasks)
    lines = [f"{plan.dataset}: {counted(rows, 'row')} to review of {plan.rows:,}, {twice:,} of them by two people"]
    lines += [
        f"  {stratum.name}: {stratum.size:,} of {stratum.rows:,}, at most {stratum.acceptance:,} rejected"
        for stratum in plan.strata
    ]
    if outside := plan.rows - sum(stratum.rows for stratum in plan.strata):
        lines.append(f"  not drawn from: {counted(outside, 'row')} of another origin")
    lines += [f"  not by {name}: it has too many values for strata" for name in left_out]
    lines += ["can show", *(f"  {sentence}" for sentence in _can(plan))]
    lines += [
        "cannot show",
        "  anything about a single row that nobody reviewed, nor that a stratum has no bad row",
        f"  whether a stratum between {100 * risks.aql:g} % and {100 * risks.ltpd:g} % is good: it is accepted or not by chance",
        "  what reviewers overlook: a bad row that they accept counts as good; one that one of two people rejects is rejected",
    ]
    if len(plan.strata) > 1:
        together = math.prod(_at(plan, stratum, is_good=True) for stratum in plan.strata)
        lines.append(
            f"  that all strata are good where one is refused: {len(plan.strata)} good ones are all accepted in {_per_cent(together)}"
        )
    return lines


def status_lines(record: ReviewRecord) -> list[str]:
    """Where a review stands: per stratum the rows and the decision, then what it comes to."""
    counts = tallies(record.plan, record.reviews)
    answer = answer_of(tally.decision for tally in counts)
    lines = [f"{record.plan.dataset}: review {_WORDS[answer]}"]
    for tally, stratum in zip(counts, record.plan.strata, strict=True):
        share = tally.rejected_share()
        ended_early = record.plan.request.is_sequential and tally.decision is not LotDecision.OPEN
        after = f" after {counted(tally.after, 'row')}" if ended_early else ""
        measured = (
            f", {_per_cent(share.value)} rejected, interval {_per_cent(share.low)} to {_per_cent(share.high)}"
            if tally.reviewed
            else ""
        )
        lines.append(
            f"  {tally.stratum}: {_WORDS[tally.decision]}{after}; reviewed {tally.reviewed:,} of {stratum.size:,}, accepted {tally.accepted:,}, "
            f"rejected {tally.rejected:,} (at most {stratum.acceptance:,}), open {tally.open:,}{measured}"
        )
    if record.plan.request.is_sequential and (following := _next_task(record, counts)):
        lines.append(f"rows count in the order of their tasks, and task {following} is next")
    agreed = agreement(record.plan, record.reviews)
    if agreed.rows:
        share = agreed.share()
        lines.append(
            f"two people agree on {agreed.same:,} of {counted(agreed.rows, 'row')}, interval {_per_cent(share.low)} to {_per_cent(share.high)}"
        )
    return lines


def need_lines(judge: str, judged: Floats) -> list[str]:
    """What a judge spares, before anyone labels."""
    lines = [
        f"judge {judge} rejects {_per_cent(float(judged.mean()))} of the rows; how many labels it spares depends on how far people agree with it"
    ]
    for correlation, need in needs_before_labels(judged).items():
        lines.append(
            f"  at a correlation of {correlation:g} a share known to {100 * HALF_WIDTH:g} points takes {need.helped:,} labels "
            f"instead of {need.alone:,}"
        )
    return lines


def judge_lines(plan: ReviewPlan, judge: str, shares: Sequence[HelpedMean | None]) -> list[str]:
    """The share of rows to reject by stratum, by people and judge together."""
    lines = [f"with the judge {judge}, 95 % intervals"]
    for stratum, share in zip(plan.strata, shares, strict=True):
        if share is None:
            lines.append(f"  {stratum.name}: not before all its rows are reviewed")
            continue
        low, high = max(0.0, share.estimate.low), min(1.0, share.estimate.high)
        worth = (
            f"a label is worth {share.worth:.2f} without the judge"
            if share.tuning
            else f"the judge does not help: it does not follow people, or fewer than {FEWEST_LABELS} rows are rejected"
        )
        lines.append(
            f"  {stratum.name}: {_per_cent(max(0.0, share.estimate.value))} to reject, interval {_per_cent(low)} to {_per_cent(high)}; {worth}"
        )
    return lines


def _next_task(record: ReviewRecord, counts: Sequence[Tally]) -> int | None:
    """The first task without an answer in a stratum that is open."""
    is_open = [tally.decision is LotDecision.OPEN for tally in counts]
    waiting = (task.number for task in record.plan.tasks if is_open[task.stratum] and task.number not in record.reviews)
    return next(waiting, None)


def _can(plan: ReviewPlan) -> list[str]:
    risks = plan.request.risks
    good = min(_at(plan, stratum, is_good=True) for stratum in plan.strata)
    bad = max(_at(plan, stratum, is_good=False) for stratum in plan.strata)
    sentences = [
        f"a stratum in which at most {100 * risks.aql:g} % of the rows are to reject is accepted in {_per_cent(good)} or more",
        f"a stratum in which {100 * risks.ltpd:g} % or more are to reject is accepted in {_per_cent(bad)} or less",
    ]
    if plan.request.is_sequential:
        good_ones = (plan.sequential(one).characteristic(risks.good_share(one.rows)) for one in plan.strata)
        most = max(good.rows for good in good_ones)
        sentences.append(
            f"rows are reviewed in order, and a stratum ends early: after {most:.0f} rows on average where {100 * risks.aql:g} % are to reject"
        )
    return sentences


def _at(plan: ReviewPlan, stratum: PlannedStratum, *, is_good: bool) -> float:
    """The probability that a stratum which is just good, or just bad, is accepted."""
    risks = plan.request.risks
    return plan.accepted(stratum, risks.good_share(stratum.rows) if is_good else risks.bad_share(stratum.rows))


def _per_cent(share: float) -> str:
    return f"{100 * share:.1f} %"
