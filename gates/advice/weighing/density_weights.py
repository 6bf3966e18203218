"""A weight for each row of a source by how much it looks like human rows, where that was shown to help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from gates.advice.weighing.weights import effective_rows
from gates.advice.worth.guarded_weight import Weighted, apart_from, mean_of_units, tested_units
from gates.metrics.comparison.classifiers import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.advice.material import Material
    from gates.advice.weighing.source_weights import SourceWeight
    from gates.data.arrays import Floats, Ints

# A row that counts twenty times the mean is trimmed: one row would stand for twenty.
RATIO_AT_MOST = 20.0
# Where so few rows of a source carry its weight, estimates from it are nearly twice as wide as from equal weights.
EFFECTIVE_AT_LEAST = 0.3
# Weights by row mostly harm (of five generators of census rows they helped one): what speaks for them has to be surer than for
# a weight of the whole source, which is one number.
ERRORS_AT_LEAST = 2.0


@dataclass(frozen=True)
class DensityWeights:
    """Weights of a source's rows, and what they gained in loss on held-out human rows over equal ones. reason: why they are not used."""

    weights: Floats
    gain: float
    error: float
    reason: str = ""


def density_weights(material: Material, source: SourceWeight, beside: Weighted, seed: int) -> DensityWeights:
    """Ratios of densities of human to synthetic rows, by a classifier that has not seen the row; used where a paired gain is shown.

    In each trial a model of human rows and of the source with equal weights is set against one with
    ratios that the tested rows had no part in; where the source counts nothing, a model without it, and with ratios around the weight
    that fared best. beside: rows of other sources.
    Sugiyama, Suzuki & Kanamori, Density Ratio Estimation in Machine Learning, 2012, section 4.
    """
    examples, human, made = material.examples, material.human, material.sources[source.source]
    weight = source.weight or (source.alone.best.weight if source.alone else 0.0)
    trials = material.to_try(seed).trials(examples)
    gains = []
    for trial in trials:
        own = apart_from(examples, Weighted(made, np.ones(len(made))), trial.test).rows
        others = apart_from(examples, beside, trial.test)
        rows = np.r_[trial.train, others.rows, own]
        counted = np.r_[np.ones(len(trial.train)), others.weights]
        ratios = _ratios(material, trial.train, own, seed)
        equal, by_row = (np.r_[counted, one] for one in (np.full(len(own), source.weight), weight * ratios))
        gains.append(examples.losses(rows, equal, trial.test) - examples.losses(rows, by_row, trial.test))
    gain, error = mean_of_units(np.concatenate(gains), tested_units(examples, trials))
    ratios = _ratios(material, human, made, seed)
    return DensityWeights(weight * ratios, gain, error, _why_not(gain, error, ratios))


def weights_by_row(
    material: Material, weighed: Sequence[SourceWeight], seed: int
) -> tuple[dict[int, float], dict[str, str]]:
    """The weight of each row, by its id, of the sources whose rows differ; and of all others why their rows count the same.

    A source of which not every row is read has rows that nothing was measured of. One that counts nothing as a whole may hold rows that help.
    """
    weights: dict[int, float] = {}
    refused: dict[str, str] = {}
    for one in weighed:
        if one.alone is None:
            continue
        rows = material.sources[one.source]
        if len(rows) < one.rows:
            refused[one.source] = f"no weights per row: {len(rows):,} of its {one.rows:,} rows are read"
            continue
        others = [other for other in weighed if other.weight and other is not one and other.alone is not None]
        measured = density_weights(material, one, _counted(material, others), seed)
        if measured.reason:
            refused[one.source] = f"{measured.reason} ({measured.gain:+.4f}, standard error {measured.error:.4f})"
            continue
        ids = material.blocks[one.source].row_id[rows - material.starts[one.source]]
        weights |= dict(zip(ids.tolist(), measured.weights.tolist(), strict=True))
    return weights, refused


def _counted(material: Material, sources: Sequence[SourceWeight]) -> Weighted:
    """The rows of these sources with their weights."""
    rows = [material.sources[one.source] for one in sources]
    weights = np.repeat(np.array([one.weight for one in sources]), list(map(len, rows)))
    return Weighted(np.concatenate([np.empty(0, dtype=np.int64), *rows]), weights.astype(np.float64))


def _why_not(gain: float, error: float, ratios: Floats) -> str:
    if gain <= ERRORS_AT_LEAST * error:
        return "no weights per row: no gain shown"
    share = effective_rows(ratios) / len(ratios)
    return f"no weights per row: {share:.0%} of the rows would carry them" if share < EFFECTIVE_AT_LEAST else ""


def _ratios(material: Material, human: Ints, made: Ints, seed: int) -> Floats:
    """Of each row, by a classifier of the other half of the rows; trimmed, mean 1."""
    rng = np.random.default_rng([seed, len(made)])
    mine, theirs = (np.array_split(rng.permutation(len(rows)), 2) for rows in (human, made))
    ratios = np.empty(len(made))
    for at in range(2):
        train = np.r_[human[mine[1 - at]], made[theirs[1 - at]]]
        is_human = np.repeat([1, 0], [len(mine[1 - at]), len(theirs[1 - at])]).astype(np.int8)
        _, scores = material.examples.model.class_scores(train, is_human, made[theirs[at]])
        like = expit(scores[:, 1]) if isinstance(material.examples.model, Texts) else scores[:, 1]
        prior = len(theirs[1 - at]) / max(1, len(mine[1 - at]))
        ratios[theirs[at]] = prior * like / np.maximum(1 - like, 1e-9)
    trimmed: Floats = np.clip(ratios / max(float(ratios.mean()), 1e-9), 1 / RATIO_AT_MOST, RATIO_AT_MOST)
    mean_one: Floats = trimmed / trimmed.mean()
    return mean_one
