"""The files of a review, by the ending of their names: CSV for any spreadsheet, JSON for Label Studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.review.label_studio import SUFFIX, label_studio_tasks, labelling_configuration, read_label_studio
from gates.review.tasks import FilledTask, read_tasks, tasks_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gates.metrics.review.planned import ReviewPlan
    from gates.review.draw import DrawnReview


def is_for_label_studio(path: Path) -> bool:
    """Whether a file of tasks is one of Label Studio's."""
    return path.suffix.casefold() == SUFFIX


def files_of(output: Path) -> tuple[Path, ...]:
    """The file of tasks, and that of the labelling configuration where there is one."""
    return (output, output.with_suffix(".xml")) if is_for_label_studio(output) else (output,)


def task_texts(output: Path, drawn: DrawnReview, *, is_blind: bool) -> dict[Path, str]:
    """What stands in each of `files_of`."""
    plan, content, columns = drawn.plan, drawn.content, drawn.columns
    if not is_for_label_studio(output):
        return {output: tasks_text(plan, content, columns, is_blind=is_blind)}
    tasks = label_studio_tasks(plan, content, columns, is_blind=is_blind)
    configuration = labelling_configuration(columns, is_blind=is_blind)
    return dict(zip(files_of(output), (tasks, configuration), strict=True))


def read_reviews(path: Path, plan: ReviewPlan, columns: Sequence[str]) -> list[FilledTask]:
    """What reviewers wrote into a file. columns: of the dataset, which a CSV may show. Raises UsageError."""
    return read_label_studio(path, plan) if is_for_label_studio(path) else read_tasks(path, plan, columns)


def how_to_fill(output: Path, dataset: str) -> str:
    """What to do with the files, for people."""
    if not is_for_label_studio(output):
        return f"wrote {output}: fill in answer (accept or reject) and reviewer, then `gates review import {dataset} {output}`"
    configuration = files_of(output)[1]
    return (
        f"wrote {output}: import it into a project of Label Studio\n"
        f"wrote {configuration}: the project's labelling configuration; export JSON, then `gates review import {dataset} EXPORT.json`"
    )
