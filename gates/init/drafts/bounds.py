"""How often human rows yet unseen break a rule that was read off a sample: distribution-free bounds.

error: the chance that the bound does not hold. A draft of k rules gives each rule a k-th of its own error (Bonferroni),
so that one statement covers all of them: at 5 % each, some rule of a dozen columns is too tight in every other draft.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Sequence

# The error of one bound by itself.
ERROR = 0.05
# The error of all rules of a draft together, half of it for the rules of columns and half for those across columns.
DRAFT_ERROR = 0.02
AT_ONCE = f"with {1 - DRAFT_ERROR:.0%} confidence for the whole draft".replace("%", " %")

# Rules that a column has and that other rows may break: type, not-null, and two of range, whole numbers, vocabulary.
_RULES_PER_COLUMN = 4

# No inferred rule is held tighter than this: 3 held-out human rows fell outside the exact ranges and
# vocabularies of 24,421 others.
INFERRED_LIMIT = 0.001

# The check's default: what holds in every human row fails in at most one synthetic row of a hundred.
CONSTRAINT_LIMIT = 0.01

_SPLIT_SEED = 0


def tolerance_coverage(n: int, error: float = ERROR) -> float:
    """Share of a law that the range of a sample of n covers but for an error, in [0, 1).

    The coverage of [min, max] has the law Beta(n - 1, 2) whatever a continuous law is, so its quantile c at error e
    solves n c^(n-1) - (n-1) c^n = e; ties only raise the coverage. At 5 %, n = 93 gives .95, n = 473 gives .99.
    Wilks, Annals of Mathematical Statistics 12 (1941) 91-96.
    """
    return float(betaincinv(n - 1, 2, error)) if n >= 2 else 0.0  # noqa: PLR2004 (a range has two ends)


def rate_bound(n: int, error: float = ERROR) -> float:
    """Upper bound of the rate of what did not happen once in n rows: 1 - error^(1/n), at 5 % about 3/n; 1 for n = 0."""
    return -math.expm1(math.log(error) / n) if n else 1.0


def unseen_mass_bound(counts: Sequence[int], error: float = ERROR) -> float:
    """Upper bound of the mass of the levels that a sample with these counts per level has not seen, in [0, 1].

    The sample is split at random in halves. What the first half has not seen has, in the second, an exact binomial
    count, hence an exact bound (Clopper & Pearson, Biometrika 26 (1934) 404-413), and the whole sample has missed no
    more than its first half. The Good-Turing estimate with the bound of McAllester & Schapire (COLT 2000) holds too,
    but is 100 times wider where nothing is missed: .06 against .00025 at n = 24,421.
    The rows are exchangeable, so a split of the counts is a split of the rows, and the order of rows does not matter.
    """
    n = sum(counts)
    if n < 2:  # noqa: PLR2004 (two halves)
        return 1.0
    seen_first = np.random.default_rng(_SPLIT_SEED).multivariate_hypergeometric(counts, n // 2)
    missed = int(np.asarray(counts)[seen_first == 0].sum())
    # The upper end of a two-sided interval with twice the error is the one-sided bound.
    return clopper_pearson(missed, n - n // 2, 1 - 2 * error).high


def column_rule_error(columns: int) -> float:
    """The error of one rule of one column, so that those of so many columns together have half of the draft's."""
    return DRAFT_ERROR / 2 / max(1, columns * _RULES_PER_COLUMN)


def constraint_error(columns: int) -> float:
    """The error of one rule across columns. Each is the survivor of many that were tried, and all of these count.

    Tried are a key for each column, and for each ordered pair a dependency, an inequality and two rules on what is missing.
    """
    return DRAFT_ERROR / 4 / max(1, columns * (4 * columns - 3))


def identity_error(tried: int) -> float:
    """The error of one sum, ratio or product where so many were tried."""
    return DRAFT_ERROR / 4 / max(1, tried)


def inferred_limit(bound: float) -> float:
    """The failing ratio that a rule with this bound may have, rounded up to four decimals."""
    return max(INFERRED_LIMIT, math.ceil(round(bound * 1e4, 6)) / 1e4)


def constraint_limit(trials: int, error: float) -> float:
    """What may break a rule that none of so many rows broke: the check's own limit, or what these rows cannot exclude."""
    return max(CONSTRAINT_LIMIT, inferred_limit(rate_bound(trials, error)))
