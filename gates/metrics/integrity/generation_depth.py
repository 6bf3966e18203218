"""How many generations lie between synthetic rows and human rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_parts
from gates.metrics.base.full_columns import columns, columns_of_all, not_configured
from gates.metrics.base.measurement import (
    Estimate,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Side, Unit
from gates.metrics.base.places import first_places
from gates.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Ints, Mask
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

_SEED = "seed_id"
# The parent of a row that no row of the dataset seeded.
NO_PARENT = -1
# The depth of a row whose seeds lead back to the row itself or to such a row.
ENDLESS = np.iinfo(np.int64).max


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of synthetic rows deeper than `max_depth`, in [0, 1]; a count over every row.

    A synthetic row that a human row seeded, or none of the dataset, has depth 1; one that a synthetic row seeded is
    one deeper than that. Rows whose seeds go in a circle have no human row before them: they count as deeper.
    """
    key, seed = scan.roles.key, scan.roles.lineage.get(_SEED)
    if seed is None:
        return NotConfigured("no seed column is declared", 'columns = { seed_id = "…" }')
    if key is None:
        role = "key" if "key" in scan.roles.mappable else "id"
        return not_configured(scan, "seeds name rows by their id, and rows have none", role)
    ids, seeds = (_words(columns_of_all(scan, [column])[column]) for column in (key, seed))
    if ids is None or seeds is None:
        return Failed(f"column '{key}' and column '{seed}' have lists or structures; one id a row was expected")
    parent = _parents(ids, seeds, scan.index.origin == HUMAN_CODE)
    synthetic = scan.index.of(SYNTHETIC_CODE)
    if not (parent[synthetic] != NO_PARENT).any():
        reason = f"no seed in column '{seed}' of {int(synthetic.sum()):,} synthetic rows names an id in column '{key}' of the dataset"
        return Inconclusive(reason, undecided=Severity.WARNING)
    depth = depths(parent, scan.index.origin == SYNTHETIC_CODE)
    elsewhere = seeds.is_not_null().to_numpy() & (parent == NO_PARENT)
    at_most = int(str(params["max_depth"]))
    return with_parts(scan, lambda own, _human: _deeper(scan, depth, own, elsewhere, at_most), distinct_rows=False)


def _deeper(scan: Scan, depth: Ints, own: Mask, elsewhere: Mask, at_most: int) -> Measurement:
    rows, circular = int(own.sum()), own & (depth == ENDLESS)
    deeper = own & (depth > at_most)
    finite = depth[own & ~circular]
    levels, counts = np.unique(finite, return_counts=True)
    circles = first_places(scan, circular)
    evidence = {
        "rows_by_depth": dict(zip(levels.tolist(), counts.tolist(), strict=True)),
        "deeper_rows": int(deeper.sum()),
        "circular": int(circular.sum()),
        "seeds_outside_the_dataset": int((own & elsewhere).sum()),
        "first_rows": first_places(scan, deeper),
        "first_circular_rows": circles,
    }
    note = f"{int(deeper.sum()):,} of {rows:,} synthetic rows lie deeper than {at_most}"
    if circles:
        note += f"; the seeds of {int(circular.sum()):,} go in a circle, first {circles[0]}"
    return Measured(Estimate.exact(int(deeper.sum()) / rows), RowCounts(synthetic=rows), note=note, evidence=evidence)


def depths(parent: Ints, is_synthetic: Mask) -> Ints:
    """Synthetic rows from each row, itself included, up to the first row of other origin or without a parent.

    0 for rows that are not synthetic; ENDLESS where there is no end. Each round follows twice as many seeds at once, so
    that a chain as long as the dataset takes a round per binary digit of its length.
    """
    rows = len(parent)
    end = rows
    ahead = np.append(np.where(is_synthetic & (parent != NO_PARENT), parent, end), end)
    steps = np.append(is_synthetic.astype(np.int64), 0)
    for _ in range(rows.bit_length()):
        steps = steps + steps[ahead]
        ahead = ahead[ahead]
    return np.where(ahead[:rows] == end, steps[:rows], ENDLESS)


def _parents(ids: pl.Series, seeds: pl.Series, is_human: Mask) -> Ints:
    """Position of the row that each row's seed names, else NO_PARENT; of rows with one id a human one, else the first."""
    rows = pl.DataFrame({"id": ids, "parent": np.arange(len(ids)), "is_human": is_human}).drop_nulls("id")
    named = rows.sort("is_human", "parent", descending=[True, False]).unique("id", keep="first", maintain_order=True)
    parents = pl.DataFrame({"id": seeds}).join(named, on="id", how="left", maintain_order="left")
    return parents["parent"].fill_null(NO_PARENT).to_numpy()


def _words(values: pl.Series) -> pl.Series | None:
    """Ids as words, blank ones null; None where a cell is no single value.

    Whole numbers beside missing ones are often stored as fractions, so that 12.0 is read as 12.
    """
    if values.dtype.is_nested():
        return None
    if values.dtype.is_float():
        values = values.cast(pl.Int64, strict=False)
    words = values.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(words != "").then(words)).to_series()


METRIC = Metric(
    expectation="expect_generation_depth_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Synthetic rows were made from other synthetic rows",
    unit=Unit.SHARE,
    asks="Are synthetic rows made from human rows, or from other synthetic rows?",
    why=(
        "Each generation made from the one before loses tails and adds the errors of its generator. No single version shows it: the rows "
        "look like those they were made from."
    ),
    source="Shumailov et al., Nature 631 (2024) 755-759; Alemohammad et al., ICLR 2024",
    fix="Seed the generator with human rows; leave out synthetic rows that synthetic rows seeded, the deepest first.",
    params=(("max_depth", 1),),
    exact="a share counted over every row",
    cached="origins",
    reads="id and seed_id of every row",
    accumulate=lambda inputs, _params: columns([inputs.roles.key, inputs.roles.lineage.get(_SEED)], inputs),
)
