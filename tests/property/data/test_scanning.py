"""The row index is a summary that merges: how rows are cut into batches, and in which order, changes nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.batch import Batch
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckTable, table_apart
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.data.scan.run import IndexBuilder
from gates.data.text.mix import occurrences, row_keys
from tests.tables import table_scan

COLUMNS = ("origin", "generator", "marks", "tokens", "is_first", "occurrence")
ROLES = Roles("tabular", ("x", "y"), generator="generator")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["human", "synthetic", "web"]),
        st.integers(0, 3) | st.none(),
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["g", "h", None]),
    ),
    min_size=1,
    max_size=30,
)
SCHEMA = {ORIGIN: pl.String, "x": pl.Int64, "y": pl.String, "generator": pl.String}


def built(frames: list[pl.DataFrame]) -> IndexBuilder:
    builder = IndexBuilder(ROLES, table_apart(connect, DuckTable))
    for frame in frames:
        for batch in frame.to_arrow().to_batches():
            builder.update(Batch(batch))
    return builder


def columns(builder: IndexBuilder) -> dict[str, list[object]]:
    index = builder.build()
    return {
        **{name: getattr(index, name).tolist() for name in COLUMNS},
        "row_id": index.ids(np.arange(len(index))).tolist(),
        **{name: index.at(name, np.arange(len(index))).tolist() for name in ("digest", "group")},
        "generators": list(index.generators),
        "values": [builder.values(code) for code in range(3)],
    }


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 30), swap=st.booleans())
def test_merging_two_halves_in_any_order_equals_one_pass(rows, cut, swap):
    frame = (
        pl.DataFrame(rows, schema=SCHEMA, orient="row")
        .with_row_index(ROW_ID)
        .with_columns(pl.col(ROW_ID).cast(pl.Int64))
    )
    halves = [built([frame[:cut]]), built([frame[cut:]])]
    first, second = reversed(halves) if swap else halves

    first.merge(second)

    assert columns(first) == columns(built([frame]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=40))
def test_equal_rows_get_different_keys_whose_set_does_not_depend_on_order(values):
    ordered = np.sort(np.array(values, dtype=np.uint64))

    assert occurrences(ordered).tolist() == [int((ordered[:at] == value).sum()) for at, value in enumerate(ordered)]
    assert len(set(row_keys(ordered).tolist())) == len(values)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(40)))
def test_samples_and_seed_do_not_depend_on_row_order(order):
    human = pl.DataFrame({"x": [number % 13 for number in range(40)], "y": ["a", "b"] * 20})
    synthetic = pl.DataFrame({"x": [number % 11 for number in range(40)], "y": ["b", "a"] * 20})

    straight, shuffled = table_scan(human, synthetic), table_scan(human[list(order)], synthetic[list(order)])

    assert shuffled.seed == straight.seed
    assert shuffled.human.frame.equals(straight.human.frame)
    assert shuffled.synthetic.digest.tolist() == straight.synthetic.digest.tolist()
