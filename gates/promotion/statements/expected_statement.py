"""What a statement says because its verdict says so: written by who promotes, compared by who verifies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gates.promotion.errors import PromotionError
from gates.promotion.statements.decode import RepositoryPath, Sha256, Text, decode
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
from gates.verdicts.from_json import verdict_of
from gates.verdicts.recorded import parse_verdict

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
        purpose=contract["purpose"],  # type: ignore[arg-type]  # a text or None: `verdict_in`
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


def verdict_in(content: bytes, shown: str) -> Verdict:
    """The verdict in a document; all that a statement says of it is in it, in its form. shown: how messages name it.

    Raises VerdictError or PromotionError for every other document: whoever can write the repository can write any.
    """
    parse_verdict(content, shown)
    try:
        document = json.loads(content)
        decode(_VerdictForm, document, shown)
        return verdict_of(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error).split("\n")[0]
        raise PromotionError(f"{shown}: is no verdict of gates ({what})") from error


@dataclass(frozen=True)
class _ContractForm:
    is_open: ClassVar = True
    sha256: Sha256
    gates: Text
    purpose: Text | None
    schema: Text | None
    libraries: Mapping[Text, Text]
    schema_sources: Mapping[RepositoryPath, Sha256]


@dataclass(frozen=True)
class _FileForm:
    is_open: ClassVar = True
    path: Text
    sha256: Sha256
    rows: int
    size: int


@dataclass(frozen=True)
class _DataForm:
    is_open: ClassVar = True
    manifest_sha256: Sha256
    files: tuple[_FileForm, ...]


@dataclass(frozen=True)
class _RowsForm:
    is_open: ClassVar = True
    human: int
    synthetic: int
    undeclared: int


@dataclass(frozen=True)
class _VerdictForm:
    is_open: ClassVar = True
    contract: _ContractForm
    loosened: tuple[Text, ...]
    waived: tuple[StatedWaiver, ...]
    rows: _RowsForm
    data: _DataForm


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
