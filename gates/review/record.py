"""The record of a review as a file beside gates.toml, committed with the data that it is about, and what it comes to."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.config.reviews import review_path
from gates.metrics.review.record import ReviewRecord, parse_record
from gates.metrics.review.sequential import LotDecision
from gates.regular_files import content_of, is_file
from gates.verdicts.store import FOLDER, VerdictStore, inside_project
from gates.versions.changes.lock import only_holder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gates.metrics.review.planned import ReviewPlan
    from gates.rows.lot import Lot


_CODES = {LotDecision.ACCEPT: 0, LotDecision.REJECT: 1, LotDecision.OPEN: 3}


def record_path(root: Path, dataset: str) -> Path:
    """Where the record of a dataset lies. root: the folder of the configuration.

    Raises UsageError where a link, which a commit may bring along, leads it out of the project.
    """
    return inside_project(review_path(root, dataset), root)


def why_stale(plan: ReviewPlan, lot: Lot) -> str:
    """Why a plan says nothing about the rows that the dataset has now; "" where it draws from exactly these."""
    if lot.sha256() == plan.rows_sha256:
        return ""
    change = f"{plan.rows:,} rows then, {len(lot):,} now" if len(lot) != plan.rows else "some were changed"
    return f"{plan.dataset}: its rows are not those that the review was planned for ({change}); plan again"


def status_code(record: ReviewRecord, *, is_stale: bool) -> int:
    """0 accepted, 1 rejected, 3 open, and 3 whatever was decided where it is about other rows."""
    return _CODES[LotDecision.OPEN if is_stale else record.decision]


@contextmanager
def only_writer(root: Path, dataset: str, report: Callable[[str], None]) -> Iterator[None]:
    """Hold a dataset's record: of two who import at once, the second waits, and adds to what the first wrote.

    report: called once where it waits. Raises UsageError where a link leads `.gates/` out of the project.
    """
    VerdictStore(root).prepare()
    with only_holder(inside_project(root / FOLDER / f"{dataset}.review.lock", root), "gates review", report):
        yield


def write_record(root: Path, record: ReviewRecord) -> Path:
    """Write the record, whole or not at all."""
    path = record_path(root, record.plan.dataset)
    replace_text(path, json.dumps(record.to_json(), indent=1, ensure_ascii=False) + "\n")
    return path


def read_record(root: Path, dataset: str) -> ReviewRecord | None:
    """The record of a dataset, None where nothing was planned. Raises ReviewError where it was edited, or is none."""
    path = record_path(root, dataset)
    shown = path.relative_to(root).as_posix()
    return parse_record(content_of(path, shown), shown, dataset) if is_file(path, shown) else None
