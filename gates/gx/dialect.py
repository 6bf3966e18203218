"""Metric providers in DuckDB's dialect; Great Expectations prefers them because they name our engine class.

They replace inherited providers that know no DuckDB (regular expressions, LIKE patterns, JSON) or that know it only
by guessing (column names and types).
"""

from __future__ import annotations

from typing import Any

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


class MatchesRegex(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values in which the pattern is found (RE2 syntax, as `regexp_matches` takes it)."""

    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805
        return _matches(column, regex)


class MatchesNoRegex(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values in which the pattern is not found."""

    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805
        return sa.not_(_matches(column, regex))


class MatchesRegexList(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values in which any, or each, of the patterns is found."""

    condition_metric_name = "column_values.match_regex_list"
    condition_value_keys = ("regex_list", "match_on")
    default_kwarg_values = {"match_on": "any"}  # noqa: RUF012

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex_list: list[str], match_on: str, **_: Any) -> Any:  # noqa: N805
        return _joined(match_on)(*(_matches(column, regex) for regex in _some(regex_list, "regex_list")))


class MatchesNoRegexList(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values in which none of the patterns is found."""

    condition_metric_name = "column_values.not_match_regex_list"
    condition_value_keys = ("regex_list",)

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex_list: list[str], **_: Any) -> Any:  # noqa: N805
        return sa.and_(*(sa.not_(_matches(column, regex)) for regex in _some(regex_list, "regex_list")))


class MatchesLike(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values that the LIKE pattern describes whole."""

    condition_metric_name = "column_values.match_like_pattern"
    condition_value_keys = ("like_pattern", "escape")

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, like_pattern: str, escape: str | None = None, **_: Any) -> Any:  # noqa: N805
        return _like(column, like_pattern, escape)


class MatchesNoLike(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values that the LIKE pattern does not describe."""

    condition_metric_name = "column_values.not_match_like_pattern"
    condition_value_keys = ("like_pattern", "escape")

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, like_pattern: str, escape: str | None = None, **_: Any) -> Any:  # noqa: N805
        return sa.not_(_like(column, like_pattern, escape))


class MatchesLikeList(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values that any, or each, of the LIKE patterns describes."""

    condition_metric_name = "column_values.match_like_pattern_list"
    condition_value_keys = ("like_pattern_list", "match_on", "escape")
    default_kwarg_values = {"match_on": "any"}  # noqa: RUF012

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(
        cls,  # noqa: N805
        column: Any,
        like_pattern_list: list[str],
        match_on: str | None,
        escape: str | None = None,
        **_: Any,
    ) -> Any:
        patterns = _some(like_pattern_list, "like_pattern_list")
        return _joined(match_on)(*(_like(column, pattern, escape) for pattern in patterns))


class MatchesNoLikeList(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values that none of the LIKE patterns describes."""

    condition_metric_name = "column_values.not_match_like_pattern_list"
    condition_value_keys = ("like_pattern_list", "escape")

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, like_pattern_list: list[str], escape: str | None = None, **_: Any) -> Any:  # noqa: N805
        patterns = _some(like_pattern_list, "like_pattern_list")
        return sa.and_(*(sa.not_(_like(column, pattern, escape)) for pattern in patterns))


class ParsesAsJson(ColumnMapMetricProvider):  # type: ignore[misc]
    """Values that are one JSON document each."""

    condition_metric_name = "column_values.json_parseable"

    @column_condition_partial(engine=Engine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, **_: Any) -> Any:  # noqa: N805
        return sa.func.json_valid(column)


def _matches(column: Any, regex: str) -> Any:
    return sa.func.regexp_matches(column, sa.literal(regex))


def _like(column: Any, pattern: str, escape: str | None) -> Any:
    return column.like(sa.literal(pattern), escape=escape)


def _joined(match_on: str | None) -> Any:
    if match_on not in {None, "any", "all"}:
        raise ValueError(f"match_on is '{match_on}': expected 'any' or 'all'")
    return sa.and_ if match_on == "all" else sa.or_


def _some(patterns: list[str], name: str) -> list[str]:
    if not patterns:
        raise ValueError(f"{name} is empty: name at least one pattern")
    return patterns
