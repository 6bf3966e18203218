"""What is asked of the row index does not depend on the order of rows, on batches or on files, and is what polars says of all rows."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.config.memory import MEMORY_VARIABLE
from gates.data.duckdb import index_table
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckTable, table_apart
from gates.data.facts import ROWS_PER_FILE_BITS, Roles
from gates.data.scan import row_index
from gates.data.scan.row_index import RowIndex
from gates.data.scan.samples import Sampler
from gates.data.text.mix import combine, row_keys
from gates.metrics.copies.drawn_repeats import repeat_share
from tests.peak_memory import OWN_PEAK

KINDS = {"origin": pl.Int8, "digest": pl.UInt64, "group": pl.UInt64, "whole": pl.UInt64, "generator": pl.Int32}
NAMES = ["h", "", "g"]
# Hashes fill their 64 bits; few of them, so that rows repeat.
HASHES = st.sampled_from([0, 3, 5 << 61, 2**64 - 1])
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2), HASHES, HASHES, st.integers(0, 3), st.integers(0, 2), st.booleans(), st.integers(0, 2)
    ),
    min_size=1,
    max_size=40,
)


def entries_of(rows):
    """Entries in the order of their ids, which count from 0 in each of three files, and a mask."""
    schema = {**KINDS, "mask": pl.Boolean, "file": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort("file", maintain_order=True)
    number = pl.int_range(pl.len(), dtype=pl.Int64).over("file")
    marks, tokens = pl.lit(0, pl.UInt16).alias("marks"), pl.lit(0, pl.Int32).alias("tokens")
    frame = frame.with_columns(marks, tokens, row_id=pl.col("file") * (1 << ROWS_PER_FILE_BITS) + number)
    return frame.drop("file", "mask"), frame["mask"].to_numpy()


def index_of(frames, *, on_disk=False):
    """An index of these entries. on_disk: entries are written as they come, as those are that do not fit in memory."""
    with pytest.MonkeyPatch.context() as patch:
        if on_disk:
            patch.setattr(index_table, "entries_bytes", lambda: 0)
            patch.setattr(index_table, "_WRITTEN_ROWS", 1)
        table = table_apart(connect, DuckTable)
        for frame in frames:
            for batch in frame.to_arrow().to_batches():
                table.append(batch)
    return RowIndex(table, NAMES)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 40), order=st.randoms(use_true_random=False), on_disk=st.booleans())
def test_groups_are_what_polars_makes_of_all_rows(rows, cut, order, on_disk):
    entries, mask = entries_of(rows)
    parts = [entries[:cut], entries[cut:]]
    order.shuffle(parts)
    index, digest = index_of(parts, on_disk=on_disk), entries["digest"]
    masked = entries.with_row_index("position").filter(pl.Series(mask))
    first = masked.group_by("digest").agg(pl.col("position").min(), rows=pl.len()).sort("digest")

    every = np.arange(len(entries))
    assert index.ids(every).tolist() == entries["row_id"].to_list()
    assert index.positions(index.ids(every)).tolist() == every.tolist()
    assert index.distinct(mask) == first.height
    kinds = masked.group_by(kind=pl.col("position") % 3).agg(pl.col("digest").n_unique())
    counts = dict(kinds.iter_rows())
    numbers = (every % 3).astype(np.int32)
    assert index.distinct_by(numbers, mask).tolist() == [counts.get(kind, 0) for kind in range(min(3, len(entries)))]
    assert np.flatnonzero(index.first_of_each(mask)).tolist() == sorted(first["position"])
    assert index.with_content_of(mask).tolist() == digest.is_in(first["digest"].implode()).to_list()
    again = digest.is_in(first.filter(pl.col("rows") > 1)["digest"].implode()).to_numpy()
    assert index.repeated(mask).tolist() == (mask & again).tolist()
    assert index.having(digest.to_numpy(), mask).tolist() == digest.is_in(first["digest"].implode()).to_list()
    assert index.with_content_in(first["digest"].to_numpy()).tolist() == index.with_content_of(mask).tolist()
    where = dict(first.select("digest", "position").iter_rows())
    assert index.first_with_content_of(every, mask).tolist() == [where.get(one, -1) for one in digest]
    assert (
        index.is_first.tolist()
        == entries.select(pl.struct("digest", "origin").is_first_distinct()).to_series().to_list()
    )
    ranked = entries.with_row_index("position").sort("whole", "position")
    ranked = ranked.with_columns(rank=pl.int_range(pl.len()).over("digest", "origin")).sort("position")
    assert index.occurrence.tolist() == ranked["rank"].to_list()
    assert index.at("group", every[::-1]).tolist() == entries["group"].to_list()[::-1]
    second = [
        pl.DataFrame(piece)
        for piece in index.table.columns("whole", row_ids=(1 << ROWS_PER_FILE_BITS, 2 << ROWS_PER_FILE_BITS))
    ]
    expected = entries.filter(pl.col("row_id") // (1 << ROWS_PER_FILE_BITS) == 1)["whole"].to_list()
    assert [whole for piece in second for whole in piece["whole"].to_list()] == expected


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, size=st.integers(1, 8), is_distinct=st.booleans(), pieces=st.integers(1, 9))
def test_samples_are_the_rows_with_the_smallest_keys_of_all(rows, size, is_distinct, pieces):
    entries, mask = entries_of(rows)
    index = index_of(entries.iter_slices(pieces))
    keys = np.concatenate([piece for _, piece in index.sampling_keys()])
    may_be = mask & (index.occurrence == 0) if is_distinct else mask
    chosen = np.flatnonzero(may_be)

    roles = Roles("tabular", ("whole",))
    (drawn,) = Sampler(index.table, roles, index, is_distinct).row_ids({"rows": mask}, size)

    assert drawn.tolist() == index.ids(chosen[np.argsort(keys[chosen], kind="stable")[:size]]).tolist()


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, at_once=st.integers(0, 3), most=st.sampled_from([0, 5, 1_000_000]))
def test_few_repeats_and_many_and_contents_in_pieces_say_the_same(rows, at_once, most):
    entries, _ = entries_of(rows)
    seed = int(np.bitwise_xor.reduce(entries["digest"].unique().to_numpy()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_index, "_SORTED_BITS", at_once)
        patch.setattr(row_index, "_RANKED_ROWS", most)
        index = index_of([entries])

        assert index.seed == seed
        is_first = entries.select(pl.struct("digest", "origin").is_first_distinct()).to_series()
        assert index.is_first.tolist() == is_first.to_list()
        ranked = entries.with_row_index("position").sort("whole", "position")
        ranked = ranked.with_columns(rank=pl.int_range(pl.len()).over("digest", "origin")).sort("position")
        assert index.occurrence.tolist() == ranked["rank"].to_list()


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, size=st.integers(1, 40), by_generator=st.booleans())
def test_repeats_are_drawn_as_from_all_rows_at_once(rows, size, by_generator):
    entries, mask = entries_of(rows)
    mask[0] = True
    size, index = min(size, int(mask.sum())), index_of([entries])
    content = entries["digest"].to_numpy()[mask]
    if by_generator:
        content = combine(content, index.generator[mask].astype(np.uint64))
    ordered = np.sort(content)
    drawn = ordered[np.argsort(row_keys(ordered), kind="stable")[:size]]

    assert repeat_share(index, mask, size, by_generator=by_generator) == (size - len(np.unique(drawn))) / size


def test_of_no_rows_nothing_is_known():
    index, nothing = index_of([]), np.zeros(0, dtype=bool)

    assert (len(index), index.distinct(nothing), index.is_first.tolist()) == (0, 0, [])
    assert (
        index.ids(np.empty(0, dtype=np.int64)).tolist()
        == index.distinct_by(np.empty(0, np.int32), nothing).tolist()
        == []
    )
    assert index.having(np.array([1], dtype=np.uint64), nothing).tolist() == [False]


GROWTH = """
import sys
import numpy as np, pyarrow as pa
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckTable, table_apart
from gates.data.scan.row_index import RowIndex

