"""The configurations and datasets that a call means: of the nearest gates.toml, or of every one that git tracks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.configuration.find import FILE_NAME, PYPROJECT, config_path, nearest_config
from gates.errors import UsageError, did_you_mean
from gates.versions.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.versions.repository import Repository

# Between a folder and a dataset's name.
_SEPARATOR = ":"
_TABLE = b"[tool.gates"


@dataclass(frozen=True)
class Meant:
    """Datasets of one configuration. names: those named; none where the call names none.

    folder: how their ids begin, "" for the configuration that a call means by itself.
    """

    path: Path
    folder: str = ""
    names: tuple[str, ...] = ()

    def id_of(self, dataset: str) -> str:
        """`<folder>:<dataset>`, or the dataset's name alone."""
        return f"{self.folder}{_SEPARATOR}{dataset}" if self.folder else dataset


def meant(names: Sequence[str], explicit: Path | None, *, every: bool, rev: str | None = None) -> list[Meant]:
    """What a call means, in the order of folders.

    names: of datasets, `<folder>:<name>` for one of another configuration. explicit: the only configuration that counts.
    every: all that git tracks, at a revision where one is given. Raises UsageError where there is no configuration.
    """
    if explicit is not None:
        return [Meant(config_path(explicit), names=tuple(names))]
    if every:
        return _tracked(rev) or [Meant(config_path())]
    by_folder: dict[str, list[str]] = {}
    for word in names:
        folder, separator, name = word.rpartition(_SEPARATOR)
        by_folder.setdefault(folder if separator else "", []).append(name)
    if not set(by_folder) - {""}:
        return [Meant(config_path(), names=tuple(names))]
    return [_in_folder(folder, tuple(own)) for folder, own in by_folder.items()]


def _tracked(rev: str | None) -> list[Meant]:
    """Every tracked configuration, the nearest one among them even where git does not know it yet."""
    repository = open_repository(Path.cwd())
    nearest = nearest_config(Path.cwd())
    paths = {repository.top / name for name in _tracked_names(repository, rev)}
    found = sorted(paths | ({nearest} if nearest else set()))
    return [Meant(path, "" if path == nearest else _folder(repository, path)) for path in found]


def _tracked_names(repository: Repository, rev: str | None) -> list[str]:
    """Paths below the top folder of gates.toml files, and of pyproject.toml files with a table for us."""
    git = repository.git
    if git is None:
        return []
    if rev is None:
        blobs = dict.fromkeys(git.tracked(f"*{FILE_NAME}", f"*{PYPROJECT}"), "")
    else:
        blobs = dict(git.tree(git.commit(rev)).blobs)
    own = [name for name in blobs if name.rpartition("/")[2] == FILE_NAME]
    shared = [name for name in blobs if name.rpartition("/")[2] == PYPROJECT]
    if rev is None:
        own = [name for name in own if (repository.top / name).is_file()]
        texts = {name: (repository.top / name).read_bytes() for name in shared if (repository.top / name).is_file()}
    else:
        with git.blobs() as reader:
            texts = {name: reader.read(blobs[name]) for name in shared}
    return [*own, *(name for name, text in texts.items() if _TABLE in text)]


def _folder(repository: Repository, path: Path) -> str:
    return repository.relative(path.parent) or path.parent.as_posix()


def _in_folder(folder: str, names: tuple[str, ...]) -> Meant:
    if not folder:
        return Meant(config_path(), names=names)
    repository = open_repository(Path.cwd())
    top = repository.top / folder
    nearest = nearest_config(top) if top.is_dir() else None
    if nearest is None or nearest.parent != top.resolve():
        known = {name.rpartition("/")[0] or "." for name in _tracked_names(repository, None)}
        word = f"{folder}{_SEPARATOR}{names[0]}"
        raise UsageError(f"no dataset '{word}': no {FILE_NAME} in '{folder}' ({did_you_mean(folder, known)})")
    return Meant(nearest, folder, names)
