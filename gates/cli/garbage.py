"""How often a program of `gates` collects garbage; a program that imports gates decides that for itself."""

from __future__ import annotations

import gc

# By default Python collects after 700 new objects. Half a million come with the imports and stay, and looking at them over
# and over took .9 of the 5.6 s of processor time of a small check. With this it takes .1, and no more memory.
NEW_OBJECTS = 10_000


def collect_rarely() -> None:
    """Collect garbage in fewer, larger steps from now on, in this process and in those that are forked from it."""
    gc.set_threshold(NEW_OBJECTS)


def leave_garbage() -> None:
    """Collect no more: the process ends. Python looks at all that was imported several times more at its end, 15 ms of a hook's 180."""
    gc.freeze()
    gc.disable()
