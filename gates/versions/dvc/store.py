"""The manifests and the bytes that pointers name: out of DVC's cache, else from a remote; verified either way."""

from __future__ import annotations

import json
import posixpath
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.private_folder import PrivateFolder
from gates.versions.dvc.dvc_pointers import checked_md5, checked_name, refuse_colliding
from gates.versions.dvc.md5 import Md5Of, blocks_md5, file_md5
from gates.versions.dvc.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.dvc.remote import RemoteFiles
from gates.versions.path_patterns import is_below
from gates.versions.repository import DVC_DIR, Repository
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_NEW_LAYOUT = Path("files", "md5")
_OLD_LAYOUT = Path()


def manifest_content(md5s: Mapping[str, str]) -> bytes:
    """A directory's manifest as DVC writes it, so that it has the same name. md5s: by path within the directory."""
    return json.dumps([{"md5": md5, "relpath": path} for path, md5 in sorted(md5s.items())], sort_keys=True).encode()


def manifests_of(pointers: Iterable[Pointer], md5s: Mapping[str, str]) -> dict[str, bytes]:
    """What the manifest of each tracked directory would be, had it no files but these, by its md5.

    md5s: by path as the repository has it. Where one has the name that a pointer gives, it is that pointer's.
    """
    manifests = {}
    for pointer in pointers:
        if pointer.is_dir:
            below = {
                posixpath.relpath(name, pointer.path): md5 for name, md5 in md5s.items() if is_below(name, pointer.path)
            }
            content = manifest_content(below)
            manifests[blocks_md5([content])[0]] = content
    return manifests


