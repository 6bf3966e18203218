"""Bytes damaged as disks, networks, editors and people damage them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

CONTROLS = [bytes([code]) for code in (*range(32), 127)] + [
    "\u0085".encode(), "\u2028".encode(), "\u200b".encode(), "\ufeff".encode(), "\u202e".encode(),
    b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80",
]  # fmt: skip
TOKENS = [
    b'"', b'""', b'"""', b"'", b",", b";", b"\t", b"|", b"\\", b"\r\n", b"\r", b"\n", b"\n\n", b"{", b"}", b"[", b"]",
    b"null", b"NaN", b"-Infinity", b"true", b"1e999", b"-0.0", b"9" * 30, b"0x10", b"0" * 5000, b"9" * 4400, b"1" * 70_000,
    b"[" * 3000, b'{"a":' * 1500, b"\\u0000", b"\\ud800", b"a" * 200_000, b"=cmd()", b"$ref", b"../../etc/passwd",
    b"http://127.0.0.1:9/", b"%s%n", b"{0.__class__}", b"*", b"?", b"[1]", b"#", b"<<<<<<< HEAD\n",
]  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The bytes after one to four changes, most often one."""
    for _ in range(chance.choices((1, 2, 4), (6, 2, 1))[0]):
        content = chance.choice(_CHANGES)(content, chance)
    return content


def _at(content: bytes, chance: random.Random) -> int:
    """A place, half of the time near an end, where formats keep what they are read by."""
    near = chance.choice((64, 1024, 1 << 30, 1 << 30))
    place = chance.randrange(min(len(content), near) + 1)
    return place if chance.random() < 0.5 else len(content) - place


def _piece(content: bytes, chance: random.Random) -> tuple[int, int]:
    first = _at(content, chance)
    return first, min(len(content), first + chance.choice((1, 2, 4, 8, 16, 64, 512, 4096)))


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(chance.choice((1, 1, 1, 3, 10))):
        changed[min(_at(content, chance), len(changed) - 1)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _set(content: bytes, chance: random.Random) -> bytes:
    first, last = _piece(content, chance)
    return content[:first] + bytes([chance.choice((0, 1, 127, 128, 255))]) * (last - first) + content[last:]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: _at(content, chance)]


def _behead(content: bytes, chance: random.Random) -> bytes:
    return content[_at(content, chance) :]


def _drop(content: bytes, chance: random.Random) -> bytes:
    first, last = _piece(content, chance)
    return content[:first] + content[last:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    first, last = _piece(content, chance)
    return content[:last] + content[first:last] * chance.choice((1, 2, 50)) + content[last:]


def _move(content: bytes, chance: random.Random) -> bytes:
    first, last = _piece(content, chance)
    to = _at(content, chance)
    rest = content[:first] + content[last:]
    return rest[:to] + content[first:last] + rest[to:]


def _swap_lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True) or [content]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _insert(content: bytes, chance: random.Random) -> bytes:
    to = _at(content, chance)
    return content[:to] + chance.choice(chance.choice((CONTROLS, TOKENS))) + content[to:]


def _replace(content: bytes, chance: random.Random) -> bytes:
    """One byte that appears somewhere by something else everywhere, or once."""
    if not content:
        return content
    old = content[chance.randrange(len(content))]
    return content.replace(
        bytes([old]), chance.choice(chance.choice((CONTROLS, TOKENS[:30]))), chance.choice((1, 1, -1))
    )


_CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    _flip, _flip, _set, _cut, _cut, _behead, _drop, _drop, _repeat, _move, _swap_lines, _insert, _insert, _replace,
]  # fmt: skip
