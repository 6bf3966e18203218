"""Whether texts declared human contain phrases that only chat models write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE
from gates.data.text.marks.markers import BOILERPLATE
from gates.metrics.base.breakdowns import distinct, with_languages
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Growth, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.content.marker_ratio import marked_places
from gates.metrics.stats.intervals import clopper_pearson
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct human texts with a refusal, self-reference or chat preamble, in [0, 1], exact interval."""
    if not scan.roles.texts:
        return NotConfigured('defined for texts only: set type = "text" for a dataset of texts')
    whole = _among(scan, distinct(scan.index, HUMAN_CODE))

    def of_language(one: Language) -> Measurement:
        own = scan.index.first_of_each(one.human)
        return too_few(int(own.sum()), None) or _among(scan, own)

    return with_languages(scan, whole, scan.cached(languages).human, of_language)


def _among(scan: Scan, human: Mask) -> Measurement:
    """The share among these distinct human rows."""
    marked = human & (scan.index.marks & np.uint32(BOILERPLATE) != 0)
    hits, rows = int(marked.sum()), int(human.sum())
    places = marked_places(scan, marked, BOILERPLATE)
    note = (
        f"{hits:,} of {rows:,} human texts read like a chat model's, first at {', '.join(places[:3])}" if hits else ""
    )
    return Measured(
        clopper_pearson(hits, rows),
        RowCounts(rows),
        growth=Growth(shrinks="linear", limited_by=("human",)),
        note=note,
        evidence={"texts_with_mark": hits, "rows": rows, "first_rows": places},
    )


METRIC = Metric(
    expectation="expect_machine_text_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Human texts look as if a machine wrote them",
    unit=Unit.SHARE,
    asks="Are the human texts really human?",
    why=(
        "People who are paid to write paste model output. Human rows are the baseline that synthetic rows are compared with, so machine "
        "text among them blinds every other check. Phrases only: no classifier accuses a person."
    ),
    source="Veselovsky et al., Artificial Artificial Artificial Intelligence, 2023; exact binomial bound (Clopper & Pearson 1934)",
    fix="Read these rows; remove them, or declare them synthetic.",
    undecided=Severity.WARNING,
    cached="marks",
)
