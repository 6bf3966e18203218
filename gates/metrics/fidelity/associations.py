"""How far the strength of pairwise associations differs between human and synthetic rows, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.column_choice import ROWS_TO_CHOOSE_BY, rough_strengths, strongest
from gates.metrics.comparison.encoding import Coded, ColumnKind, Feature
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS, draws, excess, worst_excess
from gates.metrics.comparison.strata import Sides, compare_by_role
from gates.metrics.fidelity.interactions import interactions
from gates.metrics.fidelity.unseen_pairs import unseen_pairs
from gates.metrics.stats.association import (
    LevelColumn,
    RankedColumn,
    correlation,
    correlation_ratio,
    cramers_v,
    midranks,
)
from gates.metrics.stats.bootstrap import HIGH, LOW, MIDDLE

if TYPE_CHECKING:
    from gates.data.arrays import Codes, Floats, Ints, Mask
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# An association is a coarse number with limits of .05 and .2; 10,000 rows a side fix it to about .01.
ROWS_PER_DRAW = 10_000
# Beyond this many pairs those that are strongest in rows of both sides are compared: a pair costs about 10 ms over all draws.
PAIRS_AT_MOST = 800
# Of more pairs than this, no strength is computed but of those that rank highest by the correlation of codes in a
# thousand rows: all strengths of 4,000 columns would take an hour.
PROBED_AT_MOST = 12_000
# Levels beyond the most frequent ones share a code: Cramer's V of sparse tables is noise.
LEVELS_AT_MOST = 30
# Two levels of two rows each that coincide in one make a strong association, which half of the draws have: of ten rows each, one makes .1 at most.
LEVEL_ROWS_AT_LEAST = 10
# Of two halves of sixty rows, ten of a level on one side and three on the other made a pair .55 stronger, in both directions.
FEW_ROWS = f"the strongest pair rests on single rows where there are fewer than {ROWS_TO_PASS} of an origin"
EVIDENCE_PAIRS = 5
# A pair whose strength moves by more than this from half to half of human rows, half the limit of the worst pair, says nothing by itself:
# a column with a level of some ten rows beside one of a hundred levels. A tenth of the pairs may be left out for it, so none of fewer than ten.
NOISE_AT_MOST = 0.1
NOISY_PAIRS_AT_MOST = 0.1
# Columns of those pairs that differ most; a heat map of more has no room for its labels.
EVIDENCE_COLUMNS = 12

_Codes = dict[str, "Codes"]


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Excess difference of association strength, in [-1, 1]: of the worst pair, or the mean over pairs (`over`).

    over "triples": of the worst three columns, as `interactions` has it; over "unseen": not of strengths but of rows whose
    two values no human row has together, as `unseen_pairs` has it.

    Spearman's correlation between numbers, the correlation ratio of ranks between a category and a number,
    bias-corrected Cramer's V between categories (Bergsma, Journal of the Korean Statistical Society 42 (2013) 323-328).
    """
    if params["over"] == "triples":
        return compare_by_role(scan, interactions)
    if params["over"] == "unseen":
        return compare_by_role(scan, unseen_pairs)
    by_side = scan.cached(_compared)

    def compare(sides: Sides) -> Measurement:
        if sides.name not in by_side:
            by_side[sides.name] = _compare(sides)
        return by_side[sides.name][str(params["over"])]

    return compare_by_role(scan, compare)


def _compared(_scan: Scan) -> dict[str, dict[str, Measurement]]:
    """Worst and mean come from the same draws: a place to keep both. Call through `scan.cached(_compared)`."""
    return {}


@dataclass(frozen=True)
class _Coarse:
    """Features as few levels, with the pairs to compare."""

    features: tuple[Feature, ...]
    sizes: dict[str, int]
    pairs: tuple[tuple[int, int], ...]

    def name(self, pair: int) -> str:
        """The columns of a pair, in words."""
        return " and ".join(self.features[at].name for at in self.pairs[pair])


