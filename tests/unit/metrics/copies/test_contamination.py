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
    assert measure(table_scan(numbers, numbers), Scope.COMBINED, {}).missing == "contamination is defined for text"
    empty = measure(preference_scan(preferences(), Sets(["Yes", "No"])), Scope.COMBINED, {})
    assert empty.reason == "the evaluation sets have no text of 4 tokens in their 2 rows"


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
