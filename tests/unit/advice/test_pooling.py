"""Gains of groups that are drawn to what all of them gain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.advice.gains import Gain, partly_pooled

gains = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(0.01, 1)), min_size=3, max_size=6
).map(lambda pairs: {str(at): Gain(value, error, 50) for at, (value, error) in enumerate(pairs)})  # fmt: skip


@given(gains)
def test_no_gain_leaves_the_range_of_all_and_none_is_known_worse_than_alone(measured):
    pooled = partly_pooled(measured)

    values = [gain.value for gain in measured.values()]
    for name, gain in pooled.items():
        assert min(values) - 1e-9 <= gain.value <= max(values) + 1e-9
        assert gain.error <= measured[name].error * 1.5


def test_what_is_measured_badly_is_drawn_to_the_rest_and_what_is_measured_well_is_not():
    pooled = partly_pooled({"a": Gain(0.0, 0.01, 9), "b": Gain(1.0, 0.01, 9), "c": Gain(5.0, 3.0, 9)})

    assert pooled["a"].value == pytest.approx(0, abs=0.01)
    assert pooled["b"].value == pytest.approx(1, abs=0.01)
    assert 0.5 < pooled["c"].value < 1.5


def test_alike_groups_gain_alike():
    pooled = partly_pooled({name: Gain(value, 0.5, 9) for name, value in (("a", 0.1), ("b", 0.2), ("c", 0.3))})

    assert [gain.value for gain in pooled.values()] == pytest.approx([0.2] * 3)
