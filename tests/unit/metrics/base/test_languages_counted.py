"""What is counted over rows is counted in each language too, and every check says whether it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from inspect import getmodule
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data.scan.inputs import EvaluationItems
from gates.metrics.annotation import agreement, annotators
from gates.metrics.base.languages import languages
from gates.metrics.base.measurement import Limits
from gates.metrics.catalogue import METRICS
from gates.metrics.content import machine_text
from gates.metrics.copies import contamination, duplicates
from gates.metrics.integrity import human_ratio, lineage, recency
from gates.metrics.labels import label_agreement, length_bias, origin_label_leakage
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import spoken_rows, tagged_scan
from tests.tables import table_scan, with_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Metric
    from gates.metrics.limits.judge import Judgement

MECHANISM = {
    "with_parts",
    "with_languages",
    "compare_all",
    "compare_by_role",
    "compare_variety",
    "beside_languages",
    "excess_of_marks",
}
MOST, FEW = {"en": 2400, "sw": 400}, {"en": 2400, "sw": 120}
SWAHILI = pl.col("language") == "sw"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.expectation)
def test_a_metric_has_results_by_language_or_says_why_not(metric: Metric):
    has_parts = bool(MECHANISM & set(vars(getmodule(metric.measure))))

    assert has_parts != bool(metric.languages_together)


@dataclass(frozen=True)
class Planted:
    """A check and a dataset in which the rows of Swahili alone have its defect; `bound` names the check's own columns."""

    scan: Scan
    metric: object
    scope: Scope
    limits: Limits
    params: Mapping[str, object]

    def judged(self, scan: Scan | None = None) -> Judgement:
        measured = self.metric.measure(scan or self.scan, self.scope, self.params)
        return judge(measured, self.limits, Severity.CRITICAL)


@dataclass(frozen=True)
class Exam:
    """Evaluation items, one text each."""

    texts: list[str]

    def items(self) -> EvaluationItems:
        ids = np.full(len(self.texts), "")
        return EvaluationItems(pl.Series(self.texts), np.arange(len(self.texts)), ids, (("exam.jsonl", 0),))


def in_swahili(frame: pl.DataFrame, **columns: tuple[object, object]) -> pl.DataFrame:
    """The frame with columns that have the first value in Swahili and the second elsewhere."""
    return frame.with_columns(
        **{name: pl.when(SWAHILI).then(one).otherwise(other) for name, (one, other) in columns.items()}
    )


def machine_text_in(counts: dict[str, int]) -> Planted:
    refusing = pl.lit("As an AI language model I cannot help with that. ") + pl.col("text")
    human = spoken_rows(counts, 1).with_row_index()
    human = in_swahili(
        human, text=(pl.when(pl.col("index") % 40 == 0).then(refusing).otherwise("text"), pl.col("text"))
    )
    scan = tagged_scan(human.drop("index"), spoken_rows(counts, 2))
    return Planted(scan, machine_text, Scope.HUMAN, Limits(max_value=0.008), {})


def repeats_in(counts: dict[str, int], scope: Scope, kind: str) -> Planted:
    """A third of the texts of Swahili are one text, nearly or wholly."""
    frames = {
        one: spoken_rows(counts, seed).with_row_index() for seed, one in enumerate((Scope.HUMAN, Scope.SYNTHETIC))
    }
    spoiled = frames[scope]
    ending = pl.lit(" and ") + pl.col("index").cast(pl.String) if kind == "near" else pl.lit("")
    twin = pl.when(pl.col("index") % 3 == 0).then(pl.lit(spoiled["text"][0]) + ending).otherwise("text")
    frames[scope] = in_swahili(spoiled, text=(twin, pl.col("text")))
    scan = tagged_scan(*(frame.drop("index") for frame in frames.values()))
    return Planted(scan, duplicates, scope, Limits(max_value=0.1), {"kind": kind})


def lineage_lost_in(counts: dict[str, int]) -> Planted:
    synthetic = in_swahili(spoken_rows(counts, 2), licence=(pl.lit(" "), pl.lit("CC0")))
    scan = tagged_scan(spoken_rows(counts, 1), synthetic, lineage={"licence": "licence"})
    return Planted(scan, lineage, Scope.SYNTHETIC, Limits(min_value=0.8), {})


