"""Whether what a stage asked for was there when a version came on it: asked again, of the same commits and moments."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates import __version__
from gates.errors import DataError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.git.judged_config import configuration_in, configured
from gates.promotion.git.promoted_version import promoted
from gates.promotion.git.same_files import files_promoted
from gates.promotion.stage_conditions import Entering, candidate_of, met, unmet
from gates.promotion.statements.json_fields import moment_text
from gates.promotion.statements.revocation import record_path
from gates.promotion.verification.stale_config import missing_since
from gates.versions.git import committed_at
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from datetime import datetime

    from gates.config.stages import Stage
    from gates.promotion.git.history import History
    from gates.promotion.stage_conditions import Candidate
    from gates.promotion.statements.tags import Version as Number
    from gates.promotion.verification.order import Event
    from gates.versions.git import Git
    from gates.versions.repository import Repository


def wrong_conditions(repository: Repository, known: History, event: Event) -> str | None:
    """What the stage asked for and was not there, or what the tag says otherwise of it.

    Raises DataError where the configuration that asked is not here, PromotionError where it is none that can have asked.
    """
    tag, said, commit = event.tag, event.found.statement, event.message.configuration
    if commit is None:
        return "nobody knows what was asked: its message has no trailer 'Configuration'"
    if tag.made_at is None:
        return "nobody knows when: it has no date"
    stage = _stage_asked(repository, event, commit)
    git = git_of(repository, str(tag.name))
    held = known.events_of(tag.commit, before=tag.name.number)
    entering = Entering(said.version, said.commit, said.verdict.written_at, tag.made_at, held)
    candidate = candidate_of(git, event.found.verdict, entering)
    return (
        _dated_before(git, event, commit, tag.made_at)
        or _taken_back(repository, known, event, commit)
        or _wrong_answer(event, commit, stage, candidate)
        or missing_since(repository, event, commit, candidate)
    )


def _taken_back(repository: Repository, known: History, event: Event, commit: str) -> str | None:
    """That the version, or one with the same files, had been taken back when it came on the stage: none takes it any more."""
    own = event.found.statement.version
    said = _taken_back_before(repository, known, event, commit, own)
    if said:
        return said
    files = files_promoted(event.found)
    for tag in known.versions:
        version = tag.name.version
        if version in (None, own) or tag.name.is_revocation:
            continue
        said = _taken_back_before(repository, known, event, commit, version)
        if said and files_promoted(promoted(repository, tag)).are_those_of(files):
            return f"{said}, and has the same files"
    return None


def _taken_back_before(
    repository: Repository, known: History, event: Event, commit: str, version: Number
) -> str | None:
    record = record_path(known.folder, known.dataset, version, None)
    if record in tree_at(repository, Version(VersionKind.REVISION, commit)).listing.blobs:
        return f"{version} was taken back before: {commit[:7]} has {record}"
    taken = known.tag_of(version, is_revocation=True)
    if taken and taken.made_at and event.tag.made_at and taken.made_at < event.tag.made_at:
        return f"{version} was taken back before, by {taken.name}"
    return None


def _wrong_answer(event: Event, commit: str, stage: Stage, candidate: Candidate) -> str | None:
    missing = unmet(stage, candidate)
    if missing:
        return f"the configuration of {commit[:7]} asked for what was not there: {missing[0]}"
    answered = met(stage, candidate)
    if event.message.conditions != (answered,):
        return f"says '{'; '.join(event.message.conditions)}', and what was asked and answered is '{answered}'"
    return None


def _stage_asked(repository: Repository, event: Event, commit: str) -> Stage:
    git, found, short = git_of(repository, str(event.tag.name)), event.found, commit[:7]
    for needed in (commit, found.statement.commit):
        if git.commit_or_none(needed) is None:
            what = "the configuration that asked is" if needed == commit else "what was judged is"
            raise DataError(f"{what} that of {needed[:7]}, and that commit is not here; `git fetch`")
    if not _is_reachable(git, commit, event.tag.commit):
        raise DataError(f"the configuration of {short} asked, and that commit is on no branch here; `git fetch`")
    version = Version(VersionKind.REVISION, commit)
    tree = tree_at(repository, version)
    own = found.where.statement
    # What was not there yet cannot have been promoted from there: else an older configuration could be named, that asked less.
    if commit != found.statement.commit and tree.listing.blobs.get(own) != found.tree.listing.blobs[own]:
        raise PromotionError(f"names the configuration of {short}, and that commit does not have {own}")
    if configuration_in(tree, event.tag.name.folder) is None:
        missing = posixpath.join(event.tag.name.folder, "gates.toml")
        raise PromotionError(f"names the configuration of {short}, and that commit has no {missing}")
    try:
        config = configured(repository, event.tag.name.folder, version)
    except UsageError as error:
        asked_by = found.statement.judged_with.gates
        # Another version may have other keys: what it read then is no mistake now.
        kind = PromotionError if asked_by == __version__ else DataError
        raise kind(
            f"the configuration of {short} asked gates {asked_by}, and here it cannot be read: {error}"
        ) from error
    try:
        return config.stage(str(event.tag.name.stage))
    except UsageError as error:
        raise PromotionError(f"names the configuration of {short}: {error}") from error


def _dated_before(git: Git, event: Event, commit: str, made_at: datetime) -> str | None:
    """What the tag is older than, of all that it stands on."""
    said = event.found.statement
    stands_on = (
        (f"its version {said.version}", said.promoted_at),
        (f"the configuration of {commit[:7]}", committed_at(git, commit)),
    )
    for what, moment in stands_on:
        if made_at < moment:
            return f"is dated {moment_text(made_at)}, before {what}, {moment_text(moment)}"
    return None


def _is_reachable(git: Git, commit: str, version: str) -> bool:
    """Whether a commit is in the history of the version, of HEAD, or of some branch."""
    if any(git.succeeds("merge-base", "--is-ancestor", commit, other) for other in (version, "HEAD")):
        return True
    return bool(git.run("for-each-ref", "--count=1", f"--contains={commit}", "refs/heads", "refs/remotes"))
