"""What git prints, read: paths, lines, entries of trees and of the index, dates."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LINK, _SUBMODULE = "120000", "160000"
# Git makes no such names and checks none out, but who writes a tree's object by hand can put them in, and a clone takes
# it: laid out as files they would lead out of their folder, or into git's own.
_LEADS_OUT = re.compile(r"(?:^|/)(?:\.{0,2}|\.git)(?:/|\Z)", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """Blobs by path of a commit or of the index; `links` are paths whose blob is the target of a symbolic link.

    submodules: the commit by path of each. unread: of those whose files nobody can list here, why. stores: folders with the
    objects of the others, whose files are among the blobs (`gates.versions.git.submodules`).
    """

    blobs: Mapping[str, str]
    links: frozenset[str] = frozenset()
    submodules: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    stores: tuple[str, ...] = ()

    def refuse_link(self, path: str) -> None:
        """Raises DataError for a path that is a symbolic link or leads through one: no version says what lies behind it."""
        parts = path.split("/")
        for link in ("/".join(parts[:end]) for end in range(1, len(parts) + 1)):
            if link in self.links:
                raise DataError(f"{link}: a symbolic link in git; commit the data itself, or `dvc add` it")


def leads_out(path: str) -> bool:
    """Whether a path that names a file of a repository has a part that no such path has: `..`, `.`, `.git`, nothing."""
    return _LEADS_OUT.search(path.replace(os.sep, "/")) is not None


def literal(path: str) -> str:
    """A path as a pathspec of git that fits nothing else."""
    return f":(literal){path}"


def lines_of(printed: bytes, errors: str = "surrogateescape") -> list[str]:
    """The lines that git prints, each ended by a line feed alone: names may hold what `str.splitlines` ends one at.

    errors: as in `bytes.decode`; by default bytes that are not UTF-8 become surrogates, as in names of files.
    """
    return printed.decode(errors=errors).removesuffix("\n").split("\n") if printed else []


def listing_of(entries: Iterable[tuple[str, str, str]], shown: str) -> Listing:
    """The blobs among paths with mode and sha. Raises DataError for a path that leads out, naming where it is."""
    blobs: dict[str, str] = {}
    submodules: dict[str, str] = {}
    links = set()
    for path, mode, sha in entries:
        if leads_out(path):
            raise DataError(
                f"{path!r} in {shown}: git makes no such path, so it was put there by hand; nothing of it is read, "
                "`git fsck` names it; find out who made it"
            )
        (submodules if mode == _SUBMODULE else blobs)[path] = sha
        if mode == _LINK:
            links.add(path)
    return Listing(blobs, frozenset(links), submodules)


def entries_of(printed: bytes) -> Iterator[tuple[str, list[str]]]:
    """Each path with the three fields that git prints before it."""
    for record in records_of(printed):
        fields, _, path = record.partition("\t")
        yield path, fields.split(" ")


def records_of(printed: bytes) -> list[str]:
    return [os.fsdecode(record) for record in printed.split(b"\0") if record]


def moment_of(seconds: str) -> datetime | None:
    """The date of an object, in which anything can stand, as git prints it: seconds since 1970; None where it is no date."""
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
