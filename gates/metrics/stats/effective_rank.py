"""How many directions rows vary in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gates.data.arrays import Floats

# Two rows at least can differ.
ROWS_AT_LEAST = 2


def effective_number(features: Floats) -> float:
    """Exp of the entropy of the covariance's normalised eigenvalues, from 1 to the number of columns.

    1 where nothing varies. Friedman & Dieng, The Vendi Score, TMLR 2023 (here with the linear kernel on features).
    """
    if len(features) < ROWS_AT_LEAST:
        return 1.0
    centred = features - features.mean(axis=0)
    # Rows and columns have the same eigenvalues but zeros: those of the fewer are found much faster.
    product = centred @ centred.T if len(features) < features.shape[1] else centred.T @ centred
    values = np.clip(np.linalg.eigvalsh(product), 0, None)
    total = float(values.sum())
    if total <= 0:
        return 1.0
    shares = values[values > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))
