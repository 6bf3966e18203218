"""What people share by nature is read in the languages of the rows that are judged, and among all their rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.copies import measure
from gates.metrics.fresh_people import FreshPeople, fresh_texts, others
from gates.metrics.judging import judge
from gates.metrics.measurement import Limits
from gates.metrics.near_copies import near_matrix
from gates.verdict import Outcome, Scope, Severity
from tests.scans import tagged_scan, text_scan, texts_of

LIMITS = Limits(max_value=0.01)
# A passage of 60 tokens that everybody who writes of one thing puts into the text.
FORM = " ".join(f"form{number}" for number in range(60))


def rows(language: str, texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "language": [language] * len(texts)})


def with_form(texts: list[str], every: int) -> list[str]:
    return [f"{text} {FORM}" if at % every == 0 else text for at, text in enumerate(texts)]


def test_people_count_in_the_proportion_of_languages():
    people = FreshPeople(
        np.array([True, False, False, False, True, True]), pl.Series(["de"] * 4 + ["ja"] * 2), "other people"
    )

    alone = people.like(pl.Series(["ja", "ja", "ja"]))
    mixed = people.like(pl.Series(["ja", "de", "ja", "ja"]))

    assert (alone.hits, alone.rows) == (2, 2)
    # 3/4 of everybody in ja and 1/4 of a quarter in de; 1 / (.75² / 2 + .25² / 4) people.
    assert mixed.hits / mixed.rows == pytest.approx(0.75 + 0.25 / 4)
    assert mixed.rows == pytest.approx(1 / (0.75**2 / 2 + 0.25**2 / 4))


@pytest.mark.parametrize("language", [["sw", "sw"], [None, None], []])
def test_languages_that_nobody_writes_are_read_against_everybody(language):
    people = FreshPeople(np.array([True, False, False]), pl.Series(["de", "de", "ja"]), "other people")

    found = people.like(pl.Series(language, dtype=pl.String))

    assert (found.hits, found.rows, found.people) == (1, 3, 3)


def test_equal_people_are_each_others_fresh_people():
    found = others(np.array([7, 8, 7, 9], dtype=np.uint64), pl.Series([None] * 4, dtype=pl.String))

    assert (found.hit.tolist(), found.repeats) == ([True, False, True, False], 1)


@pytest.mark.parametrize("kind", ["near", "span"])
def test_texts_that_people_repeat_word_for_word_are_like_another_persons(kind):
    repeated = texts_of(20, 1, length=60)
    scan = text_scan([*texts_of(300, 2), *repeated, *repeated], texts_of(300, 3))
    matrix = near_matrix(scan)
    copied = matrix.near_human() if kind == "near" else matrix.shares_span

    assert fresh_texts(scan, matrix, copied).all().hits == 40


def test_one_law_of_two_languages_is_no_copy_where_one_of_them_repeats_by_nature():
    """People write a form into every tenth text in `ja`; synthetic texts do as often, and most of them are in `ja`."""
    human = pl.concat([rows("de", texts_of(2700, 1, words=(0, 4000))), rows("ja", with_form(texts_of(400, 2), 10))])
    made = pl.concat([rows("de", texts_of(400, 3, words=(0, 4000))), rows("ja", with_form(texts_of(2700, 4), 10))])

    found = judge(measure(tagged_scan(human, made), Scope.COMBINED, {"kind": "span"}), LIMITS, Severity.CRITICAL)

    assert (found.outcome, found.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)


def test_copies_in_one_language_are_found_though_another_repeats_by_nature():
    """Thirty of 400 texts in `de` copy a passage, which is less than people repeat in `ja` by nature."""
    people = texts_of(400, 1, length=120, words=(0, 4000))
    copies = [f"{text} {' '.join(person.split()[:60])}" for text, person in zip(texts_of(30, 5), people, strict=False)]
    human = pl.concat([rows("de", people), rows("ja", with_form(texts_of(2700, 2), 5))])
    made = pl.concat(
        [rows("de", [*texts_of(370, 3, words=(0, 4000)), *copies]), rows("ja", with_form(texts_of(2700, 4), 5))]
    )

    found = judge(measure(tagged_scan(human, made), Scope.COMBINED, {"kind": "span"}), LIMITS, Severity.CRITICAL)

    assert found.outcome is Outcome.FAIL
    assert "language=de" in found.message
