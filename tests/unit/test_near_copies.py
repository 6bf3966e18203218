"""Texts that nearly copy people's are counted for whoever made them, and not passed where not all were compared."""

from __future__ import annotations

import polars as pl
import pytest

from gates.metrics import near_copies
from gates.metrics.copies import measure
from gates.metrics.judging import judge
from gates.metrics.measurement import Limits, Measurement
from gates.verdict import Outcome, Scope, Severity
from tests.scans import tagged_scan, text_scan, texts_of

LIMITS = Limits(max_value=0.02)


def near(texts: list[str]) -> list[str]:
    """Each text with its last word changed."""
    return [f"{text.rsplit(maxsplit=1)[0]} zz" for text in texts]


def made(texts: list[str], generator: str, language: str) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "generator": generator, "language": language})


def hits(found: Measurement) -> tuple[object, object]:
    return found.evidence["copies"], found.evidence["rows"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_texts_that_two_generators_made_are_copies_of_both_whichever_stands_first(order):
    human = texts_of(600, 1)
    people = pl.DataFrame({"text": human, "language": ["en", "de"] * 300})
    sides = [
        made([*near(human[:200]), *texts_of(200, seed)], generator, language)
        for seed, generator, language in ((2, "a", "en"), (3, "b", "de"))
    ]

    found = measure(tagged_scan(people, pl.concat([sides[at] for at in order])), Scope.COMBINED, {"kind": "near"})

    assert hits(found) == (200, 600)
    assert {name: hits(part) for name, part in found.parts.items()} == dict.fromkeys(
        ("a", "b", "language=en", "language=de"), (200, 400)
    )
    first = {name: part.evidence["first_rows"][0] for name, part in found.parts.items()}
    of_first, of_second = ("a", "b") if order == (0, 1) else ("b", "a")
    assert (first[of_first], first[of_second]) == ("texts.parquet:601", "texts.parquet:1001")


@pytest.mark.parametrize("kind", ["near", "span"])
def test_nothing_passes_where_not_all_of_peoples_texts_were_compared(kind, monkeypatch):
    scan = text_scan(texts_of(400, 1), texts_of(300, 2))
    whole = judge(measure(scan, Scope.COMBINED, {"kind": kind}), LIMITS, Severity.CRITICAL)
    monkeypatch.setattr(near_copies, "TEXTS_AT_MOST", 300)
    part = judge(
        measure(text_scan(texts_of(400, 1), texts_of(300, 2)), Scope.COMBINED, {"kind": kind}),
        LIMITS,
        Severity.CRITICAL,
    )

    assert (whole.outcome, whole.severity) == (Outcome.PASS, Severity.CRITICAL)
    assert (part.outcome, part.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)
    assert part.message.endswith(
        "; 300 of 400 human texts were compared; copies of the others are not seen; so nothing passes"
    )


def test_copies_of_the_texts_that_were_compared_fail(monkeypatch):
    monkeypatch.setattr(near_copies, "TEXTS_AT_MOST", 300)
    human = texts_of(400, 1)
    scan = text_scan(human, [*near(human[:150]), *texts_of(150, 2)])

    found = judge(measure(scan, Scope.COMBINED, {"kind": "near"}), LIMITS, Severity.CRITICAL)

    assert (found.outcome, found.severity) == (Outcome.FAIL, Severity.CRITICAL)
