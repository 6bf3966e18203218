"""Whether synthetic preferences follow what decides human ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import (
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import STRATUM_ROWS
from gates.metrics.comparison.text_pairs import TextPairs, distinct_pairs, margins, pairs_of_words
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import HIGH, LOW, percentile_estimate, resampled
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Hashes, Mask
    from gates.data.facts import Roles
    from gates.data.scan.result import Rows, Scan

_CHOSEN, _REJECTED = "chosen", "rejected"
# Guessing is right in every other pair.
CHANCE = 0.5
# A share of what human preferences teach is a share of noise where a model of them is this near to guessing; and what such
# a model says of synthetic pairs, which all have one trait in common, is the luck of one coin.
SKILL_AT_LEAST = 0.05
# Words of two responses say which is better to within a point or two from some thousand pairs on.
PAIRS_READ = 10_000


@dataclass(frozen=True)
class _Right:
    """Of how many pairs a model prefers the response that was chosen, by group."""

    is_right: Floats
    group: Hashes

    @property
    def share(self) -> float:
        return float(self.is_right.mean())

    def draws(self, seed: int) -> Floats:
        """The share over resamples of groups."""
        names, code = np.unique(self.group, return_inverse=True)
        right, pairs = np.bincount(code, self.is_right), np.bincount(code)
        times = np.ones(len(names), dtype=np.int64)
        return resampled(times, seed, lambda counts: (counts @ right) / np.maximum(1, counts @ pairs))


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How well synthetic preferences can be predicted, as a share of how well human ones can, 1 being as well.

    A linear model of the words, word pairs and length that the chosen response has more of than the rejected one predicts
    the preferences of pairs whose prompts it has not seen. The share is (a - 1/2) / (h - 1/2), where h is the share of
    human pairs that a model of human pairs gets right, and a that of synthetic pairs, by a model of human ones or
    of synthetic ones, whichever does better: pairs about something else may need a rule of their own. Where
    the model of human pairs is right in fewer than half of the synthetic ones, beyond what chance explains, they are
    exchanged, and a is its share. Of pairs that repeat one counts. The interval resamples groups.
    """
    if not are_pairs(scan.roles):
        return NotConfigured(f"data of type {scan.roles.type} has no pairs of a chosen and a rejected response")
    human = _pairs(scan, scan.human)
    with one_thread():
        parts = {
            name: Part(_compared(human, _pairs(scan, rows), scan.seed))
            for name, rows in scan.generators.items()
            if rows.total < scan.synthetic.total and len(rows) >= STRATUM_ROWS
        }
        return replace(_compared(human, _pairs(scan, scan.synthetic), scan.seed), parts=parts)


def are_pairs(roles: Roles) -> bool:
    """Whether rows are pairs of a chosen and a rejected response."""
    return {_CHOSEN, _REJECTED} <= set(roles.bound)


def have_both(frame: pl.DataFrame) -> Mask:
    """The rows that have both responses."""
    return frame.select(pl.all_horizontal(pl.col(_CHOSEN, _REJECTED).is_not_null())).to_series().to_numpy()


def _pairs(scan: Scan, rows: Rows) -> TextPairs:
    return pairs_of_words(scan, distinct_pairs(rows, have_both(rows.frame), PAIRS_READ), *READINGS)


def _chosen(_: Roles, frame: pl.DataFrame) -> pl.Series:
    return frame[_CHOSEN].cast(pl.String).fill_null("")


def _rejected(_: Roles, frame: pl.DataFrame) -> pl.Series:
    return frame[_REJECTED].cast(pl.String).fill_null("")


# The two responses of each pair.
READINGS = (_chosen, _rejected)


def _compared(human: TextPairs, synthetic: TextPairs, seed: int) -> Measured | Inconclusive:
    rows = RowCounts(len(human), len(synthetic))
    if min(rows.human or 0, rows.synthetic or 0) < STRATUM_ROWS:
        return Inconclusive(f"a model needs {STRATUM_ROWS} distinct pairs of each origin", rows)
    theirs = _predicted(human, human, seed)
    by_human, by_own = (_predicted(taught, synthetic, seed) for taught in (human, synthetic))
    human_draws, drawn = theirs.draws(seed), by_human.draws(seed + 1)
    is_exchanged = float(np.percentile(drawn, HIGH)) < CHANCE
    ours = by_human if is_exchanged or by_human.share >= by_own.share else by_own
    evidence = {
        "human_pairs_right": theirs.share,
        "synthetic_pairs_right": {"model_of_human_pairs": by_human.share, "model_of_synthetic_pairs": by_own.share},
    }
    if float(np.percentile(human_draws, LOW)) <= CHANCE + SKILL_AT_LEAST:
        reason = f"a model of human pairs hardly predicts their preferences (right in {percent(theirs.share)})"
        return Inconclusive(f"{reason}: nothing that synthetic pairs could be held against", rows, evidence=evidence)
    draws = (drawn if ours is by_human else by_own.draws(seed + 1)) - CHANCE
    # A draw in which human preferences are chance has no share.
    shares = np.divide(draws, human_draws - CHANCE, out=np.full_like(draws, np.nan), where=human_draws > CHANCE)
    estimate = percentile_estimate((ours.share - CHANCE) / (theirs.share - CHANCE), shares)
    note = (
        f"a model of human pairs prefers what was chosen in {percent(theirs.share)} of other human pairs and in "
        f"{percent(by_human.share)} of synthetic ones, a model of synthetic pairs in {percent(by_own.share)} of these"
    )
    if estimate is None:
        return Inconclusive(note, rows, evidence=evidence)
    return Measured(estimate, rows, growth=Growth(rows_to_pass=ROWS_TO_PASS), note=note, evidence=evidence)


def _predicted(training: TextPairs, tested: TextPairs, seed: int) -> _Right:
    margin = margins(training, tested, seed)
    return _Right(np.where(margin == 0, CHANCE, margin > 0), tested.group)


METRIC = Metric(
    expectation="expect_preference_labels_to_agree_across_origins",
    measure=measure,
    side=Side.MIN,
    finding="Synthetic preferences follow nothing that decides human ones",
    asks="Is the chosen response of synthetic pairs the better one, as people see it?",
    why=(
        "A reward model learns from which response was chosen and from nothing else. Where a judge guessed, or the two columns were "
        "exchanged, every text is sound and what they teach is noise, or the opposite."
    ),
    source="Bradley & Terry, Biometrika 39 (1952) 324-345; Wang et al., Secrets of RLHF II: Reward Modeling, 2024 (a tenth to a half of preferences exchanged)",
    fix="Have people judge a sample of the synthetic pairs without seeing which was chosen; where they disagree in half of them, judge all anew, and look for exchanged columns.",
    undecided=Severity.WARNING,
    languages_together="what decides preferences is learned from all pairs: of 300 pairs of one language, two in five measurements stay open",
    reads="10,000 pairs of the sample of each origin and generator",
)
