"""Finds the data that a new gates.toml should be about."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from gates.config.data_types import DATA_TYPES
from gates.data.files import FORMATS_TEXT, resolve
from gates.errors import GatesError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Usual names of files and folders of one origin.
_PARTITIONS = {
    "human": ("human", "people", "real", "original"),
    "synthetic": ("synthetic", "synth", "generated", "fake", "artificial"),
}
_HOLDOUT = ("holdout", "held_out", "held-out")
_FOLDER = "data"


@dataclass(frozen=True)
class FoundData:
    """Where the rows lie, relative to the project: one path, or one per origin."""

    name: str
    path: str | None = None
    partitions: Mapping[str, str] = field(default_factory=dict)
    holdout: str | None = None

    def where(self) -> str:
        """The path or both paths, for messages."""
        return self.path or " and ".join(self.partitions.values())


def find_data(root: Path, given: Path | None) -> FoundData:
    """The data at `given`, else what DVC tracks, else what lies in `data/` or in the project itself.

    Raises UsageError where there is nothing, or where several files could each be meant.
    """
    if given is not None:
        if not given.exists():
            near = [entry.name for entry in given.parent.iterdir()] if given.parent.is_dir() else []
            hint = did_you_mean(given.name, near)
            raise UsageError(f"no file or folder '{given}'" + (f" ({hint})" if hint.startswith("did") else ""))
        return _in_folder(given, root) if given.is_dir() else _single_path(given, root, None)
    candidates = _candidates(root)
    if not candidates:
        raise UsageError(
            f"no data files in {root} or {root / _FOLDER}; name them: `gates init PATH`, "
            "a Parquet, JSONL, CSV or Arrow file or a folder of them"
        )
    data = _pair(candidates, root) or _single(candidates, root)
    if data is None:
        names = ", ".join(_relative(path, root) for path in candidates)
        raise UsageError(f"several files could be the dataset ({names}); name one: `gates init PATH`")
    return data


def dataset_name(path: Path, root: Path) -> str:
    """A name that configuration, files and shells take as it is: the file's own, in plain letters."""
    stem = path.resolve().name.partition(".")[0] if path.resolve() != root.resolve() else root.resolve().name
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_") or "dataset"
    return f"{name}_data" if name in (*DATA_TYPES, "common") else name


def _candidates(root: Path) -> list[Path]:
    """What may be a dataset: outs of DVC pointers, else data files and folders with some."""
    tracked = [out for folder in (root, root / _FOLDER) for out in _outs(folder)]
    if tracked:
        return tracked
    folder = root / _FOLDER if (root / _FOLDER).is_dir() else root
    return [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".") and _holds_rows(entry, root)]


def _outs(folder: Path) -> Iterable[Path]:
    for pointer in sorted(folder.glob("*.dvc")):
        if not pointer.is_file():
            continue
        try:
            outs = yaml.safe_load(pointer.read_text(encoding="utf-8"))["outs"]
            yield from (folder / str(out["path"]) for out in outs)
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
            raise UsageError(
                f"{pointer.name}: not a valid DVC pointer; fix it, or name the data: `gates init PATH`"
            ) from None


def _holds_rows(path: Path, root: Path) -> bool:
    # A folder of the project's own code or documents holds no rows, and need not be walked.
    if path.is_dir() and path.parent == root:
        return False
    try:
        return bool(resolve(_relative(path, root), root, ""))
    except GatesError:
        return False


def _in_folder(folder: Path, root: Path) -> FoundData:
    entries = [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
    if not entries:
        raise UsageError(f"'{_relative(folder, root)}' is empty; expected {FORMATS_TEXT}")
    return _pair(entries, root) or _single_path(folder, root, None)


def _pair(candidates: list[Path], root: Path) -> FoundData | None:
    """Files or folders named after origins, exactly one of each."""
    by_origin = {origin: _named(candidates, words) for origin, words in _PARTITIONS.items()}
    if any(len(paths) != 1 for paths in by_origin.values()):
        return None
    partitions = {origin: _relative(paths[0], root) for origin, paths in by_origin.items()}
    holdouts = _named(candidates, _HOLDOUT)
    name = dataset_name(candidates[0].parent, root)
    return FoundData(name, partitions=partitions, holdout=_relative(holdouts[0], root) if holdouts else None)


def _single(candidates: list[Path], root: Path) -> FoundData | None:
    holdouts = _named(candidates, _HOLDOUT)
    rest = [path for path in candidates if path not in holdouts]
    if len(rest) != 1:
        return None
    if rest[0].is_dir() and not holdouts:
        return _in_folder(rest[0], root)
    return _single_path(rest[0], root, holdouts[0] if holdouts else None)


def _single_path(path: Path, root: Path, holdout: Path | None) -> FoundData:
    relative_holdout = _relative(holdout, root) if holdout else None
    return FoundData(dataset_name(path, root), _relative(path, root), holdout=relative_holdout)


def _named(paths: Iterable[Path], words: tuple[str, ...]) -> list[Path]:
    return [path for path in paths if re.match(rf"({'|'.join(words)})(?![a-z])", path.name.lower())]


def _relative(path: Path, root: Path) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")