table, hashes, rows = table_apart(connect, DuckTable), np.random.default_rng(1), 50_000
before = peak()
for begin in range(0, int(sys.argv[1]), rows):
    digest = hashes.integers(0, 2**63, rows, dtype=np.uint64)
    table.append(pa.record_batch({
        "row_id": np.arange(begin, begin + rows), "origin": (np.arange(rows) % 2).astype(np.int8), "digest": digest,
        "group": digest, "whole": digest, "generator": np.zeros(rows, np.int32),
        "marks": np.zeros(rows, np.uint32), "tokens": np.zeros(rows, np.int32),
    }))
index = RowIndex(table, [""])
human = index.of(0)
assert index.is_first.all() and not index.with_content_of(human)[~human].any()
assert index.distinct(human) == human.sum() and not index.occurrence.any()
print(peak() - before)
"""


SERIES = """
import sys
import numpy as np, polars as pl
from gates.data.batch import Batch
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckSortedTable, DuckTable, table_apart
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.data.scan.inputs import PassInputs
from gates.metrics.temporal.ordered_rows import OrderedRows

rows, random = 50_000, np.random.default_rng(1)
bound = ("entity", "timestamp", "value")
def batch(begin):
    at = random.permutation(rows) + begin
    return pl.DataFrame({
        ROW_ID: at, ORIGIN: ["human"] * rows, "entity": at % 500, "value": random.normal(size=rows),
        "timestamp": pl.Series(random.integers(0, 10**15, rows)).cast(pl.Datetime("us")),
    }).with_columns(entity=pl.format("sensor {}", "entity"))
inputs = PassInputs(
    Roles("timeseries", bound, (), bound=bound, mappable=bound), batch(0).schema,
    lambda by: table_apart(connect, lambda reader: DuckSortedTable(reader, by)),
    lambda: table_apart(connect, DuckTable),
)
ordered, before = OrderedRows(inputs), peak()
for begin in range(0, int(sys.argv[1]), rows):
    ordered.update(Batch(batch(begin).to_arrow().to_batches()[0]))
seen, last = 0, ""
for piece in ordered.value().entities():
    assert piece.equals(piece.sort("entity", "when", "what"))
    if piece.height:
        assert last < piece["entity"][0]
        seen, last = seen + piece.height, piece["entity"][-1]
assert seen == int(sys.argv[1])
print(peak() - before)
"""


def peak_megabytes(program, rows, monkeypatch):
    # With so little for all of it DuckDB has 100 MB.
    monkeypatch.setenv(MEMORY_VARIABLE, "700MB")
    ran = subprocess.run(
        [sys.executable, "-c", OWN_PEAK + program, str(rows)], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


# In arrays, two million rows more took 80 MB, and as much again while they were sorted; as series in frames, 200 MB. Of two
# million entries the index has what DuckDB may take in use, so that more rows show what is held of each.
@pytest.mark.parametrize(
    ("program", "few_rows", "most"), [(GROWTH, 2_000_000, 60), (SERIES, 1_000_000, 100)], ids=["index", "series"]
)
def test_three_times_the_rows_do_not_take_three_times_the_memory(program, few_rows, most, monkeypatch):
    few, many = (peak_megabytes(program, rows, monkeypatch) for rows in (few_rows, 3 * few_rows))

    assert many - few < most
