"""Whether synthetic rows state where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.config.data_types import LINEAGE_ROLES
from gates.data.facts import SYNTHETIC_CODE
from gates.data.scan.index import has_value
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.full_columns import columns, columns_of_all
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Estimate, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of synthetic rows with a value in the least complete declared lineage column, in [0, 1]; a count."""
    declared = scan.roles.lineage
    if not declared:
        return NotConfigured("no lineage column is declared", 'columns = { generator = "…", seed_id = "…" }')
    rows = int(scan.index.of(SYNTHETIC_CODE).sum())
    whole = _least(
        declared, {role: scan.counts.synthetic_columns.get(column, 0) for role, column in declared.items()}, rows
    )

    def of_language(one: Language) -> Measurement:
        filled = scan.cached(_filled)
        own = {role: int(filled[column].to_numpy()[one.synthetic].sum()) for role, column in declared.items()}
        return too_few(None, one.counts[1]) or _least(declared, own, one.counts[1])

    return with_languages(scan, whole, scan.cached(languages).synthetic, of_language)


def _least(declared: Mapping[str, str], filled: Mapping[str, int], rows: int) -> Measurement:
    """The share of the least complete column. filled: by role, how many of the rows have a value."""
    shares = {role: filled[role] / rows for role in sorted(declared)}
    worst = min(shares, key=lambda role: (shares[role], role))
    absent = [role for role in LINEAGE_ROLES if role not in declared]
    note = (
        f"column '{declared[worst]}' is filled in {percent(shares[worst])} of synthetic rows"
        if shares[worst] < 1
        else ""
    )
    evidence = {"filled": shares, "not_declared": absent}
    return Measured(Estimate.exact(shares[worst]), RowCounts(synthetic=rows), note=note, evidence=evidence)


def _filled(scan: Scan) -> pl.DataFrame:
    """Which lineage cells of every row have a value. Call through `scan.cached(_filled)`."""
    frame = columns_of_all(scan, scan.roles.lineage.values()).with_columns(pl.col(pl.Categorical).cast(pl.String))
    return frame.select(has_value(column, frame.schema[column]) for column in scan.roles.lineage.values())


METRIC = Metric(
    expectation="expect_lineage_to_be_complete",
    measure=measure,
    side=Side.MIN,
    finding="Synthetic rows do not state where they come from",
    unit=Unit.SHARE,
    asks="Does every synthetic row state which generator, version, prompt or seed, date and licence it comes from?",
    why="Without lineage a defect cannot be traced to its generator, and synthetic rows seeded by synthetic rows go unseen.",
    source="Longpre et al., Data Provenance Initiative, Nature Machine Intelligence 6 (2024)",
    fix="Have the generator write its name, version, seed or prompt id, date and licence into each row; map the columns' names in `columns`.",
    exact="a share of filled cells",
    cached="cells with a value, by column",
    reads="where rows have a language, the lineage columns of every row",
    accumulate=lambda inputs, _params: columns(inputs.roles.lineage.values(), inputs),
)
