"""Whoever kills `gates promote` finds the repository as it was, or wholly promoted, once it has run again."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.dvc_repositories import ENVIRONMENT, git

KILLS = 10
NOTE = ".git/gates-promotion.json"
REPOSITORY = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "gates", "promote", "first", "--stage", "staging"]
ENV = ENVIRONMENT | {"PYTHONPATH": str(REPOSITORY)}


def started(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(COMMAND, cwd=root, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


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
    """seconds: after the start, or after the note of a begun promotion is there: then something is being written."""

    seconds: float
    is_late: bool

    def kill(self, root: Path) -> bool:
        """Start a promotion and kill it at the moment; whether it was still running."""
        process = started(root)
        while self.is_late and process.poll() is None and not (root / NOTE).is_file():
            time.sleep(0.0005)
        time.sleep(self.seconds)
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
    early = [Moment(chosen.uniform(0, whole), is_late=False) for _ in range(KILLS // 2)]
    return early + [Moment(chosen.uniform(0, ended - begun), is_late=True) for _ in range(KILLS - len(early))]


@pytest.mark.slow
def test_a_promotion_that_is_killed_at_any_moment_is_finished_or_cleared_away_by_the_next(gates, ready) -> None:
    before = work_tree(ready)
    promoted = {*before, "promotions/first/v1.0.0.json", "promotions/first/v1.0.0.verdict.json"}
    killed = begun = 0
    for at, moment in enumerate(moments(copied(ready, 0)), start=1):
        root = copied(ready, at)
        killed += moment.kill(root)
        begun += (root / NOTE).is_file()

        again = gates(root, "promote", "first", "--stage", "staging", "--if-new")

        assert again.code == 0, (moment, again.err)
        assert git(root, "tag", "--list").split() == ["first#staging#1", "first@v1.0.0"], moment
        assert git(root, "rev-parse", "first@v1.0.0^{commit}") == git(root, "rev-parse", "HEAD")
        assert git(root, "rev-parse", "HEAD^") == git(ready, "rev-parse", "HEAD")
        assert git(root, "status", "--porcelain") == ""
        after = work_tree(root)
        assert ({*after}, {name: after[name] for name in before}) == (promoted, before)
        assert not (root / NOTE).exists()
        verified = gates(root, "verify")
        assert verified.code == 0, (moment, verified.out)
        shutil.rmtree(root.parent)
    # Else nothing was tested: each half has to hit what it is aimed at.
    assert killed >= KILLS // 2
    assert begun
