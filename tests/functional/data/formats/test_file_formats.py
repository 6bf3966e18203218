from __future__ import annotations

import codecs
import gzip
import json
import re
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.feather
import pytest

from gates.config.dataset import DatasetConfig
from gates.data.facts import ORIGIN, ROW_ID
from gates.errors import DataError
from tests.opened import open_dataset

TO_UTF8 = "save the whole file as UTF-8, or convert it: `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW`"


def opened(root, name: str, content: bytes | str):
    path = root / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    columns = {"generator": "origin"}
    return open_dataset(DatasetConfig("d", root, 1, "tabular", path=name, columns=columns))


def read(root, name: str, content: bytes | str):
    """Rows without the engine's own columns, and the types of the file's columns, origin aside."""
    with opened(root, name, content) as dataset:
        rows = dataset.connection.sql("SELECT * FROM combined").to_arrow_table()
        rows = rows.drop_columns([ROW_ID, ORIGIN, "generator"])
        types = {column: kind for column, kind in dataset.files[0].columns.items() if column != "origin"}
    return rows.to_pylist(), types


def refusal(root, name: str, content: bytes | str) -> str:
    with pytest.raises(DataError) as error:
        opened(root, name, content)
    assert "\n" not in str(error.value)
    return str(error.value)


def jsonl(*rows: str) -> str:
    return "".join(row.replace("}", ', "origin": "human"}') + "\n" for row in rows)


def test_csv_types_come_from_every_value_of_a_column(tmp_path):
    text = (
        "i,f,b,d,t,z,s,code,phone,long,late,origin\n"
        "1,1.5,true,2024-02-29,2024-01-01 10:00,2024-01-01T10:00:00Z,x,07,+41,12345678901234567890,3,human\n"
    )
    rows = text + "-2,1e3,False,2023-01-01,2024-01-01,2024-01-01T12:00:00.5+02:00,1,1,2,3,3,human\n" * 30_000
    rows += "3,,,,,,,,,,three,human\n"

    values, types = read(tmp_path, "a.csv", rows)

    assert types == {
        "i": "int64", "f": "double", "b": "bool", "d": "date32[day]", "t": "timestamp[us]", "z": "timestamp[us, tz=UTC]",
        "s": "string", "code": "string", "phone": "string", "long": "string", "late": "string",
    }  # fmt: skip
    assert values[0] == {
        "i": 1, "f": 1.5, "b": True, "d": date(2024, 2, 29), "t": datetime(2024, 1, 1, 10),  # noqa: DTZ001
        "z": datetime(2024, 1, 1, 10, tzinfo=UTC), "s": "x", "code": "07", "phone": "+41",
        "long": "12345678901234567890", "late": "3",
    }  # fmt: skip
    assert values[1]["z"] == datetime(2024, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC)
    assert values[-1] == dict.fromkeys(types) | {"i": 3, "late": "three"}
    assert len(values) == 30_002


