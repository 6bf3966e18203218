"""Turns the text of a `.dvc` file or a `dvc.lock` into pointers."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from gates.errors import DataError
from gates.versions.dvc.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.dvc.yaml import mapping_in, mapping_of, mappings_in, number_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Pointers come with pull requests, and an md5 becomes part of a path: nothing else may stand there.
_MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
_DIRECTORY = ".dir"
_LEGACY = "md5-dos2unix"
_TEMPLATE = "${"
_LOCK_VERSION = "2.0"


def parse_dvc_file(content: bytes, name: str) -> list[Pointer]:
    """The outs of a `.dvc` file. Raises DataError naming the file when it is something else."""
    document = mapping_of(content, name)
    folder = _folder(name, text_in(document, "wdir"))
    kind = PointerKind.ADDED
    if text_in(document, "cmd"):  # DVC before 1.0 kept each stage in a file of its own
        kind = PointerKind.STAGE
    elif mappings_in(document, "deps"):
        kind = PointerKind.IMPORTED
    pointers = (_pointer(out, folder, name, kind) for out in _outs(document, name))
    return [pointer for pointer in pointers if pointer]


def parse_lock(content: bytes, name: str, pipeline: bytes, pipeline_name: str) -> tuple[list[Pointer], list[str]]:
    """The outs of a `dvc.lock`, and the stages whose outs cannot be placed because their `wdir` is a template.

    Paths in a lock are relative to a folder that only `dvc.yaml` names. Stages that `dvc.yaml` has no more are stale:
    DVC does not look at them either.
    """
    locked = _locked(content, name)
    stages = mapping_in(mapping_of(pipeline, pipeline_name), "stages")
    pointers: list[Pointer] = []
    unplaced: list[str] = []
    for stage in locked:
        # `foreach` and `matrix` make one locked stage for each item: `clean@de`.
        definition = stages.get(stage, stages.get(stage.partition("@")[0]))
        if not isinstance(definition, dict):
            continue
        wdir = text_in(definition, "wdir") or text_in(mapping_in(definition, "do"), "wdir")
        if wdir and _TEMPLATE in wdir:
            unplaced.append(f"{pipeline_name}: stage '{stage}'")
            continue
        for out in _outs(mapping_in(locked, stage), f"{name}: stage '{stage}'"):
            pointer = _pointer(out, _folder(name, wdir), name, PointerKind.STAGE, stage)
            pointers += [pointer] if pointer else []
    return pointers, unplaced


def parse_pipeline(content: bytes, name: str, lock: bytes) -> dict[str, str]:
    """Outs of a `dvc.yaml`, and their stages, that its lock lacks: a stage that fails loses its entry there."""
    locked = _locked(lock, posixpath.join(posixpath.dirname(name), "dvc.lock"))
    unlocked: dict[str, str] = {}
    stages = mapping_in(mapping_of(content, name), "stages")
    for stage in stages:
        definition = mapping_in(stages, stage)
        outs = definition.get("outs")
        if stage in locked or not isinstance(outs, list):
            continue
        folder = _folder(name, text_in(definition, "wdir"))
        for out in outs:
            # An out with settings is a mapping of one key.
            path = next(iter(out), "") if isinstance(out, dict) else out
            unlocked[posixpath.normpath(posixpath.join(folder, str(path)))] = f"{name}: stage '{stage}'"
    return unlocked


def checked_md5(value: str | None, place: str) -> str | None:
    """An md5 as it stands, `.dir` included. Raises DataError for anything else."""
    if value is None or _MD5.fullmatch(value):
        return value
    raise DataError(f"{place}: '{value}' is no md5; expected 32 hexadecimal digits, restore the file from git")


def checked_name(folder: str, name: str | None, place: str) -> str:
    """The path of a file within a tracked directory. Raises DataError for a name that leads out of it, or that DVC does not write."""
    if not name or any(part in {"", ".", ".."} for part in name.split("/")):
        raise DataError(
            f"{place}: {name!r} leads out of {folder}, or is another name than DVC writes; restore the file from git"
        )
    return posixpath.normpath(posixpath.join(folder, _plain(name, place)))


def refuse_colliding(names: Iterable[str], place: str) -> None:
    """Raises DataError for names of files that do not lie beside each other on every disk, so that DVC lays one out."""
    taken: dict[str, str] = {}
    for name in names:
        other = taken.setdefault(normalize("NFC", name).casefold(), name)
        if other is not name:
            how = "is named twice" if other == name else f"differs from '{other}' in case or accents only"
            raise DataError(f"{place}: '{name}' {how}; keep one of them, and `dvc add` again")
    for folded, name in taken.items():
        parts = folded.split("/")
        folder = next(("/".join(parts[:end]) for end in range(1, len(parts)) if "/".join(parts[:end]) in taken), None)
        if folder:
            raise DataError(
                f"{place}: '{taken[folder]}' is a file and the folder of '{name}'; restore the file from git"
            )


def _plain(name: str, place: str) -> str:
    r"""A path without characters that another system takes for a separator, or no system for a name."""
    if "\\" in name or "\0" in name:
        raise DataError(f"{place}: {name!r} holds a backslash or a NUL byte, which DVC does not write; rename the file")
    return name


def _outs(document: Mapping[str, object], place: str) -> list[Mapping[str, object]]:
    """The outs below a key of DVC's. Raises DataError where one is no mapping: DVC refuses the file."""
    outs = document.get("outs", [])
    if isinstance(outs, list) and all(isinstance(out, dict) for out in outs):
        return outs
    raise DataError(f"{place}: outs are no list of mappings, such as DVC writes; restore the file from git")


