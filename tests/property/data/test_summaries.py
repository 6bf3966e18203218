"""What is kept of single files is, put together in any order, what one pass over all of them gives."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.batch import Batch
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckTable, table_apart
from gates.data.facts import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, FileFacts, Roles
from gates.data.scan.index import IndexBuilder
from gates.data.scan.summaries import Summaries

COLUMNS = ("origin", "generator", "marks", "tokens", "is_first", "occurrence")
HASHES = ("digest", "group", "whole")
ROLES = st.sampled_from(
    [
        Roles("tabular", ("x", "y"), generator="generator"),
        Roles("tabular", ("x",), group="y"),
        Roles("text", ("y",), ("y",), generator="generator"),
    ]
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["human", "synthetic", "web"]),
        st.floats(0, 3) | st.sampled_from([None, float("nan"), -0.0]),
        st.sampled_from(["a", "", " ", None, "Certainly! Here is the answer.", "é"]),
        st.sampled_from(["g", "h", "", None, "g\0"]),
    ),
    max_size=12,
)
SCHEMA = {ORIGIN: pl.String, "x": pl.Float64, "y": pl.String, "generator": pl.String}


def frame_of(number, rows):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index(ROW_ID)
    return frame.with_columns(pl.col(ROW_ID).cast(pl.Int64) + (number << ROWS_PER_FILE_BITS))


def facts_of(builder):
    index = builder.build()
    arrays = {name: getattr(index, name).tolist() for name in COLUMNS}
    arrays["group"] = index.at("group", np.arange(len(index))).tolist()
    values = [{name: count for name, count in builder.values(code).items() if count} for code in range(3)]
    return {**arrays, "generators": index.generators, "values": values}


class Store(dict[str, bytes]):
    def get_bytes(self, key):
        return self.get(key)

    def put_bytes(self, entries):
        self.update(entries)


@settings(max_examples=60, deadline=None)
@given(roles=ROLES, files=st.lists(ROWS, min_size=1, max_size=4), data=st.data())
def test_files_kept_apart_make_up_the_whole(roles, files, data):
    frames = [frame_of(number, rows) for number, rows in enumerate(files)]
    whole = IndexBuilder(roles, table_apart(connect, DuckTable))
    for batch in pl.concat(frames).to_arrow().to_batches():
        whole.update(Batch(batch))
    names = [FileFacts(f"{number}.parquet", len(rows), {}, str(number), 0) for number, rows in enumerate(files)]
    summaries = Summaries(Store(), "one reading")
    summaries.keep((facts, whole.of_file(number)) for number, facts in enumerate(names))

    again = IndexBuilder(roles, table_apart(connect, DuckTable))
    recalled = dict(summaries.recall(names))
    for number in data.draw(st.permutations(sorted(recalled))):
        again.add(number, recalled[number])

    assert facts_of(again) == facts_of(whole)
    assert dict(Summaries(summaries.store, "another reading").recall(names)) == {}


def test_rows_that_are_not_numbered_from_the_first_are_not_kept():
    builder = IndexBuilder(Roles("tabular", ("x",)), table_apart(connect, DuckTable))
    for batch in frame_of(0, [("human", 1.0, "a", "g")] * 3)[1:].to_arrow().to_batches():
        builder.update(Batch(batch))

    assert builder.of_file(0) is None
