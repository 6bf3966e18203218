"""Texts that nearly copy people's are counted for whoever made them, and not passed where not all were compared."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.data.scan.run import scan as scan_rows
from gates.data.text.near import lsh
from gates.metrics.base.measurement import Limits, Measurement
from gates.metrics.copies import duplicates, near_duplicates, text_store
from gates.metrics.copies.copies import measure
from gates.metrics.copies.near_duplicates import NearMatrix, near_matrix
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import tagged_scan, text_scan, texts_of
from tests.tables import MemorySource

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

LIMITS = Limits(max_value=0.02)


def near(texts: list[str]) -> list[str]:
    """Each text with its last word changed."""
    return [f"{text.rsplit(maxsplit=1)[0]} zz" for text in texts]


def made(texts: list[str], generator: str, language: str) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "generator": generator, "language": language})


def hits(measurement: Measurement) -> tuple[object, object]:
    return measurement.evidence["copies"], measurement.evidence["rows"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_texts_that_two_generators_made_are_copies_of_both_whichever_stands_first(order):
    human = texts_of(600, 1)
    human_rows = pl.DataFrame({"text": human, "language": ["en", "de"] * 300})
    sides = [
        made([*near(human[:200]), *texts_of(200, seed)], generator, language)
        for seed, generator, language in ((2, "a", "en"), (3, "b", "de"))
    ]

    measurement = measure(
        tagged_scan(human_rows, pl.concat([sides[at] for at in order])), Scope.COMBINED, {"kind": "near"}
    )

    assert hits(measurement) == (200, 600)
    assert {name: hits(part.measurement) for name, part in measurement.parts.items()} == dict.fromkeys(
        ("a", "b", "language=en", "language=de"), (200, 400)
    )
    first = {name: part.measurement.evidence["first_rows"][0] for name, part in measurement.parts.items()}
    of_first, of_second = ("a", "b") if order == (0, 1) else ("b", "a")
    twins = [place.split(" = ") for place in (first[of_first], first[of_second])]
    assert [copy for copy, _ in twins] == ["texts.parquet:601", "texts.parquet:1001"]
    assert twins[0][1] == "texts.parquet:1"


@pytest.mark.parametrize("kind", ["near", "span"])
def test_nothing_passes_where_not_all_human_texts_were_compared(kind, monkeypatch):
    scan = text_scan(texts_of(400, 1), texts_of(300, 2))
    whole = judge(measure(scan, Scope.COMBINED, {"kind": kind}), LIMITS, Severity.CRITICAL)
    monkeypatch.setattr(near_duplicates, "TEXTS_AT_MOST", 300)
    part = judge(
        measure(text_scan(texts_of(400, 1), texts_of(300, 2)), Scope.COMBINED, {"kind": kind}),
        LIMITS,
        Severity.CRITICAL,
    )

    assert (whole.outcome, whole.severity) == (Outcome.PASS, Severity.CRITICAL)
    assert (part.outcome, part.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)
    assert part.message.endswith(
        "; 300 of 400 human texts were compared; copies of the others are not seen; so nothing passes."
    )


def test_copies_of_the_texts_that_were_compared_fail(monkeypatch):
    monkeypatch.setattr(near_duplicates, "TEXTS_AT_MOST", 300)
    human = texts_of(400, 1)
    scan = text_scan(human, [*near(human[:150]), *texts_of(150, 2)])

    judgement = judge(measure(scan, Scope.COMBINED, {"kind": "near"}), LIMITS, Severity.CRITICAL)

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.CRITICAL)


def repeats(human: list[str], synthetic: list[str], scope: Scope, limit: float = 0.05) -> Judgement:
    """Whether the texts of a scope nearly repeat each other, judged."""
    measurement = duplicates.measure(text_scan(human, synthetic), scope, {"kind": "near"})
    return judge(measurement, Limits(max_value=limit), Severity.CRITICAL)


def test_repeats_that_a_sample_of_the_texts_hides_do_not_pass(monkeypatch):
    texts = texts_of(1000, 1)
    human_rows = [*texts, *near(texts[:200])]
    whole = repeats(human_rows, human_rows[:50], Scope.HUMAN)
    monkeypatch.setattr(near_duplicates, "TEXTS_AT_MOST", 240)
    part, found_all_the_same = (repeats(human_rows, human_rows[:50], Scope.HUMAN, limit) for limit in (0.05, 0.001))

    assert (whole.outcome, round(whole.measurement.estimate.value, 3)) == (Outcome.FAIL, 0.167)
    assert part.measurement.estimate.value < 0.05
    assert (part.outcome, part.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)
    assert part.message.endswith(
        "; 240 of 1,200 human texts were compared; copies of the others are not seen; so nothing passes."
    )
    assert found_all_the_same.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("human", "synthetic", "unread"),
    [(400, 350, "300 of 400 human and 300 of 350 synthetic"), (200, 350, "300 of 350 synthetic"), (300, 300, "")],
)
def test_synthetic_repeats_do_not_pass_where_texts_of_either_origin_were_left_out(
    human, synthetic, unread, monkeypatch
):
    monkeypatch.setattr(near_duplicates, "TEXTS_AT_MOST", 300)

    judgement = repeats(texts_of(human, 1), texts_of(synthetic, 2), Scope.SYNTHETIC)

    assert judgement.outcome is (Outcome.INCONCLUSIVE if unread else Outcome.PASS)
    assert judgement.measurement.unread == (
        f"{unread} texts were compared; copies of the others are not seen" if unread else ""
    )


def scan_with_holdout(order: np.ndarray) -> Scan:
    """People's texts, near copies of a third of them, texts with 55 tokens of theirs, short ones, and a holdout."""
    human, fresh = texts_of(200, 1, length=80), texts_of(100, 2, length=80)
    spans = [f"{new} {' '.join(old.split()[5:60])} {new}" for new, old in zip(texts_of(40, 3), human, strict=False)]
    whole = text_scan([*human, "short one", *human[:5]], [*near(human[:70]), *fresh, *spans, human[7], "short one"])
    source = whole.source
    holdout = pl.DataFrame({"text": [*near(near(human[20:40])), human[3], "short"], "_gates_origin": "human"})
    moved = MemorySource(source.frame[order], whole.roles, whole.files, batch_rows=37)
    return scan_rows(moved, ScanRequest(declared=Declarations(purpose="finetune")), replace(source, frame=holdout))


