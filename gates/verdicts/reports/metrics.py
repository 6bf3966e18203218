"""A verdict's numbers for `dvc metrics show` and `dvc metrics diff`."""

from __future__ import annotations

import json
from collections import Counter

from gates.verdict import Outcome, Verdict, rounded_tree


def metrics(verdict: Verdict) -> str:
    """A JSON object without nesting: rows per origin, checks per outcome, and the observed number of each check.

    Checks without a number are left out, as DVC compares numbers only.
    """
    outcomes = Counter(check.outcome for check in verdict.checks)
    numbers: dict[str, object] = {f"rows/{origin}": count for origin, count in verdict.rows.items()}
    numbers |= {f"checks/{outcome.value}": outcomes[outcome] for outcome in Outcome}
    numbers |= {
        str(check.id): check.observed
        for check in verdict.checks
        if check.observed is not None and rounded_tree(check.observed) is not None
    }
    return json.dumps(rounded_tree(numbers), indent=2, allow_nan=False) + "\n"
