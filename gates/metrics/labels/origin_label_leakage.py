"""Whether the origin of a row tells its label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import (
    Estimate,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import beside_languages, generator_parts
from gates.metrics.labels.labels import Classes, classes, labelled
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import HIGH, LOW, MIDDLE, resampled
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

# The mean of 200 permutations is known to a fourteenth of their spread.
PERMUTATION_COUNT = 200
EVIDENCE_CLASSES = 5
EXTENDS = 'synthetic_role = "extend" does not promise the human label shares'


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of what there is to know of a label that the origin tells within slices, in [0, 1].

    Mutual information of origin and label given the slice, less its mean when origins are permuted within slices, over
    the entropy of the label. The interval is the spread over resampled rows. Of rows of one group one counts.
    """
    scheme = scan.cached(classes)
    if isinstance(scheme, Measurement):
        return scheme

    def counted(rows: Rows) -> Rows:
        return labelled(rows, scheme, one_of_each_group=bool(scan.roles.group))

    human = counted(scan.human)
    whole = _leaked(scan, scheme, human, counted(scan.synthetic))
    parts = generator_parts(scan, lambda rows: _leaked(scan, scheme, human, counted(rows)))
    compared = beside_languages(
        scan,
        replace(whole, parts=parts),
        lambda sides: _leaked(scan, scheme, counted(sides.human), counted(sides.synthetic)),
    )
    return ReportOnly(compared, EXTENDS) if scan.declared.extends_human_law else compared


def _leaked(scan: Scan, scheme: Classes, human: Rows, synthetic: Rows) -> Measured | Inconclusive:
    table = _counted(scheme, scan.roles.slices, human, synthetic)
    sizes = len(human), len(synthetic)
    by_class = table.sum(axis=0)
    if (by_class.sum(axis=0) > 0).sum() < 2:  # noqa: PLR2004  # of one class there is nothing to tell
        return Inconclusive("all rows have one label: nothing can tell it", RowCounts(*sizes))
    if not (table.sum(axis=2) > 0).all(axis=1).any():
        return Inconclusive("no slice has labelled rows of both origins", RowCounts(*sizes))
    observed = float(_information(table[None].astype(np.float64))[0])
    chance = float(_information(_permuted(table, scan.seed)).mean())
    drawn = resampled(table.reshape(-1), scan.seed, lambda times: _information(times.reshape(len(times), *table.shape)))
    low, middle, high = (float(value) for value in np.percentile(drawn, (LOW, MIDDLE, HIGH)))
    bounds = np.clip(observed - chance + np.array([low - middle, 0.0, high - middle]), 0.0, 1.0)
    shares = by_class / np.maximum(1, by_class.sum(axis=1, keepdims=True))
    order = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")[:EVIDENCE_CLASSES]
    evidence = {
        "label": scheme.column,
        "slices": len(table),
        "permuted": chance,
        "shares": {scheme.names[at]: {"human": shares[0, at], "synthetic": shares[1, at]} for at in order},
    }
    worst = order[0]
    note = f"'{shortened(scheme.names[worst])}' is {percent(shares[0, worst])} of human labels, {percent(shares[1, worst])} of synthetic ones"
    estimate = Estimate(float(bounds[1]), float(bounds[0]), float(bounds[2]))
    return Measured(estimate, RowCounts(*sizes), growth=Growth(rows_to_pass=ROWS_TO_PASS), note=note, evidence=evidence)


def _counted(scheme: Classes, slices: tuple[str, ...], human: Rows, synthetic: Rows) -> Ints:
    """Rows by combination of the slices' levels (a missing value is one), origin (human first) and class."""
    sides = [_slice_words(rows.frame, slices) for rows in (human, synthetic)]
    numbers = {name: number for number, name in enumerate(pl.concat(sides).unique().sort().to_list())}
    table = np.zeros((len(numbers), 2, len(scheme.names)), dtype=np.int64)
    for origin, (rows, words) in enumerate(zip((human, synthetic), sides, strict=True)):
        places: Ints = words.replace_strict(numbers, default=0, return_dtype=pl.Int64).to_numpy()
        np.add.at(table[:, origin], (places, scheme.codes(rows.frame)), 1)
    return table


def _slice_words(frame: pl.DataFrame, slices: tuple[str, ...]) -> pl.Series:
    levels = [pl.format("{}={}", pl.lit(name), pl.col(name).cast(pl.String).fill_null("")) for name in sorted(slices)]
    if not levels:
        return pl.Series([""] * frame.height, dtype=pl.String)
    return frame.select(pl.concat_str(levels, separator=" & ")).to_series()


def _information(counts: Floats) -> Floats:
    """Mutual information of origin and label given the slice over the entropy of the label, per table.

    counts: tables x slices x origins x classes. 0 where the label has no entropy.
    Cover & Thomas, Elements of Information Theory, 2006, section 2.5.
    """
    rows = counts.sum(axis=(1, 2, 3))
    parts = (counts, counts.sum(axis=(2, 3)), counts.sum(axis=2), counts.sum(axis=3), counts.sum(axis=(1, 2)))
    both, slices, labels, origins, classes_ = (_entropy_sum(part) for part in parts)
    mutual = (both + slices - labels - origins) / rows
    entropy = np.log(rows) - classes_ / rows
    share: Floats = np.divide(mutual, entropy, out=np.zeros_like(mutual), where=entropy > 0)
    return share


def _entropy_sum(counts: Floats) -> Floats:
    """Sum of n log n over all but the first axis, 0 log 0 being 0."""
    total: Floats = (counts * np.log(np.maximum(counts, 1.0))).sum(axis=tuple(range(1, counts.ndim)))
    return total


def _permuted(table: Ints, seed: int) -> Floats:
    """Tables in which origins are dealt to the rows of each slice at random."""
    rng = np.random.default_rng(seed)
    tables = np.empty((PERMUTATION_COUNT, *table.shape))
    for number, part in enumerate(table):
        in_slice = part.sum(axis=0)
        size, n_human = PERMUTATION_COUNT, int(part[0].sum())
        tables[:, number, 0] = rng.multivariate_hypergeometric(in_slice, n_human, size=size, method="marginals")
        tables[:, number, 1] = in_slice - tables[:, number, 0]
    return tables


METRIC = Metric(
    expectation="expect_origin_to_not_predict_label",
    measure=measure,
    side=Side.MAX,
    finding="The label tells whether a row is human or synthetic",
    asks="Could a model learn the origin of a row instead of the task?",
    why=(
        "Origin is easily seen in text. Where most synthetic rows have one label, a model that recognises the generator's style scores "
        "well without having learned the task, and fails on people."
    ),
    source="Geirhos et al., Shortcut learning in deep neural networks, Nature Machine Intelligence 2 (2020) 665-673",
    fix="Generate rows of every label in the shares that human rows have within each slice, or add human rows of the label that differs most.",
    reads="the sample",
)
