"""Errors that `gates` raises on purpose; each message says what, where, what was expected and what to do.

A check never raises because data is bad: that is a result. These errors mean that nothing could be judged.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class GatesError(Exception):
    """Nothing could be judged; the process ends with `exit_code`."""

    exit_code = 3


class UsageError(GatesError):
    """The call or the configuration is wrong: exit 2, as click's own usage errors."""

    exit_code = 2


class DataError(GatesError):
    """The data cannot be read as what it claims to be: exit 3."""


class NoRowsError(DataError):
    """A file in a known format that holds no row: nothing is wrong with it where others of its folder do."""


class SuiteError(UsageError):
    """A suite, schema or check name in the repository is wrong: exit 2."""


class PluginError(GatesError):
    """A plugin takes a name that is taken, or is not what it claims to be: exit 3."""


class MetricError(GatesError):
    """A metric cannot be computed on these rows; the judge turns it into the outcome `error`."""


@contextmanager
def foreign_code(as_error: Callable[[BaseException], GatesError]) -> Iterator[None]:
    """While it lasts, code of others runs: what it raises, but on purpose or as an interrupt, is raised as `as_error` makes it.

    That is more than `Exception`: what ends a program would end it with an exit code of its own, 0 perhaps.
    """
    try:
        yield
    except (GatesError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise as_error(error) from error


def foreign_text(error: BaseException) -> str:
    """`KeyError: 'x'` in one line, of whatever code of others raises; its own text may be of many, or break in turn."""
    name = type(error).__name__
    try:
        return f"{name}: {' '.join(str(error).split())}"
    except KeyboardInterrupt:
        raise
    except BaseException as broken:  # noqa: BLE001  (its text is code of others too)
        return f"{name} (and {type(broken).__name__} while its text was made)"


def wrong_form(error: Exception) -> str:
    """What is wrong with the form of a document, as a clause, from what reading it raised: no reader knows Python's errors."""
    if isinstance(error, KeyError) and error.args:
        name = error.args[0]
        return f"it has no '{name.decode(errors='replace') if isinstance(name, bytes) else name}'"
    if isinstance(error, RecursionError):
        return "its parts lie too deep in each other"
    if isinstance(error, TypeError | AttributeError | LookupError | ArithmeticError):
        return "a part of it is of another kind than expected"
    return " ".join(str(error).split())


def first_few(names: Iterable[str], at_most: int) -> str:
    """The first of some names and how many follow: `a, b and 1,000 more`."""
    listed = list(names)
    rest = len(listed) - at_most
    return ", ".join(listed[:at_most]) + (f" and {rest:,} more" if rest > 0 else "")


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A clause naming the nearest valid word, or the valid words when none is near."""
    # Only who makes a mistake waits for it.
    from difflib import get_close_matches

    names = sorted(set(words))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return "expected one of: " + ", ".join(names) if names else "nothing is defined here"
