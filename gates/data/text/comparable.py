"""One form of texts in which what reads alike is equal: for duplicates, copies, near copies and contamination.

Row rules still see the text as it stands. NFKD and marks dropped is NFKC without marks; case is folded; letters of Greek
and Cyrillic that look like Latin ones count as these, as in Unicode's list of confusables (UTS #39).
"""

# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Accents and points that a writer may leave out, and what is not shown: joiners, soft hyphens, selectors, directions. The
# vowels of Indic scripts and Thai and the voicing of kana are marks to Unicode too, and make other words.
_ACCENTS = r"[\p{Mn}\p{Me}&&[\p{Inherited}\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}\p{Arabic}]--[\x{3099}\x{309A}]]"
_DROPPED = rf"[{_ACCENTS}\p{{Cf}}\p{{Default_Ignorable_Code_Point}}]+"
_BEYOND_ASCII = r"[^\x00-\x7F]"
# In small letters: capitals look like others than their small letters do, and a text in capitals is the same text.
_CONFUSABLE = {
    "a": "аαɑ", "b": "в", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ɡ", "h": "нһ", "i": "іιı", "j": "јϳ", "k": "кκ",
    "l": "ӏ", "m": "м", "n": "пη", "o": "оο", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υ", "v": "ѵν",
    "w": "ԝѡ", "x": "хχ", "y": "уүγ", "σ": "ς", "ss": "ß",
}  # fmt: skip
_FOLDED = {letter: latin for latin, letters in _CONFUSABLE.items() for letter in letters}


def comparable(texts: pl.Series) -> pl.Series:
    """The texts in the form in which they are compared; null stays null. Texts of ASCII alone are lowered and no more."""
    is_beyond = texts.str.contains(_BEYOND_ASCII).fill_null(value=False)
    if not is_beyond.any():
        return texts.str.to_lowercase()
    folded = _folded(texts.filter(is_beyond))
    if is_beyond.all():
        return folded
    place = is_beyond.not_().arg_true().append(is_beyond.arg_true()).arg_sort()
    return texts.filter(~is_beyond).str.to_lowercase().append(folded).gather(place)


def _folded(texts: pl.Series) -> pl.Series:
    return texts.str.normalize("NFKD").str.replace_all(_DROPPED, "").str.to_lowercase().str.replace_many(_FOLDED)
