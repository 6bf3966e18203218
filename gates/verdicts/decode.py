"""Reads a JSON document into dataclasses as their fields are annotated, and writes them back in one form.

`Annotated[..., TextForm]` is a text of that form, a dataclass an object with exactly its fields (or more, where it is
`is_open`), `tuple[X, ...]` an array, `Mapping[X, Y]` an object by name, `X | None` may be null, `object` is anything.
Modules that declare such classes do without `from __future__ import annotations`: the annotations are read here.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, TypeVar, Union, cast, get_args, get_origin

from gates.errors import GatesError, did_you_mean

T = TypeVar("T")
# Makes the error for what is wrong with a document.
Fail = Callable[[str], GatesError]

# The only form of a moment in a document: one moment, one text.
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
# More would hide what is wrong behind the value.
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class TextForm:
    """What a text has to look like. parse: gives its value, None where it is not of this form."""

    parse: Callable[[str], object | None]
    words: str


def pattern(expression: str, words: str) -> TextForm:
    """The form of whole texts that match a regular expression."""
    compiled = re.compile(expression)
    return TextForm(lambda text: text if compiled.fullmatch(text) else None, words)


def moment_text(at: datetime) -> str:
    """The one text of a moment in a document. at: with a time zone; parts of a second are dropped."""
    # Not by strftime: how it writes years before 1000 depends on the platform.
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if moment_text(at) == text else None


SHA256 = pattern(r"[0-9a-f]{64}", "64 hexadecimal digits in lower case")

Text = Annotated[str, pattern(r"(?s).+", "a text that is not empty")]
Sha256 = Annotated[str, SHA256]
Moment = Annotated[datetime, TextForm(_moment, "a moment in UTC such as 2026-01-31T12:00:00Z")]
# A document names files of its own repository: no name may lead out of it.
RepositoryPath = Annotated[
    str,
    pattern(
        r"(?s)(?!\.{0,2}(/|$))[^/\\\0]+(/(?!\.{0,2}(/|$))[^/\\\0]+)*",
        "a path inside the repository, with slashes and without '..'",
    ),
]


def parse_json(content: bytes, fail: Fail) -> object:
    """The document in a file. fail: makes the error for a file that is no JSON, from what is wrong with it."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise fail(str(error).split("\n")[0]) from error


def decode(kind: type[T], value: object, fail: Fail) -> T:
    """The dataclass that a document stands for.

    fail: makes the error from a clause that names the field, what it has and what it has to be.
    """
    return cast("T", _read(kind, value, "", fail))


def canonical_json(document: object) -> str:
    """The one text of a document: sorted keys, indented by 2, one line feed at the end."""
    text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    return f"{text}\n"


def wrong_value(value: object, place: str, expected: str) -> str:
    """The clause on a value at a place in a document, "" at the top, that is not what was expected."""
    at = f" as '{place}'" if place else ""
    return f"has {_short(value)}{at}, expected {expected}"


def _read(hint: object, value: object, place: str, fail: Fail) -> object:
    origin, arguments = get_origin(hint), get_args(hint)
    is_optional = origin in (Union, UnionType)
    if hint is object or (is_optional and value is None):
        return value
    if is_optional:
        return _read(arguments[0], value, place, fail)
    if origin is Annotated:
        parsed = arguments[1].parse(value) if isinstance(value, str) else None
        if parsed is None:
            raise fail(wrong_value(value, place, arguments[1].words))
        return parsed
    kinds = {int: (int, "a whole number"), tuple: (list, "an array")}
    kind, words = kinds.get(cast("type", origin or hint), (dict, "a JSON object"))
    if not isinstance(value, kind):
        raise fail(wrong_value(value, place, words))
    return _read_inner(hint, value, place, fail) if isinstance(value, dict | list) else value


def _read_inner(hint: object, value: dict[str, object] | list[object], place: str, fail: Fail) -> object:
    arguments = get_args(hint)
    if isinstance(value, list):
        return tuple(_read(arguments[0], item, f"{place}[{at}]", fail) for at, item in enumerate(value))
    if not arguments:
        return _read_fields(cast("type", hint), value, place, fail)
    return {
        _key(arguments[0], name, place, fail): _read(arguments[1], inner, _inside(place, name), fail)
        for name, inner in value.items()
    }


def _read_fields(kind: type, values: dict[str, object], place: str, fail: Fail) -> object:
    """What gates does not know it cannot vouch for: other fields are refused unless the class is open."""
    own = {field.name: field for field in fields(kind)}
    for name, field in own.items():
        if name not in values and field.default is MISSING:
            raise fail(f"has no field '{_inside(place, name)}'")
    for name in values:
        if name not in own and not getattr(kind, "is_open", False):
            near = did_you_mean(name, own)
            raise fail(f"has a field '{_inside(place, name)}' that gates does not know: {near}")
    return kind(
        **{name: _read(own[name].type, values[name], _inside(place, name), fail) for name in own if name in values}
    )


def _key(hint: object, name: str, place: str, fail: Fail) -> object:
    form: TextForm = get_args(hint)[1]
    if form.parse(name) is None:
        raise fail(f"has '{name}' in '{place}', expected {form.words}")
    return name


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Mapping):
        return dict(value)
    if not is_dataclass(value):
        raise TypeError(f"{value!r} has no form in JSON")
    # What has a text of its own is written so.
    return (
        str(value)
        if "__str__" in vars(type(value))
        else {field.name: getattr(value, field.name) for field in fields(value)}
    )


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _short(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
