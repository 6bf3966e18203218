"""What a killed process leaves of rows in the folder for temporary files: nothing that has a name, or it goes with the next run."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from gates.private_folder import PrivateFolder
from tests.opened import open_dataset

HERE = Path(__file__).parents[3]
OPENS = """
import sys, time
from pathlib import Path
from gates.config.dataset import DatasetConfig
from tests.opened import open_dataset
with open_dataset(DatasetConfig("d", Path(sys.argv[1]), 1, "text", path="data", columns={"text": "text"})) as opened:
    print(sum(opened.row_counts().values()), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux reads files without a name")
def test_a_killed_run_leaves_no_row_behind_and_the_next_one_removes_its_folder(tmp_path, scratch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("text,origin\nsecret,human\n")
    (tmp_path / "data/b.jsonl").write_text('{"text": "secret", "origin": "human"}\n')
    process = subprocess.Popen([sys.executable, "-c", OPENS, tmp_path], cwd=HERE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"2\n"

    folders = list(scratch.iterdir())
    with PrivateFolder():
        assert set(folders) <= set(scratch.iterdir()), "a folder in use is left alone"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    left = [path for path in scratch.rglob("*") if path.is_file()]
    assert [path.name for path in left] == [".lock"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700]
    with PrivateFolder() as own:
        assert list(scratch.iterdir()) == [own.path]
    assert list(scratch.iterdir()) == []


def test_a_file_with_a_name_is_read_by_its_owner_only_and_goes_with_the_folder(scratch, monkeypatch):
    monkeypatch.setattr("gates.private_folder._most_descriptors", lambda: 0)

    with PrivateFolder() as folder:
        path = folder.new_file()
        path.write_text("secret")
        assert path.parent == folder.path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        folder.discard(path)
        assert not path.exists()
        folder.new_file().write_text("secret")
    assert list(scratch.iterdir()) == []


def test_nothing_of_others_is_swept(scratch):
    (scratch / "gates-notes").mkdir()
    (scratch / "gates-notes/page").write_text("mine")
    elsewhere = scratch / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".lock").touch()
    (scratch / "gates-link").symlink_to(elsewhere)

    with PrivateFolder():
        pass

    assert (scratch / "gates-notes/page").read_text() == "mine"
    assert (elsewhere / ".lock").exists()


@pytest.mark.parametrize("name", ["data.csv", "data.jsonl", "data.arrow"])
def test_a_full_disk_is_said_and_nothing_is_left_on_it(tmp_path, scratch, name):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", scratch], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    frame = pl.DataFrame({"text": [str(number**9) for number in range(100_000)], "origin": ["human"] * 100_000})
    {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "arrow": frame.write_ipc}[name.partition(".")[2]](
        tmp_path / name
    )
    try:
        with pytest.raises(DataError, match=f"^{name}: .*no space left in {scratch}") as refused:
            open_dataset(DatasetConfig("d", tmp_path, 1, "text", path=name, columns={"text": "text"}))
        left = list(scratch.iterdir())
    finally:
        subprocess.run(["umount", scratch], check=True)
    assert "/proc/" not in str(refused.value)
    assert left == []
