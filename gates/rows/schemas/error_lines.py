"""Checks of others that say where they break: pandera keeps what was raised, and not in which line."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from gates.rows.schemas.rules import is_built_in

if TYPE_CHECKING:
    import pandera.polars as pa

    from gates.contract.plugins.errors import OwnCode


def telling_lines(schema: pa.DataFrameSchema, code: OwnCode) -> pa.DataFrameSchema:
    """The schema, whose own checks raise PluginError naming the line of the code in which they broke."""
    told = copy.copy(schema)
    told.checks = [_telling(check, code) for check in schema.checks]
    told.columns = {name: _column(column, code) for name, column in schema.columns.items()}
    return told


def _column(column: pa.Column, code: OwnCode) -> pa.Column:
    told = copy.copy(column)
    told.checks = [_telling(check, code) for check in column.checks]
    return told


def _telling(check: pa.Check, code: OwnCode) -> pa.Check:
    if is_built_in(check):
        return check
    told = copy.copy(check)
    told._check_fn = code.told(check._check_fn)  # noqa: SLF001 (no public name)
    return told
