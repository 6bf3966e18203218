"""Text from data, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

# Control characters, invisible format characters (text direction among them), lone surrogates, line separators.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def counted(count: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def printable_lines(message: str) -> list[str]:
    """The lines of a message, of which none is a command: names in it come from data and from others' code."""
    return [printable_line(line) for line in message.splitlines()]


def printable_line(text: str) -> str:
    """A whole line as `printable` has it, that GitHub's runner takes for no command: none begins with `::` or has `##[` in it.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    line = printable(text).replace("##[", r"##\[")
    return f"\\{line}" if line.lstrip().startswith("::") else line


def printable(text: str) -> str:
    r"""One line in which nothing can move the cursor, hide text or turn its direction.

    White space becomes a space; other harmful characters become `\x1b` or `\u202e` and the like.
    """
    spaced = " ".join(text.split("\n")).replace("\r", " ").replace("\t", " ")
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in _HARMFUL else letter
        for letter in spaced
    )
