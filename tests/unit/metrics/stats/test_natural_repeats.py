"""Equal rows of few possible values are expected, and rows that were written twice are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.stats.coincidence import equal_pairs, repeat_by_nature


def coarse(rows: int, seed: int = 1) -> pl.DataFrame:
    """Answers that hang together, of five kinds each: a twelfth of a thousand rows equals another."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=rows)
    answers = [np.clip(np.round(mood + rng.normal(size=rows) / 2 + 2), 0, 4).astype(int) for _ in range(6)]
    return pl.DataFrame({f"answer {at}": values for at, values in enumerate(answers)})


def questionnaire(rows: int, seed: int = 1) -> pl.DataFrame:
    """Six answers that do not hang together, of five kinds each."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame({f"answer {at}": rng.integers(0, 5, rows) for at in range(6)})


def fine(rows: int, seed: int = 1) -> pl.DataFrame:
    """A person's group and region, and what nobody else has alike."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame({
        "sex": rng.integers(0, 2, rows), "region": rng.integers(0, 4, rows), "income": rng.lognormal(10, 1, rows).round(2),
    })  # fmt: skip


def written_twice(frame: pl.DataFrame, share: float) -> pl.DataFrame:
    return pl.concat([frame, frame.head(int(share * frame.height))])


@pytest.mark.parametrize("rows", [300, 1000, 5000])
def test_rows_of_few_values_repeat_by_nature(rows):
    assert equal_pairs(coarse(rows), coarse(rows).columns)[0] > 0
    assert repeat_by_nature(coarse(rows), coarse(rows).columns)


@pytest.mark.parametrize("rows", [300, 1000, 5000])
@pytest.mark.parametrize("share", [0.03, 0.5])
def test_rows_that_were_written_twice_do_not(rows, share):
    twice = written_twice(fine(rows), share)

    assert equal_pairs(twice, twice.columns)[0] >= share * rows
    assert not repeat_by_nature(twice, twice.columns)


def test_half_of_a_table_of_some_values_written_twice_is_no_nature():
    twice = written_twice(questionnaire(1000), 0.5)

    assert repeat_by_nature(questionnaire(1000), twice.columns)
    assert not repeat_by_nature(twice, twice.columns)


def test_pairs_are_counted_and_the_order_of_columns_and_rows_decides_nothing():
    frame = pl.DataFrame({"a": [1, 1, 1, 2, 2], "b": ["x", "x", "y", "x", "y"], "c": [None, None, None, None, None]})

    # Rows 0 and 1 are equal. Each differs from row 3 in a alone and from row 2 in b alone, as rows 2 and 3 do from row 4; in
    # both differ 0 and 4, 1 and 4, 2 and 3.
    assert equal_pairs(frame, frame.columns) == (1, pytest.approx(3 * 3 / (3 + 1)))
    assert equal_pairs(frame[::-1], frame.columns[::-1]) == equal_pairs(frame, frame.columns)


def test_rows_of_fifty_answers_of_yes_and_no_are_told_apart():
    rng = np.random.default_rng(3)
    answers = rng.random((1700, 57)) < rng.beta(0.3, 3, 57)
    frame = pl.DataFrame({f"item {at}": column.astype(int) for at, column in enumerate(answers.T)})
    times = np.unique(answers, axis=0, return_counts=True)[1]

    assert equal_pairs(frame, frame.columns)[0] == sum(times * (times - 1) // 2) > 0
    assert equal_pairs(frame, frame.columns)[1] >= 0


@pytest.mark.parametrize("frame", [fine(300), fine(1), fine(0), pl.DataFrame({"a": [1]}).drop("a")])
def test_without_equal_rows_nothing_is_explained(frame):
    assert not repeat_by_nature(frame, frame.columns)
