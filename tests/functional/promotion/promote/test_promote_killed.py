"""Whoever kills `gates promote` finds the repository as it was, or wholly promoted, once it has run again."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.dvc_repositories import ENVIRONMENT, git

KILLS = 12
NOTE = ".git/gates-promotion.json"
REPOSITORY = Path(__file__).parents[4]
COMMAND = [sys.executable, "-m", "gates", "promote", "first", "--stage", "staging"]
ENV = ENVIRONMENT | {"PYTHONPATH": str(REPOSITORY)}


def started(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        COMMAND, cwd=root, env=environment(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def environment(root: Path) -> dict[str, str]:
    """A temporary folder of its own, beside the project."""
    folder = root.parent / "temporary"
    folder.mkdir(exist_ok=True)
    return ENV | {"TMPDIR": str(folder)}


def left_over(root: Path) -> list[Path]:
    """Files with anything in them where others may look."""
    return [path for path in (root.parent / "temporary").rglob("*") if path.is_file() and path.stat().st_size]


def child_of(process: subprocess.Popen[bytes]) -> int | None:
    """The process that does the work, which a supervising one waits for; None before it is there, or once it ended."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def copied(ready: Path, at: int) -> Path:
    return shutil.copytree(ready.parent, ready.parent.parent / f"copy{at}") / "here"


def work_tree(root: Path) -> dict[str, bytes]:
    """Every file outside of git's and DVC's own folders and of the verdicts."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    names = {path.relative_to(root): path for path in paths}
    return {
        str(name): path.read_bytes() for name, path in names.items() if name.parts[0] not in {".git", ".dvc", ".gates"}
    }


@dataclass(frozen=True)
class Moment:
    """seconds: after the start, or after the note of a begun promotion is there: then something is being written.

    of_child: the process that does the work is killed, and the one that supervises it lives on.
    """

    seconds: float
    is_late: bool
    of_child: bool

    def kill(self, root: Path) -> bool:
        """Start a promotion and kill it at the moment; whether it was still running."""
        process = started(root)
        while self.is_late and process.poll() is None and not (root / NOTE).is_file():
            time.sleep(0.0005)
        time.sleep(self.seconds)
        child = child_of(process) if self.of_child else None
        if child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        else:
            process.kill()
        was_running = process.wait() != 0
        # A git that the killed process had started may still run, and holds its lock meanwhile.
        time.sleep(0.1)
        return was_running


def moments(root: Path) -> list[Moment]:
    """Half of them anywhere in a run, half of them while something is being written."""
    start = time.monotonic()
    process = started(root)
    begun = ended = 0.0
    while process.poll() is None:
        is_there = (root / NOTE).is_file()
        begun = begun or (time.monotonic() if is_there else 0.0)
        ended = time.monotonic() if is_there else ended
        time.sleep(0.0005)
    assert (process.returncode, bool(begun)) == (0, True)
    whole, chosen = time.monotonic() - start, random.Random(7)
    spans = [(whole, False)] * (KILLS // 2) + [(ended - begun, True)] * (KILLS - KILLS // 2)
    return [
        Moment(chosen.uniform(0, span), is_late, of_child=number % 2 == 0)
        for number, (span, is_late) in enumerate(spans)
    ]


@pytest.mark.slow
def test_a_promotion_that_is_killed_at_any_moment_is_finished_or_cleared_away_by_the_next(
    gates, ready, monkeypatch
) -> None:
    before = work_tree(ready)
    promoted = {*before, "promotions/first/v1.0.0.json", "promotions/first/v1.0.0.verdict.json"}
    killed = begun = 0
    for at, moment in enumerate(moments(copied(ready, 0)), start=1):
        root = copied(ready, at)
        killed += moment.kill(root)
        begun += (root / NOTE).is_file()

        # Where one call follows another with the same temporary folder, it sweeps what a killed one left.
        monkeypatch.setattr(tempfile, "tempdir", environment(root)["TMPDIR"])
        again = gates(root, "promote", "first", "--stage", "staging", "--if-new")

        assert again.code == 0, (moment, again.err)
        assert git(root, "tag", "--list").split() == ["first#staging#1", "first@v1.0.0"], moment
        assert git(root, "rev-parse", "first@v1.0.0^{commit}") == git(root, "rev-parse", "HEAD")
        assert git(root, "rev-parse", "HEAD^") == git(ready, "rev-parse", "HEAD")
        assert git(root, "status", "--porcelain") == ""
        after = work_tree(root)
        assert ({*after}, {name: after[name] for name in before}) == (promoted, before)
        assert not (root / NOTE).exists()
        assert left_over(root) == [], moment
        verified = gates(root, "verify")
        assert verified.code == 0, (moment, verified.out)
        shutil.rmtree(root.parent)
    # Else nothing was tested: each half has to hit what it is aimed at.
    assert killed >= KILLS // 2
    assert begun
