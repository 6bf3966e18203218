"""Whether everything taken back has both its record and its tag, and both say the same."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.statements.revocation import (
    Revocation,
    event_of_record,
    parse_revocation,
    record_path,
    records_folder,
)
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.git import lines_of
from gates.versions.trees import tree_at
from gates.versions.version import git_of, revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.history import History, Tag
    from gates.promotion.verification.order import Event
    from gates.versions.git import Git
    from gates.versions.repository import Repository


def wrong_record(repository: Repository, known: History, event: Event) -> str | None:
    """What the record of a revocation says otherwise than its tag.

    Raises DataError where there is no record here, PromotionError where it is none.
    """
    name, message, moment = event.tag.name, event.message, event.tag.made_at
    if not message.reason:
        return "gives no reason"
    if moment is None:
        return "nobody knows when: it has no date"
    record = Revocation(known.dataset, message.version, name.stage, event.found.digest, message.reason, moment)
    path = record_path(known.folder, known.dataset, message.version, name.number)
    git = git_of(repository, str(name))
    in_head, in_branches = _contents(git, path)
    if in_head is not None:
        return record.difference(in_head, path)
    if record.to_bytes() in in_branches:
        return None
    if in_branches:
        return record.difference(in_branches[0], path)
    asked = ("log", "--no-show-signature", "--all", "-1", "--diff-filter=D", "--format=%h")
    gone = git.run(*asked, "--", f":(top,literal){path}").decode().strip()
    if gone:
        return f"{path}, which says the same, was deleted in {gone}; `git checkout {gone}^ -- {path}`, then commit"
    raise DataError(f"{path}, which says the same, is on no branch here; `git fetch`, else the tag was made by hand")


def verify_records(repository: Repository, known: History) -> Iterator[Finding]:
    """A finding for each record in HEAD whose tag is gone: without the tag it would stand again."""
    for path, content in _records(repository, known).items():
        if tag_of_record(known, path) is None:
            yield looked_at(path, "record", partial(_without_tag, path, content))


def tag_of_record(known: History, path: str) -> Tag | None:
    """The tag of a revocation by the path of its record."""
    event = event_of_record(path) if posixpath.dirname(path) == records_folder(known.folder, known.dataset) else None
    if event is None:
        return None
    version, number = event
    if number is None:
        return known.tag_of(version, is_revocation=True)
    made = known.tag_of(version)
    taken = (tag for tag in known.stages if tag.name.is_revocation and tag.name.number == number)
    return next((tag for tag in taken if made and tag.commit == made.commit), None)


def _without_tag(path: str, content: bytes) -> str:
    try:
        record = parse_revocation(content, path)
    except PromotionError as error:
        return str(error).removeprefix(f"{path}: ")
    what = f"off '{record.stage}'" if record.stage else "back"
    return f"{record.version} was taken {what}, and the tag that says so is gone; `git fetch --tags`"


def _records(repository: Repository, known: History) -> dict[str, bytes]:
    tree = tree_at(repository, revision(repository, "HEAD"))
    folder = records_folder(known.folder, known.dataset)
    return {**tree.read(sorted(name for name in tree.listing.blobs if posixpath.dirname(name) == folder))}


def _contents(git: Git, path: str) -> tuple[bytes | None, list[bytes]]:
    """What a file has in HEAD, None where it is not there, and what it has at the tips of branches."""
    told = git.run("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").decode()
    tips = ["HEAD", *sorted(set(told.split()))]
    asked = "".join(f"{tip}:{path}\n" for tip in tips).encode()
    answers = lines_of(git.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked))
    # A name that stands for nothing is given back, and "missing" after it.
    found = [line.split(" ")[1] if line.startswith("blob ") else None for line in answers]
    with git.blobs() as blobs:
        contents = {blob: blobs.read(blob) for blob in dict.fromkeys(found) if blob}
    head = found[0]
    return contents[head] if head else None, [contents[blob] for blob in dict.fromkeys(found[1:]) if blob]
