"""The record of a review as a file beside gates.toml, which is committed with the data that it is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.config.reviews import review_path
from gates.metrics.review.record import ReviewRecord, parse_record
from gates.regular_files import content_of, is_file
from gates.verdicts.store import inside_project

if TYPE_CHECKING:
    from pathlib import Path


def record_path(root: Path, dataset: str) -> Path:
    """Where the record of a dataset lies. root: the folder of the configuration.

    Raises UsageError where a link, which a commit may bring along, leads it out of the project.
    """
    return inside_project(review_path(root, dataset), root)


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
