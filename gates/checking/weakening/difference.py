"""One difference between two configurations that can let rows pass which failed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from gates.versions.repository import Repository
    from gates.versions.version import Version

CANNOT_TELL = "whether that lets more rows pass cannot be told"


@dataclass(frozen=True)
class Change:
    """Two versions. base: what the change is made on. judged: what it makes of it.

    is_foreign: no code of the judged version may run here; its rules are known to be those of the base.
    """

    repository: Repository
    base: Version
    judged: Version
    today: date
    is_foreign: bool = False


@dataclass(frozen=True)
class RuleDifference:
    """What became of a dataset's rules. about: of what they speak, unique within the dataset; "" for the dataset itself.

    key: the key of gates.toml whose line shows it. place: another line, `path:line` below the configuration's folder.
    reason: why, where the change itself says so.
    """

    about: str
    sentence: str
    key: str = ""
    place: str = ""
    reason: str | None = None
