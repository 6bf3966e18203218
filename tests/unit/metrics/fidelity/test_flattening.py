"""Locales that people's words tell apart must not become one voice in synthetic texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.fidelity import coverage, distributions, locale_flattening, separability
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.real import DATA, needs_data
from tests.scans import tagged_scan, text_scan, texts_of

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

LIMITS = Limits(min_value=0.7)
# Each locale draws from words of its own beside those that all share.
VOICES = {"en-GB": (0, 300), "en-IN": (40, 340), "en-US": (80, 380)}


def voice(locale: str, words: tuple[int, int], count: int, seed: int) -> pl.DataFrame:
    return pl.DataFrame({"text": texts_of(count, seed, words=words), "locale": locale})


def voices(seed: int, count: int = 400) -> pl.DataFrame:
    return pl.concat(voice(name, words, count, seed + at) for at, (name, words) in enumerate(VOICES.items()))


def one_voice(seed: int, count: int = 400) -> pl.DataFrame:
    """All tags, and one locale's words."""
    return pl.concat(voice(name, VOICES["en-US"], count, seed + at) for at, name in enumerate(VOICES))


def judged(scan: Scan):
    return judge(locale_flattening.measure(scan, Scope.COMBINED, {}), LIMITS, Severity.WARNING)


def test_other_human_rows_of_the_same_locales_pass():
    judgement = judged(tagged_scan(voices(1), voices(11)))

    assert judgement.outcome is Outcome.PASS
    assert 0.9 < judgement.measurement.estimate.value < 1.1
    assert 0.9 < judgement.measurement.baseline.value < 1.1


def test_locales_in_one_voice_fail():
    judgement = judged(tagged_scan(voices(1), one_voice(11)))

    assert judgement.outcome is Outcome.FAIL
    assert judgement.measurement.estimate.value < 0.2
    assert sorted(judgement.evidence["most_flattened"]) == [
        "en-gb and en-in",
        "en-gb and en-us",
        "en-in and en-us",
    ]


def test_the_pair_that_lost_its_difference_is_named():
    synthetic = pl.concat([voice("en-GB", VOICES["en-IN"], 400, 21), voices(11).filter(pl.col("locale") != "en-GB")])

    judgement = judged(tagged_scan(voices(1), synthetic))

    assert "en-gb and en-in lie " in judgement.message
    assert next(iter(judgement.evidence["most_flattened"])) == "en-gb and en-in"


def test_tags_half_of_which_were_dealt_out_are_found_by_this_check_alone():
    near = {"en-GB": (100, 400), "en-IN": (102, 402)}
    human, synthetic = (
        pl.concat(voice(name, words, 400, seed + at) for at, (name, words) in enumerate(near.items()))
        for seed in (1, 11)
    )
    dealt = pl.Series(np.random.default_rng(0).random(synthetic.height) < 0.5)
    tags = pl.when(dealt).then(synthetic["locale"].shuffle(seed=1)).otherwise("locale")
    scan = tagged_scan(human, synthetic.with_columns(locale=tags))

    assert judged(scan).outcome is Outcome.FAIL
    others = (
        (distributions, {}, Limits(max_value=0.4, warn_value=0.05)),
        (separability, {}, Limits(max_value=0.15)),
        (coverage, {"kind": "coverage"}, Limits(min_value=0.9)),
    )
    for metric, params, limits in others:
        judgement = judge(metric.measure(scan, Scope.COMBINED, params), limits, Severity.WARNING)
        assert judgement.outcome is Outcome.PASS


def test_languages_are_not_compared_with_each_other_and_each_is_judged():
    german = {"de-DE": (500, 800), "de-AT": (540, 840)}
    own = [voice(name, words, 400, 30 + at) for at, (name, words) in enumerate(german.items())]
    flat = [voice(name, german["de-DE"], 400, 40 + at) for at, name in enumerate(german)]

    judgement = judged(tagged_scan(pl.concat([voices(1), *own]), pl.concat([voices(11), *flat])))

    assert judgement.outcome is Outcome.FAIL
    assert "language 'de': " in judgement.message
    assert {name: row["outcome"] for name, row in judgement.evidence["languages"].items()} == {
        "language=de": "fail",
        "language=en": "pass",
    }


def locales(counts: dict[str, int], seed: int) -> pl.DataFrame:
    """Texts of locales that each have words of their own."""
    return pl.concat(
        voice(name, (20 * at, 20 * at + 60), count, seed + at) for at, (name, count) in enumerate(counts.items())
    )


