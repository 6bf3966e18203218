"""Real texts by many people: what Debian's packages say of themselves, and what volunteers made of it in other languages.

    for language in en de ja; do
      apt-get -o Acquire::Languages=$language -o Dir::State::lists=$PWD/lists-$language update
    done
    cd benchmarks && python -m calibrating.descriptions ../lists-*

writes descriptions.parquet (columns text, label: the section, or "other") and translations.parquet (source, target,
source_language, target_language), which git ignores; with them calibration.py knows the laws `descriptions` and
`translations`. One text per source package, because packages of one source share their words: of Debian 12 about
34,000 texts, and 9,000 translations into German and Japanese. They belong to their authors and are not passed on.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from .sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

FOLDER = Path(__file__).resolve().parents[1]
TEXTS, TRANSLATIONS = FOLDER / "descriptions.parquet", FOLDER / "translations.parquet"
# One description is about this character and one translation lost a letter to it: a row rule names both, rightly.
LOST = "\N{REPLACEMENT CHARACTER}"
# Sections of fewer texts are one label: a check of labels compares 50 classes at most.
SECTION_TEXTS = 500
# People, synthetic rows and spare ones; a holdout where the texts suffice for one more.
PARTS_AT_LEAST = 3


def descriptions(rows: int, rng: np.random.Generator) -> Sample:
    """Descriptions, shuffled and cut into parts."""
    human, synthetic, spare, *others = _cut(TEXTS, rows, rng)
    return Sample("text", human, synthetic, spare, *others, settings='label = "label"\n')


def translations(rows: int, rng: np.random.Generator) -> Sample:
    """Descriptions in English with a person's translation, shuffled and cut into parts."""
    return Sample("translation", *_cut(TRANSLATIONS, rows, rng))


@cache
def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)


def _cut(path: Path, rows: int, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Three parts or four of this many rows each."""
    everything = _read(path)
    parts = min(everything.height // rows, PARTS_AT_LEAST + 1)
    if parts < PARTS_AT_LEAST:
        message = f"{path.name} has {everything.height:,} rows, and {PARTS_AT_LEAST} parts of {rows:,} are asked for"
        raise ValueError(message)
    drawn = everything[rng.permutation(everything.height)]
    return [drawn[at * rows : (at + 1) * rows] for at in range(parts)]


def _stanzas(path: Path) -> Iterator[dict[str, str]]:
    """The paragraphs of a Debian control file (deb822), long values with line feeds."""
    text = subprocess.run(["lz4", "-dc", path], capture_output=True, text=True, check=True).stdout
    for paragraph in re.split(r"\n\n+", text):
        fields = re.findall(r"^([\w-]+):[ ]?(.*(?:\n[ ].*)*)", paragraph, re.MULTILINE)
        if fields:
            yield {name: value.replace("\n ", "\n") for name, value in fields}


def _bodies(folders: Sequence[Path]) -> dict[str, dict[str, str]]:
    """By language and the description's md5: the description without its first line."""
    by_language: dict[str, dict[str, str]] = {}
    for path in (path for folder in folders for path in folder.glob("*_main_i18n_Translation-*.lz4")):
        language = path.stem.rpartition("-")[2]
        bodies = ((one["Description-md5"], one[f"Description-{language}"]) for one in _stanzas(path))
        cleaned = {md5: re.sub(r"^\.$", "", body.partition("\n")[2], flags=re.MULTILINE) for md5, body in bodies}
        by_language.setdefault(language, {}).update(
            {md5: body for md5, body in cleaned.items() if body and LOST not in body}
        )
    return by_language


def _packages(folders: Sequence[Path]) -> Iterator[dict[str, str]]:
    """The first package of each source."""
    seen = set()
    for path in sorted(path for folder in folders for path in folder.glob("*_main_binary-*_Packages.lz4")):
        for one in _stanzas(path):
            source = one.get("Source", one["Package"]).partition(" ")[0]
            if source not in seen:
                seen.add(source)
                yield one


def _write(folders: Sequence[Path]) -> None:
    bodies = _bodies(folders)
    texts, pairs = [], []
    for one in _packages(folders):
        md5 = one.get("Description-md5", "")
        if text := bodies["en"].get(md5):
            texts.append((text, one["Section"].rpartition("/")[2]))
            pairs += [
                (text, translated[md5], "en", name)
                for name, translated in sorted(bodies.items())
                if name != "en" and md5 in translated
            ]
    counts = Counter(section for _, section in texts)
    texts = [(text, section if counts[section] >= SECTION_TEXTS else "other") for text, section in texts]
    for path, rows, names in (
        (TEXTS, texts, ["text", "label"]),
        (TRANSLATIONS, pairs, ["source", "target", "source_language", "target_language"]),
    ):
        pl.DataFrame(rows, schema=names, orient="row").write_parquet(path)
        print(f"{path.name}: {len(rows):,} rows")


if __name__ == "__main__":
    _write([Path(name) for name in sys.argv[1:]])
