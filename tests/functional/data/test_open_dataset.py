from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.config.dataset import DatasetConfig, Origins
from gates.data.duckdb import reading
from gates.data.facts import ORIGIN, ROW_ID, FileFacts, Roles
from gates.data.files import manifest_sha256
from gates.errors import DataError, UsageError
from gates.verdict import Scope
from tests.opened import open_dataset, open_holdout

SHARED = Path(__file__).parents[3] / "../shared/data"


def text_config(root, path="data", **more):
    lines = {"path": 2, "columns": 4, "origin": 5, "label": 6, "group": 7, "slices": 8, "holdout": 9}
    return DatasetConfig("reviews", root, 1, more.pop("type", "text"), path=path, key_lines=lines, **more)


@pytest.fixture
def parquet(tmp_path):
    def write(name: str, **columns) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)
        return path

    return write


def rows_of(dataset, view=Scope.COMBINED):
    return dataset.connection.sql(f'SELECT * FROM "{dataset.views[view]}"').pl().to_dicts()


def test_views_show_the_columns_under_their_roles_names_with_row_ids_and_origins(parquet, tmp_path):
    parquet("data/a.parquet", body=["x", "y"], origin=["human", "gpt"], lang=["en", "de"])
    parquet("data/b.parquet", body=["z", "w"], origin=["synthetic", None], text=["t", "u"])
    config = text_config(tmp_path, columns={"text": "body"}, origins=Origins(("human",), ("gpt",)))

    with open_dataset(config) as dataset:
        assert rows_of(dataset) == [
            {"text": "x", "lang": "en", "text (file)": None, ROW_ID: 0, ORIGIN: "human"},
            {"text": "y", "lang": "de", "text (file)": None, ROW_ID: 1, ORIGIN: "synthetic"},
            {"text": "z", "lang": None, "text (file)": "t", ROW_ID: 1 << 40, ORIGIN: "undeclared"},
            {"text": "w", "lang": None, "text (file)": "u", ROW_ID: (1 << 40) + 1, ORIGIN: "undeclared"},
        ]
        assert [row[ROW_ID] for row in rows_of(dataset, Scope.HUMAN)] == [0]
        assert [row[ROW_ID] for row in rows_of(dataset, Scope.SYNTHETIC)] == [1]
        assert dataset.row_counts() == {"human": 1, "synthetic": 1, "undeclared": 2}
        assert [(file.path, file.rows, dict(file.columns), file.origin) for file in dataset.files] == [
            ("data/a.parquet", 2, {"body": "string", "origin": "string", "lang": "string"}, None),
            ("data/b.parquet", 2, {"body": "string", "origin": "string", "text": "string"}, None),
        ]


def test_roles_of_a_text_dataset(parquet, tmp_path):
    parquet("data.parquet", text=["x"], origin=["human"], id=["1"], model=["m"], licence=["MIT"], who=["a"], tone=["c"])
    config = text_config(
        tmp_path, "data.parquet", columns={"generator": "model"}, group="who", label="tone", slices=("model",)
    )

    with open_dataset(config) as dataset:
        assert dataset.roles == Roles(
            type="text",
            content=("text",),
            texts=("text",),
            label="tone",
            group="who",
            key="id",
            generator="generator",
            slices=("generator",),
            lineage={"generator": "generator", "licence": "licence"},
            bound=("text", "id", "generator", "licence"),
        )


def test_in_a_table_every_column_is_content_but_lineage_key_and_folder_names(parquet, tmp_path):
    parquet(
        "data/part=1/a.parquet",
        age=[1],
        origin=["human"],
        number=[7],
        licence=["car"],
        generator=[""],
        made=["2024"],
        income=[3],
    )
    config = text_config(
        tmp_path, type="tabular", columns={"key": "number", "created_at": "made"}, label="income", slices=("part",)
    )

    with open_dataset(config) as dataset:
        assert dataset.roles == Roles(
            type="tabular",
            content=("age", "licence", "income"),
            label="income",
            key="key",
            declared_key="key",
            generator="generator",
            slices=("part",),
            lineage={"generator": "generator", "created_at": "created_at"},
            bound=("key", "generator", "created_at"),
        )
        assert rows_of(dataset)[0]["part"] == "1"


