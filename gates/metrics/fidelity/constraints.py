"""Rules across columns that hold in every human row: how many synthetic rows break one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE
from gates.data.values.times import time_in_utc
from gates.errors import MetricError, did_you_mean
from gates.metrics.base.breakdowns import with_parts
from gates.metrics.base.measurement import Growth, Inconclusive, Measured, Measurement, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.row_keys import KeyIndex, key_hashes, rows_with_key, without_nan
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.fidelity.identities import (
    missing_together_broken,
    missing_with_broken,
    product_broken,
    sum_broken,
)
from gates.metrics.stats.intervals import clopper_pearson
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.data.arrays import Ints, Mask
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Rows, Scan

    # Masks of the rows that break a constraint and of the rows that it applies to; the first lies within the second.
    Judged = tuple[Mask, Mask]


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the scope's rows that break one constraint, in [0, 1], with its exact interval and a part per generator.

    Rows that the constraint says nothing about (a missing value in a key, an inequality or a whole number; a determinant
    that no human row has) do not count.
    """
    columns = _columns(scan, params)
    if params["constraint"] == "key":
        return _key(scan, scope, columns)
    check = _CONSTRAINTS.get(str(params["constraint"]))
    if check is None:
        hint = did_you_mean(str(params["constraint"]), [*_CONSTRAINTS, "key"])
        raise MetricError(f"unknown constraint '{params['constraint']}': {hint}")

    def share(rows: Rows) -> Measured | Inconclusive:
        broken, applies = check(scan.human.frame, rows.frame, columns)
        first = np.sort(rows.row_id[broken])[: scan.named_rows]
        rule = _RULES[str(params["constraint"])].format("' with '".join(columns[:-1]) or columns[0], columns[-1])
        return _measured(scan, columns, (int(broken.sum()), int(applies.sum())), first, rule)

    whole = share(scan.rows_of(scope))
    if scope is Scope.SYNTHETIC:
        return replace(whole, parts={name: Part(share(rows)) for name, rows in scan.generators.items()})
    return whole


def _measured(
    scan: Scan, columns: list[str], counts: tuple[int, int], first: Ints, rule: str
) -> Measured | Inconclusive:
    hits, n = counts
    named = " and ".join(f"column '{column}'" for column in columns)
    rows = RowCounts(len(scan.human), n)
    evidence = {
        "columns": columns,
        "violations": hits,
        "rows": n,
        "first_rows": [scan.place(int(row)) for row in first],
    }
    if not n:
        return Inconclusive(f"the rule on {named} applies to no row", rows, evidence=evidence)
    return Measured(
        clopper_pearson(hits, n),
        rows,
        growth=Growth(shrinks="linear", limited_by=("synthetic",)),
        # A rule that so many rows keep without exception is open for its limit alone: three in a hundred would have shown.
        undecided=Severity.WARNING if not hits and n >= ROWS_TO_PASS else None,
        note=f"{hits:,} of {n:,} rows break the rule on {named}: {rule}" if hits else "",
        evidence=evidence,
    )


def _columns(scan: Scan, params: Params) -> list[str]:
    columns = _named_columns(params)
    for name in columns:
        if name not in scan.human.frame.columns:
            raise MetricError(f"no column '{name}' ({did_you_mean(name, scan.human.frame.columns)})")
    return columns


