"""What one promotion says: which bytes were judged, by what, and on what terms they became a version.

An in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) in canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.statements.json_fields import ANY_TEXT, MD5, OBJECT_ID, PATH, SHA256, Form, as_fields, moment_text
from gates.promotion.statements.tags import Version, parse_version
from gates.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.promotion.statements.json_fields import Fields

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
# The `$id` of gates/promotion/statements/promotion.schema.json, named as the verdict's schema is.
PREDICATE_TYPE = "urn:origin-gates:promotion:1"

# Only data that passed is promoted; a warning holds nothing back.
_PROMOTABLE = (Answer.PASS, Answer.WARN)
_CHECK_ID = Form(
    re.compile(r"(?s)(human|synthetic|combined)/[^/]+(/.*)?"), "the id of a check, <scope>/<type>[/<detail>]"
)
# What is said of each waiver.
WAIVER = ("check", "reason", "owner", "expires")
_RESTORE = "restore the file as it was committed"


@dataclass(frozen=True)
class JudgedBy:
    """The verdict that a promotion rests on.

    path: of its copy beside the statement, from the repository's root; sha256: of that file's bytes; digest: its own,
    over outcomes, limits and inputs; written_at: when it was recorded, None where nobody knows.
    """

    path: str
    sha256: str
    digest: str
    outcome: Answer
    written_at: datetime | None


@dataclass(frozen=True)
class BoundContract:
    """What the data was held to. sha256: the verdict's over all of it; files: sha256 by path of what it was read from."""

    sha256: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class JudgedWith:
    """The version of gates, and those of the libraries that can move a number."""

    gates: str
    libraries: Mapping[str, str]


@dataclass(frozen=True)
class Base:
    """The promoted version that this one follows. statement_sha256: of its statement file's bytes."""

    version: Version
    statement_sha256: str


@dataclass(frozen=True)
class Concessions:
    """What the verdict did not ask or did not count, in the verdict's own words and order; ids are those of checks."""

    waived: tuple[Mapping[str, str], ...] = ()
    loosened: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    inconclusive: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One promotion of a dataset.

    manifest_sha256: of the data that was judged; commit: the one that was judged, the parent of the promotion's own;
    pointers: md5 by path of DVC's pointers; base: None for the first version; promoted_at: in UTC, whole seconds.
    """

    dataset: str
    manifest_sha256: str
    version: Version
    purpose: str | None
    commit: str
    pointers: Mapping[str, str]
    verdict: JudgedBy
    contract: BoundContract
    judged_with: JudgedWith
    base: Base | None
    concessions: Concessions
    promoted_at: datetime

    def to_bytes(self) -> bytes:
        """The statement's file: JSON with sorted keys, indented by 2, one line feed at the end, in UTF-8.

        Raises PromotionError where a name is no UTF-8.
        """
        document = {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": self.dataset, "digest": {"sha256": self.manifest_sha256}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": _predicate(self),
        }
        text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
        try:
            return f"{text}\n".encode()
        except UnicodeEncodeError as error:
            name = ascii(error.object[max(0, error.start - 20) : error.end + 20])
            raise PromotionError(
                f"{self.dataset} {self.version}: a name is not UTF-8, near {name}; rename the file"
            ) from error


def parse_statement(content: bytes, shown: str) -> Statement:
    """The statement in a file. shown: how messages name it.

    Raises PromotionError where it is none, says what no promotion says, or is not written as `to_bytes` writes it: equal
    statements have equal bytes, so that their sha256 can stand for what they say.
    """
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        what = str(error).split("\n")[0]
        raise PromotionError(f"{shown}: is no promotion statement, it is not JSON ({what}); {_RESTORE}") from error
    statement = _statement(as_fields(document, "", shown))
    if statement.to_bytes() != content:
        raise PromotionError(
            f"{shown}: was edited: it is not written as gates writes statements (sorted keys, indented by 2); "
            f"{_RESTORE}"
        )
    return statement


def sha256(content: bytes) -> str:
    """The digest by which files are bound, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _predicate(said: Statement) -> dict[str, object]:
    base = said.base
    return {
        "dataset": said.dataset,
        "version": str(said.version),
        "purpose": said.purpose,
        "commit": said.commit,
        "pointers": dict(said.pointers),
        "verdict": {
            "path": said.verdict.path,
            "sha256": said.verdict.sha256,
            "digest": said.verdict.digest,
            "outcome": said.verdict.outcome.value,
            "written_at": said.verdict.written_at and moment_text(said.verdict.written_at),
        },
        "contract": {"sha256": said.contract.sha256, "files": dict(said.contract.files)},
        "gates": said.judged_with.gates,
        "libraries": dict(said.judged_with.libraries),
        "base": base and {"version": str(base.version), "statement_sha256": base.statement_sha256},
        "waived": [dict(waiver) for waiver in said.concessions.waived],
        "loosened": list(said.concessions.loosened),
        "not_asked": list(said.concessions.not_asked),
        "inconclusive": list(said.concessions.inconclusive),
        "promoted_at": moment_text(said.promoted_at),
    }


