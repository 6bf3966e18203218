"""Contracts of the checks of texts, and of pairs of texts."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.verdict import Outcome
from tests.contract.case import Case, Missing
from tests.contract.cases_common import COPIES, EXACT, NO_PEOPLE, NOTHING_MADE
from tests.contract.changes import (
    after,
    declaring,
    every_cell,
    nearly,
    opened_with,
    replaced,
    shifted,
    texts,
    with_cells,
    without_role,
)
from tests.contract.datasets import TEXT_TYPES, Dataset
from tests.contract.laws import word

PROMPTED = ("instruction", "preference", "translation")
NO_EVALUATION = Missing(
    declaring(evaluation=None),
    Outcome.NOT_ASKED,
    'no evaluation sets are declared; add: evaluation = ["data/benchmarks"]',
)
# Of sound rows of the other types too; what is spoilt is a text.
ON = "text"
# The defects show among fewer texts than the 3,000 that it takes to show that there are no copies.
ENOUGH = 1300
DIVERSITY = "synthetic/expect_diversity_ratio_to_be_between"


def _near_people(dataset: Dataset, origin: str, count: int) -> Dataset:
    """The first long texts of an origin nearly repeat the ones that follow them."""
    own = dataset.rows.filter(pl.col("origin") == origin)["text"].to_list()
    long = [text for text in own if len(text) > 60]
    given = iter(nearly(long[count : 2 * count]))
    cells = [next(given, text) if len(text) > 60 else text for text in own]
    return dataset.having(rows=replaced(dataset.rows, origin, "text", cells))


def _near_across(dataset: Dataset) -> Dataset:
    long = dataset.rows.filter((pl.col("origin") == "human") & (pl.col("text").str.len_chars() > 60))["text"].to_list()
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "text", nearly(long[:30])))


def _sharing_spans(dataset: Dataset) -> Dataset:
    spans, mine, theirs = texts(40, 51, 60), texts(40, 52, 90), texts(40, 53, 90)
    for origin, own in (("human", mine), ("synthetic", theirs)):
        joined = [f"{one} {span}" for one, span in zip(own, spans, strict=True)]
        dataset = dataset.having(rows=replaced(dataset.rows, origin, "text", joined))
    return dataset


def _looping(count: int) -> list[str]:
    return [" ".join(text.split()[:10] * 5) for text in texts(count, 54)]


def _of_few_words(dataset: Dataset) -> Dataset:
    rng = np.random.default_rng(55)
    said = [" ".join(word(int(number)) for number in rng.integers(0, 20, 28)) + "." for _ in range(3800)]
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "text", said))


def _asked_in_tests(dataset: Dataset) -> Dataset:
    return dataset.having(
        rows=replaced(dataset.rows, "synthetic", "text", dataset.evaluation["question"][:3].to_list())
    )


def _labels_turned(dataset: Dataset) -> Dataset:
    """Labels of synthetic remarks, given to other remarks."""
    made = dataset.rows.filter(pl.col("origin") == "synthetic")
    short = np.flatnonzero((made["text"].str.len_chars() < 60).to_numpy())
    labels = made["label"].to_numpy().copy()
    labels[short] = np.roll(labels[short], 1)
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "label", labels.tolist()))


def _labels_by_region(dataset: Dataset) -> Dataset:
    """In the north more synthetic rows are good, in the south fewer."""
    made = dataset.rows.filter(pl.col("origin") == "synthetic")
    is_long = (made["text"].str.len_chars() > 60).to_numpy()
    region, labels = made["region"].to_numpy(), made["label"].to_numpy().copy()
    for place, old, new in (("north", "fair", "good"), ("south", "good", "fair")):
        at = np.flatnonzero((region == place) & (labels == old) & is_long)
        labels[at[: len(at) // 2]] = new
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "label", labels.tolist()))


CASES = (
    Case(
        "human/expect_machine_text_ratio_to_be_less_than", TEXT_TYPES, ON,
        with_cells("human", "text", opened_with("As an AI language model, I cannot say.", 60, 56)),
        "read like a chat model's", missing=NO_PEOPLE, rows=ENOUGH,
    ),
    Case(
        "human/expect_duplicate_ratio_to_be_less_than/near", TEXT_TYPES, ON,
        lambda dataset: _near_people(dataset, "human", 250), "limit 0.05", exact=EXACT, missing=NO_PEOPLE, rows=ENOUGH,
    ),
    Case(
        "synthetic/expect_duplicate_ratio_to_be_less_than/near", TEXT_TYPES, ON,
        lambda dataset: _near_people(dataset, "synthetic", 350), "limit 0.2", exact=EXACT, missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "synthetic/expect_boilerplate_ratio_to_be_less_than", TEXT_TYPES, ON,
        with_cells("synthetic", "text", opened_with("I'm sorry, but I can't help with that.", 120, 57)),
        "refuse", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "synthetic/expect_degenerate_text_ratio_to_be_less_than", TEXT_TYPES, ON,
        with_cells("synthetic", "text", _looping(120)), "loop", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    *(
        Case(
            f"{DIVERSITY}/{measure}", TEXT_TYPES, ON, _of_few_words, "against",
            # Twenty words are few directions, few trigrams and easily compressed.
            also=frozenset({f"{DIVERSITY}/{other}" for other in ("compression", "distinct_3", "effective_number")}
                           - {f"{DIVERSITY}/{measure}"}),
            missing=NOTHING_MADE, costly=True, rows=600,
        )
        for measure in ("compression", "distinct_3")
    ),
    Case(
        "combined/expect_formatting_to_not_tell_origin", TEXT_TYPES, ON,
        every_cell("text", pl.format(" {}", pl.col("text")), "synthetic"), "tells the origin with AUC 1.00",
        # How much of a text is white space is a feature of its distribution too.
        also=frozenset({"combined/expect_distributions_to_match"}), missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        f"{COPIES}/near", TEXT_TYPES, ON, _near_across, "limit 0.001; 30 of 1,", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        f"{COPIES}/span", TEXT_TYPES, ON, _sharing_spans, "limit 0.001; 40 of 1,", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_distributions_to_match", TEXT_TYPES, ON,
        every_cell("text", pl.format("{} {}", pl.col("text"), pl.col("text").str.slice(0, 60)), "synthetic"), "limit 0.4",
        missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_contamination_ratio_to_be_less_than", TEXT_TYPES, ON,
        _asked_in_tests, "limit 0; 3 of", exact=EXACT, missing=NO_EVALUATION, rows=ENOUGH,
    ),
    Case(
        "combined/expect_labels_to_agree_across_origins", ("text", "tabular", "annotations"), ON,
        _labels_turned, "labels differ from human twins'",
        missing=Missing(
            after(declaring(label=None), without_role("label")), Outcome.NOT_ASKED,
            'no label is declared; add: label = "<column>"',
        ),
    ),
    Case(
        "combined/expect_label_rates_by_group_to_match", ("text", "tabular", "annotations"), ON,
        _labels_by_region, "in region=", missing=Missing(
            declaring(slices=None), Outcome.NOT_ASKED, 'no groups are declared; add: slices = ["<column>"]'
        ),
    ),
    Case(
        "combined/expect_origin_to_not_predict_label", ("text", "tabular", "annotations"), ON,
        with_cells("synthetic", "label", "good"), "of synthetic ones",
        # One label for all differs from twins' labels, and from every group's rates.
        also=frozenset({"combined/expect_labels_to_agree_across_origins",
                        "combined/expect_label_rates_by_group_to_match"}),
        missing=Missing(
            with_cells("human", "label", None), Outcome.ERROR, "no human row has a label in 'label'"
        ),
    ),
    Case(
        "combined/expect_responses_to_fit_prompts", PROMPTED, "instruction",
        shifted("response"), "for their own prompts", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_longer_response_rate_to_be_between", ("preference",), "preference",
        every_cell("chosen", pl.format("{} {}", pl.col("chosen"), pl.col("prompt").str.slice(0, 40))),
        "limits 0.4 to 0.65; the longer response wins", missing=NO_PEOPLE, rows=ENOUGH,
    ),
)  # fmt: skip
