"""Which words mean human and which synthetic, in values and in names."""

from __future__ import annotations

import pytest

from gates.init.origin_guess import OriginColumn, find_origin
from gates.init.origin_words import HUMAN, SYNTHETIC, is_holdout, word_of_origin

OF_HUMANS = "human Real original gold expert human-written news_human ground_truth"
OF_GENERATORS = (
    "synthetic generated augmented gpt-4 gpt-4o-2024-05-13 GPT4 openai/gpt-4 meta-llama/Llama-2-7b-chat Qwen2.5 mixtral-8x7b "
    "ai_generated claude-3-opus gemma-2b phi-3 news_fake rows_gen ctgan TVAE smoted? o1-mini command-r deepseek-r1"
)


@pytest.mark.parametrize("word", OF_HUMANS.split())
def test_word_means_human(word):
    assert (bool(HUMAN.fullmatch(word)), bool(SYNTHETIC.fullmatch(word))) == (True, False)


@pytest.mark.parametrize("word", OF_GENERATORS.replace(" smoted?", "").split())
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
        ("realtor.csv", None), ("gender.csv", None),
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
        ({"smoker": {"0": 3, "1": 4}}, None),
        ({"model": {"": 3, "gpt-4": 4}}, column("model", "", "gpt-4")),
        ({"llm": {"": 3, "aya-23": 4}}, column("llm", "", "aya-23")),
        ({"colour": {"": 3, "gpt-4": 4}}, None),
    ],
)
def test_flags_and_columns_of_generators_say_who_made_a_row(values, expected):
    assert find_origin(values) == expected
