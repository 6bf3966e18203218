"""Reads the fields of a JSON object one by one and says which one is wrong, and what it has to be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import did_you_mean
from gates.promotion.errors import PromotionError

if TYPE_CHECKING:
    from collections.abc import Mapping

# The only form of a moment in a statement: one moment, one text.
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
# More would hide what is wrong behind what is there.
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Form:
    """What a text has to look like, as an expression and in words."""

    pattern: re.Pattern[str]
    words: str

    def fits(self, text: str) -> bool:
        """Whether the whole text has this form."""
        return self.pattern.fullmatch(text) is not None


ANY_TEXT = Form(re.compile(r"(?s).+"), "a text that is not empty")
SHA256 = Form(re.compile(r"[0-9a-f]{64}"), "64 hexadecimal digits in lower case")
# DVC adds `.dir` where a pointer stands for a folder.
MD5 = Form(re.compile(r"[0-9a-f]{32}(\.dir)?"), "32 hexadecimal digits in lower case, and .dir for a folder")
# 64 digits where a repository names its objects by sha256.
OBJECT_ID = Form(re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}"), "the full id of a git object, 40 or 64 hexadecimal digits")
# A statement names files of its own repository: no name may lead out of it.
PATH = Form(
    re.compile(r"(?s)(?!\.{0,2}(/|$))[^/\\\0]+(/(?!\.{0,2}(/|$))[^/\\\0]+)*"),
    "a path inside the repository, with slashes and without '..'",
)


@dataclass(frozen=True)
class Fields:
    """The fields of one object of a document. where: its place in the document, "" at the top; shown: the document."""

    values: Mapping[str, object]
    where: str
    shown: str

    def only(self, *names: str) -> Fields:
        """These fields, which must be all of `names` and nothing else: what gates does not know it cannot vouch for."""
        for name in names:
            if name not in self.values:
                raise self._wrong(f"has no field '{self._place(name)}'")
        for name in self.values:
            if name not in names:
                raise self._wrong(
                    f"has a field '{self._place(name)}' that gates does not know: {did_you_mean(name, names)}"
                )
        return self

    def text(self, name: str, form: Form = ANY_TEXT) -> str:
        """A text of this form."""
        return self._formed(self.values[name], self._place(name), form)

    def optional_text(self, name: str, form: Form = ANY_TEXT) -> str | None:
        """A text of this form, or None for null."""
        return None if self.values[name] is None else self.text(name, form)

    def moment(self, name: str) -> datetime:
        """A moment in UTC, to the second, as `2026-01-31T12:00:00Z`."""
        text = self.text(name)
        try:
            at = datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            at = None
        if at is None or moment_text(at) != text:
            raise self.refuse(name, "a moment in UTC such as 2026-01-31T12:00:00Z")
        return at

    def optional_moment(self, name: str) -> datetime | None:
        """A moment in UTC, or None for null."""
        return None if self.values[name] is None else self.moment(name)

    def inner(self, name: str) -> Fields:
        """The fields of the object under this name."""
        return as_fields(self.values[name], self._place(name), self.shown)

    def optional_inner(self, name: str) -> Fields | None:
        """The fields of the object under this name, or None for null."""
        return None if self.values[name] is None else self.inner(name)

    def array(self, name: str) -> list[object]:
        """The items under this name."""
        value = self.values[name]
        if not isinstance(value, list):
            raise self.refuse(name, "an array")
        return value

    def texts(self, name: str, form: Form = ANY_TEXT) -> tuple[str, ...]:
        """An array of texts of this form."""
        return tuple(self._formed(item, f"{self._place(name)}[{at}]", form) for at, item in enumerate(self.array(name)))

    def inners(self, name: str) -> tuple[Fields, ...]:
        """An array of objects."""
        return tuple(
            as_fields(item, f"{self._place(name)}[{at}]", self.shown) for at, item in enumerate(self.array(name))
        )

    def texts_by_name(self, name: str, names: Form, values: Form) -> dict[str, str]:
        """An object whose names and values are texts of these forms."""
        named = self.inner(name)
        for key in named.values:
            if not names.fits(key):
                raise self._wrong(f"has '{key}' in '{named.where}', expected {names.words}")
        return {key: named.text(key, values) for key in named.values}

    def refuse(self, name: str, expected: str) -> PromotionError:
        """The error for a field whose value is not what was expected."""
        return self._refusal(self.values[name], self._place(name), expected)

    def _formed(self, value: object, place: str, form: Form) -> str:
        if not isinstance(value, str) or not form.fits(value):
            raise self._refusal(value, place, form.words)
        return value

    def _refusal(self, value: object, place: str, expected: str) -> PromotionError:
        return self._wrong(f"has {_short(value)} as '{place}', expected {expected}")

    def _place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def _wrong(self, what: str) -> PromotionError:
        return PromotionError(f"{self.shown}: {what}; restore the file as it was committed, or promote again")


def as_fields(value: object, where: str, shown: str) -> Fields:
    """The fields of a JSON object. Raises PromotionError for any other value."""
    if not isinstance(value, dict):
        place = f" as '{where}'" if where else ""
        raise PromotionError(
            f"{shown}: has {_short(value)}{place}, expected a JSON object; restore the file as it was committed"
        )
    return Fields(value, where, shown)


def moment_text(at: datetime) -> str:
    """The one text of a moment in a statement. at: with a time zone; parts of a second are dropped."""
    # Not by strftime: how it writes years before 1000 depends on the platform.
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _short(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