def _locked(content: bytes, name: str) -> Mapping[str, object]:
    """The stages of a lock; the first version of the format had them at the top. Raises DataError for one that DVC refuses."""
    document = mapping_of(content, name)
    is_first = not {"schema", "stages"} & document.keys()
    stages = document if is_first else document.get("stages", {})
    is_readable = is_first or text_in(document, "schema") == _LOCK_VERSION
    if is_readable and isinstance(stages, dict) and all(isinstance(stage, dict) for stage in stages.values()):
        return stages
    raise DataError(f"{name}: is no lock of stages such as DVC writes; restore the file from git, or run `dvc repro`")


def _folder(name: str, wdir: str | None) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), wdir or "."))


def _pointer(
    out: Mapping[str, object], folder: str, file: str, kind: PointerKind, stage: str | None = None
) -> Pointer | None:
    """The pointer of an out, or None for one that lies outside of the repository."""
    place = f"{file}: stage '{stage}'" if stage else file
    path = text_in(out, "path")
    if path is None:
        raise DataError(f"{place}: an out has no path; restore the file from git")
    if "://" in path or posixpath.isabs(path):
        return None
    if ".." in _plain(path, place).lstrip("./").split("/"):
        raise DataError(f"{place}: the path '{path}' climbs out of a folder it names; restore the file from git")
    path = posixpath.normpath(posixpath.join(folder, path))
    # The folder, too, is what the file says.
    if posixpath.isabs(path) or path == ".." or path.startswith("../"):
        return None
    content = _entry(out, path, place)
    files = tuple(
        _entry(entry, checked_name(path, text_in(entry, "relpath"), place), place)
        for entry in mappings_in(out, "files")
    )
    refuse_colliding((entry.name for entry in files), place)
    is_dir = bool(files) or (text_in(out, "md5") or "").endswith(_DIRECTORY)
    if content.md5 and "nfiles" in out and not is_dir:
        raise DataError(f"{place}: has the md5 of a file, and the nfiles of a directory; restore the file from git")
    return Pointer(
        path=path,
        file=file,
        kind=kind,
        content=content,
        is_dir=is_dir or "nfiles" in out,
        is_legacy=_is_legacy(text_in(out, "hash"), place),
        stage=stage,
        nfiles=number_in(out, "nfiles"),
        files=files,
    )


def _is_legacy(name: str | None, place: str) -> bool:
    """Whether hashes are those of DVC 2. Raises DataError for a hash that DVC has no name for."""
    if name not in {None, "md5", _LEGACY}:
        raise DataError(f"{place}: the hash '{name}' is none of DVC's; restore the file from git")
    return name != "md5"


def _entry(entry: Mapping[str, object], name: str, place: str) -> ManifestEntry:
    """What an out, or a file listed by one, says of its bytes; cloud stores have their own words under `cloud`."""
    stores = [store for store in mapping_in(entry, "cloud").values() if isinstance(store, dict)]
    words = {**entry, **(stores[0] if stores else {})}
    md5 = checked_md5(text_in(words, "md5"), place)
    return ManifestEntry(
        name=name,
        md5=md5.removesuffix(_DIRECTORY) if md5 else None,
        size=number_in(words, "size"),
        etag=text_in(words, "etag") or text_in(words, "checksum"),
        version_id=text_in(words, "version_id"),
    )
