"""Whatever a file is called, its own rows are read, and not those of a file that its name matches as a pattern."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.config.dataset import DatasetConfig
from gates.data.facts import ORIGIN, ROW_ID
from tests.opened import open_dataset, open_evaluation, open_holdout

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow", "csv.gz")
# A name, and that of a file that it would match, or of what it would be taken for.
NAMES = [
    ("part[1]", "part1"),
    ("part*", "partly"),
    ("part?", "parts"),
    ("{a,b}", "a"),
    ("**", "x"),
    ("[!a]", "b"),
    ("a\\[1]", "a[1]"),
    ("s3:part", "part"),
    ("zip::part", "part"),
    ("file:part", "part"),
    ('it\'s "quoted"', "it"),
    ("%41", "A"),
    ("k=v", "k"),
    ("-", "x"),
    ("~", "x"),
    ("$HOME", "x"),
    ("line\nbreak", "line"),
]


def write(path: Path, text: str) -> None:
    frame = pl.DataFrame({"text": [text], "origin": ["human"]})
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    with (gzip.open if path.suffix == ".gz" else open)(path, "wb") as target:
        if kind == "jsonl":
            frame.write_ndjson(target)
        elif kind == "parquet":
            frame.write_parquet(target)
        elif kind == "arrow":
            frame.write_ipc(target)
        else:
            frame.write_csv(target, separator="\t" if kind == "tsv" else ",")


def texts(config: DatasetConfig) -> list[str]:
    with open_dataset(config) as opened:
        batches = pl.concat([pl.DataFrame(batch) for batch in opened.batches()])
        assert opened.take(batches[ROW_ID].to_numpy())["text"].to_list() == batches["text"].to_list()
        assert set(batches[ORIGIN]) == {"human"}
        return batches["text"].to_list()


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("name", "neighbour"), NAMES)
def test_every_reader_reads_the_file_of_that_name(tmp_path, name, neighbour, suffix):
    write(tmp_path / f"{name}.{suffix}", "its own")
    write(tmp_path / f"{neighbour}.{suffix}", "the neighbour's")
    config = DatasetConfig("d", tmp_path, 1, "text", path=f"{name}.{suffix}", columns={"text": "text"})

    assert texts(config) == ["its own"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("name", "neighbour"), [("work[1]", "work1"), ("a*", "ab"), ("b\\[x]", "b[x]")])
def test_a_project_is_judged_by_its_own_files_and_not_by_those_of_a_neighbour(tmp_path, name, neighbour, suffix):
    for folder, text in ((name, "its own"), (neighbour, "the neighbour's")):
        for part in ("data", "held", "items"):
            write(tmp_path / folder / f"{part}.{suffix}", f"{text} {part}")
    config = DatasetConfig(
        "d",
        tmp_path / name,
        1,
        "text",
        path=f"data.{suffix}",
        columns={"text": "text"},
        holdout=f"held.{suffix}",
        evaluation=(f"items.{suffix}",),
    )

    assert texts(config) == ["its own data"]
    with open_holdout(config) as holdout:
        assert pl.concat([pl.DataFrame(batch) for batch in holdout.batches()])["text"].to_list() == ["its own held"]
    with open_evaluation(config) as evaluation:
        assert "its own items" in evaluation.items().texts.to_list()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_folder_for_temporary_files_that_looks_like_a_pattern_changes_nothing(tmp_path, suffix, monkeypatch):
    scratch = tmp_path / "scratch[1]"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    write(tmp_path / f"data.{suffix}", "its own")

    assert texts(DatasetConfig("d", tmp_path, 1, "text", path=f"data.{suffix}", columns={"text": "text"})) == [
        "its own"
    ]


def test_many_files_are_read_where_a_process_may_open_few(tmp_path):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    for number in range(40):
        write(tmp_path / "data" / f"part[{number:02}].csv", f"row {number:02}")
        write(tmp_path / "data" / f"part[{number:02}].parquet", f"row {number:02}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, limits[1]))
    try:
        read = texts(DatasetConfig("d", tmp_path, 1, "text", path="data", columns={"text": "text"}))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    assert read == [f"row {number:02}" for number in range(40) for _ in range(2)]
