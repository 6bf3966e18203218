"""What a column reads as is decided once, by all of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.testing import scanned

if TYPE_CHECKING:
    from gates.data.values.readings import Reading

ROWS = 400


def reading_of(human: list[str], synthetic: list[str], name: str = "x", **keys: object) -> Reading | None:
    frames = (pl.DataFrame({name: one, "beside": range(len(one))}) for one in (human, synthetic))
    with scanned(*frames, **keys) as scan:
        return scan.inputs.readings.columns.get(name)


def amounts(count: int = ROWS) -> list[str]:
    return [f"${number + 1_000:,}.50" for number in range(count)]


def test_a_column_of_which_95_per_cent_reads_is_read() -> None:
    reading = reading_of(amounts(), [*amounts(ROWS - 30), *["unknown"] * 30])

    assert reading is not None
    assert reading.kind.name == "numbers"
    assert reading.unread["synthetic"] == ("unknown",)
    assert round(reading.ratio, 3) == round(770 / 800, 3)


def test_a_column_of_which_less_reads_is_text() -> None:
    assert reading_of(amounts(), [*amounts(ROWS - 50), *["unknown"] * 50]) is None


def test_words_for_missing_values_do_not_count_against_a_column() -> None:
    reading = reading_of(amounts(), [*amounts(ROWS - 100), *["n/a"] * 100])

    assert reading is not None
    assert reading.ratio == 700 / 800


def test_the_order_of_rows_decides_nothing() -> None:
    values = [*amounts(), *["unknown"] * 20]
    forward, back = (reading_of(one, amounts(), label=None) for one in (values, values[::-1]))

    assert forward is not None
    assert back is not None
    assert forward.values == back.values
    assert forward.manners.equals(back.manners)


@pytest.mark.parametrize("key", ["label", "group"])
def test_labels_and_groups_stay_as_they_are_written(key: str) -> None:
    words = ["yes", "no"] * (ROWS // 2)

    assert reading_of(words, words, **{key: "x"}) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes", "no"], "yes or no"),
        (["2024-01-02", "2024-02-03"], "dates"),
        (["1700000000", "1700000060"], "numbers"),
        (["a", "b"], None),
        (["01234", "12345"], None),
        (["yes"], None),
    ],
)
def test_each_kind_is_known(values: list[str], kind: str | None) -> None:
    column = values * (ROWS // len(values))
    reading = reading_of(column, column)

    assert (reading and reading.kind.name) == kind


def test_counts_of_seconds_are_times_where_the_name_says_so() -> None:
    counts = [str(1_700_000_000 + number) for number in range(ROWS)]
    reading = reading_of(counts, counts, "created_at")

    assert reading is not None
    assert reading.kind.name == "times"