def test_csv_tells_an_empty_cell_from_an_empty_string(tmp_path):
    rows, types = read(tmp_path, "a.csv", 'a,n,e,origin\n"",1,,human\n,"",,human\n')

    assert rows == [{"a": "", "n": 1, "e": None}, {"a": None, "n": None, "e": None}]
    assert types == {"a": "string", "n": "int64", "e": "null"}


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("a.csv", 'a,origin\n"x\ny, ""q""",human\n', ['x\ny, "q"']),
        ("a.csv", 'a,origin\r\n"x\ny",human\r\nz,human\r\n', ["x\ny", "z"]),
        ("a.csv", "\ufeffa,origin\nx,human\n", ["x"]),
        ("a.csv", "a;origin\nx,y;human\n", ["x,y"]),
        ("a.csv", "a|origin\nx|human\n", ["x"]),
        ("a.tsv", "a\torigin\nx,y\thuman\n", ["x,y"]),
        ("a.csv", "a,origin\n#x,human\n", ["#x"]),
        ("a.csv", "a,origin\nnull,human\nNA,human\n", ["null", "NA"]),
        ("a.csv", "a,origin\n" + "x" * 5_000_000 + ",human\n", ["x" * 5_000_000]),
        ("a.csv", '"a",origin\nx,human', ["x"]),
        ("a.csv", "# exported, by tool, v2\r\n\r\na,origin\r\nx,human\r\n", ["x"]),
        ("a.csv", "# one\n#two\na,origin\nx,human\n", ["x"]),
        ("a.csv", "# of 2024, May\na,origin\nx,human\n", ["x"]),
        ("a.csv", "\n\n \na,origin\nx,human\n", ["x"]),
        ("a.csv", "sep=;\na;origin\nx,y;human\n", ["x,y"]),
        ("a.csv", '\ufeff"sep=|"\r\na|origin\r\nx|human\r\n', ["x"]),
        ("a.csv", 'a;origin;"p, q, r, s"\nx;human;1\n', ["x"]),
        ("a.csv", "a;origin;b, in $\nx;human;1\n", ["x"]),
        ("a.csv", '# remark\r\na,origin,"b\n(years)"\r\nx,human,1\r\n', ["x"]),
    ],
)
def test_csv_is_read_as_people_write_it(tmp_path, name, text, rows):
    values, _ = read(tmp_path, name, text)

    assert [row["a"] for row in values] == rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "a;origin\r\n\u00e9\U0001f600;human\r\n"),
        ("a.tsv", "sep=\t\na\torigin\n\u00e9\U0001f600\thuman\n"),
        ("a.jsonl", '{"a": "\u00e9\U0001f600", "origin": "human"}\n'),
        ("a.txt", '{"a": "\u00e9\U0001f600", "origin": "human"}\n'),
        ("a.json", '[{"a": "\u00e9\U0001f600", "origin": "human"}]'),
        ("a.json.gz", '{"a": ["\u00e9\U0001f600"], "origin": ["human"]}'),
    ],
)
def test_text_is_read_in_the_encoding_that_its_byte_order_mark_names(tmp_path, name, text, encoding):
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else codecs.BOM_UTF32_BE if encoding == "utf-32-be" else b""
    content = mark + text.encode(encoding)

    values, types = read(tmp_path, name, gzip.compress(content) if name.endswith(".gz") else content)

    assert values == [{"a": "\u00e9\U0001f600"}]
    assert types == {"a": "string"}


def test_long_utf16_whose_letters_cross_blocks_is_read_whole(tmp_path):
    rows = "".join(f"\U0001f600{number},human\n" for number in range(150_000))

    values, _ = read(tmp_path, "a.csv", ("a,origin\n" + rows).encode("utf-16"))

    assert [row["a"] for row in values] == [f"\U0001f600{number}" for number in range(150_000)]


def test_the_index_that_pandas_writes_gets_a_name(tmp_path):
    rows, _ = read(tmp_path, "a.csv", ",a,origin\n0,x,human\n1,y,human\n")

    index = "column_1_(no_name_in_the_header:_a_row_index?)"
    assert rows == [{index: 0, "a": "x"}, {index: 1, "a": "y"}]


def test_sign_of_comments_may_begin_the_first_name(tmp_path):
    rows, types = read(tmp_path, "a.csv", "#id,a,origin\n1,x,human\n2,y,human\n")

    assert (rows[0], types["#id"]) == ({"#id": 1, "a": "x"}, "int64")


