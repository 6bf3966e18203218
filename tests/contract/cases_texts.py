"""Contracts of the checks of texts, and of pairs of texts."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.config.data_types import data_type
from gates.verdict import Outcome
from tests.contract.case import Case, Missing, asked_in
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
from tests.contract.laws import word
from tests.contract.sound_datasets import TEXT_TYPES, Dataset

PROMPTED = ("instruction", "preference", "translation")
NO_EVALUATION = Missing(
    declaring(evaluation=None),
    Outcome.NOT_CONFIGURED,
    'no evaluation sets are declared; add: evaluation = ["data/benchmarks"]',
)
# Of sound rows of the other types too; what is spoilt is a text.
ON = "text"
# The defects show among fewer texts than the 3,000 that it takes to show that there are no copies.
ENOUGH = 1300
DIVERSITY = "synthetic/expect_diversity_ratio_to_be_between"
# Two of these each see other rows of one dataset.
MACHINE = "human/expect_machine_text_ratio_to_be_less_than"
BOILERPLATE = "synthetic/expect_boilerplate_ratio_to_be_less_than"
DEGENERATE = "synthetic/expect_degenerate_text_ratio_to_be_less_than"
CONTAMINATION = "combined/expect_contamination_ratio_to_be_less_than"
# Translations have no label of their own, and series and events none that a row follows from.
LABELLED = asked_in("combined/expect_labels_to_agree_across_origins")
LOCALES = "combined/expect_locale_distance_ratio_to_be_between"
UTILITY = "combined/expect_utility_to_be_between"
NO_LABEL = Missing(
    after(declaring(label=None), without_role("label")),
    Outcome.NOT_CONFIGURED,
    'no label is declared; add: label = "<column>"',
)


def _preferred_for_a_word(dataset: Dataset) -> Dataset:
    """Pairs of responses as long as before, of which two words tell the chosen one."""
    ends = {"chosen": " it holds", "rejected": " it fails"}
    return after(*(every_cell(name, pl.concat_str(name, pl.lit(end))) for name, end in ends.items()))(dataset)


def _preferring_every_other(dataset: Dataset) -> Dataset:
    """Every second synthetic pair has its responses exchanged."""
    is_spoilt = (pl.col("origin") == "synthetic") & (pl.int_range(pl.len()) % 2 == 0)
    return dataset.having(rows=dataset.rows.with_columns(
        chosen=pl.when(is_spoilt).then("rejected").otherwise("chosen"),
        rejected=pl.when(is_spoilt).then("chosen").otherwise("rejected"),
    ))  # fmt: skip


def _asked(dataset: Dataset) -> Dataset:
    """Every prompt asks for something, as no response does."""
    return every_cell("prompt", pl.format("Please explain to me: {}", "prompt"))(dataset)


def _exchanged(dataset: Dataset) -> Dataset:
    """Every tenth synthetic row has its prompt and its response exchanged."""
    is_spoilt = (pl.col("origin") == "synthetic") & (pl.int_range(pl.len()) % 10 == 0)
    return dataset.having(rows=dataset.rows.with_columns(
        prompt=pl.when(is_spoilt).then("response").otherwise("prompt"),
        response=pl.when(is_spoilt).then("prompt").otherwise("response"),
    ))  # fmt: skip


def _near_themselves(dataset: Dataset) -> Dataset:
    """The first long texts of each origin nearly repeat the ones that follow them."""
    for origin, count in (("human", 250), ("synthetic", 350)):
        own = dataset.rows.filter(pl.col("origin") == origin)["text"].to_list()
        long = [text for text in own if len(text) > 60]
        given = iter(nearly(long[count : 2 * count]))
        cells = [next(given, text) if len(text) > 60 else text for text in own]
        dataset = dataset.having(rows=replaced(dataset.rows, origin, "text", cells))
    return dataset


def _near_and_sharing_spans(dataset: Dataset) -> Dataset:
    """Thirty synthetic texts nearly repeat human ones, and forty others share a long span with human ones."""
    human = dataset.rows.filter(pl.col("origin") == "human")["text"].to_list()
    # The first forty human texts are exchanged for those that share spans.
    near = nearly([text for text in human[40:] if len(text) > 60][:30])
    spans, mine, theirs = texts(40, 51, 60), texts(40, 52, 90), texts(40, 53, 90)
    for origin, before, own in (("human", [], mine), ("synthetic", near, theirs)):
        joined = [f"{one} {span}" for one, span in zip(own, spans, strict=True)]
        dataset = dataset.having(rows=replaced(dataset.rows, origin, "text", [*before, *joined]))
    return dataset


def _worded_by_machines(dataset: Dataset) -> Dataset:
    """Human texts of a chat model, and synthetic refusals."""
    chatty = opened_with("As an AI language model, I cannot say.", 60, 56)
    refused = opened_with("I'm sorry, but I can't help with that.", 120, 57)
    chatting = replaced(dataset.rows, "human", "text", chatty)
    return dataset.having(rows=replaced(chatting, "synthetic", "text", refused))


def _looping_or_asked_in_tests(dataset: Dataset) -> Dataset:
    """Synthetic loops, and questions of a test in other rows."""
    questions = dataset.evaluation["question"][:3].to_list()
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "text", [*_looping(120), *questions]))


def _looping(count: int) -> list[str]:
    return [" ".join(text.split()[:10] * 5) for text in texts(count, 54)]


def _of_few_words(dataset: Dataset) -> Dataset:
    rng = np.random.default_rng(55)
    few_words = [" ".join(word(int(number)) for number in rng.integers(0, 20, 28)) + "." for _ in range(3800)]
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "text", few_words))


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


def _separable_by_a_word(dataset: Dataset) -> Dataset:
    """People label a text by whether it has a certain word, which most have and many have not."""
    has_it = pl.col("text").str.to_lowercase().str.contains(word(0))
    label = pl.when(has_it).then(pl.lit("good")).otherwise(pl.lit("bad")).alias("label")
    return dataset.having(rows=dataset.rows.with_columns(label), holdout=dataset.holdout.with_columns(label))


def dealt(column: str):
    """A column of synthetic rows dealt out anew: every cell is one of theirs, and none is its row's."""

    def change(dataset: Dataset) -> Dataset:
        own = dataset.rows.filter(pl.col("origin") == "synthetic")[column].to_numpy()
        cells = np.random.default_rng(71).permutation(own).tolist()
        return dataset.having(rows=replaced(dataset.rows, "synthetic", column, cells))

    return change


