"""What promoting a version would do: the files of its commit, its tags, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.statements.paths import promotions_folder, stated_versions
from gates.promotion.statements.statement import BaseVersion, StatedContract, Statement, sha256, stated_by
from gates.promotion.statements.tag_message import PreviousTag, TagMessage
from gates.promotion.statements.tags import ReleaseVersion, TagName, parse_version
from gates.verdict import Answer, Verdict
from gates.verdicts.recorded import VerdictError
from gates.verdicts.reports.findings import shortfalls
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.promotion.evidence import Evidence

FIRST = ReleaseVersion(1, 0, 0)


@dataclass(frozen=True)
class PromotionPlan:
    """What a promotion or a revocation adds. sentence: what it does, for people.

    files: below git's top folder; none where only tags are added. message: of the commit that adds them. target: the
    commit that the tags point to, None for that one. pointers: paths whose data DVC must have at its remote.
    note: what consumers will miss, or have all the same. lenience: what the verdict let pass. at: the date of the commit and
    of the tags.

    existing: object by name of the tags that the version has already; recorded: the files that say so. Where `tags` is empty
    there is nothing to add, and `sentence` says why.
    """

    version: ReleaseVersion
    tags: tuple[tuple[TagName, TagMessage], ...]
    at: datetime = field(kw_only=True)
    pointers: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""
    target: str | None = None
    sentence: str = ""
    note: str | None = None
    lenience: str | None = None
    existing: Mapping[str, str] = field(default_factory=dict)
    recorded: tuple[str, ...] = ()


def wanted_version(word: str | None, history: TagHistory) -> ReleaseVersion:
    """The version that a call means: the one it names, else the one after the last. Raises UsageError."""
    if word is None:
        last = history.highest()
        return last.next_patch() if last else FIRST
    version = parse_version(word)
    if version is None:
        hint = f"; did you mean 'v{word}'?" if parse_version(f"v{word}") else ""
        raise UsageError(f"'{word}' is no version, expected one such as v1.2.0{hint}")
    return version


def new_statement(
    history: TagHistory, head: str, version: ReleaseVersion, evidence: Evidence, now: datetime
) -> Statement:
    """What the promotion of a new version says. head: the commit that was judged."""
    path = history.paths(version).verdict
    return Statement(
        version=version,
        commit=head,
        pointers=evidence.pointers,
        contract=StatedContract(evidence.contract, evidence.files),
        base=_base(history, evidence.verdict),
        promoted_at=now,
        **stated_by(evidence.verdict, evidence.document, path, evidence.written_at),
    )


def _base(history: TagHistory, verdict: Verdict) -> BaseVersion | None:
    """The promoted version that a new one follows, bound by what its tag says of its statement.

    Raises VerdictError where the verdict was reached against another one: nobody has looked at what went since the last;
    DataError where HEAD has a later promotion without its tag.
    """
    last = history.last()
    folder = promotions_folder(history.folder, history.dataset)
    untagged = history.untagged_after(last, stated_versions(folder, history.git.tree("HEAD").blobs))
    if untagged:
        # As after `git pull`, which fetches few tags.
        raise DataError(
            f"HEAD has {folder}/{untagged}.json and its tag is not here, so it cannot be known what was promoted last; "
            f"`git fetch --tags`, `gates check {history.dataset}`, then promote"
        )
    tag = history.made[last] if last else None
    base = BaseVersion(last, message_of(history.git, tag).statement_sha256) if last and tag else None
    if verdict.data.get("promoted_sha256") == (base.statement_sha256 if base else None):
        return base
    against, merge = "no version, as there is none", ""
    if tag:
        against = f"{tag.name}, the last one"
        if not history.git.is_ancestor(tag.commit, "HEAD"):
            # What HEAD does not have is not compared with: another check alone would change nothing.
            merge = f"merge the branch that has it (`git branch --all --contains {tag.name}`), "
    raise VerdictError(
        f"{history.dataset}: its verdict was not reached against {against}; {merge}`gates check {history.dataset}`, then promote"
    )


def version_tag(
    history: TagHistory, version: ReleaseVersion, digest: str, envelope: bytes | None
) -> tuple[TagName, TagMessage]:
    """The tag that makes a version. digest: sha256 of its statement."""
    last, bound = history.last(), sha256(envelope) if envelope is not None else None
    before = previous(history.made[last] if last else None)
    message = TagMessage(f"{history.dataset} {version}", digest, version, before, envelope_sha256=bound)
    return TagName(history.dataset, history.folder, version), message


def existing_tags(history: TagHistory, made: PromotionTag) -> dict[str, str]:
    """The object by name of all tags of a version, revocations among them. made: the tag that made it."""
    own = [tag for tag in history.versions if tag.name.version == made.name.version]
    own += [tag for tag in history.stages if tag.commit == made.commit]
    return {str(tag.name): tag.object_id for tag in own}


def lenience_of(verdict: Verdict, path: str) -> str | None:
    """What a verdict that passed let pass, so that nobody overlooks it. path: of the verdict."""
    waived = verdict.waived_ids
    lenient = ((len(waived), "check", "waived"), (len(verdict.loosened), "limit", "loosened"))
    parts = shortfalls([check for check in verdict.checks if str(check.id) not in waived])
    parts += [f"{counted(count, what)} {how}" for count, what, how in lenient if count]
    if verdict.answer is Answer.PASS and not parts:
        return None
    return (
        f"{verdict.dataset}: its verdict is {verdict.answer.value}: {', '.join(parts) or 'not all passed'} (see {path})"
    )


def previous(tag: PromotionTag | None) -> PreviousTag | None:
    return PreviousTag(str(tag.name), tag.object_id) if tag else None
