"""Which promotions a call of `gates verify` means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import GatesError, UsageError, did_you_mean
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.statements.paths import version_of_file
from gates.promotion.statements.tags import artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.versions.repository import Repository

# Who mistyped looks for one of a few; all of them would fill the screen.
_SHOWN = 5


@dataclass(frozen=True)
class VerifySelection:
    """Of one dataset: the tags of versions, and those of events: on a stage, off a stage, taken back.

    is_whole: the whole dataset is verified, so that what lacks a tag is looked for too. for_use: the version or event that was
    named, as by somebody who is about to use it; None where that is a revocation.
    """

    history: TagHistory
    versions: tuple[PromotionTag, ...]
    events: tuple[PromotionTag, ...]
    is_whole: bool = False
    for_use: PromotionTag | None = None


def whole(history: TagHistory) -> VerifySelection:
    """Every promotion of a dataset."""
    revocations = tuple(tag for tag in history.versions if tag.name.is_revocation)
    return VerifySelection(history, tuple(history.made.values()), (*revocations, *history.stages), is_whole=True)


def select(
    repository: Repository, histories: Sequence[TagHistory], word: str, path: str | None, folder: str
) -> VerifySelection:
    """What a tag, a file or a dataset's name stands for; with an event goes the version that it is about.

    path: the word as a path in the repository, None where it leads out of it. folder: that of the nearest configuration,
    whose datasets go by their names alone. Raises UsageError, naming what there is.
    """
    for history in histories:
        tag = _tag(history, word, path)
        if tag:
            return _with_version(history, tag)
    # As commands take it first: below its folder, a name alone is not that of the top folder's dataset.
    for at in range(2):
        for history in histories:
            if _names(history, folder)[at] == word:
                return whole(history)
    name = version_of_file(path) if path and (repository.top / path).is_file() else None
    if name:
        raise UsageError(f"the tag of '{word}', {name}, is not here; `git fetch --tags`")
    names = [str(tag.name) for history in histories for tag in history.tags]
    datasets = [_names(history, folder)[0] for history in histories]
    files = [file for history in histories for version in history.made for file in history.paths(version)[:2]]
    files += [record for history in histories for record in history.revocations]
    hints = (did_you_mean(word, names), did_you_mean(word, datasets), did_you_mean(path or word, files))
    near = next((hint for hint in hints if "mean" in hint), None)
    more = f" and {len(names) - _SHOWN} more, `git tag --list`" if len(names) > _SHOWN else ""
    listed = f"there are {', '.join(names[-_SHOWN:])}{more}"
    raise UsageError(f"'{word}' is no promotion ({near or listed})")


def _tag(history: TagHistory, word: str, path: str | None) -> PromotionTag | None:
    for tag in history.tags:
        if word == str(tag.name):
            return tag
    for version, tag in history.made.items():
        if path in history.paths(version):
            return tag
    return history.revocations.get(path) if path else None


def _names(history: TagHistory, folder: str) -> tuple[str, str]:
    """How a dataset may be called, the way that is shown first: as every command takes it, or as in its tags."""
    own = history.dataset if history.folder == folder else f"{history.folder or '.'}:{history.dataset}"
    return own, artifact(history.dataset, history.folder)


def _with_version(history: TagHistory, tag: PromotionTag) -> VerifySelection:
    if tag.name.version and not tag.name.is_revocation:
        revocation = history.revocation_of(tag.name.version)
        return VerifySelection(history, (tag,), (revocation,) if revocation else (), for_use=tag)
    try:
        version = tag.name.version or message_of(history.git, tag).version
    except GatesError:
        # The event's own finding says what is wrong with it.
        version = None
    made = history.made.get(version) if version else None
    for_use = None if tag.name.is_revocation else tag
    return VerifySelection(history, (made,) if made else (), (tag,), for_use=for_use)
