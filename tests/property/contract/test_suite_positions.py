from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gates.contract.suites.positions import Placed, parse_suite

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    expectations=st.lists(values, max_size=5),
    rest=st.dictionaries(st.text(), values, max_size=3),
    indent=st.integers(0, 4),
)
def test_walking_a_file_by_hand_reads_what_json_reads_and_knows_every_line(expectations, rest, indent):
    written = {**rest, "expectations": expectations}
    text = json.dumps(written, indent=indent)

    keys = parse_suite(text.encode(), "suite.json")

    items = keys.pop("expectations")
    assert isinstance(items, list)
    assert [item.value for item in items] == expectations
    assert {name: placed.value for name, placed in keys.items() if isinstance(placed, Placed)} == {
        name: value for name, value in rest.items() if name != "expectations"
    }
    lines = text.split("\n")
    for item in items:
        first = json.dumps(item.value, indent=indent).split("\n")[0]
        assert lines[item.line - 1].strip().startswith(first)
