"""Row checks on what a translation has to keep of its source: numbers, and the places where programs fill something in."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from gates.rows.schemas.rules import check_beside

if TYPE_CHECKING:
    import pandera.polars as pa

# What separates thousands, and decimals, in one language or another.
_SEPARATOR = r"[.,'\u{2019}\u{66b}\u{66c}\u{ff0c}\u{ff0e}\u{a0}\u{202f}\u{2009} ]"
# Thousands apart, or as in India all above them by two; then whole numbers. In Chinese a letter follows at once: "10,000人".
_NUMBER = rf"(?:\d{{1,3}}(?:{_SEPARATOR}\d\d\d)+|\d{{1,2}}(?:,\d\d)+,\d\d\d)(?:\D|$)|\d+"
# One digit is often a word in the other language.
_DIGITS_AT_LEAST = 2
# Of printf and Python's %, of str.format and shells, and tags of HTML.
_PLACE = r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%(?:\d+\$)?(?:\.\d+)?l{0,2}[sdif@]|\{\w*\}|\$\{\w+\}|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>"


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
        lambda text, beside: _is_blank(text) | _has(_places(text), _places(beside)),
    )


def _is_blank(text: pl.Expr) -> pl.Expr:
    """A blank text is found by its own rule."""
    return text.str.strip_chars() == ""


def _has(parts: pl.Expr, wanted: pl.Expr) -> pl.Expr:
    return wanted.list.set_difference(parts).list.len() == 0


def _numbers(text: pl.Expr) -> pl.Expr:
    """The digits of each number, without zeros in front: 05.03. is 5 March."""
    digits = pl.element().str.replace_all(r"\D", "").str.strip_chars_start("0")
    every = text.str.replace_many(_digits()).str.extract_all(_NUMBER).list.eval(digits)
    return every.list.eval(pl.element().filter(pl.element().str.len_bytes() >= _DIGITS_AT_LEAST))


def _places(text: pl.Expr) -> pl.Expr:
    """Placeholders without their place, as "%2$s of %1$s" is another order, and tags without what is translated in them, as a title."""
    place = pl.element().str.replace(r"^%\d+\$", "%").str.replace(r"(?s)^<(/?\w+).*$", "<${1}>")
    return text.str.extract_all(_PLACE).list.eval(place)


@cache
def _digits() -> dict[str, str]:
    """The decimal digits of all scripts, with those of ASCII that they stand for."""
    digits = (chr(code) for code in range(128, 0x20000) if unicodedata.category(chr(code)) == "Nd")
    return {digit: str(unicodedata.decimal(digit)) for digit in digits}