def test_rows_of_a_long_csv_with_line_breaks_in_texts_keep_their_numbers(tmp_path):
    lines = "".join(f'{row},"first\nsecond {row}",human\n' for row in range(60_000))
    with opened(tmp_path, "a.csv", "i,t,origin\n" + lines) as dataset:
        wrong = dataset.connection.execute(f"SELECT count(*), count(*) FILTER (i <> {ROW_ID}) FROM combined").fetchone()

    assert wrong == (60_000, 0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv: empty, 0 bytes; expected CSV"),
        ("a.csv", b"a,origin\n", "a.csv: a header without rows"),
        ("a.csv", b"a,a\n1,2\n", "a.csv:1: 2 columns are called 'a'; rename all but one"),
        ("a.csv", b"a,A\n1,2\n", "a.csv:1: two columns differ from 'a' only in case; rename one of them"),
        ("a.csv", b"\n\n", "a.csv:1: no header; the first line must name the columns"),
        ("a.csv", b"\na,b\n", "a.csv: a header without rows"),
        (
            "a.csv",
            b"Report of May,,\n\na,b,origin\n1,2,human\n",
            "a.csv:1: is no header: it names 1 of 3 columns that the row below it fills; remove the title above the header, or name every column",
        ),
        (
            "a.csv",
            b"Report of May\na,origin\n1,human\n",
            "a.csv:1: is no header: it has 1 names, and the rows below it 2 values; remove what stands above the line that names the columns, or name all of them there",
        ),
        (
            "a.csv",
            b"# x\n\na,origin\n1,human\n1\n",
            "a.csv:5: 1 values where the header has 2 columns; quote or complete them",
        ),
        ("a.csv", b"# x\na,b,a\n", "a.csv:2: 2 columns are called 'a'; rename all but one"),
        (
            "a.csv",
            b"a,origin\n1,human\n1,2,human\n",
            "a.csv:3: 3 values where the header has 2 columns; quote or complete them",
        ),
        (
            "a.csv",
            b"a,origin\n1,human\n1\n",
            "a.csv:3: 1 values where the header has 2 columns; quote or complete them",
        ),
        (
            "a.csv",
            b'a,origin\n1,human\n"x,human\n',
            "a.csv:3: a quote is opened and not closed, or followed by more text; double quotes inside text",
        ),
        (
            "a.csv",
            b"a,origin\n1,human\r\n2,human\n",
            "a.csv: mixes line ends, \\n and \\r\\n; write the file with one of them",
        ),
        ("a.csv", b"a,origin\nx,human\n\xe4,human\n", f"a.csv:3: byte 0xe4 is not UTF-8; {TO_UTF8}"),
        ("a.csv", b"a,origin\nx,human\n\xc3", f"a.csv:3: byte 0xc3 is not UTF-8; {TO_UTF8}"),
        (
            "a.csv",
            "a,origin\nx,human\ny".encode("utf-16") + b"\x00\xd8\n\x00",
            "a.csv:3: byte 0x00 is not UTF-16; write the file anew, in UTF-8",
        ),
        (
            "a.jsonl",
            codecs.BOM_UTF16_BE + b"\0{",
            "a.jsonl:1: not valid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            "a.jsonl",
            '{"a": 1}'.encode("utf-16")[:-1],
            "a.jsonl:1: byte 0x7d is not UTF-16; write the file anew, in UTF-8",
        ),
        (
            "a.tsv",
            "a\torigin\nx\thuman\n".encode("utf-16-le"),
            (
                "a.tsv: every other byte is NUL, as UTF-16 has it, and no byte order mark says so; convert it: "
                "`iconv -f UTF-16LE -t UTF-8 OLD > NEW`"
            ),
        ),
        ("a.jsonl", b"", "a.jsonl: empty, 0 bytes; expected JSONL"),
        ("a.jsonl", b"\n\n", "a.jsonl: no rows, only blank lines"),
        ("a.jsonl", b"{}\n{}\n", "a.jsonl: no row has any key; name the columns"),
        ("a.jsonl", b'{"": 1}\n', "a.jsonl: a key is empty; name the columns"),
        (
            "a.jsonl",
            b'{"a": 1}\n\n{"a": tru}\n',
            "a.jsonl:3: not valid JSON: Expecting value: line 1 column 7 (char 6)",
        ),
        (
            "a.jsonl",
            b'{"a": 1}\n[{"a": 1}]\n',
            "a.jsonl:2: an array where an object was expected; each line is one row, {…}",
        ),
        (
            "a.jsonl",
            b'[\n{"a": 1}\n',
            "a.jsonl:3: not valid JSON: Expecting ',' delimiter: line 3 column 1 (char 11); write the file anew",
        ),
        ("a.jsonl", b'{"a": 1}\n3\n', "a.jsonl:2: 'int' where an object was expected; each line is one row, {…}"),
        ("a.jsonl", b'{"a": 1, "a": 2}\n', "a.jsonl:1: key 'a' occurs twice in one object; keep one of them"),
        *(
            (
                "a.jsonl",
                b'{"a": {"b": 1}}\n{"a": ' + cell + b"}\n",
                "a.jsonl:2: key 'x' occurs twice in one object; keep one of them",
            )
            for cell in (
                b'{"x": 1, "x": 1}',
                b'{"b": {"x": 1, "\\u0078": null}}',
                b'[{"b": 2}, [{"x": 1}, {"x": {}, "x": {}}]]',
                b'{"b": [1, "y", {"x": [], "x": 3}]}',
                b'{"b\\"": {"x": 1, "x": 2}}',
                b'{"b": 1234567890123456789012, "c": {"x": 1, "x": 2}}',
            )
        ),
        *(
            ("a.jsonl", b'{"a": [' + cell + b"]}\n", "a.jsonl:1: key 'x' occurs twice in one object; keep one of them")
            for cell in (b'{"x": 1, "x": 2}', b'{"role": "user"}, {"m": [{"x": 1, "y": 2, "x": 1}]}')
        ),
        ("a.jsonl", b'{"a": 1}\n{"A": 2}\n', "a.jsonl: keys 'a' and 'A' differ only in case; rename one of them"),
        ("a.jsonl", b'{"a": 1}\n{"a": "\xff"}\n', f"a.jsonl:2: byte 0xff is not UTF-8; {TO_UTF8}"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"a": 1}\n' * 9999, mtime=0)[:-20],
            "a.jsonl.gz: truncated or corrupt gzip (Truncated compressed stream); write it anew",
        ),
        (
            "a.csv.gz",
            b"a,origin\n1,human\n",
            "a.csv.gz: truncated or corrupt gzip (zlib inflate failed: incorrect header check); write it anew",
        ),
        (
            "a.csv.zst",
            pa.compress(b"a,origin\n" + b"1,human\n" * 9999, "zstd", asbytes=True)[:30],
            "a.csv.zst: truncated or corrupt zstd (Truncated compressed stream); write it anew",
        ),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "a.csv.gz: an archive of nothing; expected CSV"),
        ("a.arrow", b"not arrow at all", "a.arrow: not readable as Arrow IPC or Feather: "),
        (
            "a.json",
            b"{}",
            "a.json: no row has any key; name the columns",
        ),
    ],
)
def test_unreadable_files_get_one_clear_sentence(tmp_path, name, content, message):
    shown = refusal(tmp_path, name, content)

    assert shown.startswith(message) if message.endswith(": ") else shown == message


