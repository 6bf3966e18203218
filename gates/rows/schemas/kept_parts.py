"""Row checks on what a translation has to keep of its source: numbers, and the places where programs fill something in."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from gates.rows.schemas.rules import check_beside

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

# What separates thousands, and decimals, in one language or another.
_SEPARATED = r"(\d)[.,'\u{a0}\u{202f}\u{2009} ](\d\d\d)\b"
# One digit is often a word in the other language.
_NUMBER = r"\d\d+"
# Of printf and Python's %, of str.format and shells, and tags of HTML.
_PLACE = r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[sdif]|\{\w*\}|\$\{\w+\}|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>"


def keeps_numbers(other: str) -> pa.Check:
    """Every number of two digits or more that another column has, in the digits of whatever script. Rule `keeps-numbers`."""
    return check_beside(
        "keeps-numbers",
        f"every number of two digits or more that '{other}' has",
        other,
        lambda text, beside: _is_blank(text) | _has(_numbers(text), _numbers(beside)),
    )


def keeps_placeholders(other: str) -> pa.Check:
    """The placeholders (`%(name)s`, `{name}`) and tags (`<b>`) that another column has. Rule `keeps-placeholders`."""
    return check_beside(
        "keeps-placeholders",
        f"the placeholders and tags that '{other}' has",
        other,
        lambda text, beside: _is_blank(text) | _has(*(side.str.extract_all(_PLACE) for side in (text, beside))),
    )


def _is_blank(text: pl.Expr) -> pl.Expr:
    """A blank text is found by its own rule."""
    return text.str.strip_chars() == ""


def _has(parts: pl.Expr, wanted: pl.Expr) -> pl.Expr:
    return wanted.list.set_difference(parts).list.len() == 0


def _numbers(text: pl.Expr) -> pl.Expr:
    ascii_digits = text.str.replace_many(_digits())
    # Twice, as millions have two separators and matches do not overlap.
    joined = ascii_digits.str.replace_all(_SEPARATED, "$1$2").str.replace_all(_SEPARATED, "$1$2")
    return joined.str.extract_all(_NUMBER)


@cache
def _digits() -> dict[str, str]:
    """The decimal digits of all scripts, with those of ASCII that they stand for."""
    digits = (chr(code) for code in range(128, 0x20000) if unicodedata.category(chr(code)) == "Nd")
    return {digit: str(unicodedata.decimal(digit)) for digit in digits}