def test_folder_names_tell_the_origin(parquet, tmp_path):
    parquet("data/origin=human/lang=a%20b/0.parquet", text=["x"])
    parquet("data/origin=synthetic/0.parquet", text=["y"])
    parquet("data/origin=martian/0.parquet", text=["z"])
    parquet("data/origin=human/lang=__HIVE_DEFAULT_PARTITION__/0.parquet", text=["v"], origin=["synthetic"])

    with open_dataset(text_config(tmp_path, "data/")) as dataset:
        assert {row["text"]: (row["lang"], row[ORIGIN]) for row in rows_of(dataset)} == {
            "x": ("a b", "human"),
            "y": (None, "synthetic"),
            "z": (None, "undeclared"),
            # Folder and column contradict each other.
            "v": (None, "undeclared"),
        }
        assert [file.origin for file in dataset.files] == ["human", "human", "undeclared", "synthetic"]


def test_partitions_tell_the_origin(parquet, tmp_path):
    parquet("real/a.parquet", text=["x", "y"])
    parquet("made.parquet", text=["z", "u"], origin=["JFK", "human"])
    config = text_config(tmp_path, None, partitions={"human": "real", "synthetic": "made.parquet"})

    with open_dataset(config) as dataset:
        assert {row["text"]: row[ORIGIN] for row in rows_of(dataset)} == {
            "x": "human",
            "y": "human",
            "z": "synthetic",
            "u": "undeclared",
        }
        assert [(file.path, file.origin) for file in dataset.files] == [
            ("made.parquet", "synthetic"),
            ("real/a.parquet", "human"),
        ]
    both = text_config(tmp_path, None, partitions={"human": "real", "synthetic": "real/*.parquet"})
    with pytest.raises(UsageError, match=r"real/a\.parquet lies in both partitions"):
        open_dataset(both)


def test_types_that_differ_between_files_meet_in_a_common_one_and_stay_visible(tmp_path, parquet):
    parquet("data/a.parquet", text=["x"], origin=["human"], n=[1], s=[1], d=pa.nulls(1), v=[[1]], z=pa.nulls(1))
    parquet("data/b.parquet", text=["y"], origin=["human"], n=[1.5], s=["one"], d=[True], v=["a"], z=pa.nulls(1))

    with open_dataset(text_config(tmp_path)) as dataset:
        described = dataset.connection.sql("DESCRIBE combined").fetchall()
        assert {name: kind for name, kind, *_ in described} == {
            "text": "VARCHAR", "n": "DOUBLE", "s": "VARCHAR", "d": "BOOLEAN", "v": "VARCHAR", "z": "VARCHAR",
            ROW_ID: "BIGINT", ORIGIN: "VARCHAR",
        }  # fmt: skip
        assert [(row["n"], row["s"], row["d"], row["v"]) for row in rows_of(dataset)] == [
            (1.0, "1", None, "[1]"),
            (1.5, "one", True, "a"),
        ]
        assert [file.columns["n"] for file in dataset.files] == ["int64", "double"]


