"""Whether synthetic texts are no texts at all: empty, looping, copied, cut off, misread, or with a leaked frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.text.marks.markers import DEGENERATE, HABITS_OF_TEXTS
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.content.marker_ratio import excess_of_marks

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Measurement
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct synthetic texts that are degenerate, minus the human share; evidence counts each kind."""
    return excess_of_marks(scan, DEGENERATE, HABITS_OF_TEXTS)


METRIC = Metric(
    expectation="expect_degenerate_text_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic texts are empty, repeat themselves, are cut off or misread",
    unit=Unit.EXTRA_SHARE,
    asks="Are synthetic texts empty, looping, copied from their input, cut off, read in a wrong encoding, or do they contain a leaked prompt frame?",
    why=(
        "Degenerate texts teach a model to degenerate: loops come back in what it generates. Of a base model's answers "
        "to the self-instruct tasks 97 % loop, of another model's 19 % are empty; no human text loops or is empty. TODO and lorem ipsum stand "
        "where a text was to be written. Texts that end inside a sentence, are all in capitals, have blanks to fill in ([Your Name]) or hold the thoughts of a "
        "model, and answers that are a piece of their prompt, count where their share differs from the human one by more than a small effect; thoughts in two "
        "of five synthetic texts and more are what the set teaches."
    ),
    source=(
        "Loops: an 8-gram of tokens three times or more that makes up a tenth of the text (after Rae et al., Gopher, 2021, "
        "repetition filters); broken encoding: runs that are UTF-8 as bytes of Windows-1252 or Latin-1 "
        "(after Speer, ftfy, 2019); small effects: Cohen, Statistical Power Analysis, 1988, ch. 6 (h = .2); Newcombe's hybrid score interval (1998, method 10)"
    ),
    fix="Drop these rows, and read misread files as UTF-8; then raise the repetition penalty, set a stop sequence, or raise the token limit of the generator.",
    cached="marks",
)
