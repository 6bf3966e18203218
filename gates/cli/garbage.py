"""How often a program of `gates` collects garbage; a program that imports gates decides that for itself."""

from __future__ import annotations

import gc
import io
from contextlib import suppress

# By default Python collects after 700 new objects. Half a million come with the imports and stay, and looking at them over
# and over took .9 of the 5.6 s of processor time of a small check. With this it takes .1, and no more memory.
NEW_OBJECTS = 10_000
_FILES = frozenset({io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom})


def collect_rarely() -> None:
    """Collect garbage in fewer, larger steps from now on, in this process and in those that are forked from it."""
    gc.set_threshold(NEW_OBJECTS)


def leave_garbage() -> None:
    """Write what open files still hold back, and collect no garbage from now on; the last step of a program.

    Python looks at all that was imported several times more at its end, which took 15 of a hook's 180 ms and one of a check's four
    seconds. What it would find are files that own code left open, of which it writes what was not written yet.
    """
    for candidate in gc.get_objects():
        if type(candidate) in _FILES:
            # Closed, or to be read only, or its reader is gone.
            with suppress(OSError, ValueError):
                candidate.flush()
    gc.freeze()
    gc.disable()
