"""Yes and no in the words of several languages."""

from __future__ import annotations

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

_YES = ("true", "t", "yes", "y", "on", "ja", "oui", "si", "sí", "sì", "sim", "da", "да", "tak", "vrai", "vero",
        "verdadero", "verdadeiro", "wahr", "是", "はい", "예", "نعم", "हाँ", "x")  # fmt: skip
_NO = ("false", "f", "no", "n", "off", "nein", "nee", "nej", "non", "não", "nu", "нет", "nie", "faux", "falso",
       "falsch", "否", "いいえ", "아니요", "لا", "नहीं")  # fmt: skip
# What a word means, in small letters.
MEANINGS = {**dict.fromkeys(_YES, "yes"), **dict.fromkeys(_NO, "no")}


def _meaning(text: pl.Series) -> pl.Series:
    words = text.str.strip_chars().str.to_lowercase()
    return words.replace_strict(MEANINGS, default=None, return_dtype=pl.String)


def _manners(text: pl.Series) -> pl.DataFrame:
    meaning = _meaning(text).alias("meaning")
    return pl.DataFrame([meaning, text.alias("word")]).select(
        "meaning", pl.when(pl.col("meaning").is_not_null()).then("word")
    )


def _decide(manners: Manners) -> ColumnDecision | None:
    return ColumnDecision() if manners["meaning"].n_unique() == len({"yes", "no"}) else None


def _read(text: pl.Series, _decision: ColumnDecision) -> pl.Series:
    return _meaning(text).replace_strict({"yes": True, "no": False}, default=None, return_dtype=pl.Boolean)


def _traits(manners: Manners, _decision: ColumnDecision) -> pl.DataFrame:
    word = pl.col("word")
    written = {
        meaning: pl.when(pl.col("meaning") == meaning).then(pl.format("as '{}' for {}", word, "meaning"))
        for meaning in ("yes", "no")
    }
    return manners.select("origin", "count", **written)


BOOLEANS = WrittenKind("yes or no", _manners, _read, _traits, decide=_decide)
