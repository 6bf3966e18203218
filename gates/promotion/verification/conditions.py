"""Whether a stage's conditions were fulfilled when a version came on it: checked again, of the same commits and moments."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates import __version__
from gates.errors import DataError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.git.promoted_version import config_in, configuration_in
from gates.promotion.git.same_files import files_of, with_files
from gates.promotion.stage_conditions import Candidate, met, promoted_candidate, unmet
from gates.verdicts.decode import moment_text
from gates.versions.git.commands import committed_at
from gates.versions.trees import tree_at
from gates.versions.version import at_commit

if TYPE_CHECKING:
    from datetime import datetime

    from gates.config.parsing.stages import Stage
    from gates.promotion.statements.tags import ReleaseVersion
    from gates.promotion.verification.order import StageEvent


def wrong_conditions(event: StageEvent) -> str | None:
    """What the stage required and was not there, or what the tag says otherwise of it.

    Raises DataError where the configuration of the stage is not here, PromotionError where it is none that can have been it.
    """
    tag, promoted, commit = event.tag, event.promoted, event.message.configuration
    if commit is None:
        return "its conditions cannot be known: its message has no trailer 'Configuration'"
    if tag.made_at is None:
        return "its moment cannot be known: it has no date"
    stage = _stage_at(event, commit)
    stages = event.history.events_of(tag.commit, before=tag.name.number)
    candidate = promoted_candidate(promoted, tag.made_at, stages)
    wrong = _dated_before(event, commit, tag.made_at) or _revoked(event, commit)
    if wrong:
        return wrong
    missing = unmet(stage, candidate)
    if missing:
        return f"the configuration of {commit[:7]} required what was not there: {missing[0]}"
    expected, conditions = met(stage, candidate), event.message.conditions
    if conditions != (expected,):
        return f"says '{'; '.join(conditions)}', and the conditions and what fulfilled them are '{expected}'"
    return _missing_since(event, commit, candidate)


def _revoked(event: StageEvent, commit: str) -> str | None:
    """That the version, or one with the same files, had been taken back when it came on the stage: none takes it any more."""
    own = event.promoted.statement.version
    sentence = _revoked_before(event, commit, own)
    if sentence:
        return sentence
    others = {version: _revoked_before(event, commit, version) for version in event.history.made}
    same = with_files(event.history, files_of(event.promoted), filter(others.get, others))
    return f"{others[same]}, and has the same files" if same else None


def _revoked_before(event: StageEvent, commit: str, version: ReleaseVersion) -> str | None:
    record = event.history.record(version)
    if record in tree_at(event.history.repository, at_commit(commit)).listing.blobs:
        return f"{version} was taken back before: {commit[:7]} has {record}"
    revocation = event.history.revocation_of(version)
    if revocation and revocation.made_at and event.tag.made_at and revocation.made_at < event.tag.made_at:
        return f"{version} was taken back before, by {revocation.name}"
    return None


def _stage_at(event: StageEvent, commit: str) -> Stage:
    git, promoted, short, folder = event.history.git, event.promoted, commit[:7], event.history.folder
    for needed in (commit, promoted.statement.commit):
        if not git.has_object(f"{needed}^{{commit}}"):
            what = "the stage's configuration" if needed == commit else "what was judged"
            raise DataError(f"{what} is that of {needed[:7]}, and that commit is not here; `git fetch`")
    # In the history of the version, of HEAD, or of some branch.
    if not (git.is_ancestor(commit, event.tag.commit) or git.is_ancestor(commit, "HEAD") or git.branches_with(commit)):
        raise DataError(
            f"the stage's configuration is that of {short}, and that commit is on no branch here; `git fetch`"
        )
    tree, own = tree_at(event.history.repository, at_commit(commit)), promoted.paths.statement
    # What was not there yet cannot have been promoted from there: else an older configuration could be named, that required less.
    if commit != promoted.statement.commit and tree.listing.blobs.get(own) != promoted.tree.listing.blobs[own]:
        raise PromotionError(f"names the configuration of {short}, and that commit does not have {own}")
    if configuration_in(tree, folder) is None:
        missing = posixpath.join(folder, "gates.toml")
        raise PromotionError(f"names the configuration of {short}, and that commit has no {missing}")
    try:
        config = config_in(event.history.repository, folder, commit)
    except UsageError as error:
        # Another version may have other keys: what it read then is no mistake now.
        kind = PromotionError if promoted.statement.gates == __version__ else DataError
        raise kind(
            f"the configuration of {short} was for gates {promoted.statement.gates}, and here it cannot be read: {error}"
        ) from error
    try:
        return config.stage(str(event.tag.name.stage))
    except UsageError as error:
        raise PromotionError(f"names the configuration of {short}: {error}") from error


def _dated_before(event: StageEvent, commit: str, made_at: datetime) -> str | None:
    """What the tag is older than, of all that it stands on."""
    statement = event.promoted.statement
    stands_on = (
        (f"its version {statement.version}", statement.promoted_at),
        (f"the configuration of {commit[:7]}", committed_at(event.history.git, commit)),
    )
    for what, moment in stands_on:
        if made_at < moment:
            return f"is dated {moment_text(made_at)}, before {what}, {moment_text(moment)}"
    return None


def _missing_since(event: StageEvent, commit: str, candidate: Candidate) -> str | None:
    """What was missing of what the stage required by the tag's date, where the named commit's configuration was replaced.

    Else somebody could name an older one, that required less. Which one was in force, dates of commits and tags say, as
    nothing else here does. A configuration that differs, and whose conditions are fulfilled too, is no replay: nothing was gained.
    """
    history, git = event.history, event.history.git
    # Of a line only first parents: what was merged later was not in force. Of one second nobody knows which came first.
    for tip in ["HEAD"] if git.is_ancestor(commit, "HEAD") else git.branches_with(commit):
        newest = git.last_between(commit, tip, candidate.now)
        if newest is None or _configuration(event, commit) == _configuration(event, newest):
            continue
        words = (
            f"names the configuration of {commit[:7]}, and {newest[:7]}, which follows it and was made before the tag,"
        )
        try:
            config = config_in(history.repository, history.folder, newest)
        except UsageError:
            # Nobody can promote under a configuration that is not there or cannot be read: it requires nothing.
            continue
        try:
            missing = unmet(config.stage(str(event.tag.name.stage)), candidate)
        except UsageError as error:
            return f"{words} has no such stage: {error}"
        if missing:
            return f"{words} required what was not there: {missing[0]}"
    return None


def _configuration(event: StageEvent, commit: str) -> tuple[str | None, str | None]:
    """The name of a commit's configuration and its blob."""
    tree = tree_at(event.history.repository, at_commit(commit))
    name = configuration_in(tree, event.history.folder)
    return name, tree.listing.blobs.get(name or "")
