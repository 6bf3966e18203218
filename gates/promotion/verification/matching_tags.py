"""Whether files and tags match: what was taken back has a record and a tag that say the same, what was promoted its tag.

Who deletes the tags of what was promoted last leaves its statement; tags of a form that gates never makes are named too.
"""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.git.promoted_version import configuration_in
from gates.promotion.statements.paths import version_of_file
from gates.promotion.statements.revocation import Revocation, parse_revocation
from gates.promotion.statements.tags import artifact, is_gto_tag, parse_tag
from gates.promotion.verification.findings import Finding, FindingState, looked_at
from gates.versions.git.printed import lines_of, literal
from gates.versions.trees import tree_at
from gates.versions.version import git_of, revision
from gates.visible_text import has_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.git.history import TagHistory
    from gates.promotion.verification.order import StageEvent
    from gates.versions.repository import Repository


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
    paths = sorted(name for name in tree.listing.blobs if posixpath.dirname(name) == history.records_folder)
    for path, content in tree.read(paths).items():
        if path not in history.revocations:
            yield looked_at(path, "record", partial(_without_tag, path, content))


def _without_tag(path: str, content: bytes) -> str:
    try:
        record = parse_revocation(content, path)
    except PromotionError as error:
        return str(error).removeprefix(f"{path}: ")
    what = f"off '{record.stage}'" if record.stage else "back"
    return f"{record.version} was taken {what}, and the tag that says so is gone; `git fetch --tags`"


def verify_untagged(
    repository: Repository, histories: Sequence[TagHistory], only: TagHistory | None = None
) -> Iterator[Finding]:
    """A finding for each version whose statement HEAD has, and whose tag is not here, and for each tag of a foreign form.

    only: the dataset that is verified, None for all. Raises DataError where HEAD cannot be read.
    """
    # GTO and DVC follow such tags, and nothing stands behind what they point to. Tags of what was never promoted, as of models
    # that GTO registers, are nobody's business here.
    own = [only] if only else histories
    starts = tuple(f"{artifact(history.dataset, history.folder)}{mark}" for history in own for mark in "@#")
    listed = git_of(repository, "a promotion").run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags")
    for word in lines_of(listed):
        if word.startswith(starts) and is_gto_tag(word) and parse_tag(word) is None:
            words = "GTO and DVC take it for a promotion, and gates makes no tag of this form; `git tag --delete` it here and at the remote"
            yield Finding(word, "tag", FindingState.WRONG, words)
    tree = tree_at(repository, revision(repository, "HEAD"))
    names = {tag.name for history in histories for tag in history.versions}
    for path in sorted(tree.listing.blobs):
        name = version_of_file(path)
        if name is None or name in names or posixpath.basename(path) != f"{name.version}.json":
            continue
        if only and (name.folder, name.dataset) != (only.folder, only.dataset):
            continue
        # Elsewhere a file of such a name is nobody's promotion.
        if configuration_in(tree, name.folder) is not None:
            words = f"{path} is here and the tag is not; `git fetch --tags`, or it was deleted"
            yield Finding(str(name), "tag", FindingState.UNKNOWN, words)