def test_json_strings_stay_strings_whatever_they_look_like(tmp_path):
    rows, types = read(
        tmp_path, "a.jsonl", jsonl('{"d": "2024-01-01", "n": "12", "t": "true"}', '{"d": "2024-01-02", "n": "07"}')
    )

    assert rows == [{"d": "2024-01-01", "n": "12", "t": "true"}, {"d": "2024-01-02", "n": "07", "t": None}]
    assert types == {"d": "string", "n": "string", "t": "string"}


def test_json_values_of_several_types_survive_as_text_and_the_type_says_so(tmp_path):
    rows = ['{"a": "yes", "n": 1, "m": "x", "l": [1]}'] * 40_000 + ['{"a": true, "n": 2.5, "m": 1, "l": "[1]"}']
    values, types = read(tmp_path, "a.jsonl", jsonl(*rows))

    assert types == {
        "a": "mixed(bool,string); bool first in row 40,001",
        "n": "double",
        "m": "mixed(int64,string); int64 first in row 40,001",
        "l": "mixed(list,string); string first in row 40,001",
    }
    assert values[0] == {"a": "yes", "n": 1.0, "m": "x", "l": "[1]"}
    assert values[-1] == {"a": "true", "n": 2.5, "m": "1", "l": "[1]"}


def test_json_numbers_lose_no_digits_where_a_type_can_hold_them(tmp_path):
    rows, types = read(
        tmp_path,
        "a.jsonl",
        jsonl('{"i": 9007199254740993, "u": 18446744073709551615, "f": 1.0, "z": null}', '{"i": -1, "u": 1, "f": 2.0}'),
    )

    assert rows[0] == {"i": 9007199254740993, "u": 18446744073709551615, "f": 1.0, "z": None}
    assert types == {"i": "int64", "u": "uint64", "f": "double", "z": "null"}


def test_json_numbers_beyond_64_bits_are_decimals_and_text_where_these_do_not_hold_them(tmp_path):
    long = 10**38
    content = (
        f'{{"i": 18446744073709551615, "t": {long}, "l": [{{"n": 12345678901234567890}}], "origin": "human"}}\n'
        '{"i": -1, "t": 2}\n'
    )
    rows, types = read(tmp_path, "a.jsonl", content)

    assert rows == [
        {"i": 18446744073709551615, "t": str(long), "l": '[{"n":12345678901234567890}]'},
        {"i": -1, "t": "2", "l": None},
    ]
    assert types == {"i": "decimal128(38, 0)", "t": "string", "l": "string"}


