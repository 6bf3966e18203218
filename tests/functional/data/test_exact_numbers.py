"""Numbers lose no digit: whole ones beyond 53 bits, decimals, and files that have a column with several types."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from gates.config.dataset import DatasetConfig
from gates.data.batch import Batch
from tests.opened import open_dataset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BIG = 2**63
ROWS = 60
KEYS = "combined/expect_keys_to_name_one_row"


def write(path: Path, values: Sequence[Any], kind: pa.DataType, **beside: Any) -> None:
    pq.write_table(pa.table({"n": pa.array(values, kind), **beside}), path)


def digests(root: Path) -> tuple[list[int], pl.DataFrame]:
    """The digest of every row of both origins in order, and the rows."""
    partitions = {"human": "human.*", "synthetic": "synthetic.*"}
    with open_dataset(DatasetConfig("rows", root, 1, "tabular", partitions=partitions)) as opened:
        batches = [Batch(rows, opened.readings) for rows in opened.batches()]
        hashes = [int(one) for batch in batches for one in batch.digest(opened.roles)]
        return hashes, pl.concat([batch.frame for batch in batches])


def ranges(root: Path) -> list[dict[str, Any]]:
    """The drafted rules on ranges."""
    (suite,) = (root / "expectations").glob("*/human.json")
    entries = json.loads(suite.read_text())["expectations"]
    return [entry for entry in entries if entry["kwargs"].get("rule", "").endswith("/range")]


# A type each side, and a number that both hold.
TYPES = [
    (pa.int64(), pa.uint64(), 2**53 + 1),
    (pa.int8(), pa.uint64(), 100),
    (pa.uint32(), pa.uint64(), 2**31 + 7),
    (pa.int64(), pa.decimal128(20, 0), 2**62 + 3),
    (pa.int64(), pa.decimal128(38, 10), 2**62 + 3),
    (pa.uint64(), pa.decimal128(38, 10), BIG + 1),
    (pa.decimal128(12, 2), pa.decimal128(38, 10), Decimal("1234567890.25")),
    (pa.decimal128(38, 0), pa.decimal128(38, 30), Decimal(1234567)),
    (pa.decimal256(50, 12), pa.decimal128(18, 2), Decimal("1234567890123456.25")),
    (pa.decimal256(76, 30), pa.int64(), Decimal(2**40)),
    (pa.int64(), pa.string(), 2**53 + 1),
]


@pytest.mark.parametrize(("one", "other", "number"), TYPES, ids=[f"{one} beside {other}" for one, other, _ in TYPES])
def test_a_number_is_the_same_in_every_type_and_no_other(tmp_path, one, other, number):
    write(tmp_path / "human.parquet", [number, None], one)
    written = str(number) if other == pa.string() else number
    write(tmp_path / "synthetic.parquet", [written, None], other)

    (mine, missing, theirs, also_missing), _ = digests(tmp_path)

    assert (mine, missing) == (theirs, also_missing)
    assert mine != missing


@pytest.mark.parametrize(
    ("kind", "beside"),
    [(pa.uint64(), pa.int64()), (pa.uint64(), pa.decimal128(38, 0)), (pa.decimal128(38, 10), pa.int32())],
    ids=str,
)
def test_numbers_that_differ_in_their_last_digit_differ(tmp_path, kind, beside):
    write(tmp_path / "human.parquet", [BIG + 1, BIG + 2, BIG + 3], kind)
    write(tmp_path / "synthetic.parquet", [5], beside)

    hashes, frame = digests(tmp_path)

    assert len({*hashes}) == 4
    assert [int(number) for number in frame["n"]] == [BIG + 1, BIG + 2, BIG + 3, 5]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("digits", ["12345678901234567890123456.0123456789", "1" * 40 + ".5", "-0.10", "7"])
def test_decimals_of_any_width_keep_their_digits(tmp_path, suffix, digits):
    values = pa.array([Decimal(digits), Decimal(digits) + 1], pa.decimal256(60, 10))
    for name in ("human", "synthetic"):
        table = pa.table({"n": values})
        if suffix == "parquet":
            pq.write_table(table, tmp_path / f"{name}.parquet")
        else:
            with pa.ipc.new_stream(tmp_path / f"{name}.arrow", table.schema) as stream:
                stream.write_table(table)

    hashes, frame = digests(tmp_path)

    assert [Decimal(str(number)) for number in frame["n"]] == [Decimal(digits), Decimal(digits) + 1] * 2
    assert hashes[:2] == hashes[2:]
    assert hashes[0] != hashes[1]


@pytest.mark.parametrize("form", ["lines", "array", "columns"])
@pytest.mark.parametrize(
    "numbers", [[BIG + 1, BIG + 2], [BIG + 1, -1], [2**64 + 1, 2**64 + 2], [10**37, -1], [10**45, 10**45 + 1]]
)
def test_whole_numbers_of_json_beyond_int64_keep_their_digits(tmp_path, form, numbers):
    rows = [{"n": number, "listed": [number, 1]} for number in numbers]
    text = {
        "lines": "\n".join(json.dumps(row) for row in rows),
        "array": json.dumps(rows),
        "columns": json.dumps({"n": numbers, "listed": [row["listed"] for row in rows]}),
    }[form]
    for name in ("human", "synthetic"):
        (tmp_path / f"{name}.json").write_text(text)

    hashes, frame = digests(tmp_path)

    assert [int(number) for number in frame["n"]] == numbers * 2
    assert [json.loads(listed) for listed in frame["listed"]] == [row["listed"] for row in rows] * 2
    assert len({*hashes}) == len(numbers)


@pytest.mark.parametrize(
    ("human", "synthetic"), [*itertools.permutations([pa.int64(), pa.uint64(), pa.decimal128(30, 2)], 2)]
)
def test_keys_meet_across_types_without_loss(tmp_path, gates, human, synthetic):
    first = 2**60
    write(tmp_path / "human.parquet", range(first, first + ROWS), human, x=pa.array(range(ROWS)))
    # Every key but one lies within a float's reach of a human one, and is another.
    keys = [first + 5, *range(first + ROWS, first + 2 * ROWS - 1)]
    write(tmp_path / "synthetic.parquet", keys, synthetic, x=pa.array(range(ROWS)))
    (tmp_path / "gates.toml").write_text(
        '[datasets.rows]\ntype = "tabular"\ncolumns = { key = "n" }\n'
        'partitions = { human = "human.parquet", synthetic = "synthetic.parquet" }\n'
    )

    (check,) = json.loads(gates(tmp_path, "check", "--only", KEYS, "--format", "json").out)["checks"]

    assert (check["outcome"], check["evidence"]["shared_with_human_rows"]) == ("fail", 1)


def test_a_table_of_decimals_and_of_big_numbers_is_drafted_and_passes(tmp_path, gates):
    for name, seed in (("human", 1), ("synthetic", 2)):
        row = pl.int_range(400, eager=True).to_frame("row")
        drawn, other = (row.select(pl.col("row").hash(seed + at) % 10_007)["row"].to_list() for at in (0, 5))
        price = pa.array([Decimal(one) / 100 for one in drawn], pa.decimal128(12, 2))
        towns = [f"t{one % 5}" for one in other]
        write(tmp_path / f"{name}.parquet", [BIG + one for one in other], pa.uint64(), price=price, town=towns)

    called = gates(tmp_path, "init", "human.parquet", "synthetic.parquet")
    assert called.code == 0, called.err
    verdict = json.loads(gates(tmp_path, "check", "--format", "json").out)

    assert [check["message"] for check in verdict["checks"] if check["outcome"] in ("fail", "error")] == []
    assert {"price", "n"} <= {entry["kwargs"]["rule"].partition("/")[0] for entry in ranges(tmp_path)}
