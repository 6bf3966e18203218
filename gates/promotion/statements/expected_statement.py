"""What a statement says because its verdict says so: written by who promotes, compared by who verifies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.statements.json_fields import ANY_TEXT, PATH, SHA256, as_fields
from gates.promotion.statements.statement import (
    WAIVER,
    BoundContract,
    Concessions,
    JudgedBy,
    JudgedWith,
    Statement,
    sha256,
)
from gates.verdict import UNDECLARED, Outcome, Scope
from gates.verdicts.from_json import verdict_of
from gates.verdicts.recorded import parse_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.promotion.statements.json_fields import Fields
    from gates.promotion.statements.statement import Base
    from gates.promotion.statements.tags import Version
    from gates.verdict import Verdict

# More of two values would hide where they differ.
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Circumstances:
    """What a statement says beside its verdict; each as in `Statement`. verdict_path: of the verdict's copy."""

    version: Version
    commit: str
    pointers: Mapping[str, str]
    files: Mapping[str, str]
    verdict_path: str
    written_at: datetime | None
    base: Base | None
    promoted_at: datetime


def statement_on(verdict: Verdict, document: bytes, given: Circumstances) -> Statement:
    """The statement that a promotion of a verdict makes. document: the verdict's bytes."""
    contract = verdict.contract
    return Statement(
        dataset=verdict.dataset,
        manifest_sha256=str(verdict.data["manifest_sha256"]),
        version=given.version,
        purpose=contract["purpose"],  # type: ignore[arg-type]  # a text or None: `verdict_in`
        commit=given.commit,
        pointers=given.pointers,
        verdict=JudgedBy(given.verdict_path, sha256(document), verdict.digest(), verdict.answer, given.written_at),
        contract=BoundContract(str(contract["sha256"]), given.files),
        judged_with=JudgedWith(str(contract["gates"]), contract["libraries"]),  # type: ignore[arg-type]  # as before
        base=given.base,
        concessions=Concessions(
            tuple(verdict.waived),
            tuple(verdict.loosened),
            _ids(verdict, Outcome.NOT_CONFIGURED),
            _ids(verdict, Outcome.INCONCLUSIVE),
        ),
        promoted_at=given.promoted_at,
    )


def first_difference(said: Statement, expected: Statement) -> str | None:
    """The first field in which two statements differ, with both values; None where they are equal."""
    one, other = (json.loads(statement.to_bytes()) for statement in (said, expected))
    return _difference(one.pop("predicate"), other.pop("predicate"), "") or _difference(one, other, "")


def verdict_in(content: bytes, shown: str) -> Verdict:
    """The verdict in a document; all that a statement says of it is there, in its form. shown: how messages name it.

    Raises VerdictError or PromotionError for every other document: whoever can write the repository can write any.
    """
    parse_verdict(content, shown)
    try:
        document = json.loads(content)
        _refuse_other_form(as_fields(document, "", shown))
        return verdict_of(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error).split("\n")[0]
        raise PromotionError(f"{shown}: is no verdict of gates ({what})") from error


def _refuse_other_form(document: Fields) -> None:
    contract = document.inner("contract")
    contract.text("sha256", SHA256)
    contract.text("gates")
    contract.optional_text("purpose")
    contract.optional_text("schema")
    contract.texts_by_name("libraries", ANY_TEXT, ANY_TEXT)
    contract.texts_by_name("schema_sources", PATH, SHA256)
    document.texts("loosened")
    for waiver in document.inners("waived"):
        waiver.only(*WAIVER)
    rows = document.inner("rows").values
    counts = [rows[origin] for origin in (*Scope, UNDECLARED) if origin is not Scope.COMBINED]
    data = document.inner("data")
    data.text("manifest_sha256", SHA256)
    for file in data.inners("files"):
        file.text("path")
        file.text("sha256", SHA256)
        counts += [file.values["rows"], file.values["size"]]
    if not all(isinstance(count, int) for count in counts):
        raise TypeError("a count is no whole number")


def _difference(said: object, expected: object, place: str) -> str | None:
    if isinstance(said, dict) and isinstance(expected, dict):
        for name in sorted({*said, *expected}):
            found = _difference(said.get(name), expected.get(name), f"{place}.{name}" if place else name)
            if found:
                return found
        return None
    return None if said == expected else f"'{place}' is {_short(said)}, expected {_short(expected)}"


def _short(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _ids(verdict: Verdict, outcome: Outcome) -> tuple[str, ...]:
    return tuple(str(check.id) for check in verdict.checks if check.outcome is outcome)
