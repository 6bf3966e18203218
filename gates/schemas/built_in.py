"""The row rules that a data type brings along; the one place where a type's schema is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.schemas.annotations import Annotations
from gates.schemas.events import Events
from gates.schemas.instruction import instruction_schema
from gates.schemas.preference import Preference
from gates.schemas.tabular import tabular_schema
from gates.schemas.text import Text
from gates.schemas.timeseries import Timeseries
from gates.schemas.translation import Translation

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandera.polars as pa

    from gates.scan import Roles

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
