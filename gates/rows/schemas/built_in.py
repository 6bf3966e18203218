"""The row rules that a data type brings along, a built-in one or a plugin's, and checks of others that say in which line they broke."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pandera.polars as pa

from gates.config.data_types import DataType, data_type
from gates.contract.plugins.interface import TypeContract
from gates.errors import GatesError, PluginError, foreign_text
from gates.rows.schemas.declared import declared_schema
from gates.rows.schemas.rules import is_built_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.contract.plugins.errors import OwnCode
    from gates.contract.plugins.load import LoadedPlugin
    from gates.data.facts import Roles


def built_in_schema(roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a data type for columns of these Arrow types."""
    return _declared(data_type(roles.type), roles, columns)


def plugin_schema(plugin: LoadedPlugin, roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema that a plugin brings along for its type. Raises PluginError where it has none."""
    if not isinstance(plugin.value, TypeContract):
        raise TypeError(plugin.reference.kind)
    schema = schema_of(plugin.value, roles, columns)
    return with_error_lines(schema, plugin.code) if plugin.code else schema


def schema_of(contract: TypeContract, roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a data type, made where a function makes it, else of its declared rules.

    Raises PluginError where there is none.
    """
    who = f"data type '{contract.data_type.name}'"
    schema = contract.schema
    try:
        if schema is None:
            schema = _declared(contract.data_type, roles, columns)
        if callable(schema) and not isinstance(schema, pa.DataFrameSchema):
            schema = schema(roles, columns)
        if isinstance(schema, type) and issubclass(schema, pa.DataFrameModel):
            schema = schema.to_schema()
    except GatesError as error:
        raise PluginError(f"{who}: its schema: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(f"{who}: its schema: {foreign_text(error)}") from error
    if not isinstance(schema, pa.DataFrameSchema):
        raise PluginError(f"{who}: its schema is a {type(schema).__name__}, expected a pandera.polars DataFrameSchema")
    return schema


def _declared(kind: DataType, roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    own = {} if kind.content else {name: columns[name] for name in roles.content}
    return declared_schema(kind, roles.bound, own)


def with_error_lines(schema: pa.DataFrameSchema, code: OwnCode) -> pa.DataFrameSchema:
    """The schema, whose own checks raise PluginError naming the line of the code in which they broke."""
    own = copy.copy(schema)
    own.checks = [_with_error_lines(check, code) for check in schema.checks]
    own.columns = {name: _column(column, code) for name, column in schema.columns.items()}
    return own


def _column(column: pa.Column, code: OwnCode) -> pa.Column:
    own = copy.copy(column)
    own.checks = [_with_error_lines(check, code) for check in column.checks]
    return own


def _with_error_lines(check: pa.Check, code: OwnCode) -> pa.Check:
    if is_built_in(check):
        return check
    own = copy.copy(check)
    own._check_fn = code.wrap(check._check_fn)  # noqa: SLF001 (no public name)
    return own
