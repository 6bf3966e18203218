"""Which words mean human and which synthetic, in values and in names."""

from __future__ import annotations

import pytest

from gates.init.guesses.origin_guess import OriginColumn, find_origin
from gates.init.guesses.origin_words import HUMAN, SYNTHETIC, is_holdout, word_of_origin

OF_HUMANS = (
    "human Real original gold expert human-written news_human ground_truth people annotators crowdworker crowd-worker observed collected "
    "actual orig train_orig non-synthetic not_generated HUMANS"
)
OF_GENERATORS = (
    "synthetic generated augmented gpt-4 gpt-4o-2024-05-13 GPT4 openai/gpt-4 meta-llama/Llama-2-7b-chat Qwen2.5 mixtral-8x7b "
    "ai_generated claude-3-opus gemma-2b phi-3 news_fake rows_gen ctgan TVAE o1-mini command-r deepseek-r1 models LLMs syn aug "
    "train_aug CohereForAI/c4ai-command-r bloomz pythia-12b my-org/tuned-7B-chat koala-13b starcoder cohere bard Copula tabsyn "
    "realtabformer privbayes bayesian-network PATEGAN o3-mini"
)


@pytest.mark.parametrize("word", OF_HUMANS.split())
def test_word_means_human(word):
    assert (bool(HUMAN.fullmatch(word)), bool(SYNTHETIC.fullmatch(word))) == (True, False)


@pytest.mark.parametrize("word", OF_GENERATORS.split())
def test_word_means_synthetic(word):
    assert (bool(HUMAN.fullmatch(word)), bool(SYNTHETIC.fullmatch(word))) == (False, True)


@pytest.mark.parametrize(
    "word", ["opus", "web", "solar", "non_human", "not human", "paris", "gender", "aisle", "optional"]
)
def test_word_means_neither(word):
    assert not HUMAN.fullmatch(word)
    assert not SYNTHETIC.fullmatch(word)


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("real.csv", "human"), ("train-human.jsonl.gz", "human"), ("RealData.parquet", "human"), ("synth_v2", "synthetic"),
        ("reviews_gen.csv", "synthetic"), ("gpt4.jsonl", "synthetic"), ("real_vs_fake.csv", None), ("origin=human", None),
        ("realtor.csv", None), ("gender.csv", None), ("adult.ctgan.csv", "synthetic"), ("train_orig.csv", "human"),
        ("train_aug.csv", "synthetic"), ("mixtral.jsonl.gz", "synthetic"), ("phi-3.jsonl", "synthetic"), ("TabDDPM.csv", "synthetic"),
        ("ground_truth.csv", "human"), ("non_synthetic.csv", None), ("philosophy3.csv", None), ("organ.csv", None), ("slogan.csv", None),
    ],
)  # fmt: skip
def test_name_gives_the_origin_by_whole_words(name, origin):
    word = word_of_origin(name)

    assert (word[0] if word else None) == origin


@pytest.mark.parametrize(
    ("name", "expected"), [("holdout.csv", True), ("held-out", True), ("HeldOut.csv", True), ("held.csv", False)]
)
def test_name_says_what_is_held_out(name, expected):
    assert is_holdout(name) == expected


def column(name: str, human: str, synthetic: str, rows: tuple[int, int] = (3, 4)) -> OriginColumn:
    return OriginColumn(name, (human,), (synthetic,), {}, {"human": rows[0], "synthetic": rows[1]})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"is_synthetic": {"False": 3, "True": 4}}, column("is_synthetic", "False", "True")),
        ({"generated": {"0": 3, "1": 4}}, column("generated", "0", "1")),
        ({"ai_generated": {"0.0": 3, "1.0": 4}}, column("ai_generated", "0.0", "1.0")),
        ({"is_human": {"no": 4, "yes": 3}}, column("is_human", "yes", "no")),
        ({"isSynthetic": {"False": 3, "True": 4}}, column("isSynthetic", "False", "True")),
        ({"Synthetic?": {"N": 3, "Y": 4}}, column("Synthetic?", "N", "Y")),
        ({"is_synth": {"non": 3, "oui": 4}}, column("is_synth", "non", "oui")),
        ({"synthetic_flag": {"0": 3, "1": 4}}, column("synthetic_flag", "0", "1")),
        ({"from_llm": {"0": 3, "1": 4}}, column("from_llm", "0", "1")),
        ({"human_generated": {"0": 4, "1": 3}}, column("human_generated", "1", "0")),
        ({"writtenByHuman": {"0": 4, "1": 3}}, column("writtenByHuman", "1", "0")),
        ({"made_by_ai": {"0": 3, "1": 4}}, column("made_by_ai", "0", "1")),
        ({"label_generated": {"0": 3, "1": 4}}, None),
        ({"is_synthetic": {"0": 3, "1": 4, "2": 1}}, None),
        ({"smoker": {"0": 3, "1": 4}}, None),
        ({"model": {"": 3, "gpt-4": 4}}, column("model", "", "gpt-4")),
        ({"llm": {"": 3, "aya-23": 4}}, column("llm", "", "aya-23")),
        ({"colour": {"": 3, "gpt-4": 4}}, None),
        ({"model_name": {"None": 3, "own-vae-v2": 4}}, column("model_name", "None", "own-vae-v2")),
        ({"generator": {"human": 3, "in-house": 4}}, column("generator", "human", "in-house")),
        ({"model": {"golf": 3, "polo": 4}}, None),
    ],
)
def test_flags_and_columns_of_generators_say_who_made_a_row(values, expected):
    assert find_origin(values) == expected


def test_a_column_whose_rows_nearly_all_have_words_for_both_origins_is_the_one():
    words = {"human": 60, "gpt-4": 50, "unclear": 3}

    guessed = find_origin({"town": {"Oslo": 100, "Kyiv": 13}, "source": words})

    assert guessed == OriginColumn("source", ("human",), ("gpt-4",), {"unclear": 3}, {"human": 60, "synthetic": 50})
    assert find_origin({"source": {**words, "unclear": 30}}) is None
    assert find_origin({"source": words, "provenance": words}) is None
