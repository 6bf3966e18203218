"""What a stage that requires a review asks of the record beside a promotion, and what a statement says of it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.config.reviews import FILE_NAME
from gates.metrics.review.record import ReviewError, parse_record
from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import HUMAN, SYNTHETIC, tallies
from gates.verdict import Scope, Verdict
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.metrics.review.planned import ReviewPlan
    from gates.versions.trees import Tree


def review_beside(tree: Tree, statement: str) -> bytes | None:
    """The record in the folder of a promotion's statement, None where there is none. tree: of a commit."""
    path = posixpath.join(posixpath.dirname(statement), FILE_NAME)
    return tree.read([path])[path] if path in tree.listing.blobs else None


def about_others(content: bytes, dataset: str, rows: Callable[[], str]) -> str:
    """Why a record says nothing of a dataset's rows, as a clause; "" where it is about exactly these.

    Its digest is computed anew from what it says. rows: reads the rows, and gives what names them together.
    """
    try:
        record = parse_record(content, FILE_NAME, dataset)
    except ReviewError as error:
        return str(error)
    return "" if rows() == record.plan.rows_sha256 else f"{FILE_NAME} is about other rows than those that were judged"


def wrong_review(content: bytes | None, verdict: Verdict, rows: Callable[[], str]) -> str:
    """What is wrong with a review of the data that was judged, as a clause; "" where people accepted exactly these rows.

    Its counts and its decision are computed anew. Of rows that people wrote they need not review any: `--scope synthetic`.
    """
    dataset = verdict.dataset
    if content is None:
        return f"the commit has no {FILE_NAME} beside its promotions"
    other = about_others(content, dataset, rows)
    if other:
        return other
    record = parse_record(content, FILE_NAME, dataset)
    if left_out := _left_out(record.plan, verdict.rows):
        return left_out
    counts = tallies(record.plan, record.reviews)
    if record.decision is LotDecision.ACCEPT:
        return ""
    of_kind = [tally for tally in counts if tally.decision is record.decision]
    if record.decision is LotDecision.OPEN:
        waiting = sum(tally.open for tally in of_kind)
        return f"{FILE_NAME} is open: {counted(waiting, 'row')} of it {'is' if waiting == 1 else 'are'} still to review"
    return f"{FILE_NAME} rejects {'; '.join(tally.stratum for tally in of_kind)}"


def _left_out(plan: ReviewPlan, rows: Mapping[str, int]) -> str:
    """Which rows no stratum draws from, as a clause. rows: of the data, by origin."""
    for origin in (SYNTHETIC, HUMAN)[: 1 if plan.request.scope is Scope.SYNTHETIC else 2]:
        drawn_from = sum(stratum.rows for stratum in plan.strata if stratum.origin == origin)
        if drawn_from < rows[origin]:
            return f"{FILE_NAME} draws from {drawn_from:,} of {counted(rows[origin], f'{origin} row')}"
    return ""


def review_clause(content: bytes | None, dataset: str) -> str:
    """`review accepted sha256:...`, of a record that nothing is wrong with."""
    return f"review accepted sha256:{parse_record(content or b'', FILE_NAME, dataset).digest}"