def test_batches_hold_every_row_once_in_order_and_are_bounded(parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH_ROWS", 5000)
    for number in range(4):
        kind = pa.int64() if number % 2 else pa.float64()
        parquet(
            f"data/{number}.parquet",
            text=[f"{number} {row}" for row in range(7000)],
            origin=["human"] * 7000,
            n=pa.array(range(7000), kind),
        )

    with open_dataset(text_config(tmp_path)) as dataset:
        batches = list(dataset.batches())

    assert [batch.schema.names for batch in batches] == [["text", "n", ROW_ID, ORIGIN]] * len(batches)
    assert all(5000 <= batch.num_rows <= 5000 + 2048 for batch in batches[:-1])
    ids = [number for batch in batches for number in batch.column(ROW_ID).to_pylist()]
    assert ids == [(file << 40) | row for file in range(4) for row in range(7000)]
    assert batches[0].schema.field("text").type == pa.string()


def test_queries_between_batches_do_not_end_the_stream(parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH_ROWS", 2048)
    parquet("data.parquet", text=[str(row) for row in range(10_000)], origin=["human"] * 10_000)

    with open_dataset(text_config(tmp_path, "data.parquet")) as dataset:
        seen = 0
        for batch in dataset.batches():
            seen += batch.num_rows
            assert dataset.take(np.array([seen - 1]))["text"].to_list() == [str(seen - 1)]
            assert dataset.connection.execute("SELECT count(*) FROM combined").fetchone() == (10_000,)
        assert seen == 10_000


def test_take_returns_rows_in_the_order_asked_for(parquet, tmp_path):
    parquet("data/a.parquet", text=["x", "y"], origin=["human", "human"])
    parquet("data/b.parquet", text=["z"], origin=["synthetic"])

    with open_dataset(text_config(tmp_path)) as dataset:
        taken = dataset.take(np.array([1 << 40, 1, 1, 0]))
        assert taken.to_dicts() == [
            {"text": "z", ROW_ID: 1 << 40, ORIGIN: "synthetic"},
            {"text": "y", ROW_ID: 1, ORIGIN: "human"},
            {"text": "y", ROW_ID: 1, ORIGIN: "human"},
            {"text": "x", ROW_ID: 0, ORIGIN: "human"},
        ]
        none = dataset.take(np.array([], dtype=np.int64))
        assert (none.height, none.schema) == (0, taken.schema)
        assert none.schema == pl.Schema({"text": pl.String, ROW_ID: pl.Int64, ORIGIN: pl.String})
        with pytest.raises(KeyError, match="no row has the id 7"):
            dataset.take(np.array([0, 7]))


def test_names_with_quotes_dots_and_letters_of_any_alphabet_work(parquet, tmp_path):
    name = 'o\'ne "tw.o" [1]*/dätä.parquet'
    parquet(name, **{"te\"xt.'": ["x"], "origin": ["human"], "naïve col.": [1]})

    for path in (name, 'o\'ne "tw.o" [1]*'):
        with open_dataset(text_config(tmp_path, path, columns={"text": "te\"xt.'"})) as dataset:
            assert rows_of(dataset) == [{"text": "x", "naïve col.": 1, ROW_ID: 0, ORIGIN: "human"}]
            assert dataset.files[0].path == name


def test_formats_may_be_mixed_and_files_that_hold_no_rows_are_passed_over(parquet, tmp_path):
    parquet("data/b.parquet", text=["p"], origin=["human"])
    (tmp_path / "data/a.csv").write_text("text,origin\nc,synthetic\n")
    (tmp_path / "data/c.jsonl").write_text('{"text": "j", "origin": "human"}\n')
    for name in (".hidden.csv", "_SUCCESS", "x.dvc", ".gitignore", "README.md"):
        (tmp_path / "data" / name).write_text("nothing")
    (tmp_path / "data/.cache").mkdir()
    (tmp_path / "data/.cache/d.csv").write_text("text\nhidden\n")

    for path in ("data", "data/", "data/*", "**/*.*"):
        with open_dataset(text_config(tmp_path, path)) as dataset:
            assert [(row["text"], row[ROW_ID] >> 40) for row in rows_of(dataset)] == [("c", 0), ("p", 1), ("j", 2)]


def test_a_page_with_the_suffix_of_data_is_data(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("LICENSE.csv", "readme.CSV", "Notice.csv.gz"):
        text = b"text,origin\nc,human\n"
        (tmp_path / "data" / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    for name in ("LICENSE", "README.txt", "readme.rst", "Citation.cff", "requirements.txt"):
        (tmp_path / "data" / name).write_text("nothing")

    with open_dataset(text_config(tmp_path, "data")) as dataset:
        assert [file.path for file in dataset.files] == ["data/LICENSE.csv", "data/Notice.csv.gz", "data/readme.CSV"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "b.txt",
            "text,origin\na,human\n",
            r"b\.txt:1: not valid JSON.*a \.txt is read as JSON lines: rename .* \.csv",
        ),
        ("b.csv", "text,origin\na,human\nb,human\rc,human\r", r"b\.csv.* end in \\r alone; write the file with \\n"),
    ],
)
def test_rows_written_in_another_way_than_their_name_says_get_a_sentence_of_ours(tmp_path, name, content, words):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text(content, newline="")

    with pytest.raises(DataError, match=words), open_dataset(text_config(tmp_path, "data")) as dataset:
        rows_of(dataset)


def test_links_are_followed(parquet, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.parquet").symlink_to(parquet("cache/9f", text=["x"], origin=["human"]))
    (tmp_path / "data/more").symlink_to(parquet("far/b.parquet", text=["y"], origin=["human"]).parent)
    (tmp_path / "data/more/loop").symlink_to(tmp_path / "data")

    with open_dataset(text_config(tmp_path)) as dataset:
        assert [file.path for file in dataset.files] == ["data/a.parquet", "data/more/b.parquet"]

    (tmp_path / "cache/9f").unlink()
    with pytest.raises(DataError, match=r"data/a\.parquet: broken symbolic link; run `dvc checkout`"):
        open_dataset(text_config(tmp_path))


def test_the_manifest_digest_depends_on_bytes_and_paths_and_nothing_else(tmp_path, parquet):
    parquet("data/a.parquet", text=["x"], origin=["human"])
    parquet("data/b.parquet", text=["y"], origin=["human"])
    with open_dataset(text_config(tmp_path)) as dataset:
        files = dataset.files

    assert manifest_sha256(files) == manifest_sha256(files[::-1])
    assert manifest_sha256(files) != manifest_sha256(files[:1])
    facts = FileFacts("data/a.csv", 1, {}, "00ff", 3)
    # printf '{"path":"data/a.csv","sha256":"00ff","size":3}\n' | sha256sum
    assert manifest_sha256([facts]) == "397e3b761529929493ca3e284209a698017512a551f7a81a9c501c2e0c9cf430"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"path": "data/review.parquet"},
            "2: {}no file or folder 'data/review.parquet' (did you mean 'reviews.parquet'?)",
        ),
        ({"path": "dota"}, "2: {}no file or folder 'dota' (did you mean 'data'?)"),
        ({"path": "data/*.csv"}, "2: {}no file or folder 'data/*.csv'"),
        ({"path": "raw"}, "2: {}'raw' is tracked by DVC but not in the work tree; run `dvc pull raw.dvc`"),
        ({"origin": "orign"}, "5: {}no column 'orign' in data (did you mean 'origin'?); name the column"),
        ({"columns": {"text": "bodi"}}, "4: {}no column 'bodi' in data (did you mean 'body'?)"),
        (
            {"columns": {}},
            "4: {}no column 'text' in data (there are: body, tone); map it with columns = {{ text = \"…\" }}",
        ),
        ({"label": "tonne"}, "6: {}no column 'tonne' in data (did you mean 'tone'?)"),
        ({"group": "tonne"}, "7: {}no column 'tonne' in data (did you mean 'tone'?)"),
        ({"slices": ("tone", "tonne")}, "8: {}no column 'tonne' in data (did you mean 'tone'?)"),
    ],
)
def test_names_that_are_not_there_are_usage_errors_with_line_and_suggestion(parquet, tmp_path, more, message):
    parquet("data/reviews.parquet", body=["x"], origin=["human"], tone=["a"])
    (tmp_path / "raw.dvc").touch()

    with pytest.raises(UsageError) as error:
        open_dataset(text_config(tmp_path, **({"columns": {"text": "body"}} | more)))

    assert str(error.value).startswith("gates.toml:" + message.format("dataset 'reviews': "))


