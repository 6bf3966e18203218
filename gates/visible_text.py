"""Whether somebody who looks at a text sees anything, whether what they see says anything, and how much of it a message has."""

from __future__ import annotations

import unicodedata

# Letters and symbols by category that are drawn as nothing: Default_Ignorable_Code_Point beyond category Cf, and blanks.
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159\U00013441\U00013442\U00016fe4")
# The same for whole columns, as a regular expression of Rust: some character is seen.
VISIBLE = rf"[^\p{{Z}}\p{{Cc}}\p{{Cf}}\p{{M}}\p{{Default_Ignorable_Code_Point}}{''.join(sorted(_BLANK))}]"
# A line of a terminal has eighty. What is cut begins with fewer, so that it is shorter with its length too.
_NAME_AT_MOST, _NAME_BEGIN = 60, 40
_SIGHTLESS = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def has_visible_text(text: str) -> bool:
    """Whether a character of the text leaves ink: no blank, no format or control character, no mark without its letter."""
    return any(map(_is_visible, text))


def has_words(text: str) -> bool:
    """Whether the text has a letter or a digit that is seen: punctuation and symbols alone give no reason."""
    return any(unicodedata.category(one)[0] in "LN" and one not in _BLANK for one in text)


def folded_words(text: str) -> str:
    """The letters and digits of a text that are seen, without case: texts that differ in anything else give one reason."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if unicodedata.category(one)[0] in "LN" and one not in _BLANK)


def shortened(name: str) -> str:
    """A value of a cell as a message names it: one that is long by its beginning and its length."""
    return (
        name
        if len(name) <= _NAME_AT_MOST
        else f"{name[:_NAME_BEGIN]}\N{HORIZONTAL ELLIPSIS} ({len(name):,} characters)"
    )


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "M" and category not in _SIGHTLESS and character not in _BLANK
