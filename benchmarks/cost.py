"""What programs cost that take turns: a machine that is busy with other work slows down all of them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


# The kernel counts a child's peak from that of the process which starts it on (getrusage(2)): one that is small itself.
_STARTER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


@dataclass(frozen=True)
class Program:
    """A command, where it runs, its PYTHONPATH, and the exit codes with which it has done its work."""

    command: Sequence[str]
    folder: Path
    python_path: str = ""
    codes: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processors with the start of the process, and the peak of memory in MB."""

    seconds: float
    processor: float
    peak: float


def cost_of(program: Program) -> Cost:
    """What one run takes; what it prints is thrown away. Raises SystemExit where it does not do its work."""
    environment = {**os.environ, "PYTHONPATH": program.python_path}
    # Isolated, so that the path of the program is none of the starter's.
    starter = [sys.executable, "-I", "-c", _STARTER, *program.command]
    printed = subprocess.run(
        starter, cwd=program.folder, env=environment, stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    code, seconds, processor, kilobytes = json.loads(printed)
    if code not in program.codes:
        raise SystemExit(f"{' '.join(program.command)} ended with {code}")
    return Cost(seconds, processor, kilobytes / 1024)


def costs_in_turns(programs: Mapping[str, Program], runs: int) -> dict[str, Cost]:
    """Medians of seconds, and the largest peak, of so many runs of each."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            costs[name].append(cost_of(program))
    return {name: _median(listed) for name, listed in costs.items()}


def table(costs: Mapping[str, Cost], ours: str = "gates") -> str:
    """A line a program, with how many times as long as ours it takes."""
    lines = [f"{'program':34} {'seconds':>8} {'CPU s':>8} {'peak MB':>8} {'times gates':>12} {'of CPU':>7}"]
    for name, cost in costs.items():
        ratios = ""
        if ours in costs:
            ratios = f"{cost.seconds / costs[ours].seconds:12.2f} {cost.processor / costs[ours].processor:7.2f}"
        lines.append(f"{name:34} {cost.seconds:8.2f} {cost.processor:8.2f} {cost.peak:8.0f} {ratios}".rstrip())
    return "\n".join(lines)


def _median(costs: list[Cost]) -> Cost:
    seconds, processor = (statistics.median(getattr(one, name) for one in costs) for name in ("seconds", "processor"))
    return Cost(seconds, processor, max(one.peak for one in costs))
