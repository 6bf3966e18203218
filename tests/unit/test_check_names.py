"""A part of a check's name is enough to find it, and a wrong one names few."""

from __future__ import annotations

import pytest

from gates.check_names import MOST_NAMED, containing, suggestion

KINDS = (
    "expect_boilerplate_ratio_to_be_less_than",
    "expect_degenerate_text_ratio_to_be_less_than",
    "expect_machine_text_ratio_to_be_less_than",
    "expect_origin_separability_to_be_less_than",
)
IDS = tuple(f"combined/{kind}" for kind in KINDS)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("boilerplate", [KINDS[0]]),
        ("separab", [KINDS[3]]),
        ("expect_boiler", [KINDS[0]]),
        ("text", [KINDS[1], KINDS[2]]),
        # In the middle of a word it is a chance.
        ("plate", []),
        ("", []),
        ("expect_", []),
    ],
)
def test_word_or_its_beginning_finds_every_name_that_has_it(word, found):
    assert containing(word, KINDS) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("boilerplat", "did you mean 'expect_boilerplate_ratio_to_be_less_than'?"),
        ("separabilty", "did you mean 'expect_origin_separability_to_be_less_than'?"),
        (
            "text",
            "one of: expect_degenerate_text_ratio_to_be_less_than, expect_machine_text_ratio_to_be_less_than",
        ),
        (
            "combined/expect_machine_txt_ratio_to_be_less_than",
            "did you mean 'combined/expect_machine_text_ratio_to_be_less_than'?",
        ),
        ("zzzz", "nothing is near"),
        ("zz/zz", "nothing is near"),
    ],
)
def test_wrong_name_is_answered_with_what_it_may_mean(name, said):
    assert suggestion(name, KINDS, IDS, otherwise="nothing is near") == said


def test_many_names_are_cut_short():
    kinds = [f"expect_ratio_{number}" for number in range(MOST_NAMED + 4)]

    assert suggestion("ratio", kinds, otherwise="").endswith(" and 4 more")
