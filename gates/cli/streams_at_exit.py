"""Output streams at the end of a run: a closed pipe does not end the program, and libraries print nothing after the report."""

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
    """A file descriptor that ignores a closed pipe: `gates check | head` exits as `gates check` does."""

    def write(self, text: ReadableBuffer, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            return memoryview(text).nbytes


def open_missing_streams() -> None:
    """Give the process the standard streams that its caller closed, leading nowhere.

    Python has None for them, and the next file that is opened would get their descriptors, and what is printed.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free descriptor is the one that is missing.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))


def tolerate_broken_pipe(stream: TextIO) -> TextIO:
    """A stream to the same file descriptor that a closed pipe does not break; the stream itself where it has none.

    The exit code is the answer, and must not depend on how much of the report was read.
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


def flush_and_close() -> None:
    """Flush stdout and stderr, and discard what libraries print while the process ends, such as DuckDB's leak notices."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    if not os.environ.get(DEBUG_VARIABLE):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