def test_a_folder_without_data_or_with_a_strange_file_cannot_be_judged(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match="data holds no data files; expected Parquet, JSON, JSONL and CSV"):
        open_dataset(text_config(tmp_path))
    (tmp_path / "data/a.csv").write_text("text,origin\na,human\n")
    (tmp_path / "data/b.xlsx").touch()
    with pytest.raises(DataError, match=r"data/b\.xlsx: '\.xlsx' is not a known format; expected Parquet"):
        open_dataset(text_config(tmp_path))


def test_a_holdout_is_human_whatever_its_columns_say(parquet, tmp_path):
    parquet("data.parquet", body=["x"], origin=["human"], tone=["a"])
    parquet("held.parquet", body=["y", "z"], origin=["synthetic", None])
    config = text_config(tmp_path, "data.parquet", columns={"text": "body"}, label="tone", holdout="held.parquet")

    with open_holdout(config) as holdout:
        assert rows_of(holdout) == [
            {"text": "y", ROW_ID: 0, ORIGIN: "human"},
            {"text": "z", ROW_ID: 1, ORIGIN: "human"},
        ]
        assert holdout.roles == Roles("text", ("text",), ("text",), bound=("text",))
        assert [file.origin for file in holdout.files] == ["human"]
    assert open_holdout(text_config(tmp_path, "data.parquet")) is None


