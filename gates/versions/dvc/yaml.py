"""Reads the YAML that DVC writes, quickly and without giving words a meaning that DVC does not give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFLICT = b"<<<<<<< "
_MERGE = "<<"
_LONGEST_NUMBER = 18


# libyaml parses a lock file of 400 stages ten times as fast as the parser in Python.
# All scalars stay strings: DVC writes YAML 1.2, where `on`, `1_000` and `12:30` are words and fine names of a folder,
# while PyYAML's safe loader reads YAML 1.1, where they are a boolean and two numbers.
class LOADER(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Takes each key once, as DVC does, and merges what `<<` names."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: ARG002, FBT001, FBT002 (PyYAML's)
        """As PyYAML's. Raises MarkedYAMLError for a key that stands there twice."""
        keys: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in keys:
                twice = f"the key '{key.value}' stands there twice"
                raise yaml.constructor.ConstructorError(None, None, twice, key.start_mark)
            keys.add(key.value)
        mapping: dict[object, object] = super().construct_mapping(node, deep=True)
        merged = mapping.pop(_MERGE, {})
        for defaults in merged if isinstance(merged, list) else [merged]:
            mapping = {**defaults, **mapping} if isinstance(defaults, dict) else mapping
        return mapping


def mapping_of(content: bytes, name: str) -> Mapping[str, object]:
    """The mapping that a file holds, empty for an empty file. Raises DataError naming file and line."""
    try:
        document = yaml.load(content, Loader=LOADER)  # noqa: S506  # a base loader constructs nothing but strings
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        if _CONFLICT in content:
            raise DataError(
                f"{name}: holds the markers of a merge conflict; resolve it, then `dvc checkout`"
            ) from error
        what = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise DataError(f"{where}: not valid YAML: {what}") from error
    if document in (None, ""):
        return {}
    if not isinstance(document, dict):
        raise DataError(f"{name}: not a file of DVC: expected a mapping, found a {type(document).__name__}")
    return document


def mapping_in(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The mapping below a key, empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def mappings_in(document: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """The mappings in the list below a key, empty where there is none."""
    entries = document.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def text_in(document: Mapping[str, object], key: str) -> str | None:
    """The text below a key; None where there is none, or YAML's null."""
    value = document.get(key)
    return value if isinstance(value, str) and value not in {"", "null", "~"} else None


def number_in(document: Mapping[str, object], key: str) -> int | None:
    """The number below a key, or None. Raises DataError for one that counts nothing on this earth."""
    text = text_in(document, key)
    if text and len(text) > _LONGEST_NUMBER:
        raise DataError(f"{key}: a number of {len(text):,} digits, which DVC does not write; restore the file from git")
    return int(text) if text and text.isdecimal() else None