@pytest.mark.parametrize(
    "text", ["call 12345678901234567890", 'a "quoted" 12345678901234567890', "back\\slash 12345678901234567890"]
)
def test_digits_in_a_nested_text_leave_the_column_a_list(tmp_path, text):
    line = json.dumps({"l": [{"said": text}], "origin": "human"})

    rows, _ = read(tmp_path, "a.jsonl", line + "\n")

    assert rows == [{"l": [{"said": text}]}]


def test_json_lists_and_objects_keep_their_structure(tmp_path):
    content = (
        '{"m": [{"role": "user", "content": "hi"}], "o": {"n": 1}, "e": [], "origin": "human"}\n'
        '{"m": [{"role": "user"}, {"role": 3}], "o": {"n": 2}, "e": [], "origin": "human"}\n'
    )
    rows, types = read(tmp_path, "a.jsonl", content)

    assert rows == [
        {"m": [{"role": "user", "content": "hi"}], "o": {"n": 1}, "e": []},
        {"m": [{"role": "user", "content": None}, {"role": "3", "content": None}], "o": {"n": 2}, "e": []},
    ]
    assert types["m"] == "mixed(list of several types)"
    assert re.fullmatch(r"struct<n: int64>", types["o"])


def test_json_column_of_several_types_says_where_the_rarest_begins(tmp_path):
    values = ['"a"', "null", '"b"', "3", "-1", "18446744073709551615", '"c"', '"d"', "true"]
    content = "".join(f'{{"v": {value}, "origin": "human"}}\n' for value in values)

    assert read(tmp_path, "a.jsonl", content)[1]["v"] == "mixed(bool,int64,string); bool first in row 9"
    assert read(tmp_path, "a.jsonl", content.replace("true", "1"))[1]["v"] == (
        "mixed(int64,string); int64 first in row 4"
    )


def test_json_keys_of_any_letters_keep_the_order_of_the_first_row(tmp_path):
    content = '{"z": 1, "it\'s": 2, "a \\"b\\".c": 3, "ü": 4, "origin": "human"}\n{"z": 1, "m": 5, "b": 6}\n'
    rows, types = read(tmp_path, "a.jsonl", content)

    assert list(types) == ["z", "it's", 'a "b".c', "ü", "b", "m"]
    assert rows[0] == {"z": 1, "it's": 2, 'a "b".c': 3, "ü": 4, "b": None, "m": None}


def test_objects_with_data_in_their_keys_stay_json_text(tmp_path):
    rows = [f'{{"o": {{"key{n}": {n}}}, "origin": "human"}}\n' for n in range(300)]
    values, types = read(tmp_path, "a.jsonl", "".join(rows))

    assert (types, values[7]) == ({"o": "string"}, {"o": '{"key7":7}'})


def test_arrow_files_and_streams_are_read(tmp_path):
    table = pa.table({"a": pa.array(["x", "y", "x"]).dictionary_encode(), "origin": ["human"] * 3})
    stream, file = pa.BufferOutputStream(), pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    pa.feather.write_feather(table, file, compression="lz4")

    for name, sink in (("s.arrow", stream), ("f.feather", file)):
        rows, types = read(tmp_path, name, sink.getvalue().to_pybytes())
        assert (rows, types) == ([{"a": "x"}, {"a": "y"}, {"a": "x"}], {"a": "string"})


def test_a_column_without_values_in_one_file_does_not_change_its_type_in_another(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("n,origin\n,human\n")
    (tmp_path / "data/b.csv").write_text("n,origin\n3,human\n")

    with open_dataset(DatasetConfig("d", tmp_path, 1, "tabular", path="data")) as dataset:
        described = dataset.connection.sql("DESCRIBE combined").fetchall()
        assert (described[0][0], described[0][1]) == ("n", "BIGINT")
        assert [file.columns["n"] for file in dataset.files] == ["null", "int64"]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("within", ["\n", "\r\n"])
def test_a_line_break_within_a_name_ends_no_line(tmp_path, ends, within):
    rows = f"60,human{ends}61,synthetic{ends}" * 60

    with opened(tmp_path, "data.csv", f'"age{within}(years)",origin{ends}{rows}'.encode()) as dataset:
        assert dataset.row_counts() == {"human": 60, "synthetic": 60, "undeclared": 0}


def test_mixed_line_ends_below_a_name_with_a_line_break_lose_no_rows(tmp_path):
    with pytest.raises(DataError, match=r"^data\.csv"):
        opened(tmp_path, "data.csv", b'"a\nb",origin\r\n1,human\r\n2,human\n3,human\r\n')
