"""Review and weights as a statement has them: files beside a promotion that are about exactly its data."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.advice.weighing import weights
from gates.advice.weighing.required import of_other_data, weights_beside
from gates.config import reviews
from gates.config.reviews import has_reviews
from gates.metrics.review.record import parse_record
from gates.promotion.required_review import about_others, review_beside
from gates.promotion.statements.statement import StatedRecord, sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.verdict import Verdict
    from gates.versions.trees import Tree


def stated_records(
    tree: Tree, statement: str, verdict: Verdict, rows: Callable[[], str]
) -> dict[str, StatedRecord | None]:
    """What a new statement says of review and weights in a commit; None for what is not there, or is about other data.

    statement: its path. rows: reads the rows that were judged, and gives what names them together.
    """
    folder, dataset = posixpath.dirname(statement), verdict.dataset
    stated: dict[str, StatedRecord | None] = {"review": None, "weights": None}
    review = review_beside(tree, statement)
    if review is not None and has_reviews(review) and not about_others(review, dataset, rows):
        digest = parse_record(review, reviews.FILE_NAME, dataset).digest
        stated["review"] = StatedRecord(posixpath.join(folder, reviews.FILE_NAME), sha256(review), digest)
    content = weights_beside(tree, statement)
    if content is not None and not of_other_data(content, verdict):
        digest = weights.parse_weights(content, weights.FILE_NAME).digest
        stated["weights"] = StatedRecord(posixpath.join(folder, weights.FILE_NAME), sha256(content), digest)
    return stated


def has_records(promoted: PromotedVersion) -> bool:
    """Whether there is a review or a file of weights to look at: that the statement names, or that lies beside it."""
    tree, path = promoted.tree, promoted.paths.statement
    review = review_beside(tree, path)
    is_reviewed = review is not None and has_reviews(review)
    return bool(promoted.statement.records) or is_reviewed or weights_beside(tree, path) is not None


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
        if stated == actual:
            continue
        if stated is None:
            return f"{actual.path if actual else name} is left out of the statement"
        if actual is None:
            return f"{stated.path} is not about the data that was judged, and the statement names it"
        return f"{stated.path} has the digest {actual.digest[:12]}…, and the statement names {stated.digest[:12]}… of {stated.path}"
    return None
