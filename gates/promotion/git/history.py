"""The tags of a dataset's promotions: which versions and stages there are, and which are not revoked."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.statements.paths import PromotionPaths, paths_of, promotions_folder
from gates.promotion.statements.tag_message import TagMessage, parse_message
from gates.promotion.statements.tags import ReleaseVersion, TagName, next_number, parse_tag
from gates.versions.git.printed import lines_of, moment_of
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gates.versions.git.commands import Git
    from gates.versions.repository import Repository

# What a tag points to is read from its own object, so that one whose target is gone is listed like any other.
_FIELDS = "%(refname:strip=2)%00%(objectname)%00%(objecttype)%00%(object)%00%(type)%00%(tag)%00%(taggerdate:unix)"
# The same fields, without those that are in the tag's object.
_NAME = "%(refname:strip=2)%00%(objectname)%00%00%00%00%00"
COMMIT = "commit"


@dataclass(frozen=True)
class PromotionTag:
    """A tag of a promotion. object_id: of the tag itself. commit: what it points to. is_annotated: it has a message.

    kind: of what it points to, "commit" unless somebody made it by hand; "missing" where git has no such object.
    inner_name: the one in the tag's object, which a signature covers. made_at: the date in the tag, None where it has none.
    """

    name: TagName
    object_id: str
    commit: str
    is_annotated: bool
    kind: str = COMMIT
    inner_name: str = ""
    made_at: datetime | None = None

    @property
    def number(self) -> int:
        """The counter of a stage's event; 0 for a version's tag."""
        return self.name.number or 0


@dataclass(frozen=True)
class TagHistory:
    """The tags of one dataset. folder: that of gates.toml in the repository, "" at the top.

    versions are in their order, stages in the order of their counter. next_number: the counter of the next stage tag.
    """

    repository: Repository
    dataset: str
    folder: str
    versions: tuple[PromotionTag, ...]
    stages: tuple[PromotionTag, ...]
    next_number: int

    @property
    def git(self) -> Git:
        return git_of(self.repository, "a promotion")

    @property
    def tags(self) -> tuple[PromotionTag, ...]:
        return (*self.versions, *self.stages)

    @property
    def made(self) -> dict[ReleaseVersion, PromotionTag]:
        """The tag that made each version, lowest first, revoked or not."""
        return {tag.name.version: tag for tag in self.versions if tag.name.version and not tag.name.is_revocation}

    def standing(self, at: datetime | None = None) -> dict[ReleaseVersion, PromotionTag]:
        """The versions that are not revoked with their tags, lowest first. at: as tags' dates say it was then, None for now."""
        counted = {tag for tag in self.versions if at is None or (tag.made_at is not None and tag.made_at <= at)}
        revoked = {tag.name.version for tag in counted if tag.name.is_revocation}
        return {version: tag for version, tag in self.made.items() if tag in counted and version not in revoked}

    def last(self) -> ReleaseVersion | None:
        """The highest version that is not revoked."""
        return max(self.standing(), default=None)

    def highest(self) -> ReleaseVersion | None:
        """The highest version of all, revoked or not."""
        return max((tag.name.version for tag in self.versions if tag.name.version), default=None)

    def untagged_after(self, last: ReleaseVersion | None, stated: Iterable[ReleaseVersion]) -> ReleaseVersion | None:
        """The highest of the versions with a statement if it comes after the last one and its tag is not here."""
        untagged = max({*stated} - {tag.name.version for tag in self.versions}, default=None)
        return untagged if untagged and (last is None or untagged > last) else None

    def revocation_of(self, version: ReleaseVersion) -> PromotionTag | None:
        revoked = (tag for tag in self.versions if tag.name.is_revocation and tag.name.version == version)
        return next(revoked, None)

    def events_of(self, commit: str, before: int | None = None) -> dict[str, PromotionTag]:
        """The tag by stage of the stages that the version of a commit is on: those it was not removed from since.

        before: only events with a lower number count, as it was when the event of that number was made.
        """
        own = [tag for tag in self.stages if tag.commit == commit and (before is None or tag.number < before)]
        last = {str(tag.name.stage): tag for tag in own}
        return {stage: tag for stage, tag in last.items() if not tag.name.is_revocation}

    def last_event(self, stage: str | None, commit: str | None = None) -> PromotionTag | None:
        """The last event of a stage, which the next one follows. commit: only of the version of a commit."""
        events = (tag for tag in reversed(self.stages) if tag.name.stage == stage and commit in (None, tag.commit))
        return next(events, None)

    @property
    def records_folder(self) -> str:
        return posixpath.join(promotions_folder(self.folder, self.dataset), "revocations")

    @property
    def revocations(self) -> dict[str, PromotionTag]:
        """The tag of each revocation, of a version or from a stage, by the path of its record."""
        revocations = [tag for tag in self.tags if tag.name.is_revocation]
        return {self.record(tag.name.version): tag for tag in revocations if tag.name.version} | {
            self.record(version, tag.number): tag
            for version, made in self.made.items()
            for tag in revocations
            if tag.name.stage and tag.commit == made.commit
        }

    def paths(self, version: ReleaseVersion) -> PromotionPaths:
        return paths_of(self.folder, self.dataset, version)

    def record(self, version: ReleaseVersion, number: int | None = None) -> str:
        """Where the record of a revocation lies.

        number: of the stage's event, as a version may be removed from a stage more than once; None for that of the version.
        """
        name = f"{version}-{number}.json" if number is not None else f"{version}.json"
        return posixpath.join(self.records_folder, name)


