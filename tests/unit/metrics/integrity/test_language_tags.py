"""Tags that name another language than that of the text are found by the other rows; other kinds of texts are no wrong tags."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.integrity import alignment
from gates.metrics.integrity.language_tags import wrong_tags
from gates.verdict import Scope
from tests.tables import table_scan

SYLLABLES = {
    "de": ["sch", "ein", "ich", "ung", "ver", "ten", "gen", "nd", "er", "auf"],
    "fr": ["eau", "tion", "que", "les", "oui", "ment", "eur", "ais", "ou", "ette"],
    "ja": ["か", "き", "の", "は", "を", "です", "ます", "した", "いる", "こと"],
    "ru": ["ово", "ть", "ния", "при", "что", "ост", "ени", "ать", "кий", "ся"],
}


def texts(rows: int, seed: int, *, words: int = 12) -> pl.DataFrame:
    """Rows in four languages, each of its own syllables, with names that all have."""
    rng = np.random.default_rng(seed)
    tags = rng.choice([*SYLLABLES], size=rows)
    lines = []
    for tag in tags:
        own = ["".join(rng.choice(SYLLABLES[tag], size=rng.integers(1, 4))) for _ in range(words)]
        lines.append(" ".join([*own, *rng.choice(["Ada", "Linux", "Rio"], size=2)]))
    return pl.DataFrame({"language": tags, "text": lines})


def dealt_again(rows: pl.DataFrame, share: float) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    tags = rows["language"].to_numpy().copy()
    marks = rng.random(len(tags)) < share
    tags[marks] = rng.permutation(tags[marks])
    return rows.with_columns(language=pl.Series(tags))


def scanned(human: pl.DataFrame, synthetic: pl.DataFrame, *roles: str):
    return table_scan(human, synthetic, bound=roles or ("language", "text"), texts=("text",))


def messages(human: pl.DataFrame, synthetic: pl.DataFrame) -> list[str]:
    return [message for _, message in wrong_tags(scanned(human, synthetic))]


@pytest.mark.parametrize(("rows", "share"), [(100, 1.0), (300, 0.25), (1000, 0.15)])
def test_smallest_share_of_tags_dealt_again_that_fails(rows, share):
    scan = scanned(texts(rows, 1), dealt_again(texts(rows, 2), share))

    (difference,) = alignment.measure(scan, Scope.COMBINED, {}).evidence["differences"]

    assert (difference["kind"], difference["column"]) == ("language", "language")
    assert "column 'language' names another language than that of the text in" in difference["message"]


@pytest.mark.parametrize("rows", [60, 300, 1000])
def test_texts_of_one_law_and_texts_of_another_length_have_right_tags_both_ways(rows):
    one, same, short = texts(rows, 3), texts(rows, 4), texts(rows, 5, words=2)

    for other in (same, short):
        assert messages(one, other) == []
        assert messages(other, one) == []


def test_tags_that_people_deal_at_random_too_are_no_difference():
    human, synthetic = (dealt_again(texts(600, seed), 0.5) for seed in (1, 2))

    assert messages(human, synthetic) == []


def test_spelling_of_a_tag_is_no_other_language():
    upper = texts(600, 2).with_columns(pl.col("language").str.to_uppercase())

    assert messages(texts(600, 1), upper) == []


def test_one_language_few_rows_and_other_roles_show_nothing():
    wrong = dealt_again(texts(400, 2), 1)
    german = pl.col("language") == "de"

    assert messages(texts(400, 1).filter(german), texts(400, 2).filter(german)) == []
    assert messages(texts(59, 1), wrong) == []
    assert list(wrong_tags(scanned(texts(400, 1), wrong, "text"))) == []


def test_each_side_of_a_translation_has_its_own_tag():
    def pairs(seed: int, share: float = 0.0) -> pl.DataFrame:
        one, other = texts(400, seed), texts(400, seed + 50)
        target = dealt_again(other, share).rename({"language": "target_language", "text": "target"})
        return pl.concat([one.rename({"language": "source_language", "text": "source"}), target], how="horizontal")

    bound = ("source", "target", "source_language", "target_language")
    scan = table_scan(pairs(1), pairs(2, 0.5), bound=bound, texts=("source", "target"))

    assert [column for column, _ in wrong_tags(scan)] == ["target_language"]


def test_few_texts_of_each_of_many_languages_teach_no_model():
    rng = np.random.default_rng(1)

    def few(rows: int, letters: str) -> pl.DataFrame:
        tags = [f"l{number % 10}" for number in range(rows)]
        words = [" ".join(f"{tag}{letter}" for letter in rng.choice([*letters], size=12)) for tag in tags]
        return pl.DataFrame({"language": tags, "text": words})

    assert messages(few(60, "abcdef"), few(60, "abcdef").with_columns(pl.col("language").shuffle(seed=1))) == []
    assert messages(few(600, "abcdef"), few(600, "abcdef").with_columns(pl.col("language").shuffle(seed=1)))