def _compare(sides: Sides) -> dict[str, Measurement]:
    features = sides.human_codes.features
    made = draws(sides.human, sides.synthetic, sides.seed, at_most=ROWS_PER_DRAW)
    if len(features) <= 1 or not made:
        too_few = NotConfigured("fewer than two comparable columns: there is no pair to compare")
        none: Measurement = Failed(rows=sides.counts) if len(features) > 1 else too_few
        return {"worst": none, "mean": none}
    human, synthetic, sizes = _coarse(sides.human_codes, sides.synthetic_codes)
    coarse = _Coarse(features, sizes, _pairs(features, sizes, _pooled(human, synthetic)))
    cross, null = np.empty((len(made), len(coarse.pairs))), np.empty((len(made), len(coarse.pairs)))
    mine, theirs = np.zeros(len(coarse.pairs)), np.zeros(len(coarse.pairs))
    for row, draw in enumerate(made):
        first, other = (strengths(_take(human, rows), coarse) for rows in (draw.human_a, draw.human_b))
        made_up = strengths(_take(synthetic, draw.synthetic), coarse)
        cross[row], null[row] = np.abs(first - made_up), np.abs(first - other)
        mine, theirs = mine + first / len(made), theirs + made_up / len(made)
    telling = np.flatnonzero(~_noisy(cross, null))
    worst, gaps, ranks = worst_excess(cross[:, telling], null[:, telling], sides.counts)
    order, gap = telling[ranks], dict(zip(telling.tolist(), gaps, strict=True))
    shown = order[:EVIDENCE_PAIRS].tolist()
    named = {coarse.name(pair): float(gap[pair]) for pair in shown}
    first_pair = coarse.pairs[int(order[0])]
    note = f"worst pair '{features[first_pair[0]].name}' and '{features[first_pair[1]].name}'"
    evidence: dict[str, object] = {"worst_pairs": named}
    if len(telling) < len(coarse.pairs):
        too_noisy = [coarse.name(pair) for pair in np.setdiff1d(np.arange(len(coarse.pairs)), telling).tolist()]
        evidence["pairs_too_noisy"] = too_noisy[:EVIDENCE_PAIRS]
        note += f"; {len(too_noisy):,} of {len(coarse.pairs):,} pairs left out, as they differ as much among human rows"
    columns = list(dict.fromkeys(at for pair in order for at in coarse.pairs[int(pair)]))[:EVIDENCE_COLUMNS]
    matrix = _matrix(coarse, columns, mine, theirs)
    every = len(features) * (len(features) - 1) // 2
    if len(coarse.pairs) < every:
        evidence["pairs_not_compared"] = every - len(coarse.pairs)
        note += f"; {len(coarse.pairs):,} of {every:,} pairs compared, those strongest in the rows of both sides"
    if min(len(sides.human), len(sides.synthetic)) < ROWS_TO_PASS and isinstance(worst, Measured):
        worst = replace(worst, unproven=FEW_ROWS)
    measured = {"worst": worst, "mean": excess(cross.mean(axis=1), null.mean(axis=1), sides.counts)}
    # Once is enough: both numbers are of the same pairs.
    about = {"worst": {**evidence, "associations": matrix}, "mean": evidence}
    return {over: replace(one, note=note, evidence=about[over]) for over, one in measured.items()}


def _noisy(cross: Floats, null: Floats) -> Mask:
    """Mask of the few pairs that cannot be told from noise; of none where more are noisy: then there are too few rows."""
    low, middle, high = np.percentile(null, (LOW, MIDDLE, HIGH), axis=0)
    shows_nothing = np.percentile(cross, LOW, axis=0) - middle <= NOISE_AT_MOST
    noisy: Mask = ((high - low) / 2 > NOISE_AT_MOST) & shows_nothing
    return noisy if noisy.sum() <= NOISY_PAIRS_AT_MOST * noisy.size else np.zeros_like(noisy)


def _matrix(coarse: _Coarse, columns: list[int], human: Floats, synthetic: Floats) -> dict[str, object]:
    """The strengths of the pairs of these columns on both sides, row by row; None where a pair was not compared."""
    place = {pair: at for at, pair in enumerate(coarse.pairs)}
    pairs = [[place.get((min(one, two), max(one, two))) for two in columns] for one in columns]
    matrices = {
        origin: [[None if at is None else float(strength[at]) for at in line] for line in pairs]
        for origin, strength in (("human", human), ("synthetic", synthetic))
    }
    return {"columns": [coarse.features[at].name for at in columns], **matrices}


def strengths(codes: _Codes, coarse: _Coarse) -> Floats:
    """Strength of every pair's association: Spearman in [-1, 1], the others in [0, 1]."""
    ranks: dict[str, RankedColumn] = {}
    levels: dict[str, LevelColumn] = {}
    paired = {at for pair in coarse.pairs for at in pair}
    for feature in (coarse.features[at] for at in sorted(paired)):
        column, size = codes[feature.name], coarse.sizes[feature.name]
        if feature.kind is ColumnKind.NUMERIC:
            ranks[feature.name] = RankedColumn.of(midranks(column, size))
        else:
            levels[feature.name] = LevelColumn.of(column, size)
    values = np.empty(len(coarse.pairs))
    for at, (left, right) in enumerate(coarse.pairs):
        one, two = coarse.features[left], coarse.features[right]
        if one.kind is two.kind is ColumnKind.NUMERIC:
            values[at] = correlation(ranks[one.name], ranks[two.name])
        elif one.kind is two.kind:
            values[at] = cramers_v(levels[one.name], levels[two.name])
        else:
            category, number = (two, one) if one.kind is ColumnKind.NUMERIC else (one, two)
            values[at] = correlation_ratio(levels[category.name], ranks[number.name])
    return values


