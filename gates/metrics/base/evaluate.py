"""Asks one metric of one scope; whatever stands in the way becomes the outcome that it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.errors import GatesError, foreign_text
from gates.metrics.base import synthetic_alone
from gates.metrics.base.measurement import Failed, Measurement, NotConfigured
from gates.metrics.base.synthetic_alone import SYNTHETIC_ROWS_ONLY
from gates.run_state import doing
from gates.verdict import NOTHING_TO_MEASURE, Scope

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Metric, Params

logger = logging.getLogger(__name__)

_CODES = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE}
# Synthetic rows are judged against human rows, so that both partitions must have rows.
_NEEDED = {Scope.HUMAN: ("human",), Scope.SYNTHETIC: ("human", "synthetic"), Scope.COMBINED: ("human", "synthetic")}
# Row rules ask each row by itself: rows of their own scope are all that they need.
_OF_OWN_SCOPE = frozenset({"expect_row_failure_ratio_to_be_less_than"})
# What can be checked without rows of both origins.
_ASKED_WHEN_EMPTY = frozenset({
    "expect_files_to_be_kept",
    "expect_human_rows_to_be_kept",
    "expect_measurements_to_be_kept",
    "expect_origins_to_be_declared",
    "expect_tail_mass_to_be_between",
})  # fmt: skip

# Evaluation sets have human rows only (gates/metrics/integrity/human_ratio.py asks it of them); nothing is missing where they are.
EVALUATION = "evaluation"
_HUMAN_RATIO = "expect_human_ratio_to_be_between"
HUMAN_ROWS_ONLY = "an evaluation set holds human rows only, and so does this one"


def has_human_rows_only(scan: Scan) -> bool:
    """Whether no synthetic row is there, and none is meant to be."""
    # Every metric asks; the rows are looked through only where it can be so.
    if scan.declared.purpose != EVALUATION:
        return False
    return bool(scan.index.of(HUMAN_CODE).any()) and not scan.index.of(SYNTHETIC_CODE).any()


def unchecked_scope(scan: Scan) -> tuple[Scope, str] | None:
    """The scope whose rows are not in the set, as they are not meant to be, and why; None where both are."""
    if has_human_rows_only(scan):
        return Scope.SYNTHETIC, HUMAN_ROWS_ONLY
    return (Scope.HUMAN, SYNTHETIC_ROWS_ONLY) if scan.declared.human_rows != "set" else None


def _of_synthetic_rows_alone(metric: Metric, scan: Scan, scope: Scope) -> NotConfigured | None:
    """Why a check says nothing of a set without human rows; a reference takes their place where origins are compared."""
    if scan.declared.human_rows == "set":
        return None
    if scope is Scope.HUMAN or metric.expectation == _HUMAN_RATIO:
        return NotConfigured(SYNTHETIC_ROWS_ONLY)
    is_asked = metric.expectation in synthetic_alone.NEED_NO_HUMAN_ROWS | _OF_OWN_SCOPE | _ASKED_WHEN_EMPTY
    if scan.declared.human_rows == "reference" or is_asked:
        return None
    return NotConfigured(SYNTHETIC_ROWS_ONLY, synthetic_alone.REFERENCE_LINE)


def ask(metric: Metric, scan: Scan, scope: Scope, params: Params) -> Measurement:
    """The metric's measurement, or why there is none: an empty partition, rows it cannot be computed on, or a fault."""
    if alone := _of_synthetic_rows_alone(metric, scan, scope):
        return alone
    needed = ("synthetic",) if scan.declared.is_synthetic_alone else _NEEDED[scope]
    if metric.expectation in _OF_OWN_SCOPE and scope is not Scope.COMBINED:
        needed = (scope.value,)
    empty = [origin for origin in needed if not scan.index.of(_CODES[origin]).any()]
    are_alone = has_human_rows_only(scan)
    is_asked = metric.expectation in _ASKED_WHEN_EMPTY or (are_alone and metric.expectation == _HUMAN_RATIO)
    if empty and not is_asked:
        if are_alone:
            return NotConfigured(HUMAN_ROWS_ONLY)
        return Failed(f"there are no {' and no '.join(empty)} {NOTHING_TO_MEASURE}")
    try:
        with doing(f"measuring {metric.expectation}"):
            return metric.measure(scan, scope, params)
    except GatesError as error:
        return Failed(str(error))
    except Exception as error:  # a metric that breaks is an error of its check, and the others still count
        logger.debug("%s broke", metric.expectation, exc_info=True)
        return Failed(f"could not be computed: {foreign_text(error)}")
