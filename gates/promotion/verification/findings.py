"""What one step of a verification shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.errors import DataError, GatesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class FindingState(StrEnum):
    """How a step ended; the values are those of `gates verify --format json`."""

    VERIFIED = "holds"
    WRONG = "wrong"
    # There was something to look at, and nobody could: never good.
    UNKNOWN = "unknown"
    # There is nothing to look at, or nobody gave what it takes, as the key of an envelope.
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True)
class Finding:
    """tag: of the promotion. part: what was looked at, such as `data`. words: what is wrong, or what was compared."""

    tag: str
    part: str
    state: FindingState
    words: str = ""

    def __str__(self) -> str:
        return f"{self.tag}: {self.part}: {self.words or self.state.name.lower().replace('_', ' ')}"

    @property
    def is_bad(self) -> bool:
        """Whether it stands against the promotion."""
        return self.state in (FindingState.WRONG, FindingState.UNKNOWN)


def looked_at(tag: str, part: str, step: Callable[[], Finding | str | None]) -> Finding:
    """The finding of a step that gives it, or says what is wrong, or None; errors on purpose are findings too.

    And so are those of files: a promotion names files, and what it names may be none that a system could have.
    """
    try:
        wrong = step()
    except (GatesError, OSError) as error:
        return refused(tag, part, error)
    if isinstance(wrong, Finding):
        return wrong
    return Finding(tag, part, FindingState.WRONG if wrong else FindingState.VERIFIED, wrong or "")


def refused(tag: str, part: str, error: GatesError | OSError) -> Finding:
    """The finding of a step that an error ended: what cannot be read is unknown, what reads otherwise is wrong."""
    is_unknown = isinstance(error, DataError | OSError)
    return Finding(tag, part, FindingState.UNKNOWN if is_unknown else FindingState.WRONG, str(error))


def first_bad(findings: Iterable[Finding]) -> Finding | None:
    """The first finding that stands against a promotion."""
    return next((finding for finding in findings if finding.is_bad), None)
