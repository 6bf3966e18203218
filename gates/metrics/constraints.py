"""Rules across columns that hold among people: how many synthetic rows break one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.errors import MetricError, did_you_mean
from gates.metrics.intervals import clopper_pearson
from gates.metrics.measurement import Measurement
from gates.metrics.metric import Metric, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from gates.scan import Rows, Scan
    from gates.verdict import Scope

Broken = "tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]"
EVIDENCE_ROWS = 10


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of the scope's rows that break one constraint, in [0, 1], with its exact interval and a part per generator.

    Rows that the constraint says nothing about (a missing value, a determinant no person has) do not count.
    """
    columns = _columns(scan, params)
    check = _CONSTRAINTS.get(str(params["constraint"]))
    if check is None:
        raise MetricError(
            f"unknown constraint '{params['constraint']}': {did_you_mean(str(params['constraint']), _CONSTRAINTS)}"
        )
    broken_in = _Breaker(scan.human, columns, check)
    whole = _share(scan, scan.rows_of(scope), broken_in)
    if scope.value == "synthetic":
        return replace(whole, parts={name: _share(scan, rows, broken_in) for name, rows in scan.generators.items()})
    return whole


class _Breaker:
    """One constraint bound to the human rows that it was learned from."""

    def __init__(self, human: Rows, columns: list[str], check: Callable[..., object]) -> None:
        self.human, self.columns, self.check = human, columns, check

    def __call__(self, rows: Rows) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        return self.check(self.human.frame, rows.frame, self.columns)  # type: ignore[return-value]


def _share(scan: Scan, rows: Rows, broken_in: _Breaker) -> Measurement:
    broken, asked = broken_in(rows)
    hits, n = int((broken & asked).sum()), int(asked.sum())
    places = [scan.place(int(row)) for row in np.sort(rows.row_id[broken & asked])[:EVIDENCE_ROWS]]
    named = " and ".join(f"'{column}'" for column in broken_in.columns)
    return Measurement(
        clopper_pearson(hits, n),
        n_human=len(scan.human),
        n_synthetic=len(rows),
        note=f"{hits:,} of {n:,} rows break the rule on {named}" if hits else "",
        undecidable="" if n else f"no row says anything about the rule on {named}",
        shrinks="linear",
        limited_by=("synthetic",),
        evidence={"columns": broken_in.columns, "violations": hits, "rows": n, "first_rows": places},
    )


def _columns(scan: Scan, params: Mapping[str, object]) -> list[str]:
    named = params["columns"]
    columns = [str(name) for name in named] if isinstance(named, list | tuple) else [str(named)]
    for name in columns:
        if name not in scan.human.frame.columns:
            raise MetricError(f"no column '{name}' ({did_you_mean(name, scan.human.frame.columns)})")
    return columns


def _functional_dependency(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> object:
    """The first columns determine the last; what people have with a determinant is what is allowed with it.

    A determinant that no person has asks nothing.
    """
    *determinant, dependent = columns
    allowed = human.select(columns).unique()
    numbered = rows.select(columns).with_row_index("_at")
    known = numbered.join(allowed.select(determinant).unique(), on=determinant, how="semi", nulls_equal=True)["_at"]
    kept = numbered.join(allowed, on=[*determinant, dependent], how="semi", nulls_equal=True)["_at"]
    asked, fine = np.zeros(rows.height, dtype=bool), np.zeros(rows.height, dtype=bool)
    asked[known.to_numpy()] = True
    fine[kept.to_numpy()] = True
    return asked & ~fine, asked


def _inequality(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> object:
    """The first column is at most the second."""
    small, large = columns
    asked = (rows[small].is_not_null() & rows[large].is_not_null()).to_numpy()
    return (rows[small] > rows[large]).fill_null(value=False).to_numpy() & asked, asked


def _integer_valued(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> object:
    """The column holds whole numbers."""
    numbers = rows[columns[0]].cast(pl.Float64, strict=False).to_numpy()
    asked = ~np.isnan(numbers)
    return asked & (numbers != np.round(numbers)), asked


def _key(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> object:
    """The columns together name a row: no value stands twice, and no synthetic row takes a human row's name."""
    repeated = rows.select(pl.struct(columns).is_duplicated()).to_series().to_numpy()
    if rows.equals(human):
        return repeated, np.ones(rows.height, dtype=bool)
    taken = (
        rows.select(columns).with_row_index("_at").join(human.select(columns).unique(), on=list(columns), how="semi")
    )
    broken = repeated.copy()
    broken[taken["_at"].to_numpy()] = True
    return broken, np.ones(rows.height, dtype=bool)


_CONSTRAINTS: dict[str, Callable[..., object]] = {
    "functional_dependency": _functional_dependency,
    "inequality": _inequality,
    "integer_valued": _integer_valued,
    "key": _key,
}

METRIC = Metric(
    expectation="expect_constraint_violation_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    asks="Do the synthetic rows keep the rules that hold in every human row?",
    why=(
        "A generator that samples columns one by one makes rows that cannot exist. Distributions and classifiers see little of it; "
        "a rule such as 'education determines education-num' sees it at once."
    ),
    source="Functional dependencies (Codd 1970); exact binomial interval (Clopper & Pearson 1934)",
    fix="Compute the dependent column from its determinant after sampling, or reject the rows that break the rule.",
    params=(("constraint", None), ("columns", None)),
    detail=("constraint", "columns"),
)
