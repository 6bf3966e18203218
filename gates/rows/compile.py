"""A pandera schema, anybody's, read as row rules with stable ids."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandera.polars as pa

from gates.config.row_rules import (
    DECLARED_COLUMNS,
    NOT_NULL,
    PATTERN,
    PRESENT,
    RANGE,
    TYPE,
    VOCABULARY,
    WHOLE_ROW,
    RowRule,
    rule_id,
    slug,
)
from gates.errors import SuiteError
from gates.rows.schemas.rules import is_built_in, reads_one_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = pa.DataFrameSchema | type[pa.DataFrameModel]

LOOKS_ACROSS = "looks across rows, and row rules see one row at a time"
USE_A_SUITE = "remove it and put expect_column_values_to_be_unique into the dataset's suite"

_NAMES = {
    "in_range": RANGE,
    "isin": VOCABULARY,
    "notin": "forbidden",
    "equal_to": "equals",
    "not_equal_to": "not-equal",
    "greater_than": "minimum",
    "greater_than_or_equal_to": "minimum",
    "less_than": "maximum",
    "less_than_or_equal_to": "maximum",
    "str_matches": PATTERN,
    "str_contains": "contains",
    "str_startswith": "prefix",
    "str_endswith": "suffix",
    "str_length": "length",
    "<lambda>": "check",
}


@dataclass(frozen=True)
class CheckRule:
    """One pandera check under its rule id."""

    rule: RowRule
    check: pa.Check
    is_builtin: bool


@dataclass(frozen=True)
class ColumnRules:
    """The rules of one column, or of the columns that a pattern matches; None where the schema asks nothing.

    is_narrow: no check of it reads other columns.
    """

    name: str
    column: pa.Column
    present: RowRule | None
    type: RowRule | None
    not_null: RowRule | None
    checks: tuple[CheckRule, ...]
    is_narrow: bool

    def rules(self) -> list[RowRule]:
        """Every rule of the column."""
        named = [rule for rule in (self.present, self.type, self.not_null) if rule]
        return named + [check.rule for check in self.checks]


@dataclass(frozen=True)
class Compiled:
    """A schema as rules: per column, across the columns of a row, and on which columns there may be."""

    columns: tuple[ColumnRules, ...]
    row_checks: tuple[CheckRule, ...]
    declared_columns: RowRule | None

    def rules(self) -> tuple[RowRule, ...]:
        """Every rule, in the order of their ids."""
        rules = [rule for column in self.columns for rule in column.rules()]
        rules += [check.rule for check in self.row_checks]
        rules += [self.declared_columns] if self.declared_columns else []
        return tuple(sorted(rules, key=lambda rule: rule.id))


def compiled(schema: Schema) -> Compiled:
    """The schema's row rules.

    Raises SuiteError where the schema asks for what cannot be checked on single rows or would change the data, and
    where two rules would have one id.
    """
    whole = schema if isinstance(schema, pa.DataFrameSchema) else schema.to_schema()
    _refuse_unsuitable(whole)
    strict = RowRule(rule_id(WHOLE_ROW, DECLARED_COLUMNS), "no column that the schema does not name")
    compiled_schema = Compiled(
        tuple(_column_rules(name, column) for name, column in whole.columns.items()),
        _check_rules(WHOLE_ROW, whole.checks),
        strict if whole.strict else None,
    )
    counts = Counter(rule.id for rule in compiled_schema.rules())
    for rule, count in counts.items():
        if count > 1:
            raise SuiteError(
                f"schema '{whole.name}': {count} checks are called {rule}; give each a name of its own, pa.Check(..., name=...)"
            )
    return compiled_schema


def _column_rules(name: str, column: pa.Column) -> ColumnRules:
    checks = _check_rules(name, column.checks)
    bare = copy.copy(column)
    # The adapter converts without loss, row by row; pandera's coercion would round and would fail whole columns.
    bare.coerce = False
    return ColumnRules(
        name,
        bare,
        present=RowRule(rule_id(name, PRESENT), "a column of this name") if column.required else None,
        type=RowRule(rule_id(name, TYPE), str(column.dtype)) if column.dtype is not None else None,
        not_null=None if column.nullable else RowRule(rule_id(name, NOT_NULL), "a value"),
        checks=checks,
        is_narrow=all(check.is_builtin or reads_one_column(check.check) for check in checks),
    )


def _check_rules(column: str, checks: list[pa.Check]) -> tuple[CheckRule, ...]:
    return tuple(_check_rule(column, check) for check in checks)


def _check_rule(column: str, check: pa.Check) -> CheckRule:
    own = copy.copy(check)
    # Limits and severities are the suites' business: a check that only warns would count as passed.
    own.raise_warning = False
    # Every failing row is read from the check's output; pandera's listing of values costs time and shows data.
    own.n_failure_cases = 1
    is_builtin = is_built_in(check)
    if is_builtin and check._check_fn.__name__ == "unique_values_eq":  # noqa: SLF001 (no public name)
        raise SuiteError(f"column '{column}': unique_values_eq {LOOKS_ACROSS}; remove it")
    given = check.name or "<lambda>"
    name = _NAMES.get(given) or slug(given) or "check"
    return CheckRule(RowRule(rule_id(column, name), _expected(check)), own, is_builtin)


def _expected(check: pa.Check) -> str:
    description = check.description or check.title
    if description:
        return str(description)
    facts: Mapping[str, Any] = check.statistics or {}
    if check.name == "in_range":
        return f"a value from {facts['min_value']} to {facts['max_value']}"
    if check.name == "isin":
        return f"one of {len(facts['allowed_values'])} known values"
    if check.name == "str_matches":
        return f"text of the form {facts['pattern']}"
    return str(check.error or f"what check '{check.name}' asks")


def _refuse_unsuitable(schema: pa.DataFrameSchema) -> None:
    for what in _unsuitable(schema):
        raise SuiteError(f"schema '{schema.name}': {what}")


def _unsuitable(schema: pa.DataFrameSchema) -> Iterator[str]:
    if schema.unique:
        yield f"unique={schema.unique} {LOOKS_ACROSS}; {USE_A_SUITE}"
    if schema.dtype is not None:
        yield "a type for the whole frame is not supported; give every column its own"
    if schema.ordered:
        yield "ordered=True is no rule on rows; remove it"
    changing = {"drop_invalid_rows": schema.drop_invalid_rows, "add_missing_columns": schema.add_missing_columns}
    for option in [name for name, is_set in changing.items() if is_set]:
        yield f"{option}=True changes the data, and a gate only looks at it; remove it"
    if schema.strict == "filter":
        yield "strict='filter' drops columns, and a gate only looks at them; use strict=True or False"
    if schema.parsers:
        yield "parsers change the data, and a gate only looks at it; remove them"
    for name, column in schema.columns.items():
        yield from (f"column '{name}': {what}" for what in _unsuitable_in(column))


def _unsuitable_in(column: pa.Column) -> Iterator[str]:
    if column.unique:
        yield f"unique=True {LOOKS_ACROSS}; {USE_A_SUITE}"
    if column.default is not None:
        yield "a default changes the data, and a gate only looks at it; remove it"
    if column.drop_invalid_rows:
        yield "drop_invalid_rows=True changes the data, and a gate only looks at it; remove it"
    if column.parsers:
        yield "parsers change the data, and a gate only looks at it; remove them"
