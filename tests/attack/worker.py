"""A process of its own that answers one call after the other, and is replaced where one ends it or takes too long."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import time
from typing import TYPE_CHECKING, Self

from gates.cli.main import run
from tests.dvc_repositories import ENVIRONMENT
from tests.projects import Called

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

# Seconds of processor time, so that others on the machine make nothing a hang; and what waits for ever is one too.
LONGEST = 20.0
_LONGEST_WAIT = 10 * LONGEST
# What a start may take on a busy machine; it is no part of a try.
_LONGEST_START = 3600.0


def _nothing() -> None:
    """A function of the module, for another process can be given no other."""


class DiedError(Exception):
    """The process ended during a call, as by a signal."""


class HungError(Exception):
    """A call was not answered in time."""


class Worker:
    """A context manager. prepare: called in each new process; environment: its variables, beside those of a test."""

    def __init__(self, prepare: Callable[[], None] = _nothing, **environment: str) -> None:
        self._prepare = prepare
        self._environment = ENVIRONMENT | environment
        self._context = multiprocessing.get_context("spawn")

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def call(self, function: Callable[..., object], *arguments: object, wait: float = _LONGEST_WAIT) -> object:
        """What a function of a module returns there. Raises DiedError and HungError; the next call has a new process."""
        try:
            self._connection.send((function, arguments))
            if self._connection.poll(wait):
                seconds, answer = self._connection.recv()
                if seconds > LONGEST:
                    raise HungError(f"{seconds:.1f} s of processor time")
                return answer
        except (EOFError, ConnectionError):
            code = self._end()
            self._start()
            raise DiedError(_ending(code)) from None
        self._end()
        self._start()
        raise HungError(f"no answer in {wait:g} s")

    def _start(self) -> None:
        self._connection, other = self._context.Pipe()
        self._process = self._context.Process(
            target=_answer, args=(other, self._prepare, self._environment), daemon=False
        )
        self._process.start()
        other.close()
        if not self._connection.poll(_LONGEST_START) or self._connection.recv() != "ready":
            raise TimeoutError("a process that only imports gates did not start")

    def _end(self) -> int | None:
        self._connection.close()
        self._process.join(0.5)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        return self._process.exitcode


def gates(root: Path, arguments: Sequence[str]) -> Called:
    """The command line run in this process, in a folder."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace") for _ in range(2))
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return Called(code, *texts)


def fault(called: Called) -> str:
    """What is wrong with an answer whatever the input was; nothing where it is one of the four with a sentence."""
    text = called.out + called.err
    if called.code not in {0, 1, 2, 3}:
        return f"exit code {called.code}"
    for mark in ("Traceback (most recent call last)", "internal error", "imported code ended the program"):
        if mark in text:
            at = text.index(mark)
            return text[at : at + 300]
    if called.code and not text.strip():
        return f"exit code {called.code} without a word"
    return ""


def _answer(connection: Connection, prepare: Callable[[], None], environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # What libraries write past Python's streams, and what may ask for input.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    prepare()
    connection.send("ready")
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        start = time.process_time()
        answer = function(*arguments)
        connection.send((time.process_time() - start, answer))


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"the process ended with {code}"
