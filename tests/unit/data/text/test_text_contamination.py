"""What texts share with evaluation texts: whole runs by weight, in both directions, short texts whole."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from gates.data.text.contamination import GRAM_TOKENS, count_overlap, index_texts
from gates.data.text.tokens import tokenise


def words(start: int, count: int) -> str:
    return " ".join(f"w{number}" for number in range(start, start + count))


def shared(evaluation: list[str], texts: list[str], **options: bool):
    return count_overlap(index_texts(tokenise(pa.array(evaluation))), tokenise(pa.array(texts)), **options)


def contaminated(evaluation: list[str], texts: list[str], **options: bool) -> list[bool]:
    return shared(evaluation, texts, **options).contaminated().tolist()


def test_a_text_counts_from_more_than_half_of_it_on():
    item = words(0, 200)
    texts = [words(0, 20) + " " + words(1000 + 100 * own, own) for own in (0, 19, 20, 60)]

    overlap = shared([item], texts)

    assert overlap.covered.tolist() == pytest.approx([1, 20 / 39, 0.5, 0.25], abs=1e-9)
    assert overlap.contaminated().tolist() == [True, True, False, False]


def test_a_run_of_thirteen_is_needed():
    item = words(0, 100)

    assert contaminated([item], [words(5, GRAM_TOKENS - 1) + " end", words(5, GRAM_TOKENS) + " end"]) == [False, True]


def test_a_long_text_that_holds_most_of_an_item_counts_although_little_of_it_is_covered():
    item = words(0, 30)
    long_text = words(500, 400) + " " + words(0, 20) + " " + words(2000, 400)

    overlap = shared([item, words(7000, 50)], [long_text, words(500, 400) + " " + words(0, 14)])

    assert overlap.covered.tolist() == pytest.approx([20 / 820, 14 / 414], abs=1e-9)
    assert (overlap.document.tolist(), overlap.evaluation_text.tolist()) == (
        [0],
        [int(known_code([item, words(7000, 50)], 0))],
    )


def known_code(evaluation: list[str], cell: int) -> int:
    return int(index_texts(tokenise(pa.array(evaluation))).text_of[cell])


def test_case_punctuation_and_spacing_do_not_hide_a_copy():
    item = "What is the capital of France, and how many people lived in it in 1999, all told?"

    assert contaminated([item], [item.upper().replace(",", " -").replace(" ", "  ")]) == [True]


def test_a_form_that_many_items_are_written_in_counts_little():
    form = words(0, 30)
    items = [f"{form} {words(1000 + 50 * number, 20)}" for number in range(40)]
    of_the_form = f"{form} {words(9000, 10)}"

    assert contaminated(items, [of_the_form]) == [False]
    assert contaminated(items[:5], [of_the_form]) == [True]
    assert contaminated(items, [items[7]]) == [True]


def test_equal_items_are_one_item():
    assert contaminated([words(0, 30)] * 40, [words(0, 30)]) == [True]


def test_short_texts_count_where_they_equal_an_item_as_a_whole():
    evaluation = ["Name three rivers in Spain", "Yes", "a cat"]
    texts = ["name three rivers in spain!", "Name three rivers in Spain please", "Yes", "A cat."]

    assert contaminated(evaluation, texts) == [True, False, False, False]
    assert contaminated(evaluation, texts, whole_short=False) == [False] * 4


def test_nearest_names_the_item_that_most_is_shared_with():
    items = [words(0, 40), words(100, 20), "what is your favourite colour"]
    overlap = shared(items, [words(0, 15) + " " + words(100, 18), words(5000, 20), "What is your favourite colour?"])

    assert overlap.nearest.tolist() == [known_code(items, 1), -1, known_code(items, 2)]


@pytest.mark.parametrize(("evaluation", "texts"), [([], ["a b"]), (["a b c d"], []), (["", None], [None, ""])])
def test_nothing_shares_nothing(evaluation, texts):
    overlap = count_overlap(
        index_texts(tokenise(pa.array(evaluation, pa.string()))), tokenise(pa.array(texts, pa.string()))
    )

    assert overlap.contaminated().tolist() == [False] * len(texts)


def test_each_text_is_judged_on_its_own():
    rng = np.random.default_rng(1)
    evaluation = [words(100 * int(start), 30) for start in rng.integers(0, 50, 20)]
    texts = [words(100 * int(start) + 10, int(count)) for start, count in rng.integers((0, 1), (80, 60), (60, 2))]

    together = shared(evaluation, texts)
    alone = [shared(evaluation, [text]) for text in texts]

    assert together.covered.tolist() == [float(one.covered[0]) for one in alone]
    assert together.contaminated().tolist() == [bool(one.contaminated()[0]) for one in alone]
