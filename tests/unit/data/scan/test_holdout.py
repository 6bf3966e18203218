"""The holdout's sample is one of rows: what repeats there repeats in the sample, as often in proportion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.scan import samples
from tests.tables import table_scan


def numbers(count: int, first: int) -> pl.DataFrame:
    return pl.DataFrame({"x": range(first, first + count)})


@pytest.mark.parametrize("seed", range(3))
def test_a_row_that_is_two_fifths_of_the_holdout_is_about_two_fifths_of_its_sample(seed, monkeypatch):
    monkeypatch.setattr(samples, "SAMPLE_ROWS", 500)
    repeated = 10_000 + seed
    holdout = pl.concat([numbers(1200, 20_000), pl.DataFrame({"x": [repeated] * 800})])

    scan = table_scan(numbers(400, 0), numbers(400, 5000), holdout)

    rows = scan.holdout.rows
    assert (len(rows), rows.total, len(scan.holdout.digests)) == (500, 2000, 2000)
    # By content alone it is all of the sample or nothing of it; by row it is .4 to four standard errors.
    share = (rows.frame["x"] == repeated).mean()
    assert abs(share - 0.4) < 4 * (0.4 * 0.6 / 500) ** 0.5


def test_the_order_of_the_holdouts_rows_changes_nothing(monkeypatch):
    monkeypatch.setattr(samples, "SAMPLE_ROWS", 100)
    holdout = pl.concat([numbers(300, 20_000), pl.DataFrame({"x": [7] * 50})])
    order = np.random.default_rng(1).permutation(350)

    one, two = (table_scan(numbers(50, 0), numbers(50, 90), rows).holdout for rows in (holdout, holdout[order]))

    assert one.rows.frame["x"].to_list() == two.rows.frame["x"].to_list()
    assert sorted(one.digests.tolist()) == sorted(two.digests.tolist())
