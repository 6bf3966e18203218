"""Code of a repository does not end the program past whatever would say so: `os._exit(0)` looks like a pass."""

from __future__ import annotations

import os
import sys
from functools import cache, wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# How the names of a repository's modules begin in sys.modules.
OWN = "gates_own_"
# All that ends a process with a code of its choice, or puts another program in its place.
_ENDS = ("_exit", "execv", "execve")


@cache
def refuse_early_exits() -> None:
    """From now on these raise SystemExit where a repository's code calls them, and do what they did for everybody else."""
    for module in (os, sys.modules[os.name]):
        for name in _ENDS:
            setattr(module, name, _refused(getattr(module, name), os.getpid()))


def _refused(end: Callable[..., object], process: int) -> Callable[..., object]:
    @wraps(end)
    def call(*arguments: object, **named: object) -> object:
        # Processes that own code forks end as they like.
        if os.getpid() == process and _is_called_by_own_code():
            raise SystemExit(f"os.{end.__name__}()")
        return end(*arguments, **named)

    return call


def _is_called_by_own_code() -> bool:
    frame = sys._getframe()  # noqa: SLF001  (`inspect` gives the same, a hundred times slower)
    while frame.f_back is not None:
        frame = frame.f_back
        if str(frame.f_globals.get("__name__", "")).startswith(OWN):
            return True
    return False
