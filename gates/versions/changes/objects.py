"""Commits and annotated tags as objects of git that no ref names yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.versions.git.commands import Git

# What decides who makes a tag and how it is signed (git-config(1)).
_SIGNING = r"^(user|gpg|tag)\."


def write_commit(git: Git, files: Mapping[str, bytes], message: str, at: datetime | None = None) -> str:
    """A commit on top of HEAD that adds files, signed where git signs commits. Index and work tree stay as they are.

    at: its dates, None for those of the clock.
    """
    with PrivateFolder("promotion-") as folder:
        index = {"GIT_INDEX_FILE": str(folder.path / "index")}
        git.run("read-tree", "HEAD", extra=index)
        for path, content in files.items():
            blob = git.run("hash-object", "-w", "--stdin", stdin=content).decode().strip()
            git.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", extra=index)
        tree = git.run("write-tree", extra=index).decode().strip()
    signed = ("-S",) if git.is_on("commit.gpgSign") else ()
    words = ("commit-tree", *signed, tree, "-p", "HEAD", "-F", "-")
    return git.run(*words, extra=_dates(at), stdin=message.encode()).decode().strip()


def write_tag(git: Git, name: str, commit: str, message: str, at: datetime | None = None) -> str:
    """An annotated tag, signed where git is told to sign tags. at: its date, None for that of the clock.

    `git tag` names what it makes at once: it runs in a repository for the moment, which shares nothing but the objects.
    """
    with PrivateFolder("promotion-") as folder:
        hash_name = git.run("rev-parse", "--show-object-format").decode().strip()
        git.run("init", "--quiet", "--bare", f"--object-format={hash_name}", str(folder.path))
        objects = git.top / os.fsdecode(git.run("rev-parse", "--git-path", "objects")).strip()
        away = {"GIT_DIR": str(folder.path), "GIT_OBJECT_DIRECTORY": str(objects), **_settings(git), **_dates(at)}
        git.run("tag", "--annotate", "--cleanup=verbatim", "-F", "-", name, commit, extra=away, stdin=message.encode())
        return git.run("rev-parse", f"refs/tags/{name}", extra=away).decode().strip()


def _dates(at: datetime | None) -> dict[str, str]:
    """Dates for git, in UTC and to the second: objects made of the same promotion are the same objects."""
    date = f"@{int(at.timestamp())} +0000" if at else None
    return {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}


def _settings(git: Git) -> dict[str, str]:
    """The settings that decide over tags, as variables of git."""
    listed = git.output_or_none("config", "--null", "--includes", "--get-regexp", _SIGNING) or ""
    pairs = [entry.partition("\n") for entry in listed.split("\0") if entry]
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, _, value) in enumerate(pairs):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables
