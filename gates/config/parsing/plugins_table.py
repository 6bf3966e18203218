"""The table `[plugins]` of a configuration: names, and where their code is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.installed.plugins import PluginKind, Reference
from gates.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gates.config.parsing.line_numbers import KeyPath

TABLE = "plugins"
KEYS = {kind.key: kind for kind in PluginKind}


def declared(table: object, place: Callable[[KeyPath], str], add: Callable[[KeyPath, str], None]) -> list[Reference]:
    """The plugins that the table names, in its order.

    place: `gates.toml:7` of a key. add: called with the key and what is wrong with it.
    """
    references: list[Reference] = []
    for key, entries in _items(table, (TABLE,), add):
        at: KeyPath = (TABLE, key)
        if key not in KEYS:
            add(at, f"plugins: unknown key '{key}' ({did_you_mean(key, KEYS)})")
            continue
        for name, spec in _items(entries, at, add):
            if wrong := _problem(spec):
                add((*at, name), f"plugins: {KEYS[key]} '{name}' {wrong}")
            else:
                references.append(Reference(KEYS[key], name, str(spec), place((*at, name))))
    return references


def _items(table: object, at: KeyPath, add: Callable[[KeyPath, str], None]) -> Iterator[tuple[str, object]]:
    if isinstance(table, dict):
        yield from table.items()
    else:
        add(at, f'{".".join(map(str, at))} is no table; write {at[-1]} = {{ NAME = "path/to/file.py:Attribute" }}')


def _problem(spec: object) -> str:
    module, _, attribute = str(spec).rpartition(":")
    is_file = module.endswith(".py")
    is_module = all(part.isidentifier() for part in module.split("."))
    if isinstance(spec, str) and attribute.isidentifier() and (is_file or is_module):
        return ""
    return f'is {spec!r}, expected "path/to/file.py:Attribute" or "package.module:attribute"'
