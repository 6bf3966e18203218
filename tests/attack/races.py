"""A writer changes what is judged while it is judged: the verdict is that of one state or of the other, or there is none."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from typing import TYPE_CHECKING

from tests.attack.figures import Clock, Figures
from tests.attack.inputs.sound import sound_files, write_project
from tests.attack.worker import DiedError, HungError, fault, gates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.attack.worker import Worker
    from tests.projects import Called

_CHECK = ("check", "d", "--no-cache", "--quiet", "--format", "json")
_MORE = 'holdout = "held.csv"\nevaluation = ["items.csv"]\n'
_SCHEMA = (
    'import pandera.polars as pa\n\nD = pa.DataFrameSchema({{"score": pa.Column(checks=pa.Check.{}(0, name="{}"))}})\n'
)


def _suite(value: int) -> str:
    rules = [
        ("expect_table_row_count_to_be_between", {"min_value": value}),
        ("expect_synthetic_to_not_copy_human", {"max_value": 0.5}),
        ("expect_contamination_ratio_to_be_less_than", {"max_value": 0.5}),
    ]
    return json.dumps({
        "name": "own",
        "expectations": [{"type": name, "kwargs": kwargs, "meta": {"reason": "few rows"}} for name, kwargs in rules],
    })  # fmt: skip


def _states() -> dict[str, tuple[str, str]]:
    """Two contents of each file, whose verdicts are different ones."""
    data = sound_files()["plain/data.csv"].decode()
    holdout = "number,text,score\n" + "".join(
        f'{100 + row},"row {row} of those held out",{row}.5\n' for row in range(20)
    )
    items = "text\n" + "".join(f"item {row} of a set that a model is tested on\n" for row in range(20))
    copied = '"' + data.split('"')[5] + '"'
    return {
        "data.csv": (data, data.replace("line 7", "evil 7")),
        "held.csv": (holdout, holdout.replace('"row 3 of those held out"', copied)),
        "items.csv": (items, items.replace("item 3", copied, 1).replace(f"{copied} of a set that a model is tested on", copied)),
        "expectations/d/combined.json": (_suite(20), _suite(90)),
        "schemas/d.py": (_SCHEMA.format("gt", "above"), _SCHEMA.format("lt", "below")),
    }  # fmt: skip


def attack_races(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try rewrites one file again and again during a check."""
    figures = Figures("races", seed)
    root, states = folder / "project", _states()
    write_project(root, "data.csv")
    (root / "schemas").mkdir()
    (root / "gates.toml").write_text((root / "gates.toml").read_text() + _MORE)
    for name, (first, _) in states.items():
        (root / name).write_text(first)
    names = sorted(states)
    verdicts = {
        name: _verdicts(worker, root / name, states[name]) for name in names[: 1 if clock.seconds < 60 else None]
    }
    clock.restart()
    for number in clock.numbers():
        chance = random.Random(f"races {seed} {number}")
        name = chance.choice(sorted(verdicts))
        write = chance.choice((_in_place, _renamed))
        pause = chance.choice((0.0, 0.01, 0.05, 0.2))
        with _Writer(root / name, states[name], write, pause):
            start = time.monotonic()
            outcome, about = _judged(worker, root, verdicts[name])
            figures.slowest = max(figures.slowest, time.monotonic() - start)
        (root / name).write_text(states[name][0])
        figures.add(outcome, number, f"{name}: {about}")
    figures.seconds = clock.passed
    return figures


def _verdicts(worker: Worker, path: Path, states: tuple[str, str]) -> list[str]:
    """What is answered while nobody writes: of each state, and the first again."""
    root = path.parents[path.parts[::-1].index("project") - 1]
    outs = []
    for state in states:
        path.write_text(state)
        called = worker.call(gates, root, _CHECK)
        assert called.out, called.err
        outs.append(called.out)
    path.write_text(states[0])
    assert outs[0] != outs[1], f"{path.name}: both states are judged alike"
    return outs


def _judged(worker: Worker, root: Path, verdicts: list[str]) -> tuple[str, str]:
    try:
        called: Called = worker.call(gates, root, _CHECK)
    except DiedError as error:
        return "crash", str(error)
    except HungError as error:
        return "hang", str(error)
    if wrong := fault(called):
        return "traceback", wrong
    if not called.out:
        return ("refused (3)" if called.code == 3 else f"refused ({called.code})"), called.err
    if called.out in verdicts:
        return ("one state", "")
    return "silent pass", "a verdict of neither state"


def _in_place(path: Path, text: str) -> None:
    path.write_text(text)


def _renamed(path: Path, text: str) -> None:
    other = path.with_name(".written")
    other.write_text(text)
    other.replace(path)


class _Writer:
    """A context manager that gives a file one content after the other, with a time that tells nothing."""

    def __init__(self, path: Path, states: tuple[str, str], write: Callable[[Path, str], None], pause: float) -> None:
        self._path, self._states, self._write, self._pause = path, states, write, pause
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.is_set():
            for text in self._states[::-1]:
                about = self._path.stat()
                self._write(self._path, text)
                os.utime(self._path, ns=(about.st_atime_ns, about.st_mtime_ns))
                self._ends.wait(self._pause)
