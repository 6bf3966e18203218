"""Makes sure that a text file is whole and UTF-8 before anything parses it; unpacks it and recodes UTF-16 where needed."""

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
# Byte order marks and what follows each; that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_CONVERT = "`iconv -f {} -t UTF-8 OLD > NEW`"
_LONGEST_MARK = max(len(mark) for mark, _ in _MARKS)


def as_plain_text(file: DataFile, folder: PrivateFolder) -> Path:
    """A path to the file's text in UTF-8, unpacked and without a byte order mark; readers need not know its name.

    Raises DataError naming file and line for text that is neither UTF-8 nor, after its mark, UTF-16 or UTF-32, or has a NUL,
    which readers take for its end, for a letter or for nothing; and for a truncated or corrupt archive.
    """
    start = _start(file.path)
    if not start:
        raise NoRowsError(f"{file.name}: empty, 0 bytes; expected {file.format.value}")
    if file.codec is None and _marked(start) == (b"", "utf-8"):
        for _ in _checked(file):
            pass
        return folder.link(file.path)
    target = folder.new_file()
    with target.open("wb") as copy:
        for block in _checked(file):
            copy.write(block)
    return target


def encoding_of(path: Path) -> str:
    """The encoding to open a text file with: what its byte order mark says, without which it is UTF-8."""
    mark, encoding = _marked(_start(path))
    return "utf-8-sig" if mark == codecs.BOM_UTF8 else encoding.removesuffix("-le").removesuffix("-be")


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LONGEST_MARK)


def _marked(start: bytes) -> tuple[bytes, str]:
    """The byte order mark that bytes begin with, or none, and the encoding of what follows it."""
    return next(((mark, encoding) for mark, encoding in _MARKS if start.startswith(mark)), (b"", "utf-8"))


def _checked(file: DataFile) -> Iterator[bytes]:
    """Blocks of the unpacked file in UTF-8, without a byte order mark, each decoded once to see whether it is text."""
    encoding = ""
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    for packed in _blocks(file):
        block = packed
        if not encoding:
            mark, encoding = _marked(block)
            decoder = codecs.getincrementaldecoder(encoding)()
            block = block.removeprefix(mark)
            if not mark and block[:_START].count(0) * _NULS_AT_LEAST > len(block[:_START]):
                raise DataError(
                    f"{file.name}: every other byte is NUL, as UTF-16 has it, and no byte order mark says so; convert it: "
                    f"{_CONVERT.format('UTF-16LE')}"
                )
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_text(file, lines, encoding, error) from error
        if "\0" in text:
            line = lines + text[: text.index("\0")].count("\n")
            raise DataError(f"{file.name}:{line}: a NUL byte, as a disk that ran full leaves many; write the file anew")
        lines += text.count("\n")
        yield block if encoding == "utf-8" else text.encode()
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_text(file, lines, encoding, error) from error
    if not encoding:
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


def _not_text(file: DataFile, lines: int, encoding: str, error: UnicodeDecodeError) -> DataError:
    name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
    line = lines + error.object[: error.start].decode(encoding, errors="ignore").count("\n")
    byte = error.object[error.start]
    how = f"; save the whole file as UTF-8, or convert it: {_CONVERT.format('WINDOWS-1252')}" if name == "UTF-8" else ""
    how = how or "; write the file anew, in UTF-8"
    return DataError(f"{file.name}:{line}: byte 0x{byte:02x} is not {name}{how}")
