"""Plugins of a repository run as they were loaded: with their own modules, and with none that no contract knows of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from gates.contract.plugins.imports import known_imports
from gates.contract.plugins.interface import TypeContract, is_made
from gates.metrics.base.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import ModuleType

Offered = TypeVar("Offered")
Returned = TypeVar("Returned")


@dataclass(frozen=True)
class Surroundings:
    """What a plugin of a repository was loaded with. root, folder, modules: as `known_imports` takes them."""

    root: Path
    folder: Path | None
    modules: Mapping[str, ModuleType]

    def isolated(self, value: Offered) -> Offered:
        """The plugin, whose functions that judge see these modules only; a report judges nothing.

        They raise PluginError where they import another module of the repository.
        """
        if isinstance(value, Metric):
            return replace(value, measure=self._call(value.measure))
        if isinstance(value, TypeContract) and is_made(value.schema):
            return replace(value, schema=self._call(_schema_made_by(value.schema)))
        return value

    def _call(self, function: Callable[..., Returned]) -> Callable[..., Returned]:
        @wraps(function)
        def call(*arguments: object) -> Returned:
            with known_imports(self.root, self.folder, self.modules):
                return function(*arguments)

        return call


def _schema_made_by(make: Callable[..., object]) -> Callable[..., object]:
    """A model is made a schema at once, because its annotations are resolved through its module."""

    def made(*arguments: object) -> object:
        schema = make(*arguments)
        to_schema = getattr(schema, "to_schema", None) if isinstance(schema, type) else None
        return to_schema() if to_schema else schema

    return made
