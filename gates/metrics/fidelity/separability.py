"""Whether a classifier tells synthetic rows from human ones better than it tells two halves of these apart, and by which columns or words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.text_samples import tokens_of
from gates.metrics.comparison.classifiers import COLUMNS_A_FIT, Table, Texts, auc, one_thread, table_of, texts_of
from gates.metrics.comparison.clustered_auc import cross_validated_area
from gates.metrics.comparison.encoding import Coded, ColumnKind
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import STRATUM_ROWS, Sides, compare_by_role

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Mask
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

# Three fits take 1.5 s of 10,000 rows of 15 columns a side, and 3 s of as many texts of 200 words, on one core. Wider rows
# and longer texts are read fewer, so that what a fit works through is bounded, and so is memory.
ROWS_A_SIDE = 10_000
CELLS_A_SIDE = 1_000_000
TOKENS_A_SIDE = 2_000_000
# Of sound sets one in a thousand lies as far below chance.
BELOW_CHANCE = 0.998
CHANCE = 0.5
# A linear model on words reaches AUC .9 on machine-written essays from 100 texts a side, which draws of halves have.
TEXTS_AT_LEAST = 200
EVIDENCE_FEATURES = 5
# A word that fewer distinct rows carry is an accident of the sample.
ROWS_OF_A_WORD = 10
# Enough to rank features; a ranking needs no more precision.
ROWS_RANKED = 2000
# Columns that are shuffled, those first that tell most by themselves: each costs a look at all rows tested.
SHUFFLED_AT_MOST = 50
SHUFFLES = 2


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """AUC of human against synthetic rows minus .5, that of human rows against other human rows, in [-.5, .5].

    Classifier two-sample test with folds by group, on up to 10,000 rows of each origin; its interval is over groups. It measures
    the whole set; it never says of one row who wrote it.
    """
    with one_thread():
        return compare_by_role(scan, lambda sides: compare(scan, _first_rows(scan, sides)))


def _first_rows(scan: Scan, sides: Sides) -> Sides:
    """As many rows of each origin as are read; samples stand in the order of a hash, so that the first rows are random rows."""
    if scan.roles.texts:
        masks = [_first_texts(scan, rows) for rows in (sides.human, sides.synthetic)]
    else:
        at_most = min(ROWS_A_SIDE, CELLS_A_SIDE // max(1, len(sides.human_codes.features)))
        masks = [np.arange(len(rows)) < at_most for rows in (sides.human, sides.synthetic)]
    return sides if all(mask.all() for mask in masks) else sides.within(sides.name, *masks)


def _first_texts(scan: Scan, rows: Rows) -> Mask:
    place, tokens = np.arange(len(rows)), np.cumsum(tokens_of(scan, rows.row_id).lengths())
    fits: Mask = (place < TEXTS_AT_LEAST) | ((place < ROWS_A_SIDE) & (tokens <= TOKENS_A_SIDE))
    return fits


def compare(scan: Scan, sides: Sides) -> Measured | Inconclusive | Failed:
    """As `measure`, of these sides alone."""
    n_human, n_synthetic = len(sides.human), len(sides.synthetic)
    least = TEXTS_AT_LEAST if scan.roles.texts else STRATUM_ROWS
    if min(n_human, n_synthetic) < least:
        reason = f"a classifier needs {least} distinct rows of each origin; there are {n_human:,} human and {n_synthetic:,} synthetic"
        alone = _strongest(_single_features(scan, sides))
        return Inconclusive(reason, sides.counts, note=_note(alone), evidence={"telling": alone})
    if not scan.roles.texts and not sides.human_codes.features:
        return Inconclusive("no column can be compared, so that nothing could tell rows apart", sides.counts)
    model = _model(scan, sides)
    telling = _strongest(
        telling_in_model(model, sides.human_codes, sides.synthetic_codes, sides.seed)
        if isinstance(model, Table)
        else _single_features(scan, sides)
    )
    evidence: dict[str, object] = {"telling": telling}
    labels = np.repeat(np.array([0, 1], dtype=np.int8), (n_human, n_synthetic))
    group = np.concatenate([sides.human.group, sides.synthetic.group])
    area = cross_validated_area(model, np.arange(len(labels)), labels, group, sides.seed)
    if area is None:
        return Failed(rows=sides.counts, evidence=evidence)
    interval = area.interval()
    measured = Measured(
        Estimate(area.value - CHANCE, interval.low - CHANCE, interval.high - CHANCE),
        sides.counts,
        baseline=Baseline(CHANCE),
        growth=Growth(rows_to_pass=ROWS_TO_PASS, rows_read=ROWS_A_SIDE),
        note="; ".join(clause for clause in (f"AUC {area.value:.3f}", _note(telling), _narrowed(model)) if clause),
        evidence={**evidence, "auc": area.value},
    )
    if area.interval(BELOW_CHANCE).high < CHANCE:
        reason = f'AUC {area.value:.3f} lies below chance: rows of the two origins are paired or near copies: look at the copy checks, or declare group = "<column>"'
        return Inconclusive.in_spite_of(measured, reason)
    return measured


def _model(scan: Scan, sides: Sides) -> Table | Texts:
    if not scan.roles.texts:
        return table_of(sides.human_codes, sides.synthetic_codes)
    stream = tokens_of(scan, np.concatenate([sides.human.row_id, sides.synthetic.row_id]))
    return texts_of(stream, sides.human_codes, sides.synthetic_codes)


def _single_features(scan: Scan, sides: Sides) -> dict[str, float]:
    telling = telling_columns(sides.human_codes, sides.synthetic_codes)
    if scan.roles.texts:
        column = scan.roles.texts[0]
        telling |= telling_words(sides.human.frame[column], sides.synthetic.frame[column])
    return telling


def _strongest(telling: dict[str, float]) -> dict[str, float]:
    return dict(sorted(telling.items(), key=lambda item: (-item[1], item[0]))[:EVIDENCE_FEATURES])


def _narrowed(model: Table | Texts) -> str:
    if not isinstance(model, Table) or not model.is_wide:
        return ""
    half = COLUMNS_A_FIT // 2
    return (
        f"each model saw {COLUMNS_A_FIT} of {len(model.names):,} columns: {half} that told its training rows apart "
        f"best, {half} drawn"
    )


def _note(telling: dict[str, float]) -> str:
    names = list(telling)[:3]
    return "most telling: " + ", ".join(names) if names else ""


def telling_columns(human: Coded, synthetic: Coded) -> dict[str, float]:
    """Per column, the AUC that it alone gives, in [.5, 1]; a category by the likelihood ratio of its levels."""
    areas = {}
    labels = np.concatenate([np.zeros(len(human), dtype=np.int8), np.ones(len(synthetic), dtype=np.int8)])
    if not len(human) or not len(synthetic):
        return {}
    for feature in human.features:
        sides = human.codes[feature.name], synthetic.codes[feature.name]
        scores = np.concatenate(sides).astype(np.float64)
        if feature.kind is ColumnKind.CATEGORICAL:
            mine, theirs = (np.bincount(side, minlength=feature.size) / len(side) for side in sides)
            scores = (theirs - mine)[np.concatenate(sides)] / np.maximum(mine + theirs, 1e-12)[np.concatenate(sides)]
        area = auc(scores, labels)
        areas[feature.name] = max(area, 1 - area)
    return areas


def telling_in_model(model: Table, human: Coded, synthetic: Coded, seed: int) -> dict[str, float]:
    """Per column, the AUC that a model of all columns loses when the column is shuffled, in [0, .5].

    Of wide tables the columns are shuffled that the model sees, those first that tell most by themselves.
    Finds what tells only together with other columns. Breiman, Machine Learning 45 (2001) 5-32, section 10.
    """
    alone = telling_columns(human, synthetic) if len(model.names) > SHUFFLED_AT_MOST else {}
    size = min(len(human), len(synthetic), ROWS_RANKED)
    half = size // 2
    # Samples stand in the order of a hash, so that the first rows are random rows.
    train = np.concatenate([np.arange(half), len(human) + np.arange(half)])
    tested = np.concatenate([np.arange(half, size), len(human) + np.arange(half, size)])
    fitted = model.fit(train, (train >= len(human)).astype(np.int8))
    names = sorted((model.names[at] for at in fitted.columns), key=lambda name: -alone.get(name, 0.0))
    places = {name: at for at, name in enumerate(model.names)}
    values, labels = model.values[tested], (tested >= len(human)).astype(np.int8)
    whole = auc(fitted.scores(values), labels)
    rng = np.random.default_rng(seed)
    lost = {}
    for name in names[:SHUFFLED_AT_MOST]:
        column = places[name]
        kept = values[:, column].copy()
        areas = []
        for _ in range(SHUFFLES):
            values[:, column] = rng.permutation(kept)
            areas.append(auc(fitted.scores(values), labels))
        values[:, column] = kept
        lost[name] = whole - float(np.mean(areas))
    return lost


def telling_words(human: pl.Series, synthetic: pl.Series) -> dict[str, float]:
    """Per word in at least ten texts, the AUC that its presence gives, in [.5, 1]."""
    mine, theirs = (side.drop_nulls().head(ROWS_RANKED) for side in (human, synthetic))
    if mine.is_empty() or theirs.is_empty():
        return {}
    counts = _presence(mine).join(_presence(theirs), on="word", how="full", coalesce=True).fill_null(0)
    counts = counts.filter(pl.col("texts") + pl.col("texts_right") >= ROWS_OF_A_WORD)
    shares: list[Floats] = [
        counts["texts"].to_numpy() / len(mine),
        counts["texts_right"].to_numpy() / len(theirs),
    ]
    area = 0.5 + np.abs(shares[1] - shares[0]) / 2
    return {f"the word '{word}'": float(value) for word, value in zip(counts["word"].to_list(), area, strict=True)}


def _presence(texts: pl.Series) -> pl.DataFrame:
    words = texts.str.to_lowercase().str.extract_all(r"\w+").list.unique()
    return (
        words.explode()
        .drop_nulls()
        .rename("word")
        .value_counts(name="texts")
        .with_columns(pl.col("texts").cast(pl.Int64))
    )


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
    source=(
        "Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests, ICLR 2017; Kim et al., Annals of Statistics 49 (2021); interval: "
        "LeDell, Petersen & van der Laan, Electronic Journal of Statistics 9 (2015), over groups as Obuchowski, Biometrics 53 (1997)"
    ),
    fix="Look at the most telling features: length and formatting can be fixed in the pipeline, the rest is the generator's work.",
    reads="10,000 rows of each origin of the sample, or as many as have a million cells or two million words",
)
