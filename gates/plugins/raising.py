"""Where the code of others breaks, so that its author need not search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from gates.errors import GatesError, PluginError
from gates.metrics.metric import Metric
from gates.plugins.modules import place_of
from gates.plugins.offered import Report, TypeContract, is_made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Offered = TypeVar("Offered")
Returned = TypeVar("Returned")


@dataclass(frozen=True)
class OwnCode:
    """Code that is not of gates. root, package: as `place_of` takes them."""

    root: Path
    package: str = ""

    def telling(self, value: Offered) -> Offered:
        """The plugin, whose functions raise PluginError with the line of its own code in which they broke."""
        if isinstance(value, Metric):
            return replace(value, measure=self.told(value.measure))
        if isinstance(value, Report):
            return replace(value, render=self.told(value.render))
        if isinstance(value, TypeContract):
            schema = self.told(value.schema) if is_made(value.schema) else value.schema
            return replace(value, schema=schema, code=self)
        return value

    def told(self, function: Callable[..., Returned]) -> Callable[..., Returned]:
        """The function; what is raised on purpose, it raises as it is."""

        @wraps(function)
        def call(*arguments: object, **named: object) -> Returned:
            try:
                return function(*arguments, **named)
            except GatesError:
                raise
            # Code that ends the program would end it with an exit code of its own, 0 perhaps.
            except (Exception, SystemExit) as error:
                raise PluginError(self.said(error)) from error

        return call

    def said(self, error: BaseException) -> str:
        """`metrics/mine.py:14: KeyError: 'x'`; without the place where no line of this code had a part in it."""
        place = place_of(error, self.root, self.package)
        return f"{place}: {type(error).__name__}: {error}" if place else f"{type(error).__name__}: {error}"
