"""One file or directory that DVC tracks, and what names its content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PointerKind(StrEnum):
    """How data came under DVC."""

    ADDED = "added"
    IMPORTED = "imported"
    STAGE = "stage"


@dataclass(frozen=True)
class ManifestEntry:
    """One file as a pointer or a directory manifest names it. `name` is its path in the repository.

    md5: None where the version stands in a cloud store only; then version_id or etag names the bytes.
    """

    name: str
    md5: str | None
    size: int | None = None
    etag: str | None = None
    version_id: str | None = None

    @property
    def identity(self) -> str | None:
        """What names the bytes, with its kind, so that an etag never equals an md5; None where nothing does."""
        named = (("md5", self.md5), ("version_id", self.version_id), ("etag", self.etag))
        return next((f"{kind}:{value}" for kind, value in named if value), None)


@dataclass(frozen=True)
class Pointer:
    """One out of DVC: a file or a directory, and what names its content.

    path: where the out lies in the repository. file: the `.dvc` file or `dvc.lock` it stands in. stage: its stage.
    content: its hash and size under its own path; no identity where it was never computed or fetched.
    files: what a cloud-versioned directory lists in the pointer itself. nfiles: how many files a directory has.
    is_legacy: hashed by DVC 2, which read CRLF as LF in text files.
    """

    path: str
    file: str
    kind: PointerKind
    content: ManifestEntry
    is_dir: bool = False
    is_legacy: bool = False
    stage: str | None = None
    nfiles: int | None = None
    files: tuple[ManifestEntry, ...] = ()

    @property
    def md5(self) -> str | None:
        """The md5 of a file, or of a directory's manifest without `.dir`."""
        return self.content.md5

    @property
    def size(self) -> int | None:
        """Bytes of the file, or of all files in the directory."""
        return self.content.size

    @property
    def place(self) -> str:
        """`data/raw.dvc`, or `dvc.lock: stage 'prepare'`."""
        return f"{self.file}: stage '{self.stage}'" if self.stage else self.file
