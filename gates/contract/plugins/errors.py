"""Where the code of others breaks, so that its author need not search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from inspect import unwrap
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, TypeVar

from gates.contract.plugins.interface import Report, TypeContract, is_made
from gates.contract.plugins.own_files import is_own_file, place_of
from gates.errors import PluginError, foreign_code, foreign_text
from gates.metrics.base.measurement import Measurement
from gates.metrics.base.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

Offered = TypeVar("Offered")
Returned = TypeVar("Returned")


@dataclass(frozen=True)
class OwnCode:
    """Code that is not of gates. root, package: as `place_of` takes them."""

    root: Path
    package: str = ""

    def with_error_context(self, value: Offered) -> Offered:
        """The plugin, whose functions raise PluginError with the line of its own code in which they broke."""
        if isinstance(value, Metric):
            return replace(value, measure=self.wrap(value.measure, Measurement))
        if isinstance(value, Report):
            document = self.wrap(value.document, str) if value.document else None
            return replace(value, render=self.wrap(value.render, str), document=document)
        if isinstance(value, TypeContract):
            schema = self.wrap(value.schema) if is_made(value.schema) else value.schema
            return replace(value, schema=schema)
        return value

    def wrap(
        self, function: Callable[..., Returned], expected: type | UnionType | None = None
    ) -> Callable[..., Returned]:
        """The function; what is raised on purpose, it raises as it is. expected: what it has to return, if one type is known."""

        @wraps(function)
        def call(*arguments: object, **named: object) -> Returned:
            with foreign_code(lambda error: PluginError(self.format_error(error))):
                returned = function(*arguments, **named)
            if expected is not None and not isinstance(returned, expected):
                kinds = expected.__args__ if isinstance(expected, UnionType) else (expected,)
                names = " or ".join(kind.__name__ for kind in kinds)
                raise PluginError(f"{self._defined(function)}returned a {type(returned).__name__}, expected a {names}")
            return returned

        return call

    def _defined(self, function: Callable[..., object]) -> str:
        """`metrics/mine.py:14: measure `; the module instead of the file for an installed one."""
        own = unwrap(function)
        # An object that can be called has no code.
        code = getattr(own, "__code__", None)
        if code is None:
            return ""
        file = Path(code.co_filename).resolve()
        own_file = is_own_file(code.co_filename, self.root) and file.is_relative_to(self.root)
        shown = file.relative_to(self.root).as_posix() if own_file else own.__module__
        return f"{shown}:{code.co_firstlineno}: {own.__name__} "

    def format_error(self, error: BaseException) -> str:
        """`metrics/mine.py:14: KeyError: 'x'`; without the place where no line of this code had a part in it."""
        place = place_of(error, self.root, self.package)
        return f"{place}: {foreign_text(error)}" if place else foreign_text(error)
