"""Review and weights beside a promotion: what a stage asks of the review, and what a statement says of both."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.advice.weighing import weights
from gates.advice.weighing.weight_health import of_other_data
from gates.config import reviews
from gates.config.reviews import has_reviews
from gates.metrics.limits.wording import percent
from gates.metrics.review.acceptance import rows_of_share
from gates.metrics.review.record import ReviewError, parse_record
from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import HUMAN, SYNTHETIC, tallies
from gates.promotion.statements.statement import StatedRecord, sha256
from gates.verdict import Scope, Verdict
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.metrics.review.planned import ReviewPlan
    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.versions.trees import Tree

# That quality of a lot which is accepted one time in ten is what published plans call its LTPD (Dodge & Romig, Sampling Inspection
# Tables, 1959).
CONSUMER_RISK = 0.10


def beside(tree: Tree, statement: str, name: str) -> bytes | None:
    """A file in the folder of a promotion's statement, None where there is none. tree: of a commit."""
    path = posixpath.join(posixpath.dirname(statement), name)
    return tree.read([path])[path] if path in tree.listing.blobs else None


def stated_records(
    tree: Tree, statement: str, verdict: Verdict, rows: Callable[[], str]
) -> dict[str, StatedRecord | None]:
    """What a new statement says of review and weights in a commit; None for what is not there, or is about other data.

    statement: its path. rows: reads the rows that were judged, and gives what names them together.
    """
    folder, dataset = posixpath.dirname(statement), verdict.dataset
    stated: dict[str, StatedRecord | None] = {"review": None, "weights": None}
    review = beside(tree, statement, reviews.FILE_NAME)
    if review is not None and has_reviews(review) and not about_others(review, dataset, rows):
        digest = parse_record(review, reviews.FILE_NAME, dataset).digest
        stated["review"] = StatedRecord(posixpath.join(folder, reviews.FILE_NAME), sha256(review), digest)
    content = beside(tree, statement, weights.FILE_NAME)
    if content is not None and not of_other_data(content, verdict):
        digest = weights.parse_weights(content, weights.FILE_NAME).digest
        stated["weights"] = StatedRecord(posixpath.join(folder, weights.FILE_NAME), sha256(content), digest)
    return stated


def has_records(promoted: PromotedVersion) -> bool:
    """Whether there is a review or a file of weights to look at: that the statement names, or that lies beside it."""
    tree, path = promoted.tree, promoted.paths.statement
    review = beside(tree, path, reviews.FILE_NAME)
    is_reviewed = review is not None and has_reviews(review)
    return bool(promoted.statement.records) or is_reviewed or beside(tree, path, weights.FILE_NAME) is not None


def wrong_records(promoted: PromotedVersion) -> str | None:
    """What review or weights of a promoted version are otherwise than its statement says; all is computed anew from them."""
    statement, blobs = promoted.statement, promoted.tree.listing.blobs
    for record in statement.records:
        if record.path not in blobs:
            return f"{record.path} is gone, and the statement names it"
        if sha256(promoted.tree.read([record.path])[record.path]) != record.sha256:
            return f"{record.path} is not the one that the statement names"
    computed = stated_records(promoted.tree, promoted.paths.statement, promoted.verdict, lambda: promoted.rows_sha256)
    for name, stated in (("review", statement.review), ("weights", statement.weights)):
        actual = computed[name]
        if actual and not stated:
            return f"{actual.path} is left out of the statement"
        if stated and not actual:
            return f"{stated.path} is not about the data that was judged, and the statement names it"
        if stated and actual and stated != actual:
            return f"{stated.path} has the digest {actual.digest[:12]}…, and the statement names {stated.digest[:12]}… of {stated.path}"
    return None


def about_others(content: bytes, dataset: str, rows: Callable[[], str]) -> str:
    """Why a record says nothing of a dataset's rows, as a clause; "" where it is about exactly these.

    Its digest is computed anew from what it says. rows: reads the rows, and gives what names them together.
    """
    try:
        record = parse_record(content, reviews.FILE_NAME, dataset)
    except ReviewError as error:
        return str(error)
    return (
        ""
        if rows() == record.plan.rows_sha256
        else f"{reviews.FILE_NAME} is about other rows than those that were judged"
    )


def wrong_review(content: bytes | None, verdict: Verdict, rows: Callable[[], str], ltpd: float | None) -> str:
    """What is wrong with a review of the data that was judged, as a clause; "" where people accepted exactly these rows.

    Its counts and its decision are computed anew. Of rows that people wrote they need not review any: `--scope synthetic`.
    ltpd: the share of rows to reject that its plan may accept one time in ten at most; None for any plan.
    """
    dataset = verdict.dataset
    if content is None:
        return f"the commit has no {reviews.FILE_NAME} beside its promotions"
    if other := about_others(content, dataset, rows):
        return other
    record = parse_record(content, reviews.FILE_NAME, dataset)
    if wrong_plan := _left_out(record.plan, verdict.rows) or _too_lenient(record.plan, ltpd):
        return wrong_plan
    if record.decision is LotDecision.ACCEPT:
        return ""
    of_kind = [tally for tally in tallies(record.plan, record.reviews) if tally.decision is record.decision]
    if record.decision is LotDecision.OPEN:
        waiting = sum(tally.open for tally in of_kind)
        return f"{reviews.FILE_NAME} is open: {counted(waiting, 'row')} of it {'is' if waiting == 1 else 'are'} still to review"
    return f"{reviews.FILE_NAME} rejects {'; '.join(tally.stratum for tally in of_kind)}"


def _left_out(plan: ReviewPlan, rows: Mapping[str, int]) -> str:
    """Which rows no stratum draws from, as a clause. rows: of the data, by origin."""
    for origin in (SYNTHETIC, HUMAN)[: 1 if plan.request.scope is Scope.SYNTHETIC else 2]:
        drawn_from = sum(stratum.rows for stratum in plan.strata if stratum.origin == origin)
        if drawn_from < rows[origin]:
            return f"{reviews.FILE_NAME} draws from {drawn_from:,} of {counted(rows[origin], f'{origin} row')}"
    return ""


def _too_lenient(plan: ReviewPlan, ltpd: float | None) -> str:
    """Which stratum a plan accepts too often with this share of rows to reject, as a clause."""
    if ltpd is None:
        return ""
    for stratum in plan.strata:
        accepted = plan.accepted(stratum, rows_of_share(ltpd, stratum.rows) / stratum.rows)
        if accepted > CONSUMER_RISK:
            return (
                f"by the plan of {reviews.FILE_NAME} {stratum.name} is accepted in {percent(accepted)} of cases where {percent(ltpd)} of its "
                f"rows are to reject, and review_ltpd allows {percent(CONSUMER_RISK)}"
            )
    return ""


def review_clause(content: bytes | None, dataset: str) -> str:
    """`review accepted sha256:...`, of a record that nothing is wrong with."""
    return f"review accepted sha256:{parse_record(content or b'', reviews.FILE_NAME, dataset).digest}"
