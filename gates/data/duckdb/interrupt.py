"""Queries that end when time is up."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from gates.config.deadline import Deadline, TimeUpError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nobody notices a delay this short, and interrupts so far apart cost nothing.
_AGAIN_SECONDS = 0.05


@contextmanager
def interrupted_at(deadline: Deadline | None, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Ends a query that runs at the deadline or later, with TimeUpError. None: nothing ends."""
    if deadline is None:
        yield
        return
    deadline.check()
    is_over = threading.Event()

    def interrupt() -> None:
        wait = min(max(0.0, deadline.left()), threading.TIMEOUT_MAX)
        # An interrupt between two queries is lost.
        while not is_over.wait(wait):
            connection.interrupt()
            wait = _AGAIN_SECONDS

    watch = threading.Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TimeUpError from error
    finally:
        is_over.set()
        watch.join()
