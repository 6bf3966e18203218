"""The message of a promotion's tag: a sentence for people, and git trailers that bind what the tag stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gates.promotion.errors import PromotionError
from gates.promotion.statements.forms import OBJECT_ID, VERSION
from gates.verdicts.decode import SHA256, TextForm

if TYPE_CHECKING:
    from gates.promotion.statements.tags import ReleaseVersion

# How the first tag says that it follows nothing.
NONE = "none"

# What git appends to the message of a signed tag (gpg-interface.c); it is no part of the message. As in git, any line
# that begins so counts: behind one that git takes for a signature's and gates does not, anything could be said unsigned.
_SIGNATURE = re.compile(r"^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----", re.MULTILINE)
_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9-]+) *: *(?P<value>.*)")
# A value with a line feed would be a trailer of its own; other control characters hide what it says.
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\s](?:[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?")


@dataclass(frozen=True)
class PreviousTag:
    """The tag before this one. object_id: of the tag itself, so that it cannot be replaced unseen."""

    name: str
    object_id: str

    def __str__(self) -> str:
        return f"{self.name} {self.object_id}"


@dataclass(frozen=True)
class TagMessage:
    """What a promotion's tag says.

    subject: one line for people. statement_sha256: of the statement file's bytes. follows: the previous tag of the same
    stage, or of the dataset's versions. stage: None on a version's tag. conditions: one line each, what the stage requires
    and what fulfilled it. reason: why a revocation was made. envelope_sha256: of the signed envelope, where there is one.
    configuration: the commit whose gates.toml has the stage; None without a stage.
    """

    subject: str
    statement_sha256: str
    version: ReleaseVersion
    follows: PreviousTag | None = None
    stage: str | None = None
    conditions: tuple[str, ...] = ()
    reason: str | None = None
    envelope_sha256: str | None = None
    configuration: str | None = None

    def to_text(self) -> str:
        """The message, for `git tag --file --cleanup=verbatim`. Raises PromotionError where a part is not one line."""
        trailers = [
            ("Statement-SHA256", self.statement_sha256),
            ("Envelope-SHA256", self.envelope_sha256),
            ("Version", str(self.version)),
            ("Stage", self.stage),
            ("Follows", str(self.follows or NONE)),
            *(("Conditions", condition) for condition in self.conditions),
            ("Configuration", self.configuration),
            ("Reason", self.reason),
        ]
        lines = [("subject", self.subject), *((key, value) for key, value in trailers if value is not None)]
        for what, value in lines:
            if not _ONE_LINE.fullmatch(value):
                raise PromotionError(
                    f"{what} of a tag is {value!r}, expected one line of text without spaces at its ends; write it so"
                )
        return f"{self.subject}\n\n" + "".join(f"{key}: {value}\n" for key, value in lines[1:])


def parse_message(text: str, shown: str) -> TagMessage:
    """The message of a tag as git gives it, signed or not. shown: how messages name the tag.

    Trailers that gates does not write (`Reviewed-by`) may stand among its own. Raises PromotionError where one of its own
    is missing, there twice or not of its form.
    """
    unsigned = text[: signature_at(text)]
    trailers = _trailers(unsigned)

    def value_of(key: str, form: TextForm | None = None) -> Any:
        values = trailers.get(key, [])
        if len(values) != 1:
            count = f"{len(values)} trailers" if values else "no trailer"
            raise _wrong(shown, f"has {count} '{key}'")
        return _formed(values[0], form, key, shown) if form else values[0]

    def optional(key: str, form: TextForm | None = None) -> Any:
        return value_of(key, form) if key in trailers else None

    return TagMessage(
        follows=_previous(value_of("Follows"), shown),
        subject=unsigned.split("\n", 1)[0].strip(),
        statement_sha256=value_of("Statement-SHA256", SHA256),
        version=value_of("Version", VERSION),
        stage=optional("Stage"),
        conditions=tuple(trailers.get("Conditions", ())),
        reason=optional("Reason"),
        envelope_sha256=optional("Envelope-SHA256", SHA256),
        configuration=optional("Configuration", OBJECT_ID),
    )


def signature_at(text: str) -> int | None:
    """Where the signature in a tag's message begins, None where there is none: at the last header of one, as git has it."""
    return max((header.start() for header in _SIGNATURE.finditer(text)), default=None)


def _trailers(text: str) -> dict[str, list[str]]:
    """Values by key in the last paragraph, if every line of it is a trailer: what `git interpret-trailers` reads there."""
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", text.strip("\n"))
    lines = paragraphs[-1].split("\n") if len(paragraphs) > 1 else []
    values: dict[str, list[str]] = {}
    for match in map(_TRAILER.fullmatch, lines):
        if match is None:
            return {}
        values.setdefault(match["key"], []).append(match["value"].strip())
    return values


def _previous(text: str, shown: str) -> PreviousTag | None:
    if text == NONE:
        return None
    name, _, object_id = text.rpartition(" ")
    if not name:
        raise _wrong(shown, f"follows '{text}', expected a tag's name and its object id, or '{NONE}'")
    return PreviousTag(name, _formed(object_id, OBJECT_ID, "Follows", shown))


def _formed(value: str, form: TextForm, key: str, shown: str) -> Any:
    parsed = form.parse(value)
    if parsed is None:
        raise _wrong(shown, f"has '{value}' as '{key}', expected {form.words}")
    return parsed


def _wrong(shown: str, what: str) -> PromotionError:
    return PromotionError(
        f"{shown}: the tag's message {what}: gates did not write it, or it was replaced; fetch the tag again from a clone "
        "that you trust"
    )
