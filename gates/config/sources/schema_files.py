"""The files a contract stands on, and the libraries: what can be named without reading any of it."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from gates.config.dataset import DatasetConfig, schema_name
from gates.regular_files import is_file

if TYPE_CHECKING:
    from pathlib import Path


# Libraries whose version can move a number or an outcome.
LIBRARIES = ("great-expectations", "pandera", "polars", "pyarrow", "duckdb", "numpy", "scipy", "scikit-learn")


@cache
def library_versions() -> dict[str, str]:
    """The installed version of each of these libraries, looked up once: it takes milliseconds for each."""
    # A door that judges nothing need not import it.
    from importlib.metadata import version

    return {name: version(name) for name in LIBRARIES}


def own_schema(dataset: DatasetConfig) -> str | None:
    """The dataset's own schema: the one that gates.toml names, else the one at `schemas/<dataset>.py`."""
    shown = f"schemas/{dataset.name}.py"
    is_there = not dataset.schema and is_file(dataset.root / shown, shown)
    return dataset.schema or (f"{shown}:{schema_name(dataset.name)}" if is_there else None)


def text_digest(text: bytes) -> str:
    """sha256 of a text, whatever its line ends."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()


def file_digests(paths: tuple[Path, ...], root: Path) -> dict[str, str]:
    """sha256 of text files by path below root, whatever their line ends."""
    return {path.resolve().relative_to(root.resolve()).as_posix(): text_digest(path.read_bytes()) for path in paths}
