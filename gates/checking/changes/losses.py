"""Losses that nothing announces: files that a partial pull left behind, rows that belong to no partition.

The folder that DVC was told to add is in order, and so is every row in it; only the version before tells the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.previous_version import KeptFiles, RowComparison
from gates.errors import first_few
from gates.metrics.limits.wording import percent
from gates.verdict import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.versions.dataset.comparison import Comparison

# People take out a bad shard or a source that withdrew, a few files of many. A pull in part leaves out a folder, or all
# that an interrupted download did not reach: in trials half of the files, seldom less than a tenth.
MOST_LOST = 0.1
_SHOWN = 3
# As many names as other evidence has rows.
_NAMED = 10


def loss_of(comparison: Comparison, most_lost: float = MOST_LOST) -> str | None:
    """What was lost and how to get it back, where more of the base's files are gone than one change takes; else None.

    most_lost: the share of the base's files that may go.
    """
    share = _lost(comparison)
    if share <= most_lost:
        return None
    return f"{percent(share)} of the files are gone, more than the {percent(most_lost)} of one change: {comparison.sentence()}"


def kept_files(
    files: Comparison | None,
    holdout: Comparison | None = None,
    evaluation: Comparison | None = None,
    rows: RowComparison | None = None,
) -> KeptFiles:
    """What became of the base's files, of the dataset's, its holdout's or its evaluation sets': what lost most.

    rows: of the dataset, which tell whether its files were only repartitioned.
    """
    named = (("", files), ("of the holdout, ", holdout), ("of the evaluation sets, ", evaluation))
    sides = [(_lost(comparison), of, comparison) for of, comparison in named if comparison]
    lost, of, worse = max(sides, key=lambda side: side[0], default=(0.0, "", None))
    if worse is None or not lost:
        return KeptFiles()
    compares_rows = worse is files and rows is not None
    return KeptFiles(
        lost,
        of + worse.sentence(),
        worse.removed[:_NAMED],
        rows=rows if compares_rows else None,
        other_files=kept_files(None, holdout, evaluation) if compares_rows else None,
    )


def _lost(comparison: Comparison) -> float:
    """The share of the base's files that is gone, 0 where not one is left but others are there.

    Then the dataset was written anew: a pull in part keeps what it pulled.
    """
    is_rewritten = len(comparison.removed) == comparison.base_count and comparison.new_count > 0
    return 0.0 if is_rewritten else comparison.lost_share


def undeclared_of(
    before: Mapping[str, int], after: Mapping[str, int], files: Sequence[str], place: str = "gates.toml"
) -> str | None:
    """Which rows came that no partition has, and what to do; None where there are no more of them than before.

    before and after: rows by origin. files: names of those files whose path gives all their rows such an origin.
    place: where the origins are declared.
    """
    count = after[UNDECLARED] - before[UNDECLARED]
    if count <= 0:
        return None
    named = f" ({first_few(files, _SHOWN)})" if files else ""
    return (
        f"{count:,} more row{'' if count == 1 else 's'} of an origin that is not declared{named}: neither partition has "
        f"them; {place}: add the origin's name under origins, or take the rows out"
    )
