"""What one column of the human rows holds, and which rules follow from it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl

from gates.config.row_rules import INTEGER_VALUED, NOT_NULL, PATTERN, PRESENT, RANGE, TYPE, VOCABULARY
from gates.init.drafts.bounds import AT_ONCE, ERROR, inferred_limit, rate_bound, tolerance_coverage, unseen_mass_bound
from gates.init.drafts.draft import ColumnDraft, InferredKind, InferredLimit, RangeEnd
from gates.init.drafts.formats import infer_format

# A person can check a list of 100; and a level that every fifth row introduces anew is not a category.
MOST_LEVELS = 100
MOST_DISTINCT_RATIO = 0.2
# A vocabulary that may miss more than this is not complete yet: at least 95 % of human rows to come use it, with 95 % confidence.
MOST_UNSEEN = 0.05
# Fewer distinct values than this coincide too rarely to tell an identifier from a measurement.
LEAST_KEY_ROWS = 100
LONGEST_IDENTIFIER = 64

_KEY_NAME = re.compile(r"(^|[^a-z])(id|key|uuid|guid|hash|sha\d*|digest)s?$|^(id|uuid|guid)[^a-z]", re.IGNORECASE)
_CAMEL_KEY_NAME = re.compile(r"[a-z](Id|ID|Key|Uuid|UUID)$")

# Texts that are no levels: a form may say what they look like.
_WRITTEN = (InferredKind.IDENTIFIER, InferredKind.TEXT)
# The first and the last day of Python's calendar, in milliseconds as polars counts them.
_FIRST_TIME, _LAST_TIME = ((day - date(1970, 1, 1)).days * 86_400_000 for day in (date.min, date.max))
_DATE = r"^\d{4}-\d\d-\d\d"


def infer_column(values: pl.Series, error: float = ERROR) -> ColumnDraft:
    """The draft of one column, each of whose rules is too tight with a chance of at most `error`; NaN counts as missing."""
    text = isinstance(values.dtype, pl.Categorical | pl.Enum)
    present = (values.cast(pl.String) if text else values).drop_nulls()
    present = present.drop_nans() if present.dtype.is_float() else present
    kind = _kind(present)
    n, missing = present.len(), values.len() - present.len()
    bound = rate_bound(n, error)
    limits = {PRESENT: InferredLimit(0.0, "a column is there or it is not")}
    if isinstance(present.dtype, pl.Null):
        return ColumnDraft(values.name, present.dtype, kind, n, missing, limits=limits)
    limits[TYPE] = InferredLimit(inferred_limit(bound), f"all of {n:,} human values are of this type{_at_most(bound)}")
    if n and not missing:
        limits[NOT_NULL] = InferredLimit(
            inferred_limit(bound), f"none of {n:,} human rows lacks a value{_at_most(bound)}"
        )
    if kind is InferredKind.INTEGER_VALUED:
        limits[INTEGER_VALUED] = InferredLimit(
            inferred_limit(bound), f"all of {n:,} human values are whole numbers{_at_most(bound)}"
        )
    minimum, maximum = _range(present, kind)
    if minimum is not None:
        limits[RANGE] = _range_limit(n, kind, error)
    vocabulary = tuple(sorted(present.unique().to_list())) if kind is InferredKind.CATEGORICAL else ()
    if vocabulary:
        unseen = _unseen(present, error)
        limits[VOCABULARY] = InferredLimit(
            inferred_limit(unseen),
            f"{len(vocabulary)} levels in {n:,} human values{_at_most(unseen, 'use another one')}",
        )
    form = infer_format(present, error) if kind in _WRITTEN and isinstance(present.dtype, pl.String) else None
    if form:
        limits[PATTERN] = InferredLimit(
            inferred_limit(form.unmatched),
            f"the form of at least 99 % of {n:,} human values{_at_most(form.unmatched, 'have another')}",
        )
    pattern = form.pattern if form else ""
    return ColumnDraft(values.name, present.dtype, kind, n, missing, minimum, maximum, vocabulary, pattern, limits)


def looks_like_a_key(values: pl.Series) -> bool:
    """Whether a column names rows: all distinct, and made to be so.

    Distinct values alone do not make a key (weights and incomes hardly repeat in a small sample): the name says so,
    integers number the rows without many gaps, or strings are words of one length with digits and without white space, dates apart.
    """
    present = values.drop_nulls()
    whole = present.dtype.is_integer()
    if not (whole or isinstance(present.dtype, pl.String)):
        return False
    if present.len() < LEAST_KEY_ROWS or present.len() < values.len() or present.n_unique() < present.len():
        return False
    if _KEY_NAME.search(values.name) or _CAMEL_KEY_NAME.search(values.name):
        return True
    if whole:
        lowest, highest = _ends(present)
        return bool(highest - lowest < 2 * present.len())
    lengths = present.str.len_chars()
    one_length = lengths.n_unique() == 1 and 1 < lengths[0] <= LONGEST_IDENTIFIER
    if present.str.contains(_DATE).any():
        return False
    return one_length and not present.str.contains(r"\s").any() and bool(present.str.contains(r"\d").all())


def _kind(present: pl.Series) -> InferredKind:  # noqa: PLR0911 (one return per kind)
    dtype = present.dtype
    if dtype.is_integer():
        return InferredKind.IDENTIFIER if looks_like_a_key(present) else InferredKind.NUMERIC
    if dtype.is_float():
        finite = present.filter(present.is_finite())
        whole = finite.len() > 0 and bool((finite == finite.round()).all())
        return InferredKind.INTEGER_VALUED if whole else InferredKind.NUMERIC
    if dtype.is_decimal():
        return InferredKind.NUMERIC
    if isinstance(dtype, pl.Boolean):
        return InferredKind.BOOLEAN
    if isinstance(dtype, pl.Datetime | pl.Date):
        return InferredKind.TIMESTAMP
    if not isinstance(dtype, pl.String):
        return InferredKind.OTHER
    levels = present.n_unique()
    if 0 < levels <= min(MOST_LEVELS, MOST_DISTINCT_RATIO * present.len()) and _unseen(present) <= MOST_UNSEEN:
        return InferredKind.CATEGORICAL
    return InferredKind.IDENTIFIER if looks_like_a_key(present) else InferredKind.TEXT


def _unseen(present: pl.Series, error: float = ERROR) -> float:
    return unseen_mass_bound(present.value_counts(name="rows").sort(present.name)["rows"].to_list(), error)


def _range_limit(n: int, kind: InferredKind, error: float) -> InferredLimit:
    coverage = tolerance_coverage(n, error)
    length = "widened" if kind is InferredKind.TIMESTAMP else "exact"
    return InferredLimit(
        inferred_limit(1 - coverage),
        f"{length} range of {n:,} human values; it covers {_floored(coverage)} of human rows {AT_ONCE} (Wilks 1941)",
    )


def _range(present: pl.Series, kind: InferredKind) -> tuple[RangeEnd, RangeEnd] | tuple[None, None]:
    """Ends of a column of numbers or times; one with infinite values has none that a rule could state."""
    if kind is InferredKind.TIMESTAMP:
        return _widened_ends(present)
    numeric = kind in {InferredKind.NUMERIC, InferredKind.INTEGER_VALUED}
    if not numeric or not present.len() or (present.dtype.is_float() and present.is_infinite().any()):
        return None, None
    # Python's decimals are no literals.
    return _ends(present.cast(pl.Float64)) if present.dtype.is_decimal() else _ends(present)


def _widened_ends(times: pl.Series) -> tuple[RangeEnd, RangeEnd] | tuple[None, None]:
    """The range of times, longer by its own length on both sides: rows to come are later than all that are there."""
    # Beyond these years Python has no dates.
    in_python = times.cast(pl.Datetime("ms")).to_physical().is_between(_FIRST_TIME, _LAST_TIME)
    if not times.len() or not in_python.all():
        return None, None
    first, last = _ends(times)
    try:
        return (first - (last - first), last + (last - first)) if first < last else (None, None)
    except OverflowError:  # Years that stand for "never" reach to the end of the calendar.
        return None, None


def _ends(present: pl.Series) -> tuple[Any, Any]:
    return present.min(), present.max()


def _at_most(bound: float, what: str = "do otherwise") -> str:
    return f"; at most {bound:.2g} of human rows {what}, {AT_ONCE}"


def _floored(coverage: float) -> str:
    return f"{int(coverage * 1e4) / 1e2:g} %"
