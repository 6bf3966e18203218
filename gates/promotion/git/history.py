"""What was promoted before: the tags of a dataset, and which versions and stages stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.statements.tag_message import TagMessage, parse_message
from gates.promotion.statements.tags import TagName, Version, next_number, parse_tag
from gates.versions.git import lines_of

if TYPE_CHECKING:
    from gates.versions.git import Git

# What a tag points to is read from its own object, so that one whose target is gone is listed like any other.
_FIELDS = "%(refname:strip=2)%00%(objectname)%00%(objecttype)%00%(object)%00%(type)%00%(tag)%00%(taggerdate:unix)"
# The same fields, without those that are in the tag's object.
_NAME = "%(refname:strip=2)%00%(objectname)%00%00%00%00%00"
COMMIT = "commit"


@dataclass(frozen=True)
class Tag:
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


@dataclass(frozen=True)
class History:
    """The tags of one dataset. next_number: the counter of its next stage tag.

    versions are in their order, stages in the order of their counter.
    """

    dataset: str
    folder: str
    versions: tuple[Tag, ...]
    stages: tuple[Tag, ...]
    next_number: int

    def standing(self) -> list[Version]:
        """The versions that nobody took back, lowest first."""
        return [tag.name.version for tag in self.standing_tags() if tag.name.version]

    def standing_tags(self, at: datetime | None = None) -> list[Tag]:
        """The tags of these versions. at: of those that stood then, by the dates of their tags and revocations; None for now."""
        there = [tag for tag in self.versions if at is None or (tag.made_at is not None and tag.made_at <= at)]
        taken = {tag.name.version for tag in there if tag.name.is_revocation}
        return [tag for tag in there if not tag.name.is_revocation and tag.name.version not in taken]

    def last(self) -> Version | None:
        """The highest version that stands."""
        return max(self.standing(), default=None)

    def tag_of(self, version: Version, *, is_revocation: bool = False) -> Tag | None:
        """The tag that made a version, or that took it back."""
        wanted = (version, is_revocation)
        return next((tag for tag in self.versions if (tag.name.version, tag.name.is_revocation) == wanted), None)

    def events_of(self, commit: str, before: int | None = None) -> dict[str, Tag]:
        """The tag by stage of the stages that the version of a commit holds: those it was not taken off since.

        before: only events with a lower number count, as it was when the event of that number was made.
        """
        own = [
            tag for tag in self.stages if tag.commit == commit and (before is None or (tag.name.number or 0) < before)
        ]
        last = {str(tag.name.stage): tag for tag in own}
        return {stage: tag for stage, tag in last.items() if not tag.name.is_revocation}

    def holder(self, stage: str) -> Tag | None:
        """The tag by which a stage stands now; None where no version holds it."""
        events = [tag for tag in self.stages if tag.name.stage == stage]
        last = {tag.commit: tag for tag in events}
        held = [tag for tag in last.values() if not tag.name.is_revocation]
        return max(held, key=lambda tag: tag.name.number or 0, default=None)

    def last_of(self, stage: str) -> Tag | None:
        """The last event of a stage, which the next one follows."""
        return next((tag for tag in reversed(self.stages) if tag.name.stage == stage), None)


def histories(git: Git) -> list[History]:
    """The history of every dataset that was promoted, by folder and name."""
    found, names = _tags(git)
    datasets = sorted({(tag.name.folder, tag.name.dataset) for tag in found})
    return [_history(found, names, dataset, folder) for folder, dataset in datasets]


def history(git: Git, dataset: str, folder: str) -> History:
    """The history of a dataset. folder: that of gates.toml in the repository, "" at the top."""
    found, names = _tags(git)
    return _history(found, names, dataset, folder)


def message_of(git: Git, tag: Tag) -> TagMessage:
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


def _tags(git: Git) -> tuple[list[Tag], list[str]]:
    """The tags that gates writes, and the names of all there are."""
    done = git.outcome("for-each-ref", f"--format={_FIELDS}", "refs/tags")
    # Git stops at a tag whose own object is gone, and says nothing of the others.
    told = git.run("for-each-ref", f"--format={_NAME}", "refs/tags") if done.returncode else done.stdout
    found, names = [], []
    for line in lines_of(told):
        word = line.partition("\0")[0]
        names.append(word)
        name = parse_tag(word)
        if name:
            found.append(_tag(name, _line(git, word, line) if done.returncode else line))
    return found, names


def _line(git: Git, word: str, line: str) -> str:
    """All fields of one tag; those that git can name without its object, where that is gone. line: those."""
    done = git.outcome("for-each-ref", f"--format={_FIELDS}", f"refs/tags/{word}")
    return line if done.returncode else done.stdout.decode(errors="surrogateescape").rstrip("\n")


def _tag(name: TagName, line: str) -> Tag:
    _, object_id, kind, target, target_kind, inner_name, date = line.split("\0")
    is_annotated = kind == "tag"
    return Tag(
        name,
        object_id,
        target or object_id,
        is_annotated,
        target_kind if is_annotated else kind or "missing",
        inner_name,
        _moment(date),
    )


def _moment(seconds: str) -> datetime | None:
    """The date in a tag's object, in which anything can stand."""
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _history(found: list[Tag], names: list[str], dataset: str, folder: str) -> History:
    own = [tag for tag in found if (tag.name.folder, tag.name.dataset) == (folder, dataset)]
    versions = [tag for tag in own if tag.name.version]
    stages = [tag for tag in own if tag.name.stage]
    return History(
        dataset,
        folder,
        tuple(sorted(versions, key=lambda tag: (tag.name.version or Version(0, 0, 0), tag.name.is_revocation))),
        tuple(sorted(stages, key=lambda tag: tag.name.number or 0)),
        next_number(names, dataset, folder),
    )
