"""What was planned and what people wrote, as one file beside gates.toml that is committed with the data it is about."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.config.digests import digest
from gates.config.removals import FOLDER
from gates.errors import GatesError
from gates.regular_files import content_of, is_file
from gates.review.plan import ReviewPlan
from gates.review.tally import RowReview, tallies
from gates.verdicts.store import inside_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "review.json"
SCHEMA_VERSION = 1


class ReviewError(GatesError):
    """A recorded review says nothing about this data: exit 3."""


@dataclass(frozen=True)
class ReviewRecord:
    """A plan with the reviews that were imported, by the number of the task."""

    plan: ReviewPlan
    reviews: Mapping[int, RowReview]

    def with_reviews(self, reviews: Mapping[int, RowReview]) -> ReviewRecord:
        """The same plan with other reviews."""
        return replace(self, reviews=reviews)

    def to_json(self) -> dict[str, object]:
        """The record as plain values, its counts and its digest among them."""
        reviews = [
            {"task": number, "accepted": one.is_accepted, "reviewer": one.reviewer}
            for number, one in sorted(self.reviews.items())
        ]
        document: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "plan": self.plan.to_json(),
            "plan_sha256": self.plan.digest,
            "counts": [tally.to_json() for tally in tallies(self.plan, self.reviews)],
            "reviews": reviews,
        }
        return {**document, "digest": digest(document)}


def record_path(root: Path, dataset: str) -> Path:
    """Where the record of a dataset lies. root: the folder of the configuration.

    Raises UsageError where a link, which a commit may bring along, leads it out of the project.
    """
    return inside_project(root / FOLDER / dataset / FILE_NAME, root)


def write_record(root: Path, record: ReviewRecord) -> Path:
    """Write the record, whole or not at all."""
    path = record_path(root, record.plan.dataset)
    replace_text(path, json.dumps(record.to_json(), indent=1, ensure_ascii=False) + "\n")
    return path


def read_record(root: Path, dataset: str) -> ReviewRecord | None:
    """The record of a dataset, None where nothing was planned. Raises ReviewError where it was edited, or is none."""
    path = record_path(root, dataset)
    shown = path.relative_to(root).as_posix()
    if not is_file(path, shown):
        return None
    try:
        document = json.loads(content_of(path, shown))
        version = document["schema_version"]
        if version != SCHEMA_VERSION:
            raise ReviewError(f"{shown}: has schema version {version!r}, expected {SCHEMA_VERSION}")
        reviews = {
            int(one["task"]): RowReview(bool(one["accepted"]), str(one["reviewer"])) for one in document["reviews"]
        }
        record = ReviewRecord(ReviewPlan.from_json(document["plan"]), reviews)
        is_same = record.to_json() == document
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise ReviewError(f"{shown}: is no record of a review ({type(error).__name__}: {error})") from error
    if not is_same or record.plan.dataset != dataset:
        raise ReviewError(
            f"{shown}: was edited, or is another dataset's: its digest is not that of what it says; restore it from git, "
            f"or plan again: `gates review plan {dataset} --replace`"
        )
    return record
