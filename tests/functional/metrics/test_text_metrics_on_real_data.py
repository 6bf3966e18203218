"""What the text metrics say about texts that people and well-known models wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data.facts import HUMAN_CODE
from gates.data.text.marks.markers import BOILERPLATE, DEGENERATE, Mark, marks
from gates.data.text.tokens import tokenise
from gates.metrics.base.measurement import Limits
from gates.metrics.content import boilerplate, degenerate
from gates.metrics.fidelity import formatting
from gates.metrics.fidelity.text_diversity import text_diversity
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.scan.result import Scan

SHARED = Path(__file__).parents[3] / "../shared"
pytestmark = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the real data is not beside the repository")

DIVERSITY = {
    "compression": Limits(max_value=1.25),
    "distinct_3": Limits(min_value=0.7),
    "effective_number": Limits(min_value=0.8),
}


def essays() -> list[str]:
    frame = pl.read_parquet(SHARED / "data/text_essays.parquet")
    return frame.filter(pl.col("origin") == "human")["text"].to_list()


def answers(generator: str | None) -> list[str]:
    frame = pl.read_parquet(SHARED / "data/instruct_selfinstruct.parquet")
    return frame.filter(pl.col("generator").eq_missing(generator))["output"].to_list()


def case(name: str, column: str) -> Scan:
    frame = pl.read_parquet(SHARED / f"cases/{name}/data/mix.parquet")
    sides = [frame.filter(pl.col("origin") == origin)[column].to_list() for origin in ("human", "synthetic")]
    return text_scan(*sides)


def judged(scan: Scan) -> dict[str, Judgement]:
    """Every text check under the limits that the suites give it."""
    measurements = {
        "formatting": (formatting.measure(scan, Scope.COMBINED, {}), Limits(max_value=0.35, warn_value=0.15)),
        "boilerplate": (boilerplate.measure(scan, Scope.SYNTHETIC, {}), Limits(max_value=0.01)),
        "degenerate": (degenerate.measure(scan, Scope.SYNTHETIC, {}), Limits(max_value=0.01)),
        **{name: (text_diversity(scan, name), limits) for name, limits in DIVERSITY.items()},
    }
    return {name: judge(measured, limits, Severity.CRITICAL) for name, (measured, limits) in measurements.items()}


def failed(scan: Scan) -> set[str]:
    return {
        name
        for name, judgement in judged(scan).items()
        if judgement.outcome is Outcome.FAIL and judgement.severity is Severity.CRITICAL
    }


def test_no_person_carries_a_mark_that_counts():
    for texts in (essays(), answers(None)):
        column = pl.Series(texts).to_arrow()
        assert not (marks(column, tokenise(column)) & np.uint32(BOILERPLATE | DEGENERATE)).any()


def test_leading_white_space_of_an_instruction_model_is_named():
    formatted = judged(text_scan(answers(None), answers("text-davinci-003")))["formatting"]

    assert formatted.outcome is Outcome.FAIL
    assert "'leading white space' tells the origin with AUC 1.00: strip leading white space" in formatted.message


def test_a_good_instruction_model_fails_nothing_once_its_answers_are_stripped():
    assert failed(text_scan(answers(None), [text.strip() for text in answers("text-davinci-003")])) == set()


def test_a_base_model_that_goes_on_and_on_is_degenerate():
    judgement = judged(text_scan(answers(None), answers("davinci")))["degenerate"]

    assert judgement.outcome is Outcome.FAIL
    assert "97.2 % loop, 78.5 % contain a leaked prompt frame" in judgement.message


def test_a_model_that_says_nothing_is_named_for_it():
    judgement = judged(text_scan(answers(None), answers("davinci-t0-ft")))["degenerate"]

    assert judgement.outcome is Outcome.FAIL
    assert "of synthetic texts 19.4 % are empty" in judgement.message


@pytest.mark.parametrize("seed", range(20))
def test_halves_of_human_texts_fail_nothing(seed):
    texts = essays() if seed % 2 else answers(None)
    order = np.random.default_rng(seed).permutation(len(texts))
    half = len(texts) // 2

    assert failed(text_scan([texts[at] for at in order[:half]], [texts[at] for at in order[half:]])) == set()


def judged_with(defect: Callable[[str], str], share: float, metric: str, *, human_share: float = 0.0) -> Judgement:
    """Halves of human essays, with the defect in these shares of each."""
    texts = essays()
    np.random.default_rng(3).shuffle(texts)
    half = len(texts) // 2
    sides = [
        [defect(text) if at < wanted * half else text for at, text in enumerate(side)]
        for side, wanted in ((texts[:half], human_share), (texts[half:], share))
    ]
    return judged(text_scan(*sides))[metric]


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3].rstrip(".!?\"' \n")


def misread(text: str) -> str:
    return text.replace("'", "\u2019").replace("\u2019", "\u00e2\u0080\u0099")


def announced(text: str) -> str:
    return f"Here is an essay about it. {text}"


@pytest.mark.parametrize(
    ("defect", "metric", "words"),
    [
        (misread, "degenerate", "have a broken encoding"),
        (cut, "degenerate", "end inside a sentence"),
        (announced, "boilerplate", "open with an announcement"),
    ],
)
def test_share_of_marked_texts_fails_unless_human_rows_have_it_too(defect, metric, words):
    judgement = judged_with(defect, 0.25, metric)

    assert judgement.outcome is Outcome.FAIL
    assert words in judgement.message
    assert judged_with(defect, 0.3, metric, human_share=0.3).outcome is not Outcome.FAIL


def test_boilerplate_among_synthetic_answers_is_found():
    assert failed(case("selfinstruct_boilerplate_5pct", "output")) == {"boilerplate"}


def test_boilerplate_among_essays_shipped_as_human_is_marked():
    index = case("essays_boilerplate_5pct", "text").index
    marked = (index.marks & np.uint32(BOILERPLATE)) != 0

    assert marked[index.of(HUMAN_CODE)].sum() == 6
    assert marked.sum() == 6
    assert all(Mark.SELF_REFERENCE in Mark(int(flags)) for flags in index.marks[marked])
