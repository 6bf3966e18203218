"""Sets of synthetic rows alone: which checks they have, and what of it proves nothing without human rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.verdict import Severity

if TYPE_CHECKING:
    from gates.metrics.base.measurement import Measured

# Expectations that say something without human rows beside them.
NEED_NO_HUMAN_ROWS = frozenset({
    "expect_boilerplate_ratio_to_be_less_than",
    "expect_contamination_ratio_to_be_less_than",
    "expect_degenerate_text_ratio_to_be_less_than",
    "expect_duplicate_ratio_to_be_less_than",
    "expect_generation_depth_to_be_between",
    "expect_keys_to_name_one_row",
    "expect_lineage_to_be_complete",
    "expect_longer_response_rate_to_be_between",
    "expect_partitions_to_align",
    "expect_review_to_accept",
    "expect_self_contradiction_ratio_to_be_less_than",
    "expect_series_to_be_sound",
})  # fmt: skip
SYNTHETIC_ROWS_ONLY = "the set has synthetic rows alone"
REFERENCE_LINE = 'reference = "path"  # human rows outside of the set'
# Loops, texts that end inside a line, headings such as "Input:" and rows that repeat are habits of some human sources: of 27 real
# ones, .08 of the texts of one loop. What a tenth does is no habit that one of them had.
HABIT_AT_MOST = 0.1


def as_habit(measured: Measured, at_most: float = HABIT_AT_MOST) -> Measured:
    """A share that is no proof unless its whole interval is beyond `at_most`, because human rows of some sources have it too."""
    if not measured.estimate.value or measured.estimate.low > at_most:
        return measured
    why = f"up to {at_most * 100:g} % of the human rows of some sources do so too, and this set has none to compare with; add: {REFERENCE_LINE}"
    return replace(measured, unproven=why, undecided=Severity.WARNING)