def test_a_holdout_without_a_required_role_or_inside_the_dataset_is_refused(parquet, tmp_path):
    parquet("data/a.parquet", body=["x"], origin=["human"])
    parquet("held.parquet", words=["y"])
    with pytest.raises(UsageError, match=r"gates\.toml:4: .*no column 'text' in held\.parquet \(there are: words\)"):
        open_holdout(text_config(tmp_path, columns={"text": "body"}, holdout="held.parquet"))
    with pytest.raises(UsageError, match=r"gates\.toml:9: .*a\.parquet belongs to the dataset too"):
        open_holdout(text_config(tmp_path, columns={"text": "body"}, holdout="data/*.parquet"))


def test_damaged_parquet_is_named_when_it_is_opened_or_when_it_is_read(tmp_path, parquet):
    whole = parquet("data/a.parquet", text=[f"row {n}" * 50 for n in range(5000)], origin=["human"] * 5000)
    content = whole.read_bytes()
    other = tmp_path / "data/b.parquet"

    other.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"data/b\.parquet: not readable as Parquet: Parquet magic bytes not found"):
        open_dataset(text_config(tmp_path))
    other.write_bytes(b"")
    with pytest.raises(DataError, match=r"data/b\.parquet: empty, 0 bytes; expected Parquet"):
        open_dataset(text_config(tmp_path))
    other.write_bytes(content[:2000] + bytes(20000) + content[22000:])
    with open_dataset(text_config(tmp_path)) as dataset, pytest.raises(DataError, match=r"data/b\.parquet: cannot be"):
        list(dataset.batches())
    # The first page is looked at before all others, for what its column holds.
    for damage in (bytes(100), b"\x0e" * 100, b"\xff" * 1000):
        (tmp_path / "data/a.parquet").write_bytes(content[:4] + damage + content[4 + len(damage) :])
        with (
            pytest.raises(DataError, match=r"data/a\.parquet: cannot be"),
            open_dataset(text_config(tmp_path)) as dataset,
        ):
            list(dataset.batches())


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.timestamp("ms", "UTC"), pa.timestamp("s")])
@pytest.mark.parametrize("is_late", [False, True])
def test_a_time_that_no_calendar_holds_is_named(tmp_path, kind, is_late, gates):
    outside = {"date32[day]": 3_000_000, "timestamp[us]": 2**62, "timestamp[s]": 2**42}.get(str(kind), 2**52)
    raw = pa.array([0, None, outside if is_late else -outside, 1], pa.int32() if pa.types.is_date(kind) else pa.int64())
    columns = {"when": raw.cast(kind), "number": [1, 2, 3, 4], "origin": ["human", "synthetic"] * 2}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.d]\npath = "a.parquet"\ntype = "tabular"\n')

    for command in (("check", "d"), ("init", "d")):
        called = gates(tmp_path, *command)
        assert called.code == 3
        assert (
            "a.parquet: cannot be read: column 'when' has a time outside of the years 1 to 9999 in row 3" in called.err
        )


def test_text_that_is_not_utf8_inside_parquet_is_named(tmp_path):
    raw = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 2], np.int32)), pa.py_buffer(b"\xff\xfe")]
    )
    pq.write_table(pa.table({"text": raw, "origin": ["human"]}), tmp_path / "a.parquet")

    with pytest.raises(DataError, match=r"^a\.parquet: "), open_dataset(text_config(tmp_path, "a.parquet")) as dataset:
        list(dataset.batches())


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": ["x"], "Text": ["y"]}, "columns 'text' and 'Text' differ only in case; rename one of them"),
        ({"text": ["x"], "file_index": [1]}, "a column may not be called 'file_index'; rename it"),
        ({"text": ["x"], "": [1]}, "a column has an empty name; give it one"),
        ({"text": ["x"], "a\0b": [1]}, "a column has a NUL byte in its name, 'a\\x00b'; rename it"),
    ],
)
def test_names_that_sql_cannot_tell_apart_are_refused(parquet, tmp_path, columns, message):
    parquet("a.parquet", **columns)

    with pytest.raises(DataError) as error:
        open_dataset(text_config(tmp_path, "a.parquet"))
    assert str(error.value) == f"a.parquet: {message}"


