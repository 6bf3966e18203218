"""A language is judged for itself where its rows allow it, and named where they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.annotation import agreement
from gates.metrics.base.languages import NAMED_AT_MOST, PARTS_AT_MOST, ROWS_DRAWN, TAGS_LOOKED_AT, languages, rows_of
from gates.metrics.base.measurement import Limits
from gates.metrics.comparison.strata import compare_all
from gates.metrics.content import boilerplate
from gates.metrics.copies import copies, duplicates
from gates.metrics.fidelity import distributions, diversity, formatting, separability
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import spoken_rows as rows
from tests.scans import tagged_scan, texts_of
from tests.tables import table_scan, with_samples

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

LIMITS = Limits(max_value=0.4)


def shortened(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """The texts of one language cut to their first words."""
    short = pl.col("text").str.slice(0, 40)
    return frame.with_columns(text=pl.when(pl.col("language") == language).then(short).otherwise("text"))


def judged(scan: Scan, metric=distributions, limits: Limits = LIMITS, **params: object):
    return judge(metric.measure(scan, Scope.COMBINED, params), limits, Severity.CRITICAL)


HUMAN_ROWS = {"en": 1500, "de": 400}


def test_one_language_fails_the_check_though_all_rows_together_pass():
    human, synthetic = rows(HUMAN_ROWS, 1), shortened(rows(HUMAN_ROWS, 2), "de")

    judgement = judged(tagged_scan(human, synthetic))
    untold = judged(tagged_scan(human.drop("language"), synthetic.drop("language")))

    assert untold.outcome is Outcome.PASS
    assert judgement.outcome is Outcome.FAIL
    assert "language 'de': " in judgement.message
    assert "; failing alone: language=de" in judgement.message
    table = judgement.evidence["languages"]
    assert {name: row["outcome"] for name, row in table.items()} == {"language=de": "fail", "language=en": "pass"}


def test_languages_that_keep_the_law_pass():
    judgement = judged(tagged_scan(rows(HUMAN_ROWS, 1), rows(HUMAN_ROWS, 2)))

    assert judgement.outcome is Outcome.PASS
    assert {row["outcome"] for row in judgement.evidence["languages"].values()} == {"pass"}


def test_a_small_language_is_inconclusive_by_itself_with_the_rows_that_it_lacks():
    judgement = judged(tagged_scan(rows({"en": 900, "de": 120}, 1), rows({"en": 900, "de": 320}, 2)))

    assert judgement.outcome is Outcome.PASS
    assert "; too few rows to judge alone: de" in judgement.message
    assert judgement.evidence["languages"]["language=de"] == {
        "observed": None,
        "low": None,
        "high": None,
        "rows": {"human": 120, "synthetic": 320},
        "outcome": "inconclusive",
        "fails": False,
        "rows_needed": {"human": 180},
        "note": "180 human rows missing",
    }


def test_three_small_languages_are_named_and_the_others_counted():
    few = dict.fromkeys(("aa", "bb", "cc", "dd", "ee"), 20)
    judgement = judged(tagged_scan(rows({"en": 700, **few}, 1), rows({"en": 700, **few}, 2)))

    assert "; too few rows to judge alone: aa, bb, cc and 2 more" in judgement.message


def test_what_one_origin_only_or_hardly_anybody_speaks_is_named_and_no_part():
    scan = tagged_scan(rows({"en": 900, "de": 400, "fr": 50, "xx": 1}, 1), rows({"en": 900, "de": 400, "xx": 1}, 2))

    assert [one.name for one in scan.cached(languages).parts] == ["language=en", "language=de"]
    assert scan.cached(languages).evidence() == {
        "in_one_origin_only": {"language=fr": {"human": 50, "synthetic": 0}},
        "languages_not_looked_at": {"language=xx": {"human": 1, "synthetic": 1}},
    }
    assert judged(scan).evidence["in_one_origin_only"] == {"language=fr": {"human": 50, "synthetic": 0}}


def test_rows_without_a_tag_are_counted_and_no_language():
    human = rows({"en": 700, "de": 400, "": 30}, 1)
    scan = tagged_scan(human, rows({"en": 700, "de": 400}, 2, locale=None))

    assert scan.cached(languages).evidence() == {
        "languages_unsaid": {
            "language": {"human": 30, "synthetic": 0},
            "locale": {"human": 1130, "synthetic": 1100},
        }
    }
    assert [one.name for one in scan.cached(languages).parts] == ["language=en", "language=de"]
    assert "languages_unsaid" in judged(scan).evidence


def test_the_largest_languages_are_parts_and_the_rest_is_named():
    counts = {f"l{number:02}": 20 + number for number in range(PARTS_AT_MOST + 2)}
    parts = tagged_scan(rows(counts, 1), rows(counts, 2)).cached(languages)

    assert [one.word for one in parts.parts] == sorted(counts, reverse=True)[:PARTS_AT_MOST]
    assert sorted(parts.evidence()["languages_not_looked_at"]) == ["language=l00", "language=l01"]


def test_a_language_that_all_rows_are_in_is_the_whole():
    scan = tagged_scan(rows({"en": 400}, 1, locale="en-GB"), rows({"EN": 400}, 2, locale="en_gb"))

    assert scan.cached(languages).parts == ()
    assert "languages" not in judged(scan).evidence


def test_a_locale_with_the_rows_of_a_language_is_not_measured_twice():
    locale = pl.col("language").replace_strict({"en": "en-GB", "de": "de-DE"})
    human, synthetic = (rows(HUMAN_ROWS, seed).with_columns(locale=locale) for seed in (1, 2))

    assert [one.name for one in tagged_scan(human, synthetic).cached(languages).parts] == ["language=en", "language=de"]
    mixed = human.with_columns(locale=pl.when(pl.int_range(pl.len()) < 700).then(pl.lit("en-US")).otherwise("locale"))
    parts = [one.name for one in tagged_scan(mixed, synthetic).cached(languages).parts]
    assert parts == ["language=en", "locale=en-gb", "language=de"]


def test_of_translations_the_pair_is_judged():
    pairs = pl.DataFrame({"source_language": ["en"] * 300 + ["fr"] * 300, "target_language": ["de"] * 600})
    human, synthetic = (pairs.with_columns(text=pl.Series(texts_of(600, seed))) for seed in (1, 2))

    parts = tagged_scan(human, synthetic).cached(languages)

    assert [one.name for one in parts.parts] == ["language=en>de", "language=fr>de"]


def test_rows_without_a_tag_belong_to_no_language():
    human, synthetic = (rows({"en": 600, "": 300, "  ": 100}, seed) for seed in (1, 2))

    (only,) = tagged_scan(human, synthetic).cached(languages).parts
    assert (only.name, only.counts) == ("language=en", (600, 600))


def test_a_small_language_of_a_large_dataset_has_rows_of_its_own():
    counts = {"en": 10_400, "de": 310}
    human_rows = pl.DataFrame({"text": [f"text number {n}" for n in range(10_710)]})
    words = [word for word, count in counts.items() for _ in range(count)]
    human = human_rows.with_columns(language=pl.Series(words))
    synthetic = human.with_columns(text="made " + pl.col("text"))
    seen: dict[str, tuple[int, int]] = {}

    def compare(sides):
        seen[sides.name] = (len(sides.human), len(sides.synthetic))
        return judged(tagged_scan(human[:50], synthetic[:50])).measurement

    compare_all(tagged_scan(human, synthetic), compare)

    assert seen["language=de"] == (310, 310)
    assert seen["language=en"] == (ROWS_DRAWN, ROWS_DRAWN)


def repetitive(count: int, seed: int) -> pl.DataFrame:
    """Texts of one law that repeat each other, the shorter ones more often: of more rows more distinct ones are long."""
    rng = np.random.default_rng(seed)
    lengths = rng.geometric(0.2, (2, count))
    texts = [" ".join(["a"] * first + ["b"] * second) for first, second in zip(*lengths, strict=True)]
    return pl.DataFrame({"text": texts, "language": rng.choice(["en", "de"], count, p=[0.7, 0.3])})


def test_repeats_of_a_language_count_as_they_do_in_the_whole():
    scan = tagged_scan(repetitive(12_000, 1), repetitive(1200, 2))
    assert len(scan.human) < scan.human.total

    judgement = judged(scan, limits=Limits(max_value=0.1))

    assert judgement.outcome is Outcome.PASS
    assert {row["outcome"] for row in judgement.evidence["languages"].values()} == {"pass"}


def readings(sensors: str, seed: int) -> pl.DataFrame:
    """Repeated values of four sensors on three days in two languages."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "entity": rng.choice([f"{sensors} {number}" for number in range(4)], 1600),
            "timestamp": [f"2026-01-0{day}T00:00:00" for day in rng.integers(1, 4, 1600)],
            "value": rng.geometric(0.3, 1600),
            "language": rng.choice(["en", "de"], 1600),
        }
    )