def _statement(document: Fields) -> Statement:
    # The type comes first: a file of another kind is named as that, not by the first field that it lacks.
    for name, expected in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
        if document.values.get(name) != expected:
            found = repr(document.values[name]) if name in document.values else "nothing"
            raise PromotionError(
                f"{document.shown}: is no promotion statement of this gates: '{name}' is {found}, expected '{expected}'; "
                f"{_RESTORE}, or use the gates that wrote it"
            )
    document.only("_type", "subject", "predicateType", "predicate")
    subjects = document.inners("subject")
    if len(subjects) != 1:
        raise PromotionError(f"{document.shown}: has {len(subjects)} subjects, expected one: the dataset; {_RESTORE}")
    subject = subjects[0].only("name", "digest")
    promotion = document.inner("predicate").only(
        "dataset", "version", "purpose", "commit", "pointers", "verdict", "contract", "gates", "libraries", "base",
        "waived", "loosened", "not_asked", "inconclusive", "promoted_at",
    )  # fmt: skip
    if subject.text("name") != promotion.text("dataset"):
        raise subject.refuse("name", f"the dataset of the predicate, '{promotion.text('dataset')}'")
    contract = promotion.inner("contract").only("sha256", "files")
    return Statement(
        dataset=promotion.text("dataset"),
        manifest_sha256=subject.inner("digest").only("sha256").text("sha256", SHA256),
        version=_version(promotion),
        purpose=promotion.optional_text("purpose"),
        commit=promotion.text("commit", OBJECT_ID),
        pointers=promotion.texts_by_name("pointers", PATH, MD5),
        verdict=_judged_by(promotion.inner("verdict")),
        contract=BoundContract(contract.text("sha256", SHA256), contract.texts_by_name("files", PATH, SHA256)),
        judged_with=JudgedWith(promotion.text("gates"), promotion.texts_by_name("libraries", ANY_TEXT, ANY_TEXT)),
        base=_base(promotion),
        concessions=_concessions(promotion),
        promoted_at=promotion.moment("promoted_at"),
    )


def _judged_by(verdict: Fields) -> JudgedBy:
    verdict.only("path", "sha256", "digest", "outcome", "written_at")
    outcome = verdict.text("outcome")
    if outcome not in [answer.value for answer in _PROMOTABLE]:
        raise verdict.refuse("outcome", "pass or warn: nothing else is promoted")
    return JudgedBy(
        verdict.text("path", PATH),
        verdict.text("sha256", SHA256),
        verdict.text("digest", SHA256),
        Answer(outcome),
        verdict.optional_moment("written_at"),
    )


def _base(promotion: Fields) -> Base | None:
    base = promotion.optional_inner("base")
    if base is None:
        return None
    base.only("version", "statement_sha256")
    return Base(_version(base), base.text("statement_sha256", SHA256))


def _concessions(promotion: Fields) -> Concessions:
    waivers = [waiver.only(*WAIVER) for waiver in promotion.inners("waived")]
    return Concessions(
        tuple(
            {name: waiver.text(name, _CHECK_ID if name == "check" else ANY_TEXT) for name in WAIVER}
            for waiver in waivers
        ),
        promotion.texts("loosened"),
        promotion.texts("not_asked", _CHECK_ID),
        promotion.texts("inconclusive", _CHECK_ID),
    )


def _version(fields: Fields) -> Version:
    version = parse_version(fields.text("version"))
    if version is None:
        raise fields.refuse("version", "a version such as v1.2.0")
    return version
