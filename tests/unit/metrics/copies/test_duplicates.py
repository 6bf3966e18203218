"""Repeats are counted against a limit, and the limit itself is allowed."""

from __future__ import annotations

import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.copies.duplicates import METRIC
from gates.metrics.limits.judge import judge
from gates.testing import scanned
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

ROWS = 1000


@pytest.mark.parametrize(("repeats", "outcome"), [(50, Outcome.PASS), (51, Outcome.FAIL)])
def test_a_share_of_repeats_that_equals_the_limit_passes_and_one_row_more_fails(repeats, outcome):
    human = pl.DataFrame({"x": range(ROWS)})
    synthetic = pl.DataFrame({"x": [*range(ROWS - repeats), *range(repeats)]}) + 10 * ROWS

    measured = METRIC.measure(table_scan(human, synthetic), Scope.SYNTHETIC, {"kind": "exact"})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is outcome


def repeating() -> pl.DataFrame:
    """400 rows of English, and 400 of German of which the last three are its first one."""
    german = [*range(400, 797), 400, 400, 400]
    return pl.DataFrame({"x": [*range(400), *german], "language": ["en"] * 400 + ["de"] * 400})


@pytest.mark.parametrize(("scope", "before"), [(Scope.HUMAN, 0), (Scope.SYNTHETIC, 800)])
def test_repeats_are_counted_and_named_with_the_row_that_they_repeat(scope, before):
    clean = pl.DataFrame({"x": range(-800, 0), "language": ["en"] * 400 + ["de"] * 400})
    frames = (repeating(), clean) if scope is Scope.HUMAN else (clean, repeating())
    scan = table_scan(*frames, bound=("language",))

    measured = METRIC.measure(scan, scope, {"kind": "exact"})

    places = [f"data/mix.parquet:{before + row} = data/mix.parquet:{before + 401}" for row in (798, 799, 800)]
    german = measured.parts["language=de"].measurement
    assert measured.note == f"3 of 800 rows repeat another, first at {places[0]}"
    assert german.note == f"3 of 400 rows repeat another, first at {places[0]}"
    assert measured.evidence["first_rows"] == german.evidence["first_rows"] == places
    assert measured.parts["language=en"].measurement.note == ""
    assert places[0] in judge(measured, Limits(max_value=0.001), Severity.CRITICAL).message


@pytest.mark.parametrize(
    ("last", "repeats"),
    [
        (["about 5", "some 7", "few", "none of these"], 0),
        (["about 5", "about 5", "some 7", "some 7"], 2),
        # Words for a missing value are one.
        (["n/a", "NULL", "None", "about 5"], 2),
    ],
)
def test_rows_that_differ_in_what_reads_as_nothing_are_different_rows(last, repeats):
    amounts = [f"${number + 1_000:,}.50" for number in range(400)]
    human = pl.DataFrame({"paid": [*amounts, *last]})

    with scanned(human, pl.DataFrame({"paid": [f"${number + 5_000:,}.50" for number in range(400)]})) as scan:
        assert scan.inputs.readings.columns["paid"].kind.name == "numbers"
        measured = METRIC.measure(scan, Scope.HUMAN, {"kind": "exact"})

    assert measured.estimate.value * 404 == pytest.approx(repeats)


def test_of_texts_the_message_says_which_were_counted_and_how_many_nearly_repeat_another():
    long = [
        f"The {number} rivers of the country flow to sea number {number} and " + f"word{number} " * 20
        for number in range(30)
    ]
    human = pl.DataFrame({"text": [*long, *long[:3], *[f"{text} once more" for text in long[:5]], *["Yes."] * 12]})
    synthetic = pl.DataFrame({"text": [text.replace("word", "term").replace("rivers", "roads") for text in long]})

    with scanned(human, synthetic, type="text", columns={"text": "text"}) as scan:
        exact, near = (METRIC.measure(scan, Scope.HUMAN, {"kind": kind}) for kind in ("exact", "near"))

    assert exact.note.startswith("3 of 38 rows of 20 tokens and more repeat another, first at ")
    assert near.note == "5 of 35 texts nearly repeat another"
