"""Which files a path stands for, in which format they are, and the hashes that name their bytes."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import unquote

from gates.config.addresses import is_address
from gates.config.dataset import DataPaths, Specs, specs_of
from gates.errors import DataError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gates.data.facts import FileFacts


class Format(StrEnum):
    """How rows are written down in a file."""

    PARQUET = "Parquet"
    JSONL = "JSONL"
    JSON = "JSON"
    CSV = "CSV"
    TSV = "TSV"
    ARROW = "Arrow IPC"


_FORMATS = {
    ".parquet": Format.PARQUET, ".pq": Format.PARQUET, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL,
    ".txt": Format.JSONL, ".json": Format.JSON,
    ".csv": Format.CSV, ".tsv": Format.TSV, ".arrow": Format.ARROW, ".feather": Format.ARROW, ".ipc": Format.ARROW,
}  # fmt: skip
_OF_PROGRAMS = {".git", ".dvc", ".gates"}
_CODECS = {".gz": "gzip", ".zst": "zstd"}
TEXTS = {Format.JSONL, Format.JSON, Format.CSV, Format.TSV}
FORMATS_TEXT = "Parquet, JSON, JSONL and CSV or TSV (also .gz and .zst), Arrow IPC or Feather"

# What `datasets.save_to_disk` writes beside folders of which each is a split.
SPLITS_MARK = "dataset_dict.json"
# Marker files of Spark and of `datasets.save_to_disk`; none of them ever holds rows.
_NEVER_ROWS = {
    "_success", "_metadata", "_common_metadata", "state.json", "dataset_info.json", "dataset_infos.json", SPLITS_MARK,
}  # fmt: skip
# What people put beside data, unless the suffix is one of data.
_NEVER_ROWS_STEMS = {"license", "licence", "readme", "citation", "notice", "requirements"}
_NEVER_ROWS_SUFFIXES = {".dvc", ".md", ".crc"}
# What `datasets` keeps of mapped and filtered rows in a folder that it saved.
_CACHED = re.compile(r"(cache-[0-9a-f]+|tmp\w*)(_\d+_of_\d+)?\.arrow")
# Workbooks, whose sheets hold more than rows: titles, colours, formulas.
_SHEETS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"}
_BLOCK = 1 << 20
# What Hive and Spark write where the value of a partition key is NULL.
_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class DataFile:
    """One file that holds rows. `name` is its path relative to the configuration's folder, with slashes.

    hive: keys and values of `key=value` folders on that path. origin: the origin that a partition path gives it.
    """

    path: Path
    name: str
    format: Format
    codec: str | None = None
    hive: Mapping[str, str | None] = field(default_factory=dict)
    origin: str | None = None


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Found = TypeVar("Found", bound=_Named)


def _all(paths: set[Path]) -> set[Path]:
    return paths


def resolve(
    spec: str, root: Path, place: str, origin: str | None = None, choose: Callable[[set[Path]], set[Path]] = _all
) -> list[DataFile]:
    """The data files that a file, folder or glob stands for, sorted by name; of an address, copies of what lies there.

    place: whom to name in messages, such as `gates.toml:3: dataset 'reviews'`. choose: leaves paths out before anything is
    asked of their names, as `gates.versions.dvc.ignored` does.
    Raises UsageError when nothing is there, DataError when what is there is not data in a known format, and where an
    address does not give it.
    """
    if is_address(spec):
        return _at_address(spec, place, origin)
    path = root / spec
    if path.is_file():
        matches = [path]
    elif path.is_dir():
        matches = list(walk(path))
    else:
        # Path.glob takes no absolute pattern; hidden files stay out. Of `a.csv/**` glob names a file as if it were a folder.
        names = glob.glob(spec, root_dir=root, recursive=True)  # noqa: PTH207
        matches = [root / name for name in names if not name.endswith("/") or (root / name).is_dir()]
        matches = [below for match in matches for below in (walk(match) if match.is_dir() else [match])]
        if not matches:
            raise UsageError(f"{place}: {_nothing_at(spec, root)}")
    chosen = {match for match in matches if match == path or not holds_no_rows(match.name)}
    kept = choose(chosen)
    files = [_present(data_file(match, Path(os.path.relpath(match, root)).as_posix(), origin)) for match in kept]
    if not files:
        left = f" besides the {len(chosen)} that a .dvcignore leaves out" if chosen else ""
        raise DataError(f"{place}: {spec} holds no data files{left}; expected {FORMATS_TEXT}")
    return sorted(files, key=lambda file: file.name)


def data_files(config: DataPaths, choose: Callable[[set[Path]], set[Path]] = _all) -> list[DataFile]:
    """The files of a dataset in the work tree, sorted by name; of both partitions where it has them.

    choose: as in `resolve`.
    """
    return by_partition(config, lambda spec, place, origin: resolve(spec, config.root, place, origin, choose))


def holdout_files(config: DataPaths, choose: Callable[[set[Path]], set[Path]] = _all) -> list[DataFile] | None:
    """The files of the held-out human rows in the work tree, or None where there are none.

    choose: as in `resolve`. Raises UsageError when one of them belongs to the dataset too.
    """
    return _files_apart(config, "holdout", config.holdout, choose)


def evaluation_files(config: DataPaths, choose: Callable[[set[Path]], set[Path]] = _all) -> list[DataFile] | None:
    """The files of the evaluation sets in the work tree, sorted by name, or None where there are none.

    choose: as in `resolve`. Raises UsageError when one of them belongs to the dataset too.
    """
    return _files_apart(config, "evaluation", config.evaluation or None, choose)


def _files_apart(
    config: DataPaths, key: str, specs: Specs | None, choose: Callable[[set[Path]], set[Path]]
) -> list[DataFile] | None:
    """The files that a key of the dataset names beside its own. Raises UsageError when one of them belongs to it too."""
    if specs is None:
        return None
    files = files_of_specs(specs, lambda spec: resolve(spec, config.root, config.place(key), choose=choose))
    own = {file.path.resolve() for file in data_files(config, choose)}
    for file in files:
        if file.path.resolve() in own:
            raise UsageError(overlap(config, file.name, key))
    return files


def files_of_specs(specs: Specs, find: Callable[[str], list[Found]]) -> list[Found]:
    """What is found for each of some paths, once each, sorted by name."""
    files = {file.name: file for spec in specs_of(specs) for file in find(spec)}
    return [files[name] for name in sorted(files)]


def by_partition(config: DataPaths, find: Callable[[str, str, str | None], list[Found]]) -> list[Found]:
    """What is found for a dataset's path, or for each of its partitions, a reference among them, sorted by name.

    find: takes a path, whom to name in messages, and the origin that the path gives.
    """
    partitions = config.partition_paths()
    if config.path is not None and not partitions:
        return files_of_specs(config.path, lambda spec: find(spec, config.place("path"), None))
    files: dict[str, Found] = {}
    for origin, (key, specs) in sorted(partitions.items()):
        place = config.place(key)
        for file in files_of_specs(specs, lambda spec, place=place, origin=origin: find(spec, place, origin)):  # type: ignore[misc]
            if file.name in files:
                if config.reference:
                    raise UsageError(f"{config.place('reference')}: {file.name} lies in the dataset and its reference")
                raise UsageError(f"{config.place('partitions')}: {file.name} lies in both partitions")
            files[file.name] = file
    return [files[name] for name in sorted(files)]


def overlap(config: DataPaths, name: str, key: str = "holdout") -> str:
    """What is wrong with a file of the holdout, or of an evaluation set, that the dataset has too."""
    what = "held-out rows" if key == "holdout" else "evaluation sets"
    return f"{config.place(key)}: {name} belongs to the dataset too; {what} must lie outside it"


def fingerprint(path: Path) -> tuple[str, int]:
    """sha256 in hex and size in bytes of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size