def test_two_columns_of_one_name_in_parquet_are_refused(tmp_path):
    pq.write_table(pa.table([["x"], ["y"]], names=["text", "text"]), tmp_path / "a.parquet")

    with pytest.raises(DataError, match=r"a\.parquet: 2 columns are called 'text'; rename all but one"):
        open_dataset(text_config(tmp_path, "a.parquet"))


def test_what_was_staged_is_gone_after_closing_and_after_a_failure(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "a.csv").write_text("text,origin\na,human\n")

    with open_dataset(text_config(tmp_path, "a.csv")) as dataset:
        # A killed process leaves nothing but an empty folder behind where rows need no names, as on Linux.
        assert len([path for path in scratch.glob("*/*") if path.name != ".lock"]) == (
            not Path("/proc/self/fd").exists()
        )
        assert dataset.row_counts() == {"human": 1, "synthetic": 0, "undeclared": 0}
    assert list(scratch.iterdir()) == []
    with pytest.raises(UsageError):
        open_dataset(text_config(tmp_path, "a.csv", label="b"))
    assert list(scratch.iterdir()) == []


def test_the_database_gets_what_the_process_leaves_of_the_memory(parquet, tmp_path, monkeypatch):
    parquet("a.parquet", text=["x"], origin=["human"])
    config = text_config(tmp_path, "a.parquet")

    def limit():
        with open_dataset(config) as dataset:
            (limit,) = dataset.connection.execute("SELECT current_setting('memory_limit')").fetchone()
        return limit

    monkeypatch.setenv("GATES_MEMORY_LIMIT", "1GB")
    small = limit()
    monkeypatch.setenv("GATES_MEMORY_LIMIT", "2GB")
    assert (small, limit()) == ("238.4 MiB", "873.3 MiB")
    monkeypatch.setenv("GATES_MEMORY_LIMIT", "much")
    with pytest.raises(UsageError, match=r"GATES_MEMORY_LIMIT='much' is no amount of memory; expected e\.g\. 2GB"):
        open_dataset(config)


def test_the_database_fetches_nothing_and_sees_no_python_variables(parquet, tmp_path):
    parquet("a.parquet", text=["x"], origin=["human"])
    variable = pl.DataFrame({"x": [1]})  # noqa: F841
    with open_dataset(text_config(tmp_path, "a.parquet"), views={scope: f"my {scope}" for scope in Scope}) as dataset:
        setting = "SELECT current_setting('autoinstall_known_extensions'), current_setting('TimeZone')"
        assert dataset.connection.cursor().execute(setting).fetchone() == (False, "UTC")
        assert len(rows_of(dataset)) == 1
        with pytest.raises(duckdb.CatalogException):
            dataset.connection.sql("SELECT * FROM variable")


def test_arrow_types_that_only_encode_differently_are_one_type(tmp_path, parquet):
    words = pa.array(["x", "y", "x"])
    for number, kind in enumerate((pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()))):
        parquet(f"data/{number}.parquet", text=words.cast(kind), origin=["human"] * 3)

    with open_dataset(text_config(tmp_path)) as dataset:
        assert [file.columns["text"] for file in dataset.files] == ["string"] * 3
        assert [row["text"] for row in rows_of(dataset)] == ["x", "y", "x"] * 3


def test_real_human_rows_are_all_there():
    if not SHARED.is_dir():
        pytest.skip("the folder of real data is not beside the repository")
    config = DatasetConfig("adult", SHARED, 1, "tabular", path="tabular_adult_2023.parquet", label="income")

    with open_dataset(config) as dataset:
        assert dataset.row_counts() == {"human": 48_842, "synthetic": 424_420, "undeclared": 0}
        ends = [(batch.column(ROW_ID)[0].as_py(), batch.column(ROW_ID)[-1].as_py()) for batch in dataset.batches()]
    assert (ends[0][0], ends[-1][1]) == (0, 473_261)
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ends))


def test_a_json_manifest_of_the_facts_has_no_absolute_path(parquet, tmp_path):
    parquet("data/a.parquet", text=["x"], origin=["human"])

    with open_dataset(text_config(tmp_path)) as dataset:
        assert str(tmp_path) not in json.dumps([file.path for file in dataset.files])
