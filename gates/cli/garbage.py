"""How often a program of `gates` looks for garbage: never is it the library that decides that for its caller."""

from __future__ import annotations

import gc

# By default Python looks at 700 new objects; half a million come with the imports and stay, and to look at them again
# and again took .9 of the 5.6 s of processor time of a small check. With this it takes .1, and no more memory.
NEW_OBJECTS = 10_000


def collect_rarely() -> None:
    """Look for garbage in fewer, larger steps from now on, in this process and in those that are forked from it."""
    gc.set_threshold(NEW_OBJECTS)