@pytest.mark.parametrize("group", [{}, {"group": "entity", "group_by_day": "timestamp"}])
@pytest.mark.parametrize("sensors", ["old", "new"])
def test_a_language_is_drawn_as_the_scan_is(group: dict[str, str], sensors: str):
    human, synthetic = readings("old", 1), readings(sensors, 2)
    scan = table_scan(human, synthetic, bound=tuple(human.columns), **group)
    sampled = with_samples(scan, human=replace(scan.human, total=scan.human.total + 1))
    german = (pl.concat([human, synthetic])["language"] == "de").to_numpy()
    masks = german & scan.index.of(HUMAN_CODE), german & scan.index.of(SYNTHETIC_CODE)

    for one, other in zip(rows_of(scan, *masks), rows_of(sampled, *masks), strict=True):
        assert one.frame.equals(other.frame)
        assert np.array_equal(one.row_id, other.row_id)
        assert np.array_equal(one.group, other.group)


def by_authors(german: int, origin: str, seed: int) -> pl.DataFrame:
    """English texts of 200 authors, German ones of so many."""
    authors = [f"{origin}{n % 200}" for n in range(900)] + [f"{origin} german {n % german}" for n in range(320)]
    return rows({"en": 900, "de": 320}, seed).with_columns(author=pl.Series(authors))


