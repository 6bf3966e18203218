"""Whether synthetic texts carry what chat models say about themselves instead of content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.text.marks.markers import BOILERPLATE, STOCK_PHRASES
from gates.metrics.base.measurement import with_details
from gates.metrics.base.metric import Metric, Side, Unit
from gates.metrics.content.marker_ratio import excess_of_marks
from gates.metrics.content.stock_phrases import stock_phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Measurement
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of distinct synthetic texts with a refusal, self-reference or stock phrase, minus the human share.

    Beside it a part for each opening or ending that many synthetic texts share and human ones do not.
    """
    whole = excess_of_marks(scan, BOILERPLATE, STOCK_PHRASES)
    return with_details(whole, parts=stock_phrases(scan)) if scan.roles.texts else whole


METRIC = Metric(
    expectation="expect_boilerplate_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic texts refuse, or speak as a chatbot",
    unit=Unit.EXTRA_SHARE,
    asks="Do synthetic texts refuse, speak as a language model, or open like a chat?",
    why=(
        "A refusal in the data teaches the model to refuse, and a chat preamble becomes part of every answer. The phrases "
        "are ones that people hardly write; their share among human rows is subtracted. Announcements (`Here is ...`) and "
        "offers of help count where their share differs from the human one by more than a small effect, and so do the same five words at the start or end of many texts, "
        "from a medium effect on."
    ),
    source=(
        "Share of distinct rows, Newcombe's hybrid score interval for a difference (1998, method 10); small effects: Cohen, Statistical "
        "Power Analysis, 1988, ch. 6 (h = .2)"
    ),
    fix="Drop or regenerate these rows, and keep the model's answer without its preamble.",
    cached="marks",
)
