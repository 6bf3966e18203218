"""A verdict's numbers on one axis for `dvc plots show` and `dvc plots diff`: how near each check is to its limit."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from gates.contract.check_lookup import PREFIX
from gates.verdict import CheckId, CheckResult, Verdict, rounded_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

# Farther than this from its limit a bar says nothing new, and would press all others against the axis.
FARTHEST = 5.0


def plots(verdict: Verdict) -> str:
    """A JSON list with one flat record per check that has gone some way towards its limit.

    Checks without a number or a limit have no place on the axis, and those that found nothing, as most rules of a
    schema do, no bar: DVC draws all bars into one small picture. `limit` is the limit that `of_limit` is relative to
    (see `of_limit`); `low` and `high` are null without an interval.
    """
    records = [record for check in verdict.checks for record in _records(check)]
    return json.dumps(rounded_tree(records), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def of_limit(check: CheckResult) -> tuple[float, float] | None:
    """How far the observed number has gone towards its limit, within [0, FARTHEST], and that limit.

    1 lies on the limit and is good, as all below is; above 1 is bad. It is observed / maximum, and minimum / observed,
    so that it grows towards the bad side either way; of two limits it is the one gone farther towards. Against a limit
    of 0 it is 0 on the good side and FARTHEST on the bad. None without a number or a limit.
    """
    # As the verdict has it: one that was stored in between is drawn the same.
    observed = rounded_tree(check.observed)
    if not isinstance(observed, int | float):
        return None
    towards = []
    if check.max_value is not None:
        towards.append((_of_maximum(observed, check.max_value), check.max_value))
    if check.min_value is not None:
        # A minimum is a maximum with all signs turned.
        towards.append((_of_maximum(-observed, -check.min_value), check.min_value))
    return max(towards, key=lambda pair: pair[0], default=None)


def gone_towards(observed: float, maximum: float) -> float:
    """How far a number has gone towards a maximum: 0 or less is far on its good side, 1 on it; infinite beyond a maximum of 0."""
    if maximum > 0:
        return observed / maximum
    if maximum < 0 and observed < 0:
        # Both below zero: the good side is the one farther from it.
        return maximum / observed
    return 0.0 if observed <= maximum else math.inf


def _of_maximum(observed: float, maximum: float) -> float:
    return min(max(gone_towards(observed, maximum), 0.0), FARTHEST)


def _label(check_id: CheckId) -> str:
    """The id with what tells checks apart first: Vega cuts names beside an axis after about 35 letters."""
    parts = (check_id.scope.value, check_id.detail, check_id.type.removeprefix(PREFIX))
    return ", ".join(part for part in parts if part)


def _records(check: CheckResult) -> Iterator[dict[str, object]]:
    gone = of_limit(check)
    if gone and gone[0] > 0:
        yield {
            "check": str(check.id),
            "label": _label(check.id),
            "scope": check.id.scope.value,
            "observed": check.observed,
            "low": check.low,
            "high": check.high,
            "limit": gone[1],
            "of_limit": gone[0],
            "outcome": check.outcome.value,
        }