class Store(ExitStack):
    """A context manager. Fetched files live until it is closed; cached ones are used where they lie.

    manifests: content of directory manifests that the caller has, by md5, verified like all others.
    """

    def __init__(self, repository: Repository, version: Version, manifests: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self._repository, self._version = repository, version
        self._manifests = manifests or {}
        self._caches: dict[str, tuple[Path, ...]] = {}
        self._remotes: dict[str, RemoteFiles] = {}
        self._folder: PrivateFolder | None = None
        self._at_hand: dict[str, Path] = {}
        self._sizes: dict[str, dict[str, int]] = {}

    def manifest(self, pointer: Pointer) -> tuple[ManifestEntry, ...]:
        """The files that a pointer stands for, sorted by name; a single file is its own manifest.

        Raises DataError naming object and pointer when the manifest cannot be had, or is not what its name says.
        """
        if pointer.files:
            return tuple(sorted(pointer.files, key=lambda entry: entry.name))
        if pointer.content.identity is None:
            raise DataError(f"{pointer.path}: {pointer.place} names no content in {self._version}; {_remedy(pointer)}")
        if not pointer.is_dir:
            return (pointer.content,)
        return tuple(sorted(self._listed(pointer), key=lambda entry: entry.name))

    def has_manifest(self, pointer: Pointer) -> bool:
        """Whether the manifest can be had without asking a remote."""
        is_known = not pointer.is_dir or bool(pointer.files) or str(pointer.md5) in self._manifests
        return is_known or self._cached(f"{pointer.md5}.dir", pointer) is not None

    def path_of(self, entry: ManifestEntry, pointer: Pointer) -> Path:
        """Where the bytes of a file lie. Raises DataError when they cannot be had, or are not what their name says."""
        cached = self.at_hand(entry, pointer)
        path = cached or self._fetched(entry.name, entry.identity, pointer)
        if entry.md5 and file_md5(path, is_legacy=pointer.is_legacy)[0] != entry.md5:
            raise self._damaged(entry.name, entry.md5, pointer, cached)
        self._refuse_other_size(entry, path.stat().st_size, pointer)
        return path

    def _refuse_other_size(self, entry: ManifestEntry, size: int, pointer: Pointer) -> None:
        """Raises DataError where a pointer tells another size, of a file or of all files in a directory together."""
        sizes = self._sizes.setdefault(pointer.path, {})
        sizes[entry.name] = size
        is_whole = not pointer.is_dir or len(sizes) == len(self.manifest(pointer))
        stated = pointer.size if is_whole else None
        if entry.size not in {None, size} or stated not in {None, sum(sizes.values())}:
            raise DataError(
                f"{entry.name} in {self._version}: has {size} bytes, which is not the size that {pointer.place} states; "
                "restore the pointer from git"
            )

    def at_hand(self, entry: ManifestEntry, pointer: Pointer) -> Path | None:
        """Where the bytes of a file lie without being fetched, not verified; None where they are not here."""
        return self._cached(entry.md5, pointer) if entry.md5 else None

    def refuse_damaged(self, entry: ManifestEntry, pointer: Pointer, md5_of: Md5Of) -> None:
        """Raises DataError where the bytes that are at hand are not what their name says; nothing is fetched.

        md5_of: how they are hashed, for callers that remember.
        """
        cached = self.at_hand(entry, pointer)
        if cached and md5_of(cached, is_legacy=pointer.is_legacy)[0] != entry.md5:
            raise self._damaged(entry.name, str(entry.md5), pointer, cached)

    def new_file(self) -> Path:
        """An empty file that lives until the store is closed."""
        return self._private().new_file()

    def _private(self) -> PrivateFolder:
        if self._folder is None:
            self._folder = self.enter_context(PrivateFolder("version-"))
        return self._folder

    def _listed(self, pointer: Pointer) -> list[ManifestEntry]:
        cached = self._cached(f"{pointer.md5}.dir", pointer)
        content = self._manifests.get(str(pointer.md5))
        if content is None:
            content = cached.read_bytes() if cached else self._listed_by_dvc(pointer)
        if blocks_md5([content])[0] != pointer.md5:
            raise self._damaged(pointer.path, str(pointer.md5), pointer, cached)
        return _entries(content, pointer)

    def _listed_by_dvc(self, pointer: Pointer) -> bytes:
        """DVC gives the entries and not the object: written as DVC writes it, it must have the same name."""
        try:
            listed = self._remote(pointer).listed(pointer.path)
        except DataError as error:
            raise self._lacking(pointer.path, f"md5:{pointer.md5}.dir", pointer, error) from error
        md5s = {}
        for path, md5 in listed.items():
            # What is imported and was never pulled is listed by its source, without hashes.
            md5s[path] = md5 or file_md5(self._fetched(f"{pointer.path}/{path}", None, pointer))[0]
        return manifest_content(md5s)

    def _fetched(self, name: str, identity: str | None, pointer: Pointer) -> Path:
        """Where the bytes of a file lie now that DVC has brought them; fetched once."""
        if name not in self._at_hand:
            path = self._private().new_path()
            try:
                self._remote(pointer).fetch(name, path)
            except DataError as error:
                raise self._lacking(name, identity, pointer, error) from error
            self._at_hand[name] = self._private().adopt(path)
        return self._at_hand[name]

    def _cached(self, name: str | None, pointer: Pointer) -> Path | None:
        root = self._repository.dvc_root(pointer.file)
        if root is None or name is None:
            return None
        if root not in self._caches:
            self._caches[root] = self._repository.cache_folders(root)
        layouts = (_OLD_LAYOUT, _NEW_LAYOUT) if pointer.is_legacy else (_NEW_LAYOUT, _OLD_LAYOUT)
        places = (cache / layout / name[:2] / name[2:] for cache in self._caches[root] for layout in layouts)
        cached = next((place for place in places if place.is_file()), None)
        if cached and cached.is_symlink():
            raise DataError(
                f"the cache object {cached} is a symbolic link, which DVC does not make; delete it, then `{self._fetching(pointer)}`"
            )
        return cached

    def _remote(self, pointer: Pointer) -> RemoteFiles:
        root = self._repository.dvc_root(pointer.file)
        if root is None:
            raise DataError(f"there is no {DVC_DIR} folder above {pointer.file}: not a repository of DVC")
        if root not in self._remotes:
            self._remotes[root] = RemoteFiles(self._repository, self._version, root)
            self.callback(self._remotes[root].close)
        return self._remotes[root]

    def _damaged(self, name: str, md5: str, pointer: Pointer, cached: Path | None) -> DataError:
        where = f"the cache object {cached}" if cached else "what DVC fetched"
        fix = f"delete it, then `{self._fetching(pointer)}`" if cached else "`dvc push` it again where the data is"
        return DataError(
            f"{name} in {self._version}: {where} is not what {pointer.place} names, its md5 is not {md5}; {fix}"
        )

    def _lacking(self, name: str, identity: str | None, pointer: Pointer, error: DataError) -> DataError:
        return DataError(
            f"{name} in {self._version}: the object {identity} named by {pointer.place} is not in the cache of DVC, and "
            f"DVC cannot get it ({error}); run `{self._fetching(pointer)}` here, or `dvc push` where the data is"
        )

    def _fetching(self, pointer: Pointer) -> str:
        if self._version.kind is VersionKind.REVISION:
            return f"dvc fetch --all-commits {pointer.path}"
        return f"dvc pull {pointer.path}"


def _remedy(pointer: Pointer) -> str:
    if pointer.kind is PointerKind.STAGE:
        return "run `dvc repro`, then commit dvc.lock"
    return f"run `dvc update {pointer.file}` or `dvc add {pointer.path}`, then commit {pointer.file}"


def _entries(content: bytes, pointer: Pointer) -> list[ManifestEntry]:
    place = f"the manifest of {pointer.place}"
    try:
        # As DVC reads it: what it would not read is no manifest.
        listed = json.loads(content.decode("utf-8"))
        words = [(entry["relpath"], entry.get("md5"), entry.get("size")) for entry in listed]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(f"{place}: not a list of files of DVC; run `dvc add {pointer.path}` again") from error
    if not all(isinstance(name, str) and isinstance(md5, str) and not md5.endswith(".dir") for name, md5, _ in words):
        raise DataError(f"{place}: has a file without a name or an md5; run `dvc add {pointer.path}` again")
    if pointer.nfiles not in {None, len(words)}:
        raise DataError(
            f"{place}: lists {len(words)} files, where {pointer.file} says {pointer.nfiles}; restore the pointer from git"
        )
    entries = [
        ManifestEntry(checked_name(pointer.path, name, place), checked_md5(md5, place), size)
        for name, md5, size in words
    ]
    refuse_colliding((entry.name for entry in entries), place)
    return entries
