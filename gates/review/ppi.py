"""Prediction-powered inference: a mean of human labels, helped by a machine judge that has labelled everything.

However wrong the judge is, the interval holds: human labels correct it. The better it follows them, the narrower it is.
Angelopoulos, Duchi & Zrnic, PPI++: Efficient Prediction-Powered Inference, 2023, arXiv 2311.01453, section 6 (power tuning).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from gates.errors import MetricError, UsageError
from gates.metrics.base.measurement import Estimate
from gates.metrics.stats.intervals import wilson

if TYPE_CHECKING:
    from gates.data.arrays import Floats

CONFIDENCE = 0.95
# Below so many labels of either kind a normal interval of a share is too short; the score interval is not. A usual rule:
# Brown, Cai & DasGupta, Statistical Science 16 (2001) 101-133, who have it at 10 and still find it wanting below.
# And a slope, a mean and a variance of what is left are not learned from fewer labels.
FEWEST_LABELS = 10


@dataclass(frozen=True)
class HelpedMean:
    """A mean with its interval.

    tuning: how far the judge is followed, in [0, 1]; 0 where it is not. worth: how many labels without a judge one label
    with it is worth, at this number of rows; 1 where it does not help.
    """

    estimate: Estimate
    tuning: float
    worth: float


def helped_mean(labels: Floats, judged: Floats, others: Floats, confidence: float = CONFIDENCE) -> HelpedMean:
    """The mean of human labels over the law that all rows come from.

    labels, judged: what people and the judge say of the same n rows, drawn at random. others: what the judge says of N
    other rows. The estimate is mean(labels) - t (mean(judged) - mean(others)), t = cov / ((1 + n/N) var) cut to [0, 1];
    its interval is by Student's law, as t was estimated too. With fewer than 10 labels, or fewer than 10 of either kind where
    they are of two kinds, and where the judge says the same of all rows, it is the interval without a judge: the score
    interval of a share. Raises MetricError without labels, for labels and judgements of two lengths, and for NaN.
    """
    _refuse(labels, judged, others)
    n, rows = len(labels), len(others)
    is_enough = rows > 0 and n >= FEWEST_LABELS and not _is_rare(labels)
    tuning = _tuning(labels, judged, others) if is_enough else 0.0
    if not tuning:
        return HelpedMean(_unhelped(labels, confidence), 0.0, 1.0)
    value = float(labels.mean() - tuning * (judged.mean() - others.mean()))
    pooled = float(np.var(np.concatenate([judged, others]), ddof=1))
    # Of what the judge leaves two numbers are estimated: a mean and a slope.
    variance = float(np.var(labels - tuning * judged)) / (n - 2) + tuning**2 * pooled / rows
    half = float(stdtrit(n - 2, 0.5 + confidence / 2)) * math.sqrt(variance)
    alone = float(np.var(labels, ddof=1)) / n
    return HelpedMean(
        Estimate(value, value - half, value + half), tuning, max(1.0, alone / variance) if variance else math.inf
    )


@dataclass(frozen=True)
class LabelNeed:
    """How many human labels an interval takes, without a judge and with it."""

    alone: int
    helped: int


def labels_needed(
    spread: float, half_width: float, correlation: float, rows: int, confidence: float = CONFIDENCE
) -> LabelNeed:
    """How many labels an interval of a half width takes, known before anyone labels.

    spread: standard deviation of the labels, sqrt(p (1 - p)) for a share. correlation: of labels and judgements. rows: how
    many rows the judge has labelled in all. With n labels of N rows and the best tuning the variance is
    spread^2/n (1 - correlation^2 (N - n)/N), which is solved for n; as N grows, a label is worth 1 / (1 - correlation^2).
    Raises UsageError for numbers outside of their ranges.
    """
    if not (spread > 0 and half_width > 0 and -1 <= correlation <= 1 and rows >= 1 and 0 < confidence < 1):
        raise UsageError("expected spread > 0, half width > 0, correlation in [-1, 1], rows >= 1, confidence in (0, 1)")
    alone = (float(ndtri(0.5 + confidence / 2)) * spread / half_width) ** 2
    # A judge that contradicts people is not followed.
    square = max(0.0, correlation) ** 2
    # n = alone (1 - square (rows - n) / rows), which is linear in n.
    helped = alone * (1 - square) / (1 - alone * square / rows) if alone * square < rows else alone
    return LabelNeed(math.ceil(alone - 1e-9), math.ceil(min(helped, alone) - 1e-9))


def _refuse(labels: Floats, judged: Floats, others: Floats) -> None:
    if len(labels) != len(judged):
        raise MetricError(f"{len(labels):,} labels and {len(judged):,} judgements of the same rows: expected as many")
    if not len(labels) or (len(labels) == 1 and not _is_two_valued(labels)):
        raise MetricError(f"{len(labels):,} labels: expected some, and two at least where they are numbers")
    if not all(np.isfinite(numbers).all() for numbers in (labels, judged, others)):
        raise MetricError("labels and judgements: expected numbers, and some are NaN or infinite")


def _tuning(labels: Floats, judged: Floats, others: Floats) -> float:
    n, rows = len(labels), len(others)
    variance = float(np.var(np.concatenate([judged, others]), ddof=1))
    if not variance:
        return 0.0
    covariance = float(np.cov(labels, judged)[0, 1])
    return min(1.0, max(0.0, covariance / ((1 + n / rows) * variance)))


def _is_two_valued(labels: Floats) -> bool:
    return bool(np.isin(labels, (0.0, 1.0)).all())


def _is_rare(labels: Floats) -> bool:
    return _is_two_valued(labels) and min(labels.sum(), len(labels) - labels.sum()) < FEWEST_LABELS


def _unhelped(labels: Floats, confidence: float) -> Estimate:
    if _is_two_valued(labels):
        return wilson(float(labels.sum()), len(labels), confidence)
    value, n = float(labels.mean()), len(labels)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * math.sqrt(float(np.var(labels, ddof=1)) / n)
    return Estimate(value, value - half, value + half)
