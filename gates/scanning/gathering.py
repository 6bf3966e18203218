"""What checks need of every row, gathered from the batches of the pass."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from gates.text.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa

    from gates.scan import EvaluationSource, Gather, Gatherer, Roles

S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Gathering:
    """Several gatherers fed at once: `update(batch)`, `read(rows)`, `values()`.

    One that breaks is fed no more and has no value: `Scan.gathered` gathers anew where its check asks, and what goes wrong
    there is an error of that check alone.
    """

    def __init__(self, gathers: Iterable[Gather[Any]], roles: Roles, evaluation: EvaluationSource | None) -> None:
        self._gatherers = _unbroken({one: one for one in gathers}, lambda gather: gather(roles, evaluation))

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""

        def feed(gatherer: Gatherer[Any]) -> None:
            if gatherer.needs_rows:
                gatherer.update(batch)

        self._of_each(feed)

    def read(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take rows that nobody else reads; where no gatherer needs them, they are not read either."""
        if any(self._of_each(lambda gatherer: bool(gatherer.needs_rows)).values()):
            for rows in batches:
                self.update(Batch(rows))

    def values(self) -> dict[Gather[Any], Any]:
        """What came of all rows, by what made the gatherer."""
        return self._of_each(lambda gatherer: gatherer.value())

    def _of_each(self, ask: Callable[[Gatherer[Any]], T]) -> dict[Gather[Any], T]:
        """What each gatherer answers; one that breaks is let go of."""
        found = _unbroken(self._gatherers, ask)
        self._gatherers = {gather: self._gatherers[gather] for gather in found}
        return found


def _unbroken(asked: Mapping[Gather[Any], S], ask: Callable[[S], T]) -> dict[Gather[Any], T]:
    """What those answer that do not break; what broke is told in the log."""
    found = {}
    for gather, one in asked.items():
        try:
            found[gather] = ask(one)
        # Its check gathers anew, and has the error if it comes again. Code of others may end the program, which would
        # end it with an exit code of its own, 0 perhaps.
        except (Exception, SystemExit):
            logger.debug("%s broke", gather, exc_info=True)
    return found
