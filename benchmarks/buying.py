"""Whether human rows bought in the order that `gates advise` gives teach more than as many at random, on two tables.

    python benchmarks/buying.py --seed 1 --draws 20 [--sizes 400 800] [--keep buying.jsonl] [--minutes 60]

A draw hides all human rows but some, measures the gain of each group on one half of the test rows, buys as many rows as are there
in the advised order and at random, and compares the log loss on the other half. What was bought by group is weighed so that every
level keeps the share it had, as the gain is defined. Prints the table of docs/explanation/advice.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.advice import material
from benchmarks.kept import Kept, Record, draw_parser, markdown
from gates.advice.gains import human_gains, rows_of
from gates.advice.groups import Group
from gates.advice.material import HUMAN_BLOCK
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.stats.raking import Margin, rake

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from gates.advice.material import Material
    from gates.data.arrays import Floats, Ints

# What a user would declare as slices.
SLICES = {
    "adult": ("sex", "relationship", "education", "workclass"),
    "marriages": ("rate_marriage", "religious", "educ"),
}
QUANTILE = 1.96


def bought(job: Record) -> Record:
    """The loss with rows bought as advised, and at random; groups: how many were advised."""
    table = str(job["table"])
    whole = material(table, "boosting")
    size, seed = int(str(job["n"])), int(str(job["seed"]))
    rng = np.random.default_rng([seed, size, 5])
    mixed = rng.permutation(whole.train)
    own, pool = mixed[:size], mixed[size:]
    looked_at, judged = np.array_split(rng.permutation(whole.test), 2)
    part = replace(whole, train=own, test=looked_at)
    order = _advised(part, table, seed)
    chosen: list[int] = []
    for group, rows in order:
        offered = np.setdiff1d(rows_of(whole, HUMAN_BLOCK, pool, group), chosen)
        chosen += rng.permutation(offered)[: min(rows, size - len(chosen))].tolist()
    rest = rng.permutation(np.setdiff1d(pool, chosen))[: size - len(chosen)]
    advised = np.r_[own, np.array(chosen, dtype=own.dtype), rest]
    at_random = np.r_[own, rng.permutation(pool)[:size]]
    columns = list(dict.fromkeys(group.column for group, _ in order))
    losses = {
        "advised": whole.examples.losses(advised, _raked(whole, advised, own, columns), judged).mean(),
        "random": whole.examples.losses(at_random, np.ones(2 * size), judged).mean(),
        "alone": whole.examples.losses(own, np.ones(size), judged).mean(),
    }
    return {**{name: float(loss) for name, loss in losses.items()}, "groups": len(order), "by_group": len(chosen)}


def _advised(part: Material, table: str, seed: int) -> list[tuple[Group, int]]:
    """The groups whose gain excludes zero, the largest first, with the rows that are advised of each."""
    frame = part.blocks[HUMAN_BLOCK].frame[part.train - part.starts[HUMAN_BLOCK]]
    groups = [
        Group(column, str(level), count, 0)
        for column in (*SLICES[table], part.label)
        for level, count in frame[column].drop_nulls().value_counts().iter_rows()
    ]
    gains = human_gains(part, groups, seed)
    shown = [(group, gains[group.name]) for group in groups if group.name in gains and gains[group.name].low > 0]
    return [(group, gain.rows) for group, gain in sorted(shown, key=lambda pair: -pair[1].value)]


def _raked(whole: Material, rows: Ints, own: Ints, columns: Sequence[str]) -> Floats:
    """Weights with which every level of these columns keeps the share it has among the own rows."""
    frame = whole.blocks[HUMAN_BLOCK].frame
    start = whole.starts[HUMAN_BLOCK]
    margins = []
    for column in columns:
        levels, level = np.unique(frame[rows - start][column].cast(pl.String).fill_null(""), return_inverse=True)
        times = Counter(frame[own - start][column].cast(pl.String).fill_null("").to_list())
        # A level that was not there before keeps one row's share: no share at all would throw its rows away.
        shares = np.array([max(1, times[name]) for name in levels], dtype=np.float64)
        margins.append(Margin(column, shares / shares.sum(), level, levels.tolist()))
    return rake(np.ones(len(rows)), margins) if margins else np.ones(len(rows))


def jobs(options: Namespace) -> Iterator[Record]:
    """Every cell once before any twice."""
    for seed in range(options.seed, options.seed + options.draws):
        for table in SLICES:
            for size in options.sizes:
                yield {"measure": "buying", "table": table, "n": size, "seed": seed}


def report(records: Sequence[Record]) -> Iterator[str]:
    """What the advised order gains beyond a random one, with its interval."""
    rows = []
    for table, size in sorted({(str(one["table"]), int(str(one["n"]))) for one in records}):
        own = [one for one in records if (one["table"], one["n"]) == (table, size)]
        gain = np.array([float(str(one["random"])) - float(str(one["advised"])) for one in own])
        of_rows = np.mean([float(str(one["alone"])) - float(str(one["random"])) for one in own])
        error = QUANTILE * float(gain.std(ddof=1)) / len(gain) ** 0.5
        silent = sum(one["groups"] == 0 for one in own)
        interval = f"{gain.mean() - error:+.4f} to {gain.mean() + error:+.4f}"
        rows.append((table, size, len(own), silent, f"{of_rows:+.4f}", f"{gain.mean():+.4f}", interval))
    header = ("table", "rows at hand and bought", "draws", "no group advised", "bought at random", "advised beyond")
    yield from markdown((*header, "95 % interval"), rows)


def main() -> None:
    """Measure and print."""
    options = draw_parser(__doc__, (400, 800)).parse_args()
    kept = Kept(options.keep)
    with one_thread():
        kept.measure(jobs(options), bought, options.minutes)
    print("\n".join(report(kept.of("buying"))))


if __name__ == "__main__":
    main()
