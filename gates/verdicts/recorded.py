"""A verdict read back from its JSON document, refused when it is not the one that was written."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from gates.data.files import md5_manifest_sha256
from gates.errors import GatesError
from gates.verdict import SCHEMA_VERSION, Answer, CheckResult, digest_of_report
from gates.verdicts.from_json import check_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class VerdictError(GatesError):
    """A recorded verdict says nothing about this data under this contract: exit 3."""


@dataclass(frozen=True)
class RecordedVerdict:
    """What a document says, its own digest having been recomputed. Nothing of it has been compared with anything else.

    md5s, holdout_md5s, evaluation_md5s: md5 by path of the files that were judged. promoted_sha256: of the statement of the
    version promoted last before. The digest does not cover what a check observed.
    """

    dataset: str
    answer: Answer
    digest: str
    checks: tuple[CheckResult, ...]
    manifest_sha256: str
    holdout_sha256: str | None
    md5_manifest_sha256: str
    contract: Mapping[str, Any]
    md5s: Mapping[str, str]
    holdout_md5s: Mapping[str, str]
    evaluation_sha256: str | None
    evaluation_md5s: Mapping[str, str]
    promoted_sha256: str | None
    waived: frozenset[str] = frozenset()
    rows: Mapping[str, int] = field(default_factory=dict)


def read_verdict(path: Path) -> RecordedVerdict:
    """The verdict at `path`.

    Raises VerdictError where there is none, where the file is something else, and where it was edited: its digest does
    not follow from what it says.
    """
    shown = os.path.relpath(path)
    try:
        return parse_verdict(path.read_bytes(), shown)
    except FileNotFoundError:
        raise VerdictError(f"no verdict at {shown}") from None
    except OSError as error:
        raise VerdictError(f"{shown}: cannot be read: {error.strerror}") from error


def parse_verdict(content: bytes, shown: str) -> RecordedVerdict:
    """The verdict in a document. shown: how messages name it. Raises VerdictError where it is none or was edited."""
    try:
        report = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
        version = report["schema_version"]
        if version != SCHEMA_VERSION:
            raise VerdictError(f"{shown}: has schema version {version!r}, expected {SCHEMA_VERSION}")
        digest = digest_of_report(report)
        if report["digest"] != digest:
            raise VerdictError(f"{shown}: was edited: its digest is not that of what it says")
        verdict = _recorded(report)
        judged = {**verdict.md5s, **verdict.holdout_md5s, **verdict.evaluation_md5s}
        if md5_manifest_sha256(judged) != verdict.md5_manifest_sha256:
            raise VerdictError(f"{shown}: was edited: the md5s of its files are not those that its digest covers")
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        what = "it has no " + str(error) if isinstance(error, KeyError) else str(error).split("\n")[0]
        raise VerdictError(f"{shown}: is no verdict of gates ({what})") from error
    return verdict


def _recorded(report: Mapping[str, Any]) -> RecordedVerdict:
    contract, data = report["contract"], report["data"]
    if not isinstance(contract, dict):
        raise TypeError("contract is no object")
    return RecordedVerdict(
        dataset=str(report["dataset"]),
        answer=Answer(report["outcome"]),
        digest=str(report["digest"]),
        checks=tuple(check_of(check) for check in report["checks"]),
        manifest_sha256=str(data["manifest_sha256"]),
        holdout_sha256=data["holdout_sha256"],
        md5_manifest_sha256=str(data["md5_manifest_sha256"]),
        contract=contract,
        md5s=_md5s(data["files"]),
        holdout_md5s=_md5s(data["holdout_files"]),
        evaluation_sha256=data["evaluation_sha256"],
        evaluation_md5s=_md5s(data["evaluation_files"]),
        promoted_sha256=data["promoted_sha256"],
        waived=frozenset(str(waiver["check"]) for waiver in report["waived"]),
        rows=_rows(report["rows"]),
    )


def _md5s(files: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(file["path"]): str(file["md5"]) for file in files}


def _rows(counts: Mapping[str, Any]) -> dict[str, int]:
    for count in counts.values():
        if not isinstance(count, int):
            raise TypeError(f"{count!r} is no number of rows")
    return dict(counts)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
