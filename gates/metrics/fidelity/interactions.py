"""Whether three columns hang together as in human rows, where no two of them show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.languages import ROWS_TO_JUDGE_ALONE
from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.comparison.encoding import Coded, ColumnKind, Feature
from gates.metrics.comparison.paired_draws import draws, worst_excess
from gates.metrics.stats.threads import one_thread

if TYPE_CHECKING:
    from gates.data.arrays import Codes, Floats, Ints
    from gates.metrics.comparison.strata import Sides

# 4,060 triples of 30 indicators over 20 draws of 5,000 rows take two seconds.
INDICATORS_AT_MOST = 30
DRAW_COUNT, ROWS_PER_DRAW = 20, 5000
# Of a rarer indicator the third moment is that of a few rows.
SHARE_AT_LEAST = 0.1
LEVELS_AT_MOST = 3
COLUMNS_AT_LEAST = 3
EVIDENCE_TRIPLES = 5
FEW_ROWS = f"how three columns hang together rests on single rows where there are fewer than {ROWS_TO_JUDGE_ALONE} of an origin"


@dataclass(frozen=True)
class _Indicator:
    """Whether a feature has a level, or lies above a number."""

    feature: str
    level: int
    is_above: bool

    def of(self, codes: Codes) -> Floats:
        """The indicator in units of its own standard deviation; zeros where it is constant."""
        given = (codes > self.level if self.is_above else codes == self.level).astype(np.float64)
        scale = given.std()
        return (given - given.mean()) / scale if scale > 0 else np.zeros(len(given))


def interactions(sides: Sides) -> Measurement:
    """Excess difference of the worst third moment of three columns, each as above its median or as having a frequent level.

    The third central moment is 0 where the third column says nothing about how two others go together, whatever each pair
    does (Bahadur, Studies in Item Analysis and Prediction, 1961). Medians and levels are those of the human rows.
    """
    features = sides.human_codes.features
    if len(features) < COLUMNS_AT_LEAST:
        return NotConfigured("fewer than three comparable columns: there is no triple to compare")
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=ROWS_PER_DRAW)
    indicators = _indicators(sides.human_codes)
    triples = _triples(indicators)
    if not made or not len(triples):
        return Failed(rows=sides.counts) if not made else NotConfigured("no three columns vary enough to be compared")
    cross, null = np.empty((len(made), len(triples))), np.empty((len(made), len(triples)))
    # Small matrices: on a busy machine the threads of BLAS wait for each other ten times longer than they work.
    with one_thread("blas"):
        for row, draw in enumerate(made):
            halves = (
                (sides.human_codes, draw.human_a),
                (sides.human_codes, draw.human_b),
                (sides.synthetic_codes, draw.synthetic),
            )
            first, other, theirs = (_moments(indicators, codes, rows, triples) for codes, rows in halves)
            cross[row], null[row] = np.abs(theirs - first), np.abs(other - first)
    worst, gap, order = worst_excess(cross, null, sides.counts)
    shown = {_named(indicators, triples[at]): float(gap[at]) for at in order[:EVIDENCE_TRIPLES]}
    described = replace(worst, note=f"worst three columns {next(iter(shown))}", evidence={"worst_triples": shown})
    few = min(len(sides.human), len(sides.synthetic)) < ROWS_TO_JUDGE_ALONE
    return replace(described, unproven=FEW_ROWS) if few and isinstance(described, Measured) else described


def _named(indicators: list[_Indicator], triple: Ints) -> str:
    one, two, three = (f"'{indicators[at].feature}'" for at in triple)
    return f"{one}, {two} and {three}"


def _indicators(human: Coded) -> list[_Indicator]:
    """The first of each column, then the second, as many as are compared."""
    each = [_of_feature(feature, human.codes[feature.name]) for feature in human.features]
    listed = [one for one in chain.from_iterable(zip_longest(*each)) if one is not None]
    return listed[:INDICATORS_AT_MOST]


def _of_feature(feature: Feature, codes: Codes) -> list[_Indicator]:
    counts = np.bincount(codes, minlength=feature.size)
    frequent = [int(code) for code in np.argsort(-counts, kind="stable")[:LEVELS_AT_MOST]]
    made = [_Indicator(feature.name, code, is_above=False) for code in frequent]
    if feature.kind is ColumnKind.NUMERIC:
        made = [
            _Indicator(feature.name, int(code), is_above=True) for code in np.quantile(codes, [0.5], method="lower")
        ]
    shares = [float((codes > one.level if one.is_above else codes == one.level).mean()) for one in made]
    return [one for one, share in zip(made, shares, strict=True) if SHARE_AT_LEAST <= share <= 1 - SHARE_AT_LEAST]


def _triples(indicators: list[_Indicator]) -> Ints:
    """Positions of three indicators of three columns."""
    names = [one.feature for one in indicators]
    count = range(len(names))
    return np.array(
        [
            (one, two, three)
            for one in count
            for two in count[one + 1 :]
            for three in count[two + 1 :]
            if len({names[one], names[two], names[three]}) == COLUMNS_AT_LEAST
        ],
        dtype=np.int64,
    ).reshape(-1, COLUMNS_AT_LEAST)


def _moments(indicators: list[_Indicator], codes: Coded, rows: Ints, triples: Ints) -> Floats:
    values = np.stack([one.of(codes.codes[one.feature][rows]) for one in indicators])
    count = len(values)
    moments = np.empty((count, count, count))
    for at in range(count):
        # Of a triple the later two stand behind the first.
        later = values[at + 1 :]
        moments[at, at + 1 :, at + 1 :] = (later * values[at]) @ later.T
    return moments[triples[:, 0], triples[:, 1], triples[:, 2]] / len(rows)
