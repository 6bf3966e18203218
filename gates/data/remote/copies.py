"""Copies of objects at addresses: each is fetched once by a process, and what is hashed is the copy that is judged."""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from gates.config.addresses import is_address, protocol_of
from gates.data.remote.filesystems import filesystem_error, filesystem_of
from gates.errors import DataError, UsageError, foreign_code
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# One request a range of this size: what is small next to it costs a request, and what is not needs no more memory.
_RANGE = 16 << 20
# What file systems call a version of an object's bytes: of S3, of Google's and Azure's storage, of the Hub, of web servers.
_IDENTITY = (
    "ETag", "etag", "VersionId", "version_id", "generation", "md5Hash", "content_md5", "Content-MD5", "blob_id", "lfs",
    "LastModified", "last_modified", "updated", "mtime", "Last-Modified", "size",
)  # fmt: skip
# Protocols of single files, which cannot be listed.
FILES_ONLY = {"http", "https"}

Identity = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RemoteFile:
    """An object at an address, and the copy of its bytes here."""

    address: str
    path: Path


def is_pattern(address: str) -> bool:
    """Whether an address has wildcards; `?` is none, since it parts a version from the key."""
    return "*" in address or "[" in address


def remote_files(address: str, place: str, holds_rows: Callable[[str], bool]) -> list[RemoteFile]:
    """What an address of an object, of a folder, or a pattern stands for, sorted by address, fetched where it was not yet.

    place: whom to name in messages. holds_rows: by the name of an object in a folder, whether it is wanted.
    Raises UsageError as `filesystem_of` does, and where a pattern cannot be listed; DataError for what cannot be had, and
    for an object that another took the place of while it was read.
    """
    filesystem, path = filesystem_of(address, place)
    if protocol_of(address) in FILES_ONLY and (is_pattern(address) or address.endswith("/")):
        raise UsageError(
            f'{place}: files at {protocol_of(address)}:// cannot be listed; name each, as in path = ["…", "…"]'
        )
    with foreign_code(lambda error: filesystem_error(address, place, error)):
        filesystem.invalidate_cache()
        listed = _listed(filesystem, path, address)
        if not listed:
            raise FileNotFoundError(address)
        wanted = {name: about for name, about in listed.items() if name == path or holds_rows(_below(name, path))}
        return [
            RemoteFile(one, _fetched(filesystem, name, one, about))
            for one, name, about in sorted(
                ((_address(name, path, address), name, about) for name, about in wanted.items()), key=itemgetter(0)
            )
        ]


def entries(address: str, place: str) -> list[str]:
    """The addresses of what lies in a folder, objects and folders, sorted. Raises what `remote_files` raises."""
    filesystem, path = filesystem_of(address, place)
    with foreign_code(lambda error: filesystem_error(address, place, error)):
        filesystem.invalidate_cache()
        names = [str(name).rstrip("/") for name in filesystem.ls(path, detail=False)]
        return sorted(_address(name, path, address) for name in names if name != path.rstrip("/"))


def _listed(filesystem: Any, path: str, address: str) -> Mapping[str, Mapping[str, Any]]:
    """What is there of each object, by the name that the file system has for it."""
    if is_pattern(address):
        names: Mapping[str, Mapping[str, Any]] = filesystem.glob(path, detail=True)
        folders = [name for name, about in names.items() if about["type"] == "directory"]
    else:
        names = {path: filesystem.info(path)}
        folders = [path] if names[path]["type"] == "directory" else []
    below = {name: about for folder in folders for name, about in filesystem.find(folder, detail=True).items()}
    # What marks a folder in S3 is an object of its name.
    return {
        name: about for name, about in {**names, **below}.items() if about["type"] == "file" and not name.endswith("/")
    }


def _below(name: str, path: str) -> str:
    return name[len(path) :].lstrip("/") if name.startswith(path) else name


def _address(name: str, path: str, address: str) -> str:
    """The address of an object that a file system calls by a name, where it calls an address by a path."""
    if not is_pattern(address) and name.startswith(path.rstrip("/")):
        return f"{address.rstrip('/')}{name[len(path.rstrip('/')) :]}" if name != path else address
    return name if is_address(name) else f"{address.partition('://')[0]}://{name.lstrip('/')}"


def _fetched(filesystem: Any, name: str, address: str, about: Mapping[str, Any]) -> Path:
    """The copy of an object that is as it was when it was fetched, or a new one."""
    copies = _copies()
    identity, path = copies.get(address, ((), None))
    if path is not None and identity == _identity(about):
        return path
    if path is not None:
        path.unlink(missing_ok=True)
    path = _folder().new_path()
    _fetch(filesystem, name, address, path)
    copies[address] = _identity(about), path
    return path


def _fetch(filesystem: Any, name: str, address: str, path: Path) -> None:
    """Write an object to a path, range by range. Raises DataError where it was another at the end."""
    filesystem.invalidate_cache()
    before = _identity(filesystem.info(name))
    size = 0
    try:
        with filesystem.open(name, "rb", cache_type="none") as source, path.open("xb") as target:
            while block := source.read(_RANGE):
                size += target.write(block)
    except OSError as error:
        # s3fs asks for each range of the object that it opened (If-Match), and says so with an error of its own.
        if type(error).__name__ == "FileExpired":
            raise changed_while_read(address) from error
        raise
    filesystem.invalidate_cache()
    after = _identity(filesystem.info(name))
    if before != after or dict(after).get("size") not in {None, str(size)}:
        raise changed_while_read(address)


def _identity(about: Mapping[str, Any]) -> Identity:
    return tuple((key, str(about[key])) for key in _IDENTITY if about.get(key) is not None)


def changed_while_read(address: str) -> DataError:
    """That an object became another one while it was read."""
    return DataError(f"{address}: changed while it was read; run again when nothing writes to it")


@cache
def _copies() -> dict[str, tuple[Identity, Path]]:
    return {}


@cache
def _folder() -> PrivateFolder:
    folder = PrivateFolder("remote-")
    atexit.register(folder.close)
    return folder
