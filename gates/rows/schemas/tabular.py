"""Row rules of the data type `tabular`, whose columns are the user's own.

What a column may hold is inferred by `gates init` from the human rows, or written by a person. What holds for any
table is little: no infinite numbers. Column names are unique wherever a dataset can be opened at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.polars as pa

from gates.rows.schemas.rules import finite

if TYPE_CHECKING:
    from collections.abc import Mapping

ARROW_FLOATS = frozenset({"halffloat", "float", "double"})


def tabular_schema(columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a table with these columns, name to Arrow type; every column of floats has the rule `finite`."""
    return pa.DataFrameSchema(
        {
            name: pa.Column(checks=finite(), nullable=True, required=False)
            for name, arrow_type in columns.items()
            if arrow_type in ARROW_FLOATS
        },
        name="tabular",
    )
