"""What is drawn as nothing is no text, and what is drawn but says nothing is no reason."""

from __future__ import annotations

import pytest

from gates.visible_text import has_visible_text, has_words, shortened

INVISIBLE = [
    "", " ", "\t\n\u0085", "\u00a0\u2003\u3000", "\u200b\u200c\u200d", "\u2060\ufeff", "\u00ad", "\u061c\u200e\u202e",
    "\u034f", "\u115f\u1160", "\u3164", "\uffa0", "\u17b4\u180b\u180e", "\ufe0f", "\U000e0041\U000e0100", "\u2800",
    "\u0301", "\u20dd", "\u0000",
]  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE)
def test_nothing_to_see_is_no_text_and_no_reason(text):
    assert not has_visible_text(text)
    assert not has_words(text)


@pytest.mark.parametrize("text", ["...", "—", "?!", "👍", "= $"])
def test_what_is_seen_and_has_no_letter_gives_no_reason(text):
    assert has_visible_text(text)
    assert not has_words(text)


@pytest.mark.parametrize("text", ["why", "ü", "e\u0301", "42", "\u200bwhy\u200b", "理由", "سبب", "कारण", "이유"])
def test_words_of_any_script_are_words(text):
    assert has_visible_text(text)
    assert has_words(text)


def test_a_name_is_cut_where_it_is_long_and_shorter_then():
    long = "a" * 61

    assert shortened("a" * 60) == "a" * 60
    assert shortened(long) == "a" * 40 + "… (61 characters)"
    assert len(shortened(long)) < len(long)