def _coarse(human: Coded, synthetic: Coded) -> tuple[_Codes, _Codes, dict[str, int]]:
    """Categories with their rare levels merged; numbers as they are."""
    mine: _Codes = {}
    theirs: _Codes = {}
    sizes: dict[str, int] = {}
    for feature in human.features:
        name = feature.name
        mine[name], theirs[name], sizes[name] = human.codes[name], synthetic.codes[name], feature.size
        if feature.kind is ColumnKind.CATEGORICAL:
            lookup = _merged(*(np.bincount(codes[name], minlength=feature.size) for codes in (mine, theirs)))
            mine[name], theirs[name], sizes[name] = lookup[mine[name]], lookup[theirs[name]], int(lookup.max()) + 1
    return mine, theirs, sizes


def _merged(human: Ints, synthetic: Ints) -> Codes:
    """The code of each level, of which so many rows are: the frequent ones keep one of their own, the rest shares one.

    A rest that is rare itself goes with the most frequent level.
    """
    order = np.argsort(-human, kind="stable")
    is_common = np.maximum(human, synthetic) >= LEVEL_ROWS_AT_LEAST
    most = LEVELS_AT_MOST - (len(human) > LEVELS_AT_MOST)
    kept = order[is_common[order]][:most]
    rest = np.setdiff1d(order, kept)
    is_rest_common = max(human[rest].sum(), synthetic[rest].sum()) >= LEVEL_ROWS_AT_LEAST
    lookup = np.full(len(human), len(kept) if is_rest_common else 0, dtype=np.int32)
    lookup[kept] = np.arange(len(kept), dtype=np.int32)
    return lookup


def _pooled(human: _Codes, synthetic: _Codes) -> _Codes:
    """Rows of both sides in turn, as many of each.

    Pairs that are chosen by human rows alone are stronger there by chance, in either half of them, and weaker in any others.
    """
    count = min(len(codes[name]) for codes in (human, synthetic) for name in list(codes)[:1])
    return {name: np.column_stack([human[name][:count], synthetic[name][:count]]).ravel() for name in human}


def _pairs(features: tuple[Feature, ...], sizes: dict[str, int], rows: _Codes) -> tuple[tuple[int, int], ...]:
    lefts, rights = np.triu_indices(len(features), 1)
    if len(lefts) > PROBED_AT_MOST:
        rough = rough_strengths(np.column_stack([rows[feature.name][:ROWS_TO_CHOOSE_BY] for feature in features]))
        chosen = np.sort(strongest(rough[lefts, rights], PROBED_AT_MOST))
        lefts, rights = lefts[chosen], rights[chosen]
    every = tuple(zip(lefts.tolist(), rights.tolist(), strict=True))
    if len(every) <= PAIRS_AT_MOST:
        return every
    probe = {name: codes[:ROWS_PER_DRAW] for name, codes in rows.items()}
    strength = np.abs(strengths(probe, _Coarse(features, sizes, every)))
    chosen = np.sort(np.argsort(-strength, kind="stable")[:PAIRS_AT_MOST])
    return tuple(every[int(at)] for at in chosen)


def _take(codes: _Codes, rows: Ints) -> _Codes:
    return {name: code[rows] for name, code in codes.items()}


METRIC = Metric(
    expectation="expect_associations_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Columns of synthetic rows do not depend on each other as those of human rows do",
    unit=Unit.EXTRA_NUMBER,
    asks="Do the synthetic columns hang together as the human columns do?",
    why=(
        "Every column can look right while no row does: shuffling columns independently keeps all distributions and "
        "destroys what a model would learn from."
    ),
    source="Bergsma 2013 (Cramer's V), Spearman 1904, Kelley 1935 (correlation ratio); human half-splits as baseline",
    fix="Use a generator that models columns jointly, and look at the pair of columns that differs most: one of the two is often sampled by itself.",
    params=(("over", "worst"),),
    detail=("over",),
    reads="the sample",
)
