"""Blobs of git by their sha, through one process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Blobs:
    """Answers of one `git cat-file --batch`."""

    _requests: IO[bytes]
    _answers: IO[bytes]

    def read(self, sha: str) -> bytes:
        """The whole content of a blob."""
        return b"".join(self.blocks(sha))

    def blocks(self, sha: str) -> Iterator[bytes]:
        """The content of a blob piece by piece; take all of them before asking for another. Raises DataError."""
        try:
            self._requests.write(f"{sha}\n".encode())
            self._requests.flush()
            header = self._answers.readline().split()
        except OSError as error:
            raise DataError(f"git cat-file ended before it gave blob {sha}: {error.strerror}") from error
        if len(header) != 3:  # noqa: PLR2004  # sha, type, size; a missing object has two words
            raise DataError(
                f"git has no blob {sha}; `git fetch --refetch --no-filter` brings what a clone with --filter left out, `git fsck` names what else is missing"
            )
        left = int(header[2]) + 1  # the line feed behind every blob
        while left:
            block = self._answers.read(min(left, _BLOCK))
            if not block:
                raise DataError(f"git cat-file ended in the middle of blob {sha}")
            left -= len(block)
            yield block if left else block[:-1]