@pytest.mark.parametrize(
    ("counts", "compared"),
    [
        # The ten largest of these are one of each language, with no other to be compared with.
        ({f"l{n:02}-{size}": 305 + 5 * (size == "aa") for n in range(11) for size in ("aa", "bb")}, 5),
        # The tenth is a language's only one among the ten.
        ({f"aa-{n}": 310 for n in range(9)} | {"bb-0": 305, "bb-1": 305}, 2),
    ],
)
def test_locales_are_taken_by_pairs_of_a_language(counts, compared):
    measurement = locale_flattening.measure(tagged_scan(locales(counts, 1), locales(counts, 50)), Scope.COMBINED, {})

    assert measurement.estimate is not None
    assert len(measurement.parts) == compared
    assert len(measurement.evidence["locales_not_compared"]) == len(counts) - 10


def test_a_generator_that_collapsed_to_one_group_in_a_locale_is_no_mere_information():
    human, synthetic = (
        frame.with_columns(author=pl.format("{} {}", pl.lit(origin), pl.int_range(pl.len())))
        for origin, frame in (("human", voices(1)), ("made", one_voice(11)))
    )
    author = pl.when(pl.col("locale") == "en-IN").then(pl.lit("bot")).otherwise("author")

    judgement = judged(tagged_scan(human, synthetic.with_columns(author=author), group="author"))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)
    assert "too few groups: synthetic texts of en-in" in judgement.message
    alone = human.with_columns(author=author)
    assert "human texts of en-in" in judged(tagged_scan(alone, synthetic, group="author")).message


def test_the_declared_language_groups_locales_whose_tags_do_not_say_it():
    words = pl.col("locale").replace_strict({"en-GB": "Leeds", "en-IN": "Pune", "en-US": "Ohio"})
    human, synthetic = (frame.with_columns(language=pl.lit("en"), locale=words) for frame in (voices(1), one_voice(11)))

    assert judged(tagged_scan(human, synthetic)).outcome is Outcome.FAIL


def test_too_few_rows_of_a_locale_are_inconclusive_and_counted():
    human = pl.concat([voices(1)[:400], voices(1)[400:520]])
    judgement = judged(tagged_scan(human, voices(11)[:800]))

    assert (judgement.outcome, judgement.rows_needed) == (Outcome.INCONCLUSIVE, {"human": 180})
    assert (
        "two locales of one language with 300 rows of each origin can be compared; en-in: 180 human rows missing"
        in judgement.message
    )


def test_a_locale_too_small_to_be_compared_is_named():
    judgement = judged(tagged_scan(voices(1)[:1000], voices(11)))

    assert judgement.outcome is Outcome.PASS
    assert judgement.evidence["locales_not_compared"] == {"en-us": {"human": 200, "synthetic": 400}}


def test_human_rows_without_a_difference_leave_nothing_to_flatten():
    judgement = judged(tagged_scan(one_voice(1), one_voice(11)))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)
    assert "by no more than chance" in judgement.message


def test_texts_without_words_are_no_pass():
    blank = pl.DataFrame(
        {"text": [f"{'.' * n}" for n in range(1, 401)] * 2, "locale": ["en-GB"] * 400 + ["en-IN"] * 400}
    )

    assert judged(tagged_scan(blank, voices(11)[:800])).outcome is Outcome.INCONCLUSIVE


def test_without_locales_it_is_not_configured_and_says_what_to_add():
    judgement = judged(text_scan(["a"], ["b"]))
    assert judgement.outcome is Outcome.NOT_CONFIGURED
    assert 'no locale column is configured; add: columns = { locale = "…" }' in judgement.message
    alone = judged(tagged_scan(voices(1)[:400], voices(11)[:400]))
    assert alone.outcome is Outcome.NOT_CONFIGURED
    assert "no language has rows of two locales" in alone.message


def test_the_order_of_rows_changes_nothing():
    human, synthetic = voices(1), voices(11)
    assert judged(tagged_scan(human, synthetic)).message == judged(tagged_scan(human[::-1], synthetic[::-1])).message


ESSAYS = {"en-pupils": "HewlettStudentEssay_real_88", "en-applicants": "CollegeEssay_real_70"}


def passages(half: int) -> pl.DataFrame:
    """Sentences of every other essay of two groups of people, standing in for two locales."""
    essays = pl.read_parquet(DATA / "text_essays.parquet")
    pairs = []
    for locale, subset in ESSAYS.items():
        for text in essays.filter(pl.col("subset") == subset)["text"].to_list()[half::2]:
            pairs += [(locale, part) for part in re.split(r"(?<=[.!?])\s+", text) if len(part.split()) >= 12]
    return pl.DataFrame(pairs, schema=["locale", "text"], orient="row")


@needs_data
@pytest.mark.parametrize(("share", "outcome"), [(0.0, Outcome.PASS), (1.0, Outcome.FAIL)])
def test_real_passages_pass_with_their_own_tags_and_fail_with_tags_dealt_out(share, outcome):
    synthetic = passages(1)
    dealt = synthetic["locale"].shuffle(seed=1)
    moved = synthetic.with_columns(
        locale=pl.when(pl.int_range(pl.len()) < share * pl.len()).then(dealt).otherwise("locale")
    )

    assert judged(tagged_scan(passages(0), moved)).outcome is outcome
