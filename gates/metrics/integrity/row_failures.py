"""How many rows break one rule of the pandera schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.scan.result import NAMED_ROWS, RuleFailures, Scan
from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Growth,
    Measured,
    Measurement,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.synthetic_alone import as_habit
from gates.metrics.stats.intervals import clopper_pearson, ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

# The limit of an inferred rule holds for all rules of its draft at once; the count of rows beside it is by itself
# uncertain where they are few: each lower bound holds with 99.9 %.
CONFIDENCE = 0.998
# Where none of so many human rows breaks a rule, at most one in a hundred does (95 %); where none of sixty does, five may, and a single
# synthetic row that does is no proof.
HUMAN_ROWS_TO_RULE_OUT = 300
# Rules that rows of some human sources break: manuals with HTML, docstrings with "Output:", small talk that says the same, and
# translations without a number. None of 27 has words such as "nan" or broken characters in one text of two hundred.
HUMAN_HABITS = frozenset({"no-markup", "no-leaked-frame", "differs-from-prompt", "keeps-numbers", "keeps-placeholders"})
# A rare class lies where few human rows do, and beyond a range that was inferred from all of them.
RANGE, EXTENDS = "/range", 'synthetic_role = "extend" does not promise the ranges of human rows'


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the scope's rows that break the rule, in [0, 1]; a count, so without interval.

    A rule that was inferred from a sample is itself uncertain: within its limit the count decides, beyond it
    the exact interval decides. beyond_human: synthetic rows may break the rule as often as human rows do; the difference of
    both shares has an interval, and so has a single synthetic row beside fewer than 300 human ones. Beside none, in a set of
    synthetic rows alone, less than a tenth is no proof of the rules in `HUMAN_HABITS`.
    """
    rule = str(params["rule"])
    failures = scan.counts.failures.get(rule)
    if failures is None:
        return Failed(f"the schema has no rule '{rule}', or it never ran")
    first = [failures.place(row, scan.place(row)) for row in failures.first if _is_in(scan, row, scope)]
    measured = measurement_of(failures, scope, first, params)
    is_open = scan.declared.extends_human_law and scope is Scope.SYNTHETIC and bool(params["inferred"])
    if is_open and rule.endswith(RANGE):
        return ReportOnly(measured, EXTENDS)
    is_habit = scan.declared.is_synthetic_alone and rule.rpartition("/")[2] in HUMAN_HABITS
    return as_habit(measured) if is_habit and isinstance(measured, Measured) else measured


def measurement_of(failures: RuleFailures, scope: Scope, first: Sequence[str], params: Params) -> Measured | Failed:
    """As `measure`, of one rule's count; first: places of failing rows of the scope."""
    rule = failures.rule
    if failures.broken:
        return Failed(f"rule '{rule}' could not run: {failures.broken}")
    hits, rows = failures.failures.get(scope.value, 0), failures.rows.get(scope.value, 0)
    if not rows:
        return Failed(f"no {scope.value} rows: rule '{rule}' was not applied")
    reason = f" ({failures.reason})" if failures.reason else ""
    note = f"{hits:,} of {rows:,} {scope.value} rows fail {rule}{reason}" if hits else ""
    if first:
        note += ", first at " + ", ".join(first[:3])
    human, synthetic = failures.rows.get("human", 0), failures.rows.get("synthetic", 0)
    is_beyond = bool(params["beyond_human"]) and scope is Scope.SYNTHETIC and human > 0
    human_hits = failures.failures.get("human", 0) if is_beyond else 0
    if human_hits:
        note += f"{'; ' if note else ''}{human_hits:,} of {human:,} human rows do too"
    is_one_of_few = hits == 1 and human < HUMAN_ROWS_TO_RULE_OUT
    if human_hits or (is_beyond and is_one_of_few):
        estimate = ratio_difference(hits, rows, human_hits, human)
    elif params["inferred"]:
        estimate = clopper_pearson(hits, rows, CONFIDENCE)
    else:
        estimate = Estimate.exact(hits / rows)
    return Measured(
        estimate,
        RowCounts(
            human if is_beyond or scope is not Scope.SYNTHETIC else None,
            None if scope is Scope.HUMAN else synthetic,
        ),
        baseline=Baseline(human_hits / human) if human_hits else None,
        growth=Growth(shrinks="linear", limited_by=(scope.value,)),
        is_count=True,
        note=note,
        evidence={"failures": hits, "rows": rows, "first_rows": list(first[:NAMED_ROWS])},
    )


def _is_in(scan: Scan, row_id: int, scope: Scope) -> bool:
    at = int(scan.index.positions(np.array([row_id]))[0])
    code = {"human": 0, "synthetic": 1}.get(scope.value)
    return at < len(scan.index) and (code is None or int(scan.index.origin[at]) == code)


METRIC = Metric(
    expectation="expect_row_failure_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Rows break the rule {rule}",
    unit=Unit.SHARE,
    asks="Do rows keep the row contract: types, nulls, ranges, vocabularies, lengths?",
    why="One row with minutes in a column of hours teaches a model a world that does not exist; the failing rows are kept with their reason.",
    source="pandera schema; bounds inferred from a sample carry Wilks' tolerance limits (Wilks 1941)",
    fix="Repair or leave out the failing rows, or loosen the rule; the Parquet file named in the report has all of them with their rule and reason.",
    params=(("rule", None), ("inferred", False), ("beyond_human", False)),
    detail=("rule",),
    undecided=Severity.WARNING,
    languages_together="failures are counted by rule; the quarantine file has every failing row",
    exact="counts rows that break a rule; rates of inferred rules are in the verdicts",
    cached="rows by origin; none of them fails",
    reads="files with failing rows",
)