LABELS_DEALT = dealt("label")


def _from_two_countries(dataset: Dataset) -> Dataset:
    """Every other row of either origin is from another country, where one syllable is another."""
    is_first = pl.int_range(pl.len()).over("origin") % 2 == 0
    country = pl.when(is_first).then(pl.lit("en-GB")).otherwise(pl.lit("en-US"))
    spoken = pl.when(is_first).then("text").otherwise(pl.col("text").str.replace_all("ba", "bra"))
    return dataset.having(rows=dataset.rows.with_columns(spoken.alias("text"), locale=country))


CASES = (
    Case(
        MACHINE, TEXT_TYPES, ON,
        _worded_by_machines, "read like a chat model's", also=frozenset({BOILERPLATE}), missing=NO_PEOPLE, rows=ENOUGH,
    ),
    Case(
        "human/expect_duplicate_ratio_to_be_less_than/near", TEXT_TYPES, ON, _near_themselves, "at most 5 % may",
        also=frozenset({"synthetic/expect_duplicate_ratio_to_be_less_than/near"}), exact=EXACT, missing=NO_PEOPLE, rows=ENOUGH,
    ),
    Case(
        "synthetic/expect_duplicate_ratio_to_be_less_than/near", TEXT_TYPES, ON, _near_themselves, "at most 20 % may",
        also=frozenset({"human/expect_duplicate_ratio_to_be_less_than/near"}), exact=EXACT, missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        BOILERPLATE, TEXT_TYPES, ON, _worded_by_machines, "refuse", also=frozenset({MACHINE}),
        missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        DEGENERATE, TEXT_TYPES, ON, _looping_or_asked_in_tests, "loop", also=frozenset({CONTAMINATION}),
        missing=NOTHING_MADE, rows=ENOUGH,
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
        f"{COPIES}/near", TEXT_TYPES, ON, _near_and_sharing_spans, "Synthetic rows copy human rows: 30 of 1,",
        also=frozenset({f"{COPIES}/span"}), missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        f"{COPIES}/span", TEXT_TYPES, ON, _near_and_sharing_spans, "Synthetic rows copy human rows: 40 of 1,",
        also=frozenset({f"{COPIES}/near"}), missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_distributions_to_match", TEXT_TYPES, ON,
        every_cell("text", pl.format("{} {}.", pl.col("text"), pl.col("text").str.slice(0, 60)), "synthetic"), "at most 0.4 allowed",
        missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        CONTAMINATION, (*TEXT_TYPES, "tabular"), ON,
        _looping_or_asked_in_tests, "items of evaluation sets: 3 of", also=frozenset({DEGENERATE}), exact=EXACT, missing=NO_EVALUATION, rows=ENOUGH,
    ),
    Case(
        "combined/expect_labels_to_agree_across_origins", LABELLED, ON,
        _labels_turned, "labels differ from human twins'",
        # Two people who write the same prompt and the same answer copy one another: sound rows of several parts have no twins.
        undecided=tuple(kind for kind in LABELLED if kind in TEXT_TYPES and len(data_type(kind).content) > 1),
        missing=NO_LABEL,
    ),
    Case(
        "combined/expect_label_rates_by_group_to_match", LABELLED, ON,
        _labels_by_region, "in region=", missing=Missing(
            declaring(slices=None), Outcome.NOT_CONFIGURED, 'no slices are declared; add: slices = ["<column>"]'
        ),
    ),
    Case(
        "combined/expect_origin_to_not_predict_label", LABELLED, ON,
        with_cells("synthetic", "label", "good"), "of synthetic ones",
        # One label for all differs from twins' labels, and from every group's rates.
        also=frozenset({"combined/expect_labels_to_agree_across_origins",
                        "combined/expect_label_rates_by_group_to_match"}),
        missing=Missing(
            with_cells("human", "label", None), Outcome.ERROR, "no human row has a label in column 'label'"
        ),
    ),
    Case(
        "combined/expect_responses_to_fit_prompts", PROMPTED, "instruction",
        shifted("response"), "for their own prompts", missing=NOTHING_MADE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_exchanged_text_ratio_to_be_less_than", PROMPTED, "instruction", _exchanged,
        "have their two texts exchanged", prepared=_asked, missing=NOTHING_MADE, rows=ENOUGH,
        # Prompts and responses of the law begin with words of one vocabulary.
        undecided=("instruction", "preference"),
    ),
    Case(
        "combined/expect_longer_response_rate_to_be_between", ("preference",), "preference",
        every_cell("chosen", pl.format("{} {}", pl.col("chosen"), pl.col("prompt").str.slice(0, 40))),
        "too often or too rarely: the longer response wins", missing=NO_PEOPLE, rows=ENOUGH,
    ),
    Case(
        "combined/expect_preference_labels_to_agree_across_origins", ("preference",), "preference",
        _preferring_every_other, "a model of human pairs prefers", prepared=_preferred_for_a_word, missing=NO_PEOPLE, rows=ENOUGH,
        # What decides the preferences of sound rows is a coin.
        undecided=("preference",),
    ),
    *(
        Case(
            f"{UTILITY}/{train}", asked_in(f"{UTILITY}/{train}"), ON, LABELS_DEALT, reason, prepared=_separable_by_a_word,
            # Labels that teach nothing by themselves teach worse beside people's, if they are as many.
            also=frozenset({f"{UTILITY}/{other}" for other in ("human", "synthetic", "both") if other != train}),
            missing=NO_LABEL, costly=True, rows=700,
        )
        for train, reason in (("human", "predicts synthetic labels"), ("synthetic", "suffers most"), ("both", "suffers most"))
    ),
    Case(
        LOCALES, asked_in(LOCALES), ON,
        dealt("locale"), "as far apart as human texts of the two do", prepared=_from_two_countries,
        too_few=_from_two_countries, costly=True, rows=700, missing=Missing(
            without_role("locale"), Outcome.NOT_CONFIGURED,
            'no locale column is configured; add: columns = { locale = "…" }',
        ),
    ),
)  # fmt: skip
