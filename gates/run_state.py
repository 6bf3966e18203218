"""What a run is doing and the exit code that it reached, where its supervisor can read both once the run is dead.

Also the function that a run tells its progress to.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

# Called with a step, how far it is, and its length, 0 where that is unknown.
Progress = Callable[[str, int, int], None]

# Exit code plus one, 0 as long as there is none, and the length of the text that follows.
_HEAD = struct.Struct("=HH")


def no_progress(_step: str, _done: int, _total: int) -> None:
    """The `Progress` of a call that nobody watches."""


class RunState:
    """Steps and exit code of one run, in a page of memory that a process shares with those that it forks."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._steps: list[str] = []
        # Threads have steps of their own, which are listed in the order in which they began.
        self._lock = threading.Lock()

    def record_this_process(self) -> None:
        """From now on, steps and the exit code of this process are kept here; not those of processes that it forks."""
        _recorded[:] = [(self, os.getpid())]

    @property
    def exit_code(self) -> int | None:
        """The code that the run reached by itself; None where it did not get that far."""
        code = int(_HEAD.unpack_from(self._page)[0])
        return code - 1 if code else None

    @property
    def steps(self) -> str:
        """What was being done, the outermost first, such as "judging dataset 'd', running schemas/own.py"."""
        size = _HEAD.unpack_from(self._page)[1]
        return self._page[_HEAD.size : _HEAD.size + size].decode(errors="replace")

    def write(self, exit_code: int | None = None) -> None:
        """Keep the steps that are under way, and the exit code where there is one."""
        with self._lock:
            self._write(exit_code)

    def _write(self, exit_code: int | None = None) -> None:
        text = ", ".join(self._steps).encode(errors="replace")[: len(self._page) - _HEAD.size]
        self._page[_HEAD.size : _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._page, 0, 0 if exit_code is None else exit_code + 1, len(text))

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One more step is under way."""
        with self._lock:
            self._steps.append(what)
            self._write()
        try:
            yield
        finally:
            with self._lock:
                self._steps.remove(what)
                self._write()


# One at most, with the id of its process.
_recorded: list[tuple[RunState, int]] = []


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Record what the run is doing while the block lasts. what: a phrase with a verb in -ing. Costs microseconds."""
    state = _of_this_process()
    with state.step(what) if state else nullcontext():
        yield


def reached(exit_code: int) -> None:
    """The run has its answer, and ends by itself with this code."""
    if state := _of_this_process():
        state.write(exit_code)


def _of_this_process() -> RunState | None:
    return next((state for state, process in _recorded if process == os.getpid()), None)
