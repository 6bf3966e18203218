"""Checks the tables of a configuration file key by key and collects every mistake before it gives up."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gates.config.data_types import DATA_TYPES, data_type
from gates.config.dataset import PURPOSES, DatasetConfig, Origins, Specs, Waiver, specs_of
from gates.config.installed.plugins import PluginKind, Plugins
from gates.config.parsing import validators
from gates.config.parsing.plugins_table import TABLE, declared
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from gates.config.parsing.line_numbers import KeyPath
    from gates.config.parsing.problems import Problems
    from gates.config.parsing.validators import Reader

Table = Mapping[str, Any]

_ORIGIN_NAMES = ("human", "synthetic")
_WAIVER_KEYS = ("check", "reason", "owner", "expires")
_TOP_LEVEL = ("datasets", "defaults", "stages", TABLE, "weakened")
_NOT_IN_DEFAULTS = ("path", "partitions", "waivers")


def plugins_of(document: Table, path: Path, problems: Problems) -> Plugins:
    """The plugins of a parsed configuration. Raises UsageError with one line for each mistake."""
    references = declared(document.get(TABLE, {}), lambda at: f"{path.name}:{problems.line(at)}", problems.add)
    problems.raise_any()
    return Plugins(path.parent, tuple(references))


def datasets_of(document: Table, path: Path, problems: Problems) -> dict[str, DatasetConfig]:
    """Every dataset of a parsed configuration, name patterns written out.

    problems: mistakes of the document's other tables, and its plugins.
    Raises UsageError with one line for each mistake, here or there.
    """
    others = len(problems.entries)
    for key in document:
        if key not in _TOP_LEVEL:
            hint = f"did you mean [datasets.{key}]?" if isinstance(document[key], dict) else ""
            near = did_you_mean(key, _TOP_LEVEL)
            problems.add((key,), f"unknown key '{key}' ({near if near.startswith('did') or not hint else hint})")
    tables, defaults = document.get("datasets", {}), document.get("defaults", {})
    for key, table in (("datasets", tables), ("defaults", defaults)):
        if not isinstance(table, dict):
            problems.add((key,), f"{key} is {validators.toml_name(table)}, expected a table")
    problems.raise_any(others)
    if not tables:
        raise UsageError(f"{path.name}: defines no dataset; add a table [datasets.NAME] or run `gates init`")
    _check_keys(defaults, ("defaults",), problems)
    for key in _NOT_IN_DEFAULTS:
        if key in defaults:
            problems.add(("defaults", key), f"'{key}' belongs to one dataset and cannot be a default")
    # Before the datasets: each of them would repeat what is wrong with a default.
    problems.raise_any(others)
    read = [dataset for name, table in tables.items() for dataset in _read(name, table, defaults, path, problems)]
    _check_twice(read, problems)
    problems.raise_any()
    return {dataset.name: dataset for dataset in read}


def _read(name: str, table: Any, defaults: Table, path: Path, problems: Problems) -> list[DatasetConfig]:
    """The datasets that one table stands for: one, or one per match of a name pattern; none if it is wrong."""
    at: KeyPath = ("datasets", name)
    if not isinstance(table, dict):
        problems.add(at, f"is {validators.toml_name(table)}, expected a table [datasets.{name}]")
        return []
    before = len(problems.entries)
    _check_name(name, at, problems)
    _check_keys(table, at, problems)
    if len(problems.entries) > before:
        return []
    merged = _merged(defaults, table)
    _check_together(merged, at, problems)
    if len(problems.entries) > before:
        return []
    lines = {key: problems.line((*at, key) if key in table else ("defaults", key)) for key in merged}
    dataset = DatasetConfig(
        name,
        path.parent,
        problems.line(at),
        **_values(merged, at, problems),
        source=path.name,
        key_lines=lines,
        plugins=problems.plugins,
    )
    return _expanded(dataset, at, problems) if "*" in name else [dataset]


def _merged(defaults: Table, table: Table) -> dict[str, Any]:
    """The dataset's keys over the defaults; `columns` and `origins` are merged key by key."""
    merged = {**defaults, **table}
    for key in ("columns", "origins"):
        if key in defaults and key in table:
            merged[key] = {**defaults[key], **table[key]}
    return merged


