"""How often rows drawn anew of a law equal one of a sample of it, known from how often the sample's own rows repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.metrics.base.measurement import Estimate

# New contents among as many rows again are an alternating sum over all counts, whose variance is the number of contents;
# among half as many, contents of many rows drop out of it. Fewer rows hold more of what is common, which excuses no copy less.
_AS_MANY_AT_MOST = 0.5
_BISECTIONS = 40
# Of ten contents that were drawn, all stand there an even number of times once in a thousand samples.
_CONTENTS_AT_LEAST = 10


def share_seen(times: Ints, distinct: int) -> Estimate:
    """Of `distinct` contents drawn anew, the share that the sample holds, with an exact interval.

    times: how many contents stand k times in the sample, by k. New contents are counted as Good and Toulmin do (Biometrika 43
    (1956) 45-63), all of them by rarefaction (Hurlbert, Ecology 52 (1971) 577-586). Repeats come together, so that the rows
    count as many as give the variance of the share (Kish).
    """
    contents, copies = times.astype(np.float64), np.arange(len(times))
    drawn = _as_many(contents, copies, distinct)
    new, every = -((-drawn) ** copies), 1 - (1 - drawn) ** copies
    every_count = max(float(contents @ every), np.finfo(float).tiny)
    share = float(np.clip(1 - contents @ new / every_count, 0, 1))
    variance = float(contents @ (new - (1 - share) * every) ** 2) / every_count**2
    rows = float(contents @ copies)
    if 0 < share < 1 and variance:
        rows = min(rows, share * (1 - share) / variance)
    return clopper_pearson(share * rows, rows)


def written_once(times: Ints) -> Ints:
    """The same where the whole sample was written several times over, as a file that is appended twice: counted once."""
    over = int(np.gcd.reduce(np.flatnonzero(times))) if times.sum() >= _CONTENTS_AT_LEAST else 1
    return times[::over] if over > 1 else times


def _as_many(contents: Floats, copies: Ints, distinct: int) -> float:
    """How many rows drawn anew have so many distinct contents, as a part of the sample's rows."""
    low, high = 0.0, _AS_MANY_AT_MOST
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if contents @ (1 - (1 - middle) ** copies) < distinct else (low, middle)
    return high
