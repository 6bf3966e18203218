"""What a contract is made from, told apart by its bytes alone: nothing is parsed that would need a heavy import."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gates import __version__
from gates.config.installed.entry_points import distributions
from gates.config.installed.plugins import PluginKind, are_as_installed, installed_identities
from gates.config.module_files import moved_name
from gates.config.orphans import lost_by
from gates.config.removals import FOLDER, REMOVALS, removals_folder
from gates.config.reviews import read_review, review_path
from gates.config.sources.built_in_suites import built_in_suites
from gates.config.sources.packages import are_packages_unchanged
from gates.config.sources.schema_files import LIBRARIES, own_schema, text_digest
from gates.regular_files import content_of, is_file, is_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gates.config.dataset import DatasetConfig

# Where something stands does not change what it says; the root is another one in every clone.
_NOT_SAID = {"root", "line", "key_lines", "waivers", "origins", "plugins", "strays"}
_PACKAGE = Path(__file__).resolve().parents[1]


def rules_inputs(dataset: DatasetConfig, today: date) -> dict[str, object]:
    """What the repository says of a dataset: its configuration, its own suites, its own schema, as JSON values.

    Two equal ones give equal contracts, unless a module that the schema imports differs.
    """
    keys = {field.name: getattr(dataset, field.name) for field in fields(dataset) if field.name not in _NOT_SAID}
    if not dataset.extends:
        # Every report names the line that switches the built-in suites off.
        keys["extends"] = dataset.place("extends")
    waivers = [
        [waiver.check, waiver.reason, waiver.owner, str(waiver.expires), waiver.expires >= today]
        for waiver in dataset.waivers
    ]
    return {
        "dataset": keys,
        "origins": [dataset.origins.human, dataset.origins.synthetic],
        "waivers": waivers,
        "suites": _texts(dataset.root, "expectations", dataset.name),
        "removals": _texts(dataset.root, FOLDER, dataset.name, REMOVALS),
        "review": None if (review := read_review(dataset.root, dataset.name)) is None else text_digest(review),
        "schema": _schema(dataset),
        "plugins": _plugins(dataset),
        "lost": [stray.path for stray in lost_by(dataset)],
        "population": _text(dataset.root, dataset.population) if dataset.population else None,
    }


def rule_files(dataset: DatasetConfig) -> list[Path]:
    """The files that `rules_inputs` reads, apart from modules."""
    folders = (
        dataset.root / "expectations" / dataset.name,
        dataset.root / "expectations" / dataset.type,
        removals_folder(dataset.root, dataset.name),
    )
    listed = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    review = review_path(dataset.root, dataset.name)
    return [
        *listed,
        *([review] if review.is_file() else []),
        *([dataset.root / dataset.population] if dataset.population else []),
    ]


def contract_key(dataset: DatasetConfig, today: date) -> dict[str, object]:
    """As `rules_inputs`, with all else that can move a verdict: shipped suites, plugins, gates itself, libraries, Python."""
    shipped = {part: _texts(built_in_suites(), part) for part in ("common", dataset.type)}
    inputs = rules_inputs(dataset, today)
    return {**inputs, "shipped": shipped, "installed": installed_identities(), **program_inputs()}


def program_inputs() -> dict[str, object]:
    """What computes a verdict, whatever the dataset: gates itself, libraries, Python."""
    return {"gates": [__version__, _own_code()], "libraries": _libraries(), "python": list(sys.version_info[:3])}


def digest(value: object) -> str:
    """sha256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def is_code_unchanged(contract: Mapping[str, Any], root: Path) -> bool:
    """Whether the code that a verdict's contract names is as it was: own files below the root, plugins as installed.

    Of plugins whose version does not stand for their code, the code itself.
    """
    sources = {**contract["schema_sources"], **contract.get("plugin_sources", {})}
    plugins = contract.get("plugins", ())
    installed = {plugin["distribution"]: plugin["version"] for plugin in plugins if plugin["distribution"]}
    packages = {name: sha256 for plugin in plugins for name, sha256 in plugin.get("packages", {}).items()}
    is_own_unchanged = _are_sources_unchanged(sources, root) and are_packages_unchanged(packages, root)
    return is_own_unchanged and moved_module(contract, root) is None and are_as_installed(installed)


