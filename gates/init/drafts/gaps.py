"""Where values are missing: with another column's level, or together, in all human rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.scan.index import has_value
from gates.init.drafts.bounds import AT_ONCE, constraint_limit, rate_bound
from gates.init.drafts.draft import LEAST_TRIALS, Constraint, ConstraintKind
from gates.metrics.fidelity.identities import LEAST_LEVEL_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

# What is nearly always missing, or there, follows from anything.
LEAST_VARIED_RATIO = 0.05


def infer_gaps(frame: pl.DataFrame, levelled: Sequence[str], error: float) -> list[Constraint]:
    """Columns whose gaps another one's level tells, or that have them together; without exception, in enough rows.

    levelled: the columns that have levels. error: the chance that one rule is held tighter than human rows keep it.
    """
    gaps = frame.select(~has_value(name, kind) for name, kind in frame.schema.items() if not kind.is_nested())
    varied = [
        name
        for name in gaps.columns
        if LEAST_VARIED_RATIO <= gaps[name].sum() / max(1, frame.height) <= 1 - LEAST_VARIED_RATIO
    ]
    # Of columns that are missing together the first speaks for all.
    first = {name: next(other for other in varied if gaps[other].equals(gaps[name])) for name in varied}
    together = [(first[name], name) for name in varied if first[name] != name and frame.height >= LEAST_TRIALS]
    deciding_levels = {
        name: [level for level in levelled if level != name and _tells(frame[level], gaps[name])]
        for name in dict.fromkeys(first.values())
    }
    fewest = {
        name: min(levels, key=lambda level: frame[level].n_unique())
        for name, levels in deciding_levels.items()
        if levels
    }
    rows = frame.height
    suffix = f"; at most {rate_bound(rows, error):.2g} of human rows do otherwise, {AT_ONCE}" if rows else ""
    return [
        Constraint(kind, columns, rows, f"{words} in all of {rows:,} human rows{suffix}", constraint_limit(rows, error))
        for kind, columns, words in (
            *(
                (ConstraintKind.MISSING_WITH, (level, name), _words(frame[level], gaps[name]))
                for name, level in fewest.items()
            ),
            *((ConstraintKind.MISSING_TOGETHER, pair, "missing together, or not at all,") for pair in together),
        )
    ]


def _tells(level: pl.Series, is_missing: pl.Series) -> bool:
    """Whether each level has gaps alone or none, and enough rows for that to say something."""
    counts = pl.DataFrame({"level": level, "gap": is_missing}).group_by("level").agg(pl.len(), pl.col("gap").sum())
    is_clear = (counts["gap"] == 0) | (counts["gap"] == counts["len"])
    rows = level.len()
    enough = rows - counts.height >= LEAST_TRIALS and rows >= LEAST_LEVEL_ROWS * counts.height
    return counts.height > 1 and bool(is_clear.all()) and enough


def _words(level: pl.Series, is_missing: pl.Series) -> str:
    """What is missing where, for a person to read; a few levels by name."""
    empty = level.filter(is_missing).cast(pl.String).unique().sort().to_list()
    shown = ", ".join("no value" if one is None else str(one) for one in empty[:3]) + (", …" if len(empty) > 3 else "")  # noqa: PLR2004 (a line)
    return f"'{is_missing.name}' is missing exactly where '{level.name}' is {shown}"
