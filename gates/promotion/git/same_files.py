"""Which versions of a dataset have the same files, whatever these are called: what was taken back as one is no better as another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.errors import ConditionError
from gates.promotion.git.judged_config import judged_files
from gates.promotion.git.promoted_version import message_of_tag, promoted

if TYPE_CHECKING:
    from gates.promotion.git.history import History, Tag
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.statements.tags import Version
    from gates.verdict import Verdict
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Files:
    """manifest: sha256 over names and contents. digests: of the contents alone, None where nobody can read them."""

    manifest: str
    digests: frozenset[str] | None

    def are_those_of(self, other: Files) -> bool:
        return self.manifest == other.manifest or (self.digests is not None and self.digests == other.digests)


def files_judged(manifest: str, verdict: Verdict) -> Files:
    """The files that a verdict is on."""
    return Files(manifest, frozenset(file.sha256 for file in judged_files(verdict)))


def files_promoted(found: Promoted) -> Files:
    """The files of a promoted version."""
    manifest = found.statement.manifest_sha256
    try:
        return files_judged(manifest, found.verdict)
    except GatesError:
        # It may have been taken back because nobody can read it; which files it had, the manifest alone says then.
        return Files(manifest, None)


def taken_back_as(repository: Repository, known: History, files: Files, *, but: Version | None = None) -> Tag | None:
    """The tag that took a version with these files back; None where nothing did. but: a version that is not looked at.

    Raises what `promoted` raises for what was taken back.
    """
    for tag in known.versions:
        version = tag.name.version
        made = known.tag_of(version) if version and version != but and tag.name.is_revocation else None
        if made and files_promoted(promoted(repository, made)).are_those_of(files):
            return tag
    return None


def refuse_taken_back(repository: Repository, known: History, files: Files) -> None:
    """What was taken back does not return under another number. Raises ConditionError that says so."""
    tag = taken_back_as(repository, known, files)
    if tag:
        reason = message_of_tag(repository, tag).reason
        raise ConditionError(f"this data was taken back as {tag.name.version} ({reason}); promote other data")


def also_standing(repository: Repository, known: History, found: Promoted) -> list[Version]:
    """The other versions that have the files of a version and stand."""
    files = files_promoted(found)
    others = (tag for tag in known.standing_tags() if tag != found.tag)
    return [tag.name.version for tag in others if tag.name.version and _has_files(repository, tag, files)]


def _has_files(repository: Repository, tag: Tag, files: Files) -> bool:
    try:
        return files_promoted(promoted(repository, tag)).are_those_of(files)
    except GatesError:
        # What is wrong with another version keeps nobody from taking this one back; `gates verify` names it.
        return False
