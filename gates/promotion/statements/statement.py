"""What one promotion says: which bytes were judged, by what, and on what terms they became a version.

An in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) in canonical JSON.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Annotated, Any

from gates.promotion.errors import PromotionError
from gates.promotion.statements.forms import RESTORE, ObjectId, Release, no_json, wrong_record
from gates.verdict import Answer, Outcome, Verdict
from gates.verdicts.decode import (
    Moment,
    RepositoryPath,
    Sha256,
    Text,
    TextForm,
    canonical_json,
    decode,
    parse_json,
    pattern,
    wrong_value,
)

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
# The `$id` of gates/promotion/statements/promotion.schema.json, named as the verdict's schema is.
PREDICATE_TYPE = "urn:origin-gates:promotion:1"

# Of what there need not be nothing is said, so that statements without it keep their bytes.
_LEFT_OUT = ("review", "weights")
# More of two values would hide where they differ.
_SHOWN_CHARACTERS = 60
# Only data that passed is promoted; a warning holds nothing back.
_PROMOTABLE = {answer.value: answer for answer in (Answer.PASS, Answer.WARN)}
_Promotable = Annotated[Answer, TextForm(_PROMOTABLE.get, "pass or warn: nothing else is promoted")]
# DVC adds `.dir` where a pointer stands for a folder.
_Md5 = Annotated[str, pattern(r"[0-9a-f]{32}(\.dir)?", "32 hexadecimal digits in lower case, and .dir for a folder")]
_CheckId = Annotated[
    str, pattern(r"(?s)(human|synthetic|combined)/[^/]+(/.*)?", "the id of a check, <scope>/<type>[/<detail>]")
]


@dataclass(frozen=True)
class StatedVerdict:
    """The verdict that a promotion rests on.

    path: of its copy beside the statement, from the repository's root; sha256: of that file's bytes; digest: its own,
    over outcomes, limits and inputs; written_at: when it was recorded, None where that is not known.
    """

    path: RepositoryPath
    sha256: Sha256
    digest: Sha256
    outcome: _Promotable
    written_at: Moment | None


@dataclass(frozen=True)
class StatedContract:
    """What the data was judged under. sha256: the verdict's over all of it; files: sha256 by path of its sources."""

    sha256: Sha256
    files: Mapping[RepositoryPath, Sha256]


@dataclass(frozen=True)
class BaseVersion:
    """The promoted version that this one follows. statement_sha256: of its statement file's bytes."""

    version: Release
    statement_sha256: Sha256


@dataclass(frozen=True)
class StatedRecord:
    """A file beside the promotion that is about exactly its data. sha256: of its bytes; digest: its own, over what it says."""

    path: RepositoryPath
    sha256: Sha256
    digest: Sha256


@dataclass(frozen=True)
class StatedWaiver:
    """A check that was waived, in the verdict's own words."""

    check: _CheckId
    reason: Text
    owner: Text
    expires: Text


@dataclass(frozen=True)
class Predicate:
    """One promotion of a dataset, as the statement's predicate has it.

    commit: the one that was judged, the parent of the promotion's own; pointers: md5 by path of DVC's pointers;
    gates, libraries: versions of what judged; base: None for the first version; waived, loosened, not_asked,
    inconclusive: what the verdict did not count or not answer, in its order; promoted_at: in UTC, whole seconds.
    review, weights: what people said of exactly these rows, and what these rows count; left out where the commit has none.
    """

    dataset: Text
    version: Release
    purpose: Text | None
    commit: ObjectId
    pointers: Mapping[RepositoryPath, _Md5]
    verdict: StatedVerdict
    contract: StatedContract
    gates: Text
    libraries: Mapping[Text, Text]
    base: BaseVersion | None
    waived: tuple[StatedWaiver, ...]
    loosened: tuple[Text, ...]
    not_asked: tuple[_CheckId, ...]
    inconclusive: tuple[_CheckId, ...]
    promoted_at: Moment
    review: StatedRecord | None = None
    weights: StatedRecord | None = None

    @property
    def records(self) -> tuple[StatedRecord, ...]:
        """Review and weights, as far as there are any."""
        return tuple(record for record in (self.review, self.weights) if record)


@dataclass(frozen=True)
class Statement(Predicate):
    """A predicate about data. manifest_sha256: of the manifest of the data that was judged."""

    manifest_sha256: Sha256 = field(kw_only=True)

    def to_bytes(self) -> bytes:
        """The statement's file, in UTF-8. Raises PromotionError where a name is no UTF-8."""
        document = {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": self.dataset, "digest": {"sha256": self.manifest_sha256}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                name: value for name, value in _predicate_of(self).items() if value is not None or name not in _LEFT_OUT
            },
        }
        try:
            return canonical_json(document).encode()
        except UnicodeEncodeError as error:
            name = ascii(error.object[max(0, error.start - 20) : error.end + 20])
            raise PromotionError(
                f"{self.dataset} {self.version}: a name is not UTF-8, near {name}; rename the file"
            ) from error


@dataclass(frozen=True)
class _Digest:
    sha256: Sha256


@dataclass(frozen=True)
class _Subject:
    name: Text
    digest: _Digest


@dataclass(frozen=True)
class _Document:
    _type: object
    subject: tuple[_Subject, ...]
    predicateType: object  # noqa: N815  # in-toto's name
    predicate: Predicate


def parse_statement(content: bytes, shown: str) -> Statement:
    """The statement in a file. shown: how messages name it.

    Raises PromotionError where it is none, says what no promotion says, or is not written as `to_bytes` writes it: equal
    statements have equal bytes, so that their sha256 can stand for what they say.
    """
    value = parse_json(content, no_json(f"{shown}: is no promotion statement, it is not JSON"))
    _refuse_other_type(value, shown)
    document = decode(_Document, value, wrong_record(shown))
    if len(document.subject) != 1:
        count = len(document.subject)
        raise PromotionError(f"{shown}: has {count} subjects, expected one: the dataset; {RESTORE}")
    subject, predicate = document.subject[0], document.predicate
    if subject.name != predicate.dataset:
        expected = f"the dataset of the predicate, '{predicate.dataset}'"
        raise wrong_record(shown)(wrong_value(subject.name, "subject[0].name", expected))
    statement = Statement(**_predicate_of(predicate), manifest_sha256=subject.digest.sha256)
    if statement.to_bytes() != content:
        raise PromotionError(
            f"{shown}: was edited: it is not written as gates writes statements (sorted keys, indented by 2); {RESTORE}"
        )
    return statement


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


def sha256(content: bytes) -> str:
    """The digest by which files are bound, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _predicate_of(predicate: Predicate) -> dict[str, Any]:
    return {field.name: getattr(predicate, field.name) for field in fields(Predicate)}


def _refuse_other_type(value: object, shown: str) -> None:
    """The type comes first: a file of another kind is named as that, not by the first field that it lacks."""
    for name, expected in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
        if isinstance(value, dict) and value.get(name) != expected:
            actual = repr(value[name]) if name in value else "nothing"
            raise PromotionError(
                f"{shown}: is no promotion statement of this gates: '{name}' is {actual}, expected '{expected}'; "
                f"{RESTORE}, or use the gates that wrote it"
            )


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
