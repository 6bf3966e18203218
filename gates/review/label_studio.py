"""Tasks of reviewers as JSON that Label Studio imports, and the JSON that it exports once they are annotated.

https://labelstud.io/guide/tasks (basic Label Studio JSON format) and https://labelstud.io/guide/export (JSON).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from gates.data.values.plain_values import plain
from gates.errors import UsageError, did_you_mean, wrong_form
from gates.metrics.review.tally import HUMAN, SYNTHETIC
from gates.regular_files import content_of
from gates.review.tasks import ACCEPT, ANSWER, DIGEST, GUESS, NOTE, REJECT, ROW, TASK, FilledTask, filled_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gates.metrics.review.planned import ReviewPlan

SUFFIX = ".json"
# Columns may be called anything, and what a configuration names after a `$` may not.
_SHOWN = "shown_{}"


def label_studio_tasks(
    plan: ReviewPlan, content: Mapping[str, Mapping[str, object]], columns: Sequence[str], *, is_blind: bool
) -> str:
    """A task for each of the plan, in its order. content, columns, is_blind: as of `tasks_text`."""
    tasks = []
    for task in plan.tasks:
        row = content[task.digest]
        shown = {_SHOWN.format(number): _text(row[column]) for number, column in enumerate(columns, start=1)}
        place = {} if is_blind else {ROW: task.row}
        tasks.append({"data": {TASK: task.number, DIGEST: task.digest, **place, **shown}})
    return json.dumps(tasks, indent=1, ensure_ascii=False) + "\n"


def labelling_configuration(columns: Sequence[str], *, is_blind: bool) -> str:
    """What a project in Label Studio shows of these tasks, and asks."""
    first = _SHOWN.format(1)
    lines = ["<View>"]
    for number, column in enumerate(columns, start=1):
        name = _SHOWN.format(number)
        lines += [f"  <Header value={quoteattr(column)} size='5'/>", f"  <Text name='{name}' value='${name}'/>"]
    lines += _choices(ANSWER, first, (ACCEPT, REJECT), is_required=True)
    if is_blind:
        lines += ["  <Header value='Who made it?' size='5'/>", *_choices(GUESS, first, (HUMAN, SYNTHETIC))]
    lines += [f"  <TextArea name='{NOTE}' toName='{first}' placeholder='{NOTE}' maxSubmissions='1'/>", "</View>"]
    return "\n".join(lines) + "\n"


def read_label_studio(path: Path, plan: ReviewPlan) -> list[FilledTask]:
    """A line for each annotation in an export; skipped ones and tasks without one are open.

    Reviewers go by their address where the export has it, else by their number in Label Studio: `user 3`.
    Raises UsageError for what is no such export, and for tasks that the plan lacks.
    """
    shown = str(path)
    try:
        document = json.loads(content_of(path, shown))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{shown}: no valid JSON: {error}") from error
    if not isinstance(document, list):
        raise UsageError(f"{shown}: expected a list of tasks, as Label Studio exports them in the format JSON")
    if not document:
        raise UsageError(
            f"{shown}: has no task; export the project into which the tasks were imported, in the format JSON"
        )
    numbers = {task.number for task in plan.tasks}
    lines: list[FilledTask] = []
    for at, task in enumerate(document, start=1):
        try:
            lines += _annotated(task, f"{shown}: entry {at}", numbers)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise UsageError(
                f"{shown}: entry {at} is no task of this plan as Label Studio exports it in the format JSON "
                f"({wrong_form(error)})"
            ) from error
    return lines


def _annotated(task: Mapping[str, Any], place: str, numbers: set[int]) -> Iterator[FilledTask]:
    data, annotations = task["data"], task["annotations"]
    for annotation in annotations:
        if annotation.get("was_cancelled"):
            continue
        answers = {
            one["from_name"]: one["value"]["choices"][0] for one in annotation["result"] if one["type"] == "choices"
        }
        for name in answers:
            if name not in (ANSWER, GUESS):
                raise UsageError(f"{place}: unknown question '{name}' ({did_you_mean(name, (ANSWER, GUESS))})")
        cells = {
            TASK: str(data[TASK]),
            DIGEST: data[DIGEST],
            ANSWER: answers.get(ANSWER, ""),
            GUESS: answers.get(GUESS, ""),
        }
        yield filled_task(cells, _reviewer(annotation["completed_by"]), place, numbers)


def _reviewer(completed_by: object) -> str:
    """By the address: names need not be unique, and may be empty. "" where an export does not say who it was."""
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    if isinstance(completed_by, int):
        return f"user {completed_by}"
    return completed_by if isinstance(completed_by, str) else ""


def _choices(name: str, shown: str, values: Sequence[str], *, is_required: bool = False) -> list[str]:
    required = " required='true'" if is_required else ""
    choices = "".join(f"<Choice value='{value}'/>" for value in values)
    return [
        f"  <Choices name='{name}' toName='{shown}' choice='single' showInLine='true'{required}>{choices}</Choices>"
    ]


def _text(value: object) -> str:
    made = plain(value)
    if made is None:
        return ""
    return made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
