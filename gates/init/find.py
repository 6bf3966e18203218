"""Finds the data that a new gates.toml should be about."""

from __future__ import annotations

import glob
import os
import re
import shlex
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from gates.config.addresses import address_in, is_address, protocol_of
from gates.config.data_types import DATA_TYPES
from gates.config.dataset import Specs, shown_specs, specs_of
from gates.data.files import FORMATS_TEXT, SPLITS_MARK, holds_no_rows, resolve
from gates.data.formats.json_files import begins_with_rows
from gates.data.remote.copies import FILES_ONLY, entries, is_pattern
from gates.data.splits import TRAIN, own_split, split_of, without_shard
from gates.errors import GatesError, UsageError, did_you_mean
from gates.init.guesses.origin_words import is_holdout, is_test, word_of_origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


_ORIGINS = ("human", "synthetic")
_FOLDER = "data"
# What several files have in common is their name if it has this many letters.
_LEAST_NAME = 3


@dataclass(frozen=True)
class Given:
    """What the command line names: paths and patterns, absolute, and addresses. origins: of either origin, by name."""

    paths: tuple[Path, ...] = ()
    origins: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    holdout: tuple[Path, ...] = ()


@dataclass(frozen=True)
class FoundData:
    """Where the rows lie, relative to the project: some paths, or some per origin. why: reasons, by what was guessed.

    splits: other parts of a published set, by what they are called.
    """

    name: str
    path: Specs | None = None
    partitions: Mapping[str, Specs] = field(default_factory=dict)
    holdout: Specs | None = None
    splits: Mapping[str, Specs] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict, compare=False)

    def where(self) -> str:
        """The path or both paths, for messages."""
        return shown_specs(self.path) or " and ".join(map(shown_specs, self.partitions.values()))


def find_data(root: Path, given: Given) -> FoundData:
    """The data that is given, else what DVC tracks, else what lies in `data/` or in the project itself.

    Raises UsageError where there is nothing, or where several files could each be meant.
    """
    holdouts = _all_matches(given.holdout)
    if given.origins:
        return _by_origin(given, holdouts, root)
    if given.paths:
        paths = _all_matches(given.paths)
        pattern = given.paths[0] if len(given.paths) == 1 else None
        return _among(paths, holdouts, pattern, root)
    candidates = _candidates(root)
    if not candidates:
        raise UsageError(
            f"no data files in {root} or {root / _FOLDER}; name them: `gates init PATH`, "
            "a Parquet, JSON, JSONL, CSV or Arrow file, a folder or a pattern of them, or a file of each origin"
        )
    folder = candidates[0].parent
    data = _pair(candidates, holdouts, root) or _single(candidates, holdouts, root) or _train(folder, holdouts, root)
    if data is None:
        names = ", ".join(_relative(path, root) for path in candidates)
        raise UsageError(
            f"several files could be the dataset ({names}); name one: `gates init PATH`, or one of each origin: "
            "`gates init --human PATH --synthetic PATH`"
        )
    return data


def dataset_name(path: Path, root: Path) -> str:
    """A name that configuration, files and shells take as it is: the file's own, in plain letters."""
    full = path.resolve()
    is_shard = without_shard(full.name) != full.name.partition(".")[0]
    if full != root.resolve() and is_shard and split_of(full.name):
        full = full.parent if full.parent.name != _FOLDER else full.parent.parent
    return _plain_name(full.name if full == root.resolve() else without_shard(full.name))


def _plain_name(stem: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_") or "dataset"
    return f"{name}_data" if name in (*DATA_TYPES, "common") else name


def _all_matches(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(match for path in paths for match in _matches(path)))


def _matches(path: Path) -> list[Path]:
    """What a path or a pattern stands for. Raises UsageError where there is nothing."""
    if path.exists() or address_in(path.as_posix()):
        return [path]
    matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207 (absolute)
    if not matches:
        near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near)
        raise UsageError(f"no file or folder '{path}'" + (f" ({hint})" if hint.startswith("did") else ""))
    return matches


