"""What a person sees in terminals of two widths, without colour, in a pipe and in a log of GitHub, with names that try to be commands."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import polars as pl
import pytest

from tests.dvc_repositories import write

# The runner takes these for commands: actions/runner, src/Runner.Common/ActionCommand.cs.
COMMAND = re.compile(r"^\s*::|##\[")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
GATES = (sys.executable, "-m", "gates")
CHECK = (*GATES, "check")
SLOW = """
import time
from gates.cli.streams import progress_bar

with progress_bar("reviews") as tell:
    for done in range({tenths}):
        tell("rows", done, {tenths})
        time.sleep(0.1)
"""


def at_terminal(command, *, width=80, folder=None, **environment):
    """All that a command writes to a terminal, in which both streams meet."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    without = ("NO_COLOR", "GITHUB_ACTIONS", "COLUMNS")
    shown = {name: value for name, value in os.environ.items() if name not in without}
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, cwd=folder, env={**shown, "TERM": "xterm-256color", **environment}
    )  # fmt: skip
    os.close(follower)
    text = b""
    while piece := _read(leader):
        text += piece
    process.wait()
    os.close(leader)
    return text.decode()


def _read(leader):
    try:
        return os.read(leader, 65536)
    except OSError:
        # Linux says so where the other end is closed.
        return b""


def lines_of(text):
    """Without what moves the cursor; of a line that was written over, what stands there in the end."""
    return [ESCAPE.sub("", line).split("\r")[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two datasets that fail; a file, a column and a value of theirs are called as commands."""
    root = tmp_path_factory.mktemp("terminals")
    rows = pl.DataFrame({
        "::error::column": [float(at) for at in range(60)] * 2,
        "kind": ["::set-output name=a::b", "##[error]kind"] * 60,
        "origin": ["human"] * 60 + ["synthetic"] * 60,
    })  # fmt: skip
    (root / "data").mkdir()
    rows.write_csv(root / "data/##[error]one.csv")
    rows.write_csv(root / "data/two.csv")
    tables = (
        f'[datasets.{name}]\npath = "data/{file}.csv"\ntype = "tabular"\nslices = ["kind"]\n'
        for name, file in (("one", "##[error]one"), ("two", "two"))
    )
    (root / "gates.toml").write_text("\n".join(tables))
    return root


@pytest.mark.parametrize("width", [80, 120])
def test_progress_with_the_time_left_is_shown_after_two_seconds_and_leaves_nothing_behind(width):
    text = at_terminal((sys.executable, "-c", SLOW.format(tenths=30)), width=width)

    assert re.search(r"reviews: rows .*0:00:0\d about 0:0\d left", ESCAPE.sub("", text))
    assert max(len(ESCAPE.sub("", line)) for line in re.split(r"[\r\n]+", text)) <= width
    assert text.endswith("\x1b[2K")


def test_a_note_stands_whole_above_the_progress():
    long = "see `git switch --detach 0123456`, [red]not a colour[/red], :smile: " + "and so on " * 12
    noted = SLOW.replace("import progress_bar", "import note, progress_bar").replace(
        "        time.sleep", f"        note({long!r} if done == 25 else '')\n        time.sleep"
    )

    text = at_terminal((sys.executable, "-c", noted.format(tenths=30)), width=80)

    # The terminal breaks the line where it ends: who copies it gets it whole.
    assert long.rstrip() in ESCAPE.sub("", text)
    assert text.endswith("\x1b[2K")


def test_a_promotion_says_what_takes_long(ready):
    hook = write(ready.parent / "remote.git", "hooks/pre-receive", "#!/bin/sh\nsleep 3\n")
    hook.chmod(0o755)

    text = at_terminal((*GATES, "promote", "first", "--stage", "staging", "--push"), width=100, folder=ready)

    assert re.search(r"first: sending data, branch and tags .*0:00:0\d", ESCAPE.sub("", text))
    assert "promoted first v1.0.0 to staging" in lines_of(text)


def test_what_is_quick_shows_no_progress_and_neither_does_a_dumb_terminal():
    quick, slow = (SLOW.format(tenths=tenths) for tenths in (3, 30))

    assert at_terminal((sys.executable, "-c", quick)) == ""
    assert at_terminal((sys.executable, "-c", slow), TERM="dumb") == ""


def test_progress_has_no_colour_where_none_is_wanted():
    command = (sys.executable, "-c", SLOW.format(tenths=30))

    assert not COLOUR.search(at_terminal(command, NO_COLOR="1").replace("\x1b[0m", ""))
    assert COLOUR.search(at_terminal(command).replace("\x1b[0m", ""))


@pytest.mark.parametrize("width", [80, 120])
def test_a_report_keeps_to_the_width_but_for_what_is_copied(project, width):
    lines = lines_of(at_terminal((*CHECK, "two"), width=width, folder=project, NO_COLOR="1"))

    (first,) = (at for at, line in enumerate(lines) if line.startswith("two: FAIL"))
    copied = re.compile(r"^ +check +(human|synthetic|combined)/|^all rows of a finding: |^rows that fail row rules: ")
    report = [line for line in lines[first:] if not copied.match(line)]
    assert [line for line in report if len(line) > width] == []
    assert any(line.startswith("Next: ") for line in report)


def test_a_pipe_gets_plain_whole_lines_and_no_progress(project):
    called = subprocess.run((*CHECK, "two"), cwd=project, capture_output=True, text=True, check=False)

    assert called.returncode in {1, 3}
    assert not ESCAPE.search(called.stdout + called.stderr)
    assert "\r" not in called.stdout + called.stderr
    assert called.stdout.startswith("two: FAIL  ")


@pytest.mark.parametrize("more", [(), ("-v",)])
def test_in_a_log_of_github_each_of_several_datasets_is_folded_and_names_are_no_commands(project, more):
    environment = {**os.environ, "GITHUB_ACTIONS": "true"}
    called = subprocess.run(
        (*CHECK, "--all", *more), cwd=project, env=environment, capture_output=True, text=True, check=False
    )

    commands = [line for line in called.stdout.splitlines() if COMMAND.search(line)]
    assert [line.partition(":: ")[0][:16] for line in commands] == [
        "::group::one: FA",
        "::endgroup::",
        "::group::two: FA",
        "::endgroup::",
    ]
    assert [line for line in called.stderr.splitlines() if COMMAND.search(line)] == []
    assert "##\\[error]one.csv" in called.stdout
    last = called.stdout.rpartition("::endgroup::\n")[2]
    assert last.splitlines()[0].split() == ["dataset", "answer", "human", "synthetic", "why"]


def test_of_one_dataset_nothing_is_folded(project):
    environment = {**os.environ, "GITHUB_ACTIONS": "true"}
    called = subprocess.run((*CHECK, "one"), cwd=project, env=environment, capture_output=True, text=True, check=False)

    assert [line for line in called.stdout.splitlines() if COMMAND.search(line)] == []
    assert called.stdout.startswith("one: FAIL  ")
