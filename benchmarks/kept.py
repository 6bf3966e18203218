"""Measurements as lines of JSON in a file: what stands there is not measured again."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Record = dict[str, object]


@dataclass
class Kept:
    """What was measured so far, in memory and, where there is a path, as a line each in a file."""

    path: Path | None
    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.path and self.path.is_file():
            self.records += [json.loads(line) for line in self.path.read_text().splitlines()]

    def add(self, record: Record) -> None:
        """Keep a measurement."""
        self.records.append(record)
        if self.path:
            with self.path.open("a") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def has(self, wanted: Record) -> bool:
        """Whether a measurement of these names was made."""
        return any(all(record.get(name) == value for name, value in wanted.items()) for record in self.records)

    def of(self, measure: str) -> list[Record]:
        """The measurements of one kind."""
        return [record for record in self.records if record["measure"] == measure]

    def measure(self, jobs: Iterable[Record], work: Callable[[Record], Record | None], minutes: float) -> None:
        """Do what is not kept yet, in this order, for so long; None is a job that cannot be done."""
        end = time.monotonic() + minutes * 60
        for job in jobs:
            if time.monotonic() > end:
                return
            if not self.has(job) and (record := work(job)) is not None:
                self.add(job | record)


def draw_parser(page: str | None, sizes: Sequence[int]) -> argparse.ArgumentParser:
    """The options of a measurement by draws: which, of how many rows, for how long, and where they are kept.

    page: the text of its help.
    """
    parser = argparse.ArgumentParser(description=page, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument(
        "--keep", type=Path, help="file of measurements, a line each; what stands there is not repeated"
    )
    return parser


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Exact 95 % interval of a share (Clopper and Pearson, 1934)."""
    low = stats.beta.ppf(0.025, count, total - count + 1) if count else 0.0
    high = stats.beta.ppf(0.975, count + 1, total - count) if count < total else 1.0
    return float(low), float(high)


def markdown(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a table."""
    names = list(header)
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
