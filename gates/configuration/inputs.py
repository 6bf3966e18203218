"""What a contract is made from, told apart by its bytes alone: nothing is parsed that would need a heavy import."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gates import __version__
from gates.configuration.own_files import LIBRARIES, own_schema, text_digest
from gates.resources import built_in_suites

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gates.configuration.dataset import DatasetConfig

# Where something stands does not change what it says; the root is another one in every clone.
_NOT_SAID = {"root", "line", "key_lines", "waivers", "origins"}
# https://packaging.python.org/en/latest/specifications/recording-installed-packages/
_METADATA = ".dist-info"
_SEPARATORS = re.compile(r"[-_.]+")
_PACKAGE = Path(__file__).resolve().parents[1]


def rules_inputs(dataset: DatasetConfig, today: date) -> dict[str, object]:
    """What the repository says of a dataset: its configuration, its own suites, its own schema, as JSON values.

    Two equal ones give equal contracts, unless a module that the schema imports differs.
    """
    said = {field.name: getattr(dataset, field.name) for field in fields(dataset) if field.name not in _NOT_SAID}
    if not dataset.extends:
        # Every report names the line that switches the built-in suites off.
        said["extends"] = dataset.place("extends")
    waivers = [
        [waiver.check, waiver.reason, waiver.owner, str(waiver.expires), waiver.expires >= today]
        for waiver in dataset.waivers
    ]
    return {
        "dataset": said,
        "origins": [dataset.origins.human, dataset.origins.synthetic],
        "waivers": waivers,
        "suites": _texts(dataset.root / "expectations" / dataset.name),
        "removals": _texts(dataset.root / "promotions" / dataset.name / "removals"),
        "schema": _schema(dataset),
        "population": _text(dataset.root / dataset.population) if dataset.population else None,
    }


def contract_key(dataset: DatasetConfig, today: date) -> dict[str, object]:
    """As `rules_inputs`, with all else that can move a verdict: shipped suites, gates itself, libraries, Python."""
    shipped = {part: _texts(built_in_suites() / part) for part in ("common", dataset.type)}
    return {**rules_inputs(dataset, today), "shipped": shipped, **program_inputs()}


def program_inputs() -> dict[str, object]:
    """What computes, whatever it is asked: gates itself, libraries, Python."""
    return {"gates": [__version__, _own_code()], "libraries": _libraries(), "python": list(sys.version_info[:3])}


def digest(value: object) -> str:
    """sha256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def are_sources_unchanged(sources: Mapping[str, str], root: Path) -> bool:
    """Whether the files that a schema was made from, by path below the root, still have these digests."""
    for name, recorded in sources.items():
        path = root / name
        if not path.is_file() or text_digest(path.read_bytes()) != recorded:
            return False
    return True


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {path.name: text_digest(path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}


def _text(path: Path) -> str | None:
    return text_digest(path.read_bytes()) if path.is_file() else None


def _schema(dataset: DatasetConfig) -> list[object] | None:
    """The schema's file, and what stands first where it imports from: a new file there may be imported instead."""
    spec = own_schema(dataset)
    if spec is None:
        return None
    path = dataset.root / spec.rpartition(":")[0]
    folders = {path.parent.resolve(), dataset.root.resolve()}
    modules = sorted(found.name for folder in folders if folder.is_dir() for found in folder.glob("*.py"))
    return [spec, _text(path), modules]


@cache
def _libraries() -> dict[str, str]:
    """Versions by library, as the folders give them that installers make: `polars-2.1.0.dist-info`.

    To read and parse the files in them takes longer than all the rest that recalling a verdict does.
    """
    found: dict[str, str] = {}
    for folder in filter(os.path.isdir, sys.path):
        for entry in sorted(os.listdir(folder)):  # noqa: PTH208  # names are all that is wanted
            name, _, version = entry.removesuffix(_METADATA).partition("-")
            if entry.endswith(_METADATA):
                # As in an import, the first folder on the path counts.
                found.setdefault(_SEPARATORS.sub("-", name).lower(), version)
    return {name: found.get(name) or _installed_otherwise(name) for name in LIBRARIES}


def _installed_otherwise(library: str) -> str:
    from importlib.metadata import version

    return version(library)


@cache
def _own_code() -> str:
    """Tells one state of the installed package from another, for those who edit it without a new version number.

    By content: an installer gives files new times, and a machine of CI installs anew before it restores its cache.
    """
    found = []
    for folder, _, names in os.walk(_PACKAGE):
        for name in names:
            if name.endswith(".py"):
                path = f"{folder}/{name}"
                with open(path, "rb") as stream:  # noqa: PTH123  # hundreds of Path objects take as long as reading
                    found.append([path[len(str(_PACKAGE)) :], hashlib.sha256(stream.read()).hexdigest()])
    return digest(sorted(found))
