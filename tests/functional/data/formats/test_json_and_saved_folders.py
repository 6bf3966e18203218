"""JSON of every shape that rows are written in, folders that `datasets` saved, and empty parts of a folder."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from tests.opened import open_dataset

ROWS = [
    {"a": 1, "t": 'x, "y"\n', "origin": "human"},
    {"a": None, "t": "é\u2028", "origin": "synthetic"},
    {"a": 3, "t": "", "origin": "human"},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def rows(root, path: str):
    with open_dataset(DatasetConfig("d", root, 1, "tabular", path=path)) as dataset:
        return dataset.connection.sql("SELECT a, t, _gates_origin AS origin FROM combined").to_arrow_table().to_pylist()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(ROWS)),
        ("a.json", "\ufeff\n " + json.dumps(ROWS, indent=2).replace("\n", "\r\n")),
        ("a.jsonl", json.dumps(ROWS)),
        ("a.json", LINES),
        ("a.txt", LINES),
        ("a.ndjson", LINES.rstrip()),
        ("a.json", json.dumps({"version": "1.0", "data": ROWS})),
        ("a.json", json.dumps({"data": ROWS}, indent=1)),
        ("a.json", json.dumps({key: [row[key] for row in ROWS] for key in ("a", "t", "origin")})),
        ("a.json", "".join(json.dumps(row, indent=2) + "\n" for row in ROWS)),
        ("a.json.gz", json.dumps(ROWS)),
    ],
)  # fmt: skip
def test_json_is_read_in_every_shape_that_holds_rows(name, text, tmp_path):
    content = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    assert rows(tmp_path, name) == ROWS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1},\n {"a": 2}', "a.json:2: not valid JSON: Expecting ',' delimiter"),
        ('[{"a": 1}]\nx', "a.json:2: not valid JSON: Extra data"),
        ('[{"a": 1}, 2]', "a.json: row 2: 'int' where an object was expected"),
        ('[{"a": 1}, {"a": 1, "a": 2}]', "a.json: row 2: key 'a' occurs twice in one object"),
        ("[]", "a.json: no rows, an array of nothing"),
        (
            '{"train": [{"a": 1}], "test": [{"a": 1}]}',
            "one object with 'train', 'test': which rows it holds is not clear",
        ),
        ('{"a": [1, 2], "b": [1]}', "expected an array of objects, an object of columns of one length"),
        ('{"a": {"0": 1}, "b": {"0": 2}}', "with pandas, write it with orient='records'"),
        ("hello", "a.json:1: not valid JSON"),
    ],
)
def test_json_that_holds_no_rows_is_named_in_one_sentence(text, words, tmp_path):
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(DataError) as error:
        rows(tmp_path, "a.json")

    assert words in str(error.value)
    assert "\n" not in str(error.value)


def saved(folder, part: list[dict[str, object]]) -> None:
    """What `Dataset.save_to_disk` writes: an Arrow stream, its state, what is known of it, and what was cached beside."""
    folder.mkdir(parents=True)
    table = pa.Table.from_pylist(part, schema=pa.schema({"a": pa.int64(), "t": pa.string(), "origin": pa.string()}))
    for name in ("data-00000-of-00001.arrow", "cache-1a2b3c4d5e6f7a8b.arrow"):
        with pa.ipc.new_stream(folder / name, table.schema) as stream:
            stream.write_table(table)
    (folder / "state.json").write_text('{"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}')
    (folder / "dataset_info.json").write_text('{"features": {}}')


def test_folder_that_datasets_saved_is_read_without_what_lies_beside_its_rows(tmp_path):
    saved(tmp_path / "one", ROWS)

    assert rows(tmp_path, "one") == ROWS


def test_splits_that_datasets_saved_are_read_together_and_one_may_be_empty(tmp_path):
    (tmp_path / "all").mkdir()
    (tmp_path / "all/dataset_dict.json").write_text('{"splits": ["test", "train"]}')
    for name, part in (("test", ROWS[:1]), ("train", ROWS[1:]), ("validation", [])):
        saved(tmp_path / "all" / name, part)

    assert rows(tmp_path, "all") == ROWS


PARTS = {
    "csv": ("a,t,origin\n", ""),
    "csv.gz": (gzip.compress(b"a,t,origin\n"), gzip.compress(b"")),
    "jsonl": ("\n", ""),
    "json": ("[]", ""),
    "tsv": ("a\tt\torigin\n", ""),
}


@pytest.mark.parametrize("suffix", PARTS)
def test_empty_parts_of_a_folder_hold_no_rows_and_alone_are_refused(suffix, tmp_path):
    folder = tmp_path / "rows"
    folder.mkdir()
    for number, content in enumerate(PARTS[suffix]):
        (folder / f"part-{number}.{suffix}").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=r"rows/part-0\..*: (a header without rows|no rows|empty)"):
        rows(tmp_path, "rows")

    pq.write_table(pa.Table.from_pylist(ROWS), folder / "part-2.parquet")
    (folder / "part-3.jsonl").write_text(LINES)

    assert rows(tmp_path, "rows") == ROWS + ROWS


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather", "ipc"])
def test_tables_without_rows_hold_none_and_a_file_of_nothing_is_broken(suffix, tmp_path):
    folder = tmp_path / "rows"
    folder.mkdir()
    nothing = pa.Table.from_pylist(ROWS)[:0]
    if suffix == "parquet":
        pq.write_table(nothing, folder / "part-0.parquet")
    else:
        with pa.ipc.new_file(folder / f"part-0.{suffix}", nothing.schema) as file:
            file.write_table(nothing)
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "part-1.parquet")

    assert rows(tmp_path, "rows") == ROWS

    (folder / f"part-2.{suffix}").touch()
    with pytest.raises(DataError, match=rf"rows/part-2\.{suffix}: empty, 0 bytes"):
        rows(tmp_path, "rows")


def test_workbook_is_named_with_what_to_do(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK")

    with pytest.raises(DataError, match=r"'\.xlsx' is not a known format.*; export the sheet as CSV in UTF-8"):
        rows(tmp_path, "a.xlsx")
