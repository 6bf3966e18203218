"""Which versions of a dataset have the same files, whatever these are called: revoked data is no better under another number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.errors import ConditionError
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.verdicts.judged_files import judged_files

if TYPE_CHECKING:
    from gates.promotion.statements.tags import ReleaseVersion
    from gates.verdict import Verdict


@dataclass(frozen=True)
class JudgedFiles:
    """manifest: sha256 over names and contents. digests: of the contents alone, None where nobody can read them."""

    manifest: str
    digests: frozenset[str] | None

    def are_those_of(self, other: JudgedFiles) -> bool:
        return self.manifest == other.manifest or (self.digests is not None and self.digests == other.digests)


def files_of_verdict(manifest: str, verdict: Verdict) -> JudgedFiles:
    return JudgedFiles(manifest, frozenset(file.sha256 for file in judged_files(verdict)))


def files_of(promoted: PromotedVersion) -> JudgedFiles:
    manifest = promoted.statement.manifest_sha256
    try:
        return files_of_verdict(manifest, promoted.verdict)
    except GatesError:
        # It may have been revoked because nobody can read it; which files it had, the manifest alone says then.
        return JudgedFiles(manifest, None)


def revocation_of_files(
    history: TagHistory, files: JudgedFiles, *, but: ReleaseVersion | None = None
) -> PromotionTag | None:
    """The tag that revoked a version with these files; None where none did. but: a version that is not looked at.

    Raises what `promoted_version` raises for what was revoked.
    """
    for version, tag in history.made.items():
        revocation = history.revocation_of(version) if version != but else None
        if revocation and files_of(promoted_version(history.repository, tag)).are_those_of(files):
            return revocation
    return None


def refuse_revoked_files(history: TagHistory, files: JudgedFiles) -> None:
    """What was revoked does not return under another number. Raises ConditionError that says so."""
    tag = revocation_of_files(history, files)
    if tag:
        reason = message_of(history.git, tag).reason
        raise ConditionError(f"this data was taken back as {tag.name.version} ({reason}); promote other data")


def same_files_elsewhere(history: TagHistory, promoted: PromotedVersion) -> list[ReleaseVersion]:
    """The other versions that have the files of a version and are not revoked."""
    files = files_of(promoted)
    others = ((version, tag) for version, tag in history.standing().items() if tag != promoted.tag)
    return [version for version, tag in others if _has_files(history, tag, files)]


def _has_files(history: TagHistory, tag: PromotionTag, files: JudgedFiles) -> bool:
    try:
        return files_of(promoted_version(history.repository, tag)).are_those_of(files)
    except GatesError:
        # What is wrong with another version keeps nobody from revoking this one; `gates verify` names it.
        return False
