"""The names of tags that mark promotions, in GTO's grammar, so that `gto show` and `dvc artifacts get` read them.

`reviews@v1.2.0` is a version, `reviews#prod#3` a stage's third event, `!` takes one back; a dataset of the sub-folder
`sub` is `sub=reviews`. The grammar is that of gto 1.10, gto/constants.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.versions.dvc.artifacts import ARTIFACT_NAME, is_artifact_name

if TYPE_CHECKING:
    from collections.abc import Iterable

# `[0-9]` where gto has `\d`: digits of other scripts are no version here. 15 digits are more than anybody counts, and
# keep a hostile tag from costing time.
_NUMBER = r"(?:0|[1-9][0-9]{0,14})"
_COUNTER = r"[1-9][0-9]{0,14}"
_HIGHEST = 10**15 - 1
_VERSION = rf"v(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})"
_FOLDER = r"[a-zA-Z0-9\-_./]+"
_ARTIFACT = rf"(?:(?P<folder>{_FOLDER})=)?(?P<dataset>{ARTIFACT_NAME})"
_OURS = re.compile(
    rf"{_ARTIFACT}(?:@(?P<version>{_VERSION})(?P<taken>!?)|#(?P<stage>{ARTIFACT_NAME})(?P<left>!?)#(?P<number>{_COUNTER}))"
)

# Everything that gto reads as an event, the forms that gates never writes among them.
_SEMVER_TAIL = r"(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
_GTO_VERSION = rf"v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*){_SEMVER_TAIL}"
_GTO = re.compile(
    rf"{_ARTIFACT}(?:(?:#{ARTIFACT_NAME}|@{_GTO_VERSION})!?|@(?:deprecated|created))(?:#(?P<number>[0-9]+))?"
)

# What git allows in no tag, and gto's names allow (git help check-ref-format).
_NO_REF = re.compile(r"//|\.\.|(^|/)\.|\.lock(/|$|=)|(^|/)/|^/|/$|/=")


@dataclass(frozen=True, order=True)
class ReleaseVersion:
    """`vMAJOR.MINOR.PATCH`, ordered by its numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"

    def next_patch(self) -> ReleaseVersion:
        """The version after this one where nobody asks for another. Raises UsageError where its number is too high."""
        if self.patch >= _HIGHEST:
            raise UsageError(
                f"no version comes after {self} by itself: the number is too high; name one with --version"
            )
        return ReleaseVersion(self.major, self.minor, self.patch + 1)


@dataclass(frozen=True)
class TagName:
    """The name of one tag: a version's (`version` set) or a stage's (`stage` and `number` set), never both.

    folder: that of gates.toml in the repository, "" at the top. number: GTO's counter over all stages of the dataset.
    is_revocation: the tag takes the version back, or takes it off the stage. Raises UsageError for a number that could
    not be read again.
    """

    dataset: str
    folder: str = ""
    version: ReleaseVersion | None = None
    stage: str | None = None
    number: int | None = None
    is_revocation: bool = False

    def __post_init__(self) -> None:
        if (self.number or 0) > _HIGHEST:
            name = artifact(self.dataset, self.folder)
            raise UsageError(
                f"{name}: no stage tag comes after one with the number {_HIGHEST}, which somebody made by hand; "
                f"`git tag --list '{name}#*#{_HIGHEST}'` names it, `git tag --delete` it here and at the remote"
            )

    def __str__(self) -> str:
        own, mark = artifact(self.dataset, self.folder), "!" if self.is_revocation else ""
        return f"{own}@{self.version}{mark}" if self.stage is None else f"{own}#{self.stage}{mark}#{self.number}"


def artifact(dataset: str, folder: str) -> str:
    """How tags name a dataset. folder: that of gates.toml in the repository, "" at the top."""
    return f"{folder}={dataset}" if folder else dataset


def parse_version(text: str) -> ReleaseVersion | None:
    """The version that is written so; None for every other text, pre-releases and a missing `v` among them."""
    match = re.fullmatch(_VERSION, text)
    return ReleaseVersion(int(match["major"]), int(match["minor"]), int(match["patch"])) if match else None


def parse_tag(name: str) -> TagName | None:
    """What the name of a tag says; None where gates writes no such name, though GTO may read it (`is_gto_tag`)."""
    match = _OURS.fullmatch(name)
    if match is None:
        return None
    version, number = parse_version(match["version"] or ""), int(match["number"]) if match["number"] else None
    is_revocation = "!" in (match["taken"], match["left"])
    return TagName(match["dataset"], match["folder"] or "", version, match["stage"], number, is_revocation)


def is_gto_tag(name: str) -> bool:
    """Whether GTO reads the tag as an event, so that whoever resolves versions or stages with it follows the tag."""
    return _GTO.fullmatch(name) is not None


def next_number(names: Iterable[str], dataset: str, folder: str) -> int:
    """The counter of the next stage tag: GTO counts all events of a dataset together. names: of all tags there are."""
    own = (folder or None, dataset)
    matches = [match for match in map(_GTO.fullmatch, names) if match and (match["folder"], match["dataset"]) == own]
    # A counter beyond what gates writes is no number to go on from.
    numbers = (int(match["number"]) for match in matches if re.fullmatch(_COUNTER, match["number"] or ""))
    return 1 + max(numbers, default=0)


def refuse_untaggable(dataset: str, folder: str = "", stage: str | None = None) -> None:
    """Refuses names that cannot stand in a tag. Raises UsageError, saying which one and what it may be made of."""
    for what, name in (("dataset", dataset), ("stage", stage)):
        if name is not None and (not is_artifact_name(name) or _NO_REF.search(name)):
            raise UsageError(
                f"{what} '{name}': no tag can carry this name: expected letters of a to z, digits, '-', '_' and '/', with a "
                f"letter or digit at both ends; rename the {what}"
            )
    if folder and (not re.fullmatch(_FOLDER, folder) or _NO_REF.search(f"{folder}=") or folder.startswith("-")):
        raise UsageError(
            f"dataset '{dataset}': no tag can carry the name of its folder '{folder}': expected letters of a to z, digits, "
            "'-', '_', '.' and '/'; rename the folder"
        )
