"""What one column of the human rows holds, and which rules follow from it."""

from __future__ import annotations

import re

import polars as pl

from gates.config.row_rules import INTEGER_VALUED, NOT_NULL, PRESENT, RANGE, TYPE, VOCABULARY
from gates.init.drafts.bounds import inferred_limit, rate_bound, tolerance_coverage, unseen_mass_bound
from gates.init.drafts.draft import ColumnDraft, ColumnKind, InferredLimit

# A person can check a list of 100; and a level that every fifth row introduces anew is not a category.
MOST_LEVELS = 100
MOST_DISTINCT_RATIO = 0.2
# A vocabulary that may miss more than this is not known yet: at least 95 % of people to come use it, 95 % sure.
MOST_UNSEEN = 0.05
# Fewer distinct values than this coincide too rarely to tell an identifier from a measurement.
LEAST_KEY_ROWS = 100
LONGEST_IDENTIFIER = 64

_KEY_NAME = re.compile(r"(^|[^a-z])(id|key|uuid|guid|hash|sha\d*|digest)s?$|^(id|uuid|guid)[^a-z]", re.IGNORECASE)
_CAMEL_KEY_NAME = re.compile(r"[a-z](Id|ID|Key|Uuid|UUID)$")

_DATE = r"^\d{4}-\d\d-\d\d"


def infer_column(values: pl.Series) -> ColumnDraft:
    """The draft of one column; NaN counts as missing."""
    text = isinstance(values.dtype, pl.Categorical | pl.Enum)
    known = (values.cast(pl.String) if text else values).drop_nulls()
    known = known.drop_nans() if known.dtype.is_float() else known
    kind = _kind(known)
    n, missing = known.len(), values.len() - known.len()
    bound = rate_bound(n)
    limits = {PRESENT: InferredLimit(0.0, "a column is there or it is not")}
    if isinstance(known.dtype, pl.Null):
        return ColumnDraft(values.name, known.dtype, kind, n, missing, limits=limits)
    limits[TYPE] = InferredLimit(inferred_limit(bound), f"all of {n:,} human values are of this type{_at_most(bound)}")
    if n and not missing:
        limits[NOT_NULL] = InferredLimit(
            inferred_limit(bound), f"none of {n:,} human rows lacks a value{_at_most(bound)}"
        )
    if kind is ColumnKind.INTEGER_VALUED:
        limits[INTEGER_VALUED] = InferredLimit(
            inferred_limit(bound), f"all of {n:,} human values are whole numbers{_at_most(bound)}"
        )
    minimum, maximum = _range(known, kind)
    if minimum is not None:
        coverage = tolerance_coverage(n)
        limits[RANGE] = InferredLimit(
            inferred_limit(1 - coverage),
            f"exact range of {n:,} human values; it covers {_floored(coverage)} of people with 95 % confidence (Wilks 1941)",
        )
    vocabulary = tuple(sorted(known.unique().to_list())) if kind is ColumnKind.CATEGORICAL else ()
    if vocabulary:
        unseen = _unseen(known)
        limits[VOCABULARY] = InferredLimit(
            inferred_limit(unseen),
            f"{len(vocabulary)} levels in {n:,} human values{_at_most(unseen, 'use another one')}",
        )
    return ColumnDraft(values.name, known.dtype, kind, n, missing, minimum, maximum, vocabulary, limits)


def looks_like_a_key(values: pl.Series) -> bool:
    """Whether a column names rows: all distinct, and made to be so.

    Distinct values alone do not make a key (weights and incomes hardly repeat in a small sample): the name says so,
    integers number the rows without many gaps, or strings are words of one length with digits and without white space, dates apart.
    """
    known = values.drop_nulls()
    whole = known.dtype.is_integer()
    if not (whole or isinstance(known.dtype, pl.String)):
        return False
    if known.len() < LEAST_KEY_ROWS or known.len() < values.len() or known.n_unique() < known.len():
        return False
    if _KEY_NAME.search(values.name) or _CAMEL_KEY_NAME.search(values.name):
        return True
    if whole:
        lowest, highest = _ends(known)
        return highest - lowest < 2 * known.len()
    lengths = known.str.len_chars()
    one_length = lengths.n_unique() == 1 and 1 < lengths[0] <= LONGEST_IDENTIFIER
    if known.str.contains(_DATE).any():
        return False
    return one_length and not known.str.contains(r"\s").any() and bool(known.str.contains(r"\d").all())


def _kind(known: pl.Series) -> ColumnKind:  # noqa: PLR0911 (one return per kind)
    dtype = known.dtype
    if dtype.is_integer():
        return ColumnKind.IDENTIFIER if looks_like_a_key(known) else ColumnKind.NUMERIC
    if dtype.is_float():
        finite = known.filter(known.is_finite())
        whole = finite.len() > 0 and bool((finite == finite.round()).all())
        return ColumnKind.INTEGER_VALUED if whole else ColumnKind.NUMERIC
    if isinstance(dtype, pl.Boolean):
        return ColumnKind.BOOLEAN
    if isinstance(dtype, pl.Datetime | pl.Date):
        return ColumnKind.TIMESTAMP
    if not isinstance(dtype, pl.String):
        return ColumnKind.OTHER
    levels = known.n_unique()
    if 0 < levels <= min(MOST_LEVELS, MOST_DISTINCT_RATIO * known.len()) and _unseen(known) <= MOST_UNSEEN:
        return ColumnKind.CATEGORICAL
    return ColumnKind.IDENTIFIER if looks_like_a_key(known) else ColumnKind.TEXT


def _unseen(known: pl.Series) -> float:
    return unseen_mass_bound(known.value_counts(name="rows").sort(known.name)["rows"].to_list())


def _range(known: pl.Series, kind: ColumnKind) -> tuple[float | None, float | None]:
    """Exact ends of a numeric column; a column with infinite values has none that a rule could state."""
    numeric = kind in {ColumnKind.NUMERIC, ColumnKind.INTEGER_VALUED}
    if not numeric or not known.len() or (known.dtype.is_float() and known.is_infinite().any()):
        return None, None
    return _ends(known)


def _ends(known: pl.Series) -> tuple[float, float]:
    return known.min(), known.max()  # type: ignore[return-value]


def _at_most(bound: float, what: str = "do otherwise") -> str:
    return f"; at most {bound:.2g} of people {what}, with 95 % confidence"


def _floored(coverage: float) -> str:
    return f"{int(coverage * 1e4) / 1e2:g} %"
