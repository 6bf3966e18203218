"""Who wrote a commit and who reviewed it, as its author and the trailers of its message say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.versions.git.printed import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.versions.git.commands import Git

# A person as git writes one: a name, and a mail address in angle brackets.
_PERSON = re.compile(r"(?P<name>[^<>]*[^<>\s])\s*<(?P<mail>[^<>@\s]+@[^<>@\s]+)>")
_REVIEW = "reviewed-by"
# Who wrote a part of it is no second pair of eyes.
_COAUTHOR = "co-authored-by"
# What `git log` gives of a commit: the author as the commit has it, for which no mailmap is asked, and the trailers.
_AUTHOR_AND_TRAILERS = "--format=%ae%n%(trailers:only,unfold)"


@dataclass(frozen=True)
class Review:
    """Who reviewed a commit and did not write it. reviewers: name by mail address in lower case, in the order of the trailers.

    malformed: what `Reviewed-by` trailers say that name nobody.
    """

    reviewers: Mapping[str, str]
    malformed: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        """The reviewers as git writes people, "" for none."""
        return ", ".join(f"{name} <{mail}>" for mail, name in self.reviewers.items())


def review_of(git: Git, commit: str) -> Review:
    """The review that a commit's message states."""
    log = ("log", "--no-show-signature", "--encoding=UTF-8", "-1", _AUTHOR_AND_TRAILERS, commit)
    author, *lines = lines_of(git.run(*log), "replace")
    parts = (line.partition(":") for line in lines)
    return review_in(author, [(name, value.strip()) for name, _, value in parts])


def review_in(author: str, trailers: Sequence[tuple[str, str]]) -> Review:
    """The review that these (name, value) state. author: a mail address. Somebody who is named twice counts once."""
    reviews = [(value, _person(value)) for name, value in trailers if name.strip().casefold() == _REVIEW]
    coauthors = (_person(value) for name, value in trailers if name.strip().casefold() == _COAUTHOR)
    authors = {author.strip().casefold(), *(person[0] for person in coauthors if person)}
    reviewers: dict[str, str] = {}
    for _, person in reviews:
        if person and person[0] not in authors:
            reviewers.setdefault(*person)
    return Review(reviewers, tuple(value for value, person in reviews if person is None))


def _person(value: str) -> tuple[str, str] | None:
    """Mail address in lower case and name; None where it is nobody. Nothing that a terminal would obey passes."""
    # A long trailer may be folded over lines.
    match = _PERSON.fullmatch(" ".join(value.split()))
    if match is None or not match.string.isprintable():
        return None
    return match["mail"].casefold(), match["name"]
