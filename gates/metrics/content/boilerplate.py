"""Whether synthetic texts carry what chat models say about themselves instead of content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.text.markers import BOILERPLATE
from gates.metrics.base.metric import Metric, Side, Unit
from gates.metrics.content.marker_ratio import excess_of_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Measurement
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of distinct synthetic texts with a refusal, self-reference or chat preamble, minus the human share."""
    return excess_of_marks(scan, BOILERPLATE)


METRIC = Metric(
    expectation="expect_boilerplate_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic texts refuse, or speak as a chatbot",
    unit=Unit.EXTRA_SHARE,
    asks="Do synthetic texts refuse, speak as a language model, or open like a chat?",
    why=(
        "A refusal in the data teaches the model to refuse, and a chat preamble becomes part of every answer. The phrases "
        "are ones that people hardly write; their share among human rows is subtracted."
    ),
    source="Share of distinct rows, Newcombe's hybrid score interval for a difference (1998, method 10)",
    fix="Drop or regenerate these rows, and keep the model's answer without its preamble.",
    cached="marks",
)
