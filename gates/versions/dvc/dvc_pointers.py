"""Turns the text of a `.dvc` file or a `dvc.lock` into pointers."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.versions.dvc.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.dvc.yaml import mapping_in, mapping_of, mappings_in, number_in, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

# Pointers come with pull requests, and an md5 becomes part of a path: nothing else may stand there.
_MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
_DIRECTORY = ".dir"
_TEMPLATE = "${"


def parse_dvc_file(content: bytes, name: str) -> list[Pointer]:
    """The outs of a `.dvc` file. Raises DataError naming the file when it is something else."""
    document = mapping_of(content, name)
    folder = _folder(name, text_in(document, "wdir"))
    kind = PointerKind.ADDED
    if text_in(document, "cmd"):  # DVC before 1.0 kept each stage in a file of its own
        kind = PointerKind.STAGE
    elif mappings_in(document, "deps"):
        kind = PointerKind.IMPORTED
    pointers = (_pointer(out, folder, name, kind) for out in mappings_in(document, "outs"))
    return [pointer for pointer in pointers if pointer]


def parse_lock(content: bytes, name: str, pipeline: bytes, pipeline_name: str) -> tuple[list[Pointer], list[str]]:
    """The outs of a `dvc.lock`, and the stages whose outs cannot be placed because their `wdir` is a template.

    Paths in a lock are relative to a folder that only `dvc.yaml` names. Stages that `dvc.yaml` has no more are stale:
    DVC does not look at them either.
    """
    locked = _locked(mapping_of(content, name))
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
        for out in mappings_in(mapping_in(locked, stage), "outs"):
            pointer = _pointer(out, _folder(name, wdir), name, PointerKind.STAGE, stage)
            pointers += [pointer] if pointer else []
    return pointers, unplaced


def parse_pipeline(content: bytes, name: str, lock: bytes) -> dict[str, str]:
    """Outs of a `dvc.yaml`, and their stages, that its lock lacks: a stage that fails loses its entry there."""
    locked = _locked(mapping_of(lock, name))
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
    """The path of a file within a tracked directory. Raises DataError for a name that leads out of it."""
    path = posixpath.normpath(posixpath.join(folder, name or ""))
    if not name or not path.startswith(f"{folder}/"):
        raise DataError(f"{place}: '{name}' leads out of {folder}; restore the file from git")
    return path


def _locked(document: Mapping[str, object]) -> Mapping[str, object]:
    """The stages of a lock; the first version of the format had them at the top."""
    return mapping_in(document, "stages") if "stages" in document or "schema" in document else document


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
    path = posixpath.normpath(posixpath.join(folder, path))
    # The folder, too, is what the file says.
    if posixpath.isabs(path) or path == ".." or path.startswith("../"):
        return None
    content = _entry(out, path, place)
    files = tuple(
        _entry(entry, checked_name(path, text_in(entry, "relpath"), place), place)
        for entry in mappings_in(out, "files")
    )
    return Pointer(
        path=path,
        file=file,
        kind=kind,
        content=content,
        is_dir=bool(files) or "nfiles" in out or (text_in(out, "md5") or "").endswith(_DIRECTORY),
        is_legacy="hash" not in out,
        stage=stage,
        nfiles=number_in(out, "nfiles"),
        files=files,
    )


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
