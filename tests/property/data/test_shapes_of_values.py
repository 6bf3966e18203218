"""A shape that no value of a kind can have is none that a value of that kind has."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.values.booleans import BOOLEANS
from gates.data.values.clocks import CLOCKS
from gates.data.values.durations import DURATIONS
from gates.data.values.kinds import shapes_of
from gates.data.values.numbers import NUMBERS
from gates.data.values.times import TIMES

# Texts of each kind in many forms, whose digits and letters are then changed.
WRITTEN = {
    TIMES: (
        "2024-03-04", "20240304", "2024/3/4", "2024.3.4", "2024-W09-1", "2024-064", "2024年3月4日", "2024-03", "03/2024",
        "March 2024", "2024-Q3", "Q3 2024", "3rd quarter 2024", "4/Mar/2024", "4.3.24", "03/04/2024", "03-04-2024",
        "Mon, 4 March 2024 5 pm", "4-Mar-24", "March 4, 2024 17:05:09.123 UTC", "Mon Mar 4 17:05:09 2024",
        "2024-03-04T17:05:09+01:00 [Europe/Paris]", "1500-12-31 24:00", "2199-02-30",
    ),
    CLOCKS: ("08:15", "8:15:30 pm", "20.15 Uhr", "20h15", "T23:59:59.999Z", "25:61"),
    DURATIONS: ("26:03:10", "2 days 03:10:00", "PT1H30M", "1 h 30 min", "90 minutes", "-13 ms", "5 m", "3 Wochen 2 Tage"),
    BOOLEANS: ("yes", "Nein", " true ", "да", "x"),
    NUMBERS: ("$12,608.21", "1.234,56 €", " 31.5", "12 %", "(1 200)", "1e-9", "007", "1'000'000", "12,34,567.00", "-5-"),
}  # fmt: skip
TEXTS = [text for texts in WRITTEN.values() for text in texts]


@st.composite
def changed(draw):
    """A text with other digits, and perhaps with a character more or less."""
    text = draw(st.sampled_from(TEXTS))
    digits = draw(st.lists(st.sampled_from("0123456789٣"), min_size=len(text), max_size=len(text)))
    text = "".join(digit if old.isdigit() else old for old, digit in zip(text, digits, strict=True))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", "", "1", " ", ":", "-", "."])) + text[at + draw(st.integers(0, 1)) :]


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)
@settings(deadline=None)
@given(texts=st.lists(changed(), min_size=1, max_size=200))
def test_every_value_of_a_kind_has_a_shape_that_the_kind_may_have(kind, texts):
    values = pl.Series([*texts, *TEXTS])

    is_read = kind.manners(values).to_series(0).is_not_null()

    assert kind.possible(shapes_of(values)).filter(is_read).all()


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.name)
def test_shapes_leave_out_texts_that_are_of_no_kind(kind):
    shapes = shapes_of(pl.Series(["41@example.org", "order 1234567", "Main Street 5", "a1b2c3"]))

    assert not kind.possible(shapes).any()
