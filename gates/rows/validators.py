"""The schemas that rows are held to: the data type's, and the dataset's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.rows.schemas.built_in import built_in_schema, plugin_schema
from gates.rows.validation import RowValidator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.config.row_rules import RowRule
    from gates.contract.plugins import TypeContract
    from gates.contract.plugins.errors import OwnCode
    from gates.data.facts import Roles
    from gates.rows.load import LoadedSchema


def validators_of(
    roles: Roles,
    column_types: Mapping[str, str],
    own: LoadedSchema | None,
    brought: TypeContract | None = None,
    code: OwnCode | None = None,
) -> list[RowValidator]:
    """The data type's schema and the dataset's own; where both have a rule, both count (see `row_failures.joined`).

    column_types: Arrow type by column of the opened dataset. brought: what a plugin promises of the type, code: whose
    lines messages name where its schema breaks.
    Raises PluginError for a plugin whose schema is none.
    """
    of_type = plugin_schema(brought, code, roles, column_types) if brought else built_in_schema(roles, column_types)
    return [RowValidator(of_type), RowValidator(own.model)] if own else [RowValidator(of_type)]


def rules_of(validators: Sequence[RowValidator]) -> dict[str, RowRule]:
    """The rules of all schemas by id."""
    return {rule.id: rule for validator in validators for rule in validator.rules}


def drafted(validators: Sequence[RowValidator], own: LoadedSchema | None) -> frozenset[str]:
    """Ids of the rules that only the dataset's own schema has, while that is a draft."""
    if own is None or not own.is_draft:
        return frozenset()
    built_in, in_draft = ({rule.id for rule in validator.rules} for validator in validators)
    return frozenset(in_draft - built_in)
