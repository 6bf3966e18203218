"""How much memory one run may take, and what each part of it gets."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_VARIABLE, MEMORY_OPTION = "GATES_MEMORY_LIMIT", "--memory-limit"
MB = 10**6
# Polars, Arrow, DuckDB and pandera take 330 MB before a row is read, with Great Expectations 430; 170 MB are for samples
# and what is computed on them, which are bounded in rows whatever the dataset is.
LIBRARIES, PROGRAM = 330 * MB, 600 * MB
# Of every row are held: origin, generator, marks and tokens (9 bytes), masks and ranks (5 and more).
ROW_BYTES = 16
# With less DuckDB cannot put rows in order that do not fit into memory.
LEAST_DATABASE = 100 * MB
LEAST = PROGRAM + LEAST_DATABASE
# A quarter leaves room for the files' own pages, which are read again from disk otherwise, and for the other jobs of a machine.
_SHARE = 4
# What does not fit into 2 GB is put in order on disk; a gate that takes no more stays one of several programs of a machine.
_MOST_BY_DEFAULT = 2_000 * MB
# A batch stands in memory as it was read, as it is put together, as checks compare it and as text, one in work and one ahead.
_COPIES = 8
_UNITS = {unit: 10 ** (3 * power) for power, unit in enumerate(("b", "kb", "mb", "gb", "tb"))} | {
    unit: 1 << (10 * power) for power, unit in enumerate(("kib", "mib", "gib", "tib"), 1)
}
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
# What the kernel says where a group of processes may take whatever there is.
_NO_LIMIT = 1 << 60
_GROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def limit() -> int:
    """Bytes that this process may take. Raises UsageError where the environment states no amount, or too small a one."""
    stated = os.environ.get(MEMORY_VARIABLE)
    return parsed(stated, MEMORY_VARIABLE) if stated else _by_default(processes=1)


def parsed(text: str, where: str) -> int:
    """Bytes of an amount such as `2GB` or `1.5 GiB`. Raises UsageError for anything else. where: who states it."""
    amount = _AMOUNT.fullmatch(text)
    unit = _UNITS.get(amount[2].lower()) if amount else None
    if amount is None or unit is None:
        raise UsageError(f"{where}='{text}' is no amount of memory; expected e.g. 2GB")
    size = int(float(amount[1]) * unit)
    if size < LEAST:
        raise UsageError(
            f"{where}='{text}' is too little: libraries and samples alone take {PROGRAM // MB} MB; expected at least "
            f"{LEAST // MB}MB, e.g. 2GB"
        )
    return size


@contextmanager
def limited_to(size: str | None, processes: int = 1) -> Iterator[None]:
    """While it lasts, each of so many processes takes its part of this amount, of the stated one where it is None.

    Raises UsageError as `parsed` does, and where too little is left for each of them.
    """
    stated = os.environ.get(MEMORY_VARIABLE)
    if size is None and not stated:
        part = _by_default(processes)
    else:
        part = (limit() if size is None else parsed(size, MEMORY_OPTION)) // processes
    if part < LEAST:
        raise UsageError(
            f"{part * processes // MB} MB of memory are too little for {processes} datasets at once; expected at least "
            f"{processes * LEAST // MB}MB, e.g. {MEMORY_OPTION} {processes}GB, or fewer --jobs"
        )
    # Processes that are started read it there.
    os.environ[MEMORY_VARIABLE] = f"{part}B"
    try:
        yield
    finally:
        os.environ.pop(MEMORY_VARIABLE)
        if stated is not None:
            os.environ[MEMORY_VARIABLE] = stated


def available() -> int:
    """Bytes of memory of this machine, or of what its cgroup may take of them."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([pages, *_group_limits()])


def for_opening() -> int:
    """Bytes for DuckDB while files are brought into the form of Parquet, when nothing but libraries is loaded."""
    return limit() - LIBRARIES


def for_rows(rows: int | None) -> int:
    """Bytes for DuckDB while rows are looked at: what is left when the process has what it needs itself for so many.

    None for rows that a dataset is set against, of holdouts and evaluation sets, which are small: a quarter of it.
    """
    # Entries of keys have two fifths of the width of those of rows: two indexes of keys take what one of rows takes.
    left = limit() - PROGRAM - _COPIES * batch_bytes() - 2 * entries_bytes()
    return max(LEAST_DATABASE, left // 4 if rows is None else left - ROW_BYTES * rows)


def batch_bytes() -> int:
    """Bytes of rows that are looked at together: 64 MB, beyond which nothing gets quicker, or what fits eight times."""
    return min(64 << 20, (limit() - PROGRAM) // (4 * _COPIES))


def entries_bytes() -> int:
    """Bytes of entries of rows that a table keeps before it is written to disk: a million and a half, or what fits beside the rest.

    Less than 16 MB would cost more statements of DuckDB than it saves memory.
    """
    return max(16 << 20, min(64 << 20, (limit() - PROGRAM) // 16))


def tokens_in_memory() -> int:
    """Tokens of texts that stay in memory to be compared, of 8 bytes each; the others lie on disk."""
    return min(1 << 24, (limit() - PROGRAM) // (4 * 8))


def release_unused() -> None:
    """Give back to the system what Arrow and, on Linux, the C library have freed and hold on to."""
    import ctypes

    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def _by_default(processes: int) -> int:
    return max(LEAST, min(_MOST_BY_DEFAULT, available() // _SHARE // processes))


def _group_limits() -> Iterator[int]:
    """What each group of processes around this one may take, in either version of cgroups; a container sees its own as the top."""
    listed = _OWN_GROUPS.read_text().splitlines() if _OWN_GROUPS.exists() else []
    for line in listed:
        _, controllers, path = line.split(":", 2)
        if controllers in {"", "memory"}:
            top, name = (_GROUPS, "memory.max") if not controllers else (_GROUPS / "memory", "memory.limit_in_bytes")
            own = top / path.lstrip("/")
            for group in (own, *own.parents):
                if group.is_relative_to(top) and (group / name).is_file():
                    stated = (group / name).read_text().strip()
                    if stated.isdigit() and int(stated) < _NO_LIMIT:
                        yield int(stated)
