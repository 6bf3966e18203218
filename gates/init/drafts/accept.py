"""Accepting a draft: its rules stop warning and start to block."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gates.atomic_files import replace_text
from gates.errors import UsageError
from gates.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# With the blank line before it, where there is one.
_MARK = re.compile(r"(?:(?<=\n)\r?\n)?^DRAFT[ \t]*=[ \t]*True\b[^\n]*(?:\n|\Z)", re.MULTILINE)
_SPACE = re.compile(r"[ \t\r\n]*")


def accept(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Remove the draft mark from schemas (.py) and suites (.json); in suites, make what was a draft critical.

    Only the marked entries change; what a person edited, and every severity other than `warning`, stays as it is.
    Returns the files that changed; an accepted file changes no more.
    Raises UsageError for a file of another kind, and for JSON that does not parse, before anything is written.
    """
    texts = {path: _read(path) for path in paths}
    accepted = {path: _accepted(path, text) for path, text in texts.items()}
    changed = tuple(path for path in texts if accepted[path] != texts[path])
    for path in changed:
        replace_text(path, accepted[path])
    return changed


def are_drafts(paths: Iterable[Path]) -> list[Path]:
    """Those of a dataset's rule files that have nothing but drafts; none where no draft is left among them."""
    marked = {path: [*_marks(path)] for path in paths}
    return [path for path, marks in marked.items() if all(marks)] if any(map(any, marked.values())) else []


def _marks(path: Path) -> Iterator[bool]:
    """Whether each rule of a suite is a draft; of a schema, whether all of it is."""
    text = _read(path)
    if path.suffix == ".py":
        yield bool(_MARK.search(text))
        return
    try:
        suite = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        suite = None
    entries = suite.get("expectations") if isinstance(suite, dict) else None
    yield from map(_is_draft, entries) if isinstance(entries, list) else [False]


def _is_draft(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("meta"), dict) and entry["meta"].get("draft") is True


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as text: {error}") from error


def _accepted(path: Path, text: str) -> str:
    if path.suffix == ".py":
        return _MARK.sub("", text, count=1)
    if path.suffix != ".json":
        raise UsageError(f"{path}: expected a schema (.py) or a suite (.json)")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: {error.msg}; fix the JSON and accept again") from error
    except RecursionError as error:
        raise UsageError(f"{path}: nested too deeply; fix the JSON and accept again") from error
    for start, end in reversed(list(_entry_spans(text))):
        entry = json.loads(text[start:end])
        if _is_draft(entry):
            text = text[:start] + _written(_without_mark(entry), text, start) + text[end:]
    return text


def _without_mark(entry: dict[str, Any]) -> dict[str, Any]:
    meta = {key: value for key, value in entry["meta"].items() if key != "draft"}
    is_untouched = entry.get("severity") == Severity.WARNING.value
    return {**entry, "meta": meta, **({"severity": Severity.CRITICAL.value} if is_untouched else {})}


def _written(entry: dict[str, Any], text: str, start: int) -> str:
    """The entry as JSON, indented and with line ends as the text around it."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    indent = _SPACE.match(line).group()  # type: ignore[union-attr]
    newline = "\r\n" if "\r\n" in text else "\n"
    return json.dumps(entry, indent=2, ensure_ascii=False).replace("\n", newline + indent)


def _entry_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each entry of the top-level `expectations` stands in valid JSON text."""
    at = _skip(text, 0)
    if text[at] != "{":
        return
    for key, start in _items(text, at, in_object=True):
        if key == "expectations" and text[start] == "[":
            for _, item in _items(text, start, in_object=False):
                yield item, json.JSONDecoder().raw_decode(text, item)[1]


def _items(text: str, at: int, *, in_object: bool) -> Iterator[tuple[str, int]]:
    """Key ("" in arrays) and start of each value in the JSON object or array that opens at `at`."""
    decoder = json.JSONDecoder()
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        key = ""
        if in_object:
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield key, at
        at = _skip(text, decoder.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]