def _functional_dependency(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> Judged:
    """The first columns determine the last; what human rows have with a determinant is what is allowed with it.

    A determinant that no human row has is not judged.
    """
    *determinant, dependent = columns
    allowed = human.select(columns).unique()
    numbered = rows.select(columns).with_row_index("_at")
    determinants = allowed.select(determinant).unique()
    determined = numbered.join(determinants, on=determinant, how="semi", nulls_equal=True)["_at"]
    kept = numbered.join(allowed, on=[*determinant, dependent], how="semi", nulls_equal=True)["_at"]
    applies, fine = np.zeros(rows.height, dtype=bool), np.zeros(rows.height, dtype=bool)
    applies[determined.to_numpy()] = True
    fine[kept.to_numpy()] = True
    return applies & ~fine, applies


def _inequality(_human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> Judged:
    """The first column is at most the second; words stand for the times that they say, and those that say none for nothing."""
    small, large = columns
    words = [name for name in columns if rows.schema[name] in (pl.String, pl.Categorical)]
    times = (time_in_utc(name, rows.schema[name]).alias(name) for name in words)
    pair = without_nan(rows.select(small, large).with_columns(times))
    applies = (pair[small].is_not_null() & pair[large].is_not_null()).to_numpy()
    return (pair[small] > pair[large]).fill_null(value=False).to_numpy() & applies, applies


def _integer_valued(_human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> Judged:
    """The column holds whole numbers."""
    numbers = rows[columns[0]].cast(pl.Float64, strict=False).to_numpy()
    applies = ~np.isnan(numbers)
    return applies & ((numbers != np.round(numbers)) | np.isinf(numbers)), applies


@dataclass(frozen=True)
class KeyAccumulator:
    """Makes an accumulator of the keys that some columns make, of the rows in which none of them is missing."""

    columns: tuple[str, ...]

    def __call__(self, inputs: PassInputs) -> KeyIndex:
        return KeyIndex(inputs, lambda batch: key_hashes(batch.frame, self.columns))


def accumulate_keys(inputs: PassInputs, params: Params) -> list[KeyAccumulator]:
    """What a constraint reads of every row: a key's columns; other constraints look at samples."""
    columns = tuple(_named_columns(params))
    return [KeyAccumulator(columns)] if params["constraint"] == "key" and {*columns} <= {*inputs.schema} else []


def _named_columns(params: Params) -> list[str]:
    named = params["columns"]
    return [str(name) for name in named] if isinstance(named, list | tuple) else [str(named)]


def _key(scan: Scan, scope: Scope, columns: list[str]) -> Measurement:
    """The columns together name a row: no value stands twice, and no synthetic row takes a human row's name.

    Counted over all rows, because a sample holds few of the pairs that repeat.
    """
    keys = scan.collected(KeyAccumulator(tuple(columns)))
    complete = rows_with_key(scan.index, keys)
    of_humans = keys.with_content_of(keys.of(HUMAN_CODE))

    def share(scope_rows: Mask, *, taken: bool) -> Measurement:
        own = scope_rows[complete]
        broken = keys.repeated(own)
        rule = "no two rows share a value"
        if taken:
            broken |= own & of_humans
            rule += f", and {int((own & of_humans).sum()):,} rows have the value of a human row"
        counts = int(broken.sum()), int(own.sum())
        return _measured(scan, columns, counts, keys.ids_of(broken, scan.named_rows), rule)

    if scope is Scope.HUMAN:
        return share(scan.index.of(HUMAN_CODE), taken=False)
    return with_parts(scan, lambda mask, _human: share(mask, taken=True), distinct_rows=False)


# What a constraint asks of its first columns and the last one.
_RULES = {
    "functional_dependency": "'{0}' goes with one '{1}', as in human rows",
    "inequality": "'{0}' is at most '{1}'",
    "integer_valued": "'{0}' is a whole number",
    "sum": "'{1}' is the sum of '{0}', as in human rows",
    "product": "'{1}' is '{0}' times one number for all rows, as in human rows",
    "missing_with": "whether '{1}' is missing follows from '{0}', as in human rows",
    "missing_together": "'{0}' and '{1}' are missing together",
}

_CONSTRAINTS: dict[str, Callable[[pl.DataFrame, pl.DataFrame, Sequence[str]], Judged]] = {
    "functional_dependency": _functional_dependency,
    "inequality": _inequality,
    "integer_valued": _integer_valued,
    "sum": sum_broken,
    "product": product_broken,
    "missing_with": missing_with_broken,
    "missing_together": missing_together_broken,
}

METRIC = Metric(
    expectation="expect_constraint_violation_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Rows break a rule that holds in every human row",
    unit=Unit.SHARE,
    asks="Do the synthetic rows keep the rules that hold in every human row?",
    why=(
        "A generator that samples columns one by one makes rows that cannot exist. Distributions and classifiers see little of it; "
        "a rule such as 'education determines education-num' sees it at once."
    ),
    source="Functional dependencies (Codd 1970); exact binomial interval (Clopper & Pearson 1934)",
    fix="Compute the dependent column from its determinant after sampling, or reject the rows that break the rule.",
    params=(("constraint", None), ("columns", None)),
    detail=("constraint", "columns"),
    cached="origins, for keys",
    reads="keys: those columns of every row; other constraints: the sample",
    accumulate=accumulate_keys,
)
