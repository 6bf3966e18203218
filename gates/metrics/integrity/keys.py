"""Whether the declared key names one row: no key stands twice in an origin, none in both, and no row lacks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.full_columns import not_configured
from gates.metrics.base.measurement import Estimate, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.row_keys import KeyIndex, key_hashes, rows_with_key

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.data.scan.row_index import RowIndex
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How many rows have no declared key, or one that another row has too; a count over every row.

    A synthetic row counts where a human row has its key; a row of either origin where an earlier one of its origin has, or
    where the column has no value. Human rows outside of the set have keys of their own, which say nothing about its rows.
    """
    if scan.roles.declared_key is None:
        return _not_declared(scan)
    keys = scan.collected(declared_keys)
    human, synthetic = keys.of(HUMAN_CODE), keys.of(SYNTHETIC_CODE)
    if scan.declared.human_rows != "set":
        human = np.zeros_like(human)
    taken = synthetic & keys.with_content_of(human)
    again = {
        name: (mask & ~keys.first_of_each(mask), mask) for name, mask in (("synthetic", synthetic), ("human", human))
    }
    clauses, places = [], _pairs(scan, keys, taken, human)
    if places:
        clauses.append(
            f"{int(taken.sum()):,} of {int(synthetic.sum()):,} synthetic rows have the key of a human row, first {places[0]}"
        )
    for name, (repeats, among) in again.items():
        pairs = _pairs(scan, keys, repeats, among)
        if pairs:
            count, of = int(repeats.sum()), int(among.sum())
            clauses.append(f"{count:,} of {of:,} {name} rows have the key of an earlier one, first {pairs[0]}")
            places += pairs
    without_key = _without_key(scan, keys)
    first_without = scan.first_places(without_key)
    if first_without:
        clauses.append(
            f"{int(without_key.sum()):,} rows have no value in the column that is declared as the key, first {first_without[0]}"
        )
        places += first_without
    evidence = {
        "shared_with_human_rows": int(taken.sum()),
        **{f"repeated_in_{name}_rows": int(repeats.sum()) for name, (repeats, _) in again.items()},
        "rows_without_a_key": int(without_key.sum()),
        "rows_with_a_key": int(human.sum() + synthetic.sum()),
        "first_rows": places[: scan.named_rows],
    }
    rows = int((taken | again["synthetic"][0] | again["human"][0]).sum() + without_key.sum())
    counts = RowCounts(int(human.sum()), int(synthetic.sum()))
    return Measured(Estimate.exact(rows), counts, note="; ".join(clauses), evidence=evidence)


def _without_key(scan: Scan, keys: RowIndex) -> Mask:
    """Mask of the set's rows without a key."""
    of_set = scan.index.of(SYNTHETIC_CODE)
    if scan.declared.human_rows == "set":
        of_set = of_set | scan.index.of(HUMAN_CODE)
    return of_set & ~rows_with_key(scan.index, keys)


def declared_keys(inputs: PassInputs) -> KeyIndex:
    """An accumulator of the rows that have a declared key."""
    key = inputs.roles.declared_key
    return KeyIndex(inputs, *([lambda batch: key_hashes(batch.frame, [key])] if key else []))


def _not_declared(scan: Scan) -> NotConfigured:
    role = next((name for name in ("key", "id") if name in scan.roles.mappable), "key")
    return not_configured(scan, "no key is declared that names a row", role)


def _pairs(scan: Scan, keys: RowIndex, rows: Mask, others: Mask) -> list[str]:
    """The first of these rows, each with the first of the others that has its key: `file:row = file:row`."""
    shown = np.flatnonzero(rows)[: scan.named_rows]
    return scan.twin_places(keys.ids(shown), keys.ids(keys.first_with_content_of(shown, others)))


METRIC = Metric(
    expectation="expect_keys_to_name_one_row",
    measure=measure,
    side=Side.MAX,
    finding="Rows share a key that should name one row, or have none",
    unit=Unit.COUNT,
    asks="Does the declared key name one row, whoever made it?",
    why=(
        "A join, a removal or a split by a key that two rows have takes the wrong one of them. A synthetic row under a human row's key is "
        "taken for that row wherever the two meet. A row without a key can be neither joined nor removed."
    ),
    source="The project's own rule; keys: Codd 1970",
    fix=(
        "Give synthetic rows keys of their own, or bind the column to another role: `seed_id` where it names the row that a row was made "
        "from. Of rows that repeat a key within one origin, keep one or number them anew. Number rows without a "
        "key, too, or take the key out of `columns` in gates.toml."
    ),
    languages_together="a key names a row whatever its language",
    exact="counts rows whose key another row has, and rows without one",
    cached="origins",
    reads="the declared key of every row",
    accumulate=lambda inputs, _params: (declared_keys,) if inputs.roles.declared_key else (),
)