def _by_origin(given: Given, holdouts: list[Path], root: Path) -> FoundData:
    """The files of each origin as they were given; a path beside one of them is the other's."""
    origins = {origin: _all_matches(paths) for origin, paths in given.origins.items()}
    missing = [origin for origin in _ORIGINS if origin not in origins]
    if missing and given.paths:
        origins[missing.pop()] = _all_matches(given.paths)
    elif given.paths:
        raise UsageError(f"'{_relative(given.paths[0], root)}' is given beside both origins; leave it out")
    if missing:
        raise UsageError(f"no {missing[0]} rows are given; add --{missing[0]} PATH")
    return _partitioned(origins, holdouts, dict.fromkeys((*_ORIGINS, "holdout"), "given"), root)


def _among(paths: list[Path], holdouts: list[Path], pattern: Path | None, root: Path) -> FoundData:
    """The data among paths that were given, none of which may be left out."""
    if len(paths) == 1:
        is_folder = paths[0].is_dir() or bool(_entries(paths[0]))
        return _in_folder(paths[0], holdouts, root) if is_folder else _single_path(paths[0], holdouts, root)
    named, rest = _sorted_out(paths)
    if rest and len(named) == 1:
        # What the name of one side leaves open is the other.
        (other,) = (origin for origin in _ORIGINS if origin not in named)
        named, rest = {**named, other: rest}, []
    if not rest and (data := _pair(paths, holdouts, root, named)):
        return data
    own = [path for path in paths if not is_holdout(path.name)]
    holdouts = holdouts or [path for path in paths if is_holdout(path.name)]
    spec = _relative(pattern, root) if pattern and len(own) == len(paths) else _together(own, root)
    return FoundData(
        _common_name(own, root), spec, holdout=_together(holdouts, root) if holdouts else None, why={"path": "given"}
    )


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
        # Settings and remarks have these suffixes as well.
        is_doubtful = path.suffix in (".json", ".txt") and not begins_with_rows(path)
        return not is_doubtful and bool(resolve(_relative(path, root), root, ""))
    except (GatesError, UnicodeDecodeError):
        return False


