"""Files appear whole or not at all, and what a killed process left of one is gone once it is written again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gates.atomic_files import replace_text, unfinished

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """\
import sys, time
from pathlib import Path
from gates.atomic_files import unfinished

with unfinished(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("written", flush=True)
    time.sleep(600)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    path = tmp_path / "rows.json"
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"written\n"
        replace_text(path, "whole")
        while_it_lives = names(tmp_path)
        writer.kill()
    replace_text(path, "whole again")

    assert (len(while_it_lives), names(tmp_path), path.read_text()) == (2, ["rows.json"], "whole again")


def test_after_an_error_the_file_is_as_it_was(tmp_path):
    path = tmp_path / "rows.json"
    replace_text(path, "whole")
    with pytest.raises(ZeroDivisionError), unfinished(path) as temporary:
        temporary.write_text(f"half {1 / 0}")

    assert (names(tmp_path), path.read_text()) == (["rows.json"], "whole")


def test_what_is_being_written_is_its_owners_and_what_is_there_keeps_its_mode(tmp_path):
    path = tmp_path / "rows.json"
    with unfinished(path) as temporary:
        assert temporary.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    replace_text(path, "whole")

    assert path.stat().st_mode & 0o777 == 0o640
