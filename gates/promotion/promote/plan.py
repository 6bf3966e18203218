"""What promoting a version would do: the files of its commit, its tags, and what they say."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.errors import DataError, UsageError
from gates.promotion.git.history import message_of
from gates.promotion.statements.expected_statement import Circumstances, statement_on
from gates.promotion.statements.paths import places
from gates.promotion.statements.statement import Base, sha256
from gates.promotion.statements.tag_message import Followed, TagMessage
from gates.promotion.statements.tags import TagName, Version, parse_version
from gates.verdict import Answer, Outcome
from gates.verdicts.recorded import VerdictError
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.promotion.evidence import Evidence
    from gates.promotion.git.history import History, Tag
    from gates.promotion.git.preconditions import Ground
    from gates.promotion.statements.statement import Statement
    from gates.verdict import Verdict
    from gates.versions.git import Git

FIRST = Version(1, 0, 0)


@dataclass(frozen=True)
class Plan:
    """What a promotion or a revocation adds. sentence: what it does, for people.

    files: below git's top folder; none where only tags are added. message: of the commit that adds them. target: the
    commit that the tags point to, None for that one. pointers: paths whose data DVC must have at its remote.
    note: what consumers will miss, or have all the same, None where that is nothing. lenience: what the verdict let
        pass, None where that is nothing. at: the date of the commit and of the tags.

    held: object by name of the tags that the version has already; recorded: the files that say so. Where `tags` is empty
    there is nothing to add, and `sentence` says why.
    """

    version: Version
    tags: tuple[tuple[TagName, TagMessage], ...]
    at: datetime = field(kw_only=True)
    pointers: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""
    target: str | None = None
    sentence: str = ""
    note: str | None = None
    lenience: str | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    recorded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """On which terms a version comes on a stage.

    conditions: what the stage asked and what answered it. configuration: the commit whose gates.toml asked.
    """

    stage: str
    conditions: str
    configuration: str


def version_wanted(word: str | None, history: History) -> Version:
    """The version that a call means: the one it names, else the one after the last. Raises UsageError."""
    last = max((tag.name.version for tag in history.versions if tag.name.version), default=None)
    if word is None:
        return last.next_patch() if last else FIRST
    version = parse_version(word)
    if version is None:
        hint = f"; did you mean 'v{word}'?" if parse_version(f"v{word}") else ""
        raise UsageError(f"'{word}' is no version, expected one such as v1.2.0{hint}")
    return version


def statement_of(ground: Ground, history: History, version: Version, evidence: Evidence, now: datetime) -> Statement:
    """What the promotion of a new version says."""
    given = Circumstances(
        version=version,
        commit=ground.head,
        pointers=evidence.pointers,
        files=evidence.files,
        verdict_path=places(history.folder, history.dataset, version).verdict,
        written_at=evidence.written_at,
        base=_base(ground.git, history, evidence.verdict),
        promoted_at=now,
    )
    return statement_on(evidence.verdict, evidence.document, given)


def _base(git: Git, history: History, verdict: Verdict) -> Base | None:
    """The promoted version that a new one follows, bound by what its tag says of its statement.

    Raises VerdictError where the verdict was reached against another one: nobody has looked at what went since the last.
    """
    last = history.last()
    _refuse_untagged(git, history, last)
    tag = history.tag_of(last) if last else None
    base = Base(last, message_of(git, tag).statement_sha256) if last and tag else None
    if verdict.data.get("promoted_sha256") != (base.statement_sha256 if base else None):
        against = f"{tag.name}, the last one" if tag else "no version, as there is none"
        # What HEAD does not have is not compared with: another check alone would change nothing.
        is_elsewhere = tag is not None and not git.succeeds("merge-base", "--is-ancestor", tag.commit, "HEAD")
        merge = (
            f"merge the branch that has it (`git branch --all --contains {tag.name}`), " if is_elsewhere and tag else ""
        )
        raise VerdictError(
            f"{history.dataset}: its verdict was not reached against {against}; {merge}"
            f"`gates check {history.dataset}`, then promote"
        )
    return base


def _refuse_untagged(git: Git, history: History, last: Version | None) -> None:
    """Refuses where HEAD has a later promotion without its tag, as after `git pull`, which fetches few tags."""
    folder = posixpath.join(history.folder, FOLDER, history.dataset)
    names = [name for name in git.tree("HEAD").blobs if posixpath.dirname(name) == folder]
    there = {parse_version(posixpath.basename(name).removesuffix(".json")): name for name in names}
    missing = {version for version in there if version} - {tag.name.version for tag in history.versions}
    latest = max((version for version in missing if version), default=None)
    if latest and (last is None or latest > last):
        raise DataError(
            f"HEAD has {there[latest]} and its tag is not here, so nobody can say what was promoted last; `git fetch --tags`, "
            f"`gates check {history.dataset}`, then promote"
        )


def version_tag(history: History, version: Version, digest: str, envelope: bytes | None) -> tuple[TagName, TagMessage]:
    """The tag that makes a version. digest: sha256 of its statement."""
    last = history.last()
    name = TagName(history.dataset, history.folder, version)
    before = followed(history.tag_of(last) if last else None)
    bound = sha256(envelope) if envelope is not None else None
    return name, TagMessage(f"{history.dataset} {version}", digest, version, before, envelope_sha256=bound)


def stage_tag(history: History, version: Version, digest: str, entry: Entry) -> tuple[TagName, TagMessage]:
    """The tag that puts a version on a stage."""
    stage = entry.stage
    name = TagName(history.dataset, history.folder, stage=stage, number=history.next_number)
    message = TagMessage(
        subject=f"{history.dataset} {version} to {stage}",
        statement_sha256=digest,
        version=version,
        follows=followed(history.last_of(stage)),
        stage=stage,
        conditions=(entry.conditions,),
        configuration=entry.configuration,
    )
    return name, message


def held_by(history: History, made: Tag) -> dict[str, str]:
    """The object by name of all tags of a version, revocations among them. made: the tag that made it."""
    own = [tag for tag in history.versions if tag.name.version == made.name.version]
    own += [tag for tag in history.stages if tag.commit == made.commit]
    return {str(tag.name): tag.object_id for tag in own}


def lenience_of(verdict: Verdict, path: str) -> str | None:
    """What a verdict that passed let pass, so that nobody overlooks it. path: of the verdict."""
    waived = {waiver["check"] for waiver in verdict.waived}
    ended = Counter(check.outcome for check in verdict.checks if str(check.id) not in waived)
    counts = (
        (counted(ended[Outcome.FAIL], "uncritical check"), "failed", ended[Outcome.FAIL]),
        (counted(ended[Outcome.INCONCLUSIVE], "check"), "inconclusive", ended[Outcome.INCONCLUSIVE]),
        (counted(len(waived), "check"), "waived", len(waived)),
        (counted(len(verdict.loosened), "limit"), "loosened", len(verdict.loosened)),
    )
    said = [f"{what} {how}" for what, how, count in counts if count]
    if verdict.answer is Answer.PASS and not said:
        return None
    return (
        f"{verdict.dataset}: its verdict is {verdict.answer.value}: {', '.join(said) or 'not all passed'} (see {path})"
    )


def followed(tag: Tag | None) -> Followed | None:
    return Followed(str(tag.name), tag.object_id) if tag else None