@pytest.mark.parametrize("german", [1, 8])
@pytest.mark.parametrize(
    ("metric", "params"), [(formatting, {}), (separability, {}), (diversity, {"measure": "compression"})]
)
def test_a_language_of_too_few_authors_to_be_halved_is_undecided_by_itself(german, metric, params):
    scan = tagged_scan(by_authors(german, "human", 1), by_authors(german, "synthetic", 2), group="author")

    judgement = judged(scan, metric, Limits(max_value=5), **params)

    assert judgement.outcome is Outcome.PASS
    part = judgement.evidence["languages"]["language=de"]
    assert part["outcome"] in {"pass", "inconclusive"}
    if german == 1:
        note = "not computable on these rows, which come from 1 human and 1 synthetic groups"
        assert (part["outcome"], part["note"]) == ("inconclusive", note)


def test_extending_rows_in_a_language_of_one_author_are_undecided_there():
    human, synthetic = (
        by_authors(1, origin, seed).with_columns(label=pl.lit("a")) for seed, origin in enumerate(("human", "made"))
    )

    judgement = judged(tagged_scan(human, synthetic, extends_human_law=True, label="label", group="author"))

    assert judgement.outcome is Outcome.PASS
    assert judgement.evidence["strata"]["language=de within label=a"]["outcome"] == "inconclusive"


