"""Asks git: which commit a name stands for, which blobs a commit or the index has, what they contain."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError, did_you_mean
from gates.versions.git.answers import DEEPEN, LOST, broken_names, is_no, not_started, refusal
from gates.versions.git.blobs import Blobs
from gates.versions.git.printed import Listing, entries_of, lines_of, listing_of, moment_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime


_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"
# What hooks export. It speaks of the repository the process stands in, which need not be the one that is meant.
_LOCAL_VARIABLES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX",
)  # fmt: skip
# How git goes on after a name, as in `main~2` and `HEAD^`.
_ANCESTOR = re.compile(r"[~^:@]")
# A commit is what its sha says: `git replace` and grafts put another tree or other parents in its place on one machine.
_AS_COMMITTED = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
# A commit made of the index is read and forgotten: with fixed words and dates, equal indexes give one and the same.
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "gates"), ("EMAIL", "gates@localhost"), ("DATE", "1970-01-01T00:00:00Z"))
}


@dataclass(frozen=True)
class Git:
    """One work tree of git. Every call runs in its top folder, so that relative variables of a hook hold."""

    top: Path
    environment: Mapping[str, str] = field(repr=False, compare=False)

    def run(self, *arguments: str, extra: Mapping[str, str] | None = None, stdin: bytes | None = None) -> bytes:
        """What git prints. stdin: what it reads. Raises DataError with git's own words when it fails."""
        ended = self._run(arguments, extra, stdin)
        if ended.returncode:
            raise refusal(self.top, arguments, ended.stderr)
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
        except OSError as error:
            raise not_started(error) from error

    def says_yes(self, *arguments: str) -> bool:
        """Whether git answers a question with yes. Raises DataError where it refuses to answer."""
        return self.output_or_none(*arguments) is not None

    def output_or_none(self, *arguments: str) -> str | None:
        """What git prints, without its line feed; None where it says no. Raises DataError where it refuses."""
        ended = self._run(arguments)
        if ended.returncode and not is_no(ended):
            raise refusal(self.top, arguments, ended.stderr)
        return None if ended.returncode else ended.stdout.decode().strip()

    def is_on(self, setting: str) -> bool:
        """Whether a setting of git says yes."""
        return self.output_or_none("config", "--type=bool", "--get", setting) == "true"

    def commit(self, revision: str) -> str:
        """The full sha of the commit that a revision stands for.

        Raises UsageError naming the nearest name there is, DataError in a shallow clone, which may lack what it names.
        """
        sha = None if revision.startswith("-") else self.commit_or_none(revision)
        if sha is None:
            shown = f"no revision '{revision}' in {self.top.name}"
            if self.is_shallow():
                raise DataError(f"{shown}: its history is shallow; {DEEPEN}")
            raise UsageError(f"{shown}{self._hint(revision)}")
        return sha

    def commit_or_none(self, revision: str) -> str | None:
        """As `commit`, but None where there is none, as HEAD before the first commit."""
        return self._named(revision, f"{revision}^{{commit}}")

    def parent(self, commit: str) -> str | None:
        """The first parent of a commit; None where history begins. Raises DataError where a shallow clone cut it off."""
        # A shallow clone takes its oldest commits for first ones, but does not write them anew.
        header = self.run("cat-file", "commit", commit).partition(b"\n\n")[0]
        if not header.count(b"\nparent "):
            return None
        before = self.commit_or_none(f"{commit}^")
        if before is None:
            raise DataError(f"the commit before {commit[:7]} is not here: the clone is shallow; {DEEPEN}")
        return before

    def has_other_branches(self, commit: str | None) -> bool:
        """Whether a branch, here or of a remote, has commits that are not in the history of one; None for no commit."""
        beside = (f"--no-contains={commit}",) if commit else ()
        return bool(self.run("for-each-ref", "--count=1", *beside, "refs/heads", "refs/remotes"))

    def ref(self, name: str) -> str | None:
        """The object that a ref names; None where there is no such ref."""
        return self._named(name, name)

    def is_ancestor(self, commit: str, other: str) -> bool:
        """Whether a commit is in the history of another one, or the same."""
        return self.says_yes("merge-base", "--is-ancestor", commit, other)

    def has_object(self, name: str) -> bool:
        return not self.run("cat-file", "--batch-check", stdin=f"{name}\n".encode()).endswith(b" missing\n")

    def branches_with(self, commit: str) -> list[str]:
        """The tips of the branches, here and of remotes, that have a commit in their history."""
        listed = self.run(
            "for-each-ref", "--format=%(objectname)", f"--contains={commit}", "refs/heads", "refs/remotes"
        )
        return sorted(set(listed.decode().split()))

    def contents_at(self, tips: Iterable[str], path: str) -> list[bytes | None]:
        """What a file has at each of some commits, None where it is not there."""
        commits = list(tips)
        names = "".join(f"{tip}:{path}\n" for tip in commits)
        answers = lines_of(self.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=names.encode()))
        # A name that stands for nothing is given back, and "missing" after it; so is one whose object git lost.
        ids = [
            line.split(" ")[1] if line.startswith("blob ") else self._blob_in(tip, path)
            for tip, line in zip(commits, answers, strict=True)
        ]
        with self.blobs() as blobs:
            contents = {blob: blobs.read(blob) for blob in dict.fromkeys(ids) if blob}
        return [contents[blob] if blob else None for blob in ids]

    def _blob_in(self, tip: str, path: str) -> str | None:
        entries = entries_of(self.run("ls-tree", "-z", "--full-tree", tip, "--", path))
        return next((sha for _, (_, kind, sha) in entries if kind == "blob"), None)

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
        entries = entries_of(self.run("ls-tree", "-r", "-z", "--full-tree", commit))
        return listing_of(((path, mode, sha) for path, (mode, _, sha) in entries), commit)

    def index(self) -> Listing:
        """Every blob of the index. Raises DataError while a merge is unresolved: such an index is no version."""
        entries = list(entries_of(self.run("ls-files", "--stage", "-z")))
        listing = listing_of(((path, mode, sha) for path, (mode, sha, _) in entries), "the index")
        unmerged = next((path for path, (_, _, stage) in entries if stage != "0"), None)
        if unmerged is not None:
            raise DataError(f"{unmerged}: its merge conflict is unresolved; resolve it, then `git add {unmerged}`")
        return listing

    def is_index_of(self, commit: str) -> bool:
        """Whether the index has the files of a commit, and no merge is unresolved; the work tree is not looked at."""
        return self.says_yes("diff-index", "--cached", "--quiet", "--ignore-submodules=none", commit, "--")

    def work_tree(self, *patterns: str) -> list[str]:
        """Paths in the work tree that are tracked, or neither tracked nor ignored, and that fit a pathspec."""
        listed = self.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
        return sorted(set(records_of(listed)))

    def tracked(self, *patterns: str) -> dict[str, str]:
        """Blobs by path of what the index has and a pathspec fits."""
        return {path: sha for path, (_, sha, _) in entries_of(self.run("ls-files", "--stage", "-z", "--", *patterns))}

    def staged_deletions(self, *patterns: str) -> dict[str, str]:
        """Blobs by path of what HEAD has, the index has not, and a pathspec fits; none before the first commit."""
        if self.commit_or_none("HEAD") is None:
            return {}
        deleted = ("diff-index", "--cached", "--diff-filter=D", "--no-renames", "-r", "-z", "HEAD", "--", *patterns)
        records = records_of(self.run(*deleted))
        return {path: about.split(" ")[2] for about, path in zip(records[::2], records[1::2], strict=True)}

    @contextmanager
    def blobs(self, stores: Sequence[str] = ()) -> Iterator[Blobs]:
        """Blobs on request, all through one process. stores: further folders of objects, as of submodules."""
        own = self.environment.get(_ALTERNATES)
        also = {_ALTERNATES: os.pathsep.join([*map(_quoted, stores), *([own] if own else [])])} if stores else {}
        try:
            started = subprocess.Popen(
                ["git", "cat-file", "--batch"], cwd=self.top, env={**self.environment, **also},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise not_started(error) from error
        with started as process:
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

    def own_file(self, name: str) -> Path:
        """Where git keeps what it knows of this work tree alone, as `MERGE_HEAD`; only a linked one's is asked for."""
        if (self.top / ".git").is_dir() and "GIT_DIR" not in self.environment:
            return self.top / ".git" / name
        return self.top / os.fsdecode(self.run("rev-parse", "--git-path", name)).rstrip("\n")

    def has_hook(self, name: str) -> bool:
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
        except OSError as error:
            raise not_started(error) from error

    def _named(self, name: str, wanted: str) -> str | None:
        """What git prints for a name. None only where it stands for nothing: not where git cannot read what it stands for."""
        answer = self.output_or_none("rev-parse", "--verify", "--quiet", wanted)
        if answer is not None:
            return answer
        sha = self.output_or_none("rev-parse", "--verify", "--quiet", name)
        if sha and not self.has_object(sha):
            raise DataError(f"{name} is {sha[:7]}, which git does not have in {self.top}; {LOST}")
        arguments = ("for-each-ref", "--format=")
        if broken := broken_names(self.outcome(*arguments).stderr):
            raise refusal(self.top, arguments, broken)
        branch = self.output_or_none("symbolic-ref", "--quiet", "HEAD") if name == "HEAD" else None
        # A branch that git deletes loses its log, and one without a commit has none yet.
        if branch and self.says_yes("reflog", "exists", branch):
            raise DataError(f"{branch} had commits and is gone in {self.top}: its ref was lost; {LOST}")
        return None

    def _hint(self, revision: str) -> str:
        if self.commit_or_none("HEAD") is None:
            return ": it has no commit yet"
        names = {"HEAD", *self.run("for-each-ref", "--format=%(refname:short)").decode().split()}
        near = did_you_mean(revision, names)
        if near.startswith("did") and _ANCESTOR.split(revision)[0] not in names:
            return f" ({near})"
        return "; expected a branch, a tag or a commit, see `git log --oneline --all`"


def git_at(folder: Path) -> Git | None:
    """The git work tree that a folder lies in, or None. No process is started."""
    top = _top_of(folder.resolve())
    if top is None:
        return None
    # Where its `.git` is broken, git must not answer for a repository further up.
    ceiling = {"GIT_CEILING_DIRECTORIES": str(top.parent)}
    environment = {**os.environ, **ceiling, **_AS_COMMITTED, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    if _top_of(Path.cwd()) != top:
        for name in _LOCAL_VARIABLES:
            environment.pop(name, None)
    return Git(top, environment)


def _top_of(folder: Path) -> Path | None:
    """Asking git itself goes wrong in a hook of a linked work tree: with GIT_DIR set, every folder is a top folder.

    Where a `.git` is broken, git says so when it is asked; only an empty folder of this name is none, as git has it.
    """
    return next((one for one in (folder, *folder.parents) if _is_something(one / ".git")), None)


def _is_something(mark: Path) -> bool:
    try:
        return not mark.is_dir() or any(mark.iterdir()) if os.path.lexists(mark) else False
    except PermissionError:
        return True


def _quoted(folder: str) -> str:
    """As git reads it where it may hold what stands between two folders."""
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def committed_at(git: Git, commit: str) -> datetime:
    """The committer's date of a commit, to the second. Raises DataError where that is no date."""
    date = git.run("log", "--no-show-signature", "-1", "--format=%ct", commit).decode().strip()
    moment = moment_of(date)
    if moment is None:
        raise DataError(f"the commit {commit[:7]} is dated '{date}', which is no date")
    return moment
