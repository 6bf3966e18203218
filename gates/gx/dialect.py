"""Metric providers in DuckDB's dialect; Great Expectations prefers them because they name our engine class.

They replace inherited providers that know no DuckDB (regular expressions, LIKE patterns, JSON) or that know it only
by guessing (column names and types).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from gates.gx.column_types import column_type
from gates.gx.engine import GatesDuckDBExecutionEngine as Engine

if TYPE_CHECKING:
    from collections.abc import Callable


class ColumnTypes(TableMetricProvider):  # type: ignore[misc]
    """Names and types of a batch's columns, as DuckDB itself describes them.

    Reflection would go through PostgreSQL's catalogue, which knows neither temporary views nor queries.
    """

    metric_name = "table.column_types"
    value_keys = ("include_nested",)
    default_kwarg_values = {"include_nested": True}  # noqa: RUF012  # the name and shape are Great Expectations'

    @metric_value(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, execution_engine: Engine, metric_domain_kwargs: dict[str, Any], **_: Any) -> list[dict[str, Any]]:  # noqa: N805
        selectable, _compute, _accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        everything = sa.select(sa.text("*")).select_from(selectable)
        sql = everything.compile(dialect=execution_engine.dialect, compile_kwargs={"literal_binds": True})
        described = execution_engine.execute_query(sa.text("DESCRIBE " + str(sql).replace(":", r"\:")))
        return [{"name": row[0], "type": column_type(row[1])} for row in described]


def _provide(name: str, value_keys: tuple[str, ...], condition: Callable[..., Any]) -> None:
    """Make `column_values.NAME` the values on which a condition holds; Great Expectations knows it from then on.

    condition: given the column and the value of each key, None where the expectation leaves it out.
    """

    def _duckdb(cls: Any, column: Any, **given: Any) -> Any:  # noqa: ARG001  # what Great Expectations calls it with
        return condition(column, *(given.get(key) for key in value_keys))

    parts = {
        "condition_metric_name": f"column_values.{name}",
        "condition_value_keys": value_keys,
        "default_kwarg_values": dict.fromkeys(value_keys),
        "_duckdb": column_condition_partial(engine=Engine)(_duckdb),
    }
    type(ColumnMapMetricProvider)(name, (ColumnMapMetricProvider,), parts)


def _matches(column: Any, regex: str) -> Any:
    """Whether the pattern is found, in RE2's syntax."""
    return sa.func.regexp_matches(column, sa.literal(regex))


def _matches_of(column: Any, regex_list: list[str], match_on: str | None = None) -> Any:
    return _joined(match_on)(*(_matches(column, regex) for regex in _some(regex_list, "regex_list")))


def _like(column: Any, pattern: str, escape: str | None) -> Any:
    """Whether the LIKE pattern describes the whole value."""
    return column.like(sa.literal(pattern), escape=escape)


def _like_of(column: Any, patterns: list[str], escape: str | None, match_on: str | None = None) -> Any:
    return _joined(match_on)(*(_like(column, pattern, escape) for pattern in _some(patterns, "like_pattern_list")))


def _joined(match_on: str | None) -> Any:
    if match_on not in {None, "any", "all"}:
        raise ValueError(f"match_on is '{match_on}': expected 'any' or 'all'")
    return sa.and_ if match_on == "all" else sa.or_


def _some(patterns: list[str], name: str) -> list[str]:
    if not patterns:
        raise ValueError(f"{name} is empty: name at least one pattern")
    return patterns


def _negated(condition: Callable[..., Any], column: Any, *values: Any) -> Any:
    return sa.not_(condition(column, *values))


for _name, _keys, _condition in (
    ("match_regex", ("regex",), _matches),
    ("match_regex_list", ("regex_list", "match_on"), _matches_of),
    ("match_like_pattern", ("like_pattern", "escape"), _like),
    ("match_like_pattern_list", ("like_pattern_list", "escape", "match_on"), _like_of),
):
    _provide(_name, _keys, _condition)
    # None of several patterns is the opposite of any of them.
    _without = tuple(key for key in _keys if key != "match_on")
    _provide(f"not_{_name}", _without, partial(_negated, _condition))
_provide("json_parseable", (), sa.func.json_valid)
