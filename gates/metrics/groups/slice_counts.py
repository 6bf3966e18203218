"""Whether every slice, and every pair of slices, has human rows."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from gates.data.facts import ORIGIN
from gates.metrics.base.full_columns import accumulate_annotations, annotation_columns
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

EVIDENCE_SLICES = 20
_COUNTS = ("human", "synthetic")


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Human rows in the slice that has fewest of them, pairwise intersections included; a count over every row.

    Slices that hold less than `prevalence` of all rows, human and synthetic, are too rare to count. Rows without
    a value belong to no slice.
    """
    slices = sorted(scan.roles.slices)
    if not slices:
        return NotConfigured("no slices are declared", 'slices = ["<column>"]')
    rows = scan.cached(annotation_columns).filter(pl.col(ORIGIN).cast(pl.String).is_in(_COUNTS))
    prevalence = float(str(params["prevalence"]))
    crossed = [(name,) for name in slices] + list(combinations(slices, 2))
    cells = pl.concat([_cells(rows, columns) for columns in crossed])
    common = cells.filter(pl.col("rows") >= prevalence * rows.height).sort("human", "slice")
    if not common.height:
        return Failed(f"no slice of {', '.join(slices)} holds {percent(prevalence)} of the rows")
    thinnest = common.row(0, named=True)
    human = int(rows.filter(pl.col(ORIGIN).cast(pl.String) == "human").height)
    note = f"fewest human rows in {' & '.join(map(shortened, str(thinnest['slice']).split(' & ')))}: {thinnest['human']:,} of {thinnest['rows']:,} rows"
    evidence = {
        "slices": common.height,
        "rarer": cells.height - common.height,
        "thinnest": common.head(EVIDENCE_SLICES).to_dicts(),
        "rows_without_a_value": {name: rows[name].null_count() for name in slices},
    }
    return Measured(
        Estimate.exact(thinnest["human"]), RowCounts(human, rows.height - human), note=note, evidence=evidence
    )


def _cells(rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Human rows and rows of each combination of levels, named `language=en & domain=law`."""
    words = [pl.col(name).cast(pl.String) for name in columns]
    levels = [pl.concat_str(pl.lit(f"{name}="), pl.col(name)) for name in columns]
    named = pl.concat_str(levels, separator=" & ")
    whole = rows.select(ORIGIN, *words).drop_nulls(list(columns))
    is_human = pl.col(ORIGIN).cast(pl.String) == "human"
    return whole.group_by(named.alias("slice")).agg(
        is_human.sum().cast(pl.Int64).alias("human"), pl.len().alias("rows")
    )


METRIC = Metric(
    expectation="expect_slice_row_counts_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="A group has too few human rows",
    unit=Unit.COUNT,
    asks="Are there human rows in every group and in every pair of groups?",
    why=(
        "A group that only synthetic rows describe is a guess about people who gave no row, and no check can compare it with anything. "
        "Each group may be there while their intersection is empty."
    ),
    source="Buolamwini & Gebru, Gender Shades, FAT* 2018: errors hide in intersections",
    fix="Collect human rows of the slice that has fewest, or leave out its synthetic rows and say that the set does not cover it.",
    params=(("prevalence", 0.005),),
    languages_together='slices are looked at one by one: with slices = ["language"] each language is one',
    exact="a count of rows",
    reads="the slices of every row",
    accumulate=accumulate_annotations,
)
