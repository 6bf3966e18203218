"""Which promotions a call of `gates verify` means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import GatesError, UsageError, did_you_mean
from gates.promotion.git.promoted_version import message_of_tag
from gates.promotion.statements.paths import places
from gates.promotion.statements.revocation import record_path
from gates.promotion.statements.tags import artifact
from gates.promotion.verification.revocations import tag_of_record
from gates.promotion.verification.untagged import version_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.promotion.git.history import History, Tag
    from gates.versions.repository import Repository

# Who mistyped looks for one of a few; all of them would fill the screen.
_SHOWN = 5


@dataclass(frozen=True)
class Selection:
    """Of one dataset: the tags of versions, and those of events: on a stage, off a stage, taken back.

    is_whole: everything was asked for, so that what lacks a tag is looked for too. for_use: the version or event that was asked
    for by its name, as by somebody who is about to use it; None where that is a revocation.
    """

    history: History
    versions: tuple[Tag, ...]
    events: tuple[Tag, ...]
    is_whole: bool = False
    for_use: Tag | None = None


def whole(history: History) -> Selection:
    """Every promotion of a dataset."""
    versions = tuple(tag for tag in history.versions if not tag.name.is_revocation)
    taken = tuple(tag for tag in history.versions if tag.name.is_revocation)
    return Selection(history, versions, (*taken, *history.stages), is_whole=True)


def selected(
    repository: Repository, known: Sequence[History], word: str, path: str | None, folder: str = ""
) -> Selection:
    """What a tag, a file or a dataset's name stands for; with an event goes the version that it is about.

    path: the word as a path in the repository, None where it leads out of it. folder: that of the nearest configuration,
    whose datasets go by their names alone. Raises UsageError, naming what there is.
    """
    for history in known:
        tag = _tag(history, word, path)
        if tag:
            return _with_version(repository, history, tag)
    # As commands take it first: below its folder, a name alone is not that of the top folder's dataset.
    called = [(name, history) for history in known for name in enumerate(_names(history, folder))]
    dataset = next((history for (_, name), history in sorted(called, key=lambda one: one[0][0]) if name == word), None)
    if dataset:
        return whole(dataset)
    name = version_of_file(path) if path and (repository.top / path).is_file() else None
    if name:
        raise UsageError(f"the tag of '{word}', {name}, is not here; `git fetch --tags`")
    names = [str(tag.name) for history in known for tag in (*history.versions, *history.stages)]
    datasets = [_names(history, folder)[0] for history in known]
    files = [file for history in known for file in _files(history)]
    near = next(
        (
            hint
            for hint in (did_you_mean(word, names), did_you_mean(word, datasets), did_you_mean(path or word, files))
            if "mean" in hint
        ),
        None,
    )
    more = f" and {len(names) - _SHOWN} more, `git tag --list`" if len(names) > _SHOWN else ""
    there = f"there are {', '.join(names[-_SHOWN:])}{more}"
    raise UsageError(f"'{word}' is no promotion ({near or there})")


def _tag(history: History, word: str, path: str | None) -> Tag | None:
    for tag in (*history.versions, *history.stages):
        if word == str(tag.name):
            return tag
        version = tag.name.version
        if version and not tag.name.is_revocation:
            where = places(history.folder, history.dataset, version)
            if path in (where.statement, where.verdict, where.envelope):
                return tag
    return tag_of_record(history, path) if path else None


def _names(history: History, folder: str) -> tuple[str, ...]:
    """How a dataset may be called, the way that is shown first: as every command takes it, or as in its tags."""
    own = history.dataset if history.folder == folder else f"{history.folder or '.'}:{history.dataset}"
    return own, artifact(history.dataset, history.folder)


def _with_version(repository: Repository, history: History, tag: Tag) -> Selection:
    if tag.name.version and not tag.name.is_revocation:
        taken = history.tag_of(tag.name.version, is_revocation=True)
        return Selection(history, (tag,), (taken,) if taken else (), for_use=tag)
    try:
        version = tag.name.version or message_of_tag(repository, tag).version
    except GatesError:
        # The event's own finding says what is wrong with it.
        version = None
    made = history.tag_of(version) if version else None
    return Selection(history, (made,) if made else (), (tag,), for_use=None if tag.name.is_revocation else tag)


def _files(history: History) -> list[str]:
    found = []
    for tag in history.versions:
        if tag.name.version and tag.name.is_revocation:
            found.append(record_path(history.folder, history.dataset, tag.name.version, None))
        elif tag.name.version:
            where = places(history.folder, history.dataset, tag.name.version)
            found += [where.statement, where.verdict]
    return found
