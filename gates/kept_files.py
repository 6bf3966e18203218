"""What became of the files of the version before, as a metric reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KeptFiles:
    """What became of the files that the version before had.

    lost: the share of them that is gone, in [0, 1]; of dataset, holdout and evaluation sets the worst. Files that were all written anew
    are not lost. story: what happened and how to get them back; names: the first files that are gone.
    unknown: why the two versions could not be compared, or "".
    """

    lost: float = 0.0
    story: str = ""
    names: tuple[str, ...] = ()
    unknown: str = ""
