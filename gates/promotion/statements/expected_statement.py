"""What a statement says because its verdict says so: written by who promotes, compared by who verifies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gates.promotion.statements.statement import (
    BaseVersion,
    StatedContract,
    StatedVerdict,
    StatedWaiver,
    Statement,
    sha256,
)
from gates.promotion.statements.tags import ReleaseVersion
from gates.verdict import Outcome, Verdict

# More of two values would hide where they differ.
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class StatementContext:
    """What a statement says beside its verdict; each as in `Statement`. verdict_path: of the verdict's copy."""

    version: ReleaseVersion
    commit: str
    pointers: Mapping[str, str]
    files: Mapping[str, str]
    verdict_path: str
    written_at: datetime | None
    base: BaseVersion | None
    promoted_at: datetime


def statement_on(verdict: Verdict, document: bytes, context: StatementContext) -> Statement:
    """The statement that a promotion of a verdict makes. document: the verdict's bytes."""
    contract = verdict.contract
    return Statement(
        dataset=verdict.dataset,
        manifest_sha256=str(verdict.data["manifest_sha256"]),
        version=context.version,
        purpose=contract["purpose"],  # type: ignore[arg-type]  # a text or None: `whole_verdict`
        commit=context.commit,
        pointers=context.pointers,
        verdict=StatedVerdict(
            context.verdict_path, sha256(document), verdict.digest(), verdict.answer, context.written_at
        ),
        contract=StatedContract(str(contract["sha256"]), context.files),
        gates=str(contract["gates"]),
        libraries=contract["libraries"],  # type: ignore[arg-type]  # as before
        base=context.base,
        waived=tuple(StatedWaiver(**waiver) for waiver in verdict.waived),
        loosened=tuple(verdict.loosened),
        not_asked=_ids(verdict, Outcome.NOT_CONFIGURED),
        inconclusive=_ids(verdict, Outcome.INCONCLUSIVE),
        promoted_at=context.promoted_at,
    )


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
