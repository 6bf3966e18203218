"""Asks git: which commit a name stands for, which blobs a commit or the index has, what they contain."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gates.errors import DataError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BLOCK = 1 << 20
_LINK, _SUBMODULE = "120000", "160000"
# What hooks export. It speaks of the repository the process stands in, which need not be the one that is meant.
_LOCAL_VARIABLES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX",
)  # fmt: skip
# Git makes no such names and checks none out, but who writes a tree's object by hand can put them in, and a clone takes
# it: laid out as files they would lead out of their folder, or into git's own.
_LEADS_OUT = re.compile(r"(?:^|/)(?:\.{0,2}|\.git)(?:/|\Z)", re.IGNORECASE)
# How git goes on after a name, as in `main~2` and `HEAD^`.
_ANCESTOR = re.compile(r"[~^:@]")
# A commit made of the index is read and forgotten: with fixed words and dates, equal indexes give one and the same.
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "gates"), ("EMAIL", "gates@localhost"), ("DATE", "1970-01-01T00:00:00Z"))
}


@dataclass(frozen=True)
class Listing:
    """Blobs by path of a commit or of the index; `links` are paths whose blob is the target of a symbolic link."""

    blobs: Mapping[str, str]
    links: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Git:
    """One work tree of git. Every call runs in its top folder, so that relative variables of a hook hold."""

    top: Path
    environment: Mapping[str, str] = field(repr=False, compare=False)

    def run(self, *arguments: str, extra: Mapping[str, str] | None = None, stdin: bytes | None = None) -> bytes:
        """What git prints. stdin: what it reads. Raises DataError with git's own words when it fails."""
        ended = self._run(arguments, extra, stdin)
        if ended.returncode:
            words = ended.stderr.decode(errors="replace").strip().split("\n")[0]
            raise DataError(f"git {arguments[0]} failed in {self.top}: {words}")
        return ended.stdout

    def outcome(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """How git ends and what it says, for calls that may fail."""
        return self._run(arguments)

    def outcome_within(self, seconds: float, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
        """As `outcome`, without a terminal to ask for a password on; None where it takes longer."""
        quiet = {**self.environment, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS_REQUIRE": "never"}
        try:
            return subprocess.run(
                ["git", *arguments], cwd=self.top, env=quiet, stdin=subprocess.DEVNULL, capture_output=True,
                check=False, timeout=seconds, start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None

    def succeeds(self, *arguments: str) -> bool:
        """Whether git ends well."""
        return self.outcome(*arguments).returncode == 0

    def output_or_none(self, *arguments: str) -> str | None:
        """What git prints, without its line feed; None where it fails."""
        ended = self._run(arguments)
        return None if ended.returncode else ended.stdout.decode().strip()

    def is_on(self, setting: str) -> bool:
        """Whether a setting of git says yes."""
        return self.output_or_none("config", "--type=bool", "--get", setting) == "true"

    def commit(self, revision: str) -> str:
        """The full sha of the commit that a revision stands for. Raises UsageError naming the nearest name there is."""
        sha = None if revision.startswith("-") else self.commit_or_none(revision)
        if sha is None:
            raise UsageError(f"no revision '{revision}' in {self.top.name}{self._hint(revision)}")
        return sha

    def commit_or_none(self, revision: str) -> str | None:
        """As `commit`, but None where there is none, as HEAD before the first commit."""
        return self.output_or_none("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def ref(self, name: str) -> str | None:
        """The object that a ref names; None where there is no such ref."""
        return self.output_or_none("rev-parse", "--verify", "--quiet", name)

    def is_ancestor(self, commit: str, other: str) -> bool:
        """Whether a commit is in the history of another one, or the same."""
        return self.succeeds("merge-base", "--is-ancestor", commit, other)

    def has_object(self, name: str) -> bool:
        """Whether git has an object."""
        return self.succeeds("cat-file", "-e", name)

    def branches_with(self, commit: str) -> list[str]:
        """The tips of the branches, here and of remotes, that have a commit in their history."""
        listed = self.run(
            "for-each-ref", "--format=%(objectname)", f"--contains={commit}", "refs/heads", "refs/remotes"
        )
        return sorted(set(listed.decode().split()))

    def contents_at(self, tips: Iterable[str], path: str) -> list[bytes | None]:
        """What a file has at each of some commits, None where it is not there."""
        names = "".join(f"{tip}:{path}\n" for tip in tips)
        answers = lines_of(self.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=names.encode()))
        # A name that stands for nothing is given back, and "missing" after it.
        ids = [line.split(" ")[1] if line.startswith("blob ") else None for line in answers]
        with self.blobs() as blobs:
            contents = {blob: blobs.read(blob) for blob in dict.fromkeys(ids) if blob}
        return [contents[blob] if blob else None for blob in ids]

    def last_between(self, commit: str, tip: str, before: datetime) -> str | None:
        """The last first parent of a tip that follows a commit and was made before a moment; None where there is none."""
        between = f"{commit}..{tip}"
        since = set(self.run("rev-list", "--ancestry-path", between).decode().split())
        log = self.run("log", "--no-show-signature", "--first-parent", "--format=%H %ct", between).decode()
        line = (entry.split() for entry in log.splitlines())
        return next((name for name, date in line if name in since and int(date) < int(before.timestamp())), None)

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit at which two histories part, or None when they share none."""
        return self.output_or_none("merge-base", one, other)

    def tree(self, commit: str) -> Listing:
        """Every blob of a commit. Raises DataError for a path that git would not check out, as `../name`."""
        entries = _entries(self.run("ls-tree", "-r", "-z", "--full-tree", commit))
        return _listing(((path, mode, sha) for path, (mode, _, sha) in entries), commit)

    def index(self) -> Listing:
        """Every blob of the index. Raises DataError while a merge is unresolved: such an index is no version."""
        entries = list(_entries(self.run("ls-files", "--stage", "-z")))
        listing = _listing(((path, mode, sha) for path, (mode, sha, _) in entries), "the index")
        unmerged = next((path for path, (_, _, stage) in entries if stage != "0"), None)
        if unmerged is not None:
            raise DataError(f"{unmerged}: its merge conflict is unresolved; resolve it, then `git add {unmerged}`")
        return listing

    def is_index_of(self, commit: str) -> bool:
        """Whether the index has the files of a commit, and no merge is unresolved; the work tree is not looked at."""
        return self._run(("diff-index", "--cached", "--quiet", commit, "--")).returncode == 0

    def work_tree(self, *patterns: str) -> list[str]:
        """Paths in the work tree that are tracked, or neither tracked nor ignored, and that fit a pathspec."""
        listed = self.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
        return sorted(set(_records(listed)))

    def tracked(self, *patterns: str) -> dict[str, str]:
        """Blobs by path of what the index has and a pathspec fits."""
        return {path: sha for path, (_, sha, _) in _entries(self.run("ls-files", "--stage", "-z", "--", *patterns))}

    def staged_deletions(self, *patterns: str) -> dict[str, str]:
        """Blobs by path of what HEAD has, the index has not, and a pathspec fits; none before the first commit."""
        if self.commit_or_none("HEAD") is None:
            return {}
        deleted = ("diff-index", "--cached", "--diff-filter=D", "--no-renames", "-r", "-z", "HEAD", "--", *patterns)
        records = _records(self.run(*deleted))
        return {path: about.split(" ")[2] for about, path in zip(records[::2], records[1::2], strict=True)}

    @contextmanager
    def blobs(self) -> Iterator[Blobs]:
        """Blobs on request, all through one process."""
        with subprocess.Popen(
            ["git", "cat-file", "--batch"],
            cwd=self.top,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None  # noqa: S101  # both are pipes
            assert process.stdout is not None  # noqa: S101
            yield Blobs(process.stdin, process.stdout)

    def staged_commit(self) -> str:
        """A commit, on no branch, whose tree is the index; its parent is HEAD."""
        tree = self.run("write-tree").decode().strip()
        head = self.commit_or_none("HEAD")
        parent = ("-p", head) if head else ()
        words = ("commit-tree", "--no-gpg-sign", tree, *parent, "-m", "the index")
        return self.run(*words, extra=_NOBODY).decode().strip()

    def has_hook(self, name: str) -> bool:
        """Whether a hook of this name is installed."""
        return (self.top / os.fsdecode(self.run("rev-parse", "--git-path", f"hooks/{name}")).strip()).is_file()

    def is_shallow(self) -> bool:
        """Whether commits before the oldest one here were left out when the repository was cloned."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def main_top(self) -> Path:
        """The top folder of the main work tree; the same as `top` unless this one was made by `git worktree add`."""
        if (self.top / ".git").is_dir():
            return self.top
        common = self.run("rev-parse", "--git-common-dir").decode().rstrip("\n")
        return (self.top / common).resolve().parent

    def _run(
        self, arguments: tuple[str, ...], extra: Mapping[str, str] | None = None, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**self.environment, **(extra or {})}
        try:
            return subprocess.run(
                ["git", *arguments], cwd=self.top, env=environment, input=stdin, capture_output=True, check=False
            )
        except FileNotFoundError as error:
            raise DataError("git is not installed, or not on PATH; it is needed to read versions") from error

    def _hint(self, revision: str) -> str:
        if self.commit_or_none("HEAD") is None:
            return ": it has no commit yet"
        if self.is_shallow():
            return ": its history is shallow; fetch the rest with `git fetch --unshallow` (in CI: fetch-depth: 0)"
        names = {"HEAD", *self.run("for-each-ref", "--format=%(refname:short)").decode().split()}
        near = did_you_mean(revision, names)
        if near.startswith("did") and _ANCESTOR.split(revision)[0] not in names:
            return f" ({near})"
        return "; expected a branch, a tag or a commit, see `git log --oneline --all`"


@dataclass(frozen=True)
class Blobs:
    """Answers of one `git cat-file --batch`."""

    _requests: IO[bytes]
    _answers: IO[bytes]

    def read(self, sha: str) -> bytes:
        """The whole content of a blob."""
        return b"".join(self.blocks(sha))

    def blocks(self, sha: str) -> Iterator[bytes]:
        """The content of a blob piece by piece; take all of them before asking for another. Raises DataError."""
        try:
            self._requests.write(f"{sha}\n".encode())
            self._requests.flush()
            header = self._answers.readline().split()
        except OSError as error:
            raise DataError(f"git cat-file ended before it gave blob {sha}: {error.strerror}") from error
        if len(header) != 3:  # noqa: PLR2004  # sha, type, size; a missing object has two words
            raise DataError(f"git has no blob {sha}; run `git fsck`, or fetch the part that is missing")
        left = int(header[2]) + 1  # the line feed behind every blob
        while left:
            block = self._answers.read(min(left, _BLOCK))
            if not block:
                raise DataError(f"git cat-file ended in the middle of blob {sha}")
            left -= len(block)
            yield block if left else block[:-1]


def git_at(folder: Path) -> Git | None:
    """The git work tree that a folder lies in, or None. No process is started."""
    top = _top_of(folder.resolve())
    if top is None:
        return None
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    if _top_of(Path.cwd()) != top:
        for name in _LOCAL_VARIABLES:
            environment.pop(name, None)
    return Git(top, environment)


def _top_of(folder: Path) -> Path | None:
    """Asking git itself goes wrong in a hook of a linked work tree: with GIT_DIR set, every folder is a top folder."""
    for candidate in (folder, *folder.parents):
        mark = candidate / ".git"
        if mark.is_file() or (mark / "HEAD").exists():
            return candidate
    return None


def leads_out(path: str) -> bool:
    """Whether a path that names a file of a repository has a part that no such path has: `..`, `.`, `.git`, nothing."""
    return _LEADS_OUT.search(path.replace(os.sep, "/")) is not None


def literal(path: str) -> str:
    """A path as a pathspec of git that fits nothing else."""
    return f":(literal){path}"


def lines_of(printed: bytes, errors: str = "surrogateescape") -> list[str]:
    """The lines that git prints, each ended by a line feed alone: names may hold what `str.splitlines` ends one at.

    errors: as in `bytes.decode`; by default bytes that are not UTF-8 become surrogates, as in names of files.
    """
    return printed.decode(errors=errors).removesuffix("\n").split("\n") if printed else []


def _listing(entries: Iterable[tuple[str, str, str]], shown: str) -> Listing:
    """The blobs among paths with mode and sha. Raises DataError for a path that leads out, naming where it is."""
    blobs, links = {}, set()
    for path, mode, sha in entries:
        if leads_out(path):
            raise DataError(
                f"{path!r} in {shown}: git makes no such path, so it was put there by hand; nothing of it is read, "
                "`git fsck` names it; find out who made it"
            )
        if mode != _SUBMODULE:
            blobs[path] = sha
        if mode == _LINK:
            links.add(path)
    return Listing(blobs, frozenset(links))


def _entries(printed: bytes) -> Iterator[tuple[str, list[str]]]:
    """Each path with the three fields that git prints before it."""
    for record in _records(printed):
        fields, _, path = record.partition("\t")
        yield path, fields.split(" ")


def _records(printed: bytes) -> list[str]:
    return [os.fsdecode(record) for record in printed.split(b"\0") if record]


def committed_at(git: Git, commit: str) -> datetime:
    """The committer's date of a commit, to the second. Raises DataError where that is no date."""
    date = git.run("log", "--no-show-signature", "-1", "--format=%ct", commit).decode().strip()
    try:
        return datetime.fromtimestamp(int(date), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise DataError(f"the commit {commit[:7]} is dated '{date}', which is no date") from error
