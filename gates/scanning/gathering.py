"""What checks need of every row, gathered from the batches of the pass."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gates.text.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from gates.scan import EvaluationSource, Gather, Gatherer, Roles

logger = logging.getLogger(__name__)


class Gathering:
    """Several gatherers fed at once: `update(batch)`, `read(rows)`, `values()`.

    One that breaks is fed no more and has no value: `Scan.gathered` gathers anew where its check asks, and what goes wrong
    there is an error of that check alone.
    """

    def __init__(self, gathers: Iterable[Gather[Any]], roles: Roles, evaluation: EvaluationSource | None) -> None:
        self._gatherers: dict[Gather[Any], Gatherer[Any]] = {}
        for gather in gathers:
            with _told(gather):
                self._gatherers[gather] = gather(roles, evaluation)

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""
        for gather in tuple(self._gatherers):
            # It is put back when it has taken the rows.
            gatherer = self._gatherers.pop(gather)
            with _told(gather):
                if gatherer.needs_rows:
                    gatherer.update(batch)
                self._gatherers[gather] = gatherer

    def read(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take rows that nobody else reads; where no gatherer needs them, they are not read either."""
        if any(gatherer.needs_rows for gatherer in self._gatherers.values()):
            for rows in batches:
                self.update(Batch(rows))

    def values(self) -> dict[Gather[Any], Any]:
        """What came of all rows, by what made the gatherer."""
        found = {}
        for gather, gatherer in self._gatherers.items():
            with _told(gather):
                found[gather] = gatherer.value()
        return found


@contextmanager
def _told(gather: Gather[Any]) -> Iterator[None]:
    """Tells in the log what broke."""
    try:
        yield
    except Exception:  # its check gathers anew, and has the error if it comes again
        logger.debug("%s broke", gather, exc_info=True)
