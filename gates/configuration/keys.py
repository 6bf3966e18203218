"""Checks the tables of a configuration file key by key and collects every mistake before it gives up."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gates.configuration.data_types import DATA_TYPES, data_type
from gates.configuration.dataset import DatasetConfig, Origins, Waiver
from gates.configuration.plugin_keys import TABLE, declared
from gates.configuration.plugins import PluginKind, Plugins, Reference
from gates.configuration.toml_lines import KeyPath, line_of
from gates.errors import UsageError, did_you_mean

Table = Mapping[str, Any]
# A reader says what is wrong with a value, or returns "".
Reader = Callable[[Any], str]

_TOML_NAMES = {
    bool: "a boolean", int: "an integer", float: "a float", str: "a string", list: "an array", dict: "a table",
}  # fmt: skip
_ORIGIN_NAMES = ("human", "synthetic")
_WAIVER_KEYS = ("check", "reason", "owner", "expires")
_TOP_LEVEL = ("datasets", "defaults", TABLE)
_NOT_IN_DEFAULTS = ("path", "partitions", "waivers")


@dataclass
class _Problems:
    """Mistakes found so far, each with its line. plugins: what else than the built-in may be named."""

    source: str
    prefix: KeyPath
    lines: Mapping[KeyPath, int]
    plugins: Plugins = field(default_factory=Plugins)
    found: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        return line_of(self.lines, (*self.prefix, *path))

    def add(self, path: KeyPath, message: str) -> None:
        line = self.line(path)
        who = f"dataset '{path[1]}': " if path[0] == "datasets" and len(path) > 1 else ""
        who = "defaults: " if path[0] == "defaults" else who
        self.found.append((line, f"{self.source}:{line}: {who}{message}"))

    def raise_any(self) -> None:
        """Raises one UsageError with all mistakes in the order of the file, if there are any."""
        if self.found:
            raise UsageError("\n".join(message for _, message in sorted(self.found)))


def plugins_of(document: Table, path: Path, prefix: KeyPath, lines: Mapping[KeyPath, int]) -> Plugins:
    """The plugins of a parsed configuration. Arguments and errors as in `datasets_of`."""
    problems = _Problems(path.name, prefix, lines)
    found = declared(document.get(TABLE, {}), lambda at: f"{path.name}:{problems.line(at)}", problems.add)
    problems.raise_any()
    return Plugins(path.parent, tuple(found))


def datasets_of(
    document: Table, path: Path, prefix: KeyPath, lines: Mapping[KeyPath, int], plugins: Plugins
) -> dict[str, DatasetConfig]:
    """Every dataset of a parsed configuration, name patterns written out.

    prefix: where the document lies in its file. lines: lines of the file's keys. plugins: those of this document.
    Raises UsageError with one line for each mistake.
    """
    problems = _Problems(path.name, prefix, lines, plugins)
    for key in document:
        if key not in _TOP_LEVEL:
            hint = f"did you mean [datasets.{key}]?" if isinstance(document[key], dict) else ""
            near = did_you_mean(key, _TOP_LEVEL)
            problems.add((key,), f"unknown key '{key}' ({near if near.startswith('did') or not hint else hint})")
    tables, defaults = document.get("datasets", {}), document.get("defaults", {})
    for key, table in (("datasets", tables), ("defaults", defaults)):
        if not isinstance(table, dict):
            problems.add((key,), f"{key} is {_toml_name(table)}, expected a table")
    problems.raise_any()
    if not tables:
        raise UsageError(f"{path.name}: defines no dataset; add a table [datasets.NAME] or run `gates init`")
    _check_keys(defaults, ("defaults",), problems)
    for key in _NOT_IN_DEFAULTS:
        if key in defaults:
            problems.add(("defaults", key), f"'{key}' belongs to one dataset and cannot be a default")
    # Before the datasets: each of them would repeat what is wrong with a default.
    problems.raise_any()
    found = [dataset for name, table in tables.items() for dataset in _read(name, table, defaults, path, problems)]
    _check_twice(found, problems)
    problems.raise_any()
    return {dataset.name: dataset for dataset in found}


def _read(name: str, table: Any, defaults: Table, path: Path, problems: _Problems) -> list[DatasetConfig]:
    """The datasets that one table stands for: one, or one per match of a name pattern; none if it is wrong."""
    at: KeyPath = ("datasets", name)
    if not isinstance(table, dict):
        problems.add(at, f"is {_toml_name(table)}, expected a table [datasets.{name}]")
        return []
    before = len(problems.found)
    _check_name(name, at, problems)
    _check_keys(table, at, problems)
    if len(problems.found) > before:
        return []
    merged = _merged(defaults, table)
    _check_together(merged, at, problems)
    if len(problems.found) > before:
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


def _values(merged: Table, at: KeyPath, problems: _Problems) -> dict[str, Any]:
    """The arguments of a DatasetConfig: arrays as tuples, tables as their own classes."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in merged.items()}
    if "origins" in merged:
        values["origins"] = Origins(**{origin: tuple(words) for origin, words in merged["origins"].items()})
    if "waivers" in merged:
        values["waivers"] = tuple(
            Waiver(**waiver, line=problems.line((*at, "waivers", number)))
            for number, waiver in enumerate(merged["waivers"])
        )
    return values


