"""Metric providers in which an unknown comparison is unexpected.

In SQL a comparison with NULL is neither true nor false, and Great Expectations counts as unexpected only what is false:
as shipped, a pair with a NULL on one side passes `a > b`. DuckDB orders NaN above every number, so that NaN passes every
lower bound. Both are unexpected here, as they are on pandas.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    ColumnPairMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    column_pair_condition_partial,
    multicolumn_condition_partial,
)

from gates.gx.engine import GatesDuckDBExecutionEngine as Engine

_ROWS = ("row_condition", "condition_parser", "ignore_row_if")


class IsBetween(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values within bounds; NaN is within none."""

    condition_metric_name = "column_values.between"
    condition_value_keys = ("min_value", "max_value", "strict_min", "strict_max")

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, _metrics: dict[str, Any], **bounds: Any) -> Any:  # noqa: N805
        low, high = bounds.get("min_value"), bounds.get("max_value")
        kind = next((item["type"] for item in _metrics["table.column_types"] if item["name"] == column.name), None)
        if isinstance(kind, sa.String | sa.Boolean):
            raise ValueError(f"column '{column.name}' holds {type(kind).__name__}: expected numbers or dates")  # noqa: TRY004  # not a wrong call: wrong data
        conditions = []
        if low is not None:
            conditions.append(column > sa.literal(low) if bounds.get("strict_min") else column >= sa.literal(low))
        if high is not None:
            conditions.append(column < sa.literal(high) if bounds.get("strict_max") else column <= sa.literal(high))
        if not conditions:
            raise ValueError("min_value and max_value are both missing: expected at least one")
        if isinstance(kind, sa.Float):
            conditions.append(sa.not_(sa.func.isnan(column)))
        return sa.and_(*conditions)


class IsGreater(ColumnPairMapMetricProvider):  # type: ignore[misc]
    """Pairs whose first value is known to be greater."""

    condition_metric_name = "column_pair_values.a_greater_than_b"
    condition_domain_keys = ("batch_id", "table", "column_A", "column_B", *_ROWS)
    condition_value_keys = ("or_equal",)

    @column_pair_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column_A: Any, column_B: Any, or_equal: bool | None = None, **_: Any) -> Any:  # noqa: FBT001, N803, N805
        if or_equal:
            return _known(sa.or_(column_A >= column_B, sa.and_(column_A.is_(None), column_B.is_(None))))
        return _known(column_A > column_B)


class PairIsInSet(ColumnPairMapMetricProvider):  # type: ignore[misc]
    """Pairs that are in the set, where None stands for NULL."""

    condition_metric_name = "column_pair_values.in_set"
    condition_domain_keys = ("batch_id", "table", "column_A", "column_B", "ignore_row_if")
    condition_value_keys = ("value_pairs_set",)

    @column_pair_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column_A: Any, column_B: Any, value_pairs_set: list[tuple[Any, Any]], **_: Any) -> Any:  # noqa: N803, N805
        pairs = [sa.and_(_is(column_A, first), _is(column_B, second)) for first, second in value_pairs_set]
        return _known(sa.or_(sa.false(), *pairs))


class SumsTo(MulticolumnMapMetricProvider):  # type: ignore[misc]
    """Rows whose columns are all known and add up to the total."""

    condition_metric_name = "multicolumn_sum.equal"
    condition_domain_keys = ("batch_id", "table", "column_list", *_ROWS)
    condition_value_keys = ("sum_total",)

    @multicolumn_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column_list: list[Any], sum_total: float, **_: Any) -> Any:  # noqa: N805
        return _known(sum(column_list[1:], column_list[0]) == sa.literal(sum_total))


def _known(condition: Any) -> Any:
    return sa.func.coalesce(condition, sa.false())


def _is(column: Any, value: Any) -> Any:
    return column.is_(None) if value is None else column == sa.literal(value)
