"""How many values, or combinations of values, another row has too, counted by groups.

As shipped, Great Expectations puts a count beside every row, by a window over all values or by joining the groups with the
rows again. A group of two or more rows says as much: its size is the number of rows that are not unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import sqlalchemy as sa
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.validator.metric_configuration import MetricConfiguration

from gates.gx.engine import GatesDuckDBExecutionEngine as Engine

if TYPE_CHECKING:
    from collections.abc import Sequence

# A grouping spills, but its directory of groups has to fit: 70 million numbers do not fit into 100 MB, an eighth of them does.
_MORE_PARTS, _PARTS_AT_MOST = 8, 512
_ROWS = ("row_condition", "condition_parser", "ignore_row_if")


class _RepeatedCount(MetricProvider):  # type: ignore[misc]
    """Rows whose value another row has; rows in which a value is missing are none, as in the condition that it stands for."""

    condition = ""

    @classmethod
    def _get_evaluation_dependencies(cls, metric: MetricConfiguration, **_: Any) -> dict[str, MetricConfiguration]:
        # It is computed from the columns alone, and refuses columns that are not there.
        condition = MetricConfiguration(f"{cls.condition}.condition", metric.metric_domain_kwargs)
        return {"unexpected_condition": condition} if cls.condition else {}


class UniqueValues(_RepeatedCount):
    """Values of a column."""

    condition = "column_values.unique"
    metric_name = "column_values.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column", *_ROWS[:2])

    @metric_value(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, execution_engine: Engine, metric_domain_kwargs: dict[str, Any], **_: Any) -> int:  # noqa: N805
        return _repeated(execution_engine, metric_domain_kwargs, [metric_domain_kwargs["column"]])


class UniqueCombinations(_RepeatedCount):
    """Combinations of values of several columns."""

    condition = "compound_columns.unique"
    metric_name = "compound_columns.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column_list", *_ROWS)

    @metric_value(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, execution_engine: Engine, metric_domain_kwargs: dict[str, Any], **_: Any) -> int:  # noqa: N805
        return _repeated(execution_engine, metric_domain_kwargs, metric_domain_kwargs["column_list"])


def _repeated(engine: Engine, domain: dict[str, Any], names: Sequence[str]) -> int:
    """Rows of groups of two and more: of all groups at once, else of as many parts of them as fit into memory, one after the other."""
    parts = 1
    while True:
        try:
            return sum(_repeated_in(engine, domain, names, part, parts) for part in range(parts))
        except sa.exc.DBAPIError as error:
            if not isinstance(error.orig, duckdb.OutOfMemoryException) or parts >= _PARTS_AT_MOST:
                raise
            parts *= _MORE_PARTS


def _repeated_in(engine: Engine, domain: dict[str, Any], names: Sequence[str], part: int, parts: int) -> int:
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    conditions: list[sa.ColumnElement[bool]] = [column.is_not(None) for column in columns]
    if parts > 1:
        conditions.append(sa.func.hash(*columns) % parts == part)
    groups = (
        sa.select(sa.func.count().label("rows"))
        .select_from(engine.get_domain_records(domain))
        .where(*conditions)
        .group_by(*columns)
        .having(sa.func.count() > 1)
        .subquery("repeated")
    )
    return int(engine.execute_query(sa.select(sa.func.coalesce(sa.func.sum(groups.c.rows), 0))).scalar())
