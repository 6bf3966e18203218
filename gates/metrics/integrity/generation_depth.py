"""How many generations lie between synthetic rows and human rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.arrays import Ints, Mask, find_sorted
from gates.data.engine import Grouped
from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_parts
from gates.metrics.base.full_columns import not_configured
from gates.metrics.base.measurement import (
    Estimate,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.row_keys import KeyIndex, key_hashes, of_second_keys, rows_at, rows_with_key
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.data.scan.row_index import RowIndex

_SEED = "seed_id"
# The parent of a row that no row of the dataset seeded.
NO_PARENT = -1
# The depth of a row whose seeds lead back to the row itself or to such a row.
ENDLESS = np.iinfo(np.int64).max


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
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
    if scan.inputs.schema[key].is_nested() or scan.inputs.schema[seed].is_nested():
        return Failed(f"column '{key}' and column '{seed}' have lists or structures; one id a row was expected")
    chains = _chains(scan.index, scan.collected(ids_and_seeds))
    if not chains.has_named_seed:
        rows = int(scan.index.of(SYNTHETIC_CODE).sum())
        reason = f"no seed in column '{seed}' of {rows:,} synthetic rows names an id in column '{key}' of the dataset"
        return Inconclusive(reason, undecided=Severity.WARNING)
    at_most = int(str(params["max_depth"]))
    return with_parts(scan, lambda own, _human: _deeper(scan, chains, own, at_most), distinct_rows=False)


@dataclass(frozen=True)
class _Chains:
    """Synthetic rows that a synthetic row seeded; other synthetic rows have depth 1.

    row: their positions, in order. depth: theirs, ENDLESS in a circle. elsewhere: mask of the rows whose seed names no row.
    has_named_seed: whether the seed of any synthetic row names one.
    """

    row: Ints
    depth: Ints
    elsewhere: Mask
    has_named_seed: bool


def _chains(index: RowIndex, keys: RowIndex) -> _Chains:
    is_seed = of_second_keys(keys)
    is_id, seeds_synthetic = ~is_seed, is_seed & keys.of(SYNTHETIC_CODE)
    names_row = is_seed & keys.with_content_of(is_id)
    elsewhere = rows_with_key(index, keys, is_seed & ~names_row)
    masks = {"human": is_id & keys.of(HUMAN_CODE), "id": is_id, "seed": seeds_synthetic}
    named, parents = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for batch in keys.table.group(Grouped(("digest",), masks, {"id": 1, "seed": 1})):
        # Of rows with one id a human one is meant, else the first.
        first = batch.column("id_first").to_numpy()
        is_parent = (batch.column("human").to_numpy() == 0) & (keys.origin[first] == SYNTHETIC_CODE)
        named.append(batch.column("digest").to_numpy()[is_parent])
        parents.append(first[is_parent])
    digest, parent = np.concatenate(named), np.concatenate(parents)
    order = np.argsort(digest)
    entries = np.flatnonzero(seeds_synthetic & keys.with_content_in(digest))
    own = order[np.searchsorted(digest, keys.at("digest", entries), sorter=order)]
    row, seeded_by = (index.positions(rows_at(keys, at)) for at in (entries, parent[own]))
    place, is_synthetic = find_sorted(row, seeded_by)
    depth = depths(np.where(is_synthetic, place, NO_PARENT), np.ones(len(row), dtype=bool))
    # What their first one was made from has depth 1.
    depth[depth != ENDLESS] += 1
    return _Chains(row, depth, elsewhere, bool((names_row & seeds_synthetic).any()))


def _deeper(scan: Scan, chains: _Chains, own: Mask, at_most: int) -> Measurement:
    rows, deep = int(own.sum()), own[chains.row]
    levels, counts = np.unique(chains.depth[deep & (chains.depth != ENDLESS)], return_counts=True)
    by_depth = {1: rows - int(deep.sum()), **dict(zip(levels.tolist(), counts.tolist(), strict=True))}
    deeper, circular = np.full(len(own), at_most < 1) & own, np.zeros(len(own), dtype=bool)
    deeper[chains.row[deep & (chains.depth > at_most)]] = True
    circular[chains.row[deep & (chains.depth == ENDLESS)]] = True
    circles = scan.first_places(circular)
    evidence = {
        "rows_by_depth": {level: count for level, count in by_depth.items() if count},
        "deeper_rows": int(deeper.sum()),
        "circular": int(circular.sum()),
        "seeds_outside_the_dataset": int((own & chains.elsewhere).sum()),
        "first_rows": scan.first_places(deeper),
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


def ids_and_seeds(inputs: PassInputs) -> KeyIndex:
    """An accumulator of the ids of rows and, as second keys, of the rows that seeded them."""
    names = (inputs.roles.key, inputs.roles.lineage.get(_SEED))
    has_ids = all(name and not inputs.schema[name].is_nested() for name in names)
    return KeyIndex(inputs, *(partial(_hashes, str(name)) for name in names if has_ids))


def _hashes(column: str, batch: Batch) -> pl.Series:
    """Of ids as words, null where they are blank.

    Whole numbers beside missing ones are often stored as fractions, so that 12.0 is read as 12.
    """
    values = batch.frame[column]
    if values.dtype.is_float():
        values = values.cast(pl.Int64, strict=False)
    return key_hashes(values.cast(pl.String).to_frame(), [column])


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
    accumulate=lambda _inputs, _params: (ids_and_seeds,),
)
