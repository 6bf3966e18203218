"""Texts by many writers, in many languages."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import polars as pl

from .source import DEBIAN, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = {
    "cs": "fortunes/cs", "de": "fortunes/de", "es": "fortunes/es", "it": "fortunes/it", "pl": "fortunes/pl",
    "ru": "fortunes/ru",
}  # fmt: skip


def sayings() -> pl.DataFrame:
    """Sayings and jokes in six languages."""
    games = DEBIAN / "usr/share/games"
    rows = []
    for language, folder in FOLDERS.items():
        paths = {*games.glob(f"{folder}/*"), *games.glob(f"fortunes-{language}/*")}
        for path in sorted(path for path in paths if path.is_file() and path.suffix not in (".dat", ".u8")):
            parts = re.split(r"^%\s*$", path.read_text(encoding="utf-8", errors="replace"), flags=re.MULTILINE)
            rows += [(part.strip("\n"), language) for part in parts if part.strip() and "\ufffd" not in part]
    if not rows:
        raise FileNotFoundError(games)
    return pl.DataFrame(rows, schema=["text", "language"], orient="row").unique("text", maintain_order=True)


def essays() -> pl.DataFrame:
    """Essays of pupils and students."""
    frame = pl.read_parquet(SHARED / "text_essays.parquet").filter(pl.col("origin") == "human")
    return frame.select("text").unique(maintain_order=True)


def manuals() -> pl.DataFrame:
    """The longest section of manual pages in five languages, without its marks of layout."""
    rows = [(body, language) for _, body, language in pages()]
    if not rows:
        raise FileNotFoundError(DEBIAN)
    return pl.DataFrame(rows, schema=["text", "language"], orient="row").unique("text", maintain_order=True)


def pages() -> Iterator[tuple[str, str, str]]:
    """Of every manual page: what it is about in one line, its longest section, its language."""
    for path in sorted((DEBIAN / "usr/share/man").glob("*/man*/*.gz")):
        if path.is_symlink():
            continue
        source = gzip.decompress(path.read_bytes()).decode(errors="replace")
        sections = [_plain(part) for part in re.split(r"^\.S[Hh] .*$", source, flags=re.MULTILINE)[1:]]
        if len(sections) > 1 and (body := max(sections[1:], key=len)) and "\ufffd" not in source:
            yield " ".join(sections[0].split()), body, path.parts[-3]


def _plain(section: str) -> str:
    """The words of a section in roff: lines of macros but for their words, without changes of the font."""
    text = re.sub(r"^[.'](?:B|I|BR|RB|IR|RI|BI|IB|SS|SM) (.*)$", r"\1", section, flags=re.MULTILINE)
    text = re.sub(r"^[.'].*$\n?", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\f(?:\[\w*\]|\(\w\w|.)|\\&|\\m\[\w*\]|\\s[-+]?\d", "", text)
    text = re.sub(r"\\\((?:co|bu|lq|rq|aq|dq|em|en|cq|oq|ha|ti|rs|mi)|\\\[\w+\]", "'", text)
    return re.sub(r"\\(.)", r"\1", text).strip()[:4000]
