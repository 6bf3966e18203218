"""How often the draft of `gates init`, inferred from one half of people, blocks the other half.

    python benchmarks/drafts.py --seed 1 --draws 20 [--sizes 60 300 1000 5000] [--columns 5 30 100] [--minutes 60]
        [--keep drafts.jsonl]

Wide tables are the columns of several real tables side by side (benchmarks/sources): counts with many zeros, money,
dates, names that hardly repeat. Rows are joined at random, so that both halves follow one law at any width; columns of
one table stay together. What is lacking to the width are columns of zeros and log-normal amounts. A draw is blocked when a critical check
of the draft fails, row rule or rule across columns, once the draft was accepted.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.gating import Dataset, judged
from benchmarks.kept import Kept, Record, draw_parser, markdown, share_interval
from benchmarks.sources.catalogue import SOURCES
from benchmarks.sources.fetch import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZES, COLUMNS = (60, 300, 1000, 5000), (5, 30, 100)
TABLES = [source for source in SOURCES if source.type == "tabular"]
# The other half is larger than the first, as synthetic parts mostly are: limits have to hold for any number of rows.
OTHERS = 2


def wide_table(rows: int, columns: int, rng: np.random.Generator) -> pl.DataFrame:
    """So many rows of so many columns, of real tables in random order and then of amounts with many zeros."""
    frames: list[pl.DataFrame] = []
    for number in rng.permutation(len(TABLES)):
        parts = TABLES[int(number)].parts(1, rows, rng)
        if parts and sum(frame.width for frame in frames) < columns:
            frames.append(parts[0].rename({name: f"{TABLES[int(number)].name}_{name}" for name in parts[0].columns}))
    frame = pl.concat(frames, how="horizontal") if frames else pl.DataFrame()
    frame = frame.select(frame.columns[:columns])
    lacking = columns - frame.width
    return frame.with_columns(_amounts(rows, rng).alias(f"amount_{number}") for number in range(lacking))


def _amounts(rows: int, rng: np.random.Generator) -> pl.Series:
    """Noughts, and amounts of a heavy tail: the share of the one and the weight of the other are drawn too."""
    amounts = rng.lognormal(3, rng.uniform(0.5, 2.5), rows).round(int(rng.integers(3)))
    return pl.Series(np.where(rng.random(rows) < rng.uniform(0, 0.98), 0.0, amounts))


def draw_of(job: Record) -> Record:
    """One draft, set against other rows."""
    rows, columns, seed = (int(str(job[name])) for name in ("rows", "columns", "seed"))
    frame = wide_table(rows * (1 + OTHERS), columns, np.random.default_rng([seed, rows, columns]))
    started = time.process_time()
    answer = judged(Dataset("tabular", frame[:rows], frame[rows:]), drafted_only=True)
    return {
        "answer": answer.word,
        "width": frame.width,
        "blocking": answer.blocking,
        "seconds": round(time.process_time() - started, 1),
    }


def jobs(sizes: Sequence[int], columns: Sequence[int], seeds: Sequence[int]) -> Iterator[Record]:
    """Every size and width once before any twice."""
    for seed in seeds:
        for rows in sizes:
            for width in columns:
                yield {"measure": "drafts", "rows": rows, "columns": width, "seed": seed}


def table(records: Sequence[Record]) -> Iterator[str]:
    """Blocked draws by size and width, and all together."""
    counts: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for record in records:
        counts[int(str(record["rows"])), int(str(record["columns"]))].append(bool(record["blocking"]))
    rows = [(f"{size:,}", width, len(draws), sum(draws)) for (size, width), draws in sorted(counts.items())]
    yield from markdown(("human rows", "columns", "draws", "blocked"), rows)
    blocked, total = sum(row[3] for row in rows), sum(row[2] for row in rows)
    if total:
        low, high = share_interval(blocked, total)
        yield f"\n{blocked} of {total} draws blocked ({low * 100:.1f} to {high * 100:.1f} %)."
    for record in records:
        for check, message in dict(record["blocking"]).items():  # type: ignore[call-overload]
            yield f"- n = {record['rows']}, {record['columns']} columns, seed {record['seed']}: `{check}`: {message}"


def main() -> None:
    """Measure, and print the table."""
    parser = draw_parser(__doc__, SIZES)
    parser.add_argument("--columns", type=int, nargs="+", default=COLUMNS)
    options = parser.parse_args()
    fetch()
    kept, seeds = Kept(options.keep), range(options.seed, options.seed + options.draws)
    kept.measure(jobs(options.sizes, options.columns, seeds), draw_of, options.minutes)
    print("\n".join(table(kept.of("drafts"))))


if __name__ == "__main__":
    main()
