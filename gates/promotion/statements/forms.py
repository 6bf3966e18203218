"""The forms of texts in the records of promotions, and how messages name what is wrong with one."""

from __future__ import annotations

from typing import Annotated

from gates.promotion.errors import PromotionError
from gates.promotion.statements.tags import ReleaseVersion, parse_version
from gates.verdicts.decode import Fail, TextForm, pattern

RESTORE = "restore the file as it was committed"

# 64 digits where a repository names its objects by sha256.
OBJECT_ID = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}", "the full id of a git object, 40 or 64 hexadecimal digits")
VERSION = TextForm(parse_version, "a version such as v1.2.0")
ObjectId = Annotated[str, OBJECT_ID]
Release = Annotated[ReleaseVersion, VERSION]


def no_json(what: str) -> Fail:
    """Makes errors for a file that is no JSON. what: the file and what it is not."""
    return lambda reason: PromotionError(f"{what} ({reason}); {RESTORE}")


def wrong_record(shown: str) -> Fail:
    """Makes errors for a record in which something is wrong. shown: how messages name the record."""
    return lambda what: PromotionError(f"{shown}: {what}; {RESTORE}, or promote again")
