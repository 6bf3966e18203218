"""Figures are drawn from aggregates: few bins, none of which shows fewer rows than people can hide among."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl
import pytest

from gates.metrics.comparison.binned import BINS_AT_MOST, FEWEST, binned, round_edges
from gates.metrics.comparison.distances import points_of
from gates.metrics.comparison.encoding import _encode, _freeze
from gates.metrics.comparison.row_map import CELLS, row_map


def sides(human, synthetic):
    """Both sides of one column under the coding that the human one has."""
    frames = [pl.DataFrame({"column": values}, strict=False) for values in (human, synthetic)]
    feature = _freeze(frames[0]["column"], frames[0]["column"].dtype)
    return feature, *(_encode((feature,), frame) for frame in frames)


def test_numbers_are_counted_in_bins_whose_edges_are_no_rows():
    rng = np.random.default_rng(1)
    human, synthetic = rng.normal(0, 1, 1000), rng.normal(1, 1, 1000)

    shown = binned(*sides(human.tolist(), synthetic.tolist()))

    assert shown["bins"][:2] == ["-2.5 to -2", "-2 to -1.5"]
    assert len(shown["bins"]) <= BINS_AT_MOST
    assert sum(share or 0 for share in shown["human"]) == pytest.approx(1, abs=0.01)
    assert sum(at * (share or 0) for at, share in enumerate(shown["synthetic"])) > sum(
        at * (share or 0) for at, share in enumerate(shown["human"])
    )


def test_whole_numbers_have_a_bin_each_and_what_is_missing_has_one():
    shown = binned(*sides([1.0, 2.0] * 50, [1.0, 2.0, None, 4.0] * 25))

    assert shown == {
        "bins": ["1", "2", "3", "4", "missing"],
        "human": [0.5, 0.5, 0.0, 0.0, 0.0],
        "synthetic": [0.25, 0.25, 0.0, 0.25, 0.25],
    }


def test_a_number_that_many_rows_have_is_told_apart_from_those_beside_it():
    """Within one bin a generator that spreads zeros over small gains would look like the rows that it learnt from."""
    rng = np.random.default_rng(1)
    gains, small = rng.uniform(1, 15_000, 100).round().tolist(), rng.uniform(1, 50, 250).round().tolist()

    shown = binned(*sides([0.0] * 900 + gains, [0.0] * 650 + small + gains))
    levels = binned(*sides([0.5, 1.5] * 100, [0.5] * 200))

    assert shown["bins"][:3] == ["0", "0 to 1,500, others", "1,500 to 3,000"]
    assert (shown["human"][0], shown["synthetic"][0]) == (0.9, 0.65)
    assert sum(share or 0 for share in shown["synthetic"]) == pytest.approx(1, abs=0.01)
    assert (levels["bins"][0], levels["bins"][-1], levels["human"][-1]) == ("0.5", "1.5", 0.5)


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ([time(hour, 30) for hour in range(24)] * 10, "22:00:00 to the end"),
        ([date(1, 1, 1), date(9999, 12, 31)] * 50, "9362-05-08 to the end"),
        (
            [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29)] * 5,
            "2026-01-22 to 2026-01-29",
        ),
        ([timedelta(hours=hour) for hour in range(100)] * 2, ""),
    ],
    ids=["time", "date", "datetime", "duration"],
)
def test_times_are_written_as_times_and_what_is_none_in_words(values, last):
    column = pl.DataFrame({"column": values})
    counts = column.with_columns(pl.col("column").to_physical().cast(pl.Float64))
    feature = _freeze(counts["column"], column["column"].dtype)

    shown = binned(feature, _encode((feature,), counts), _encode((feature,), counts))

    assert last in shown["bins"][-1]
    assert shown["human"] == shown["synthetic"]


def test_levels_of_few_rows_are_not_named_and_their_share_is_not_stated():
    human = ["yes"] * 60 + ["no"] * 36 + ["A. Person"] * (FEWEST - 1)
    synthetic = ["yes"] * 90 + ["no"] * 2 + ["other"] * 8

    shown = binned(*sides(human, synthetic))

    assert shown == {
        "bins": ["yes", "no", "all others", "levels that no human row has"],
        "human": [0.6, 0.36, None, 0.0],
        "synthetic": [0.9, None, 0.0, 0.08],
    }


@pytest.mark.parametrize("values", [[3.0] * 20, [0.0] * 20, [1e300, -1e300] * 10, [1e-9, 2e-9] * 10, [5.0]])
def test_edges_hold_for_numbers_of_any_size(values):
    edges = round_edges(np.array(values), BINS_AT_MOST)

    assert 2 <= len(edges) <= BINS_AT_MOST + 1
    assert np.isfinite(edges).all()
    assert (np.diff(edges) > 0).all()


def table(columns: dict[str, np.ndarray], *others: dict[str, np.ndarray]):
    """The rows of several frames as points, under the coding of the first."""
    frames = [pl.DataFrame(one) for one in (columns, *others)]
    features = tuple(_freeze(frames[0][name], None) for name in columns)
    return points_of(*(_encode(features, frame) for frame in frames))


def test_map_shows_where_only_human_rows_lie():
    rng = np.random.default_rng(2)
    human = {"far": np.concatenate([rng.normal(-4, 0.5, 500), rng.normal(4, 0.5, 500)]), "wide": rng.normal(0, 1, 1000)}
    synthetic = {"far": rng.normal(4, 0.5, 1000), "wide": rng.normal(0, 1, 1000)}

    places = row_map(*table(human, synthetic))

    mine, made = (np.array([[cell or 0 for cell in line] for line in places[side]]) for side in ("human", "synthetic"))
    assert places["explained"] == pytest.approx(1)
    assert mine.shape == made.shape
    assert max(mine.shape) <= CELLS
    assert mine[made == 0].sum() == pytest.approx(450, abs=100)


def test_map_hides_cells_of_few_rows_and_needs_rows_that_differ():
    rng = np.random.default_rng(3)
    human, synthetic = ({name: rng.normal(0, 1, 200) for name in "abc"} for _ in range(2))

    places = row_map(*table(human, synthetic))

    counts = {count for origin in ("human", "synthetic") for line in places[origin] for count in line}
    assert None in counts
    assert counts.isdisjoint(range(1, FEWEST))
    assert row_map(*points_of(*sides([1.0] * 50, [1.0] * 50)[1:])) == {}
