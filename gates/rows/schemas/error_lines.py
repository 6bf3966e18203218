"""Checks of others that say where they break: pandera keeps what was raised, and not in which line."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from gates.rows.schemas.rules import is_built_in

if TYPE_CHECKING:
    import pandera.polars as pa

    from gates.contract.plugins.errors import OwnCode


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