def _in_folder(folder: Path, holdouts: list[Path], root: Path) -> FoundData:
    entries = _entries(folder)
    if not entries:
        raise UsageError(f"'{_relative(folder, root)}' is empty; expected {FORMATS_TEXT}")
    return _pair(entries, holdouts, root) or _train(folder, holdouts, root) or _single_path(folder, holdouts, root)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, or at the address of one, without what is hidden."""
    address = address_in(folder.as_posix())
    if address is None:
        paths: Iterable[Path] = folder.iterdir() if folder.is_dir() else ()
    elif protocol_of(address) in FILES_ONLY or is_pattern(address):
        paths = ()
    else:
        paths = map(Path, entries(address, "gates init"))
    return sorted(path for path in paths if not path.name.startswith("."))


def _train(folder: Path, holdouts: list[Path], root: Path) -> FoundData | None:
    """Of a set that was published in splits (`train-00000-of-00002.parquet`, `test.csv`) the part to train on."""
    entries = _entries(folder)
    rows = [path for path in entries if not holds_no_rows(path.name)]
    if len(rows) == 1 and not rows[0].suffix and _entries(rows[0]):
        # The Hub has the files of a set in `data/`, beside a page on it.
        return _train(rows[0], holdouts, root)
    is_saved = any(path.name == SPLITS_MARK for path in entries)
    splits: dict[str, list[Path]] = {}
    for path in rows:
        # Of what `save_to_disk` wrote each folder is a split, whatever it is called.
        own = path.name if is_saved else own_split(path.name) if path.suffix else ""
        splits.setdefault(own, []).append(path)
    if "" in splits or len(splits) == 1:
        return None
    together = {name: _together(paths, root) for name, paths in splits.items()}
    to_train = [name for name in splits if split_of(name) == TRAIN]
    if len(to_train) != 1:
        if is_saved or to_train:
            listed = ", ".join(f"{name} ({shown_specs(specs)})" for name, specs in together.items())
            raise UsageError(
                f"'{_relative(folder, root)}' holds several splits, of which one is expected: {listed}; name it: `gates init "
                f"{shlex.quote(specs_of(together[(to_train or [*splits])[0]])[0])}`"
            )
        return None
    return FoundData(
        dataset_name(folder if folder.name != _FOLDER else folder.parent, root),
        together.pop(to_train[0]),
        holdout=_together(holdouts, root) if holdouts else None,
        splits=together,
        why={"path": "the split to train on"},
    )


def _sorted_out(paths: Iterable[Path]) -> tuple[dict[str, list[Path]], list[Path]]:
    """Files and folders by the origin that their names give, and those that give none; without what is held out."""
    named: dict[str, list[Path]] = {}
    rest = []
    for path in paths:
        origin = word_of_origin(path.name)
        if is_holdout(path.name):
            continue
        if origin:
            named.setdefault(origin[0], []).append(path)
        else:
            rest.append(path)
    return named, rest


def _pair(
    paths: list[Path], holdouts: list[Path], root: Path, named: Mapping[str, list[Path]] | None = None
) -> FoundData | None:
    """Files or folders of both origins by their names, or as `named` has them; None where one has none."""
    origins = dict(named or _sorted_out(paths)[0])
    if any(origin not in origins for origin in _ORIGINS):
        return None
    why = dict(_reasons(origins))
    holdouts = holdouts or [path for path in paths if is_holdout(path.name)]
    tests = [path for path in origins["human"] if is_test(path.name)]
    if not holdouts and tests and len(tests) < len(origins["human"]):
        holdouts, why["holdout"] = tests, "human rows for a test, by its name"
        origins["human"] = [path for path in origins["human"] if path not in tests]
    return _partitioned(origins, holdouts, {"holdout": "by its name", **why}, root)


def _reasons(origins: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, str]]:
    for origin, paths in origins.items():
        word = word_of_origin(paths[0].name)
        yield origin, f"'{word[1]}' in its name" if word else "what the other's name leaves"


def _partitioned(
    origins: Mapping[str, list[Path]], holdouts: list[Path], why: Mapping[str, str], root: Path
) -> FoundData:
    every = [path for origin in _ORIGINS for path in origins[origin]]
    return FoundData(
        _common_name(every, root),
        partitions={origin: _together(origins[origin], root) for origin in _ORIGINS},
        holdout=_together(holdouts, root) if holdouts else None,
        why=why,
    )


def _single(candidates: list[Path], holdouts: list[Path], root: Path) -> FoundData | None:
    holdouts = holdouts or [path for path in candidates if is_holdout(path.name)]
    rest = [path for path in candidates if path not in holdouts]
    if len(rest) != 1:
        return None
    if rest[0].is_dir() and not holdouts:
        return _in_folder(rest[0], [], root)
    return _single_path(rest[0], holdouts, root)


def _single_path(path: Path, holdouts: list[Path], root: Path) -> FoundData:
    held_out = _together(holdouts, root) if holdouts else None
    return FoundData(dataset_name(path, root), _relative(path, root), holdout=held_out, why={"holdout": "by its name"})


def _together(paths: Sequence[Path], root: Path) -> Specs:
    """One path, pattern or folder that stands for these and no others; where there is none, each by its name."""
    names = [_relative(path, root) for path in paths]
    if len(names) == 1:
        return names[0]
    if any(map(is_address, names)):
        return tuple(names)
    head = _common_start(names)
    longest_tail = min(map(len, names)) - len(head)
    tail = _common_start([name[::-1] for name in names])[:longest_tail][::-1]
    pattern = f"{glob.escape(head)}*{glob.escape(tail)}"
    # Path.glob takes no absolute pattern.
    if {match.replace(os.sep, "/") for match in glob.glob(pattern, root_dir=root)} == {*names}:  # noqa: PTH207
        return pattern
    folder = paths[0].parent
    if {*_entries(folder)} == {*paths}:
        return _relative(folder, root)
    return tuple(names)


def _common_name(paths: Sequence[Path], root: Path) -> str:
    """What the names of files have in common, else the name of their folder."""
    stem = re.sub(r"[^A-Za-z0-9]+$", "", _common_start([path.name.partition(".")[0] for path in paths]))
    is_name = len(stem) >= _LEAST_NAME and word_of_origin(stem) is None
    return _plain_name(stem) if is_name else dataset_name(paths[0].parent, root)


def _common_start(texts: Iterable[str]) -> str:
    alike = takewhile(lambda letters: len({*letters}) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in alike)


def _relative(path: Path, root: Path) -> str:
    return address_in(path.as_posix()) or os.path.relpath(path, root).replace(os.sep, "/")
