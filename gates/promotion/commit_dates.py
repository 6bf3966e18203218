"""When commits were made, as they say themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from gates.versions.git import Git


def committed_at(git: Git, commit: str) -> datetime:
    """The committer's date of a commit, to the second. Raises DataError where that is no date."""
    told = git.run("log", "--no-show-signature", "-1", "--format=%ct", commit).decode().strip()
    try:
        return datetime.fromtimestamp(int(told), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise DataError(f"the commit {commit[:7]} is dated '{told}', which is no date that there is") from error