def _values(merged: Table, at: KeyPath, problems: Problems) -> dict[str, Any]:
    """The arguments of a DatasetConfig: arrays as tuples, tables as their own classes."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in merged.items()}
    if merged.get("reference") is False:
        values["reference"] = ""
    if "partitions" in merged:
        values["partitions"] = {
            origin: tuple(paths) if isinstance(paths, list) else paths for origin, paths in merged["partitions"].items()
        }
    if "origins" in merged:
        values["origins"] = Origins(**{origin: tuple(words) for origin, words in merged["origins"].items()})
    if "waivers" in merged:
        values["waivers"] = tuple(
            Waiver(**waiver, line=problems.line((*at, "waivers", number)))
            for number, waiver in enumerate(merged["waivers"])
        )
    return values


def _expanded(dataset: DatasetConfig, at: KeyPath, problems: Problems) -> list[DatasetConfig]:
    """One dataset per match of its path, sorted; the word under the path's `*` takes the place of the name's `*`.

    Data that DVC tracks counts although only its pointer is there, so that a fresh clone has the same datasets.
    """
    partitions = (dataset.partitions[key] for key in sorted(dataset.partitions))
    patterns = [path for paths in ([dataset.path] if dataset.path else partitions) for path in specs_of(paths)]
    words: set[str] = set()
    for pattern in patterns:
        head, star, tail = str(pattern).partition("*")
        if not star or "*" in tail:
            problems.add((*at, "path"), f"the name has one '*', so '{pattern}' needs exactly one '*' too")
            return []
        matcher = re.compile(re.escape(head) + r"([^/]+)" + re.escape(tail.rstrip("/")) + r"(?:\.dvc)?/?")
        for suffix in ("", ".dvc"):
            spec = glob.escape(head) + "*" + glob.escape(tail.rstrip("/")) + suffix
            # Path.glob takes no absolute pattern.
            paths = glob.glob(spec, root_dir=dataset.root)  # noqa: PTH207
            matches = (matcher.fullmatch(Path(path).as_posix()) for path in paths)
            words |= {match.group(1) for match in matches if match}
    # `data/*` also matches `data/reviews.dvc` itself; the pointer is no dataset beside its data.
    words = {word.removesuffix(".dvc") for word in words}
    if not words:
        problems.add((*at, "path"), f"nothing matches {' or '.join(map(repr, patterns))}")
    expanded = []
    for word in sorted(words):
        filled = {
            "path": dataset.path and _filled(dataset.path, word),
            "partitions": {key: _filled(value, word) for key, value in dataset.partitions.items()},
            "reference": dataset.reference and _filled(dataset.reference, word),
            "holdout": dataset.holdout and _filled(dataset.holdout, word),
            "evaluation": _filled(dataset.evaluation, word),
        }
        name = dataset.name.replace("*", word)
        _check_name(name, at, problems)
        expanded.append(replace(dataset, name=name, **filled))  # type: ignore[arg-type]
    return expanded


def _filled(specs: Specs, word: str) -> Specs:
    filled = tuple(spec.replace("*", word) for spec in specs_of(specs))
    return filled[0] if isinstance(specs, str) else filled


def _check_twice(datasets: Iterable[DatasetConfig], problems: Problems) -> None:
    first: dict[str, DatasetConfig] = {}
    for dataset in datasets:
        other = first.setdefault(dataset.name, dataset)
        if other is not dataset:
            text = f"{dataset.place()}: defined twice, the first time on line {other.line}"
            problems.entries.append((dataset.line, text))


def _check_name(name: str, at: KeyPath, problems: Problems) -> None:
    # Suites of a type that the configuration names lie where a dataset of this name would have its own.
    own_types = [plugin.name for plugin in problems.plugins.declared if plugin.kind is PluginKind.TYPE]
    if not name or "/" in name or any(character.isspace() for character in name):
        problems.add(at, f"'{name}' is no name for a dataset: it may not be empty or have '/' or white space in it")
    elif name in (*DATA_TYPES, *own_types):
        problems.add(at, f"'{name}' is a data type; name the dataset after what it holds")
    elif name.count("*") > 1:
        problems.add(at, f"'{name}' may have only one '*'")


def _check_keys(table: Table, at: KeyPath, problems: Problems) -> None:
    """What can be said of each key alone."""
    readers = dict(_READERS)
    if "type" in table and table["type"] not in DATA_TYPES:
        # Installed types are looked for only where a word is not known otherwise.
        readers["type"] = validators.one_of(*DATA_TYPES, *problems.plugins.names(PluginKind.TYPE))
    problems.check(table, at, readers)
    if "waivers" in table:
        _check_waivers(table["waivers"], (*at, "waivers"), problems)


def _check_together(merged: Table, at: KeyPath, problems: Problems) -> None:
    """What can be said only of the keys together."""
    _check_paths(merged, at, problems)
    words = merged.get("origins", {})
    both = set(words.get("human", ("human",))) & set(words.get("synthetic", ("synthetic",)))
    if both:
        problems.add((*at, "origins"), f"'{min(both)}' stands for human and for synthetic rows; keep it in one list")
    if "type" not in merged:
        problems.add(at, f'has no type; add type = "…" (one of {", ".join(DATA_TYPES)})')
        return
    # What roles a plugin's type has is known once it is imported: `gates.contract.plugins.registry` looks at `columns` then.
    roles = data_type(merged["type"]).roles if merged["type"] in DATA_TYPES else None
    for role in merged.get("columns", {}):
        if roles is not None and role not in roles:
            near = did_you_mean(role, roles)
            problems.add((*at, "columns", role), f"columns: type '{merged['type']}' has no role '{role}' ({near})")
    mapped = merged.get("columns", {})
    texts = data_type(merged["type"]).texts if merged["type"] in DATA_TYPES else ()
    for role, other in combinations([role for role in mapped if role in texts], 2):
        if mapped[role] == mapped[other]:
            wrong = f"columns: {role} and {other} are both '{mapped[role]}', so that every row says one thing twice"
            problems.add((*at, "columns", other), f"{wrong}; leave one of them out, or name its own column")
    for key in ("label", "group"):
        if key in merged and key in mapped and mapped[key] != merged[key]:
            problems.add((*at, key), f"{key} is '{merged[key]}' here and '{mapped[key]}' in columns; keep one of them")


def _check_paths(merged: Table, at: KeyPath, problems: Problems) -> None:
    """Where the rows of each origin lie."""
    if "path" in merged and "partitions" in merged:
        problems.add((*at, "partitions"), "has both path and partitions; give one of them")
    if "path" not in merged and "partitions" not in merged:
        problems.add(at, 'has no path; add path = "…" or a table of partitions with human and synthetic')
    # An evaluation set has human rows alone, so that there is nothing to name for synthetic ones.
    required = ("human",) if merged.get("purpose") == "evaluation" else _ORIGIN_NAMES
    if "reference" in merged:
        required = ("synthetic",)
        if "human" in merged.get("partitions", {}):
            problems.add(
                (*at, "reference"), "reference takes the place of human rows; leave partitions.human out, or it"
            )
    for origin in required:
        if "partitions" in merged and origin not in merged["partitions"]:
            problems.add((*at, "partitions"), f'partitions has no {origin}; add {origin} = "…"')


def _check_waivers(value: Any, at: KeyPath, problems: Problems) -> None:
    if not isinstance(value, list) or not all(isinstance(waiver, dict) for waiver in value):
        problems.add(at, "waivers is not an array of tables; write [[datasets.NAME.waivers]]")
        return
    seen: set[str] = set()
    for number, waiver in enumerate(value):
        here: KeyPath = (*at, number)
        missing = [key for key in _WAIVER_KEYS if key not in waiver]
        if missing:
            problems.add(here, f"a waiver needs {', '.join(_WAIVER_KEYS)}; missing: {', '.join(missing)}")
        problems.check(waiver, here, _WAIVER_READERS, "waiver: ")
        if str(waiver.get("check")) in seen:
            problems.add(here, f"check '{waiver['check']}' is waived twice")
        seen.add(str(waiver.get("check")))


_READERS: Mapping[str, Reader] = {
    "type": validators.one_of(*DATA_TYPES),
    "purpose": validators.one_of(*PURPOSES),
    "path": validators.data_path,
    "partitions": validators.table(validators.data_path, *_ORIGIN_NAMES),
    "origin": validators.string,
    "origins": validators.table(validators.origin_words, *_ORIGIN_NAMES),
    "holdout": validators.data_path,
    "reference": lambda value: "" if value is False else validators.data_path(value),
    "evaluation": lambda value: validators.strings(value) or (validators.data_path(value) if value else ""),
    "group": validators.string,
    "label": validators.string,
    "population": validators.path_below,
    "licence": validators.words,
    "critical_domains": validators.table(validators.table(validators.share, "human", "expert")),
    "cost": validators.cost,
    "slices": validators.strings,
    "columns": validators.table(validators.string),
    "synthetic_role": validators.one_of("mirror", "extend"),
    "inconclusive": validators.one_of("block", "warn"),
    "quarantine": validators.one_of("rows", "ids", "off"),
    "schema": validators.schema,
    "extends": validators.flag,
    "waivers": lambda _: "",
}
_WAIVER_READERS: Mapping[str, Reader] = {
    "check": validators.check_id,
    "reason": validators.words,
    "owner": validators.words,
    "expires": validators.day,
}
