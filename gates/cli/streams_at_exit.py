"""Nothing is printed once everything is said, and nobody has to listen to the end."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DEBUG_VARIABLE = "GATES_DEBUG"


class _Pipe(io.FileIO):
    """A file descriptor that takes what nobody reads any more: `gates check | head` ends as `gates check` does."""

    def write(self, text: ReadableBuffer, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            return memoryview(text).nbytes


def patient(stream: TextIO) -> TextIO:
    """The stream where it leads to no file descriptor, else one to there that a reader who leaves early does not break.

    The exit code is the answer, and must not depend on how much of the report somebody read.
    """
    # None where the caller closed it.
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    try:
        descriptor = stream.fileno()
    except OSError:
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Pipe(descriptor, "wb", closefd=False)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
    )


def close_streams() -> None:
    """What libraries print while a process ends, such as DuckDB's leak notices, goes nowhere from now on."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    if not os.environ.get(DEBUG_VARIABLE):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
