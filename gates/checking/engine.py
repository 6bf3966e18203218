"""Which engine reads the rows of a run; the one place that chooses."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gates.data.duckdb.dataset import LocalDataset


@dataclass(frozen=True)
class Engine:
    """An engine by its name, with the address of Spark: a master's, or that of a Connect server; or a session that runs.

    Verdicts are the same on each, so that none is part of a verdict.
    """

    name: Literal["local", "spark"] = "local"
    spark_master: str | None = None
    spark_connect: str | None = None
    session: Any = None

    @property
    def remembers_files(self) -> bool:
        """Whether rows of single files that an earlier run judged need not be read again."""
        return self.name == "local"

    @contextmanager
    def started(self) -> Iterator[Callable[[LocalDataset], LocalDataset]]:
        """What has rows of an opened dataset read by this engine. Raises GatesError where there is no such engine."""
        if self.name == "local":
            yield lambda opened: opened
            return
        from gates.contract.plugins.early_exit import OWN
        from gates.data.spark.dataset import on_spark
        from gates.data.spark.session import cluster_of, spark_cluster

        if self.session is not None:
            cluster = cluster_of(self.session, OWN)
            yield lambda opened: on_spark(opened, cluster)
            return
        with spark_cluster(OWN, self.spark_master, self.spark_connect) as cluster:
            yield lambda opened: on_spark(opened, cluster)


LOCAL = Engine()
