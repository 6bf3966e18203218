"""The row rules that a data type brings along, a built-in one or a plugin's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.polars as pa

from gates.config.data_types import data_type
from gates.contract.plugins.interface import TypeContract
from gates.errors import GatesError, PluginError, foreign_text
from gates.rows.schemas.declared import declared_schema
from gates.rows.schemas.error_lines import with_error_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.data_types import DataType
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
