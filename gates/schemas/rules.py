"""Row checks that pandera does not bring along, for the built-in schemas, for drafts and for anybody's own.

Each reads its own column only and answers row by row, so it gives the same answer on any slice of a dataset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl

from gates.row_rules import FINITE, INTEGER_VALUED

if TYPE_CHECKING:
    from collections.abc import Callable

# White space by Unicode, and the characters that are as invisible: zero-width space, joiners, word joiner, BOM.
INVISIBLE = r"\s\x{200B}-\x{200D}\x{2060}\x{FEFF}"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def not_blank() -> pa.Check:
    """Some character of the text can be seen; null is blank. Rule `not-blank`."""
    return _check(
        "not-blank", "text with a visible character", lambda text: text.str.contains(f"[^{INVISIBLE}]"), nulls=True
    )


def valid_unicode() -> pa.Check:
    """No U+FFFD, which decoders leave where bytes were lost. Rule `valid-unicode`.

    Bytes that are no UTF-8 at all fail the column's type.
    """
    return _check(
        "valid-unicode",
        "text without U+FFFD, which stands where a decoder lost bytes",
        lambda text: ~text.str.contains(REPLACEMENT, literal=True),
    )


def no_nul() -> pa.Check:
    r"""No NUL character, at which C programs cut a text off. Rule `no-nul`."""
    return _check("no-nul", "text without NUL characters", lambda text: ~text.str.contains("\0", literal=True))


def finite() -> pa.Check:
    """No infinite number: one makes every mean and every sum of its column infinite. Rule `finite`."""
    return _check(FINITE, "a finite number", lambda number: ~number.is_infinite())


def integer_valued() -> pa.Check:
    """No fraction, in a column of floats. Rule `integer-valued`."""
    return _check(INTEGER_VALUED, "a whole number", lambda number: number.is_nan() | (number == number.round()))


def reads_one_column(check: pa.Check) -> bool:
    """Whether the check is known to read no column but its own, so that wide frames may be cut around it."""
    return check.element_wise or getattr(check._check_fn, "reads_one_column", False)  # noqa: SLF001 (no public name)


def _check(name: str, expected: str, holds: Callable[[pl.Expr], pl.Expr], *, nulls: bool = False) -> pa.Check:
    def rows(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(holds(pl.col(data.key or "*")))

    rows.reads_one_column = True  # type: ignore[attr-defined]
    return pa.Check(rows, name=name, description=expected, ignore_na=not nulls)
