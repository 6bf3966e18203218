"""Numbers in clothes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.data.values.numbers import NUMBERS

if TYPE_CHECKING:
    from gates.data.values.kinds import ColumnDecision


def decided(values: list[str]) -> ColumnDecision | None:
    manners = NUMBERS.manners(pl.Series("amount", values))
    counted = manners.drop_nulls("decimal").with_columns(origin=pl.lit("human")).group_by(pl.all()).len("count")
    return NUMBERS.decide(counted)


def read(values: list[str]) -> list[float | None]:
    decision = decided(values)
    assert decision is not None
    return NUMBERS.read(pl.Series("amount", values), decision).to_list()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$12,608.21", 12608.21),
        ("1.234,56 €", 1234.56),
        ("EUR 7", 7),
        (" 31.5", 31.5),
        ("12 %", 12),
        ("(1 200)", -1200),
        ("5-", -5),
        ("\u22123.5", -3.5),
        ("-$4", -4),
        ("1'234.5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1\u00a0234\u00a0567", 1234567),
        ("12,34,567.5", 1234567.5),
        ("1.5e3", 1500),
        (".5", 0.5),
        ("0.123", 0.123),
        ("1.234.567", 1234567),
    ],
)
def test_a_number_is_read_whatever_it_wears(text: str, number: float) -> None:
    assert read([text]) == [number]


@pytest.mark.parametrize(
    "text", ["007", "+49", "1.2.3", "1,23,45", "(5", "--5", "USD", "12345678901234567890", "x", "", "(5)-", "5 apples"]
)
def test_codes_and_broken_numbers_are_none(text: str) -> None:
    assert NUMBERS.manners(pl.Series("code", [text]))["decimal"].to_list() == [None]


@pytest.mark.parametrize(
    ("others", "number"),
    [
        (["12.5"], 1234),  # points are decimals
        (["12,5"], 1.234),  # commas are decimals
        (["1.000.000"], 1.234),
        (["2,000,000"], 1234),
    ],
)
def test_the_column_decides_whether_a_comma_parts_thousands(others: list[str], number: float) -> None:
    assert read(["1,234", *others])[0] == number


def test_where_no_value_tells_the_reading_says_so_and_keeps_the_order() -> None:
    decision = decided(["1,234", "5,678"])

    assert decision is not None
    assert "thousands or decimals" in decision.doubt
    assert read(["1,234", "5,678"]) == [1234, 5678]


def test_whole_numbers_stay_whole() -> None:
    decision = decided(["1", "2,000", "3,000,000"])

    assert decision is not None
    assert NUMBERS.read(pl.Series("n", ["2,000"]), decision).dtype == pl.Int64


def test_telephone_numbers_are_no_numbers() -> None:
    assert decided(["612 345 678", "613 222 111"]) is None
