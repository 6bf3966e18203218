"""Files that would end a process, or keep it waiting for ever, are named in a sentence, at once."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from tests.opened import open_dataset, open_evaluation, open_holdout
from tests.projects import program

HERE = Path(__file__).parents[3]
TABLE = pa.table({"text": ["aaaa bbbb"] * 50 + ["cc"] * 50, "origin": ["human", "synthetic"] * 50})


def config(root: Path, path: str = "data.arrow") -> DatasetConfig:
    return DatasetConfig("d", root, 1, "text", path=path, columns={"text": "text"}, holdout=path, evaluation=(path,))


@pytest.mark.parametrize("offset", [2**30, -5, 2**31 - 1, 28])
@pytest.mark.parametrize("kind", ["file", "stream"])
@pytest.mark.parametrize("suffix", ["arrow", "feather"])
def test_an_arrow_file_with_a_bad_offset_is_refused(tmp_path, offset, kind, suffix):
    new = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    with pa.OSFile(str(tmp_path / "whole"), "wb") as sink, new(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    content = bytearray((tmp_path / "whole").read_bytes())
    at = content.find(struct.pack("<4i", 0, 9, 18, 27)) + 8
    content[at : at + 4] = struct.pack("<i", offset)
    (tmp_path / f"data.{suffix}").write_bytes(content)
    program_of_it = (
        "import sys\nfrom pathlib import Path\nfrom gates.errors import DataError\n"
        "from tests.functional.data.test_files_that_end_a_process import config, open_dataset\n"
        "try:\n    open_dataset(config(Path(sys.argv[1]), sys.argv[2]))\nexcept DataError as error:\n    print(error)\n"
    )

    # In a process of its own: what is not refused ends it.
    command = [sys.executable, "-c", program_of_it, tmp_path, f"data.{suffix}"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.startswith(f"data.{suffix}: not readable as Arrow")) == (0, True), done


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.parametrize("make", [fifo, endless, listening])
@pytest.mark.parametrize("name", ["data.csv", "data.jsonl.gz", "data.parquet", "data.arrow", "data/part.csv"])
@pytest.mark.parametrize("opener", [open_dataset, open_holdout, open_evaluation])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path, make, name, opener, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    make(Path(name))
    (tmp_path / "sound.csv").write_text("text,origin\na,human\n")
    paths = {"path": "sound.csv", "holdout": None, "evaluation": ()}
    key = {open_dataset: "path", open_holdout: "holdout", open_evaluation: "evaluation"}[opener]
    spec = name.partition("/")[0]
    paths[key] = (spec,) if key == "evaluation" else spec

    with pytest.raises(DataError, match=f"{name}: no regular file"):
        opener(DatasetConfig("d", tmp_path, 1, "text", columns={"text": "text"}, **paths))


def test_check_ends_at_once_where_a_pipe_stands_for_the_data(tmp_path):
    os.mkfifo(tmp_path / "data.csv")
    (tmp_path / "gates.toml").write_text('[datasets.d]\npath = "data.csv"\ntype = "tabular"\n')

    called = program(tmp_path, "check", "d", "--worktree")

    assert called.code == 3
    assert "data.csv: no regular file" in called.err
