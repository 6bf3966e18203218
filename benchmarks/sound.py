"""How often the whole gate blocks sound data: halves of real human rows, one of which plays the synthetic part.

    python benchmarks/sound.py --seed 1 --draws 4 [--sizes 60 300 1000] [--source adult ...] [--minutes 60]
        [--keep sound.jsonl]

Sources and their licences: `benchmarks/sources/catalogue.py`, fetched where they are not there yet. Each draw is judged
twice, with either half as the human one, as a user would: gates.toml with roles and label, `gates init --accept`,
`gates check`. With --keep the run can be stopped and taken up again. Prints the tables of docs/explanation/calibration.md.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.gating import Dataset, judged
from benchmarks.kept import Kept, Record, draw_parser, markdown, share_interval
from benchmarks.sources.catalogue import SOURCES
from benchmarks.sources.fetch import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZES = (60, 300, 1000, 5000, 20_000)
ANSWERS = ("fail", "unjudged", "warn", "pass", "error")
BY_NAME = {source.name: source for source in SOURCES}


def draw_of(job: Record) -> Record | None:
    """One verdict, or None where a source has too few rows."""
    source, rows, seed = BY_NAME[str(job["source"])], int(str(job["rows"])), int(str(job["seed"]))
    halves = source.parts(2, rows, np.random.default_rng([seed, rows, *source.name.encode()]))
    if halves is None:
        return None
    # Halves of whole sessions or days differ in size; which share is human is no part of the question.
    halves = [half.head(min(half.height for half in halves)) for half in halves]
    human, synthetic = reversed(halves) if job["swapped"] else halves
    inner = [name for name in source.unit if name == "day"]
    started = time.process_time()
    answer = judged(Dataset(source.type, human.drop(inner), synthetic.drop(inner), source.settings))
    return {
        "type": source.type,
        "answer": answer.word,
        "blocking": answer.blocking,
        "undecided": answer.undecided,
        "warning": answer.warning,
        "seconds": round(time.process_time() - started, 1),
    }


def jobs(sizes: Sequence[int], names: Sequence[str], seeds: Sequence[int]) -> Iterator[Record]:
    """Draws in the order in which they are made: every source once before any twice, small sizes first."""
    for seed in seeds:
        for rows in sizes:
            for name in names:
                for swapped in (False, True):
                    yield {"measure": "sound", "source": name, "rows": rows, "seed": seed, "swapped": swapped}


def answers(records: Sequence[Record], by: Sequence[str]) -> Iterator[str]:
    """How many draws have which answer, by size and by `by`."""
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for record in records:
        key = tuple(str(record[name]) for name in by)
        counts[key][str(record["answer"])] += 1
    ordered = sorted(counts.items(), key=lambda item: [int(part) if part.isdigit() else part for part in item[0]])
    rows = (
        (*key, count.total(), *(count[word] for word in ANSWERS), _interval(count["fail"], count.total()))
        for key, count in ordered
    )
    yield from markdown((*by, "verdicts", *ANSWERS, "blocked, 95 % interval"), rows)


def _interval(count: int, total: int) -> str:
    low, high = share_interval(count, total)
    return f"{low * 100:.1f} to {high * 100:.1f} %"


def reasons(records: Sequence[Record], field: str) -> Iterator[str]:
    """The checks that block or warn, how often and where."""
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        checks = record[field]
        assert isinstance(checks, dict)
        for check in checks:
            places[check][f"{record['source']} {record['rows']}"] += 1
    ordered = sorted(places.items(), key=lambda item: -item[1].total())
    rows = (
        (f"`{check}`", count.total(), ", ".join(f"{place} ({n})" for place, n in count.items()))
        for check, count in ordered
    )
    yield from markdown(("check", "verdicts", "where"), rows)


def catalogue() -> Iterator[str]:
    """The sources that are there, with their licences."""
    rows = (
        (one.name, one.type, one.origin, one.licence, f"{frame.height:,}")
        for one in SOURCES
        if (frame := one.rows()) is not None
    )
    yield from markdown(("source", "type", "from", "licence", "rows"), rows)


def main() -> None:
    """Measure, and print the tables."""
    parser = draw_parser(__doc__, SIZES)
    parser.add_argument("--source", nargs="+", choices=tuple(BY_NAME), default=tuple(BY_NAME))
    options = parser.parse_args()
    fetch()
    kept, seeds = Kept(options.keep), range(options.seed, options.seed + options.draws)
    kept.measure(jobs(options.sizes, options.source, seeds), draw_of, options.minutes)
    records = kept.of("sound")
    missing = [source.name for source in SOURCES if source.rows() is None]
    sections = {
        "Sources": catalogue(),
        "By size": answers(records, ["rows"]),
        "By type and size": answers(records, ["type", "rows"]),
        "What blocked": reasons(records, "blocking"),
        "What was open": reasons(records, "undecided"),
        "What warned": reasons(records, "warning"),
    }
    for title, lines in sections.items():
        print(f"\n## {title}\n", *lines, sep="\n")
    print(f"\nNot there: {', '.join(missing) or 'none'}")


if __name__ == "__main__":
    main()
