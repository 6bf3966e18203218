# ruff: noqa: RUF001 - texts of many scripts are what is tested
"""Languages of texts are seen where no column names them, and other words, code and translations are none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.text.function_words import FUNCTION_WORDS, guessed_languages
from gates.metrics.integrity.alignment import METRIC
from gates.testing import judge, scanned

ENGLISH = "The {} is in the house, and it was not for you that the {} came from there."
SENTENCES = {
    "English": ENGLISH,
    "German": "Der {} ist nicht im Haus, und die {} wird auch von den Leuten gesehen.",
    "French": "Le {} est dans la maison et les {} ne sont pas avec nous ce soir.",
    "Spanish": "El {} está en la casa y las {} no se ven más por los campos.",
    "Portuguese": "O {} não está em casa, mas uma {} foi vista com os outros e não mais aos domingos.",
    "Polish": "Ten {} nie jest w domu, że na {} się to czeka od rana lub dla niego.",
    "Turkish": "Bu {} için çok güzel bir {} ve daha iyi olan ile gibi.",
    "Vietnamese": "Cái {} này của người không có {} được trong nhà và với các bạn.",
    "Cyrillic": "Этот {} стоит в доме, а {} пришла вчера вечером.",
    "Japanese": "この{}は家にあります。そして{}は来ませんでした。",
    "Chinese": "这个{}在家里，那个{}没有来。",
    "Korean": "이 {} 은 집에 있고 그 {} 은 오지 않았습니다.",
    "Arabic": "هذا {} في البيت ولم تأت {} أمس مع الناس.",
}


def texts(language: str, count: int, seed: int) -> list[str]:
    """Sentences of a language with nouns that no language has."""
    rng = np.random.default_rng(seed)
    return [
        SENTENCES[language].format(*(f"qu{number}x" for number in pair)) for pair in rng.integers(0, 10**6, (count, 2))
    ]


def differences(human: pl.DataFrame, synthetic: pl.DataFrame, **keys: object) -> list[str]:
    with scanned(human, synthetic, **{"type": "text", **keys}) as scan:
        evidence = judge(METRIC, scan, max_value=0).evidence
    return [one["message"] for one in evidence["differences"] if one["kind"] == "language"]


def of(*parts: tuple[str, int], seed: int) -> pl.DataFrame:
    return pl.DataFrame({"text": [text for at, part in enumerate(parts) for text in texts(*part, seed + 100 * at)]})


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_shows_its_language(language):
    assert guessed_languages(pl.Series(texts(language, 5, 1))).to_list() == [language] * 5


def test_code_numbers_names_and_single_words_show_none():
    fine = ["for i in range(a): x = i", "12, 15.3", "Ada Lovelace", "yes", "", None, "ping %s %s", "ОК, fine"]
    assert guessed_languages(pl.Series(fine)).null_count() == len(fine)
    assert all(len(set(line.split())) == len(line.split()) for line in FUNCTION_WORDS.values())


@pytest.mark.parametrize("other", ["Portuguese", "Cyrillic", "Chinese"])
@pytest.mark.parametrize(("count", "dose"), [(300, 0.15), (1000, 0.1)])
def test_smallest_share_in_a_language_that_people_do_not_write(other, count, dose):
    strange = round(count * dose)
    human, synthetic = of(("English", count), seed=1), of(("English", count - strange), (other, strange), seed=2)

    assert [other in message for message in differences(human, synthetic)] == [True]
    assert not differences(human, of(("English", count), seed=3))


@pytest.mark.parametrize("draw", range(5))
def test_languages_dealt_into_two_origins_do_not_differ(draw):
    mixed = of(("English", 300), ("German", 200), ("Japanese", 60), ("Cyrillic", 30), seed=draw).sample(
        fraction=1, shuffle=True, seed=draw
    )
    halves = mixed[:295], mixed[295:]

    assert not differences(*halves)
    assert not differences(*halves[::-1])


def test_columns_of_tags_and_rows_that_extend_say_for_themselves():
    human, synthetic = of(("English", 300), seed=1), of(("Spanish", 300), seed=2)
    tagged = [frame.with_columns(language=pl.lit(tag)) for frame, tag in ((human, "en"), (synthetic, "es"))]

    assert differences(human, synthetic)
    assert not differences(human, synthetic, synthetic_role="extend")
    assert not [one for one in differences(*tagged) if "is in Spanish" in one]


def asked(answers: str, count: int, seed: int, prompt: str = "{}") -> pl.DataFrame:
    questions = [prompt.format(text) for text in texts("German", count, seed)]
    return pl.DataFrame({"prompt": questions, "response": texts(answers, count, seed + 50)})


def test_answers_in_another_language_than_their_prompts_are_seen_and_translations_are_not():
    english = pl.DataFrame({"prompt": texts("English", 300, 3), "response": texts("English", 300, 4)})
    human, sound = (
        pl.concat([asked("German", 300, 1), english]),
        pl.concat([asked("German", 300, 5), english.reverse()]),
    )
    strange = pl.concat([sound[:540], asked("English", 60, 6)])
    translated = pl.concat([sound[:540], asked("English", 60, 7, "Übersetze ins Englische: {}")])

    assert differences(human, strange, type="instruction") == [
        "column 'response' is in another language than its prompt in 10.0 % of synthetic rows and in 0.0 % of human ones"
    ]
    assert not differences(human, translated, type="instruction")
    assert not differences(human, sound, type="instruction")
