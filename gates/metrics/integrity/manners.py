"""Values that the two origins write in different manners: other formats of dates, marks, units of time; or in another encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.text.marks.mojibake import MOJIBAKE
from gates.data.values.kinds import NULL_WORDS
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import ratio_difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.data.scan.result import Rows, Scan
    from gates.data.values.readings import Reading

    # Kind of the difference, column and message.
    Told = tuple[str, str, str]

# A manner in fewer values than this may be a slip of one row, which the row rules find.
SHARE_AT_LEAST = 0.01
# One wrong accusation in a thousand columns, because one difference fails the dataset.
CONFIDENCE = 0.998
_SIDES = ("human", "synthetic")
_COUNTING = " since 1970"
_PER_SECOND = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
# One value in a hundred more than human rows have may be a source of its own; names of one country are misread together.
MISREAD_AT_LEAST = 0.01


def differences_in_manners(scan: Scan) -> Iterator[Told]:
    """What one origin writes in a manner that the other hardly has, and values that do not read on one side."""
    for column, reading in scan.inputs.readings.columns.items():
        if min(reading.values.get(side, 0) for side in _SIDES):
            yield from _unread(column, reading)
            yield from _manners(column, reading)


def _unread(column: str, reading: Reading) -> Iterator[Told]:
    """Values that are no numbers or dates in a column of such: the rate of one origin above that of the other."""
    counts = {side: (reading.values[side] - reading.read_count(side), reading.values[side]) for side in _SIDES}
    for more, less in (_SIDES[::-1], _SIDES):
        if not _is_more(counts[more], counts[less]):
            continue
        words = reading.unread.get(more, ())
        shown = ", ".join(repr(word) for word in words)
        shares = f"{_share(counts[more])} of {more} values and {_share(counts[less])} of {less} ones"
        if words and all(word.strip().lower() in NULL_WORDS for word in words):
            yield "encoding", column, f"column '{column}' writes missing values as {shown} in {shares}"
        else:
            examples = f" ({shown})" if shown else ""
            yield "value", column, f"column '{column}' holds {reading.kind.name}, which {shares} are not{examples}"


def _manners(column: str, reading: Reading) -> Iterator[Told]:
    """One difference a trait: the manner that is most of one side's alone."""
    traits = reading.kind.traits(reading.manners, reading.decision)
    for trait in traits.columns:
        if trait in ("origin", "count"):
            continue
        counts = {side: _counts(traits, trait, side) for side in _SIDES}
        totals = {side: sum(counts[side].values()) for side in _SIDES}
        own = [
            (counts[more][manner] / totals[more], more, less, manner)
            for more, less in (_SIDES[::-1], _SIDES)
            for manner in counts[more]
            if min(totals.values()) and _is_own(counts, totals, (more, less), manner)
        ]
        if own:
            # The synthetic rows' own manner where both sides have one.
            _, more, less, manner = max(own, key=lambda one: (one[1] == "synthetic", one[0], one[3]))
            usual = max(counts[less], key=lambda name: (counts[less][name], name))
            shares = [f"{percent(counts[side].get(manner, 0) / totals[side])} of {side}" for side in (more, less)]
            kind = "unit" if trait == "currency" or manner.endswith(_COUNTING) else "format"
            yield kind, column, _message(column, manner, shares, usual)


def _message(column: str, manner: str, shares: list[str], usual: str) -> str:
    message = (
        f"column '{column}' is written {manner} in {shares[0]} values and in {shares[1]} ones, which are mostly {usual}"
    )
    if manner.endswith(_COUNTING) and usual.endswith(_COUNTING):
        sizes = [_PER_SECOND[one.removeprefix("as ").removesuffix(_COUNTING)] for one in (manner, usual)]
        message += f": a factor of {max(sizes) // min(sizes)}"
    return message


def _counts(traits: pl.DataFrame, trait: str, side: str) -> dict[str, int]:
    own = traits.filter((pl.col("origin") == side) & pl.col(trait).is_not_null())
    return dict(own.group_by(trait).agg(pl.col("count").sum()).iter_rows())


def _is_own(
    counts: Mapping[str, Mapping[str, int]], totals: Mapping[str, int], sides: tuple[str, str], manner: str
) -> bool:
    """Whether one side writes so and the other hardly: two mixtures of the same manners are a matter of distribution."""
    more, less = ((counts[side].get(manner, 0), totals[side]) for side in sides)
    return less[0] < SHARE_AT_LEAST * less[1] and _is_more(more, less)


def _is_more(more: tuple[int, int], less: tuple[int, int]) -> bool:
    excess = ratio_difference(*more, *less, confidence=CONFIDENCE)
    return excess.value >= SHARE_AT_LEAST and excess.low > 0


def _share(counts: tuple[int, int]) -> str:
    return percent(counts[0] / counts[1])


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
