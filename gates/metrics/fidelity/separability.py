"""Whether a classifier tells synthetic rows from human ones better than it tells two halves of these apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Failed, Inconclusive, Measured, Measurement
from gates.metrics.base.metric import Metric, Side, Unit
from gates.metrics.base.text_samples import tokens_of
from gates.metrics.fidelity.telltale_features import telling_columns, telling_in_model, telling_words
from gates.metrics.stats.classifiers import Table, Texts, cross_validated_auc, one_thread, table_of, texts_of
from gates.metrics.stats.paired_draws import draws, excess
from gates.metrics.stats.strata import STRATUM_ROWS, Sides, compare_by_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Hashes, Ints
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# Ten draws, twenty permutations, 1,000 rows a side fit the budget of ten seconds on one core.
DRAW_COUNT = 10
PERMUTATION_COUNT = 20
ROWS_A_SIDE = 1000
# A linear model on words reaches AUC .9 on machine-written essays from 100 texts a side, which draws of halves have.
TEXTS_AT_LEAST = 200
EVIDENCE_FEATURES = 5


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """AUC of human against synthetic rows minus AUC of human against other human rows, in [-1, 1].

    Classifier two-sample test with folds by group. It measures the whole set; it never says of one row who wrote it.
    """
    with one_thread():
        return compare_by_role(scan, lambda sides: _compare(scan, sides))


def _compare(scan: Scan, sides: Sides) -> Measured | Inconclusive | Failed:
    n_human, n_synthetic = len(sides.human), len(sides.synthetic)
    least = TEXTS_AT_LEAST if scan.roles.texts else STRATUM_ROWS
    if min(n_human, n_synthetic) < least:
        reason = f"a classifier needs {least} distinct rows of each origin; there are {n_human:,} human and {n_synthetic:,} synthetic"
        alone = _strongest(_single_features(scan, sides))
        return Inconclusive(reason, sides.counts, note=_note(alone), evidence={"telling": alone})
    model = _model(scan, sides)
    telling = _strongest(
        telling_in_model(model, sides.human_codes, sides.synthetic_codes, sides.seed)
        if isinstance(model, Table)
        else _single_features(scan, sides)
    )
    evidence: dict[str, object] = {"telling": telling}
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=ROWS_A_SIDE)
    if not made:
        return Failed(rows=sides.counts, evidence=evidence)
    group = np.concatenate([sides.human.group, sides.synthetic.group])
    pairs = [np.concatenate([draw.human_a, draw.synthetic + n_human]) for draw in made]
    cross = np.array([_area(model, rows, group, sides.seed) for rows in pairs])
    null = np.array([_area(model, np.concatenate([draw.human_a, draw.human_b]), group, sides.seed) for draw in made])
    measured = excess(cross, null, sides.counts)
    if isinstance(measured, Failed):
        return replace(measured, evidence=evidence)
    low, high = np.percentile(_permuted(model, pairs, group, sides.seed), (5, 95))
    area = float(np.median(cross))
    if area < low:
        reason = f'AUC {area:.3f} lies below chance ({low:.3f}): rows of the two origins are paired or near copies: look at the copy checks, or declare group = "<column>"'
        return Inconclusive.in_spite_of(replace(measured, evidence=evidence), reason)
    evidence["auc"] = area
    baseline = replace(measured.baseline, p95=float(high)) if measured.baseline else None
    note = "; ".join(clause for clause in (f"AUC {area:.3f}", _note(telling)) if clause)
    return replace(measured, baseline=baseline, note=note, evidence=evidence)


def _model(scan: Scan, sides: Sides) -> Table | Texts:
    if not scan.roles.texts:
        return table_of(sides.human_codes, sides.synthetic_codes)
    stream = tokens_of(scan, np.concatenate([sides.human.row_id, sides.synthetic.row_id]))
    return texts_of(stream, sides.human_codes, sides.synthetic_codes)


def _area(model: Table | Texts, rows: Ints, group: Hashes, seed: int, rng: np.random.Generator | None = None) -> float:
    """Area between the two halves of `rows`. rng: deals the labels out at random."""
    labels = np.repeat(np.array([0, 1], dtype=np.int8), len(rows) // 2)
    return cross_validated_auc(model, rows, rng.permutation(labels) if rng else labels, group[rows], seed)


def _permuted(model: Table | Texts, pairs: list[Ints], group: Hashes, seed: int) -> list[float]:
    """Areas with labels dealt out at random: what chance gives with these rows and this model."""
    rng = np.random.default_rng(seed)
    return [_area(model, pairs[number % len(pairs)], group, seed + number, rng) for number in range(PERMUTATION_COUNT)]


def _single_features(scan: Scan, sides: Sides) -> dict[str, float]:
    telling = telling_columns(sides.human_codes, sides.synthetic_codes)
    if scan.roles.texts:
        column = scan.roles.texts[0]
        telling |= telling_words(sides.human.frame[column], sides.synthetic.frame[column])
    return telling


def _strongest(telling: dict[str, float]) -> dict[str, float]:
    return dict(sorted(telling.items(), key=lambda item: (-item[1], item[0]))[:EVIDENCE_FEATURES])


def _note(telling: dict[str, float]) -> str:
    names = list(telling)[:3]
    return "most telling: " + ", ".join(names) if names else ""


METRIC = Metric(
    expectation="expect_origin_separability_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="A classifier tells synthetic rows from human rows",
    unit=Unit.EXTRA_NUMBER,
    asks="Can a classifier tell synthetic rows from human ones?",
    why=(
        "What tells the origin is what synthetic rows lack or carry in excess, in one column or in many together. It is a statement about "
        "the two sets; it never accuses a single row."
    ),
    source="Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017; Kim et al., Annals of Statistics 49 (2021)",
    fix="Look at the most telling features: length and formatting can be fixed in the pipeline, the rest is the generator's work.",
    reads="the sample",
)
