"""`gates check --memory-limit`: a table that is larger than what the process may take."""

from __future__ import annotations

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.peak_memory import ran_apart
from tests.projects import program

ROWS, ROWS_AT_ONCE, FILLER = 360_000, 10_000, "lorem ipsum dolor sit amet " * 85
# What allocators of three libraries hold on to beyond what is in use.
ALLOWANCE = 150 << 20
BOUND = 700 * 10**6 + ALLOWANCE
# A question to all texts together, which takes as much memory as it is given.
UNIQUE = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "note"}, "severity": "critical"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A project with one Parquet file of 0.84 GB when it is decoded."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "gates.toml").write_text('[datasets.notes]\ntype = "tabular"\npath = "data.parquet"\nextends = false\n')
    (folder / "expectations/notes").mkdir(parents=True)
    suite = {"name": "notes", "expectations": [UNIQUE]}
    (folder / "expectations/notes/combined.json").write_text(json.dumps(suite))
    schema = pa.schema([("id", pa.int64()), ("score", pa.float64()), ("note", pa.string()), ("origin", pa.string())])
    generator = np.random.default_rng(0)
    with pq.ParquetWriter(folder / "data.parquet", schema, compression="zstd") as writer:
        for first in range(0, ROWS, ROWS_AT_ONCE):
            ids = np.arange(first, first + ROWS_AT_ONCE)
            columns = {
                "id": ids,
                "score": generator.uniform(size=ROWS_AT_ONCE),
                "note": [f"{number} {FILLER}" for number in ids],
                "origin": np.where(ids % 2, "human", "synthetic").tolist(),
            }
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return folder


def checked(root, limit):
    """Exit code, report and peak of memory in bytes of one run as a program of its own."""
    return ran_apart(
        [sys.executable, "-m", "gates", "check", "--no-cache", "--format", "json", "--memory-limit", limit], root
    )


@pytest.mark.slow
@pytest.mark.program
def test_a_table_larger_than_the_limit_is_judged_within_it_with_the_same_verdict(root):
    narrow, report, peak = checked(root, "700MB")
    wide, same_report, unbounded = checked(root, "3GB")

    assert (narrow, report) == (wide, same_report)
    assert narrow in {0, 1}
    assert peak <= BOUND < unbounded


@pytest.mark.program
def test_a_limit_that_is_no_amount_ends_with_an_example_before_anything_is_read(tmp_path):
    called = program(tmp_path, "check", "--memory-limit", "plenty")

    assert called.code == 2
    assert called.err == "--memory-limit='plenty' is no amount of memory; expected e.g. 2GB\n"
