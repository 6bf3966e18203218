"""Twins of every row: human rows, or synthetic ones, that say nearly the same, and how many of them have the same label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.text.near.near_duplicates import clusters
from gates.errors import MetricError
from gates.metrics.base.full_columns import columns, columns_of_all
from gates.metrics.base.row_keys import KeyIndex, key_hashes, rows_with_key
from gates.metrics.comparison.distances import Points, distances, points_of
from gates.metrics.comparison.encoding import coded
from gates.metrics.copies.near_duplicates import HOLDOUT_CODE, near_matrix
from gates.metrics.copies.text_store import TextTokens
from gates.metrics.labels.labels import NO_LABEL, Classes

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Hashes, Ints, Mask
    from gates.data.scan.accumulators import Accumulate
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Rows, Scan
    from gates.metrics.base.metric import Params

# Less than this over all numbers together is noise of measurement; another category is ten times as far.
NEAR_DISTANCE = 0.1
# 5,000 rows of each origin against 5,000 human rows take two seconds.
ROWS_AT_MOST = 5000
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Twins:
    """One entry per row that may have a twin.

    twins: rows other than itself, of the origin asked for, that say nearly the same and have a label. alike: those with the row's own
    label. cluster: rows of one cluster are twins of the same rows.
    """

    row_id: Ints
    is_human: Mask
    generator: npt.NDArray[np.str_]
    label: npt.NDArray[np.signedinteger[Any]]
    twins: Floats
    alike: Floats
    cluster: Ints


def accumulate_twins(inputs: PassInputs, params: Params) -> list[Accumulate[Any]]:
    """What twins are recognised by in every row, where they are not looked for among samples."""
    roles = inputs.roles
    if not roles.label or not (roles.texts or roles.type == "annotations"):
        return []
    items: list[Accumulate[Any]] = [keys_of_items] if roles.type == "annotations" else []
    texts: list[Accumulate[Any]] = [TextTokens] if roles.content == roles.texts else []
    return [*columns([roles.label], inputs), *items, *texts]


def keys_of_items(inputs: PassInputs) -> KeyIndex:
    """An accumulator of the items of annotations, as the words that name them."""
    return KeyIndex(inputs, lambda batch: key_hashes(batch.frame.select(pl.col("item").cast(pl.String)), ["item"]))


def twins_of_contents(scan: Scan, scheme: Classes, of: int = HUMAN_CODE) -> Twins:
    """Twins among all rows: equal items of annotations, else equal content, and of single texts near duplicates.

    of: the origin whose rows are the twins.
    """
    index, near = scan.index, np.empty((2, 0), dtype=np.uint64)
    contents, has_content = index, np.ones(len(index), dtype=bool)
    if scan.roles.type == "annotations":
        contents = scan.collected(keys_of_items)
        has_content = rows_with_key(index, contents)
    elif scan.roles.content == scan.roles.texts:
        near = _near_contents(scan)
    label = scheme.codes(columns_of_all(scan, [scheme.column])).astype(np.int8)[has_content]
    labelled = (label != NO_LABEL) & (contents.of(HUMAN_CODE) | contents.of(SYNTHETIC_CODE))
    given = labelled & contents.of(of)
    alike = contents.repeated(labelled) & contents.with_content_of(given)
    kept = np.flatnonzero(alike | labelled & contents.with_content_in(near.ravel()))
    label, own, digest = label[kept], given[kept], contents.at("digest", kept)
    distinct = np.unique(np.concatenate([digest, near.ravel()]))
    content, (left, right) = np.searchsorted(distinct, digest), np.searchsorted(distinct, near)
    counts = np.zeros((len(distinct), len(scheme.names)))
    np.add.at(counts, (content[own], label[own]), 1)
    around = counts.copy()
    np.add.at(around, left, counts[right])
    np.add.at(around, right, counts[left])
    generator = np.array([*index.generators, ""])[index.generator[has_content][kept]]
    twins, same = around.sum(axis=1)[content] - own, around[content, label] - own
    cluster = clusters(len(distinct), left, right)[content]
    return Twins(contents.ids(kept), contents.of(HUMAN_CODE)[kept], generator, label, twins, same, cluster)


def _near_contents(scan: Scan) -> Hashes:
    """Pairs of different contents whose texts nearly equal each other, each once."""
    matrix = scan.cached(near_matrix)
    kept = (matrix.origin[matrix.left] != HOLDOUT_CODE) & (matrix.origin[matrix.right] != HOLDOUT_CODE)
    digest = scan.index.at("digest", np.minimum(scan.index.positions(matrix.row_id), len(scan.index) - 1))
    ends = np.stack([digest[matrix.left[kept]], digest[matrix.right[kept]]])
    pairs: Hashes = np.unique(np.sort(ends[:, ends[0] != ends[1]], axis=0), axis=1)
    return pairs


def twins_of_points(scan: Scan, scheme: Classes, of: int = HUMAN_CODE) -> Twins:
    """Twins among the samples' first 5,000 rows of each origin, in all columns but the label. of: as for contents.

    Raises MetricError where there is no other column.
    """
    codes = scan.cached(coded)
    human, synthetic = (side.without(scheme.column) for side in (codes.human, codes.synthetic))
    mine, theirs = (points.take(np.arange(min(len(points), ROWS_AT_MOST))) for points in points_of(human, synthetic))
    if not mine.width:
        raise MetricError("no column but the label can be compared, so that no row is another's twin")
    rows, points = (scan.human, mine) if of == HUMAN_CODE else (scan.synthetic, theirs)
    others = points, scheme.codes(rows.frame)[: len(points)]
    sides = [
        _side(scan.human, mine, scheme, others, are_others=of == HUMAN_CODE),
        _side(scan.synthetic, theirs, scheme, others, are_others=of == SYNTHETIC_CODE),
    ]
    row_id, *fields = (np.concatenate(parts) for parts in zip(*sides, strict=True))
    return Twins(row_id, np.arange(len(row_id)) < len(mine), *fields)


def _side(
    rows: Rows, points: Points, scheme: Classes, others: tuple[Points, Ints], *, are_others: bool
) -> tuple[npt.NDArray[np.generic], ...]:
    """The fields of `Twins` but the origin for the first rows of one origin; a row belongs to the cluster of its first twin.

    others: the rows that may be twins, and their labels. are_others: whether these rows are those, so that each is near itself.
    """
    mine, labels = others
    one_hot = np.eye(len(scheme.names))[np.maximum(labels, 0)] * (labels != NO_LABEL)[:, None]
    own = scheme.codes(rows.frame)[: len(points)]
    around, cluster = np.zeros((len(points), len(scheme.names))), np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), ROWS_AT_ONCE):
        piece = np.arange(start, min(start + ROWS_AT_ONCE, len(points)))
        near = distances(points.take(piece), mine) <= NEAR_DISTANCE
        around[piece], cluster[piece] = near @ one_hot, near.argmax(axis=1)
    itself = (own != NO_LABEL).astype(np.float64) if are_others else np.zeros(len(points))
    twins, alike = around.sum(axis=1) - itself, around[np.arange(len(points)), own] - itself
    return rows.row_id[: len(points)], rows.generator[: len(points)], own, twins, alike, cluster
