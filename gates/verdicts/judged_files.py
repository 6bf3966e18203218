"""The data files that a verdict lists, and whether those that are here are still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gates.data.facts import FileFacts
from gates.data.files import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from gates.verdict import Verdict


def judged_files(verdict: Verdict) -> list[FileFacts]:
    """The data files that a verdict lists, with their digests."""
    files: list[dict[str, Any]] = verdict.data["files"]  # type: ignore[assignment]  # `whole_verdict` has looked
    return [FileFacts(file["path"], file["rows"], {}, file["sha256"], file["size"]) for file in files]


def edited_file(verdict: Verdict, home: Path) -> str | None:
    """The first data file that is not what was judged, of those that are here: a clone need not pull the data."""
    for file in judged_files(verdict):
        path = home / file.path
        if path.is_file() and fingerprint(path)[0] != file.sha256:
            return file.path
    return None
