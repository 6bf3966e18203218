"""What a stage that requires weights asks of the file beside a promotion."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.advice.weighing.weight_health import failing, judged_health
from gates.advice.weighing.weights import FILE_NAME, WeightsError, parse_weights

if TYPE_CHECKING:
    from gates.verdict import Verdict
    from gates.versions.trees import Tree


def weights_beside(tree: Tree, statement: str) -> bytes | None:
    """The weights in the folder of a promotion's statement, None where there are none. tree: of a commit."""
    path = posixpath.join(posixpath.dirname(statement), FILE_NAME)
    return tree.read([path])[path] if path in tree.listing.blobs else None


def wrong_weights(content: bytes | None, verdict: Verdict) -> str:
    """What is wrong with weights for the data that was judged, as a clause; "" where nothing is.

    Their digest and their health are computed anew from what the file says.
    """
    if content is None:
        return f"the commit has no {FILE_NAME} beside its promotions"
    other = of_other_data(content, verdict)
    if other:
        return other
    unhealthy = failing(judged_health(parse_weights(content, FILE_NAME)))
    return f"{FILE_NAME} fails {unhealthy[0].id}: {unhealthy[0].message}" if unhealthy else ""


def of_other_data(content: bytes, verdict: Verdict) -> str:
    """Why a file is no file of weights for the data that was judged, as a clause; "" where it is one."""
    try:
        weights = parse_weights(content, FILE_NAME)
    except WeightsError as error:
        return str(error)
    if weights.dataset != verdict.dataset:
        return f"{FILE_NAME} is of '{weights.dataset}'"
    if weights.bound.manifest_sha256 != verdict.data["manifest_sha256"]:
        return f"{FILE_NAME} is about other bytes than those that were judged"
    return ""


def weights_clause(content: bytes | None) -> str:
    """`weights by source sha256:...`, of weights that nothing is wrong with."""
    weights = parse_weights(content or b"", FILE_NAME)
    return f"weights by {weights.method} sha256:{weights.digest}"
