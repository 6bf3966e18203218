"""Columns are passed over only where pandera itself, asked of each column alone, finds no row that breaks a rule."""

from __future__ import annotations

import math

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.rows.compile import compiled
from gates.rows.schemas.rules import finite, integer_valued, no_nul, not_blank
from gates.rows.sound_columns import sound_columns

NUMBER_CHECKS = [
    pa.Check.in_range(0, 5),
    pa.Check.in_range(0, 5, include_max=False),
    pa.Check.isin([0.0, 1.0, 2.0]),
    pa.Check.notin([3.0]),
    pa.Check.greater_than(0),
    pa.Check.less_than_or_equal_to(4, ignore_na=False),
    pa.Check.equal_to(1.0),
    pa.Check.not_equal_to(2.0, ignore_na=False),
    finite(),
    integer_valued(),
]
TEXT_CHECKS = [
    pa.Check.str_matches("^a"),
    pa.Check.str_contains("b"),
    pa.Check.str_startswith("a", ignore_na=False),
    pa.Check.str_length(1, 2),
    pa.Check.isin(["a", "ab"]),
    not_blank(),
    no_nul(),
]
NUMBERS = st.none() | st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.5, -1.0, math.nan, math.inf])
TEXTS = st.none() | st.sampled_from(["a", "ab", "b", "", " ", "abc", "a\0"])


def rules(kind, checks, nullable):
    return compiled(pa.DataFrameSchema({"v": pa.Column(kind, checks=checks, nullable=nullable)})).columns[0]


def some_of(checks):
    """Up to three checks whose rules have names of their own."""
    return st.lists(
        st.sampled_from(checks), max_size=3, unique_by=lambda check: rules(None, [check], True).checks[0].rule.id
    )


def is_sound_alone(column, frame):
    schema = pa.DataFrameSchema(
        {"v": pa.Column(column.column.dtype, column.column.checks, nullable=column.column.nullable)}
    )
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors:
        return False
    return True


@given(st.lists(NUMBERS, min_size=1, max_size=6), some_of(NUMBER_CHECKS), st.booleans())
def test_numbers(values, checks, nullable):
    column, frame = rules(float, checks, nullable), pl.DataFrame({"v": pl.Series(values, dtype=pl.Float64)})

    assert (sound_columns({"v": column}, frame) == {"v"}) == is_sound_alone(column, frame)


@given(st.lists(TEXTS, min_size=1, max_size=6), some_of(TEXT_CHECKS), st.booleans())
def test_texts(values, checks, nullable):
    column, frame = rules(str, checks, nullable), pl.DataFrame({"v": pl.Series(values, dtype=pl.String)})

    assert (sound_columns({"v": column}, frame) == {"v"}) == is_sound_alone(column, frame)


@pytest.mark.parametrize(
    "check",
    [
        pa.Check(lambda value: value > 0, element_wise=True),
        pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).min() > 0)),
        pa.Check.str_matches("a"),
    ],
    ids=["one by one", "one answer for all", "of another type"],
)
def test_what_is_not_one_of_the_known_expressions_is_left_to_pandera(check):
    frame = pl.DataFrame({"v": [1.0, 2.0]})

    assert sound_columns({"v": rules(float, [check], nullable=False)}, frame) == set()


def test_a_column_is_judged_apart_from_others():
    columns = {
        "v": rules(float, [pa.Check.in_range(0, 5)], nullable=False),
        "w": rules(float, [pa.Check.str_matches("a")], nullable=False),
        "x": rules(str, [], nullable=False),
    }
    frame = pl.DataFrame({"v": [1.0, 2.0], "w": [1.0, 2.0], "x": [1.0, 2.0]})

    assert sound_columns(columns, frame) <= {"v"}
