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
    from collections.abc import Iterable

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
    try:
        return files_of_verdict(promoted.statement.manifest_sha256, promoted.verdict)
    except GatesError:
        # It may have been revoked because nobody can read it; which files it had, the manifest alone says then.
        return JudgedFiles(promoted.statement.manifest_sha256, None)


def with_files(history: TagHistory, files: JudgedFiles, versions: Iterable[ReleaseVersion]) -> ReleaseVersion | None:
    """The first of some versions that has these files. Raises what `promoted_version` raises."""
    repository, made = history.repository, history.made
    return next(
        (one for one in versions if files_of(promoted_version(repository, made[one])).are_those_of(files)), None
    )


def revocation_of_files(history: TagHistory, files: JudgedFiles) -> PromotionTag | None:
    """The tag that revoked a version with these files; None where none did. Raises what `promoted_version` raises."""
    version = with_files(history, files, filter(history.revocation_of, history.made))
    return history.revocation_of(version) if version else None


def refuse_revoked_files(history: TagHistory, files: JudgedFiles) -> None:
    """What was revoked does not return under another number. Raises ConditionError that says so."""
    tag = revocation_of_files(history, files)
    if tag:
        reason = message_of(history.git, tag).reason
        raise ConditionError(f"this data was taken back as {tag.name.version} ({reason}); promote other data")
