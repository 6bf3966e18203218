"""A small dataset in every format, and suites that only its very rows pass."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 24
CONFIG = """\
[datasets.d]
path = "{name}"
type = "text"
columns = {{ text = "text" }}
extends = false
"""


def sound_rows() -> list[dict[str, Any]]:
    """Half of them human; every value tells its row."""
    return [
        {
            "number": number,
            "text": f"line {number} says “{chr(97 + number) * 9}”, and\nends",
            "score": number / 8 + 0.0625,
            "origin": "human" if number % 2 else "synthetic",
        }
        for number in range(1, COUNT + 1)
    ]


def sound_files() -> dict[str, bytes]:
    """The same rows by the name of a file; `/` parts variants of a format from the name."""
    rows = sound_rows()
    table = pa.Table.from_pylist(rows)
    text = _written(lambda stream: pa.csv.write_csv(table, stream))
    lines = "".join(json.dumps(row, ensure_ascii=number % 2 == 0) + "\n" for number, row in enumerate(rows)).encode()
    file, stream = _arrow(table, pa.ipc.new_file), _arrow(table, pa.ipc.new_stream)
    return {
        "plain/data.csv": text,
        "crlf/data.csv": text.replace(b"\n", b"\r\n"),
        "packed/data.csv.gz": gzip.compress(text, mtime=0),
        "plain/data.jsonl": lines,
        "packed/data.jsonl.gz": gzip.compress(lines, mtime=0),
        "snappy/data.parquet": _parquet(table),
        "plain/data.parquet": _parquet(table, compression="none", use_dictionary=False, data_page_version="2.0"),
        "parts/data.parquet": _parquet(table, compression="zstd", row_group_size=5, write_page_checksum=True),
        "file/data.arrow": file,
        "stream/data.arrow": stream,
        "lz4/data.feather": _arrow(table, pa.ipc.new_file, pa.ipc.IpcWriteOptions(compression="lz4")),
    }


def write_suites(root: Path) -> None:
    """What only these rows pass: how many there are, every value of every column, and which stand together."""
    rows = sound_rows()
    columns = ["number", "text", "score"]
    both: list[tuple[str, dict[str, Any]]] = [("expect_table_row_count_to_equal", {"value": COUNT})]
    for column in columns:
        both += [
            ("expect_column_values_to_not_be_null", {"column": column}),
            ("expect_column_values_to_be_unique", {"column": column}),
        ]
    both += [
        ("expect_column_values_to_be_in_set", {"column": "number", "value_set": [row["number"] for row in rows]}),
        *(
            (
                "expect_column_pair_values_to_be_in_set",
                {
                    "column_A": "number",
                    "column_B": other,
                    "value_pairs_set": [[row["number"], row[other]] for row in rows],
                },
            )
            for other in columns[1:]
        ),
    ]
    _write_suite(root, "combined", both)
    for scope in ("human", "synthetic"):
        numbers = [row["number"] for row in rows if row["origin"] == scope]
        rule = ("expect_column_values_to_be_in_set", {"column": "number", "value_set": numbers})
        _write_suite(root, scope, [rule])


def write_project(root: Path, name: str) -> None:
    """A project whose data is the file of a name, which is still to be written."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "gates.toml").write_text(CONFIG.format(name=name))
    write_suites(root)


def _write_suite(root: Path, scope: str, rules: list[tuple[str, dict[str, Any]]]) -> None:
    folder = root / "expectations/d"
    folder.mkdir(parents=True, exist_ok=True)
    expectations = [{"type": name, "kwargs": kwargs, "severity": "critical"} for name, kwargs in rules]
    (folder / f"{scope}.json").write_text(json.dumps({"name": f"d-{scope}", "expectations": expectations}))


def _written(write) -> bytes:
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


def _parquet(table: pa.Table, **options: Any) -> bytes:
    return _written(lambda stream: pq.write_table(table, stream, **options))


def _arrow(table: pa.Table, kind, options: pa.ipc.IpcWriteOptions | None = None) -> bytes:
    def write(stream: io.BytesIO) -> None:
        with kind(stream, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=7)

    return _written(write)
