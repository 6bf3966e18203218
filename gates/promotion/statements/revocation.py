"""The record of something taken back: a file beside the statements, of which the tag says the same."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.promotion.errors import PromotionError
from gates.promotion.statements.json_fields import SHA256, as_fields, moment_text
from gates.promotion.statements.tags import Version, parse_version

if TYPE_CHECKING:
    from datetime import datetime

_STEM = re.compile(r"(?P<version>v[0-9.]+)(-(?P<number>[0-9]+))?\.json")


@dataclass(frozen=True)
class Revocation:
    """What was taken back, and why. stage: what the version was taken off, None where it was taken back itself.

    statement_sha256: of the version's statement. revoked_at: in UTC, whole seconds.
    """

    dataset: str
    version: Version
    stage: str | None
    statement_sha256: str
    reason: str
    revoked_at: datetime

    def to_bytes(self) -> bytes:
        """The record's file, in the canonical JSON of statements."""
        document = {
            "dataset": self.dataset,
            "version": str(self.version),
            "stage": self.stage,
            "statement_sha256": self.statement_sha256,
            "reason": self.reason,
            "revoked_at": moment_text(self.revoked_at),
        }
        return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"

    def difference(self, content: bytes, shown: str) -> str | None:
        """What a file says otherwise than this; None where it is this record's. shown: how messages name the file."""
        found = parse_revocation(content, shown)
        for name, value in json.loads(self.to_bytes()).items():
            there = json.loads(found.to_bytes())[name]
            if there != value:
                return f"{shown} has {there!r} as '{name}', and its tag says {value!r}"
        return None if content == self.to_bytes() else f"{shown} was edited: it is not written as gates writes records"


def records_folder(folder: str, dataset: str) -> str:
    """Where the records of a dataset lie, from the repository's root. folder: that of gates.toml, "" at the top."""
    return posixpath.join(folder, FOLDER, dataset, "revocations")


def record_path(folder: str, dataset: str, version: Version, number: int | None) -> str:
    """Where a record lies. number: of the stage's event, as a version may be taken off one stage more than once."""
    name = f"{version}-{number}.json" if number is not None else f"{version}.json"
    return posixpath.join(records_folder(folder, dataset), name)


def event_of_record(path: str) -> tuple[Version, int | None] | None:
    """The version that a record's name speaks of, and the number of the stage's event; None for another name."""
    match = _STEM.fullmatch(posixpath.basename(path))
    version = parse_version(match["version"]) if match else None
    return (version, int(match["number"]) if match["number"] else None) if match and version else None


def parse_revocation(content: bytes, shown: str) -> Revocation:
    """The record in a file. Raises PromotionError where it is none."""
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        what = str(error).split("\n")[0]
        raise PromotionError(
            f"{shown}: is no record of gates ({what}); restore the file as it was committed"
        ) from error
    fields = as_fields(document, "", shown)
    fields.only("dataset", "version", "stage", "statement_sha256", "reason", "revoked_at")
    version = parse_version(fields.text("version"))
    if version is None:
        raise fields.refuse("version", "a version such as v1.2.0")
    return Revocation(
        dataset=fields.text("dataset"),
        version=version,
        stage=fields.optional_text("stage"),
        statement_sha256=fields.text("statement_sha256", SHA256),
        reason=fields.text("reason"),
        revoked_at=fields.moment("revoked_at"),
    )
