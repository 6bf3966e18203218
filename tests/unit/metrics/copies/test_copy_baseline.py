"""The baseline of copies is weighted by the languages of the synthetic rows, and counts all human rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.facts import HUMAN_CODE
from gates.metrics.base.measurement import Estimate, Limits
from gates.metrics.copies.copies import measure
from gates.metrics.copies.copy_baseline import HumanBaseline, content_baseline
from gates.metrics.limits.judge import judge
from gates.metrics.stats.intervals import clopper_pearson
from gates.verdict import Outcome, Scope, Severity
from tests.scans import tagged_scan, text_scan, texts_of
from tests.tables import table_scan

LIMITS = Limits(max_value=0.01)
# A passage of 60 tokens that everybody who writes of one thing puts into the text.
FORM = " ".join(f"form{number}" for number in range(60))


def bounds(share: Estimate) -> list[float]:
    return [share.value, share.low, share.high]


def rows(language: str, texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "language": [language] * len(texts)})


def with_form(texts: list[str], every: int) -> list[str]:
    return [f"{text} {FORM}" if at % every == 0 else text for at, text in enumerate(texts)]


def test_the_baseline_is_weighted_by_the_languages_of_synthetic_rows():
    baseline = HumanBaseline(np.arange(1000) >= 700, pl.Series(["de"] * 600 + ["ja"] * 400), "other people")
    of_de, of_ja = clopper_pearson(0, 600), clopper_pearson(300, 400)

    alone = baseline.like(pl.Series(["ja"] * 3))
    mixed = baseline.like(pl.Series(["ja", "de", "ja", "ja"]))

    assert bounds(alone.share) == pytest.approx(bounds(of_ja))
    assert bounds(mixed.share) == pytest.approx(
        [0.75 * ja + 0.25 * de for ja, de in zip(bounds(of_ja), bounds(of_de), strict=True)]
    )
    assert (mixed.hits, mixed.rows) == (300, 1000)


def test_a_language_of_few_human_rows_has_the_baseline_of_all():
    baseline = HumanBaseline(np.arange(1000) >= 900, pl.Series(["de"] * 900 + ["ja"] * 100), "other people")

    assert baseline.like(pl.Series(["ja"] * 3)).share == baseline.all().share


@pytest.mark.parametrize("share", [0.0, 0.01, 0.2])
def test_bounds_of_weighted_baselines_hold_as_often_as_they_state(share):
    drawn = np.random.default_rng(1)
    language = pl.Series(["de"] * 1700 + ["ja"] * 300)
    synthetic = pl.Series(["de"] * 50 + ["ja"] * 50)
    shares = [
        HumanBaseline(np.append(drawn.random(1700) < 0.002, drawn.random(300) < share), language, "")
        .like(synthetic)
        .share
        for _ in range(400)
    ]
    truth = (0.002 + share) / 2

    assert np.mean([one.low <= truth for one in shares]) >= 0.95
    assert np.mean([one.high >= truth for one in shares]) >= 0.95


@pytest.mark.parametrize("language", [["sw", "sw"], [None, None], []])
def test_languages_without_human_rows_have_the_baseline_of_all(language):
    baseline = HumanBaseline(np.array([True, False, False]), pl.Series(["de", "de", "ja"]), "other people")

    assert baseline.like(pl.Series(language, dtype=pl.String)) == baseline.all()


def test_equal_human_rows_are_a_baseline_of_each_other():
    scan = text_scan(["once", "one", "once", "two"], ["three"])

    baseline = content_baseline(scan, scan.index.of(HUMAN_CODE))

    assert (baseline.hit.tolist(), baseline.all(3).repeats) == ([True, False, True, False], 1)


@pytest.mark.parametrize("kind", ["near", "span"])
@pytest.mark.parametrize("repeated", [28, 200, 3000])
def test_human_rows_listed_twice_excuse_no_copies(kind, repeated):
    human_rows = texts_of(3000, 2, length=70)
    copies = [f"{text.rsplit(maxsplit=1)[0]} zz" for text in human_rows[:150]]
    made = [*texts_of(2850, 3, length=70), *copies]

    result = judge(
        measure(text_scan([*human_rows, *human_rows[-repeated:]], made), Scope.COMBINED, {"kind": kind}),
        LIMITS,
        Severity.CRITICAL,
    )

    assert result.outcome is Outcome.FAIL


def test_word_for_word_repeats_are_no_near_copies_on_either_side():
    """Of one law some texts are told by two persons word for word: as often by both kinds of rows as within one."""
    shared = texts_of(60, 1, length=60)
    human, made = (
        [*texts_of(600, 2, length=60), *shared[:20], *shared[:20]],
        [*texts_of(600, 3, length=60), *shared[:40]],
    )

    near = measure(text_scan(human, made), Scope.COMBINED, {"kind": "near"})

    assert (near.evidence["copies"], near.evidence["rows"], near.evidence["baseline_copies"]) == (0, 620, 0)


def test_the_order_of_rows_with_two_tags_does_not_matter():
    human = pl.concat([rows("de", texts_of(600, 1)), rows("ja", with_form(texts_of(600, 2), 5))])
    twice = with_form(texts_of(500, 4), 9)
    sides = [rows("de", twice), rows("ja", twice)]

    estimates = [
        measure(tagged_scan(human, pl.concat(made)), Scope.COMBINED, {"kind": "span"}).estimate
        for made in (sides, sides[::-1])
    ]

    assert estimates[0] == estimates[1]


def test_one_law_of_two_languages_is_no_copy_where_one_of_them_repeats_by_chance():
    """People write a form into every tenth text in `ja`; synthetic texts do as often, and most of them are in `ja`."""
    human = pl.concat([rows("de", texts_of(2700, 1, words=(0, 4000))), rows("ja", with_form(texts_of(400, 2), 10))])
    made = pl.concat([rows("de", texts_of(400, 3, words=(0, 4000))), rows("ja", with_form(texts_of(2700, 4), 10))])

    result = judge(measure(tagged_scan(human, made), Scope.COMBINED, {"kind": "span"}), LIMITS, Severity.CRITICAL)

    assert (result.outcome, result.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)


def test_copies_in_one_language_are_reported_though_another_repeats_by_chance():
    """Thirty of 400 texts in `de` copy a passage, which is less than human rows repeat in `ja`."""
    human_rows = texts_of(400, 1, length=120, words=(0, 4000))
    copies = [
        f"{text} {' '.join(person.split()[:60])}" for text, person in zip(texts_of(30, 5), human_rows, strict=False)
    ]
    human = pl.concat([rows("de", human_rows), rows("ja", with_form(texts_of(2700, 2), 5))])
    made = pl.concat(
        [rows("de", [*texts_of(370, 3, words=(0, 4000)), *copies]), rows("ja", with_form(texts_of(2700, 4), 5))]
    )

    result = judge(measure(tagged_scan(human, made), Scope.COMBINED, {"kind": "span"}), LIMITS, Severity.CRITICAL)

    assert result.outcome is Outcome.FAIL
    assert "language=de" in result.message


def table(count: int, seed: int) -> pl.DataFrame:
    """Rows of few columns, of which one in twenty of a thousand repeats another by nature."""
    rng = np.random.default_rng(seed)
    columns = {f"c{number}": (12 * rng.random(count) ** 2).astype(int) for number in range(4)}
    return pl.DataFrame(columns)


def exact(human: pl.DataFrame, synthetic: pl.DataFrame, limit: float = 0.001) -> tuple[Outcome, Severity]:
    judgement = judge(
        measure(table_scan(human, synthetic), Scope.COMBINED, {"kind": "exact"}),
        Limits(max_value=limit),
        Severity.CRITICAL,
    )
    return judgement.outcome, judgement.severity


@pytest.mark.parametrize("count", [10, 60, 1000, 4000])
@pytest.mark.parametrize("written", [1, 2])
def test_rows_that_are_all_copied_fail_however_often_human_rows_repeat(count, written):
    human = table(count, 1)

    assert exact(pl.concat([human] * written), human) == (Outcome.FAIL, Severity.CRITICAL)


@pytest.mark.parametrize("count", [60, 1000, 4000])
def test_fresh_rows_that_repeat_human_rows_by_nature_do_not_block(count):
    for seed in range(10):
        outcome, severity = exact(table(count, 2 * seed), table(count, 2 * seed + 1))

        assert outcome is Outcome.PASS or (outcome is Outcome.INCONCLUSIVE and severity is not Severity.CRITICAL)


def test_copies_stay_undecided_and_block_where_human_rows_were_written_twice_by_accident():
    human = pl.DataFrame({"c": np.arange(1000)})
    synthetic = pl.DataFrame({"c": np.append(np.arange(300), np.arange(5000, 5700))})

    assert exact(pl.concat([human, human[:400]]), synthetic) == (Outcome.INCONCLUSIVE, Severity.CRITICAL)


def _people(rows: int, seed: int, levels: int) -> pl.DataFrame:
    """Four columns of so many levels: of six a tenth of the people equal another one."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame({f"c{at}": rng.integers(0, levels, rows) for at in range(4)})


