"""How many directions rows vary in."""

from __future__ import annotations

import numpy as np
import pytest

from gates.metrics.stats.effective_rank import effective_number


@pytest.mark.parametrize("shape", [(40, 7), (7, 40), (12, 12)])
def test_effective_number_is_the_entropy_of_the_covariance_whichever_side_is_longer(shape):
    features = np.random.default_rng(1).normal(size=shape) * np.arange(1, shape[1] + 1)
    eigenvalues = np.linalg.eigvalsh(np.cov(features, rowvar=False))
    shares = eigenvalues[eigenvalues > 1e-9] / eigenvalues.sum()

    assert effective_number(features) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_one_row_and_equal_rows_vary_in_one_direction():
    assert effective_number(np.ones((1, 3))) == effective_number(np.ones((5, 3))) == 1.0
