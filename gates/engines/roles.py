"""Which column of an opened dataset plays which part."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from gates.configuration.data_types import LINEAGE_ROLES, data_type
from gates.errors import UsageError
from gates.scan import Roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.configuration.dataset import DatasetConfig
    from gates.engines.columns import Column

# A message names this many columns where none is near; wide tables have thousands.
_NAMED_COLUMNS = 10


@dataclass(frozen=True)
class Binder:
    """Finds the columns that a configuration names among those of the data.

    is_lenient: columns that the data lacks are left out instead of refused; required roles are always refused.
    """

    config: DatasetConfig
    columns: Sequence[Column]
    where: str
    is_lenient: bool = False

    def roles(self) -> Roles:
        """The roles of the opened dataset. Raises UsageError naming the line of a column that is not there."""
        config, kind = self.config, data_type(self.config.type)
        for column in config.columns.values():
            self._named("columns", column)
        bound = {role: role for role in kind.roles if self._has(role) and self._binds(role)}
        for role in kind.required_roles:
            if role not in bound:
                raise UsageError(
                    f'{config.place("columns")}: {self._no_column(role)}; map it with columns = {{ {role} = "…" }}'
                )
        lineage = {role: role for role in LINEAGE_ROLES if role in bound}
        key = kind.key if kind.key in bound else None
        return Roles(
            type=config.type,
            content=kind.content or self._everything_but({*lineage, key}),
            texts=kind.texts,
            label=self._named("label", config.label) or bound.get("label"),
            group=self._named("group", config.group) or bound.get("group"),
            key=key,
            generator=lineage.get("generator"),
            slices=tuple(name for name in (self._named("slices", name) for name in config.slices) if name),
            lineage=lineage,
        )

    def _binds(self, role: str) -> bool:
        return role in self.config.columns or role in data_type(self.config.type).named_roles

    def _has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def _everything_but(self, names: set[str | None]) -> tuple[str, ...]:
        """Columns of the files; what folder names say is how rows are filed, not what they say."""
        return tuple(column.name for column in self.columns if column.name not in names and not column.is_key)

    def _named(self, key: str, column: str | None) -> str | None:
        """The view's name of a column that the configuration calls by its name in the file, or by its role."""
        if column is None:
            return None
        for attribute in ("source", "name"):
            for found in self.columns:
                if getattr(found, attribute) == column:
                    return found.name
        if self.is_lenient:
            return None
        raise UsageError(f"{self.config.place(key)}: {self._no_column(column)}")

    def _no_column(self, name: str) -> str:
        names = [column.source for column in self.columns]
        near = get_close_matches(name, names, n=1, cutoff=0.6)
        rest = len(names) - _NAMED_COLUMNS
        listed = ", ".join(names[:_NAMED_COLUMNS]) + (f" and {rest} more" if rest > 0 else "")
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {listed}"
        return f"no column '{name}' in {self.where} ({hint})"