@pytest.mark.parametrize(("levels", "held_out"), [(6, 400), (1000, 400), (1000, 4000)])
def test_synthetic_rows_of_the_holdout_are_copies_of_people_whom_no_generator_may_have_seen(levels, held_out):
    human, made, holdout = (_people(rows, seed, levels) for rows, seed in ((2000, 1), (2000, 2), (held_out, 3)))
    seen = pl.concat([made[300:], holdout.unique(maintain_order=True)[:300]])

    sound, copied = (
        judge(measure(table_scan(human, rows, holdout), Scope.COMBINED, {"kind": "exact"}), LIMITS, Severity.CRITICAL)
        for rows in (made, seen)
    )

    assert sound.outcome is not Outcome.FAIL, sound.message
    assert copied.outcome is Outcome.FAIL
    assert "failing alone: the holdout" in copied.message


@pytest.mark.parametrize("made", [300, 1000])
def test_a_large_holdout_has_rarer_rows_than_a_few_synthetic_ones_and_blocks_none(made):
    human, synthetic, holdout = (_people(rows, seed, 5) for rows, seed in ((1000, 1), (made, 2), (9000, 3)))

    judgement = judge(
        measure(table_scan(human, synthetic, holdout), Scope.COMBINED, {"kind": "exact"}), LIMITS, Severity.CRITICAL
    )

    assert judgement.outcome is not Outcome.FAIL, judgement.message
