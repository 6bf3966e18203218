"""How often the gate blocks and passes data in which both sides follow one law, and how small a defect it finds.

    python benchmarks/calibration.py [same-law] [power] [--type tabular] [--check copy]
        [--sizes 300 1000 10000] [--seeds 40] [--jobs 2] [--keep calibration.jsonl]

same-law: every statistical check on draws of one law, from 100 rows a side on. power: per check one planted defect,
and the smallest dose of it that is found in 19 of 20 draws. Without a word both are measured, which takes hours: with
--keep each measurement is written down when it is done, and what stands there is not measured again. Prints tables of
docs/explanation/calibration.md. Whole verdicts on real rows: benchmarks/sound.py. Parts: `calibrating/`.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.calibrating import power, same_law
from benchmarks.calibrating.cases import CASES
from benchmarks.calibrating.laws import DATA, LAWS
from benchmarks.calibrating.tables import (
    answers_table,
    breaches,
    exact_table,
    outcomes_table,
    power_table,
    with_answers,
)
from benchmarks.kept import Kept, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MEASURES = ("same-law", "power")
SIZES = {"same-law": (100, 1000, 5000), "power": (300, 1000, 10_000)}
SEEDS = {"same-law": 40, "power": 20}
# Ten draws of what takes a minute each; all ten must find the defect.
SLOW_SEEDS = 10


def same_law_of(job: Record) -> Record:
    """One draw of one law."""
    trial = same_law.Trial(str(job["law"]), int(str(job["rows"])), int(str(job["seed"])))
    return {**job, "checks": same_law.outcomes(trial)}


def power_of(job: Record) -> Record:
    """One case at one size."""
    case = next(
        case for case in CASES if [case.check, case.law, case.what] == [job[name] for name in ("check", "law", "what")]
    )
    started = time.process_time()
    result = power.power(power.Search(case, int(str(job["rows"])), int(str(job["seeds"])), job.get("known")))  # type: ignore[arg-type]
    return {**job, "found": result.smallest, "warned": result.warned, "seconds": round(time.process_time() - started)}


WORK: dict[str, Callable[[Record], Record]] = {"same-law": same_law_of, "power": power_of}


def jobs(measure: str, options: argparse.Namespace) -> Iterator[Record]:
    """What is to be measured, small sizes first."""
    for rows in options.sizes or SIZES[measure]:
        if measure == "power":
            yield from _cases(rows, options)
            continue
        laws = [law for law in LAWS if options.type in (None, law)]
        for seed in range(options.seeds or SEEDS[measure]):
            yield from ({"measure": measure, "law": law, "rows": rows, "seed": seed} for law in laws)


def _cases(rows: int, options: argparse.Namespace) -> Iterator[Record]:
    for case in CASES:
        if case.law in LAWS and options.type in (None, case.law) and options.check in case.check:
            seeds = options.seeds or SEEDS["power"]
            seeds = min(seeds, SLOW_SEEDS) if case.check == same_law.SLOW else seeds
            yield {
                "measure": "power",
                "check": case.check,
                "law": case.law,
                "what": case.what,
                "rows": rows,
                "seeds": seeds,
            }


def run(measure: str, options: argparse.Namespace, kept: Kept) -> None:
    """Measure what is not kept yet."""
    wanted = [job for job in jobs(measure, options) if not kept.has(job)]
    # A forked process would inherit the locks of threads that it has not.
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as executor:
        for rows in dict.fromkeys(job["rows"] for job in wanted):
            at_size = [_with_known(job, kept) for job in wanted if job["rows"] == rows]
            for done in _completed(executor.submit(WORK[measure], job) for job in at_size):
                kept.add(done.result())


def _completed(futures: Iterable[Future[Record]]) -> Iterator[Future[Record]]:
    yield from as_completed(list(futures))


def _with_known(job: Record, kept: Kept) -> Record:
    """A dose that fewer rows find need not be exceeded with more."""
    names = ("measure", "check", "law", "what")
    doses = [
        record["found"]
        for record in kept.of("power")
        if job["measure"] == "power"
        and all(record[name] == job[name] for name in names)
        and int(str(record["rows"])) < int(str(job["rows"]))
        and record["found"] is not None
    ]
    return {**job, "known": min(doses)} if doses else job  # type: ignore[type-var]


def show(kept: Kept) -> None:
    """Print all tables of what was measured."""
    on_one_law = with_answers(kept.of("same-law"))
    sections = {
        "All checks of a type on one law": answers_table(on_one_law),
        "Each check on one law": outcomes_table(on_one_law),
        "Beyond what is allowed": breaches(on_one_law),
        "Smallest defect found": power_table(kept.of("power")),
        "Exact counts": exact_table(),
    }
    for title, lines in sections.items():
        print(f"\n## {title}\n")
        print("\n".join(lines))


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, "tables"], default=list(MEASURES))
    parser.add_argument("--type", choices=tuple(LAWS), help="only data of this type")
    parser.add_argument("--check", default="", help="only the power of checks whose id holds this")
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--keep", type=Path, help="file of measurements, a line each; what stands there is not repeated"
    )
    options = parser.parse_args()
    if not DATA.is_dir():
        parser.exit(0, f"skipped: the real data is not at {DATA.name}\n")
    kept = Kept(options.keep)
    for measure in options.measures:
        if measure in WORK:
            run(measure, options, kept)
    show(kept)


if __name__ == "__main__":
    main()
