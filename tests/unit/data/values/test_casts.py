"""Values in the types of another set of rows: what has a counterpart there keeps its value, and nothing raises."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from gates.data.values.casts import in_type


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["2024-03-01", "soon", None], pl.Date(), [date(2024, 3, 1), None, None]),
        (["2024-03-01T05:00:00+01:00", "x"], pl.Datetime("us", "UTC"), [datetime(2024, 3, 1, 4, tzinfo=UTC), None]),
        (["2024-03-01 05:00"], pl.Datetime("us"), [datetime(2024, 3, 1, 5)]),  # noqa: DTZ001  # the column has no zone
        (["1", "a"], pl.Int64(), [1, None]),
        ([1, 2], pl.String(), ["1", "2"]),
        ([[1], [2]], pl.Int64(), [None, None]),
    ],
)
def test_values_that_have_a_counterpart_keep_it_and_others_become_null(values, kind, expected):
    assert in_type(pl.Series("v", values), kind).to_list() == expected
