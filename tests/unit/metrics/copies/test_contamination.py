"""Rows that contain evaluation items are reported in whichever way they came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.inputs import EvaluationItems
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Estimate
from gates.metrics.copies.contamination import measure
from gates.verdict import Scope
from tests.real import DATA, needs_data
from tests.scans import text_scan
from tests.tables import MemorySource, table_scan

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

PREFERENCE = Roles(
    "preference", ("prompt", "chosen", "rejected"), ("chosen", "rejected", "prompt"), prompt="prompt",
    generator="generator", lineage={"generator": "generator", "seed_id": "seed_id"}, key="id",
)  # fmt: skip


@dataclass(frozen=True)
class Sets:
    """Evaluation sets of one file, one text an item."""

    texts: list[str]
    ids: tuple[str, ...] = ()

    def items(self) -> EvaluationItems:
        ids = np.array(self.ids or [""] * len(self.texts), dtype=str)
        return EvaluationItems(
            pl.Series(self.texts, dtype=pl.String), np.arange(len(self.texts)), ids, (("data/exam.jsonl", 0),)
        )


def sentence(number: int, words: int = 20) -> str:
    return " ".join(f"word{number}x{position}" for position in range(words))


def preferences(rows: int = 60) -> pl.DataFrame:
    numbers = range(rows)
    return pl.DataFrame({
        "id": [f"own-{number}" for number in numbers],
        "prompt": [sentence(number, 6) for number in numbers],
        "chosen": [sentence(1000 + number, 40) for number in numbers],
        "rejected": [sentence(2000 + number, 40) for number in numbers],
        "seed_id": pl.Series([None] * rows, dtype=pl.String),
        "generator": [None if number < rows // 2 else "gpt" for number in numbers],
        ORIGIN: ["human" if number < rows // 2 else "synthetic" for number in numbers],
    })  # fmt: skip


def preference_scan(frame: pl.DataFrame, evaluation: Sets | None) -> Scan:
    facts = (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)
    return scan(MemorySource(frame, PREFERENCE, facts), ScanRequest(evaluation=evaluation))


def with_cell(frame: pl.DataFrame, row: int, column: str, value: str) -> pl.DataFrame:
    values = frame[column].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(column, values, dtype=pl.String))


EXAM = Sets([sentence(9000 + number, 6) for number in range(10)] + [sentence(9100, 30), "Yes"])


def test_rows_that_share_nothing_are_clean():
    measurement = measure(preference_scan(preferences(), EXAM), Scope.COMBINED, {})

    assert (measurement.estimate, measurement.rows.human, measurement.rows.synthetic) == (Estimate.exact(0), 30, 30)
    assert (measurement.evidence["leaked_items"], measurement.evidence["evaluation_items"]) == (0, 12)


@pytest.mark.parametrize(
    ("row", "column", "value", "item"),
    [
        (3, "prompt", EXAM.texts[4], 5),
        (40, "prompt", EXAM.texts[10], 11),
        (41, "rejected", f"{sentence(5, 40)} {EXAM.texts[10]} {sentence(6, 40)}", 11),
    ],
)
def test_an_item_in_any_text_of_any_origin_is_found_and_named(row, column, value, item):
    measurement = measure(preference_scan(with_cell(preferences(), row, column, value), EXAM), Scope.COMBINED, {})

    assert measurement.estimate == Estimate.exact(1 / 60)
    assert measurement.evidence["first_rows"] == [f"data/mix.jsonl:{row + 1} = data/exam.jsonl:{item}"]
    assert measurement.evidence["leaked_items"] == 1
    assert measurement.evidence["contaminated_rows"] == {"human": int(row < 30), "synthetic": int(row >= 30)}
    assert measurement.evidence["contaminated_by_generator"] == ({"gpt": 1} if row >= 30 else {})


def test_rows_are_named_in_the_message_and_in_each_language():
    frame = with_cell(with_cell(preferences(900), 3, "prompt", EXAM.texts[4]), 701, "prompt", EXAM.texts[5])
    tagged = frame.with_columns(language=pl.Series(["en", "de"] * 450))
    facts = (FileFacts("data/mix.jsonl", tagged.height, {}, "", 0),)
    roles = replace(PREFERENCE, bound=("language",))

    measurement = measure(scan(MemorySource(tagged, roles, facts), ScanRequest(evaluation=EXAM)), Scope.COMBINED, {})

    places = ["data/mix.jsonl:4 = data/exam.jsonl:5", "data/mix.jsonl:702 = data/exam.jsonl:6"]
    assert measurement.note.startswith(f"2 of 900 distinct rows, first at {places[0]}; ")
    assert measurement.evidence["first_rows"] == places
    assert (
        measurement.parts["language=de"].measurement.note,
        measurement.parts["language=de"].measurement.evidence,
    ) == (
        f"2 of 450 distinct rows, first at {places[0]}",
        {"first_rows": places},
    )
    assert (
        measurement.parts["language=en"].measurement.note,
        measurement.parts["language=en"].measurement.evidence,
    ) == (
        "0 of 450 distinct rows",
        {"first_rows": []},
    )


def test_short_answers_coincide_and_do_not_count():
    answered = with_cell(with_cell(preferences(), 3, "chosen", EXAM.texts[0]), 4, "rejected", "Yes")

    assert measure(preference_scan(answered, EXAM), Scope.COMBINED, {}).estimate == Estimate.exact(0)


def test_a_seed_that_is_an_evaluation_item_counts_unless_the_dataset_has_the_id_itself():
    named = replace(EXAM, ids=tuple(f"exam-{number}" for number in range(12)))
    seeded = with_cell(preferences(), 50, "seed_id", "exam-3")
    own = with_cell(seeded, 0, "id", "exam-3")
    numbered = with_cell(preferences(), 50, "seed_id", "3")

    measurement = measure(preference_scan(seeded, named), Scope.COMBINED, {})
    assert (measurement.estimate, measurement.evidence["first_rows"]) == (
        Estimate.exact(1 / 60),
        ["data/mix.jsonl:51 (seed)"],
    )
    assert measure(preference_scan(own, named), Scope.COMBINED, {}).estimate == Estimate.exact(0)
    bare = replace(EXAM, ids=tuple(str(number) for number in range(12)))
    assert measure(preference_scan(numbered, bare), Scope.COMBINED, {}).estimate == Estimate.exact(0)


def test_repeated_rows_count_once():
    frame = with_cell(preferences(), 3, "prompt", EXAM.texts[4])
    repeated = pl.concat([frame, *[frame[3:4]] * 20])

    assert measure(preference_scan(repeated, EXAM), Scope.COMBINED, {}).estimate == Estimate.exact(1 / 60)


@pytest.mark.parametrize("makers", [("gpt", "llama"), ("llama", "gpt")])
def test_a_text_that_two_generators_made_counts_for_both_whichever_stands_first(makers):
    frame = preferences()
    frame = frame.with_columns(generator=pl.when(pl.col("generator").is_not_null()).then(pl.lit(makers[0])))
    frame = with_cell(frame, 40, "prompt", EXAM.texts[4])
    both = pl.concat([frame, frame[40:41].with_columns(generator=pl.lit(makers[1]))])

    measurement = measure(preference_scan(both, EXAM), Scope.COMBINED, {})

    assert measurement.estimate == Estimate.exact(1 / 60)
    assert measurement.evidence["contaminated_by_generator"] == {"gpt": 1, "llama": 1}


def test_what_is_missing_is_reported():
    assert measure(text_scan(["a"], ["b"]), Scope.COMBINED, {}).line == 'evaluation = ["data/benchmarks"]'
    numbers = pl.DataFrame({"a": [1, 2]})
    assert measure(table_scan(numbers, numbers), Scope.COMBINED, {}).missing == "no evaluation sets are declared"
    empty = measure(preference_scan(preferences(), Sets(["Yes", "No"])), Scope.COMBINED, {})
    assert empty.reason == "the evaluation sets have no text of 4 tokens in their 2 rows"


def orders(seed: int, count: int) -> list[str]:
    """Tasks made of the same phrases, each with words of its own."""
    rng = np.random.default_rng(seed)
    first = ["find the largest value of the votes read", "find the smallest value of the votes read"]
    then = [
        "round to the nearest",
        "leave out all votes below",
        "stop once the sum is above",
        "print all of them after",
    ]
    made = []
    for number in range(count):
        steps = [f"{then[at]} {seed}x{number}x{step}" for step, at in enumerate(rng.permutation(4)[:3])]
        steps.append(f"name it after {sentence(10_000 * seed + number, 4)}")
        made.append(
            f"In the language of your choice write a program to {first[number % 2]} and then {', '.join(steps)}."
        )
    return made


def with_prompts(prompts: list[str]) -> pl.DataFrame:
    return preferences(len(prompts)).with_columns(prompt=pl.Series(prompts))


# Too few for the items by themselves to show what is idiom.
IDIOM = Sets(orders(1, 12))


def test_tasks_made_of_the_phrases_of_many_rows_are_no_leak_and_this_is_said():
    clean = measure(preference_scan(with_prompts(orders(2, 200)), IDIOM), Scope.COMBINED, {})

    assert clean.estimate == Estimate.exact(0)
    assert clean.evidence["rows_of_idiom"] > 0
    assert f"{clean.evidence['rows_of_idiom']} rows share only phrases" in clean.note
    assert "cannot be told" in clean.note


@pytest.mark.parametrize(
    "leak",
    [
        lambda item, _: item,
        lambda item, _: item.upper().replace(" ", "  "),
        lambda item, _: " ".join(item.split()[: round(0.8 * len(item.split()))]),
        lambda item, row: f"{orders(3, 60)[row]} {item} {orders(4, 60)[row]}",
    ],
    ids=["verbatim", "case and spacing", "cut", "idiom around"],
)
@pytest.mark.parametrize("times", [1, 50])
def test_an_item_among_rows_of_its_idiom_is_found_however_often_it_is_repeated(leak, times):
    rows = orders(2, 200)
    leaked = [leak(IDIOM.texts[7], row) for row in range(times)]

    measurement = measure(preference_scan(with_prompts(leaked + rows[times:]), IDIOM), Scope.COMBINED, {})

    # With chosen answers of their own repeated prompts stand in distinct rows.
    assert sum(measurement.evidence["contaminated_rows"].values()) == times
    assert (measurement.evidence["leaked_items"], measurement.evidence["first_rows"][0]) == (
        1,
        "data/mix.jsonl:1 = data/exam.jsonl:8",
    )


def test_an_item_of_idiom_alone_is_not_told_from_idiom():
    halves = [" ".join(f"common{half}x{at}" for at in range(9)) for half in range(2)]
    item = " ".join(halves)
    prompts = [item, *(f"{halves[row % 2]} {sentence(7000 + row, 20)}" for row in range(99))]

    measurement = measure(preference_scan(with_prompts(prompts), Sets([item])), Scope.COMBINED, {})

    assert (measurement.estimate, measurement.evidence["rows_of_idiom"]) == (Estimate.exact(0), 1)


def test_the_message_says_how_many_words_are_shared():
    measurement = measure(
        preference_scan(with_cell(preferences(), 3, "prompt", EXAM.texts[10]), EXAM), Scope.COMBINED, {}
    )

    assert "the first shares 30 words, 30 of them in no phrase" in measurement.note


def test_answers_are_compared_with_answers_only():
    items = [sentence(1, 6), sentence(9100, 30)]

    @dataclass(frozen=True)
    class Answered(Sets):
        def items(self) -> EvaluationItems:
            return replace(super().items(), answers=np.array([1]))

    def rate(column: str) -> Estimate | None:
        frame = with_cell(preferences().with_columns(prompt=pl.lit("x")), 3, column, items[1])
        return measure(preference_scan(frame, Answered(items)), Scope.COMBINED, {}).estimate

    assert [rate(column) for column in ("prompt", "chosen", "rejected")] == [
        Estimate.exact(0),
        Estimate.exact(1 / 60),
        Estimate.exact(1 / 60),
    ]


@needs_data
def test_prompts_of_a_preference_set_are_found_in_the_set_they_were_taken_from():
    rows = pl.read_parquet(DATA / "preference_pandalm.parquet").select(
        prompt="instruction", chosen="response1", rejected="response2",
    )  # fmt: skip
    half = rows.height // 2
    frame = rows.with_columns(
        pl.Series(ORIGIN, ["human"] * half + ["synthetic"] * (rows.height - half)),
        id=pl.format("{}", pl.int_range(pl.len())), generator=pl.lit(None, pl.String), seed_id=pl.lit(None, pl.String),
    )  # fmt: skip
    taken_from = pl.read_parquet(DATA / "instruct_selfinstruct.parquet")["instruction"].unique().sort().to_list()

    measurement = measure(preference_scan(frame, Sets(taken_from)), Scope.COMBINED, {})

    assert measurement.estimate is not None
    assert measurement.estimate.value > 0.99
