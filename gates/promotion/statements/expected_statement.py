"""What a statement says because its verdict says so: written by who promotes, compared by who verifies."""

import json
from datetime import datetime
from typing import Any

from gates.promotion.statements.statement import (
    StatedVerdict,
    StatedWaiver,
    Statement,
    sha256,
)
from gates.verdict import Outcome, Verdict

# More of two values would hide where they differ.
_SHOWN_CHARACTERS = 60


def stated_by(verdict: Verdict, document: bytes, path: str, written_at: datetime | None) -> dict[str, Any]:
    """The fields of a statement that its verdict decides. document: the verdict's bytes. path: of its copy."""
    contract = verdict.contract
    return {
        "dataset": verdict.dataset,
        "manifest_sha256": str(verdict.data["manifest_sha256"]),
        "purpose": contract["purpose"],
        "verdict": StatedVerdict(path, sha256(document), verdict.digest(), verdict.answer, written_at),
        "gates": str(contract["gates"]),
        "libraries": contract["libraries"],
        "waived": tuple(StatedWaiver(**waiver) for waiver in verdict.waived),
        "loosened": tuple(verdict.loosened),
        "not_asked": _ids(verdict, Outcome.NOT_CONFIGURED),
        "inconclusive": _ids(verdict, Outcome.INCONCLUSIVE),
    }


def first_difference(statement: Statement, expected: Statement) -> str | None:
    """The first field in which two statements differ, with both values; None where they are equal."""
    one, other = (json.loads(each.to_bytes()) for each in (statement, expected))
    return _difference(one.pop("predicate"), other.pop("predicate"), "") or _difference(one, other, "")


def _difference(actual: object, expected: object, place: str) -> str | None:
    if isinstance(actual, dict) and isinstance(expected, dict):
        names = sorted({*actual, *expected})
        inner = (
            _difference(actual.get(name), expected.get(name), f"{place}.{name}" if place else name) for name in names
        )
        return next(filter(None, inner), None)
    return None if actual == expected else f"'{place}' is {_short(actual)}, expected {_short(expected)}"


def _short(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _ids(verdict: Verdict, outcome: Outcome) -> tuple[str, ...]:
    return tuple(str(check.id) for check in verdict.checks if check.outcome is outcome)
