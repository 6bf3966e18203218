"""Promotions made by hand, as somebody would who can write the repository and knows how gates does it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gates.verdict import digest_of_report
from tests.dvc_repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[dict[str, Any]], object]

STATEMENT = "promotions/first/v1.0.0.json"
VERDICT = "promotions/first/v1.0.0.verdict.json"
VERSION, STAGING, PROD = "first@v1.0.0", "first#staging#1", "first#prod#2"


def nothing(_: dict[str, Any]) -> None:
    """Leaves a document as it is."""


def words_of(root: Path, tag: str) -> str:
    """What a tag says."""
    return git(root, "tag", "-l", "--format=%(contents)", tag)


def date_of(root: Path, tag: str) -> str:
    """A tag's date as git takes it."""
    return f"@{git(root, 'tag', '-l', '--format=%(taggerdate:unix)', tag)} +0000"


def retag(root: Path, tag: str, words: str, *, target: str | None = None, date: str | None = None) -> None:
    """A tag that says something else; it points where it pointed and bears the date that it bore, unless told."""
    exists = bool(git(root, "tag", "-l", tag))
    date = date or date_of(root, tag if exists else VERSION)
    target = target or git(root, "rev-parse", f"{tag if exists else VERSION}^{{}}")
    git(root, "tag", "-f", "-a", "-m", words, tag, target, GIT_COMMITTER_DATE=date)


def remake(root: Path, statement: Edit = nothing, verdict: Edit = nothing) -> None:
    """The promotion of both stages made anew, around other content: all digests, names and dates fit each other."""
    judged = json.loads((root / VERDICT).read_text())
    verdict(judged)
    judged["digest"] = digest_of_report(judged)
    document = json.dumps(judged).encode()
    promotion = json.loads((root / STATEMENT).read_text())
    promotion["predicate"]["verdict"] |= {"sha256": sha256(document).hexdigest(), "digest": judged["digest"]}
    statement(promotion["predicate"])
    content = (json.dumps(promotion, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()
    (root / VERDICT).write_bytes(document)
    (root / STATEMENT).write_bytes(content)
    old, dates = git(root, "rev-parse", "HEAD"), {tag: date_of(root, tag) for tag in (VERSION, STAGING, PROD)}
    words = {tag: words_of(root, tag) for tag in dates}
    git(root, "commit", "-q", "-a", "--amend", "--no-edit", GIT_COMMITTER_DATE=dates[VERSION])
    new = git(root, "rev-parse", "HEAD")
    for tag, text in words.items():
        lines = [
            f"Statement-SHA256: {sha256(content).hexdigest()}" if line.startswith("Statement-SHA256:") else line
            for line in text.splitlines()
        ]
        # Who put it on the second stage stood on the promotion's own commit.
        retag(root, tag, "\n".join(lines).replace(old, new), target=new, date=dates[tag])