def fingerprints(path: Path, on_block: Callable[[], None] = lambda: None) -> tuple[str, str, int]:
    """sha256 and md5 in hex and size in bytes of a file, read once; md5 is the name under which DVC knows the bytes.

    on_block: called before each block, for callers that have no time to wait for the last one.
    """
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            on_block()
            sha256.update(block)
            md5.update(block)
            size += len(block)
    return sha256.hexdigest(), md5.hexdigest(), size


def md5_manifest_sha256(md5s: Mapping[str, str]) -> str:
    """One sha256 over the md5 of each file: over a canonical JSON line of md5 and path each, sorted by path."""
    return _sha256_of_lines({"md5": md5, "path": path} for path, md5 in sorted(md5s.items()))


def manifest_sha256(files: Iterable[FileFacts]) -> str:
    """One sha256 for all files: over a canonical JSON line of path, sha256 and size each, sorted by path."""
    ordered = sorted(files, key=lambda file: file.path)
    return _sha256_of_lines({"path": file.path, "sha256": file.sha256, "size": file.size} for file in ordered)


def _sha256_of_lines(entries: Iterable[Mapping[str, object]]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def holds_no_rows(name: str) -> bool:
    """Whether a file, by the last part of its name, is one of those that people and programs put beside data."""
    name = name.lower()
    stem, suffix = Path(name).stem, Path(name).suffix
    is_page = stem in _NEVER_ROWS_STEMS and (suffix == ".txt" or suffix not in _FORMATS)
    is_beside = name in _NEVER_ROWS or suffix in _NEVER_ROWS_SUFFIXES or is_page
    return name.startswith(".") or is_beside or bool(_CACHED.fullmatch(name))


def is_hidden_data(name: str) -> bool:
    """Whether a path would stand for data if no part of it began with a dot; folders of git, DVC and gates hold none."""
    parts = PurePosixPath(name).parts
    is_hidden = any(part.startswith(".") for part in parts) and not _OF_PROGRAMS & set(parts)
    last = parts[-1].lstrip(".")
    suffixes = [suffix for suffix in PurePosixPath(last).suffixes if suffix not in _CODECS]
    return is_hidden and bool(suffixes) and suffixes[-1] in _FORMATS and not holds_no_rows(last)


def data_file(path: Path, name: str, origin: str | None = None) -> DataFile:
    """The data file of a name whose bytes lie at a path; the name alone tells its format.

    Raises DataError for a name that stands for no known format.
    """
    # What follows in an address names a version.
    own = name.partition("?")[0] if is_address(name) else name
    suffixes = [suffix.lower() for suffix in Path(own).suffixes]
    codec = _CODECS.get(suffixes[-1]) if suffixes else None
    kind = suffixes[:-1] if codec else suffixes
    form = _FORMATS.get(kind[-1]) if kind else None
    if form is None or (codec and form not in TEXTS):
        sheet = kind and kind[-1] in _SHEETS
        hint = "; export the sheet as CSV in UTF-8, and name that file" if sheet else ""
        raise DataError(
            f"{name}: '{''.join(suffixes[-2:]) or Path(name).name}' is not a known format; expected {FORMATS_TEXT}{hint}. "
            f"Move the file away or give a glob that leaves it out"
        )
    return DataFile(path, name, form, codec, _hive(name), origin)


def walk(folder: Path, *, into_hidden: bool = False) -> Iterator[Path]:
    """Files in a folder and below it; links are followed, each real folder is entered once."""
    entered: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if into_hidden or not name.startswith("."))
        yield from (Path(here, name) for name in sorted(names))


