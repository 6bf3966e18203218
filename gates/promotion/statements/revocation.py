"""The record of a revocation: a file beside the statements, of which the tag says the same."""

import json
from dataclasses import dataclass

from gates.promotion.statements.forms import Release, no_json, wrong_record
from gates.verdicts.decode import Moment, Sha256, Text, canonical_json, decode, parse_json


@dataclass(frozen=True)
class Revocation:
    """What was revoked, and why. stage: what the version was removed from, None where it was revoked itself.

    statement_sha256: of the version's statement. revoked_at: in UTC, whole seconds.
    """

    dataset: Text
    version: Release
    stage: Text | None
    statement_sha256: Sha256
    reason: Text
    revoked_at: Moment

    def to_bytes(self) -> bytes:
        """The record's file, in the canonical JSON of statements."""
        return canonical_json(self).encode()

    def difference(self, content: bytes, shown: str) -> str | None:
        """What a file says otherwise than this; None where it is this record's. shown: how messages name the file."""
        recorded = json.loads(parse_revocation(content, shown).to_bytes())
        for name, value in json.loads(self.to_bytes()).items():
            if recorded[name] != value:
                return f"{shown} has {recorded[name]!r} as '{name}', and its tag says {value!r}"
        return None if content == self.to_bytes() else f"{shown} was edited: it is not written as gates writes records"


def parse_revocation(content: bytes, shown: str) -> Revocation:
    """The record in a file. Raises PromotionError where it is none."""
    return decode(Revocation, parse_json(content, no_json(f"{shown}: is no record of gates")), wrong_record(shown))
