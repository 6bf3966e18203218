"""Damaged files judged by the command line: exit 0 only where the rows are those that were damaged."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.attack.figures import Clock, Figures
from tests.attack.inputs.mutations import damaged
from tests.attack.inputs.readings import RefusedError, Rows, difference, rows_of
from tests.attack.inputs.sound import sound_files, sound_rows, write_project
from tests.attack.worker import DiedError, HungError, fault, gates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.attack.worker import Worker
    from tests.projects import Called

_WORDS = {0: "passed", 1: "judged bad", 2: "refused (2)", 3: "refused (3)"}
_CHECK = ("check", "d", "--no-cache")


def attack_files(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try damages the data, in a project of its own in the same folder."""
    figures = Figures("files", seed)
    judge, sound = Judge(worker, figures), sound_files()
    for number in clock.numbers():
        chance = random.Random(f"files {seed} {number}")
        kind = chance.choice(sorted(sound))
        name = kind.rpartition("/")[2]
        content = damaged(sound[kind], chance)
        root = folder / "project"
        write_project(root, name)
        (root / name).write_bytes(content)
        judge.call(number, root, _CHECK, partial(_silence, name, content))
        shutil.rmtree(root)
    figures.seconds = clock.passed
    return figures


@dataclass(frozen=True)
class Judge:
    """Runs commands of tries and counts what each came to."""

    worker: Worker
    figures: Figures

    def call(self, number: int, root: Path, arguments: Sequence[str], silence: Callable[[], str]) -> Called | None:
        """What a command answered, if anything. silence: says, after exit 0, why that was wrong."""
        start = time.monotonic()
        called = None
        try:
            called = self.worker.call(gates, root, arguments)
        except DiedError as error:
            self.figures.add("crash", number, str(error))
        except HungError as error:
            self.figures.add("hang", number, str(error))
        self.figures.slowest = max(self.figures.slowest, time.monotonic() - start)
        if called is None:
            return None
        if wrong := fault(called):
            self.figures.add("traceback", number, wrong)
        elif called.code == 0 and (silent := silence()):
            self.figures.add("silent pass", number, silent)
        else:
            self.figures.add(_WORDS[called.code], number)
        return called


def _silence(name: str, content: bytes) -> str:
    """What an independent reader finds in damaged bytes that passed; nothing where it reads the sound rows, or nothing."""
    try:
        return difference(sound_rows(), _sorted(rows_of(name, content)), name)
    except RefusedError:
        return ""


def _sorted(rows: Rows) -> Rows:
    """Rows in the order in which they were written: no suite asks for an order."""
    return sorted(rows, key=lambda row: str(row.get("number")).zfill(9))
