"""Values of tables whose bytes were read in another encoding than they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.text.marks.mojibake import MOJIBAKE
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import ratio_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.scan.result import Rows, Scan

# One wrong accusation in a thousand columns, because one difference fails the dataset.
CONFIDENCE = 0.998
# One value in a hundred more than human rows have may be a source of its own; names of one country are misread together.
MISREAD_AT_LEAST = 0.01


def misread_values(scan: Scan) -> Iterator[tuple[str, str]]:
    """Columns of words that one side has misread more often than the other, each with a message; texts have marks of their own."""
    schemas = scan.human.frame.schema, scan.synthetic.frame.schema
    for name in scan.roles.content:
        if name in scan.roles.texts or any(kinds[name] != pl.String for kinds in schemas):
            continue
        human, synthetic = (_misread(rows, name) for rows in (scan.human, scan.synthetic))
        for (hits, rows), (others, all_others) in ((synthetic, human), (human, synthetic)):
            if ratio_difference(hits, rows, others, all_others, CONFIDENCE).low > MISREAD_AT_LEAST:
                shares = percent(synthetic[0] / synthetic[1]), percent(human[0] / human[1])
                message = "column '{}' was read in a wrong encoding in {} of synthetic rows and in {} of human rows"
                yield name, message.format(name, *shares)


def _misread(rows: Rows, name: str) -> tuple[int, int]:
    """How many values are misread, of how many there are."""
    values = rows.frame[name].drop_nulls()
    return int(values.str.contains(MOJIBAKE).sum()), max(1, len(values))
