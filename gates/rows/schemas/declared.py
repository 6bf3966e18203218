"""The row rules that a data type declares, as a pandera schema; the one place where a rule's name meets its check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandera.polars as pa

from gates.config.types.declaration import DataType, DeclaredRule, RowRules
from gates.errors import SuiteError, did_you_mean
from gates.rows.schemas import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

ARROW_FLOATS = frozenset({"halffloat", "float", "double"})


def _length(max_value: int) -> pa.Check:
    return pa.Check.str_length(max_value=max_value, description=f"at most {max_value:,} characters")


def _minimum(value: float) -> pa.Check:
    return pa.Check.greater_than_or_equal_to(value, description=f"at least {value:g}")


def _maximum(value: float) -> pa.Check:
    return pa.Check.less_than_or_equal_to(value, description=f"at most {value:g}")


# `not-blank` applies to texts and `has-value` of values of any type; both are called not-blank in a rule's id.
CHECKS: Mapping[str, Callable[..., pa.Check]] = {
    "bcp-47": rules.language_tag,
    "differs-from": rules.differs_from,
    "finite": rules.finite,
    "has-value": rules.has_value,
    "keeps-numbers": rules.keeps_numbers,
    "keeps-placeholders": rules.keeps_placeholders,
    "length": _length,
    "length-ratio": rules.length_ratio,
    "maximum": _maximum,
    "minimum": _minimum,
    "no-leaked-frame": rules.no_leaked_frame,
    "no-markup": rules.no_markup,
    "no-nul": rules.no_nul,
    "not-blank": rules.not_blank,
    "not-json-literal": rules.not_json_literal,
    "not-missing-word": rules.not_missing_word,
    "parseable": rules.time,
    "roles-alternate": rules.roles_alternate,
    "range": pa.Check.in_range,
    "valid-unicode": rules.valid_unicode,
    "vocabulary": pa.Check.isin,
}
# Rules that pandera asks of a column and not by a check: of which type its values are, that there is a column and that
# no value is missing.
TYPES = {"text": str, "number": float}
PRESENT, NOT_NULL = "present", "not-null"
_NO_CHECK = frozenset({*TYPES, PRESENT, NOT_NULL})


def declared_schema(kind: DataType, bound: Collection[str], columns: Mapping[str, str]) -> pa.DataFrameSchema:
    """The schema of a data type.

    bound: the roles that have a column. columns: Arrow types of the columns without a role that make up what a row says.
    Raises SuiteError for a rule that does not exist.
    """
    of_roles = {
        role: _column(declared, is_required=role in kind.required_roles)
        for role, declared in kind.rules.items()
        if role in kind.required_roles or role in bound
    }
    of_floats = {
        name: _column(kind.float_rules, is_required=False)
        for name, arrow_type in columns.items()
        if kind.float_rules and arrow_type in ARROW_FLOATS
    }
    return pa.DataFrameSchema({**of_roles, **of_floats}, name=kind.name)


def _column(declared: RowRules, *, is_required: bool) -> pa.Column:
    uses = [DeclaredRule(rule) if isinstance(rule, str) else rule for rule in declared]
    names = {rule.name for rule in uses}
    return pa.Column(
        next((TYPES[name] for name in TYPES if name in names), None),
        checks=[_check(rule) for rule in uses if rule.name not in _NO_CHECK],
        nullable=NOT_NULL not in names,
        required=is_required or PRESENT in names,
    )


def _check(rule: DeclaredRule) -> pa.Check:
    if rule.name not in CHECKS:
        raise SuiteError(f"no row rule '{rule.name}' ({did_you_mean(rule.name, (*CHECKS, *_NO_CHECK))})")
    return CHECKS[rule.name](**rule.arguments)
