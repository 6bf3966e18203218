"""Messages name columns as the files do, where `columns` gives them a role's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gates.checking.column_names import with_own_names
from gates.config.data_types import data_type
from gates.config.dataset import DatasetConfig
from gates.verdict import CheckId, CheckResult, Outcome, Severity

RULE = "human/expect_row_failure_ratio_to_be_less_than/text/not-blank"
MATCH = "combined/expect_distributions_to_match"


def renamed(check: str, message: str, columns: dict[str, str]) -> str:
    dataset = DatasetConfig("mix", Path(), 1, "text", columns=columns)
    result = CheckResult(CheckId.parse(check), Severity.CRITICAL, Outcome.FAIL, message)
    [named] = with_own_names([result], dataset, data_type("text"))
    return named.message


@pytest.mark.parametrize(
    ("check", "message", "named"),
    [
        (
            MATCH,
            "0.5, limit 0.4; worst column 'text': human median 3; column 'made' too",
            "0.5, limit 0.4; worst column 'body' (text): human median 3; column 'made' too",
        ),
        (
            RULE,
            "0.02, limit 0; 4 of 150 human rows fail text/not-blank, first at a.csv:1",
            "0.02, limit 0; 4 of 150 human rows fail text/not-blank, first at a.csv:1; column 'body' (text)",
        ),
        (
            RULE,
            "Rows break the rule text/not-blank: 4 of 150 human rows fail text/not-blank; none may.",
            "Rows break the rule text/not-blank: 4 of 150 human rows fail text/not-blank; none may; column 'body' (text).",
        ),
        (RULE, "0, limit 0", "0, limit 0"),
        (
            "human/expect_columns_to_not_contain_personal_data/personal",
            "3, limit 0; rows with e-mail address in column 'text' (3), first at a.csv:1",
            "3, limit 0; rows with e-mail address in column 'body' (text) (3), first at a.csv:1",
        ),
        # A word of a text is no column, and neither is the text itself.
        (MATCH, "most telling: the word 'text'; no text carries a mark", "most telling: the word 'text'; no text carries a mark"),
    ],
)  # fmt: skip
def test_message_names_the_column_of_a_role(check, message, named):
    assert renamed(check, message, {"text": "body", "id": "id"}) == named
    assert renamed(check, message, {}) == message
