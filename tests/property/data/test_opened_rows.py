from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.config.dataset import DatasetConfig, Origins
from gates.data.facts import ORIGIN, ROW_ID
from gates.verdict import Scope
from tests.opened import open_dataset

# Every example opens real files; a few of them are enough for a law.
FEW = settings(max_examples=6, deadline=None)
ORIGIN_VALUES = st.sampled_from(["human", "expert", "synthetic", "Human", " human", "", None])


@FEW
@given(st.lists(st.lists(ORIGIN_VALUES, max_size=9), min_size=1, max_size=4))
def test_scopes_cover_each_row_exactly_once(files):
    with tempfile.TemporaryDirectory() as folder:
        for number, origins in enumerate(files):
            table = pa.table({"n": pa.array(range(len(origins)), pa.int64()), "origin": pa.array(origins, pa.string())})
            pq.write_table(table, Path(folder, f"{number}.parquet"))
        config = DatasetConfig("d", Path(folder), 1, "tabular", path=".", origins=Origins(("human", "expert")))

        with open_dataset(config) as dataset:
            ids = {
                scope: [row for (row,) in dataset.connection.sql(f"SELECT {ROW_ID} FROM {scope}").fetchall()]
                for scope in Scope
            }
            undeclared = dataset.connection.sql(
                f"SELECT {ROW_ID} FROM combined WHERE {ORIGIN} = 'undeclared'"
            ).fetchall()
            counts = dataset.row_counts()
            streamed = [row for batch in dataset.batches() for row in batch.column(ROW_ID).to_pylist()]
            taken = dataset.take(np.array(streamed[::-1], dtype=np.int64))[ROW_ID].to_list()

    expected = [(number << 40) | row for number, origins in enumerate(files) for row in range(len(origins))]
    assert sorted(ids[Scope.HUMAN] + ids[Scope.SYNTHETIC] + [row for (row,) in undeclared]) == expected
    assert ids[Scope.COMBINED] == streamed == taken[::-1] == expected
    assert sum(counts.values()) == len(expected)
    assert counts["human"] == sum(origin in ("human", "expert") for origins in files for origin in origins)


# Text that CSV cannot confuse with another type, as a table of people would have it.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20).map(lambda word: "w" + word)
ROW = st.fixed_dictionaries({
    "whole": st.integers(-(10**17), 10**17),
    "part": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "word": st.one_of(st.none(), WORDS),
    "origin": st.sampled_from(["human", "synthetic"]),
})  # fmt: skip
SCHEMA = pa.schema({
    "whole": pa.int64(), "part": pa.float64(), "flag": pa.bool_(), "word": pa.string(), "origin": pa.string(),
})  # fmt: skip


def written(rows: list[dict[str, object]]) -> dict[str, bytes]:
    """The same rows in every format."""
    table = pa.Table.from_pylist(rows, SCHEMA)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()).encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, SCHEMA.names, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows({**row, "part": repr(row["part"])} for row in rows)
    commas = text.getvalue().encode()
    parquet, arrow = pa.BufferOutputStream(), pa.BufferOutputStream()
    pq.write_table(table, parquet)
    pa.feather.write_feather(table, arrow, compression="uncompressed")
    return {
        "a.parquet": parquet.getvalue().to_pybytes(),
        "a.feather": arrow.getvalue().to_pybytes(),
        "a.jsonl": lines,
        "a.jsonl.gz": gzip.compress(lines, mtime=0),
        "a.ndjson.zst": pa.compress(lines, "zstd", asbytes=True),
        "a.csv": commas,
        "a.csv.gz": gzip.compress(commas, mtime=0),
        "a.csv.zst": pa.compress(commas, "zstd", asbytes=True),
    }


@FEW
@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_format_gives_the_same_rows_and_types(rows):
    rows = [*rows, {"whole": 1, "part": 0.5, "flag": True, "word": "last", "origin": "human"}]
    opened = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in written(rows).items():
            Path(folder, name).write_bytes(content)
            with open_dataset(DatasetConfig("d", Path(folder), 1, "tabular", path=name)) as dataset:
                table = pa.Table.from_batches(list(dataset.batches()))
                opened[name] = (table.schema, table.to_pylist(), dict(dataset.files[0].columns))

    expected = [
        {**{name: row[name] for name in SCHEMA.names[:-1]}, ROW_ID: number, ORIGIN: row["origin"]}
        for number, row in enumerate(rows)
    ]
    assert {name: table[1] for name, table in opened.items()} == dict.fromkeys(opened, expected)
    assert len({(table[0], tuple(table[2].items())) for table in opened.values()}) == 1
