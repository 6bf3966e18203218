"""Human rows of the version before that are gone: of the one promoted last, else of the commit before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.base.measurement import (
    Estimate,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.history.previous_human_rows import accumulate_kept, human_rows_of_commit, previous_human_rows

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.metrics.history.previous_human_rows import PreviousHumanRows
    from gates.verdict import Scope

_SHOWN = 3


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the distinct human rows of the version before that are gone without a record; a count, no interval.

    That is the version promoted last or, as long as there is none, the commit before: of that the share is taken of the files
    that are not here as they were. Rows are known by what they say, wherever they stand, so that files may be renamed, split,
    sorted and written anew; where several rows say the same, one of them that is left keeps it. A row is kept where a human row, or a held-out one, has its content. With by "key" one that has its key will do,
    whatever its content; keys that were given anew hide what went, so this has to be configured.
    """
    before = scan.cached(human_rows_of_commit if scan.before.promoted is None else previous_human_rows)
    if isinstance(before, Inconclusive):
        # More rows decide nothing here: no setting for too few of them lets it pass.
        return Failed(before.reason)
    if isinstance(before, Measurement):
        return before
    is_kept = before.has_content | before.has_key if params["by"] == "key" else before.has_content
    gone = ~is_kept & ~before.is_excused
    count = int(gone.sum())
    if scan.before.promoted is None and not count:
        # Every commit has another one before it: where nothing is gone, verdicts on the same rows are the same.
        return Measured(Estimate.exact(0.0))
    recorded = int((~is_kept & before.is_excused).sum())
    evidence: dict[str, object] = {"version": before.name, "gone": count, "recorded": recorded}
    changed = int((gone & before.has_key).sum())
    if before.has_key.any():
        evidence["changed_under_their_key"] = int((before.has_key & ~before.has_content).sum())
    rows = [before.place(int(row)) for row in before.row_id[gone][: scan.named_rows]]
    if rows:
        evidence["rows"] = rows
    for name, places in (("records_of_no_row", before.unused), ("records_from_before", before.late)):
        if places:
            evidence[name] = list(places)
    return Measured(
        Estimate.exact(count / len(before)),
        RowCounts(len(before)),
        note=_note(before, rows, count, changed),
        evidence=evidence,
    )


def _note(before: PreviousHumanRows, rows: list[str], count: int, changed: int) -> str:
    clauses = []
    if count:
        more = ", …" if count > _SHOWN else ""
        clauses.append(
            f"{count:,} of {len(before):,} human rows of {before.extent} are gone and no removal is recorded "
            f"({', '.join(rows[:_SHOWN])}{more})"
        )
    if changed:
        clauses.append(f"of these, {changed:,} with the same key and other content")
    if count:
        named = ", ".join(f'"{row}"' for row in rows[:_SHOWN]) + (", …" if count > _SHOWN else "")
        clauses.append(f'to record it: rows = [{named}], reason = "…", who = "…", date = YYYY-MM-DD')
    if before.late:
        places = ", ".join(before.late[:_SHOWN])
        clauses.append(
            f"records from before {before.name}, edited or not, excuse nothing ({places}): give a new one its own reason"
        )
    if before.unused:
        clauses.append(f"records that name no row of {before.name}: {', '.join(before.unused[:_SHOWN])}")
    return "; ".join(clauses)


METRIC = Metric(
    expectation="expect_human_rows_to_be_kept",
    measure=measure,
    side=Side.MAX,
    finding="Human rows of the version before are gone",
    unit=Unit.SHARE,
    asks="Are the human rows of the version before still present, or is their removal recorded?",
    why=(
        "What people wrote cannot be made again. Models trained on what earlier models made collapse where it replaces human "
        "data, and do not where it is added to it; version by version, rows go unnoticed."
    ),
    source="Gerstgrasser et al. 2024, Is model collapse inevitable? (accumulate, do not replace); consent may be withdrawn: GDPR art. 17",
    fix=(
        "Bring the rows back, as with `git restore` and `dvc checkout` of the data's pointer, or record why they went in "
        "promotions/DATASET/removals/NAME.toml: rows or where, reason, who, date; commit that together with the data."
    ),
    params=(("by", "content"),),
    languages_together="each row that is gone counts, whatever its language, and is named by its place",
    exact="counts rows whose content is gone since the version before",
    cached="hashes of content",
    reads="every row of the version promoted last, or of files that changed since the commit before; the key of every row where one is declared",
    accumulate=accumulate_kept,
)
