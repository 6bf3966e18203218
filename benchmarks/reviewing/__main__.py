"""Intervals with a judge, acceptance plans, the alternative annotator test, and how long a plan takes.

    python -m benchmarks.reviewing [--seed 1] [--draws 1000] [--lots 500] [--only ppi plans machines time] [--alt-test FOLDER]

The real labels are those beside the repository. --alt-test: a clone of github.com/nitaytech/AltTest, whose published results
are then computed anew. Prints the tables of docs/explanation/review.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.calibrating.laws import DATA
from benchmarks.kept import markdown
from benchmarks.reviewing import machines, plans, ppi, taking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PARTS: dict[str, tuple[tuple[str, ...], Callable[[argparse.Namespace], Iterable[tuple[object, ...]]]]] = {
    "ppi": (ppi.HEADER, ppi.rows),
    "plans": (plans.HEADER, plans.rows),
    "machines": (machines.HEADER, machines.rows),
    "time": (taking.HEADER, taking.rows),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1000, help="samples of labels by size")
    parser.add_argument("--lots", type=int, default=500, help="simulated lots by share of bad rows")
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), default=list(PARTS))
    parser.add_argument("--alt-test", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if not DATA.is_dir():
        parser.exit(0, f"skipped: the real data is not at {DATA.name}\n")
    for part in options.only:
        header, rows = PARTS[part]
        print(f"\n## {part}\n")
        print("\n".join(markdown(header, rows(options))))


if __name__ == "__main__":
    main()
