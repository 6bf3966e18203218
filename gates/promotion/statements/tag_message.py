"""The message of a promotion's tag: a sentence for people, and git trailers that bind what the tag stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.statements.json_fields import OBJECT_ID, SHA256
from gates.promotion.statements.tags import Version, parse_version

if TYPE_CHECKING:
    from gates.promotion.statements.json_fields import Form

# How the first tag says that it follows nothing.
NONE = "none"

# What git appends to the message of a signed tag (gpg-interface.c); it is no part of what was said. As there, any line
# that begins so counts: behind one that git takes for a signature's and gates does not, anything could be said unsigned.
_SIGNATURE = re.compile(r"^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----", re.MULTILINE)
_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9-]+) *: *(?P<value>.*)")
# A value with a line feed would be a trailer of its own; other control characters hide what is said.
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\s](?:[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?")


@dataclass(frozen=True)
class Followed:
    """The tag before this one. object_id: of the tag itself, so that it cannot be replaced unseen."""

    name: str
    object_id: str

    def __str__(self) -> str:
        return f"{self.name} {self.object_id}"


@dataclass(frozen=True)
class TagMessage:
    """What a promotion's tag says.

    subject: one line for people. statement_sha256: of the statement file's bytes. follows: the previous tag of the same
    stage, or of the dataset's versions. stage: None on a version's tag. conditions: one line each, what the stage asked
    and what answered it. reason: why a revocation was made. envelope_sha256: of the signed envelope, where there is one.
    configuration: the commit whose gates.toml asked for the conditions; None where no stage asked.
    """

    subject: str
    statement_sha256: str
    version: Version
    follows: Followed | None = None
    stage: str | None = None
    conditions: tuple[str, ...] = ()
    reason: str | None = None
    envelope_sha256: str | None = None
    configuration: str | None = None

    def to_text(self) -> str:
        """The message, for `git tag --file --cleanup=verbatim`. Raises PromotionError where a part is not one line."""
        trailers = [
            ("Statement-SHA256", self.statement_sha256),
            *([("Envelope-SHA256", self.envelope_sha256)] if self.envelope_sha256 else []),
            ("Version", str(self.version)),
            *([("Stage", self.stage)] if self.stage is not None else []),
            ("Follows", str(self.follows or NONE)),
            *(("Conditions", condition) for condition in self.conditions),
            *([("Configuration", self.configuration)] if self.configuration is not None else []),
            *([("Reason", self.reason)] if self.reason is not None else []),
        ]
        for what, value in (("subject", self.subject), *trailers):
            if not _ONE_LINE.fullmatch(value):
                raise PromotionError(
                    f"{what} of a tag is {value!r}, expected one line of text without spaces at its ends; write it so"
                )
        return f"{self.subject}\n\n" + "".join(f"{key}: {value}\n" for key, value in trailers)


def parse_message(text: str, shown: str) -> TagMessage:
    """The message of a tag as git gives it, signed or not. shown: how messages name the tag.

    Trailers that gates does not write (`Reviewed-by`) may stand among its own. Raises PromotionError where one of its own
    is missing, there twice or not of its form.
    """
    start = signature_at(text)
    said = text[:start] if start is not None else text
    trailers = _trailers(said)
    follows = _one(trailers, "Follows", shown)
    version = parse_version(_one(trailers, "Version", shown))
    if version is None:
        raise _wrong(shown, f"has the version '{trailers['Version'][0]}', expected one such as v1.2.0")
    return TagMessage(
        subject=said.split("\n", 1)[0].strip(),
        statement_sha256=_formed(_one(trailers, "Statement-SHA256", shown), SHA256, "Statement-SHA256", shown),
        version=version,
        follows=None if follows == NONE else _followed(follows, shown),
        stage=_one(trailers, "Stage", shown) if "Stage" in trailers else None,
        conditions=tuple(trailers.get("Conditions", ())),
        reason=_one(trailers, "Reason", shown) if "Reason" in trailers else None,
        envelope_sha256=_optional(trailers, "Envelope-SHA256", SHA256, shown),
        configuration=_optional(trailers, "Configuration", OBJECT_ID, shown),
    )


def signature_at(text: str) -> int | None:
    """Where the signature in a tag's message begins, None where there is none: at the last header of one, as git has it."""
    return max((header.start() for header in _SIGNATURE.finditer(text)), default=None)


def _trailers(text: str) -> dict[str, list[str]]:
    """Values by key in the last paragraph, if every line of it is a trailer: what `git interpret-trailers` reads there."""
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", text.strip("\n"))
    lines = paragraphs[-1].split("\n") if len(paragraphs) > 1 else []
    matches = [_TRAILER.fullmatch(line) for line in lines]
    found: dict[str, list[str]] = {}
    for match in matches:
        if match is None:
            return {}
        found.setdefault(match["key"], []).append(match["value"].strip())
    return found


def _one(trailers: dict[str, list[str]], key: str, shown: str) -> str:
    values = trailers.get(key, [])
    if len(values) != 1:
        raise _wrong(shown, f"has {'no trailer' if not values else f'{len(values)} trailers'} '{key}'")
    return values[0]


def _optional(trailers: dict[str, list[str]], key: str, form: Form, shown: str) -> str | None:
    return _formed(_one(trailers, key, shown), form, key, shown) if key in trailers else None


def _followed(text: str, shown: str) -> Followed:
    name, _, object_id = text.rpartition(" ")
    if not name:
        raise _wrong(shown, f"follows '{text}', expected a tag's name and its object id, or '{NONE}'")
    return Followed(name, _formed(object_id, OBJECT_ID, "Follows", shown))


def _formed(value: str, form: Form, key: str, shown: str) -> str:
    if not form.fits(value):
        raise _wrong(shown, f"has '{value}' as '{key}', expected {form.words}")
    return value


def _wrong(shown: str, what: str) -> PromotionError:
    return PromotionError(
        f"{shown}: the tag's message {what}: gates did not write it, or it was replaced; fetch the tag again from a clone "
        "that you trust"
    )