def assert_equal(one: NearMatrix, two: NearMatrix) -> None:
    for field in fields(NearMatrix):
        assert np.array_equal(getattr(one, field.name), getattr(two, field.name)), field.name


def test_texts_that_do_not_fit_into_memory_give_the_matrix_of_those_that_do(monkeypatch):
    whole = near_matrix(scan_with_holdout(np.arange(418)))
    monkeypatch.setattr(text_store, "tokens_in_memory", lambda: 0)

    read_again = near_matrix(scan_with_holdout(np.arange(418)))

    assert_equal(read_again, whole)
    assert whole.to_evidence()["texts_compared"] == {"human": 200, "synthetic": 211}
    assert whole.near_human().sum() == 70 + 1 + 21
    assert whole.shares_span.sum() == 70 + 1 + 21 + 40


def test_the_order_of_rows_does_not_change_what_is_found_when_texts_are_read_again(monkeypatch):
    monkeypatch.setattr(text_store, "tokens_in_memory", lambda: 0)
    order = np.random.default_rng(1).permutation(418)
    one, two = near_matrix(scan_with_holdout(np.arange(418))), near_matrix(scan_with_holdout(order))

    assert one.to_evidence() == two.to_evidence()
    assert one.repeats(one.of(HUMAN_CODE)) == two.repeats(two.of(HUMAN_CODE))
    assert one.near_human().tolist() == two.near_human().tolist()
    assert one.shares_span.tolist() == two.shares_span.tolist()


def of_template(count: int, length: int = 90) -> list[str]:
    """Texts of one template that differ in a word."""
    base = [f"form{number}" for number in range(length)]
    return [
        " ".join([*base[: number % length], f"own{number}", *base[number % length + 1 :]]) for number in range(count)
    ]


def test_synthetic_rows_leave_human_near_repeats_as_they_are(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 20)
    human = [*of_template(60), *texts_of(340, 1)]
    alone, beside = (near_matrix(text_scan(human, made)) for made in (texts_of(300, 2), of_template(800)[100:]))

    assert alone.repeats(alone.of(HUMAN_CODE)) == beside.repeats(beside.of(HUMAN_CODE)) == 59


def test_a_template_among_many_synthetic_rows_is_counted_in_as_many_as_there_are_human_rows(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 20)
    matrix = near_matrix(text_scan(texts_of(300, 1), [*of_template(300), *texts_of(1200, 2)]))
    drawn = matrix.of(SYNTHETIC_CODE)[:300]

    of_it = (matrix.row_id >= 300) & (matrix.row_id < 600)

    assert matrix.repeats(matrix.of(SYNTHETIC_CODE)) == 299
    assert matrix.repeats(drawn) == of_it[drawn].sum() - 1 > 40


def test_texts_are_compared_as_long_as_their_tokens_fit(monkeypatch):
    monkeypatch.setattr(near_duplicates, "TOKENS_AT_MOST", 40 * 250 + 39)

    matrix = near_matrix(text_scan(texts_of(400, 1), texts_of(300, 2)))

    assert matrix.to_evidence()["texts_compared"] == {"human": 250, "synthetic": 250}
    assert (matrix.left_out, matrix.synthetic_left_out) == (150, 50)
