"""The md5 of a file's bytes as DVC computes it: a name for content, no protection against forgery."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path

# DVC 2 decided anew for each block of this size whether it was text, so that the size is part of the hash.
_BLOCK = 1 << 20
_LOOKED_AT = 512
_TEXT = bytes(range(32, 127)) + b"\n\r\t\f\b"
_NOT_TEXT_AT_MOST = 0.30


class Md5Of(Protocol):
    """Computes `file_md5`, or remembers it."""

    def __call__(self, path: Path, *, is_legacy: bool) -> tuple[str, int]:
        """md5 in hex and size in bytes of a file."""


def file_md5(path: Path, *, is_legacy: bool = False, on_block: Callable[[], None] = lambda: None) -> tuple[str, int]:
    """md5 in hex and size in bytes of a file.

    is_legacy: as DVC 2 did it, which took CRLF for LF in text (dvc_data.hashfile.hash, `md5-dos2unix`).
    on_block: called before each block, for callers that have no time to wait for the last one.
    """
    with path.open("rb") as stream:
        return blocks_md5(_blocks(stream, on_block), is_legacy=is_legacy)


def blocks_md5(blocks: Iterable[bytes], *, is_legacy: bool = False) -> tuple[str, int]:
    """As `file_md5`, of content in blocks."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    for block in blocks:
        size += len(block)
        digest.update(block.replace(b"\r\n", b"\n") if is_legacy and _is_text(block[:_LOOKED_AT]) else block)
    return digest.hexdigest(), size


def _blocks(stream: BufferedReader, on_block: Callable[[], None]) -> Iterator[bytes]:
    on_block()
    while block := stream.read(_BLOCK):
        yield block
        on_block()


def _is_text(start: bytes) -> bool:
    if b"\0" in start:
        return False
    return len(start.translate(None, _TEXT)) <= _NOT_TEXT_AT_MOST * len(start)
