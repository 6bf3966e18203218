"""Whether rows of two tables are equal by nature, as where few columns have few values, or because one has rows of the other.

Also whether rows of one table repeat as often as its columns make likely, or because some were written twice.
trained, tested: of each distinct content in either table, how many rows of the training set and of the tested one have it.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import NATURAL_REPEAT_RATIO
from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats, Hashes, Ints
    from gates.metrics.base.measurement import Estimate

# Beyond three standard deviations of a binomial count, chance is about 1 in 700.
_SPREADS = 3
# Of pairs that agree in all columns but two, more agree in both than the product says where these depend on each other; of real
# tables up to three times as many. Two rows may be equal where none was expected: two customers of a month who bought the same, and
# one pair in ten million of answers to twenty questions.
_DEPENDENT, _FEW_BY_NATURE = 3, 2
# A peak is looked for at each number of copies, of which there may be a hundred: beyond four, chance is 1 in 300 for them all.
_PEAK_SPREADS = 4
# Of tables whose rows repeat by nature (two real ones, three of few values; 300 to 20,000 rows) .67 and more of the equal pairs are
# expected, of six real tables with three rows in a hundred written twice at most .08.
EXPECTED_SHARE = 0.6
# Pairs of these columns are looked at: those in which most rows differ alone.
COLUMNS_AT_MOST = 6
# New contents among as many rows again are an alternating sum over all counts, whose variance is the number of contents;
# among half as many, contents of many rows drop out of it. Fewer rows hold more of what is common, which excuses no copy less.
_AS_MANY_AT_MOST = 0.5
_BISECTIONS = 40
# Of ten contents that were drawn, all stand there an even number of times once in a thousand samples.
_CONTENTS_AT_LEAST = 10


def equal_rows(trained: Ints, tested: Ints) -> int:
    """How many training rows equal a tested one; 0 where no more are than coincide by nature."""
    return 0 if coincide(trained, tested) else int(trained[tested > 0].sum())


def coincide(trained: Ints, tested: Ints) -> bool:
    """Whether rows repeat by nature, and no more of the tested ones are in the training set than that makes likely."""
    likely = _likely_ratio(trained, tested)
    if likely <= NATURAL_REPEAT_RATIO:
        return False
    rows, shared = int(tested.sum()), int(tested[trained > 0].sum())
    spread = math.sqrt(rows * likely * (1 - likely))
    return shared <= rows * likely + _SPREADS * spread


def are_by_nature(trained: Ints, tested: Ints, rate: float) -> bool:
    """Whether no more tested rows are in the training set than coincide by nature.

    rate: of pairs of a training row and a tested one, the share that is equal by nature, which tells where few rows repeat. Where many do, the twins among training rows tell, whose number is as uncertain as that of the tested ones; twins come together,
    so that rows count for fewer, as many as are equal (Kish).
    """
    rows, tested_rows, shared = int(trained.sum()), int(tested.sum()), tested[trained > 0]
    likely = _likely_ratio(trained, tested)
    if likely > NATURAL_REPEAT_RATIO:
        together = float((shared**2).sum() / max(1, shared.sum())) + 1
        spread = math.sqrt(tested_rows * likely * (1 - likely) * (1 + tested_rows / rows) * together)
        return int(shared.sum()) <= tested_rows * likely + _SPREADS * spread
    expected = _DEPENDENT * rate * rows * tested_rows
    return int(shared.sum()) <= expected + _SPREADS * math.sqrt(expected) + _FEW_BY_NATURE


def natural_pairs(frame: pl.DataFrame, columns: Sequence[str]) -> float:
    """Of pairs of rows, the share that equals each other by nature, as far as `equal_pairs` explains it."""
    equal, expected = equal_pairs(frame, columns, is_asked_of_none=True)
    pairs = frame.height * (frame.height - 1) / 2
    return (equal if expected >= EXPECTED_SHARE * equal else expected) / pairs if pairs else 0.0


def content_hashes(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """64-bit hash of what each row says in these columns, whatever types these have."""
    # Of a wide frame the schema takes as long as the columns: it is asked for once.
    kinds = frame.schema
    return frame.select(_text_of(name, kinds[name]) for name in columns).hash_rows().to_numpy()


def _likely_ratio(trained: Ints, tested: Ints) -> float:
    """The share of rows drawn anew that the training set has, or more.

    It has one about as often as one of its own rows has a twin there, unless rows were repeated in it, of which a peak
    tells as long as none was drawn for it with replacement. The tested rows say it too: whoever repeated rows in the
    training set left these alone.
    """
    counts, tested_counts = trained[trained > 0], tested[tested > 0]
    rows, tested_rows = int(trained.sum()), int(tested.sum())
    if not has_peak(np.bincount(counts)):
        # Few tested rows may have no twins by chance.
        highest = _twin_ratio_at_most(tested_counts)
        return min(_twin_ratio(counts), _ratio_by_tested(highest, rows, tested_rows))
    if has_peak(np.bincount(tested_counts)):
        # Nothing is left that says how often rows coincide.
        return 0.0
    return _ratio_by_tested(_twin_ratio(tested_counts), rows, tested_rows)


def _ratio_by_tested(twins: float, trained: int, tested: int) -> float:
    """The share of rows drawn anew that N training rows have at most, where of n rows a share of s has twins among them.

    That is 1 - (1 - s)^(N / (n - 1)), as the mean of a power is at least the power of the mean, and s where N is smaller.
    """
    return 1 - math.pow(1 - twins, max(1.0, trained / max(tested - 1, 1)))


def _twin_ratio(counts: Ints) -> float:
    return float(counts[counts > 1].sum() / max(counts.sum(), 1))


def _twin_ratio_at_most(counts: Ints) -> float:
    """What the share of rows with twins is at most, with 95 %: exact, of as many rows as these count for.

    Twins come together, two at least, so that rows with twins count for fewer: the design effect is the mean size of their
    groups (Kish).
    """
    twins = counts[counts > 1].astype(float)
    together = float((twins**2).sum() / twins.sum()) if len(twins) else 2.0
    return clopper_pearson(float(twins.sum()) / together, float(counts.sum()) / together).high


def has_peak(times: Ints) -> bool:
    """Whether more rows stand there some k times than rows that were drawn would, for those that do so k-1 and k+1 times.

    times: how many distinct rows stand there k times, by k.
    Of any law, the number f_k of rows that were drawn k times is expected to be at most sqrt((k+1)/k f_(k-1) f_(k+1)): k! f_k are
    moments of a mixture of Poisson laws, whose logarithms are convex (Cauchy and Schwarz). Rows that were written twice or
    thrice break that, once they are some dozens; copies that were drawn with replacement hardly do.
    """
    counted = np.append(times, np.zeros(max(1, 4 - len(times)))).astype(float)
    copies = np.arange(2, len(counted) - 1)
    fewer, here, more = counted[1:-2], counted[2:-1], counted[3:]
    slope = (copies + 1) / copies
    # One row more on each side: where none is there, some may have been expected.
    highest = np.sqrt(slope * (fewer + 1) * (more + 1))
    spread = np.sqrt(here + slope * (fewer + more) / 4)
    return bool((here > highest + _PEAK_SPREADS * spread).any())


def _text_of(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as texts, which are equal where its values are: two files may have it with two types."""
    text = _texts_in(pl.col(name), kind)
    return pl.struct(text.alias(name)).struct.json_encode().alias(name) if kind.is_nested() else text


