"""The peak of memory of a program, apart from that of the process which starts it.

What the kernel counts for a child begins at its parent's peak (`ru_maxrss` survives `exec`, getrusage(2)), so that beside
a large parent every program looks large: a small process starts the program, or the program reads its own `VmHWM`.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# For programs that measure themselves: `peak()` in megabytes.
OWN_PEAK = """
def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))
"""
_STARTER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, sep="\\n", file=sys.stderr)
"""


class Ran(NamedTuple):
    """One run of a program. peak: in bytes, its own processes included."""

    code: int
    out: str
    peak: int


def ran_apart(command: Sequence[str], folder: Path) -> Ran:
    """The program in this folder, started by a process that is small itself."""
    started = subprocess.run(
        [sys.executable, "-c", _STARTER, *command], cwd=folder, capture_output=True, text=True, check=True
    )
    code, kilobytes = (int(line) for line in started.stderr.splitlines()[-2:])
    return Ran(code, started.stdout, kilobytes * 1024)