def old_people_in(counts: dict[str, int]) -> Planted:
    human = in_swahili(spoken_rows(counts, 1), created_at=(pl.lit("2019-01-01"), pl.lit("2026-01-01")))
    synthetic = spoken_rows(counts, 2, created_at="2026-01-02")
    scan = tagged_scan(human, synthetic, lineage={"created_at": "created_at"})
    return Planted(scan, recency, Scope.HUMAN, Limits(min_value=0.5), {"max_age_days": 365.0})


def one_annotator_in(counts: dict[str, int]) -> Planted:
    several = pl.lit("ana") + (pl.int_range(pl.len()) % 5).cast(pl.String)
    human = in_swahili(spoken_rows(counts, 1), annotator=(pl.lit("ben"), several))
    scan = tagged_scan(human, spoken_rows(counts, 2))
    return Planted(scan, annotators, Scope.HUMAN, Limits(max_value=0.5), {})


def exam_in(counts: dict[str, int]) -> Planted:
    human, synthetic = spoken_rows(counts, 1), spoken_rows(counts, 2)
    exam = Exam(synthetic.filter(SWAHILI)["text"].head(40).to_list())
    scan = with_inputs(tagged_scan(human, synthetic), evaluation=exam)
    return Planted(scan, contamination, Scope.COMBINED, Limits(max_value=0.02), {})


def longer_in(counts: dict[str, int]) -> Planted:
    """In Swahili the longer response always wins, elsewhere every other time."""
    is_even = pl.int_range(pl.len()) % 2 == 0
    pairs = [
        spoken_rows(counts, seed).with_columns(
            chosen=pl.when(SWAHILI | is_even).then(pl.lit("a longer one")).otherwise(pl.lit("short")),
            rejected=pl.when(SWAHILI | is_even).then(pl.lit("short")).otherwise(pl.lit("a longer one")),
        )
        for seed in (1, 2)
    ]
    return Planted(tagged_scan(*pairs), length_bias, Scope.COMBINED, Limits(min_value=0.4, max_value=0.65), {})


def labels_turned_in(counts: dict[str, int], metric: object) -> Planted:
    """Synthetic rows of Swahili say what people say, and are all labelled "good"."""
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("good")).otherwise(pl.lit("bad"))
    human = spoken_rows(counts, 1)
    human = pl.concat([human, human]).with_columns(label=half)
    human = human.sort("text").with_columns(label=half if metric is origin_label_leakage else pl.lit("bad"))
    synthetic = in_swahili(human, label=(pl.lit("good"), pl.col("label")))
    scan = tagged_scan(human, synthetic, label="label")
    return Planted(scan, metric, Scope.COMBINED, Limits(max_value=0.2), {})


def machines_astray_in(counts: dict[str, int]) -> Planted:
    rng = np.random.default_rng(3)
    words = np.repeat(list(counts), list(counts.values()))
    item = np.arange(len(words))
    human = pl.DataFrame({"item": item, "annotator": "ana", "label": item % 3, "language": words})
    wild = pl.Series(rng.integers(0, 3, len(words)))
    synthetic = in_swahili(human.with_columns(annotator=pl.lit("gpt")), label=(wild, pl.col("label")))
    bound = ("item", "annotator", "label", "language")
    scan = table_scan(human, synthetic, bound=bound, label="label")
    return Planted(scan, agreement, Scope.SYNTHETIC, Limits(min_value=0.5), {"level": "nominal", "order": None})


