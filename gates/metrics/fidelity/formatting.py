"""Whether formatting alone tells who made a text: the excess AUC of the worst single feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.text.formatting import FEATURES, common_window, formatting_features
from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import Draw, draws, excess, worst_excess
from gates.metrics.comparison.strata import Sides, compare_variety

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

# A feature that fewer rows carry is an accident of the sample.
ROWS_AT_LEAST = 10
EVIDENCE_FEATURES = 5
# The code of a text that has no place for the feature to show.
ABSENT = -1


@dataclass(frozen=True)
class _Feature:
    """One feature of one text column, its values replaced by their ranks among `levels` distinct values."""

    name: str
    fix: str
    human: Ints
    synthetic: Ints
    levels: int


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Excess over two human halves of the AUC that the most telling formatting feature gives, in [-.5, .5].

    The maximum over features is taken inside each draw, so that many features need no further correction.
    """
    if not scan.roles.texts:
        return NotConfigured('the dataset has no texts: set type = "text" for a dataset of texts')
    return compare_variety(scan, lambda sides: _compare(scan, sides), less_is_worse=False)


def feature_auc(first: Ints, second: Ints, levels: int) -> float:
    """AUC with which a feature's ranks tell two sets of texts apart, in [.5, 1]; ties count half.

    Texts without a place for the feature to show (ABSENT) tell nothing: the AUC among the others is drawn to .5 by the
    smaller share of texts that show it.
    """
    shown = [side[side != ABSENT] for side in (first, second)]
    if not len(shown[0]) or not len(shown[1]):
        return 0.5
    mine, theirs = (np.bincount(side, minlength=levels) / len(side) for side in shown)
    area = float(np.sum(theirs * (np.cumsum(mine) - mine / 2)))
    return 0.5 + abs(area - 0.5) * min(len(shown[0]) / len(first), len(shown[1]) / len(second))


def _compare(scan: Scan, sides: Sides) -> Measured | Failed:
    human, synthetic = sides.human, sides.synthetic
    made = draws(human, synthetic, sides.seed)
    features = [feature for column in scan.roles.texts for feature in _features(human, synthetic, column)]
    if not features or not made:
        return excess(np.zeros(len(made)), np.zeros(len(made)), sides.counts)
    cross, null = np.moveaxis(np.array([_areas(feature, made) for feature in features]), 0, 2)
    measured, _, order = worst_excess(cross, null, sides.counts)
    worst = features[order[0]]
    area = float(np.median(cross[:, order[0]]))
    note = f"'{worst.name}' tells the origin with AUC {area:.2f}: {worst.fix}"
    evidence = {
        "auc_of_features": {features[at].name: float(np.median(cross[:, at])) for at in order[:EVIDENCE_FEATURES]}
    }
    return replace(measured, note=note, evidence=evidence)


def _areas(feature: _Feature, made: list[Draw]) -> list[list[float]]:
    """Of human against synthetic and against other human rows, a number per draw."""
    firsts = [feature.human[draw.human_a] for draw in made]
    others = [feature.synthetic[draw.synthetic] for draw in made], [feature.human[draw.human_b] for draw in made]
    return [[feature_auc(*pair, feature.levels) for pair in zip(firsts, side, strict=True)] for side in others]


def _features(human: Rows, synthetic: Rows, column: str) -> list[_Feature]:
    """The features that at least ten rows of this text column carry."""
    mine, theirs = human.frame[column], synthetic.frame[column]
    window = common_window(mine, theirs)
    values = np.concatenate([formatting_features(mine, window), formatting_features(theirs, window)])
    features = []
    for feature, value in zip(FEATURES, values.T, strict=True):
        shown = ~np.isnan(value)
        levels, ranks, counts = np.unique(value[shown], return_inverse=True, return_counts=True)
        if counts.sum() - counts.max(initial=0) < ROWS_AT_LEAST:
            continue
        codes = np.full(len(value), ABSENT, np.int64)
        codes[shown] = ranks
        name = feature.name if column == "text" else f"{feature.name} in {column}"
        features.append(_Feature(name, feature.fix, codes[: len(mine)], codes[len(mine) :], len(levels)))
    return features


METRIC = Metric(
    expectation="expect_formatting_to_not_tell_origin",
    measure=measure,
    side=Side.MAX,
    finding="Formatting tells synthetic texts from human texts",
    unit=Unit.EXTRA_NUMBER,
    asks="Does formatting, such as white space, quotes or markup, tell which texts are human?",
    why=(
        "A model trained on such data learns the pipeline's artefact in place of the task, and every check of content is "
        "blurred by it. Every output in the self-instruct set begins with white space and no human answer does: AUC 1.0."
    ),
    source="AUC by the Mann-Whitney statistic with ties, paired human half-splits as baseline",
    fix="Do what the message says for the feature it names, to the texts of both origins, and check again.",
    reads="the sample",
)
