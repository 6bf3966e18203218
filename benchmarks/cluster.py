"""The same check on one machine, on Spark Connect (Sail), on a JVM, and on a cluster of which a worker may be killed.

    python -m benchmarks.cluster [--rows 5000000 20000000 50000000] [--engines local sail spark standalone killed]
                                 [--memory-limit 700MB]

The table is that of `benchmarks.structural`: 12 columns, 24 questions. Every engine runs on this machine, so that seconds say
what distribution costs, and how it grows; they do not say what more machines gain. Printed are seconds by the clock and the peaks of
the driver: of `gates` itself and of its JVM, where it has one. Engines that give different digests end the program. `killed` is
`standalone` of which one of two workers is killed once a Python process of its executor is at work. --memory-limit is that of
`gates check`; at the least one, what still grows with rows is what no limit bounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.structural.table import write_project
from tests.clusters.spark_server import connect_server
from tests.clusters.spark_standalone import standalone_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[1]
CHECK = [sys.executable, "-m", "gates", "check", "orders", "--no-cache", "--format", "json"]
ENGINES = ("local", "sail", "spark", "standalone", "killed")
_STEP = 0.1


@dataclass(frozen=True)
class Run:
    """A run's seconds, peaks in MB of `gates` and of its JVM, and the digest of its verdict."""

    seconds: float
    peak: float
    jvm: float
    digest: str


def run(root: Path, options: list[str], meanwhile: Callable[[], None]) -> Run:
    """One check. meanwhile: called again and again while it runs. Raises SystemExit where there is no verdict."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [*CHECK, *options],
            cwd=root,
            env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        printed: list[bytes] = []
        reader = threading.Thread(target=lambda: printed.append(process.stdout.read()))  # type: ignore[union-attr]
        reader.start()
        peaks = {"gates": 0.0, "java": 0.0}
        while process.poll() is None:
            for child, program in [(process.pid, "gates"), *_below(process.pid)]:
                kind = "java" if program == "java" else "gates"
                peaks[kind] = max(peaks[kind], _peak(child))
            meanwhile()
            time.sleep(_STEP)
        reader.join()
        errors.seek(0)
        if process.returncode not in {0, 1}:
            raise SystemExit(f"{options}: exit {process.returncode}: {errors.read().decode()[-2000:]}")
    return Run(time.perf_counter() - start, peaks["gates"], peaks["java"], json.loads(printed[0])["digest"])


def _peak(process: int) -> float:
    """The most memory that a process had so far, in MB; 0 of one that ended."""
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return 0.0


def _below(process: int) -> list[tuple[int, str]]:
    """The processes that a process started, with the names of their programs; those of a JVM are its own affair."""
    started: list[tuple[int, str]] = []
    with suppress(OSError):
        # Any thread may have started one.
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                started.append((child, Path(f"/proc/{child}/comm").read_text().strip()))
                started += _below(child) if started[-1][1] != "java" else []
    return started


def _is_at_work(worker: int) -> bool:
    """Whether an executor of a worker has a process of Python."""
    return any(program.startswith("python") for executor, _ in _below(worker) for _, program in _below(executor))


def measured(engine: str, root: Path, logs: Path, limit: list[str]) -> Run:
    """One check on an engine, which is started for it and ended; its start is not counted but for a driver's own JVM.

    limit: options for the memory of `gates`.
    """
    with ExitStack() as stack:
        if engine == "local":
            return run(root, limit, lambda: None)
        if engine == "sail":
            address = stack.enter_context(connect_server(logs / "sail.log"))
            return run(root, [*limit, "--engine", "spark", "--spark-connect", address], lambda: None)
        if engine == "spark":
            return run(root, [*limit, "--engine", "spark", "--spark-master", "local[2]"], lambda: None)
        cluster = stack.enter_context(standalone_cluster(logs))
        lost = next(iter(cluster.workers))

        def kill_at_work() -> None:
            worker = cluster.workers[lost]
            if engine == "killed" and worker.poll() is None and _is_at_work(worker.pid):
                cluster.kill(lost)
                print(f"{'':>11} a worker of two is killed at its work", flush=True)

        return run(root, [*limit, "--engine", "spark", "--spark-master", cluster.address], kill_at_work)


def main() -> None:
    """Print a line for each size and engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 20_000_000, 50_000_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--memory-limit")
    options = parser.parse_args()
    limit = ["--memory-limit", options.memory_limit] if options.memory_limit else []
    print(f"{'rows':>11} {'engine':10} {'seconds':>8} {'driver MB':>9} {'its JVM MB':>10}")
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name) / "project"
            write_project(root, rows)
            digests = set()
            for engine in options.engines:
                logs = Path(name) / engine
                logs.mkdir()
                one = measured(engine, root, logs, limit)
                digests.add(one.digest)
                print(f"{rows:>11,} {engine:10} {one.seconds:8.1f} {one.peak:9.0f} {one.jvm:10.0f}", flush=True)
            if len(digests) != 1:
                raise SystemExit(f"{rows:,} rows have {len(digests)} digests: {', '.join(sorted(digests))}")


if __name__ == "__main__":
    main()