def histories(repository: Repository) -> list[TagHistory]:
    """The history of every dataset that was promoted, by folder and name."""
    tags, names = _tags(git_of(repository, "a promotion"))
    datasets = sorted({(tag.name.folder, tag.name.dataset) for tag in tags})
    return [_history(repository, tags, names, dataset, folder) for folder, dataset in datasets]


def tag_history(repository: Repository, dataset: str, folder: str) -> TagHistory:
    """The history of a dataset. folder: that of gates.toml in the repository, "" at the top."""
    return _history(repository, *_tags(git_of(repository, "a promotion")), dataset, folder)


# A tag's object never changes, and each event that a version has part in reads its tag again.
@lru_cache(maxsize=256)
def message_of(git: Git, tag: PromotionTag) -> TagMessage:
    """What a tag says. Raises PromotionError where it says nothing, or is not of gates."""
    if not tag.is_annotated:
        raise PromotionError(
            f"{tag.name}: is no annotated tag: it says nothing of what was promoted, and gates did not make it; "
            "`git tag --delete` it, and fetch the one that gates made from a clone that you trust"
        )
    if tag.inner_name != str(tag.name):
        raise PromotionError(f"{tag.name}: is the tag '{tag.inner_name}' under another name; gates did not make it")
    document = git.run("cat-file", "tag", tag.object_id).decode(errors="replace")
    return parse_message(document.partition("\n\n")[2], str(tag.name))


def _tags(git: Git) -> tuple[list[PromotionTag], list[str]]:
    """The tags that gates writes, and the names of all tags."""
    listing = git.outcome("for-each-ref", f"--format={_FIELDS}", "refs/tags")
    # Git stops at a tag whose own object is gone, and says nothing of the others.
    printed = git.run("for-each-ref", f"--format={_NAME}", "refs/tags") if listing.returncode else listing.stdout
    lines = {line.partition("\0")[0]: line for line in lines_of(printed)}
    if listing.returncode:
        lines = {word: _line(git, word, line) if parse_tag(word) else line for word, line in lines.items()}
    return [_tag(name, line) for word, line in lines.items() if (name := parse_tag(word))], [*lines]


def _line(git: Git, word: str, line: str) -> str:
    """All fields of one tag; those that git can name without its object, where that is gone. line: those."""
    listing = git.outcome("for-each-ref", f"--format={_FIELDS}", f"refs/tags/{word}")
    return line if listing.returncode else listing.stdout.decode(errors="surrogateescape").rstrip("\n")


def _tag(name: TagName, line: str) -> PromotionTag:
    _, object_id, kind, target, target_kind, inner_name, date = line.split("\0")
    is_annotated = kind == "tag"
    kind = target_kind if is_annotated else kind or "missing"
    return PromotionTag(name, object_id, target or object_id, is_annotated, kind, inner_name, moment_of(date))


def _history(
    repository: Repository, tags: list[PromotionTag], names: list[str], dataset: str, folder: str
) -> TagHistory:
    own = [tag for tag in tags if (tag.name.folder, tag.name.dataset) == (folder, dataset)]
    keyed = ((tag.name.version, tag.name.is_revocation, tag) for tag in own if tag.name.version)
    versions = tuple(tag for *_, tag in sorted(keyed, key=lambda one: one[:2]))
    stages = tuple(sorted((tag for tag in own if tag.name.stage), key=lambda tag: tag.number))
    return TagHistory(repository, dataset, folder, versions, stages, next_number(names, dataset, folder))
