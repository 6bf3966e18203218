"""Whether the two texts of synthetic rows stand in each other's columns: a response where its prompt belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import (
    Estimate,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.text_samples import main_text
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import Sides, compare_all
from gates.metrics.comparison.text_pairs import distinct_pairs, margins, pairs_of_beginnings
from gates.metrics.stats.intervals import effective_rows, ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.facts import Roles
    from gates.data.scan.result import Rows, Scan

# A row is called exchanged where it looks so at least half as clearly as half of the human rows look right. At any doubt,
# 10 to 15 % of short talk were; at this much, 0 to 4 % of any of six sources, and 68 to 98 % of rows that are exchanged.
CLEARLY = 0.5
# Where fewer of the exchanged rows would be seen, their number is a guess.
SEEN_AT_LEAST = 0.5
# What a model learns of fewer prompts, in thirds, is what these are about.
PROMPTS_AT_LEAST = 50
# A share of 2,000 rows is known to .008, and their characters take about a second.
PAIRS_READ = 2000


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of synthetic rows whose two texts are exchanged, beyond what a model takes for exchanged of human rows.

    A linear model of the words and marks at the beginning of both texts learns from human rows which is which. Of rows whose
    prompts it has not seen it takes s of the synthetic and h of the human ones for exchanged, and would take t of the human ones if
    they were. The share is (s - h) / (t - h), and may come out below 0. Of rows that repeat one counts.
    """
    if scan.roles.prompt is None:
        return NotConfigured(f"data of type {scan.roles.type} has no prompts that something answers")
    with one_thread():
        return compare_all(scan, lambda sides: _compare(scan, sides))


def _compare(scan: Scan, sides: Sides) -> Measured | Inconclusive:
    both = [_rows_with_both(scan, rows) for rows in (sides.human, sides.synthetic)]
    counts = RowCounts(*map(len, both))
    prompts = min(len(np.unique(rows.group)) for rows in both)
    if min(map(len, both)) < ROWS_TO_PASS or prompts < PROMPTS_AT_LEAST:
        reason = f"a model needs {ROWS_TO_PASS} distinct rows of each origin that have both texts, and {PROMPTS_AT_LEAST} prompts"
        return Inconclusive(reason, counts)
    human, synthetic = (pairs_of_beginnings(scan, rows, _prompt, main_text) for rows in both)
    mine, theirs = margins(human, human, sides.seed), margins(human, synthetic, sides.seed)
    limit = CLEARLY * float(np.median(mine))
    by_nature, seen = float((mine < -limit).mean()), float((mine > limit).mean())
    exchanged = theirs < -limit
    evidence = {
        "taken_for_exchanged": {"human": by_nature, "synthetic": float(exchanged.mean())},
        "seen_if_exchanged": seen,
        "first_rows": [scan.place(int(row)) for row in np.sort(synthetic.row_id[exchanged])[: scan.named_rows]],
    }
    if limit <= 0 or seen - by_nature < SEEN_AT_LEAST:
        reason = "exchanged rows cannot be recognised: prompts and responses of human rows read alike, or are exchanged in many human rows too"
        return Inconclusive(reason, counts, evidence=evidence)
    hits = exchanged.astype(np.float64), (mine < -limit).astype(np.float64)
    rows = [effective_rows(*one) for one in zip(hits, (synthetic.group, human.group), strict=True)]
    surplus = ratio_difference(hits[0].mean() * rows[0], rows[0], by_nature * rows[1], rows[1])
    share = Estimate(*(bound / (seen - by_nature) for bound in (surplus.value, surplus.low, surplus.high)))
    return Measured(share, counts, growth=Growth(rows_to_pass=ROWS_TO_PASS), evidence=evidence)


def _rows_with_both(scan: Scan, rows: Rows) -> Rows:
    texts = rows.frame.select(prompt=_prompt(scan.roles, rows.frame), response=main_text(scan.roles, rows.frame))
    has_both = texts.select(pl.all_horizontal(pl.all().str.strip_chars() != "")).to_series().to_numpy()
    return distinct_pairs(rows, has_both, PAIRS_READ)


def _prompt(roles: Roles, frame: pl.DataFrame) -> pl.Series:
    return frame[str(roles.prompt)].cast(pl.String).fill_null("")


METRIC = Metric(
    expectation="expect_exchanged_text_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic rows have their two texts exchanged",
    unit=Unit.EXTRA_SHARE,
    asks="Do the two texts of synthetic rows stand in their own columns?",
    why=(
        "Where a template or a join fills the columns the other way round, a model learns to ask when it was asked. Both texts are sound, they "
        "belong together, and columns hardly differ as long as it is a tenth of the rows."
    ),
    source="Share corrected for what a test misses and mistakes: Rogan & Gladen, American Journal of Epidemiology 107 (1978) 71-76",
    undecided=Severity.WARNING,
    fix="Look at the rows named, find what fills the columns (a template, a role of a chat, a renamed column), and exchange their texts back.",
    reads="2,000 rows of the sample of each origin and generator",
)
