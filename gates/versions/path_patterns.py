"""Which names a path, folder or glob of a configuration stands for, where there are names only and no files."""

from __future__ import annotations

import glob
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def fixed_part(spec: str) -> str:
    """The folders at the beginning of a path that hold no wildcard: all that it can match lies there or below."""
    parts = spec.split("/")
    fixed = list(takewhile(lambda part: not glob.has_magic(part), parts))
    return "/".join(fixed) or "."


def concerns(path: str, spec: str) -> bool:
    """Whether what lies at a path, or below it if it is a folder, can be meant by a path with or without wildcards."""
    fixed = fixed_part(spec)
    return is_below(path, fixed) or is_below(fixed, path)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies in it."""
    return folder in {".", path} or path.startswith(f"{folder}/")


def matching(names: Collection[str], spec: str) -> set[str]:
    """The names that a file, folder or glob stands for, as on disk: a folder stands for the files in and below it.

    Hidden folders are not entered, and wildcards do not match hidden names, as `glob` has it.
    """
    if spec in names:
        return {spec}
    below = {name for name in names if _is_seen_below(name, spec)}
    if below or not glob.has_magic(spec):
        return below
    pattern = spec.split("/")
    return {name for name in names if _is_matched(pattern, name.split("/"))}


def _is_seen_below(name: str, folder: str) -> bool:
    if not is_below(name, folder):
        return False
    inside = name if folder == "." else name[len(folder) + 1 :]
    return not any(part.startswith(".") for part in inside.split("/")[:-1])


def _is_matched(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a pattern matches a file, or a folder above it with no hidden folder in between."""
    for end in range(len(parts), 0, -1):
        # At the end, `**` stands for a folder with all in and below it: there is something below it in a file's name.
        below_folder = ["*"] if end == len(parts) and pattern[-1] == "**" else []
        if _fits([*pattern, *below_folder], parts[:end]):
            return True
        if end < len(parts) and parts[end - 1].startswith("."):
            return False
    return False


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        is_open = bool(parts) and not parts[0].startswith(".")
        return _fits(rest, parts) or (is_open and _fits(pattern, parts[1:]))
    if not parts or (parts[0].startswith(".") and not first.startswith(".")):
        return False
    return fnmatchcase(parts[0], first) and _fits(rest, parts[1:])
