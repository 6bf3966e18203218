"""Infers what a dataset promises from its human rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.init.drafts.bounds import column_rule_error
from gates.init.drafts.columns import infer_column
from gates.init.drafts.constraints import infer_constraints
from gates.init.drafts.draft import Draft

if TYPE_CHECKING:
    import polars as pl


def infer(frame: pl.DataFrame, *, total_rows: int) -> Draft:
    """The draft of a dataset's row rules and constraints; the same for any order of rows.

    frame: human rows, content columns only. total_rows: human rows there are, of which the frame may be a sample.
    """
    error = column_rule_error(len(frame.columns))
    columns = tuple(infer_column(frame[name], error) for name in frame.columns)
    return Draft(frame.height, total_rows, columns, infer_constraints(frame, columns))
