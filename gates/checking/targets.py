"""The configurations and datasets that a call means: of the nearest gates.toml, or of every one that git tracks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.load import FILE_NAME, PYPROJECT, config_path, nearest_config
from gates.errors import UsageError, did_you_mean
from gates.regular_files import is_file
from gates.versions.repository import Repository, open_repository
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# Between a folder and a dataset's name.
_SEPARATOR = ":"
TABLE = b"[tool.gates"
_PATTERNS = (f"*{FILE_NAME}", f"*{PYPROJECT}")


@dataclass(frozen=True)
class Target:
    """Datasets of one configuration. names: those named; none where the call names none.

    folder: how their ids begin, "" for the configuration that a call means by itself.
    """

    path: Path
    folder: str = ""
    names: tuple[str, ...] = ()

    def id_of(self, dataset: str) -> str:
        """`<folder>:<dataset>`, or the dataset's name alone."""
        return f"{self.folder}{_SEPARATOR}{dataset}" if self.folder else dataset


def targets_of(
    names: Sequence[str], explicit: Path | None, *, every: bool, rev: str | None = None, staged: bool = False
) -> list[Target]:
    """What a call means, in the order of folders.

    names: of datasets, `<folder>:<name>` for one of another configuration. explicit: the only configuration that counts.
    every: all that git tracks, at a revision or in the index where one is asked for; there may be none.
    Raises UsageError for names beside `every`, and where the work tree has no configuration.
    """
    if explicit is not None:
        return [Target(config_path(explicit), names=tuple(names))]
    if every and names:
        raise UsageError("name datasets or give --all, not both")
    if every and (rev is not None or staged):
        return _committed(rev)
    if every:
        return _in_work_tree() or [Target(config_path())]
    by_folder: dict[str, list[str]] = {}
    for word in names:
        folder, separator, name = word.rpartition(_SEPARATOR)
        by_folder.setdefault(folder if separator else "", []).append(name)
    if not set(by_folder) - {""}:
        return [Target(config_path(), names=tuple(names))]
    return [_in_folder(folder, tuple(own)) for folder, own in by_folder.items()]


def _committed(rev: str | None) -> list[Target]:
    """Every configuration of a commit, or of the index where none is named. Raises what `refuse_gone` raises."""
    repository = open_repository(Path.cwd())
    names = _committed_names(repository, rev)
    if names or rev is not None:
        return _placed(repository, names)
    nearest = nearest_config(Path.cwd())
    if nearest is None:
        refuse_gone(repository)
    # One that nobody added yet is most likely forgotten: opening it says so.
    return [Target(nearest)] if nearest else []


def refuse_gone(repository: Repository) -> None:
    """Raises UsageError where the index lacks a configuration that HEAD has: no gate is switched off by the way."""
    git = git_of(repository, "--staged")
    deleted = git.staged_deletions(*_PATTERNS)
    own, shared = _sorted_by_kind(list(deleted))
    if shared:
        with git.blobs() as reader:
            own += [name for name in shared if TABLE in reader.read(deleted[name])]
    if own:
        gone = min(own)
        raise UsageError(
            f"{gone} is in HEAD and not in the index: its datasets would not be judged any more; "
            f"`git restore --staged --worktree {gone}`, or `git commit --no-verify` where that is meant"
        )


def _in_work_tree() -> list[Target]:
    """Every tracked configuration, the nearest one among them even where git does not know it yet."""
    repository = open_repository(Path.cwd())
    nearest = nearest_config(Path.cwd())
    own = repository.relative(nearest) if nearest else None
    return _placed(repository, [*_names_in_work_tree(repository), *([own] if own else [])])


def _placed(repository: Repository, names: Iterable[str]) -> list[Target]:
    """Configurations by their paths below the top folder; the nearest of them goes by no folder."""
    here = Path.cwd().resolve()
    paths = sorted({repository.top / name for name in names})
    above = [path for path in paths if here.is_relative_to(path.parent.resolve())]
    nearest = max(above, key=lambda path: len(path.parts), default=None)
    return [Target(path, "" if path == nearest else _folder(repository, path)) for path in paths]


def config_names(repository: Repository, version: Version) -> list[str]:
    """Paths of the configurations that a version has."""
    if version.kind is VersionKind.WORKTREE:
        return _names_in_work_tree(repository)
    return _committed_names(repository, version.commit)


def _names_in_work_tree(repository: Repository) -> list[str]:
    """Paths of the tracked configurations that are there."""
    listed = repository.git.tracked(*_PATTERNS) if repository.git else {}
    own, shared = _sorted_by_kind([name for name in listed if is_file(repository.top / name, name)])
    return [*own, *(name for name in shared if TABLE in (repository.top / name).read_bytes())]


def _committed_names(repository: Repository, rev: str | None) -> list[str]:
    """Paths of the configurations that a commit has, or the index where none is named."""
    git = git_of(repository, rev or "--staged")
    blobs = git.tracked(*_PATTERNS) if rev is None else git.tree(git.commit(rev)).blobs
    own, shared = _sorted_by_kind(list(blobs))
    if not shared:
        return own
    with git.blobs() as reader:
        return [*own, *(name for name in shared if TABLE in reader.read(blobs[name]))]


def _sorted_by_kind(names: list[str]) -> tuple[list[str], list[str]]:
    """gates.toml files, and pyproject.toml files, which may have a table for us."""
    last = {name: name.rpartition("/")[2] for name in names}
    return [name for name in names if last[name] == FILE_NAME], [name for name in names if last[name] == PYPROJECT]


def _folder(repository: Repository, path: Path) -> str:
    return repository.relative(path.parent) or path.parent.as_posix()


def _in_folder(folder: str, names: tuple[str, ...]) -> Target:
    if not folder:
        return Target(config_path(), names=names)
    repository = open_repository(Path.cwd())
    top = repository.top / folder
    nearest = nearest_config(top) if top.is_dir() else None
    if nearest is None or nearest.parent != top.resolve():
        folders = {name.rpartition("/")[0] or "." for name in _names_in_work_tree(repository)}
        word = f"{folder}{_SEPARATOR}{names[0]}"
        raise UsageError(f"no dataset '{word}': no {FILE_NAME} in '{folder}' ({did_you_mean(folder, folders)})")
    return Target(nearest, folder, names)
