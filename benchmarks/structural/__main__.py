"""Twenty-four structural questions on a table of 12 columns, beside what else answers them.

    python -m benchmarks.structural [--rows 5000000 20000000] [--runs 3] [--only gates duckdb frames]

The programs take turns, so that a busy machine slows down all of them. Printed are medians of seconds and of processor
seconds with the start of the process, and the largest peak of memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.structural.table import write_project

HERE = Path(__file__).parents[2]
PEER = [sys.executable, "-m", "benchmarks.structural.peers"]
PROGRAMS = {
    "gates": [sys.executable, "-m", "gates", "check", "orders", "--no-cache", "--format", "json"],
    "duckdb": [*PEER, "duckdb"],
    "frames": [*PEER, "frames"],
}


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processors, and the peak of memory in MB."""

    seconds: float
    processor: float
    peak: float


def run(program: str, root: Path) -> Cost:
    """What one run takes; whatever it prints is read and thrown away. Raises SystemExit where it finds a fault."""
    arguments = [] if program == "gates" else [str(root)]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*PROGRAMS[program], *arguments],
        cwd=root if program == "gates" else HERE,
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{program} ended with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measured(rows: int, runs: int, programs: list[str]) -> dict[str, Cost]:
    """The median cost of each program on a table of so many rows."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "project"
        write_project(root, rows)
        costs: dict[str, list[Cost]] = {program: [] for program in programs}
        for _ in range(runs):
            for program in programs:
                costs[program].append(run(program, root))
    return {program: _median(listed) for program, listed in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    seconds, processor = (statistics.median(getattr(one, name) for one in costs) for name in ("seconds", "processor"))
    return Cost(seconds, processor, max(one.peak for one in costs))


def main() -> None:
    """Print a line for each size and program, with its ratio to `gates`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 20_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=sorted(PROGRAMS), default=sorted(PROGRAMS))
    options = parser.parse_args()
    print(f"{'rows':>11} {'program':8} {'seconds':>8} {'CPU s':>8} {'peak MB':>8} {'gates / it':>10}")
    for rows in options.rows:
        costs = measured(rows, options.runs, options.only)
        for program, cost in costs.items():
            ratio = f"{costs['gates'].seconds / cost.seconds:10.2f}" if "gates" in costs else ""
            print(f"{rows:>11,} {program:8} {cost.seconds:8.2f} {cost.processor:8.2f} {cost.peak:8.0f} {ratio}")


if __name__ == "__main__":
    main()
