"""What stands in the files of reviewers."""

from __future__ import annotations

import csv
import io

import pytest

from gates.errors import UsageError
from gates.metrics.review.acceptance import Risks
from gates.metrics.review.planned import PlannedStratum, ReviewPlan, ReviewRequest, ReviewTask
from gates.review.tasks import read_tasks, tasks_text

PLAN = ReviewPlan(
    "rows", ReviewRequest(Risks(), ()), 2, "", (PlannedStratum("human", "human", 2, 2, 0),),
    (ReviewTask(1, 0, "human.csv:1", "sha256:aa"), ReviewTask(2, 0, "human.csv:2", "sha256:bb")),
)  # fmt: skip


def text_of(value, columns=("text",), *, is_blind=False):
    content = {"sha256:aa": {"text": value, "note": 1}, "sha256:bb": {"text": "", "note": None}}
    return tasks_text(PLAN, content, columns, is_blind=is_blind)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1", "'+1"),
        (-1.5, "-1.5"),
        (None, ""),
        (["a", "b"], '["a", "b"]'),
        ('two\nlines, "quoted"; and more', 'two\nlines, "quoted"; and more'),
    ],
)
def test_cells_show_values_and_none_is_a_formula(value, cell):
    rows = list(csv.DictReader(io.StringIO(text_of(value).removeprefix("\ufeff"), newline="")))

    assert rows[0]["text"] == cell
    assert (rows[0]["task"], rows[0]["row"], rows[0]["digest"]) == ("1", "human.csv:1", "sha256:aa")
    assert [rows[0][name] for name in ("answer", "reviewer", "note")] == ["", "", ""]


def test_blind_tasks_say_nothing_of_where_a_row_is_from():
    assert "human" not in text_of("words", is_blind=True)
    assert "human" in text_of("words")


def test_columns_of_the_data_are_not_taken_for_those_of_reviewers():
    header = text_of("words", ("text", "note")).removeprefix("\ufeff").splitlines()[0]

    assert header == "task,row,digest,text,note (data),answer,reviewer,note"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_saved_is_read_whatever_it_puts_between_cells(delimiter, tmp_path):
    header = delimiter.join(("task", "row", "digest", "text", "answer", "reviewer", "note"))
    line = delimiter.join(("1", "human.csv:1", "sha256:aa", '"a; b, c"', " Reject ", "ana  b", '"too, short"'))
    (tmp_path / "done.csv").write_text(f"\ufeff{header}\r\n{line}\r\n{delimiter * 6}\r\n", newline="")

    (task,) = read_tasks(tmp_path / "done.csv", PLAN, ["text"])
    assert (task.number, task.digest, task.answer, task.reviewer) == (1, "sha256:aa", "reject", "ana b")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("task,digest,anser,reviewer\n", "done.csv:1: unknown column 'anser' .did you mean 'answer'"),
        ("task,digest,answer\n", "done.csv:1: no column 'reviewer'"),
        ("task,digest,answer,reviewer,answer\n", "done.csv:1: column 'answer' stands there twice"),
        ("task,digest,answer,reviewer\n1,sha256:aa,acept,ana\n", "done.csv:2: answer 'acept' of task 1 .did you mean 'accept'"),
        ("task,digest,answer,reviewer\n1,sha256:aa,good,ana\n", "answer 'good' of task 1 .expected one of: accept, reject"),
        ("task,digest,answer,reviewer\n1,sha256:aa,accept, \n", "done.csv:2: task 1 has an answer and no reviewer"),
        ("task,digest,answer,reviewer\n7,sha256:aa,accept,ana\n", "done.csv:2: no task '7' was planned, expected 1 to 2"),
        ("task,digest,answer,reviewer\n1,sha256:aa,accept\n", "done.csv:2: has 3 cells, expected 4"),
        ('task,digest,answer,reviewer\n1,sha256:aa,"accept,ana\n', "done.csv:2: no valid CSV"),
        ("", "done.csv:1: no column 'task'"),
    ],
)  # fmt: skip
def test_what_reviewers_got_wrong_is_named_with_its_line(content, message, tmp_path):
    (tmp_path / "done.csv").write_text(content)

    with pytest.raises(UsageError, match=message):
        read_tasks(tmp_path / "done.csv", PLAN, ["text"])


def test_other_encodings_are_refused(tmp_path):
    (tmp_path / "done.csv").write_bytes("task,digest,answer,reviewer\n1,sha256:aa,accept,Zoë\n".encode("cp1252"))

    with pytest.raises(UsageError, match="not UTF-8; save it as CSV UTF-8"):
        read_tasks(tmp_path / "done.csv", PLAN, ["text"])
