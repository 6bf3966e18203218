"""What is installed, known from the names of the folders that installers write: no metadata is parsed, nothing imported.

To read and parse the metadata of every distribution takes longer than all the rest that recalling a verdict does.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://packaging.python.org/en/latest/specifications/recording-installed-packages/
_METADATA = ".dist-info"
_SEPARATORS = re.compile(r"[-_.]+")
# Every group of ours begins so; what else names `gates` in brackets is sorted out by who parses the file.
_GROUPS = b"[gates."


@dataclass(frozen=True)
class Distribution:
    """One installed distribution. name: normalised. metadata: the folder of what its installer wrote."""

    name: str
    version: str
    metadata: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def has_written(self, file: Path) -> bool:
        """Whether its installer wrote this file, so that its version stands for what is in there."""
        # Of the file itself only the folder: installers may link files to a cache of theirs.
        metadata, file = Path(self.metadata), file.parent.resolve() / file.name
        site, record = metadata.parent.resolve(), metadata / "RECORD"
        if not file.is_relative_to(site) or not record.is_file():
            return False
        return f"\n{file.relative_to(site).as_posix()},".encode() in b"\n" + record.read_bytes()


def distributions() -> Mapping[str, Distribution]:
    """The installed distributions by name; as in an import, the first folder on the path counts."""
    return _listed(tuple(sys.path))


def offering() -> tuple[Distribution, ...]:
    """The distributions with entry points in one of our groups, by name."""
    return _offering(tuple(sys.path))


@cache
def _listed(folders: tuple[str, ...]) -> Mapping[str, Distribution]:
    by_name: dict[str, Distribution] = {}
    for folder in filter(os.path.isdir, folders):
        for entry in sorted(os.listdir(folder)):  # noqa: PTH208  # names are all that is wanted
            if entry.endswith(_METADATA):
                name, _, version = entry.removesuffix(_METADATA).partition("-")
                normalised = _SEPARATORS.sub("-", name).lower()
                by_name.setdefault(normalised, Distribution(normalised, version, f"{folder}/{entry}"))
    return by_name


@cache
def _offering(folders: tuple[str, ...]) -> tuple[Distribution, ...]:
    return tuple(one for _, one in sorted(_listed(folders).items()) if _GROUPS in _entry_points(one))


def _entry_points(distribution: Distribution) -> bytes:
    try:
        with open(f"{distribution.metadata}/entry_points.txt", "rb") as stream:  # noqa: PTH123  # read for hundreds
            return stream.read()
    except OSError:
        # Most distributions have none.
        return b""
