"""Which sources have weights by row, and which row has which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.advice.weighing.density_weights import density_weights
from gates.advice.worth.guarded_weight import Weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.advice.material import Material
    from gates.advice.weighing.source_weights import SourceWeight


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
