"""The row rules that a data type brings along; the one place where a built-in type's schema is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.polars as pa

from gates.contract.plugins.interface import TypeContract
from gates.errors import GatesError, PluginError
from gates.rows.schemas.annotations import Annotations
from gates.rows.schemas.error_lines import telling_lines
from gates.rows.schemas.events import Events
from gates.rows.schemas.instruction import instruction_schema
from gates.rows.schemas.preference import Preference
from gates.rows.schemas.tabular import tabular_schema
from gates.rows.schemas.text import Text
from gates.rows.schemas.timeseries import Timeseries
from gates.rows.schemas.translation import Translation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.contract.plugins.load import LoadedPlugin
    from gates.data.facts import Roles

_SCHEMAS = {
    "text": Text,
    "preference": Preference,
    "annotations": Annotations,
    "timeseries": Timeseries,
    "translation": Translation,
    "events": Events,
}


def built_in_schema(roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a data type for columns of these Arrow types."""
    if roles.type == "tabular":
        return tabular_schema({name: columns[name] for name in roles.content})
    if roles.type == "instruction":
        return instruction_schema(roles.bound)
    return _SCHEMAS[roles.type]


def plugin_schema(plugin: LoadedPlugin, roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema that a plugin brings along for its type. Raises PluginError where it has none."""
    brought = plugin.value
    if not isinstance(brought, TypeContract):
        raise TypeError(plugin.reference.kind)
    who = f"data type '{brought.data_type.name}'"
    schema = brought.schema
    try:
        if callable(schema) and not isinstance(schema, pa.DataFrameSchema):
            schema = schema(roles, columns)
        if isinstance(schema, type) and issubclass(schema, pa.DataFrameModel):
            schema = schema.to_schema()
    except GatesError as error:
        raise PluginError(f"{who}: its schema: {error}") from error
    except Exception as error:
        raise PluginError(f"{who}: its schema: {type(error).__name__}: {error}") from error
    if not isinstance(schema, pa.DataFrameSchema):
        raise PluginError(f"{who}: its schema is a {type(schema).__name__}, expected a pandera.polars DataFrameSchema")
    return telling_lines(schema, plugin.code) if plugin.code else schema
