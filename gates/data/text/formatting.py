"""Formatting of texts, feature by feature: what a pipeline leaves behind, not what a writer chose.

Length, casing and digits are style and not here. Longer texts have more of everything, so each text is read up to the
same number of characters (`window`), and styles (quotes, dashes, line ends) are shares of the places where a style
shows; a text without such a place has NaN and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from gates.data.text.marks.mojibake import MOJIBAKE

# Below this many characters hardly any feature has a place to show.
WINDOW_AT_LEAST = 100


@dataclass(frozen=True)
class FormattingFeature:
    """One feature: its name in messages, its value of a text, and one sentence on how to fix a difference."""

    name: str
    value: pl.Expr
    fix: str


# The text as it is, for its two ends; and its first characters, for everything inside.
_WHOLE, _HEAD = pl.col("whole"), pl.col("head")


def _count(pattern: str) -> pl.Expr:
    return _HEAD.str.count_matches(pattern).cast(pl.Float64)


def _literals(pattern: str) -> pl.Expr:
    return _HEAD.str.count_matches(pattern, literal=True).cast(pl.Float64)


def _flag(expression: pl.Expr) -> pl.Expr:
    return expression.cast(pl.Float64)


def _share(some: pl.Expr, others: pl.Expr) -> pl.Expr:
    """0 / 0 is NaN: the text has no such place."""
    return some / (some + others)


FEATURES = (
    FormattingFeature("leading white space", _flag(_WHOLE.str.contains(r"^\s")),
                      "strip leading white space from the texts of both origins"),
    FormattingFeature("trailing white space", _flag(_WHOLE.str.contains(r"\s$")),
                      "strip trailing white space from the texts of both origins"),
    FormattingFeature("white space before line ends", _flag(_HEAD.str.contains(r"\S[ \t]+\r?\n")),
                      "strip white space at the ends of lines in both origins"),
    FormattingFeature("blank lines", _count(r"\S[ \t]*\r?\n[ \t]*\r?\n"),
                      "separate paragraphs the same way in both origins (one line break or one blank line)"),
    FormattingFeature("line ends of Windows (\\r\\n)", _share(_literals("\r\n"), _count(r"(?:^|[^\r])\n")),
                      "convert line ends to \\n in both origins"),
    FormattingFeature("double spaces", _flag(_HEAD.str.contains(r"\S {2,}\S")),
                      "collapse runs of spaces into one in both origins"),
    FormattingFeature("tabs", _flag(_HEAD.str.contains("\t", literal=True)), "replace tabs by spaces in both origins"),
    FormattingFeature(
        "no-break and other special spaces",
        _flag(_HEAD.str.contains(r"[\x{A0}\x{2000}-\x{200A}\x{202F}\x{3000}]")),
        "replace special spaces (U+00A0, U+2000 to U+200A, U+202F) by plain ones in both origins",
    ),
    FormattingFeature(
        "zero-width characters or byte-order marks",
        _flag(_HEAD.str.contains(r"[\x{FEFF}\x{200B}\x{2060}\x{AD}]")),
        "remove U+FEFF, U+200B, U+2060 and soft hyphens from both origins",
    ),
    FormattingFeature("glued words (lower case running into upper case)", _count(r"\p{Ll}{2}\p{Lu}\p{Ll}"),
                      "restore the spaces or line breaks that were lost between words"),
    FormattingFeature(
        "missing space after punctuation",
        _share(_count(r"\p{Ll}(?:[,:!?]\p{L}|\.\p{Lu}\p{Ll})"), _count(r"\p{Ll}[,:!?.]\s")),
        "restore the space after punctuation",
    ),
    FormattingFeature("space before punctuation", _share(_count(r"\p{L} [,.](?:\s|$)"), _count(r"\p{L}[,.](?:\s|$)")),
                      "detokenise: remove the space before commas and full stops"),
    FormattingFeature("curly quotes", _share(_count(r"[\x{2018}\x{2019}\x{201C}-\x{201E}]"), _count(r"[\"']")),
                      "use one quote style, straight or curly, in both origins"),
    FormattingFeature(
        "doubled quotes in place of quotation marks",
        _share(_count(r"``|''"), _count(r"[\"\x{201C}\x{201D}]")),
        "restore quotation marks that a tokeniser turned into `` and ''",
    ),
    FormattingFeature(
        "dashes as typographic characters",
        _share(_count(r"[\x{2013}\x{2014}]"), _count(r"\s--?\s|\w--\w")),
        "use one dash style (hyphens, or en and em dashes) in both origins",
    ),
    FormattingFeature("ellipsis as one character", _share(_literals("\u2026"), _count(r"\.{3}")),
                      "use one form of the ellipsis in both origins"),
    FormattingFeature("Unicode form other than NFC", _flag(_HEAD.str.normalize("NFC") != _HEAD),
                      "normalise both origins to NFC"),
    FormattingFeature("broken encoding", _flag(_HEAD.str.contains(rf"\x{{FFFD}}|{MOJIBAKE}")),
                      "decode the files of both origins as the encoding they were written in"),
    FormattingFeature("HTML entities", _flag(_HEAD.str.contains(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")),
                      "unescape HTML entities in both origins"),
    FormattingFeature(
        "HTML tags",
        _flag(_HEAD.str.contains(r"</?(?:p|br|b|i|u|em|strong|div|span|a|li|ul|ol|h[1-6]|table|tr|td|code|pre)(?:\s[^<>]*)?/?>")),
        "remove HTML tags from both origins, or keep them in both",
    ),
    FormattingFeature("Markdown headings", _flag(_HEAD.str.contains(r"(?m)^#{1,6} \S")),
                      "render or strip Markdown headings in both origins"),
    FormattingFeature("Markdown emphasis", _flag(_HEAD.str.contains(r"\*\*[^\s*][^*\n]*\*\*|__[^\s_][^_\n]*__")),
                      "render or strip Markdown emphasis in both origins"),
    FormattingFeature("Markdown bullets and code fences", _flag(_HEAD.str.contains(r"(?m)^[ \t]*(?:[-*+] \S|```)")),
                      "write lists and code the same way in both origins"),
)  # fmt: skip


def formatting_features(texts: pl.Series, window: int | None = None) -> npt.NDArray[np.float64]:
    """The features of each text, shape (n texts, n FEATURES); NaN where a text has no place for a feature to show.

    window: how many characters of each text count, all of them when None; leading and trailing white space are read
    off the whole text. A null counts as an empty text.
    """
    whole = texts.cast(pl.String).fill_null("")
    head = whole if window is None else whole.str.slice(0, window)
    frame = pl.DataFrame({"whole": whole, "head": head})
    columns = [feature.value.alias(feature.name) for feature in FEATURES]
    return frame.select(columns).to_numpy().astype(np.float64).reshape(len(texts), len(FEATURES))


def common_window(first: pl.Series, second: pl.Series) -> int:
    """How many characters to read of texts of two origins, so that length does not tell them apart.

    Three quarters of the shorter origin's texts are at least that long.
    """
    lengths = (texts.cast(pl.String).fill_null("").str.len_chars() for texts in (first, second))
    return max(WINDOW_AT_LEAST, min(int(length.quantile(0.25) or 0) for length in lengths))