def law(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    spoken = rng.choice(["en", "de"], 6000, p=[0.9, 0.1])
    return pl.DataFrame({"a": rng.normal(size=6000), "label": rng.choice(["0", "1"], 6000), "language": spoken})


def test_the_smallest_stratum_of_a_language_is_not_the_outcome_of_extending_rows():
    scan = table_scan(
        law(1),
        law(2),
        request=ScanRequest(declared=Declarations(extends_human_law=True)),
        bound=("language",),
        label="label",
    )

    judgement = judged(scan, limits=Limits(max_value=0.05))

    assert judgement.outcome is Outcome.PASS
    assert judgement.message.split("within ")[1].startswith("label=")
    strata = judgement.evidence["strata"]
    assert strata["language=de within label=0"]["outcome"] == "inconclusive"


def test_tags_that_are_nowhere_named_are_counted():
    counts = {"en": 700} | {f"l{number:02}": 3 for number in range(TAGS_LOOKED_AT + 3)}

    evidence = tagged_scan(rows(counts, 1), rows(counts, 2)).cached(languages).evidence()

    assert len(evidence["languages_not_looked_at"]) == NAMED_AT_MOST
    unnamed = TAGS_LOOKED_AT + 3 - NAMED_AT_MOST
    assert evidence["languages_not_named"] == {
        "language": {"tags": unnamed, "human": 3 * unnamed, "synthetic": 3 * unnamed}
    }


def test_the_order_of_rows_changes_nothing():
    human, synthetic = rows(HUMAN_ROWS, 1), shortened(rows(HUMAN_ROWS, 2), "de")
    turned = judged(tagged_scan(human[::-1], synthetic[::-1]))

    assert judged(tagged_scan(human, synthetic)).evidence == turned.evidence


def test_extending_rows_are_compared_within_the_strata_of_each_language():
    human, synthetic = rows(HUMAN_ROWS, 1, label="a"), shortened(rows(HUMAN_ROWS, 2, label="a"), "de")

    judgement = judged(tagged_scan(human, synthetic, extends_human_law=True, label="label"))

    assert judgement.outcome is Outcome.FAIL
    assert set(judgement.evidence["strata"]) == {
        "label=a",
        "language=en within label=a",
        "language=de within label=a",
    }


def test_where_languages_are_the_slices_of_extending_rows_no_stratum_is_made_twice():
    human, synthetic = (rows({"en": 600, "de": 400, "fr": 50}, seed) for seed in (1, 2))

    evidence = judged(tagged_scan(human, synthetic, extends_human_law=True, slices=("language",))).evidence

    assert set(evidence["strata"]) == {"language=en", "language=de"}
    assert {name: row["outcome"] for name, row in evidence["languages"].items()} == {"language=fr": "inconclusive"}


def test_generators_and_languages_stand_side_by_side():
    human, synthetic = rows(HUMAN_ROWS, 1), rows(HUMAN_ROWS, 2)
    makers = pl.Series("generator", ["a", "b"] * (synthetic.height // 2))

    evidence = judged(tagged_scan(human, synthetic.with_columns(makers))).evidence

    assert set(evidence["generators"]) == {"a", "b"}
    assert set(evidence["languages"]) == {"language=en", "language=de"}


# what is counted, not compared


def spoiled(kind: str) -> pl.DataFrame:
    """Synthetic rows in two languages of which only the small one has the defect."""
    synthetic, human = rows({"en": 3000, "de": 400}, 2), rows({"en": 3000, "de": 400}, 1)
    german = pl.col("language") == "de"
    if kind == "refusal":
        refusals = pl.lit("I'm sorry, but as an AI language model I cannot help with that. ") + pl.col("text")
        return synthetic.with_columns(text=pl.when(german).then(refusals).otherwise("text"))
    twin = synthetic["text"][-1] if kind == "repeat" else human["text"][-1] + (" zz" if kind == "near copy" else "")
    return synthetic.with_columns(
        text=pl.when(german & (pl.int_range(pl.len()) >= 3300)).then(pl.lit(twin)).otherwise("text")
    )


@pytest.mark.parametrize(
    ("kind", "metric", "limits", "params"),
    [
        ("refusal", boilerplate, Limits(max_value=0.2), {}),
        ("repeat", duplicates, Limits(max_value=0.1), {"kind": "exact"}),
        ("near copy", copies, Limits(max_value=0.001), {"kind": "near"}),
        ("copy", copies, Limits(max_value=0.001), {"kind": "exact"}),
    ],
)
def test_a_defect_of_one_language_is_counted_among_its_rows(kind, metric, limits, params):
    human = rows({"en": 3000, "de": 400}, 1)
    scope = Scope.SYNTHETIC if metric is duplicates else Scope.COMBINED

    measured = metric.measure(tagged_scan(human, spoiled(kind)), scope, params)
    part = measured.parts["language=de"].measurement.estimate

    assert part.value > measured.estimate.value
    assert measured.parts["language=en"].measurement.estimate.value <= 0
    if metric is not copies:
        judgement = judge(measured, limits, Severity.CRITICAL)
        assert judgement.outcome is Outcome.FAIL
        assert ", language 'de': " in judgement.message


def test_formatting_that_tells_the_origin_in_one_language_is_found_there():
    human, synthetic = rows(HUMAN_ROWS, 1), rows(HUMAN_ROWS, 2)
    spaced = pl.when(pl.col("language") == "de").then(pl.lit(" ") + pl.col("text")).otherwise("text")

    judgement = judged(tagged_scan(human, synthetic.with_columns(text=spaced)), formatting, Limits(max_value=0.35))

    assert judgement.outcome is Outcome.FAIL
    assert "language 'de': " in judgement.message


def test_people_who_agree_in_one_language_and_not_in_another_fail_by_its_name():
    rng = np.random.default_rng(3)
    item = np.repeat(np.arange(400), 2)
    truth = item % 3
    german = item >= 200
    label = np.where(german, rng.integers(0, 3, 800), truth)
    human = pl.DataFrame({"item": item, "annotator": np.tile(["ana", "ben"], 400), "label": label, "language": "en"})
    human = human.with_columns(language=pl.when(pl.Series(german)).then(pl.lit("de")).otherwise("language"))
    synthetic = human[:2].with_columns(annotator=pl.lit("machine"))

    bound = ("item", "annotator", "label", "language")
    scan = table_scan(human, synthetic, bound=bound, label="label")
    params = {"level": "nominal", "order": None}
    # No machine rated in German, and what people say among themselves does not hang on it.
    assert [one.name for one in scan.cached(languages).parts] == ["language=en"]

    judgement = judge(agreement.measure(scan, Scope.HUMAN, params), Limits(min_value=0.3), Severity.CRITICAL)

    assert judgement.outcome is Outcome.FAIL
    assert "language 'de': " in judgement.message
    assert set(judgement.evidence["languages"]) == {"language=en", "language=de"}
