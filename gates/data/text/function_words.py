"""Which language a text is in: by its script, and in the Latin one by words that stand in every text of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

# The beginning shows the language; sixty words hold twenty of these.
CHARACTERS_READ, WORDS_READ = 400, 60
# A word weighs 1 divided by the number of languages that have it. A language is taken where its words weigh as much as two that
# no other has, and half as much again as those of the next one, which neighbours such as Spanish and Portuguese would pass else.
WEIGHT_AT_LEAST, BEYOND_NEXT = 2.0, 1.5
# A title or a list of names in another script is no text in it.
LETTERS_AT_LEAST = 8

# Letters that stand alone name variables and formats in any language; that a word comes back says no more.
# Function words tell languages apart: Grefenstette, Comparing Two Language Identification Schemes, JADT 1995.
# Articles, prepositions, conjunctions, pronouns and forms of "to be", the most frequent ones of each language.
FUNCTION_WORDS: Mapping[str, str] = {
    "English": "the of and to in is that for it with as was on are this be by from at or not you which have an",
    "German": "der die das und ist nicht ein eine zu den mit sich auf für von dem des im auch werden wird oder sie kann",
    "French": "le la les des et est un une dans que pour qui sur pas par du au avec ce il sont vous ou aux cette",
    "Spanish": "el la los las de que en un una es por con para del se no su como más lo al este está",
    "Portuguese": "os as de que em um uma é por com para do da não se como mais dos na no ao são",
    "Italian": "il la di che un una è per con non del della si sono gli le nel da al dei più come questo",
    "Dutch": "de het een en van is dat niet in op te zijn met voor die aan er ook worden als bij om",
    "Polish": "na się nie że do jest to jak ale po co dla przez lub od być są za",
    "Czech": "na se že je to do pro jako jsou by ale nebo při není které",
    "Swedish": "och att det en är som på för med av inte den till ett om eller kan från",
    "Danish or Norwegian": "og at det er en som på til med af ikke den et for jeg eller kan fra av",
    "Finnish": "ja on ei se että oli hän mutta kun niin ovat joka tai sen ole voi",
    "Turkish": "ve bir bu da için ile de çok olarak daha gibi olan veya değil her ne",
    "Romanian": "și în de la cu este pe nu un că din mai sau se pentru care",
    "Hungarian": "az és hogy nem egy is van ez meg de csak vagy ha el",
    "Indonesian": "yang dan di dengan untuk ini itu dari pada tidak adalah dalam atau akan ke",
    "Vietnamese": "và của là có không được trong cho một những các với người này để",
}  # fmt: skip
# Scripts that mostly one language, or one family of them, is written in.
SCRIPTS: Mapping[str, str] = {
    "Cyrillic": r"\p{Cyrillic}", "Greek": r"\p{Greek}", "Arabic": r"\p{Arabic}", "Hebrew": r"\p{Hebrew}",
    "Devanagari": r"\p{Devanagari}", "Thai": r"\p{Thai}", "Korean": r"\p{Hangul}",
    "Chinese": r"\p{Han}", "Japanese": r"[\p{Hiragana}\p{Katakana}]",
}  # fmt: skip


def guessed_languages(texts: pl.Series) -> pl.Series:
    """The language of each text by name, or its script's name; null where neither shows, as in code, numbers and single words."""
    head = texts.cast(pl.String).fill_null("").str.slice(0, CHARACTERS_READ).rename("text")
    by_script = pl.DataFrame(head).select(_script(pl.col("text"))).to_series()
    return by_script.fill_null(_by_words(head))


def _script(text: pl.Expr) -> pl.Expr:
    """The script of half of the letters and more, if it is not the Latin one; the kana of a tenth are Japanese."""
    letters = text.str.count_matches(r"\p{L}")
    counts = {name: text.str.count_matches(pattern) for name, pattern in SCRIPTS.items()}
    kana = counts.pop("Japanese")
    is_japanese = (10 * kana > letters) & (2 * (kana + counts["Chinese"]) > letters)
    others = [pl.when(2 * count > letters).then(pl.lit(name)) for name, count in counts.items()]
    named = pl.coalesce(pl.when(is_japanese).then(pl.lit("Japanese")), *others)
    return pl.when(letters >= LETTERS_AT_LEAST).then(named)


def _by_words(texts: pl.Series) -> pl.Series:
    words = pl.DataFrame(
        [(word, name) for name, line in FUNCTION_WORDS.items() for word in line.split()],
        schema=["word", "language"],
        orient="row",
    ).with_columns(weight=1 / pl.len().over("word"))
    tokens = texts.str.to_lowercase().str.extract_all(r"[\p{L}\p{M}]+").list.head(WORDS_READ).list.unique()
    weights = (
        pl.DataFrame({"word": tokens})
        .with_row_index("row")
        .explode("word")
        .join(words, on="word")
        .group_by("row", "language")
        .agg(pl.col("weight").sum())
        .sort("row", "weight", "language", descending=[False, True, False])
    )
    best = weights.group_by("row", maintain_order=True).agg(
        pl.col("language").first(),
        first=pl.col("weight").first(),
        following=pl.col("weight").slice(1, 1).first().fill_null(0.0),
    )
    certain = best.filter(
        pl.col("first") >= WEIGHT_AT_LEAST, pl.col("first") >= BEYOND_NEXT * pl.col("following")
    ).select(pl.col("row").cast(pl.UInt32), "language")
    rows = pl.DataFrame({"row": pl.int_range(len(texts), dtype=pl.UInt32, eager=True)})
    return rows.join(certain, on="row", how="left", maintain_order="left")["language"]
