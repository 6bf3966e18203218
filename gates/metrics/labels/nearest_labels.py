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
from gates.metrics.comparison.distances import Points, distances, points_of
from gates.metrics.comparison.encoding import coded
from gates.metrics.copies.near_duplicates import HOLDOUT_CODE, near_matrix
from gates.metrics.copies.text_store import TextTokens
from gates.metrics.labels.labels import NO_LABEL, Classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Floats, Hashes, Ints, Mask
    from gates.data.scan.accumulators import Accumulate
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Rows, Scan
    from gates.data.scan.row_index import RowIndex

# Less than this over all numbers together is noise of measurement; another category is ten times as far.
NEAR_DISTANCE = 0.1
# 5,000 rows of each origin against 5,000 human rows take two seconds.
ROWS_AT_MOST = 5000
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Twins:
    """One entry per row.

    twins: rows other than itself, of the origin asked for, that say nearly the same and have a label. alike: those with the row's own
    label. cluster: rows of one cluster are twins of the same rows.
    """

    row_id: Ints
    is_human: Mask
    generator: npt.NDArray[np.str_]
    label: Ints
    twins: Floats
    alike: Floats
    cluster: Ints


def accumulate_twins(inputs: PassInputs, params: Mapping[str, object]) -> list[Accumulate[Any]]:
    """What twins are recognised by in every row, where they are not looked for among samples."""
    roles = inputs.roles
    if not roles.label or not (roles.texts or roles.type == "annotations"):
        return []
    items = ["item"] if roles.type == "annotations" else []
    texts: list[Accumulate[Any]] = [TextTokens] if roles.content == roles.texts else []
    return [*columns([roles.label, *items], inputs), *texts]


def twins_of_contents(scan: Scan, scheme: Classes, of: int = HUMAN_CODE) -> Twins:
    """Twins among all rows: equal items of annotations, else equal content, and of single texts near duplicates.

    of: the origin whose rows are the twins.
    """
    index = scan.index
    names = ["item"] if scan.roles.type == "annotations" else []
    frame = columns_of_all(scan, [scheme.column, *names])
    declared = np.isin(index.origin, (HUMAN_CODE, SYNTHETIC_CODE))
    kept = np.flatnonzero(declared)
    label, is_human = scheme.codes(frame)[kept], index.origin[kept] == HUMAN_CODE
    if names:
        items = frame["item"].cast(pl.String).hash(0).to_numpy()[kept]
        contents, content = np.unique(items, return_inverse=True)
    else:
        contents, content = _contents(index, declared)
    counts = np.zeros((len(contents), len(scheme.names)))
    given = (index.origin[kept] == of) & (label != NO_LABEL)
    np.add.at(counts, (content[given], label[given]), 1)
    left = right = np.empty(0, dtype=np.int64)
    if scan.roles.content == scan.roles.texts:
        left, right = _near_contents(scan, contents)
    around = counts.copy()
    np.add.at(around, left, counts[right])
    np.add.at(around, right, counts[left])
    own = given.astype(np.float64)
    generator = np.array([*index.generators, ""])[index.generator[kept]]
    twins, alike = around.sum(axis=1)[content] - own, around[content, label] - own
    return Twins(
        index.ids(kept), is_human, generator, label, twins, alike, clusters(len(contents), left, right)[content]
    )


def _contents(index: RowIndex, mask: Mask) -> tuple[Hashes, Ints]:
    """The distinct contents under a mask, in order, and which of them each of its rows has."""
    contents = np.sort(np.concatenate([np.empty(0, np.uint64), *(hashes for hashes, _ in index.contents(mask))]))
    content = [np.searchsorted(contents, hashes).astype(np.int32) for hashes in index.digests(mask)]
    return contents, np.concatenate([np.empty(0, np.int32), *content])


def _near_contents(scan: Scan, contents: Hashes) -> tuple[Ints, Ints]:
    """Pairs of different contents whose texts nearly equal each other, each once, as positions in `contents`."""
    matrix = scan.cached(near_matrix)
    kept = (matrix.origin[matrix.left] != HOLDOUT_CODE) & (matrix.origin[matrix.right] != HOLDOUT_CODE)
    digest = scan.index.at("digest", np.minimum(scan.index.positions(matrix.row_id), len(scan.index) - 1))
    ends = np.searchsorted(contents, np.stack([digest[matrix.left[kept]], digest[matrix.right[kept]]]))
    pairs = np.unique(np.sort(ends[:, ends[0] != ends[1]], axis=0), axis=1)
    return pairs[0].astype(np.int64), pairs[1].astype(np.int64)


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
