"""A cluster of Spark on loopback, from the jars that pyspark brings along: a master and workers, each a JVM of its own."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Three JVMs and their first Python processes, on a machine that does other things.
_SECONDS_TO_START = 300
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Standalone:
    """address: of the master. workers: by the folder in which a worker's executors run."""

    address: str
    workers: dict[Path, subprocess.Popen[bytes]]

    def kill(self, folder: Path) -> None:
        """End a worker without a word to anybody; its executors end by themselves when they notice."""
        self.workers[folder].kill()
        self.workers[folder].wait()


@contextmanager
def standalone_cluster(root: Path, workers: int = 2) -> Iterator[Standalone]:
    """A cluster of workers with a core each, until the end of the block. root: takes what they print, and their work."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(
            _start(root / "master.log", "master.Master", "--host", _HOST, "--port", "0", "--webui-port", "0")
        )
        address = waited_for(lambda: _first(root / "master.log", r"Starting Spark master at (spark://\S+)"))
        by_folder = {}
        for number in range(workers):
            folder = root / f"worker{number}"
            options = (
                "--host",
                _HOST,
                "--cores",
                "1",
                "--memory",
                "1g",
                "--webui-port",
                "0",
                "--work-dir",
                str(folder),
            )
            by_folder[folder] = _start(root / f"worker{number}.log", "worker.Worker", *options, address)
            started.append(by_folder[folder])
        for number in range(workers):
            waited_for(lambda log=root / f"worker{number}.log": _first(log, r"(Successfully registered) with master"))
        yield Standalone(address, by_folder)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def waited_for(look: Callable[[], object]) -> object:
    """What `look` returns once it is true. Raises AssertionError after as long as a JVM may take to start."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while not (seen := look()):
        assert time.monotonic() < deadline, "Spark did not start"
        time.sleep(0.1)
    return seen


def _start(log: Path, kind: str, *options: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    daemon = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": _HOST, "SPARK_DAEMON_MEMORY": "256m"}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *options]
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **daemon})


def _first(log: Path, pattern: str) -> str | None:
    match = re.search(pattern, log.read_text(errors="replace"))
    return match[1] if match else None
