"""Which column of an opened dataset plays which part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from gates.config.data_types import LINEAGE_ROLES, MESSAGES, PEOPLE_ROLES, DataType
from gates.config.roles import INDEX_NAME
from gates.data.columns import Column, columns_of
from gates.data.conversations.columns import MESSAGES_TYPE, Conversations
from gates.data.facts import Roles
from gates.data.nested_values import NO_VALUE, SINGLE_VALUE, nested_in_files, nested_in_texts
from gates.errors import UsageError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.config.dataset import DataSource
    from gates.data.formats.staging import StagedFile

# A message names this many columns where none is near; wide tables have thousands.
_NAMED_COLUMNS = 10


def role_columns(files: Sequence[StagedFile], config: DataSource, kind: DataType) -> list[Column]:
    """The columns of all files under the names of their roles, and those that conversations hold."""
    mapped, place = mapped_roles(config, kind), config.place("columns")
    _refuse_no_value(config, "origin", config.origin, _written_out(files, config.origin))
    named = {*mapped.values(), *kind.required_roles, config.label, config.group, *config.slices}
    columns = [
        replace(column, holds=_written_out(files, column.source)) if {column.source, column.name} & named else column
        for column in columns_of(files, config.origin, mapped)
    ]
    bound = {role for role in kind.roles if role in mapped or role in kind.named_roles}
    return Conversations(files, kind, bound, place).read(columns)


def _written_out(files: Sequence[StagedFile], column: str) -> str:
    return nested_in_files(files, column) or nested_in_texts(files, column)


def _refuse_no_value(config: DataSource, key: str, column: str, holds: str) -> None:
    """Raises UsageError for a column that a key names and whose values are no texts, numbers or times."""
    # A digest tells groups apart, too.
    if holds and (key, holds) != ("group", "bytes"):
        raise UsageError(f"{config.place(key)}: {NO_VALUE.format(column, holds, key, SINGLE_VALUE)}")


def mapped_roles(config: DataSource, kind: DataType) -> Mapping[str, str]:
    """The column of the file by role, as `columns` has them, and those that another key names for a role the type cannot do without.

    A label may be the `label`; the origin column may be the annotator, where annotators' names say who is a machine.
    """
    named = {"label": config.label, str(config.origin): config.origin}
    others = {role: column for role, column in named.items() if column and role in kind.required_roles}
    return {**others, **config.columns} if others else config.columns


@dataclass(frozen=True)
class Binder:
    """Finds the columns that a configuration names among those of the data.

    is_lenient: columns that the data lacks are left out instead of refused; required roles are always refused.
    """

    config: DataSource
    kind: DataType
    columns: Sequence[Column]
    where: str
    is_lenient: bool = False

    def roles(self) -> Roles:
        """The roles of the opened dataset. Raises UsageError naming the line of a column that is not there."""
        config, kind = self.config, self.kind
        for column in config.columns.values():
            self._named("columns", column)
        bound = {role: role for role in kind.roles if self._has(role) and self._binds(role)}
        if missing := [role for role in kind.required_roles if role not in bound]:
            instead = f', or {MESSAGES} = "…"' if any(role in kind.derived for role in missing) else ""
            line = ", ".join(f'{role} = "…"' for role in missing)
            raise UsageError(
                f"{config.place('columns')}: {self._no_column(missing[0])}; map it with columns = {{ {line}{instead} }}"
            )
        lineage = {role: role for role in LINEAGE_ROLES if role in bound}
        key = kind.key if kind.key in bound else None
        content = tuple(role for role in kind.content if role in bound)
        group = self._named("group", config.group) or bound.get("group")
        default_group = next((role for role in kind.groups if role in bound), None)
        return Roles(
            type=config.type,
            content=content or self._everything_but({*lineage, key, *({*bound} & {*PEOPLE_ROLES})}),
            texts=tuple(role for role in kind.texts if role in bound),
            label=self._named("label", config.label) or bound.get("label"),
            group=group or default_group,
            group_by_day=kind.by_day if default_group and not group else None,
            key=key,
            declared_key=key if key and self._names_rows(config.columns.get(key)) else None,
            generator=lineage.get("generator"),
            slices=tuple(name for name in (self._named("slices", name) for name in config.slices) if name),
            lineage=lineage,
            bound=tuple(bound),
            identifying=tuple(role for role in kind.identifying if role in bound),
            prompt=kind.prompt if kind.prompt in bound else None,
            spoken=tuple(column.name for column in self.columns if column.parse and column.name in bound),
            turns=next(
                (column.name for column in self.columns if column.kind == MESSAGES_TYPE and column.reading), None
            ),
            mappable=kind.roles,
            in_files={**mapped_roles(config, kind), "origin": config.origin},
        )

    @staticmethod
    def _names_rows(column: str | None) -> bool:
        return column is not None and not INDEX_NAME.fullmatch(column)

    def _binds(self, role: str) -> bool:
        return role in mapped_roles(self.config, self.kind) or role in self.kind.named_roles

    def _has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def _everything_but(self, names: set[str | None]) -> tuple[str, ...]:
        """Columns of the files; what folder names say is how rows are filed, not what they say."""
        return tuple(column.name for column in self.columns if column.name not in names and not column.is_key)

    def _named(self, key: str, column: str | None) -> str | None:
        """The view's name of a column that the configuration calls by its name in the file, or by its role.

        Raises UsageError where there is none, and where it holds lists, structs or bytes.
        """
        if column is None:
            return None
        for attribute in ("source", "name"):
            for candidate in self.columns:
                if getattr(candidate, attribute) == column:
                    if key != "columns":
                        _refuse_no_value(self.config, key, column, candidate.holds)
                    return candidate.name
        if self.is_lenient:
            return None
        raise UsageError(f"{self.config.place(key)}: {self._no_column(column)}")

    def _no_column(self, name: str) -> str:
        names = [column.source for column in self.columns]
        near = get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {first_few(names, _NAMED_COLUMNS)}"
        return f"no column '{name}' in {self.where} ({hint})"
