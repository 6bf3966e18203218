"""Row checks that pandera does not bring along, for the built-in schemas, for drafts and for anybody's own.

Each answers row by row, so it gives the same answer on any slice of a dataset. Most read their own column only; those
that compare it with another column of the row are given that column's name, and hold where it has no value. Two say what a translation has to keep of its source.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl
from pandera.api.function_dispatch import Dispatcher

from gates.config.row_rules import FINITE, INTEGER_VALUED
from gates.data.text.marks.phrases import LEAKED_FRAME
from gates.data.values.times import is_time
from gates.visible_text import VISIBLE

if TYPE_CHECKING:
    from collections.abc import Callable

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# How polars writes what a float column has in place of a missing number.
NOT_A_NUMBER = "NaN"
JSON_LITERALS = ("true", "false", "null")
# How pandas, Python, JSON, R and spreadsheets write a value that is missing, in small letters.
MISSING_WORDS = ("nan", "none", "null", "nil", "nat", "<na>", "n/a", "#n/a", "undefined")
# What crawlers, JSON encoders and chat models leave of another format: tags that pages are made of, references, escapes.
MARKUP = (
    r"(?i)</?(?:p|br|div|span|li|ul|ol|b|i|em|strong|a|h[1-6]|t[dr]|table)(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|#\d{2,5}|#x[0-9a-f]{2,5});"
    # Behind a full stop an escape is a line break that was written out; elsewhere it may be part of a path, as C:\\new is.
    r"|\\u[0-9a-f]{4}|(?:[.!?;,)]|\w\w:)\\[nr]|\\n\\n"
)
# What stands between the marks of Markdown for code is quoted, and is what an answer about HTML consists of.
QUOTED_CODE = r"(?s)```.*?(?:```|$)|`[^`\n]+`"
# RFC 5646, section 2.1: language, extended languages, script, region, variants, extensions, private use. Languages of
# five to eight letters are reserved and none is registered: such a word is a name, "english".
LANGUAGE_TAG = (
    r"(?i)^[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*"
    r"(-[a-wy-z\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?$"
)
# Several calls, or words and a call, may stand before what tools answer.
_ANSWER = r"(assistant(,assistant)*(,(tool|function))+,)*assistant"
TURNS = rf"^((system|developer),)?user,{_ANSWER}(,user,{_ANSWER})*$"
# What separates thousands, and decimals, in one language or another.
_SEPARATOR = r"[.,'\u{2019}\u{66b}\u{66c}\u{ff0c}\u{ff0e}\u{a0}\u{202f}\u{2009} ]"
# Thousands apart, or as in India all above them by two; then whole numbers. In Chinese a letter follows at once: "10,000人".
_NUMBER = rf"(?:\d{{1,3}}(?:{_SEPARATOR}\d\d\d)+|\d{{1,2}}(?:,\d\d)+,\d\d\d)(?:\D|$)|\d+"
# One digit is often a word in the other language.
_DIGITS_AT_LEAST = 2
# Of printf and Python's %, of str.format and shells, and tags of HTML.
_PLACE = r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%(?:\d+\$)?(?:\.\d+)?l{0,2}[sdif@]|\{\w*\}|\$\{\w+\}|</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>"


def not_blank() -> pa.Check:
    """Some character of the text can be seen; null is blank. Rule `not-blank`."""
    return _check("not-blank", "text with a visible character", lambda text: text.str.contains(VISIBLE), nulls=True)


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


def has_value() -> pa.Check:
    """Neither missing nor blank, whatever the type: a label may be a number. Rule `not-blank`."""

    def holds(value: pl.Expr) -> pl.Expr:
        text = value.cast(pl.String)
        return text.str.contains(VISIBLE) & (text != NOT_A_NUMBER)

    return _check("not-blank", "a value that is neither missing nor blank", holds, nulls=True)


def not_json_literal() -> pa.Check:
    """Not the whole text `true`, `false` or `null`, which a converter left of a JSON value. Rule `not-json-literal`."""
    return _check(
        "not-json-literal",
        "a text, not the JSON value true, false or null written out",
        lambda text: ~text.str.strip_chars().is_in(JSON_LITERALS),
    )


def not_missing_word() -> pa.Check:
    """Not the whole text `nan`, `None`, `null` or `N/A`, which a converter wrote for a missing one. Rule `not-missing-word`."""
    return _check(
        "not-missing-word",
        "a text, not the word that a converter writes for a missing one (nan, None, null, N/A)",
        lambda text: ~text.str.strip_chars().str.to_lowercase().is_in(MISSING_WORDS),
    )


def no_leaked_frame() -> pa.Check:
    """No line of a few-shot prompt ("Input:", "### Response") and no token of a chat template. Rule `no-leaked-frame`."""
    pattern = "|".join(f"(?:{phrase})" for phrase in LEAKED_FRAME)
    return _check(
        "no-leaked-frame",
        'a text without a line such as "Input:" or "Output:" and without tokens of a chat template',
        lambda text: ~text.str.to_lowercase().str.contains(pattern),
    )


def no_markup() -> pa.Check:
    r"""No HTML tag, no character reference (`&nbsp;`) and no written-out `\u2019`, which a converter left. Rule `no-markup`.

    Code between backticks is none of it.
    """
    return _check(
        "no-markup",
        "a text without HTML tags, character references such as &nbsp; and escapes such as \\u2019",
        lambda text: ~text.str.replace_all(QUOTED_CODE, "").str.contains(MARKUP),
    )


def language_tag() -> pa.Check:
    """A well-formed BCP 47 tag (RFC 5646) such as `en`, `pt-BR` or `zh-Hans`; registries are not consulted. Rule `bcp-47`."""
    return _check(
        "bcp-47",
        "a BCP 47 language tag such as 'en', 'pt-BR' or 'zh-Hans'",
        lambda text: text.str.contains(LANGUAGE_TAG),
    )


def time() -> pa.Check:
    """A time: of a type for times, a number that counts time, or text that states one. Rule `parseable`."""

    def rows(data: pa.PolarsData) -> pl.LazyFrame:
        column = pl.col(data.key or "*")
        kind = data.lazyframe.select(column).collect_schema().dtypes()[0]
        if kind.is_temporal() or kind.is_integer() or kind.is_decimal():
            return data.lazyframe.select(column.is_not_null())
        if kind.is_float():
            return data.lazyframe.select(column.is_finite().fill_null(value=False))
        return data.lazyframe.select(column.cast(pl.String).map_batches(is_time, return_dtype=pl.Boolean))

    rows.reads_one_column = True  # type: ignore[attr-defined]
    return pa.Check(
        rows,
        name="parseable",
        description="a time, as text in a form of ISO 8601 such as 2024-03-04T05:06:07Z, or a date as people write it",
        ignore_na=False,
    )


def differs_from(other: str, *, min_length: int = 0) -> pa.Check:
    """Not the same text as another column has, white space around them apart. Rule `differs-from-<other>`.

    min_length: shorter texts may well be the same, in characters.
    """

    def holds(text: pl.Expr, beside: pl.Expr) -> pl.Expr:
        mine = text.str.strip_chars()
        return (mine != beside.str.strip_chars()) | (mine.str.len_chars() < min_length) | (mine == "")

    return check_beside(f"differs-from-{other}", f"another text than '{other}' has", other, holds)


def length_ratio(other: str, most: float, min_length: int) -> pa.Check:
    """Neither text more than `most` times as long as the other, in characters. Rule `length-ratio`.

    min_length: where both texts are shorter, lengths say little.
    """

    def holds(text: pl.Expr, beside: pl.Expr) -> pl.Expr:
        mine, its = (side.str.strip_chars().str.len_chars().cast(pl.Float64) for side in (text, beside))
        longer, shorter = pl.max_horizontal(mine, its), pl.min_horizontal(mine, its)
        # A blank text is found by its own rule.
        return (longer <= most * shorter) | (longer < min_length) | (shorter == 0)

    return check_beside("length-ratio", f"at most {most:g} times as long as '{other}', or as short", other, holds)


def roles_alternate() -> pa.Check:
    """In a list of {role, content}, user and assistant speak in turn, the assistant last. Rule `roles-alternate`.

    One message of the system or developer may open; tools answer between two messages of the assistant.
    """
    return _check(
        "roles-alternate",
        "messages of user and assistant in turn, ending with the assistant's, after at most one of the system",
        lambda messages: (
            messages.list.eval(pl.element().struct.field("role")).list.join(",", ignore_nulls=False).str.contains(TURNS)
        ),
        nulls=True,
    )


def is_built_in(check: pa.Check) -> bool:
    """Whether the check is one of those that pandera brings along."""
    return isinstance(check._check_fn, Dispatcher)  # noqa: SLF001 (no public name)


def reads_one_column(check: pa.Check) -> bool:
    """Whether the check is known to read no column but its own, so that wide frames may be cut around it."""
    return check.element_wise or getattr(check._check_fn, "reads_one_column", False)  # noqa: SLF001 (no public name)


def check_beside(name: str, expected: str, other: str, holds: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pa.Check:
    """A check that sets a column against another one of the row, and holds where either has no value."""

    def rows(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(holds(pl.col(data.key or "*"), pl.col(other)).fill_null(value=True))

    return pa.Check(rows, name=name, description=expected, ignore_na=True)


def _check(name: str, expected: str, holds: Callable[[pl.Expr], pl.Expr], *, nulls: bool = False) -> pa.Check:
    def rows(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(holds(pl.col(data.key or "*")))

    rows.reads_one_column = True  # type: ignore[attr-defined]
    return pa.Check(rows, name=name, description=expected, ignore_na=not nulls)


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
