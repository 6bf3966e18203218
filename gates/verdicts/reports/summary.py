"""One table of all datasets that a call judged, which a person reads before any report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdicts.reports.findings import answer, tally
from gates.verdicts.reports.text import counted, printable, printable_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdict import Verdict

NOT_JUDGED = "not judged"
_HEADINGS = ("dataset", "answer", "human", "synthetic", "why")
_COUNTS = slice(2, 4)


@dataclass(frozen=True)
class SummaryRow:
    """One dataset. verdict: None where it could not be judged, and then why."""

    name: str
    verdict: Verdict | None
    why: str = ""

    @property
    def answer(self) -> str:
        """The answer in words."""
        return answer(self.verdict) if self.verdict else NOT_JUDGED

    def cells(self) -> tuple[str, ...]:
        """As the headings ask."""
        if self.verdict is None:
            return (self.name, self.answer, "", "", self.why.split("\n")[0])
        rows = self.verdict.rows
        counts = (f"{rows['human']:,}", f"{rows['synthetic']:,}")
        return (self.name, self.answer, *counts, tally(self.verdict.checks, self.verdict.waived_ids))


def summary(rows: Sequence[SummaryRow]) -> str:
    """A line for each dataset under headings, then how many had which answer."""
    table = [_HEADINGS, *([printable(cell) for cell in row.cells()] for row in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(_HEADINGS))]
    lines = [_aligned(line, widths) for line in table]
    return "\n".join(map(printable_line, [*lines, _total(rows)])) + "\n"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, numbers to the right."""
    numbers = range(*_COUNTS.indices(len(cells)))
    padded = [
        cell.rjust(width) if at in numbers else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _total(rows: Sequence[SummaryRow]) -> str:
    answers = Counter(row.answer for row in rows)
    return f"{counted(len(rows), 'dataset')}: " + ", ".join(f"{count:,} {word}" for word, count in answers.items())