def _at_address(address: str, place: str, origin: str | None) -> list[DataFile]:
    # Only who has data elsewhere waits for fsspec.
    from gates.data.remote.copies import remote_files

    files = [data_file(file.path, file.address, origin) for file in remote_files(address, place, _is_seen_to_hold_rows)]
    if not files:
        raise DataError(f"{place}: {address} holds no data files; expected {FORMATS_TEXT}")
    return files


def _is_seen_to_hold_rows(name: str) -> bool:
    """Whether a file is no hidden one, lies in no hidden folder, and is none that people put beside data."""
    *folders, own = name.split("/")
    return not any(folder.startswith(".") for folder in folders) and bool(own) and not holds_no_rows(own)


def _present(file: DataFile) -> DataFile:
    if not file.path.exists():
        raise DataError(f"{file.name}: broken symbolic link; run `dvc checkout` if DVC made it")
    if not file.path.is_file():
        raise DataError(
            f"{file.name}: no regular file, as a pipe, a device or a socket is none; write the rows to a file"
        )
    if not file.name.isascii():
        try:
            file.name.encode()
        except UnicodeEncodeError as error:
            raise DataError(f"{file.name!r}: the name is not UTF-8; rename the file") from error
    return file


def _hive(name: str) -> dict[str, str | None]:
    keys: dict[str, str | None] = {}
    for folder in name.split("/")[:-1]:
        key, equals, value = folder.partition("=")
        if equals and key:
            keys[unquote(key)] = None if value == _HIVE_NULL else unquote(value)
    return keys


def _nothing_at(spec: str, root: Path) -> str:
    """That there is nothing, with the nearest name that is there, or how to fetch the data."""
    pointer = root / (spec.rstrip("/") + ".dvc")
    if pointer.is_file():
        return f"'{spec}' is tracked by DVC but not in the work tree; run `dvc pull {spec.rstrip('/')}.dvc`"
    folder, missing = root, ""
    for part in Path(spec).parts:
        missing = part
        if not (folder / part).exists():
            break
        folder /= part
    near = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    hint = did_you_mean(missing, near)
    return f"no file or folder '{spec}'" + (f" ({hint})" if hint.startswith("did") else "")
