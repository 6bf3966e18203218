"""What Debian's packages say of themselves, and what volunteers made of it in other languages.

One text per source package, because packages of one source share their words: of Debian 12 about 34,000 texts. They
belong to their authors and are not passed on.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from .source import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# One description is about this character and one translation lost a letter to it: a row rule names both, rightly.
LOST = "\N{REPLACEMENT CHARACTER}"
# Sections of fewer texts are one label: a check of labels compares 50 classes at most.
SECTION_TEXTS = 500


def descriptions() -> pl.DataFrame:
    """Descriptions in English with the section as a label."""
    texts = [(bodies["en"], section) for section, bodies in _bodies_by_package() if "en" in bodies]
    counts = Counter(section for _, section in texts)
    rows = [(text, section if counts[section] >= SECTION_TEXTS else "other") for text, section in texts]
    return pl.DataFrame(rows, schema=["text", "label"], orient="row")


def foreign() -> pl.DataFrame:
    """Descriptions in the languages of volunteers, one language a package."""
    rows = []
    for number, (_, bodies) in enumerate(_bodies_by_package()):
        languages = sorted(set(bodies) - {"en"})
        if languages:
            language = languages[number % len(languages)]
            rows.append((bodies[language], language))
    return pl.DataFrame(rows, schema=["text", "language"], orient="row")


def translations() -> pl.DataFrame:
    """Descriptions in English with what volunteers made of them."""
    rows = [
        (bodies["en"], bodies[language], "en", language)
        for _, bodies in _bodies_by_package()
        for language in sorted(set(bodies) - {"en"})
        if "en" in bodies
    ]
    names = ["source", "target", "source_language", "target_language"]
    return pl.DataFrame(rows, schema=names, orient="row")


@cache
def _bodies_by_package() -> list[tuple[str, Mapping[str, str]]]:
    """Of each source package the section, and its first package's description by language."""
    if not LISTS.is_dir():
        raise FileNotFoundError(LISTS)
    by_language = _by_language()
    return [
        (one["Section"].rpartition("/")[2], {name: texts[md5] for name, texts in by_language.items() if md5 in texts})
        for one in _packages()
        if (md5 := one.get("Description-md5", ""))
    ]


def _by_language() -> dict[str, dict[str, str]]:
    """By language and the description's md5: the description without its first line."""
    by_language: dict[str, dict[str, str]] = {}
    for path in sorted(LISTS.glob("*/*_main_i18n_Translation-*.lz4")):
        language = path.stem.rpartition("-")[2]
        bodies = ((one["Description-md5"], one[f"Description-{language}"]) for one in _stanzas(path))
        cleaned = {md5: re.sub(r"^\.$", "", body.partition("\n")[2], flags=re.MULTILINE) for md5, body in bodies}
        by_language.setdefault(language, {}).update(
            {md5: body for md5, body in cleaned.items() if body and LOST not in body}
        )
    return by_language


def _packages() -> Iterator[dict[str, str]]:
    """The first package of each source."""
    seen = set()
    for path in sorted(LISTS.glob("en/*_main_binary-*_Packages.lz4")):
        for one in _stanzas(path):
            source = one.get("Source", one["Package"]).partition(" ")[0]
            if source not in seen:
                seen.add(source)
                yield one


def _stanzas(path: Path) -> Iterator[dict[str, str]]:
    """The paragraphs of a Debian control file (deb822), long values with line feeds."""
    text = subprocess.run(["lz4", "-dc", path], capture_output=True, text=True, check=True).stdout
    for paragraph in re.split(r"\n\n+", text):
        fields = re.findall(r"^([\w-]+):[ ]?(.*(?:\n[ ].*)*)", paragraph, re.MULTILINE)
        if fields:
            yield {name: value.replace("\n ", "\n") for name, value in fields}
