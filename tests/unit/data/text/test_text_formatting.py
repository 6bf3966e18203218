# ruff: noqa: RUF001 - curly quotes and full-width punctuation are what is tested
from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.text.features import text_features
from gates.data.text.formatting import FEATURES, WINDOW_AT_LEAST, common_window, formatting_features

NAMES = [feature.name for feature in FEATURES]
PLAIN = "Ann came home, and Bob left. They had talked for long."


def shown_by(text: str) -> dict[str, float]:
    """The features of a text that are neither absent nor zero."""
    values = formatting_features(pl.Series([text]))[0]
    return {name: value for name, value in zip(NAMES, values.tolist(), strict=True) if value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a", {"leading white space": 1}),
        ("a\n", {"trailing white space": 1}),
        ("a \nb", {"white space before line ends": 1}),
        ("a\n\nb\n\nc", {"blank lines": 2}),
        ("a\r\nb", {"line ends of Windows (\\r\\n)": 1}),
        ("a  b", {"double spaces": 1}),
        ("a\tb", {"tabs": 1}),
        ("a\u00a0b", {"no-break and other special spaces": 1}),
        ("\ufeffa", {"zero-width characters or byte-order marks": 1}),
        ("gluedWords", {"glued words (lower case running into upper case)": 1}),
        ("red,blue", {"missing space after punctuation": 1}),
        ("home.They", {"missing space after punctuation": 1}),
        ("red , blue", {"space before punctuation": 1}),
        ("don’t", {"curly quotes": 1}),
        ("``red''", {"doubled quotes in place of quotation marks": 1}),
        ("red\u2014blue", {"dashes as typographic characters": 1}),
        ("red\u2026", {"ellipsis as one character": 1}),
        ("e\u0301", {"Unicode form other than NFC": 1}),
        ("cafÃ©", {"broken encoding": 1}),
        ("\ufffd", {"broken encoding": 1}),
        ("R&amp;D", {"HTML entities": 1}),
        ("red<br/>blue", {"HTML tags": 1}),
        ("# Red", {"Markdown headings": 1}),
        ("a **red** hat", {"Markdown emphasis": 1}),
        ("- red", {"Markdown bullets and code fences": 1}),
    ],
)
def test_each_artefact_shows_in_its_own_feature(text, expected):
    artefacts = {name: value for name, value in shown_by(text).items() if not np.isnan(value)}
    # Two doubled straight quotes are straight quotes too, and these count as 0.
    assert artefacts == expected


def test_plain_prose_shows_nothing():
    assert {name for name, value in shown_by(PLAIN).items() if not np.isnan(value)} == set()


def test_length_casing_and_digits_show_nothing():
    same = [PLAIN, PLAIN.upper(), "17 42", PLAIN + " " + PLAIN]

    assert np.nansum(formatting_features(pl.Series(same))) == 0


def test_a_style_is_a_share_of_the_places_where_it_shows_and_absent_without_one():
    column = NAMES.index("curly quotes")

    values = formatting_features(pl.Series(["no quotes", "don't", "“a” don't", None]))[:, column]

    assert np.array_equal(values, [np.nan, 0, 2 / 3, np.nan], equal_nan=True)


def test_the_window_bounds_what_is_read_but_not_the_ends():
    text = "x" * 50 + "\n\ny  z "

    inside = formatting_features(pl.Series([text]), window=20)[0]

    assert {name for name, value in zip(NAMES, inside, strict=True) if value == 1} == {"trailing white space"}


def test_the_window_is_the_lower_quartile_of_the_shorter_side():
    short, long = pl.Series(["x" * 150] * 3 + ["x" * 400]), pl.Series(["x" * 5000] * 4)

    assert common_window(short, long) == common_window(long, short) == 150
    assert common_window(pl.Series(["yes"]), long) == WINDOW_AT_LEAST


def test_names_are_unique_and_every_feature_says_how_to_fix_it():
    assert len(set(NAMES)) == len(NAMES)
    assert all(len(feature.fix.split()) >= 4 for feature in FEATURES)


def test_no_texts_give_no_rows():
    assert formatting_features(pl.Series([], dtype=pl.String)).shape == (0, len(FEATURES))


def test_text_features_are_numbers_with_their_meaning():
    row = text_features(pl.Series(["Hello there, Bob! It is 5."])).to_dicts()[0]

    assert {name: round(value, 3) for name, value in row.items()} == {
        "length in words": 6,
        "length in characters": 26,
        "mean word length": 3.5,
        "mean sentence length in words": 3,
        "line breaks per word": 0,
        "upper-case share of letters": round(3 / 17, 3),
        "digit share": round(1 / 26, 3),
        "punctuation share": round(3 / 26, 3),
        "commas per word": round(1 / 6, 3),
        "question and exclamation marks per word": round(1 / 6, 3),
        "symbol share": 0,
        "non-ASCII share": 0,
        "distinct share of the first 100 tokens": 1,
    }


def test_texts_without_words_have_length_zero_and_no_shares():
    frame = text_features(pl.Series(["", None]))

    assert frame.select("length in words", "length in characters").rows() == [(0, 0), (0, 0)]
    assert frame["mean word length"].is_nan().all()
    assert set(frame.dtypes) == {pl.Float64}
