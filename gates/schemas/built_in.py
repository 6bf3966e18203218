"""The row rules that a data type brings along; the one place where a type's schema is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.schemas.tabular import tabular_schema
from gates.schemas.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandera.polars as pa

    from gates.scan import Roles


def built_in_schema(roles: Roles, columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a data type for columns of these Arrow types."""
    if roles.type == "text":
        return Text
    return tabular_schema({name: columns[name] for name in roles.content})
