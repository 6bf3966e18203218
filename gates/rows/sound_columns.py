"""Columns in which every row keeps every rule, told in one go, so that pandera is asked of the others alone.

pandera looks at one check of one column at a time, and each look costs a plan, a pass and several frames, though nearly
all batches of sound data break nothing. The checks that it brings along, and ours, are polars expressions: those of all
columns are evaluated together. Whatever is not true of every row, and whatever cannot be put this way, is pandera's to judge.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import polars as pl

# Makes pandera's own checks known, which otherwise waits for its first call.
from pandera.backends.polars import builtin_checks as _registered  # noqa: F401
from pandera.backends.polars.checks import PolarsCheckBackend
from pandera.polars import Check, PolarsData

from gates.rows.schemas.rules import is_built_in, reads_one_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.rows.compile import ColumnRules

logger = logging.getLogger(__name__)


def sound_columns(columns: Mapping[str, ColumnRules], frame: pl.DataFrame) -> set[str]:
    """The columns of which pandera would find no row that breaks a rule; not all such columns need be among them.

    columns: the rules of each by its name in the frame.
    """
    rows = frame.lazy()
    questions: list[tuple[str, pl.LazyFrame]] = []
    for name, column in columns.items():
        kind = frame.schema[name]
        if _is_of_type(column, kind) and all(map(_is_expression, _checks(column))):
            try:
                questions += [(name, question) for question in _questions(name, column, rows, kind)]
            except (pl.exceptions.PolarsError, TypeError, ValueError, NotImplementedError) as error:
                # pandera is asked why it cannot run, and says so.
                logger.debug("%s: %s", name, error)
                questions = [one for one in questions if one[0] != name]
    try:
        answers = pl.collect_all([question for _, question in questions])
    except pl.exceptions.PolarsError as error:
        logger.debug("asked one by one: %s", error)
        return set()
    unsound = {name for (name, _), answer in zip(questions, answers, strict=True) if not answer.item()}
    return {name for name, _ in questions} - unsound


def _checks(column: ColumnRules) -> Iterator[Check]:
    return (check.check for check in column.checks)


def _is_of_type(column: ColumnRules, kind: pl.DataType) -> bool:
    expected = column.column.dtype
    return expected is None or bool(expected.check(kind, None))


def _is_expression(check: Check) -> bool:
    return not check.element_wise and not check.groupby and (is_built_in(check) or reads_one_column(check))


def _questions(name: str, column: ColumnRules, rows: pl.LazyFrame, kind: pl.DataType) -> Iterator[pl.LazyFrame]:
    """Frames of one cell each, all of them true where every row keeps every rule."""
    value = pl.col(name)
    has_value = value.is_not_null() & value.is_not_nan() if kind.is_float() else value.is_not_null()
    yield rows.select(pl.lit(value=True) if column.column.nullable else has_value.all())
    for check in _checks(column):
        output = PolarsCheckBackend(check).apply(PolarsData(rows, name))
        yield output.select(pl.first().fill_null(check.ignore_na).all())
