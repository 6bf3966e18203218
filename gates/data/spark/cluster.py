"""Sends parts of a task to Spark's workers and gives their answers in the order of the parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gates.data.spark.messages import packed, versions_here, whole_answers
from gates.errors import GatesError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMNS = "part long, piece long, pieces long, answer binary"


@dataclass(frozen=True)
class Cluster:
    """A session of Spark. is_classic: whether this process is its driver, and not a client of Spark Connect.

    own: what the names of the repository's own modules begin with, which workers do not have.
    """

    session: Any
    is_classic: bool
    own: str

    def answers(self, task: object, parts: Sequence[object]) -> Iterator[Any]:
        """What the task answers for each part, in their order, as soon as it is known of all before.

        Raises GatesError where the task cannot be sent or Spark fails, and what was raised on a worker.
        """
        sent, versions = packed(task, self.own), versions_here()

        def on_worker(batches: Any) -> Iterator[Any]:
            from gates.data.spark.messages import pieces_of_answer

            for batch in batches:
                for number in batch.column(0).to_pylist():
                    yield from pieces_of_answer(sent, versions, number, parts[number])

        if not parts:
            return
        numbers = self.session.range(0, len(parts), 1, len(parts))
        following = 0
        waiting: dict[int, Any] = {}
        with PrivateFolder() as folder:
            for number, answer in whole_answers(self.rows(numbers.mapInArrow(on_worker, _COLUMNS)), folder.path):
                waiting[number] = answer
                while following in waiting:
                    yield waiting.pop(following)()
                    following += 1
        if following != len(parts):
            raise GatesError(f"Spark answered for {following:,} of {len(parts):,} parts of the data; expected all")

    def rows(self, frame: Any) -> Iterator[Any]:
        """The rows of a frame of Spark, of which few are in the driver's memory at a time. Raises GatesError."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            if not self.is_classic:
                yield from frame.toLocalIterator()
                return
            from pyspark import StorageLevel

            # Fetched part by part they would be computed part by part.
            kept = frame.persist(StorageLevel.DISK_ONLY)
            try:
                kept.count()
                yield from kept.toLocalIterator()
            finally:
                kept.unpersist()
        except (PySparkException, Py4JError, ConnectionError) as error:
            raise GatesError(f"Spark could not finish: {reason_of(error)}") from error


def reason_of(error: BaseException) -> str:
    """One sentence of what Spark raised; the last line of a worker's traceback where there is one."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if any("No module named 'gates'" in line for line in lines):
        return "its workers have no gates; install origin-gates[spark] in the Python that they run (PYSPARK_PYTHON)"
    raised = [
        line for line in lines if line.split(":")[0].endswith(("Error", "Exception")) and " " not in line.split(":")[0]
    ]
    return (raised or lines or [type(error).__name__])[0]
