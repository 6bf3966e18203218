"""The data types there are; the one list that configuration and engines read."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from gates.config import types
from gates.config.roles import COMPLETIONS, HISTORY, LINEAGE_ROLES, MESSAGES, PEOPLE_ROLES, RESPONSE_GENERATORS, VOTES
from gates.config.types.declaration import DataType

__all__ = [
    "COMPLETIONS",
    "DATA_TYPES",
    "HISTORY",
    "LINEAGE_ROLES",
    "MESSAGES",
    "PEOPLE_ROLES",
    "RESPONSE_GENERATORS",
    "VOTES",
    "DataType",
    "data_type",
]


def _built_in() -> list[DataType]:
    """What the modules of `gates.config.types` declare, the type that asks for the fewest roles first, then by name."""
    # Every program that reads gates.toml has `pathlib` anyway; `pkgutil` would be a library more.
    names = [file.stem for file in Path(types.__path__[0]).glob("[a-z]*.py")]
    modules = (import_module(f"{types.__name__}.{name}") for name in names)
    declared: list[DataType] = [module.TYPE for module in modules if hasattr(module, "TYPE")]
    return sorted(declared, key=lambda one: (len(one.required_roles), one.name))


_BY_NAME = {one.name: one for one in _built_in()}

DATA_TYPES: tuple[str, ...] = tuple(_BY_NAME)


def data_type(name: str) -> DataType:
    """The data type of this name. Raises KeyError when there is none."""
    return _BY_NAME[name]
