"""Makes sure that a text file is whole and UTF-8 before anything parses it, and unpacks it where needed."""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING

import pyarrow as pa

from gates.errors import DataError, NoRowsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.data.files import DataFile
    from gates.private_folder import PrivateFolder

_BLOCK = 1 << 20
# In UTF-16 without its mark half of the bytes of plain letters are NUL; a quarter is more than slips give.
_START, _NULS_AT_LEAST = 64, 4
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_plain_text(file: DataFile, folder: PrivateFolder) -> Path:
    """A path to the file's text, unpacked and without a byte order mark; readers need not know its name.

    Raises DataError naming file and line for text that is not UTF-8, and for a truncated or corrupt archive.
    """
    with file.path.open("rb") as stream:
        start = stream.read(len(codecs.BOM_UTF8))
    if not start:
        raise NoRowsError(f"{file.name}: empty, 0 bytes; expected {file.format.value}")
    if file.codec is None and not start.startswith(codecs.BOM_UTF8):
        for _ in _checked(file):
            pass
        return folder.link(file.path)
    target = folder.new_file()
    with target.open("wb") as copy:
        for block in _checked(file):
            copy.write(block)
    return target


def _checked(file: DataFile) -> Iterator[bytes]:
    """Blocks of the unpacked file, without a byte order mark, each decoded once to see whether it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, is_first = 1, True
    for block in _blocks(file):
        if is_first and block.startswith(_OTHER_MARKS):
            raise DataError(f"{file.name}: UTF-16, expected UTF-8; save it as UTF-8")
        if is_first and block[:_START].count(0) * _NULS_AT_LEAST > len(block[:_START]):
            raise DataError(f"{file.name}: every other byte is NUL, as UTF-16 has it; save it as UTF-8")
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_utf8(file, lines, error) from error
        lines += block.count(b"\n")
        yield block.removeprefix(codecs.BOM_UTF8) if is_first else block
        is_first = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(file, lines, error) from error
    if is_first:
        raise NoRowsError(f"{file.name}: an archive of nothing; expected {file.format.value}")


def _blocks(file: DataFile) -> Iterator[bytes]:
    """Blocks of the unpacked file. pyarrow's streams notice truncated archives, which DuckDB reads as they are."""
    try:
        with file.path.open("rb") as raw:
            stream: IO[bytes] = pa.CompressedInputStream(raw, file.codec) if file.codec else raw
            while block := stream.read(_BLOCK):
                yield block
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file.name}: truncated or corrupt {file.codec or 'file'} ({error}); write it anew") from error


def _not_utf8(file: DataFile, lines: int, error: UnicodeDecodeError) -> DataError:
    line = lines + error.object[: error.start].count(b"\n")
    byte = error.object[error.start]
    return DataError(f"{file.name}:{line}: byte 0x{byte:02x} is not UTF-8; save the whole file as UTF-8")
