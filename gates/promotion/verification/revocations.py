"""Whether everything taken back has both its record and its tag, and both say the same."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.statements.paths import event_of_record, records_folder
from gates.promotion.statements.revocation import Revocation, parse_revocation
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.git.printed import literal
from gates.versions.trees import tree_at
from gates.versions.version import revision
from gates.visible_text import has_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.history import PromotionTag, TagHistory
    from gates.promotion.verification.order import StageEvent


def wrong_record(event: StageEvent) -> str | None:
    """What the record of a revocation says otherwise than its tag.

    Raises DataError where there is no record here, PromotionError where it is none.
    """
    name, message, moment, history = event.tag.name, event.message, event.tag.made_at, event.history
    if not message.reason or not has_words(message.reason):
        return "gives no reason"
    if moment is None:
        return "its moment cannot be known: it has no date"
    record = Revocation(history.dataset, message.version, name.stage, event.promoted.digest, message.reason, moment)
    path = history.record(message.version, name.number)
    git = history.git
    tips = git.run("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").decode().split()
    in_head, *others = git.contents_at(("HEAD", *sorted(set(tips))), path)
    in_branches = [content for content in others if content is not None]
    if in_head is None and record.to_bytes() in in_branches:
        return None
    if in_head is not None or in_branches:
        return record.difference(in_branches[0] if in_head is None else in_head, path)
    log = ("log", "--no-show-signature", "--all", "-1", "--diff-filter=D", "--format=%h")
    gone = git.run(*log, "--", literal(path)).decode().strip()
    if gone:
        return f"{path}, which says the same, was deleted in {gone}; `git checkout {gone}^ -- {path}`, then commit"
    raise DataError(f"{path}, which says the same, is on no branch here; `git fetch`, else the tag was made by hand")


def verify_records(history: TagHistory) -> Iterator[Finding]:
    """A finding for each record in HEAD whose tag is gone: without the tag the version would stand again."""
    tree = tree_at(history.repository, revision(history.repository, "HEAD"))
    folder = records_folder(history.folder, history.dataset)
    paths = sorted(name for name in tree.listing.blobs if posixpath.dirname(name) == folder)
    for path, content in tree.read(paths).items():
        if tag_of_record(history, path) is None:
            yield looked_at(path, "record", partial(_without_tag, path, content))


def tag_of_record(history: TagHistory, path: str) -> PromotionTag | None:
    """The tag of a revocation by the path of its record."""
    is_own = posixpath.dirname(path) == records_folder(history.folder, history.dataset)
    event = event_of_record(path) if is_own else None
    if event is None:
        return None
    version, number = event
    if number is None:
        return history.revocation_of(version)
    made = history.made.get(version)
    removals = (tag for tag in history.stages if tag.name.is_revocation and tag.number == number)
    return next((tag for tag in removals if made and tag.commit == made.commit), None)


def _without_tag(path: str, content: bytes) -> str:
    try:
        record = parse_revocation(content, path)
    except PromotionError as error:
        return str(error).removeprefix(f"{path}: ")
    what = f"off '{record.stage}'" if record.stage else "back"
    return f"{record.version} was taken {what}, and the tag that says so is gone; `git fetch --tags`"
