"""The record of a revocation is found by its name, read back whole, and compared field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gates.promotion.errors import PromotionError
from gates.promotion.git.history import PromotionTag, TagHistory
from gates.promotion.statements.revocation import Revocation, parse_revocation
from gates.promotion.statements.tags import ReleaseVersion, TagName

RECORD = Revocation(
    "reviews",
    ReleaseVersion(1, 2, 0),
    "prod",
    "a" * 64,
    "rows of Ω were scraped",
    datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC),
)


@pytest.mark.parametrize("record", [RECORD, replace(RECORD, stage=None)])
def test_a_record_is_read_back(record):
    assert parse_revocation(record.to_bytes(), "record") == record
    assert record.difference(record.to_bytes(), "record") is None


VERSION = TagName("reviews", "sub", ReleaseVersion(1, 2, 0))
OF_VERSION = TagName("reviews", "sub", ReleaseVersion(1, 2, 0), is_revocation=True)
OF_STAGE = TagName("reviews", "sub", stage="prod", number=4, is_revocation=True)


def history_with(name: TagName) -> TagHistory:
    """One version, and the tag of a revocation."""
    made, revocation = (PromotionTag(each, "b" * 40, "c" * 40, is_annotated=True) for each in (VERSION, name))
    tags = (
        {"versions": (made, revocation), "stages": ()}
        if name.version
        else {"versions": (made,), "stages": (revocation,)}
    )
    return TagHistory(None, "reviews", "sub", **tags, next_number=5)


@pytest.mark.parametrize("name", [OF_VERSION, OF_STAGE])
def test_the_name_of_a_record_says_which_event_it_is_of(name):
    history = history_with(name)

    path = f"sub/promotions/reviews/revocations/v1.2.0{'-4' if name.stage else ''}.json"
    assert [(record, tag.name) for record, tag in history.revocations.items()] == [(path, name)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset", "chats"),
        ("version", ReleaseVersion(1, 2, 1)),
        ("stage", None),
        ("statement_sha256", "b" * 64),
        ("reason", "none"),
        ("revoked_at", datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
def test_each_field_that_differs_is_named(field, value):
    difference = RECORD.difference(replace(RECORD, **{field: value}).to_bytes(), "record")

    assert f"as '{field}', and its tag says" in difference


def test_a_record_that_was_written_otherwise_or_is_none_is_refused():
    assert RECORD.difference(RECORD.to_bytes() + b"\n", "record") == (
        "record was edited: it is not written as gates writes records"
    )
    for content, words in (
        (b"{", "is no record of gates"),
        (b"{}", "has no field 'dataset'"),
        (b"[]", "expected a JSON"),
    ):
        with pytest.raises(PromotionError, match=words):
            RECORD.difference(content, "record")