def moved_module(contract: Mapping[str, Any], root: Path) -> str | None:
    """A name that own code imports and that means another file now than the contract says, as one beside it that is new.

    The folders that names were looked for in are those of the schema, or of plugins, and the root.
    """
    schema = str(contract.get("schema") or "").rpartition(":")[0]
    of_plugins = sorted({path.rpartition("/")[0] for path in contract.get("plugin_sources", {})})
    return moved_name(contract.get("schema_modules", {}), (schema.rpartition("/")[0], ""), root) or moved_name(
        contract.get("plugin_modules", {}), (*of_plugins, ""), root
    )


def _are_sources_unchanged(sources: Mapping[str, str], root: Path) -> bool:
    """Whether the files that a schema was made from, by path below the root, still have these digests."""
    for name, recorded in sources.items():
        path = root / name
        if not path.is_file() or text_digest(path.read_bytes()) != recorded:
            return False
    return True


def _texts(root: Path, *parts: str) -> dict[str, str]:
    shown = "/".join(parts)
    folder = root / shown
    names = sorted(path.name for path in folder.iterdir()) if is_folder(folder, shown) else []
    return {name: text_digest(content_of(folder / name, f"{shown}/{name}")) for name in names}


def _text(root: Path, name: str) -> str | None:
    return text_digest(content_of(root / name, name)) if is_file(root / name, name) else None


def _schema(dataset: DatasetConfig) -> list[object] | None:
    """The schema's file, and what stands first where it imports from: a new file there may be imported instead."""
    spec = own_schema(dataset)
    if spec is None:
        return None
    return _own_module(spec, dataset.root)


def _plugins(dataset: DatasetConfig) -> list[object]:
    """What the configuration names that can move a verdict, and the suites of its own data type."""
    declared = [plugin for plugin in dataset.plugins.declared if plugin.kind is not PluginKind.REPORT]
    identities: list[object] = [
        [plugin.kind, plugin.name, _own_module(plugin.spec, dataset.root)] for plugin in declared
    ]
    is_own = any(plugin.kind is PluginKind.TYPE and plugin.name == dataset.type for plugin in declared)
    return [*identities, _texts(dataset.root, "expectations", dataset.type)] if is_own else identities


def _own_module(spec: str, root: Path) -> list[object]:
    file = spec.rpartition(":")[0]
    name = file if file.endswith(".py") else f"{file.replace('.', '/')}.py"
    folders = {(root / name).parent.resolve(), root.resolve()}
    # A new module, or a new package, may be imported in place of what was.
    modules = sorted(
        other.relative_to(folder).as_posix()
        for folder in folders
        if folder.is_dir()
        for pattern in ("*.py", "*/__init__.py")
        for other in folder.glob(pattern)
    )
    return [spec, _text(root, name), modules]


def _libraries() -> dict[str, str]:
    installed = distributions()
    return {name: installed[name].version if name in installed else _installed_otherwise(name) for name in LIBRARIES}


def _installed_otherwise(library: str) -> str:
    from importlib.metadata import version

    return version(library)


@cache
def _own_code() -> str:
    return code_digest(_PACKAGE)


def code_digest(package: Path) -> str:
    """Tells one state of an installed package from another, for those who edit it without a new version number.

    By content: an installer gives files new times, and a machine of CI installs anew before it restores its cache.
    """
    walked = os.walk(package)
    paths = sorted(f"{folder}/{name}" for folder, _, names in walked for name in names if name.endswith(".py"))
    together = hashlib.sha256()
    for path in paths:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123  # hundreds of Path objects take as long as reading
            content = stream.readall()
        # With its length, so that a line which moves from the end of one file to the start of the next is a change.
        together.update(f"{path[len(str(package)) :]}\0{len(content)}\0".encode() + content)
    return together.hexdigest()