def _expanded(dataset: DatasetConfig, at: KeyPath, problems: _Problems) -> list[DatasetConfig]:
    """One dataset per match of its path, sorted; the word under the path's `*` takes the place of the name's `*`.

    Data that DVC tracks counts although only its pointer is there, so that a fresh clone has the same datasets.
    """
    patterns = [dataset.path] if dataset.path else [dataset.partitions[key] for key in sorted(dataset.partitions)]
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
            found = (matcher.fullmatch(Path(path).as_posix()) for path in paths)
            words |= {match.group(1) for match in found if match}
    # `data/*` also matches `data/reviews.dvc` itself; the pointer is no dataset beside its data.
    words = {word.removesuffix(".dvc") for word in words}
    if not words:
        problems.add((*at, "path"), f"nothing matches {' or '.join(map(repr, patterns))}")
    expanded = []
    for word in sorted(words):
        filled = {
            "path": dataset.path and dataset.path.replace("*", word),
            "partitions": {key: value.replace("*", word) for key, value in dataset.partitions.items()},
            "holdout": dataset.holdout and dataset.holdout.replace("*", word),
            "evaluation": tuple(path.replace("*", word) for path in dataset.evaluation),
        }
        name = dataset.name.replace("*", word)
        _check_name(name, at, problems)
        expanded.append(replace(dataset, name=name, **filled))  # type: ignore[arg-type]
    return expanded


def _check_twice(datasets: Iterable[DatasetConfig], problems: _Problems) -> None:
    first: dict[str, DatasetConfig] = {}
    for dataset in datasets:
        other = first.setdefault(dataset.name, dataset)
        if other is not dataset:
            text = f"{dataset.place()}: defined twice, the first time on line {other.line}"
            problems.found.append((dataset.line, text))


def _check_name(name: str, at: KeyPath, problems: _Problems) -> None:
    if not name or "/" in name or any(character.isspace() for character in name):
        problems.add(at, f"'{name}' is no name for a dataset: it may not be empty or have '/' or white space in it")
    elif name in DATA_TYPES or any(name == own.name for own in _own_types(problems)):
        problems.add(at, f"'{name}' is a data type; name the dataset after what it holds")
    elif name.count("*") > 1:
        problems.add(at, f"'{name}' may have only one '*'")


def _own_types(problems: _Problems) -> list[Reference]:
    """Types that the configuration names, whose suites lie where a dataset of this name would have its own."""
    return [plugin for plugin in problems.plugins.declared if plugin.kind is PluginKind.TYPE]


def _check_keys(table: Table, at: KeyPath, problems: _Problems) -> None:
    """What can be said of each key alone."""
    for key, value in table.items():
        if key not in _READERS:
            problems.add((*at, key), f"unknown key '{key}' ({did_you_mean(key, _READERS)})")
        elif key == "waivers":
            _check_waivers(value, (*at, key), problems)
        elif key == "type" and value not in DATA_TYPES:
            # Installed types are looked for only where a word is not known otherwise.
            known = (*DATA_TYPES, *problems.plugins.names(PluginKind.TYPE))
            if wrong := _one_of(*known)(value):
                problems.add((*at, key), f"{key} {wrong}")
        elif wrong := _READERS[key](value):
            problems.add((*at, key), f"{key} {wrong}")


def _check_together(merged: Table, at: KeyPath, problems: _Problems) -> None:
    """What can be said only of the keys together."""
    if "path" in merged and "partitions" in merged:
        problems.add((*at, "partitions"), "has both path and partitions; give one of them")
    if "path" not in merged and "partitions" not in merged:
        problems.add(at, 'has no path; add path = "…" or a table of partitions with human and synthetic')
    for origin in _ORIGIN_NAMES:
        if "partitions" in merged and origin not in merged["partitions"]:
            problems.add((*at, "partitions"), f'partitions has no {origin}; add {origin} = "…"')
    words = merged.get("origins", {})
    both = set(words.get("human", ("human",))) & set(words.get("synthetic", ("synthetic",)))
    if both:
        problems.add((*at, "origins"), f"'{min(both)}' stands for human and for synthetic rows; keep it in one list")
    if "type" not in merged:
        problems.add(at, f'has no type; add type = "…" (one of {", ".join(DATA_TYPES)})')
        return
    # What roles a plugin's type has is known once it is imported: `gates.plugins.registry` looks at `columns` then.
    roles = data_type(merged["type"]).roles if merged["type"] in DATA_TYPES else None
    for role in merged.get("columns", {}):
        if roles is not None and role not in roles:
            near = did_you_mean(role, roles)
            problems.add((*at, "columns", role), f"columns: type '{merged['type']}' has no role '{role}' ({near})")
    mapped = merged.get("columns", {})
    for key in ("label", "group"):
        if key in merged and key in mapped and mapped[key] != merged[key]:
            problems.add((*at, key), f"{key} is '{merged[key]}' here and '{mapped[key]}' in columns; keep one of them")


