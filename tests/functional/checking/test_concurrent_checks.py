"""Checks that run side by side, and checks that are killed at any moment, leave nothing that is half done."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

import polars as pl
import pyarrow as pa
import pytest

from tests.dvc_repositories import ENVIRONMENT, commit, write
from tests.version_projects import LIMITS, good, put, version_project
from tests.warm import warm_gates, warm_python

ASKED = ("check", "--all", "--format", "json")
REMEMBERED = "2 of 2 datasets: unchanged, using the cached verdict"
NAMES = ("first", "second")
# A check of these takes a few seconds; whoever takes this long waits for something that never comes.
FOR_EVER = 300
KILLS = 20
SHA256 = re.compile(rb"[0-9a-f]{64}")

# Of one process each: the data lies in the work tree, is staged and is committed.
DOORS = ((), (), (), ("--staged",), ("--staged",), ("--rev", "HEAD"), ("--output", "reports"), ("--output", "reports"))

# Ends itself without a last word at the n-th moment at which a file is opened for writing, renamed or removed.
KILLED = """\
import os, signal, sys
root, left = os.getcwd(), int(sys.argv[1])

def hook(event, given):
    global left
    if event == "open":
        path, mode, flags = given
        if not flags & (os.O_WRONLY | os.O_RDWR):
            return
    elif event in ("os.rename", "os.remove"):
        path = given[0]
    else:
        return
    if not isinstance(path, str) or not os.path.abspath(path).startswith(root):
        return
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
from gates.cli.main import run
sys.exit(run(sys.argv[2:]))
"""

pytestmark = [pytest.mark.slow, pytest.mark.program]


def files_below(*folders):
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def left_behind(root):
    """What is only there while something is being written."""
    paths = files_below(root / ".gates", root / ".dvc/tmp", root / "reports")
    return [path for path in paths if path.suffix == ".unfinished" or path.suffix.removeprefix(".").isdigit()]


def start(root, *arguments):
    return subprocess.Popen(
        [warm_gates(), *ASKED, *arguments], cwd=root, env=ENVIRONMENT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_eight_checks_at_once_say_the_same_and_leave_a_sound_cache(tmp_path, gates):
    root = version_project(tmp_path / "project")
    # Rows that fail are written to a file of their own, which all eight write.
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))
    commit(root, "grades too high")

    running = [start(root, *arguments) for arguments in DOORS]
    outputs = [process.communicate(timeout=FOR_EVER) for process in running]

    assert [process.returncode for process in running] == [1] * len(DOORS), outputs
    assert [out for out, _ in outputs] == [outputs[0][0]] * len(DOORS)
    assert left_behind(root) == []
    verdicts = {one.pop("id"): one for one in json.loads(outputs[0][0])}
    for folder in (root / ".gates/verdicts", root / "reports"):
        assert {name: json.loads((folder / f"{name}.json").read_text()) for name in NAMES} == verdicts
    quarantine = {path.name: pl.read_parquet(path).height for path in (root / ".gates/quarantine").iterdir()}
    assert sorted(quarantine) == [f"{name}.parquet" for name in NAMES]
    assert quarantine["first.parquet"] > 0
    again, anew = gates(root, *ASKED), gates(root, *ASKED, "--no-cache")
    assert REMEMBERED in again.err
    assert (again.code, again.out) == (anew.code, anew.out) == (1, outputs[0][0])


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A project whose two datasets were judged; copy it."""
    root = version_project(tmp_path_factory.mktemp("killed") / "project")
    out, err = start(root).communicate(timeout=FOR_EVER)
    assert len(json.loads(out)) == len(NAMES), err
    return root


def changed_data(root):
    """The one dataset has other rows, of which nothing is known; the other is remembered."""
    put(root, "second", good(7))


def changed_rule(root):
    """The one dataset has another schema, the other is remembered."""
    write(root, "schemas/limits.py", LIMITS.replace("9", "1"))


CHANGES = {"second": changed_data, "first": changed_rule}


def copied(warm, place, name):
    root = shutil.copytree(warm, place)
    CHANGES[name](root)
    return root


def stored(root):
    """The verdicts that lie in the store, as they are."""
    return {name: (root / f".gates/verdicts/{name}.json").read_bytes() for name in NAMES}


@pytest.fixture(scope="module")
def undisturbed(warm, tmp_path_factory):
    """By the dataset that changed: what a run that nothing disturbs prints, what it stores, how long it takes."""
    documents = {}
    for name in CHANGES:
        root = copied(warm, tmp_path_factory.mktemp("undisturbed") / "project", name)
        before = time.monotonic()
        out, err = start(root).communicate(timeout=FOR_EVER)
        documents[name] = out, stored(root), time.monotonic() - before
        assert len(json.loads(out)) == len(NAMES), err
        assert stored(root)[name] != stored(warm)[name]
    return documents


def sound_after_a_kill(root, gates, old, undisturbed):
    """Raises unless what lies there is whole, and the next run says what an undisturbed run says."""
    out, new, _ = undisturbed
    left = stored(root)
    assert all(left[name] in (old[name], new[name]) for name in NAMES)
    for path in (root / ".dvc/tmp/gates").rglob("*.json"):
        content = path.read_bytes().partition(b"\n")[2]
        if path.parent.name != "scans":
            json.loads(content)
        elif SHA256.fullmatch(content) is None:
            # Beside the sha256 of a file, by its md5, what is known of its rows: an Arrow stream.
            pa.ipc.open_stream(content).read_all()
    called = gates(root, *ASKED)
    assert called.out == out
    assert "unchanged, using the cached verdict" in called.err
    assert stored(root) == new


def test_check_killed_at_any_moment_leaves_old_or_new_and_the_next_one_is_undisturbed(
    warm, undisturbed, tmp_path, gates
):
    moments = random.Random(7)
    ended = []
    for number in range(KILLS // 2):
        name = tuple(CHANGES)[number % len(CHANGES)]
        root = copied(warm, tmp_path / str(number), name)
        # Two side by side, for each may also meet what the other leaves behind.
        first, second = sorted(moments.uniform(0, undisturbed[name][-1]) for _ in range(2))
        running = [start(root), start(root)]
        for process, wait in zip(running, (first, second - first), strict=True):
            time.sleep(wait)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=FOR_EVER)
            ended.append(process.returncode)
        sound_after_a_kill(root, gates, stored(warm), undisturbed[name])
    # How many came to their end before is a matter of the machine's load.
    assert -signal.SIGKILL in ended


def test_check_killed_at_any_moment_of_writing_leaves_old_or_new(warm, undisturbed, tmp_path, gates):
    moments = 0
    # An even step would only ever meet one of the two moments that each file has.
    steps = random.Random(7)
    while True:
        root = copied(warm, tmp_path / str(moments), "second")
        done = subprocess.run(
            [warm_python(), "-c", KILLED, str(moments), *ASKED], cwd=root, env=ENVIRONMENT, text=True,
            capture_output=True, timeout=FOR_EVER, check=False,
        )  # fmt: skip
        if done.returncode != -signal.SIGKILL:
            break
        moments += steps.randint(1, 3)
        sound_after_a_kill(root, gates, stored(warm), undisturbed["second"])
    assert done.stdout == undisturbed["second"][0], done.stderr
    # The hashes, the verdict to remember, and each of the two verdicts in the store: written beside, then renamed.
    assert moments >= 8
