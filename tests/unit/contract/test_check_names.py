"""A part of a check's name is enough to find it, and a wrong one names few."""

from __future__ import annotations

import pytest

from gates.contract.check_lookup import MOST_NAMED, resolve_checks, search_checks, suggestion
from gates.contract.explain import find_types

KINDS = (
    "expect_boilerplate_ratio_to_be_less_than",
    "expect_degenerate_text_ratio_to_be_less_than",
    "expect_machine_text_ratio_to_be_less_than",
    "expect_origin_separability_to_be_less_than",
)
IDS = tuple(f"combined/{kind}" for kind in KINDS)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("boilerplate", [KINDS[0]]),
        ("separab", [KINDS[3]]),
        ("expect_boiler", [KINDS[0]]),
        ("text", [KINDS[1], KINDS[2]]),
        # The plural of a word finds it, too.
        ("texts", [KINDS[1], KINDS[2]]),
        ("separabilities", [KINDS[3]]),
        # In the middle of a word it is a chance.
        ("plate", []),
        ("", []),
        ("expect_", []),
    ],
)
def test_word_or_its_beginning_finds_every_name_that_has_it(word, expected):
    assert search_checks(word, KINDS) == expected


@pytest.mark.parametrize(
    ("name", "message"),
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
def test_wrong_name_is_answered_with_what_it_may_mean(name, message):
    assert suggestion(name, KINDS, IDS, otherwise="nothing is near") == message


def test_many_names_are_cut_short():
    kinds = [f"expect_ratio_{number}" for number in range(MOST_NAMED + 4)]

    assert suggestion("ratio", kinds, otherwise="").endswith(" and 4 more")


COPIES, TWICE, ROWS = "expect_text_to_not_copy", "expect_duplicate_ratio_to_be_less_than", "expect_row_failure_ratio"
PLANNED = [
    f"human/{TWICE}/exact",
    f"human/{TWICE}/near",
    f"human/{ROWS}/town/range",
    f"human/{ROWS}/towns",
    f"synthetic/{TWICE}/exact",
    f"combined/{COPIES}",
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"human/{TWICE}/exact", [0]),
        (f"human/{TWICE}", [0, 1]),
        ("human", [0, 1, 2, 3]),
        (TWICE, [0, 1, 4]),
        ("duplicate_ratio_to_be_less_than", [0, 1, 4]),
        ("duplicate_ratio", [0, 1, 4]),
        ("human/duplicate", [0, 1]),
        ("human/duplicate/exact", [0]),
        ("duplicate/exact", [0, 4]),
        # A detail's parts are whole: `town` is not `towns`.
        ("row_failure/town", [2]),
        ("copy", [5]),
        ("copies", [5]),
        # Two types have the word; one of them alone in a scope is meant there.
        ("ratio", []),
        ("synthetic/ratio", [4]),
        ("duplicate/fuzzy", []),
        ("duplicat/exact", [0, 4]),
        ("", []),
        ("human/", []),
        ("nobody/duplicate", []),
    ],
)
def test_name_means_every_check_that_it_can_mean_of_one_type(name, expected):
    assert resolve_checks(name, PLANNED) == [PLANNED[at] for at in expected]


@pytest.mark.parametrize(
    ("printed", "ids"),
    [
        ("synthetic to not copy human (near)", ["combined/expect_synthetic_to_not_copy_human/near"]),
        ("row failure ratio (income/range)", ["human/expect_row_failure_ratio_to_be_less_than/income/range"]),
        ("income/range", ["human/expect_row_failure_ratio_to_be_less_than/income/range"]),
        ("near", []),
    ],
)
def test_names_as_reports_have_them_in_short_mean_their_checks(printed, ids):
    every = [
        "human/expect_duplicate_ratio_to_be_less_than/near",
        "human/expect_row_failure_ratio_to_be_less_than/income/range",
        "combined/expect_synthetic_to_not_copy_human/exact",
        "combined/expect_synthetic_to_not_copy_human/near",
    ]
    assert resolve_checks(printed, every) == ids


def test_a_name_in_short_is_explained():
    assert find_types("row failure ratio (income/range)")[0] == ["expect_row_failure_ratio_to_be_less_than"]