def _texts_in(values: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Values with a text in place of each that is not nested, and the fields of structs in one order."""
    if isinstance(kind, pl.Array):
        values, kind = values.arr.to_list(), pl.List(kind.inner)
    if isinstance(kind, pl.List):
        return values.list.eval(_texts_in(pl.element(), kind.inner))  # type: ignore[arg-type]  # a column's is an instance
    if isinstance(kind, pl.Struct):
        fields = sorted((field.name, field.dtype) for field in kind.fields)
        texts = [_texts_in(values.struct.field(name), inner).alias(name) for name, inner in fields]  # type: ignore[arg-type]  # as above
        return pl.when(values.is_not_null()).then(pl.struct(texts))
    if isinstance(kind, pl.Duration):
        # polars has no text of a duration; two files may have it in two units.
        return values.dt.total_nanoseconds().cast(pl.String)
    if kind == pl.Binary:
        # Bytes need not be UTF-8.
        return values.bin.encode("hex")
    return values.cast(pl.String)


def repeat_by_nature(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether rows that agree in all columns but one or two explain the rows that agree in all; False where none do."""
    equal, expected = equal_pairs(frame, columns)
    return equal > 0 and expected >= EXPECTED_SHARE * equal


def equal_pairs(frame: pl.DataFrame, columns: Sequence[str], *, is_asked_of_none: bool = False) -> tuple[int, float]:
    """How many pairs of rows are equal in these columns, and how many are expected by nature.

    Of pairs that agree in all columns but j and k, let a differ in j alone, b in k alone and ab in both. Where agreement in j does not
    hang on agreement in k, a x b / ab agree in both; where it does, more. Rows that were written twice add to none of the three.
    The two columns that explain most count. is_asked_of_none: how many are expected where none are.
    """
    if columns and not is_asked_of_none and not _pairs(content_hashes(frame, columns)):
        # Of thousands of columns each costs a look; where no row repeats none has to explain it.
        return 0, 0.0
    hashes = [content_hashes(frame, [name]) for name in columns]
    # Random odd factors keep a sum of 64-bit hashes apart by column, and a column can be taken out of it again. With 1, 3, 5 and on
    # rows of yes and no coincide by the dozen: 3 + 9 is 5 + 7.
    factors = np.random.default_rng(0).integers(2**63, size=len(hashes), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    apart = [values * factor for values, factor in zip(hashes, factors, strict=True)]
    whole: Hashes = np.sum(apart, axis=0, dtype=np.uint64) if apart else np.arange(frame.height, dtype=np.uint64)
    equal = _pairs(whole)
    alone = {at: _pairs(whole - column) - equal for at, column in enumerate(apart)}
    candidates = sorted(alone, key=lambda at: (-alone[at], at))[:COLUMNS_AT_MOST]
    expected = 0.0
    for one, other in combinations(candidates, 2):
        both = _pairs(whole - apart[one] - apart[other]) - equal - alone[one] - alone[other]
        # One more than there are: of few pairs some may have been expected.
        expected = max(expected, alone[one] * alone[other] / (both + 1))
    return equal, expected


def _pairs(values: Hashes) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


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
