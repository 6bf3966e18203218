"""Whether rare cases among the human rows of the version promoted first are still covered, however slowly they went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.history.previous_human_rows import accumulate_first, first_human_rows
from gates.metrics.history.tail_mass import covered

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Measurement
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """1 minus the human rows promoted first that are no longer covered, over the rarest 5 %; 0 at least."""
    return covered(scan, scan.cached(first_human_rows))


METRIC = Metric(
    expectation="expect_first_version_to_be_covered",
    measure=measure,
    side=Side.BETWEEN,
    finding="Rare cases of the version promoted first are gone",
    unit=Unit.SHARE,
    asks="Are the rare cases among the human rows of the version promoted first still covered?",
    why=(
        "Where each version replaces rows of the one before, each loses little: the version before had lost most of it already. Only the "
        "first one still has the tail that was cut off step by step."
    ),
    source=(
        "Gerstgrasser et al., Is Model Collapse Inevitable?, 2024 (arXiv 2404.01413): data that is replaced collapses, data that accumulates "
        "does not; Shumailov et al., Nature 631 (2024)"
    ),
    fix="Collect rows of the levels, extremes or clusters named above, or bring back those of the first version that may be kept.",
    languages_together='cells are looked at one by one: with slices = ["language"] each language is one',
    exact="counts rows whose level, extreme or cluster lost its rows since the version promoted first",
    reads="the sample, and one as large of the version promoted first",
    accumulate=accumulate_first,
)
