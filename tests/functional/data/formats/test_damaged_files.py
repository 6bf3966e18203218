"""Files that other readers take as far as they go, or for other rows than were written, are refused with a sentence."""

from __future__ import annotations

import base64
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.config.dataset import DatasetConfig
from gates.data.text.secrets import web_tokens
from gates.errors import DataError
from tests.opened import open_dataset

CSV = "a,b,o\n" + "".join(f"{row},x{row},human\n" for row in range(9))
LINE = '{{"o": "human", "a": 1, "deep": {}}}\n'


def opened(root, name: str, content: bytes | str):
    (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_dataset(DatasetConfig("d", root, 1, "tabular", path=name, origin="o"))


def refusal(root, name: str, content: bytes | str) -> str:
    with pytest.raises(DataError) as refused:
        opened(root, name, content)
    return str(refused.value)


@pytest.mark.parametrize("name", ["d.csv", "d.tsv", "d.jsonl", "d.json", "d.csv.gz"])
@pytest.mark.parametrize("nuls", [1, 512, 2 << 20])
def test_a_nul_byte_in_a_text_file_is_damage(tmp_path, name, nuls):
    content = (CSV + "9,a" + "\0" * nuls + "b,human\n" + CSV.split("\n", 1)[1]).encode()

    assert refusal(tmp_path, name, gzip.compress(content) if name.endswith(".gz") else content).startswith(
        f"{name}:11: a NUL byte"
    )


def test_a_nul_that_json_writes_out_is_a_letter(tmp_path):
    with opened(tmp_path, "d.jsonl", '{"o": "human", "a": "x\\u0000y"}\n') as dataset:
        assert dataset.connection.sql("SELECT a FROM combined").fetchall() == [("x\0y",)]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_header_within_the_rows_is_none_of_them(tmp_path, mark):
    assert refusal(tmp_path, "d.csv", CSV + mark + CSV) == (
        "d.csv: row 10 is the header again, as where files are joined; remove the line"
    )


@pytest.mark.parametrize(
    "text", ["number,is_header,o\n1,true,human\n", "o\nhuman\no\n", CSV + "a,b,x\n", 'a,o\n"a ",human\n']
)
def test_a_value_that_is_the_name_of_its_column_is_a_value(tmp_path, text):
    with opened(tmp_path, "d.csv", text) as dataset:
        assert dataset.connection.sql("SELECT count(*) FROM combined").fetchall() == [(text.count("\n") - 1,)]


def arrow(batches: int, *, is_stream: bool, pairs: int = 1) -> bytes:
    # A column that ends as the mark of the end of a stream is written.
    table = pa.table({"o": ["human"] * (batches * pairs * 2), "a": pa.array([-1, 0] * batches * pairs, pa.int32())})
    sink = pa.BufferOutputStream()
    with (pa.ipc.new_stream if is_stream else pa.ipc.new_file)(sink, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=2 * pairs):
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_a_stream_that_was_cut_between_batches_is_not_taken_for_whole(tmp_path, batches):
    whole, mark = arrow(batches, is_stream=True), b"\xff\xff\xff\xff\0\0\0\0"

    assert whole.endswith(mark)
    assert "the stream has no end" in refusal(tmp_path, "d.arrow", whole.removesuffix(mark))


@pytest.mark.parametrize(
    ("is_stream", "message"), [(True, "more follows the end of the stream"), (False, "two Arrow files in one")]
)
def test_arrow_files_in_one_are_not_read_as_one_of_them(tmp_path, is_stream, message):
    one, other = arrow(2, is_stream=is_stream), arrow(2, is_stream=is_stream, pairs=100_000)

    assert message in refusal(tmp_path, "d.arrow", one + one)
    assert message in refusal(tmp_path, "d.arrow", other + one)


def parquet(first: int, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"o": ["human"] * 9, "a": list(range(first, first + 9))}), sink, **options)
    return sink.getvalue().to_pybytes()


OPTIONS = [{}, {"row_group_size": 2}, {"write_page_index": True}, {"use_dictionary": False, "compression": "none"}]


@pytest.mark.parametrize("options", OPTIONS)
def test_parquet_files_in_one_are_not_read_as_one_of_them(tmp_path, options):
    one, other = parquet(0, **options), parquet(50, **options)

    assert "two Parquet files in one" in refusal(tmp_path, "d.parquet", one + other)
    with opened(tmp_path, "d.parquet", other) as dataset:
        assert dataset.connection.sql("SELECT min(a), count(*) FROM combined").fetchall() == [(50, 9)]


@pytest.mark.parametrize("name", ["d.jsonl", "d.json"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}"), ('[{"]": ', "}]")])
@pytest.mark.parametrize("times", [60, 100_000])
def test_values_that_no_reader_follows_are_refused(tmp_path, name, opening, closing, times):
    deep = LINE.format(opening * times + "1" + closing * times)

    assert "deep within each other, of which 40 are read" in refusal(tmp_path, name, LINE.format("null") + deep)


def test_values_as_deep_as_anyone_writes_are_read(tmp_path):
    value = json.loads("[" * 18 + '{"]": [1]}' + "]" * 18)

    with opened(tmp_path, "d.jsonl", LINE.format(json.dumps(value))) as dataset:
        assert dataset.connection.sql("SELECT deep FROM combined").fetchall() == [(value,)]


def test_a_document_that_is_one_deep_line_is_refused(tmp_path):
    assert "d.json" in refusal(tmp_path, "d.json", "{" + '"a": {' * 100_000 + "}" * 100_001)


def test_a_token_whose_header_nobody_can_follow_is_none():
    parts = [
        base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for text in ('{"a": ' + "[" * 1_400, '{"b": "nobody"}')
    ]

    assert list(web_tokens(f"{parts[0]}.{parts[1]}.{'x' * 43}")) == []