def _check_waivers(value: Any, at: KeyPath, problems: _Problems) -> None:
    if not isinstance(value, list) or not all(isinstance(waiver, dict) for waiver in value):
        problems.add(at, "waivers is not an array of tables; write [[datasets.NAME.waivers]]")
        return
    seen: set[str] = set()
    for number, waiver in enumerate(value):
        here: KeyPath = (*at, number)
        missing = [key for key in _WAIVER_KEYS if key not in waiver]
        if missing:
            problems.add(here, f"a waiver needs {', '.join(_WAIVER_KEYS)}; missing: {', '.join(missing)}")
        for key, item in waiver.items():
            if key not in _WAIVER_READERS:
                problems.add((*here, key), f"waiver: unknown key '{key}' ({did_you_mean(key, _WAIVER_KEYS)})")
            elif wrong := _WAIVER_READERS[key](item):
                problems.add((*here, key), f"waiver: {key} {wrong}")
        if str(waiver.get("check")) in seen:
            problems.add(here, f"check '{waiver['check']}' is waived twice")
        seen.add(str(waiver.get("check")))


def _toml_name(value: Any) -> str:
    return _TOML_NAMES.get(type(value), "a date or time")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        return f"is {_toml_name(value)}, expected a string"
    return "" if value.strip() else "is empty"


def _strings(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        return f'is {_toml_name(value)}, expected an array of strings such as ["a", "b"]'
    return f"names '{max(value, key=value.count)}' twice" if len(set(value)) < len(value) else ""


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else f"is {_toml_name(value)}, expected true or false"


def _one_of(*words: str) -> Reader:
    def read(value: Any) -> str:
        wrong = _string(value)
        if wrong or value in words:
            return wrong
        return f"'{value}' is unknown ({did_you_mean(value, words)})"

    return read


def _table(reader: Reader, *keys: str) -> Reader:
    """A table whose values suit the reader and whose keys, where any are given, are among them."""

    def read(value: Any) -> str:
        if not isinstance(value, dict):
            return f"is {_toml_name(value)}, expected a table"
        for key, item in value.items():
            if keys and key not in keys:
                return f"has an unknown key '{key}' ({did_you_mean(key, keys)})"
            if wrong := reader(item):
                return f"{key} {wrong}"
        return ""

    return read


def _path_below(value: Any) -> str:
    """Other versions of it are found below the configuration's folder in git, and nowhere else."""
    wrong = _string(value)
    if wrong or not (Path(value).is_absolute() or ".." in Path(value).parts):
        return wrong
    return f"is '{value}', expected a file below the folder of the configuration"


def _share(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"is {_toml_name(value)}, expected a share between 0 and 1"
    return "" if 0 <= value <= 1 else f"is {value:g}, expected a share between 0 and 1"


def _schema(value: Any) -> str:
    wrong = _string(value)
    file, _, name = str(value).rpartition(":")
    return wrong or ("" if file and name.isidentifier() else f"'{value}' is not of the form \"folder/file.py:Class\"")


def _check_id(value: Any) -> str:
    if wrong := _string(value):
        return wrong
    # Only waivers name checks; a hook that judges nothing does without verdicts.
    from gates.verdict import CheckId

    try:
        CheckId.parse(value)
    except ValueError:
        return f"'{value}' is no check id; expected <human|synthetic|combined>/<expectation>[/<detail>]"
    return ""


def _day(value: Any) -> str:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return "" if is_day else f"is {_toml_name(value)}, expected a day such as 2027-01-31, without quotes"


_READERS: Mapping[str, Reader] = {
    "type": _one_of(*DATA_TYPES),
    "purpose": _one_of("pretrain", "finetune", "preference", "evaluation"),
    "path": _string,
    "partitions": _table(_string, *_ORIGIN_NAMES),
    "origin": _string,
    "origins": _table(_strings, *_ORIGIN_NAMES),
    "holdout": _string,
    "evaluation": _strings,
    "group": _string,
    "label": _string,
    "population": _path_below,
    "critical_domains": _table(_table(_share, "human", "expert")),
    "slices": _strings,
    "columns": _table(_string),
    "synthetic_role": _one_of("mirror", "extend"),
    "inconclusive": _one_of("block", "warn"),
    "quarantine": _one_of("rows", "ids", "off"),
    "schema": _schema,
    "extends": _flag,
    "waivers": lambda _: "",
}
_WAIVER_READERS: Mapping[str, Reader] = {"check": _check_id, "reason": _string, "owner": _string, "expires": _day}
