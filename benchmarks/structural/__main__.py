"""Twenty-four structural questions on a table of 12 columns, beside what else answers them.

    python -m benchmarks.structural [--rows 5000000 20000000] [--runs 3] [--only gates duckdb frames]

The programs take turns. Printed are medians of seconds and of processor seconds with the start of the process, and the
largest peak of memory.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.cost import Cost, Program, costs_in_turns, table
from benchmarks.structural.table import write_project

HERE = Path(__file__).parents[2]
PEER = (sys.executable, "-m", "benchmarks.structural.peers")
OURS = (sys.executable, "-m", "gates", "check", "orders", "--no-cache", "--format", "json")
NAMES = ("gates", "duckdb", "frames")


def measured(rows: int, runs: int, names: list[str]) -> dict[str, Cost]:
    """The median cost of each program on a table of so many rows."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "project"
        write_project(root, rows)
        path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        programs = {
            peer: Program(OURS, root, path) if peer == "gates" else Program((*PEER, peer, str(root)), HERE, path)
            for peer in names
        }
        return costs_in_turns(programs, runs)


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 20_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    for rows in options.rows:
        print(f"{rows:,} rows\n{table(measured(rows, options.runs, list(options.only)))}", flush=True)


if __name__ == "__main__":
    main()
