"""Two who promote in one clone: one after the other, and whoever died holds nobody up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

from gates.versions.changes.lock import only_promotion
from gates.versions.git.commands import git_at
from tests.dvc_repositories import ENVIRONMENT, git
from tests.promotions.pushed_promotions import state

STAGED = ("promote", "first", "--stage", "staging")
ENV = ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parents[4])}
NOTE = ".git/gates-promotion.json"
# Holds the lock, has a child of its own, and ends only when it is killed.
HOLDER = """\
import subprocess
import sys
import time
from pathlib import Path

from gates.versions.changes.lock import only_promotion
from gates.versions.git.commands import git_at

with only_promotion(git_at(Path.cwd()), print):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_of_two_in_one_clone_the_second_goes_on_from_what_the_first_left(ready) -> None:
    command = [sys.executable, "-m", "gates", *STAGED]
    both = [subprocess.Popen(command, cwd=ready, env=ENV, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], errors
    refusals = [words for words, process in zip(errors, both, strict=True) if process.returncode == 2]
    assert "first v1.0.0 is on 'staging' already" in refusals[0]
    assert git(ready, "tag", "--list").split() == ["first#staging#1", "first@v1.0.0"]
    assert git(ready, "status", "--porcelain") == ""
    assert not (ready / NOTE).exists()


def test_who_waits_says_so_and_goes_on_when_the_holder_is_killed_though_its_child_lives(gates, ready) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=ready, env=ENV, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    child = int(holder.stdout.readline())
    timer = Timer(2, holder.kill)
    timer.start()
    try:
        called = gates(ready, *STAGED)
        os.kill(child, 0)  # it lives
    finally:
        timer.join()
        holder.communicate()
        os.kill(child, signal.SIGKILL)
    assert called.code == 0, called.err
    assert "another `gates promote` is at work in this clone; this one waits for its end" in called.err


def test_a_git_folder_that_cannot_be_written_is_one_sentence(gates, ready) -> None:
    (ready / ".git/gates-promotion.lock").mkdir()
    called = gates(ready, *STAGED)
    assert (called.code, "gates-promotion.lock: cannot be written" in called.err) == (3, True), called.err


def test_a_dry_run_waits_for_nobody(gates, ready) -> None:
    at = git_at(ready)
    assert at
    with only_promotion(at, print):
        assert gates(ready, *STAGED, "--dry-run").code == 0


def test_a_dry_run_tells_of_an_interrupted_promotion_and_leaves_it(gates, ready) -> None:
    head = git(ready, "rev-parse", "HEAD")
    note = {"branch": "refs/heads/main", "old": head, "new": head, "tags": {"first#staging#1": head}, "files": []}
    (ready / NOTE).write_text(json.dumps(note))
    before = state(ready)
    called = gates(ready, *STAGED, "--dry-run")
    assert called.code == 0
    assert "a promotion was begun and not ended: first#staging#1; the next `gates promote`" in called.err
    assert (state(ready), json.loads((ready / NOTE).read_text())) == (before, note)


def test_a_call_that_ends_an_interrupted_promotion_has_done_what_it_was_for(gates, done) -> None:
    made = git(done, "rev-parse", "refs/tags/first#prod#2")
    head = git(done, "rev-parse", "HEAD")
    note = {"branch": "refs/heads/main", "old": head, "new": head, "tags": {"first#prod#2": made}, "files": []}
    (done / NOTE).write_text(json.dumps(note))
    called = gates(done, "promote", "first", "--stage", "prod")
    assert called.code == 0
    assert "an interrupted promotion was finished: first#prod#2" in called.err
    assert not (done / NOTE).exists()