PLANTED = {
    "machine text": machine_text_in,
    "exact repeats of people": lambda counts: repeats_in(counts, Scope.HUMAN, "exact"),
    "near repeats of people": lambda counts: repeats_in(counts, Scope.HUMAN, "near"),
    "near repeats of a generator": lambda counts: repeats_in(counts, Scope.SYNTHETIC, "near"),
    "no lineage": lineage_lost_in,
    "old rows": old_people_in,
    "one annotator": one_annotator_in,
    "evaluation items": exam_in,
    "longer responses": longer_in,
    "labels unlike people's": lambda counts: labels_turned_in(counts, label_agreement),
    "labels by origin": lambda counts: labels_turned_in(counts, origin_label_leakage),
    "a machine astray": machines_astray_in,
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_a_defect_of_one_language_fails_by_its_name_where_all_rows_together_pass(plant):
    planted = plant(MOST)
    judgement = planted.judged()
    untold = planted.judged(without_languages(planted.scan))

    assert untold.outcome is Outcome.PASS
    assert "languages" not in untold.evidence
    assert judgement.outcome is Outcome.FAIL
    assert ", language 'sw': " in judgement.message
    assert "; failing alone: language=sw" in judgement.message
    table = judgement.evidence["languages"]
    assert {name: row["outcome"] for name, row in table.items()} == {"language=en": "pass", "language=sw": "fail"}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_of_too_few_rows_nothing_is_reported_and_all_rows_together_decide(plant):
    planted = plant(FEW)
    judgement = planted.judged()
    untold = planted.judged(without_languages(planted.scan))

    assert judgement.outcome is untold.outcome is Outcome.PASS
    assert "; too few rows to judge alone: sw" in judgement.message
    row = judgement.evidence["languages"]["language=sw"]
    assert (row["outcome"], row["observed"]) == ("inconclusive", None)
    assert row["note"].endswith("missing")


def test_a_language_that_its_interval_leaves_open_is_named_with_the_rows_that_are_looked_at():
    scan = tagged_scan(spoken_rows({"en": 2400, "sw": 400, "de": 120}, 1), spoken_rows(MOST, 2))

    judgement = Planted(scan, machine_text, Scope.HUMAN, Limits(max_value=0.005), {}).judged()

    assert judgement.outcome is Outcome.PASS
    assert "; too few rows to judge alone: de; undecided alone: sw" in judgement.message
    row = judgement.evidence["languages"]["language=sw"]
    assert (row["outcome"], row["rows"], row["note"]) == (
        "inconclusive",
        {"human": 400},
        "about 200 more human rows would decide",
    )


def without_languages(scan: Scan) -> Scan:
    """The same rows without a language tag."""
    bound = tuple(name for name in scan.roles.bound if name != "language")
    return with_inputs(scan, roles=replace(scan.roles, bound=bound))


# the share that people made


RATIO = Limits(min_value=0.2, warn_value=0.49)


def mixture(**roles: object) -> Scan:
    """Six rows in ten by people, and in Swahili one in twenty."""
    return tagged_scan(spoken_rows({"en": 1500, "sw": 25}, 1), spoken_rows({"en": 500, "sw": 475}, 2), **roles)


def ratio(scan: Scan) -> Judgement:
    return judge(human_ratio.measure(scan, Scope.COMBINED, {}), RATIO, Severity.CRITICAL)


def test_a_language_that_machines_wrote_warns_and_does_not_block():
    measurement = ratio(mixture())

    assert (measurement.outcome, measurement.severity) == (Outcome.FAIL, Severity.WARNING)
    assert "language 'sw': 25 distinct human and" in measurement.message
    assert ratio(without_languages(mixture())).outcome is Outcome.PASS


def test_a_language_without_any_person_is_counted_all_the_same():
    scan = tagged_scan(spoken_rows({"en": 1500}, 1), spoken_rows({"en": 500, "sw": 475}, 2))

    measurement = ratio(scan)

    assert "language 'sw': 0 distinct human and" in measurement.message
    assert scan.cached(languages).evidence() == {"in_one_origin_only": {"language=sw": {"human": 0, "synthetic": 475}}}
    assert "in_one_origin_only" not in measurement.evidence


def test_languages_of_an_even_mixture_that_chance_made_uneven_do_not_warn():
    scan = tagged_scan(spoken_rows({"en": 520, "sw": 480}, 1), spoken_rows({"en": 480, "sw": 520}, 2))

    assert ratio(scan).outcome is Outcome.PASS


def test_a_whole_with_too_few_human_rows_still_blocks():
    scan = tagged_scan(spoken_rows({"en": 100, "sw": 20}, 1), spoken_rows({"en": 500, "sw": 475}, 2))

    assert (ratio(scan).outcome, ratio(scan).severity) == (Outcome.FAIL, Severity.CRITICAL)


def test_rows_that_extend_a_language_on_purpose_are_shown_and_not_judged():
    measurement = ratio(mixture(extends_human_law=True))

    assert (measurement.outcome, measurement.severity) == (Outcome.PASS, Severity.CRITICAL)
    assert measurement.evidence["by_language"] == {
        "language=en": {"distinct_human": 1500, "distinct_synthetic": 500},
        "language=sw": {"distinct_human": 25, "distinct_synthetic": 475},
    }


def test_a_language_with_few_rows_of_both_origins_together_is_undecided():
    scan = tagged_scan(spoken_rows({"en": 1500, "sw": 10}, 1), spoken_rows({"en": 500, "sw": 110}, 2))

    row = ratio(scan).evidence["languages"]["language=sw"]

    assert (row["outcome"], row["note"]) == ("inconclusive", "180 rows missing")
