"""Files of a version through DVC itself, for what the cache lacks: the only place where DVC is imported."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from gates.errors import DataError
from gates.versions.repository import DVC_DIR, Repository, cache_folder
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dvc.api import DVCFileSystem


Answer = TypeVar("Answer")

# What DVC says when another DVC process holds a file or the repository; both pass.
_BUSY = ("is busy, it is being blocked by", "Unable to acquire lock")
# Seconds between attempts. DVC waits 3 s itself before it gives up; a hook may wait as long again, not for ever.
_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.6)


def retried(call: Callable[[], Answer]) -> Answer:
    """What a call of DVC gives, tried again with growing delays while another process is in its way."""
    for delay in _DELAYS:
        try:
            return call()
        except Exception as error:
            if not any(phrase in str(link) for link in _chain(error) for phrase in _BUSY):
                raise
        time.sleep(delay)
    return call()


class RemoteFiles:
    """What one DVC folder tracks at a version, from wherever DVC finds it: cache, remotes, sources of imports."""

    def __init__(self, repository: Repository, version: Version, root: str) -> None:
        rev = version.commit
        if version.kind is VersionKind.STAGED:
            # DVC opens commits only, and not a tree alone.
            rev = git_of(repository, str(version)).staged_commit()
        self._root = root
        self._files = _with_dvc_error(lambda: _opened(repository, root, rev))

    def fetch(self, name: str, target: Path) -> None:
        """Writes the bytes of a file of the repository to a path. Raises DataError with DVC's own words."""
        _with_dvc_error(lambda: self._files.get_file(self._path(name), str(target)))

    def listed(self, name: str) -> dict[str, str | None]:
        """The files of a tracked directory and their md5, by their path in it. Raises DataError with DVC's own words."""
        folder = self._path(name)
        details = _with_dvc_error(lambda: self._files.find(folder, detail=True, dvc_only=True))
        return {path.removeprefix(f"{folder}/"): about.get("md5") for path, about in sorted(details.items())}

    def close(self) -> None:
        """Lets go of what DVC has opened."""
        self._files.close()

    def _path(self, name: str) -> str:
        return f"/{name}" if self._root == "." else "/" + name.removeprefix(f"{self._root}/")


def _with_dvc_error(call: Callable[[], Answer]) -> Answer:
    """What a call of DVC gives. Raises DataError with the words of whatever went wrong."""
    try:
        return retried(call)
    except Exception as error:  # one of many: of DVC, of a cloud's client, of the network
        words = "; ".join(dict.fromkeys(str(link).split("\n")[0] for link in _chain(error) if str(link)))
        raise DataError(words or type(error).__name__) from error


def _opened(repository: Repository, root: str, rev: str | None) -> DVCFileSystem:
    """DVC's view of one of its folders at a commit, or in the work tree."""
    from dvc.api import DVCFileSystem
    from dvc.config import Config
    from dvc.fs import GitFileSystem
    from dvc.repo import Repo
    from dvc.scm import SCM

    folder = repository.top / root
    if rev is None:
        return DVCFileSystem(url=str(folder))
    # Given folder and commit, DVC opens the top folder of git instead. And paths of remotes and cache that are
    # relative in the configuration would start in the commit, where there are no folders of this machine.
    here = Config(str(folder / DVC_DIR))
    config = {
        "core": {name: value for name, value in here["core"].items() if name == "remote"},
        "remote": here["remote"],
        "cache": {"dir": str(cache_folder(folder / DVC_DIR))},
    }
    scm = SCM(str(repository.top))
    inside = "/" if root == "." else f"/{root}"
    return DVCFileSystem(repo=Repo(inside, fs=GitFileSystem(scm=scm, rev=rev), scm=scm, config=config))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__
