"""Errors that `gates` raises on purpose; each message says what, where, what was expected and what to do.

A check never raises because data is bad: that is a result. These errors mean that nothing could be judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class GatesError(Exception):
    """Nothing could be judged; the process ends with `exit_code`."""

    exit_code = 3


class UsageError(GatesError):
    """The call or the configuration is wrong: exit 2, as click's own usage errors."""

    exit_code = 2


class DataError(GatesError):
    """The data cannot be read as what it claims to be: exit 3."""


class SuiteError(UsageError):
    """A suite, schema or check name in the repository is wrong: exit 2."""


class PluginError(GatesError):
    """A plugin takes a name that is taken, or is not what it claims to be: exit 3."""


class MetricError(GatesError):
    """A metric cannot be computed on these rows; the judge turns it into the outcome `error`."""


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A clause naming the nearest valid word, or the valid words when none is near."""
    # Only who makes a mistake waits for it.
    from difflib import get_close_matches

    names = sorted(set(words))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return "expected one of: " + ", ".join(names) if names else "nothing is defined here"
