"""Whether acceptance plans keep the risks that they promise, on simulated lots that are planned and counted as real ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.kept import share_interval
from gates.data.facts import ORIGIN
from gates.metrics.review.acceptance import Risks, accepted_when_bad, accepted_when_good
from gates.metrics.review.planned import ReviewRequest
from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import RowReview, tallies
from gates.review.plan import make_plan
from gates.rows.lot import Lot

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from gates.metrics.review.planned import ReviewPlan

HEADER = (
    "plan", "bad rows", "lots", "accepted", "95 % interval of it", "by the law", "rows reviewed", "of the single plan",
)  # fmt: skip
ROWS = 2_000
SHARES = (0.0, 0.01, 0.05, 0.10)


def lot(seed: int) -> Lot:
    """Rows of one origin that say each something else."""
    rng = np.random.default_rng(seed)
    digests = rng.integers(0, 2**63, size=(ROWS, 4), dtype=np.uint64)
    return Lot(pl.DataFrame({ORIGIN: ["synthetic"] * ROWS}), digests, np.arange(ROWS))


def rows(options: Namespace) -> Iterator[tuple[object, ...]]:
    """A line for each kind of plan and share of bad rows."""
    for is_sequential in (False, True):
        counts = {share: [0, 0] for share in SHARES}
        plan: ReviewPlan | None = None
        for seed in range(options.seed, options.seed + options.lots):
            drawn = lot(seed)
            request = ReviewRequest(Risks(), (), seed, double=0.0, is_sequential=is_sequential)
            plan = make_plan("lot", drawn, ["rows.csv"], request)
            names = np.array(drawn.all_shown())
            shuffled = np.random.default_rng([seed, 1]).permutation(ROWS)
            for share, count in counts.items():
                bad = set(names[shuffled[: round(share * ROWS)]])
                reviews = {task.number: RowReview(task.digest not in bad, "ana") for task in plan.tasks}
                tally = tallies(plan, reviews)[0]
                count[0] += tally.decision is LotDecision.ACCEPT
                count[1] += tally.after
        assert plan is not None
        yield from _lines(plan, counts, options.lots)


def _lines(plan: ReviewPlan, counts: dict[float, list[int]], lots: int) -> Iterator[tuple[object, ...]]:
    stratum, risks = plan.strata[0], plan.request.risks
    is_sequential = plan.request.is_sequential
    single = make_plan("lot", lot(0), ["rows.csv"], ReviewRequest(risks, (), double=0.0)).strata[0]
    for share, (accepted, reviewed) in counts.items():
        low, high = share_interval(accepted, lots)
        law = (
            plan.sequential(stratum).characteristic(share).accepted if is_sequential else stratum.single.accepted(share)
        )
        yield (
            "sequential" if is_sequential else f"single, {stratum.size} rows, at most {stratum.acceptance}",
            f"{share:.0%}", lots, f"{accepted / lots:.3f}", f"{low:.3f} to {high:.3f}", f"{law:.3f}",
            f"{reviewed / lots:.0f}", f"{reviewed / lots / single.size:.0%}",
        )  # fmt: skip
    good, bad = accepted_when_good(single.single, risks), accepted_when_bad(single.single, risks)
    assert good >= 1 - risks.producer
    assert bad <= risks.consumer
