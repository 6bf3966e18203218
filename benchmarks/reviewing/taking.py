"""How long it takes to plan a review, from the start of the process to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

HEADER = ("rows", "plan", "seconds, median of 3", "of the processor")
SIZES = (1_000, 10_000, 100_000)
RUNS = 3
CONFIG = '[datasets.rows]\npath = "rows.parquet"\ntype = "tabular"\n'


def rows(options: Namespace) -> Iterator[tuple[object, ...]]:
    """A line for each size and kind of plan."""
    for size in SIZES:
        with TemporaryDirectory() as folder:
            rng = np.random.default_rng(options.seed)
            frame = {f"column {number}": rng.integers(0, 1000, size) for number in range(10)}
            sides = {
                "text": [f"row {number}" for number in range(size)],
                "origin": ["human", "synthetic"] * (size // 2),
            }
            pl.DataFrame({**frame, **sides}).write_parquet(f"{folder}/rows.parquet")
            Path(folder, "gates.toml").write_text(CONFIG)
            for kind, flags in (("single", ()), ("sequential", ("--sequential",))):
                taken = [_seconds(folder, flags) for _ in range(RUNS)]
                yield size, kind, *(f"{median(one):.1f}" for one in zip(*taken, strict=True))


def _seconds(folder: str, flags: tuple[str, ...]) -> tuple[float, float]:
    """By the clock, and of the processors: a busy machine slows down the first alone."""
    command = [sys.executable, "-m", "gates", "review", "plan", "rows", "--output", "tasks.csv", "--replace", *flags]
    Path(folder, "tasks.csv").unlink(missing_ok=True)
    start, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    seconds, after = time.perf_counter() - start, getrusage(RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
