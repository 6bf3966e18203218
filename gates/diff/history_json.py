"""A history as JSON, and as the points of a plot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.verdict import rounded_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.diff.history import Promotion, VerdictHistory

_LIMITS = ("min_value", "max_value", "warn_value")
_NUMBERS = ("observed", "low", "high", "baseline")


def as_json(histories: Sequence[VerdictHistory]) -> str:
    """A list with one object per dataset, the same bytes for the same versions."""
    return _written([_document(history) for history in histories])


def points(histories: Sequence[VerdictHistory]) -> str:
    """A list of flat records for `dvc plots show FILE -x version -y observed`: each number of each check.

    `version` counts from 1, the oldest shown, because the axes of DVC's templates take numbers only. `baseline` is the same
    number between two sets of human rows.
    """
    return _written([point for history in histories for point in _points(history)])


def _written(document: object) -> str:
    return json.dumps(rounded_tree(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _document(history: VerdictHistory) -> dict[str, object]:
    return {
        "dataset": history.dataset,
        "older_left_out": history.is_cut,
        "shallow": history.is_shallow,
        "versions": [_version(history, at) for at in range(len(history.versions))],
    }


def _version(history: VerdictHistory, at: int) -> dict[str, object]:
    version = history.versions[at]
    verdict = version.verdict
    return {
        "version": version.name,
        "commit": version.commit,
        "date": version.date or None,
        "tags": list(version.tags),
        "promoted": _promoted(version.promotion),
        "outcome": verdict.answer.value if verdict else None,
        "is_changed": history.is_answer_changed(at),
        "verdict": verdict.digest if verdict else None,
        "missing": version.missing.value if version.missing else None,
        "why_no_verdict": version.why or None,
        "rows": dict(verdict.rows) if verdict else None,
        "checks": list(_checks(history, at)),
    }


def _promoted(promotion: Promotion | None) -> dict[str, object] | None:
    if promotion is None:
        return None
    return {"version": promotion.version, "stages": list(promotion.stages), "revoked": promotion.is_revoked}


def _checks(history: VerdictHistory, at: int) -> Iterator[dict[str, object]]:
    for check_id in history.check_ids:
        check = history.versions[at].check(check_id)
        if check:
            yield {
                "id": check_id,
                "scope": check.id.scope.value,
                "severity": check.severity.value,
                "outcome": check.outcome.value,
                "is_changed": history.is_outcome_changed(check_id, at),
                **{name: getattr(check, name) for name in (*_NUMBERS, *_LIMITS)},
            }


def _points(history: VerdictHistory) -> Iterator[dict[str, object]]:
    for number, version in enumerate(history.versions, start=1):
        for check_id in history.check_ids:
            check = version.check(check_id)
            # A check without a number is no point.
            if check and rounded_tree(check.observed) is not None:
                yield {
                    "version": number,
                    "commit": version.name,
                    "date": version.date[: len("2026-01-31")] or None,
                    "promoted": version.promotion.version if version.promotion else None,
                    "dataset": history.dataset,
                    "check": check_id,
                    "scope": check.id.scope.value,
                    **{name: getattr(check, name) for name in _NUMBERS},
                    "outcome": check.outcome.value,
                }
