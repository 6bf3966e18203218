"""At a commit, the rows of changed files are judged as far as a few seconds go, and nothing else is."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.checking.check_or_recall import CheckTerms, DatasetCheck
from gates.checking.check_version import VersionRequest, version_requested
from gates.checking.quick.commit_check import judge_changed_rows
from gates.checking.row_pass import SLICE_SECONDS, next_slice
from gates.checking.version_inputs import Compared
from gates.config.deadline import Deadline, TimeUpError
from gates.config.load import load_config
from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import QuickOpening, open_dataset
from gates.data.files import data_file
from gates.errors import DataError, UsageError
from gates.verdict import Answer, Outcome, Severity
from tests.dvc_repositories import commit, git, md5, new_repository, track, write
from tests.projects import mixed, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = date(2026, 1, 1)
LONG = 60.0
CONFIG = """\
[datasets.first]
type = "tabular"
path = "data/first"
schema = "schemas/first.py:First"
"""
SCHEMA = """\
import pandera.polars as pa

First = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(9, name="grade-at-most"))})
"""
KEPT = "combined/expect_files_to_be_kept"
GRADE = "grade/grade-at-most"
LIMIT = """\
{{"name": "s", "expectations": [{{
  "type": "expect_row_failure_ratio_to_be_less_than", "severity": "{severity}",
  "kwargs": {{"rule": "{rule}", "max_value": {limit}}}, "meta": {{"reason": "a test"}}
}}]}}
"""


def frame(seed: int, rows: int = 30, worst: int | None = None) -> pl.DataFrame:
    """Rows of both origins; worst: a grade that the last row has."""
    table = mixed(table_rows(rows, seed), table_rows(rows, seed + 100))
    if worst is None:
        return table
    last = pl.int_range(table.height, eager=True) == table.height - 1
    return table.with_columns(grade=pl.when(last).then(pl.lit(worst)).otherwise("grade").cast(pl.Int64))


def content(table: pl.DataFrame, form: str) -> bytes:
    """The bytes of a file in a format."""
    stream = io.BytesIO()
    {"parquet": table.write_parquet, "csv": table.write_csv, "jsonl": table.write_ndjson}[form](stream)
    return stream.getvalue()


@pytest.fixture(params=["parquet", "csv", "jsonl"])
def form(request):
    return request.param


@dataclass(frozen=True)
class Clock(Deadline):
    """A deadline that passes when `stop` is set, however fast the machine is."""

    at: float = 0.0
    stop: Event = field(default_factory=Event)

    def left(self) -> float:
        return -1.0 if self.stop.is_set() else LONG


@dataclass(frozen=True)
class Looks(Deadline):
    """A deadline that passes once it was looked at so often."""

    looks: Iterator[int]

    def left(self) -> float:
        return -1.0 if next(self.looks, None) is None else LONG


class Data:
    """A dataset of several files in a repository; `put` is what `dvc add` of the whole folder leaves behind."""

    def __init__(self, root: Path, form: str, schema: str = SCHEMA) -> None:
        self.root, self.form, self.files = new_repository(root), form, {}
        write(root, "gates.toml", CONFIG)
        write(root, "schemas/first.py", schema)

    def put(self, **tables: pl.DataFrame) -> None:
        for name, table in tables.items():
            self.files[f"{name}.{self.form}"] = content(table, self.form)
        track(self.root, "data/first", self.files)
        git(self.root, "add", "-A")

    def judged(self, rows: int | None = None, *, worktree: bool = False):
        """What is found until time is up, which it is once so many rows were asked."""
        clock = Clock()

        def progress(_step: str, done: int, _total: int) -> None:
            if rows is not None and done >= rows:
                clock.stop.set()

        with self.question(clock, worktree=worktree) as question:
            progress("rows", 0, 0)
            return judge_changed_rows(question, clock, progress)

    @contextmanager
    def question(self, clock: Clock, *, worktree: bool = False):
        """The dataset as it is staged, or in the work tree."""
        with version_requested(self.root / "gates.toml", VersionRequest(staged=not worktree, worktree=worktree)) as at:
            (dataset,) = at.config.datasets.values()
            yield DatasetCheck(at, dataset, CheckTerms(TODAY, self.root / ".gates/quarantine"), clock)


def outcomes(result) -> dict[str, Outcome]:
    return {str(check.id).partition("/")[0] + "/" + check.id.detail: check.outcome for check in result.verdict.checks}


@pytest.fixture
def data(tmp_path, form):
    made = Data(tmp_path / "project", form)
    made.put(a=frame(1), b=frame(2), c=frame(3))
    commit(made.root)
    return made


def test_bad_rows_in_a_changed_file_are_refused(data):
    data.put(b=frame(2, worst=12))

    result = data.judged()

    assert (result.judged, result.changed, result.is_finished) == (1, 1, True)
    assert result.verdict.answer is Answer.FAIL
    assert result.verdict.is_partial
    (failed,) = [check for check in result.verdict.checks if check.outcome is Outcome.FAIL]
    assert str(failed.id).startswith("synthetic/")
    assert failed.id.detail == GRADE
    assert (
        f"1 of 30 synthetic rows fail {GRADE} (expected less_than_or_equal_to(9)), first at data/first/b.{data.form}:60"
        in failed.message
    )
    assert result.verdict.rows == {"human": 30, "synthetic": 30, "undeclared": 0}
    assert [file["path"] for file in result.verdict.data["files"]] == [f"data/first/b.{data.form}"]
    assert [file["md5"] for file in result.verdict.data["files"]] == [md5(data.files[f"b.{data.form}"])]


def test_good_rows_in_changed_and_added_files_pass_and_the_rest_is_counted(data):
    data.put(b=frame(12), d=frame(4))

    result = data.judged()

    assert (result.judged, result.changed, result.is_finished) == (2, 2, True)
    assert result.verdict.answer is Answer.PASS
    assert result.verdict.rows == {"human": 60, "synthetic": 60, "undeclared": 0}
    assert {str(check.id): check.outcome for check in result.verdict.checks if check.kind != "schema"} == {
        KEPT: Outcome.PASS
    }
    assert result.checks_left > 10


def test_bad_rows_in_an_unchanged_file_are_not_looked_at(tmp_path, form):
    data = Data(tmp_path / "project", form)
    data.put(a=frame(1, worst=12), b=frame(2))
    commit(data.root)
    data.put(b=frame(3))

    result = data.judged()

    assert (result.judged, result.changed) == (1, 1)
    assert result.verdict.answer is Answer.PASS


def test_the_first_commit_changes_every_file(tmp_path, form):
    data = Data(tmp_path / "project", form)
    data.put(a=frame(1, worst=12), b=frame(2))

    result = data.judged()

    assert (result.judged, result.changed, result.verdict.answer) == (2, 2, Answer.FAIL)


def test_what_a_file_is_called_is_no_change_of_its_bytes(data):
    data.files[f"z.{data.form}"] = data.files.pop(f"a.{data.form}")
    data.put()

    assert (data.judged().judged, data.judged().changed) == (0, 0)


def test_a_file_that_moved_to_another_folder_is_looked_at(data):
    data.files[f"synthetic/a.{data.form}"] = data.files.pop(f"a.{data.form}")
    data.put()

    assert (data.judged().judged, data.judged().changed) == (1, 1)


def test_changed_rules_alone_are_left_to_the_push(data):
    write(data.root, "schemas/first.py", SCHEMA.replace("9", "0"))
    git(data.root, "add", "-A")

    result = data.judged()

    assert (result.judged, result.changed, result.is_finished) == (0, 0, True)
    assert list(result.verdict.checks) == []
    assert result.verdict.answer is Answer.NO_VERDICT
    assert result.checks_left > 10


@pytest.mark.parametrize("rows", [None, 0], ids=["in time", "time is up"])
def test_files_that_got_lost_are_reported(data, rows):
    del data.files[f"b.{data.form}"], data.files[f"c.{data.form}"]
    data.put()

    result = data.judged(rows)

    (check,) = result.verdict.checks
    assert (result.judged, result.changed, result.is_finished) == (0, 0, rows is None)
    assert (str(check.id), check.outcome, result.verdict.answer) == (KEPT, Outcome.FAIL, Answer.FAIL)
    assert ", 1 in the index: 2 gone (data/first/b" in check.message


def test_a_waiver_counts_for_files_that_got_lost(data):
    waiver = f'[[datasets.first.waivers]]\ncheck = "{KEPT}"\nreason = "known"\nowner = "a"\nexpires = 2030-01-01\n'
    write(data.root, "gates.toml", CONFIG + waiver)
    del data.files[f"b.{data.form}"]
    data.put(d=frame(4))

    assert data.judged().verdict.answer is Answer.PASS


def test_files_that_only_a_remote_can_list_are_left_to_the_push(data):
    data.put(b=frame(2, worst=12))
    shutil.rmtree(data.root / ".dvc/cache")

    result = data.judged()

    assert (result.judged, result.changed, result.is_finished) == (0, 0, False)
    assert (list(result.verdict.checks), result.verdict.answer) == ([], Answer.NO_VERDICT)


def test_a_version_before_that_only_a_remote_can_list_is_not_compared_with(data):
    lists = set((data.root / ".dvc/cache").rglob("*.dir"))
    data.put(b=frame(2, worst=12))
    for path in lists:
        path.unlink()

    with data.question(Clock()) as question:
        result = judge_changed_rows(question, Clock())

    assert (question.seen.is_left, question.seen.kept_files) == (True, None)
    assert (result.judged, result.changed, result.is_finished) == (3, 3, True)
    assert result.verdict.answer is Answer.FAIL
    assert KEPT not in {str(check.id) for check in result.verdict.checks}


def test_a_large_file_of_the_work_tree_is_not_read_to_its_end(tmp_path):
    data = Data(tmp_path / "project", "csv")
    write(data.root, "data/first/a.csv", b"grade\n" + b"1\n" * (4 << 20))
    clock = Looks(0.0, iter(range(5)))

    with data.question(clock, worktree=True) as question:
        result = judge_changed_rows(question, clock)

    assert (question.seen, question.recall()) == (Compared(None, is_left=True), None)
    assert (result.judged, result.changed, result.is_finished) == (0, 0, False)
    assert (list(result.verdict.checks), result.verdict.answer) == ([], Answer.NO_VERDICT)


def test_a_deadline_that_has_passed_gives_nothing_judged_and_no_pass(data):
    data.put(b=frame(2, worst=12))

    result = data.judged(rows=0)

    assert (result.judged, result.is_finished) == (0, False)
    assert list(result.verdict.checks) == []
    assert result.verdict.answer is Answer.NO_VERDICT
    assert result.checks_left > 10


def test_time_that_is_up_ends_it_and_says_how_many_files_it_saw(tmp_path):
    data = Data(tmp_path / "project", "parquet")
    data.put(**{f"f{number}": frame(number) for number in range(12)})

    result = data.judged(rows=3 * 60)

    assert (result.judged, result.changed, result.is_finished) == (3, 12, False)
    assert result.verdict.rows == {"human": 90, "synthetic": 90, "undeclared": 0}
    assert list(result.verdict.checks) == []
    assert result.verdict.answer is Answer.NO_VERDICT


def test_time_that_is_up_ends_it_within_a_file(tmp_path):
    data = Data(tmp_path / "project", "parquet")
    data.put(a=frame(1, rows=5000))

    result = data.judged(rows=1)

    assert (result.judged, result.changed, result.is_finished) == (0, 1, False)
    assert 0 < sum(result.verdict.rows.values()) < 10_000


def test_slices_grow_while_rules_are_fast_and_shrink_while_they_are_slow():
    assert next_slice(4096, SLICE_SECONDS / 4) == 8192
    assert next_slice(4096, SLICE_SECONDS) == 4096
    assert next_slice(4096, SLICE_SECONDS * 2) == 2048
    assert next_slice(100, SLICE_SECONDS * 2) == 64


def test_what_failed_until_time_ran_out_stays_a_failure(tmp_path):
    data = Data(tmp_path / "project", "csv")
    data.put(a=frame(1, worst=12), **{f"f{number}": frame(number) for number in range(12)})

    result = data.judged(rows=2 * 60)

    assert (result.judged, result.is_finished) == (2, False)
    assert outcomes(result) == {f"synthetic/{GRADE}": Outcome.FAIL}
    assert "rows were looked at" in result.verdict.checks[0].message
    assert result.verdict.answer is Answer.FAIL


def test_a_run_that_did_not_finish_is_no_pass_whatever_it_found(tmp_path):
    data = Data(tmp_path / "project", "parquet")
    write(data.root, "expectations/first/synthetic.json", LIMIT.format(rule=GRADE, limit=0, severity="info"))
    data.put(a=frame(1, worst=12), b=frame(2))
    name = md5(data.files["b.parquet"])
    (data.root / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}").unlink()

    result = data.judged()

    assert (result.judged, result.changed) == (1, 2)
    assert outcomes(result) == {f"synthetic/{GRADE}": Outcome.FAIL}
    assert result.verdict.answer is Answer.NO_VERDICT


@pytest.mark.parametrize(("limit", "expected"), [(0.01, {f"synthetic/{GRADE}": Outcome.FAIL}), (0.2, {})])
def test_a_share_of_the_rows_seen_fails_only_where_the_rows_to_come_cannot_change_it(tmp_path, limit, expected):
    data = Data(tmp_path / "project", "parquet")
    suite = LIMIT.format(rule=GRADE, limit=limit, severity="critical")
    write(data.root, "expectations/first/synthetic.json", suite)
    bad = frame(1).with_columns(grade=pl.lit(12, dtype=pl.Int64))
    data.put(a=bad, **{f"f{number}": frame(number) for number in range(12)})

    result = data.judged(rows=3 * 60)

    # 30 of at most 30 + 60 * 12 synthetic rows fail: 4 %, whatever the others are.
    assert not result.is_finished
    assert {name: what for name, what in outcomes(result).items() if name.startswith("synthetic")} == expected


def test_draft_rules_warn(data):
    write(data.root, "schemas/first.py", "DRAFT = True\n" + SCHEMA)
    data.put(b=frame(2, worst=12))

    result = data.judged()

    assert result.verdict.answer is Answer.WARN
    assert {check.severity for check in result.verdict.checks if check.id.detail == GRADE} == {Severity.WARNING}


def test_a_waiver_counts(data):
    check = next(str(one.id) for one in _failing(data).verdict.checks if one.outcome is Outcome.FAIL)
    waiver = f'[[datasets.first.waivers]]\ncheck = "{check}"\nreason = "known"\nowner = "a"\nexpires = 2030-01-01\n'
    write(data.root, "gates.toml", CONFIG + waiver)
    git(data.root, "add", "-A")

    result = data.judged()

    assert result.verdict.answer is Answer.PASS
    assert [waived["check"] for waived in result.verdict.waived] == [check]


def _failing(data: Data):
    data.put(b=frame(2, worst=12))
    return data.judged()


def test_a_rule_that_cannot_run_is_an_error(data):
    schema = SCHEMA.replace('pa.Check.le(9, name="grade-at-most")', 'pa.Check(lambda data: 1 / 0, name="broken")')
    write(data.root, "schemas/first.py", schema)
    data.put(b=frame(5))

    result = data.judged()

    assert result.verdict.answer is Answer.NO_VERDICT
    assert {check.outcome for check in result.verdict.checks if check.id.detail == "grade/broken"} == {Outcome.ERROR}


def test_unchanged_files_tell_the_type_of_a_column(tmp_path):
    data = Data(tmp_path / "project", "csv", SCHEMA.replace("checks=", "dtype=str, checks=").replace("le(9", "ne('x'"))
    data.put(a=frame(1).with_columns(grade=pl.format("grade {}", "grade")), b=frame(2))
    commit(data.root)
    data.put(b=frame(3))

    result = data.judged()

    # Alone, the column of b.csv would be one of numbers, and no text.
    assert result.verdict.answer is Answer.PASS
    assert "human/grade/type" in outcomes(result)


def test_a_column_that_only_unchanged_files_have_keeps_its_type(tmp_path):
    data = Data(tmp_path / "project", "parquet")
    data.put(a=frame(1).with_columns(score=pl.lit(0.5), tags=pl.lit(["x"])), b=frame(2))
    commit(data.root)
    data.put(b=frame(3))

    result = data.judged()

    assert result.verdict.answer is Answer.PASS
    assert "human/score/finite" in outcomes(result)


def test_a_limit_on_a_rule_that_unread_files_may_have_is_left_to_the_push(tmp_path):
    data = Data(tmp_path / "project", "jsonl")
    suite = LIMIT.format(rule="income/finite", limit=0, severity="critical")
    write(data.root, "expectations/first/human.json", suite)
    data.put(a=frame(1), b=frame(2))
    commit(data.root)
    before = data.judged().checks_left
    whole_numbers = frame(3).with_columns(pl.col("income").cast(pl.Int64))
    data.put(b=whole_numbers)

    result = data.judged()

    assert result.verdict.answer is Answer.PASS
    assert "human/income/finite" not in outcomes(result)
    # That no file got lost is told beside rows only.
    assert KEPT in {str(check.id) for check in result.verdict.checks}
    assert result.checks_left == before - 1


def test_files_that_would_have_to_be_fetched_are_left_to_the_push(data):
    data.put(b=frame(2, worst=12), c=frame(13))
    name = md5(data.files[f"c.{data.form}"])
    (data.root / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}").unlink()

    result = data.judged()

    assert not result.is_finished
    assert result.changed == 2
    if data.form == "csv":
        # The type of a column follows from all its values.
        assert (result.judged, result.verdict.answer) == (0, Answer.NO_VERDICT)
    else:
        assert (result.judged, result.verdict.answer) == (1, Answer.FAIL)
        assert set(outcomes(result).values()) == {Outcome.FAIL}


def test_damaged_bytes_are_refused(data):
    data.put(b=frame(5))
    name = md5(data.files[f"b.{data.form}"])
    (data.root / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}").write_bytes(content(frame(6), data.form))

    with pytest.raises(DataError, match=r"is not what data/first\.dvc names"):
        data.judged()


def test_a_column_that_is_not_there_is_refused(data):
    write(data.root, "gates.toml", CONFIG + 'label = "titel"\n')
    data.put(b=frame(5))

    if data.form == "jsonl":
        # What unchanged JSON Lines have is not known at a commit.
        assert data.judged().verdict.answer is Answer.PASS
    else:
        with pytest.raises(UsageError, match="no column 'titel'"):
            data.judged()


def test_the_work_tree_is_judged_by_its_own_bytes(data):
    for name, contents in data.files.items():
        write(data.root, f"data/first/{name}", contents)
    assert data.judged(worktree=True).changed == 0

    write(data.root, f"data/first/b.{data.form}", content(frame(2, worst=12), data.form))
    result = data.judged(worktree=True)

    assert (result.judged, result.changed, result.verdict.answer) == (1, 1, Answer.FAIL)


class Unheeded(Deadline):
    """A deadline that has passed, of which only `left` tells."""

    def check(self) -> None:
        pass


def test_a_query_under_way_ends_at_the_deadline(tmp_path):
    data = Data(tmp_path / "project", "csv")
    path = write(data.root, "data/first/a.csv", "grade,origin,x\n" + "1,human,2.5\n" * 2_000_000)
    config = load_config(data.root / "gates.toml").datasets["first"]

    # Nobody looks at this clock between steps: only a query that is interrupted can end it.
    with (
        pytest.raises(TimeUpError),
        open_dataset(
            config,
            data_type_of(config),
            files=[data_file(path, "data/first/a.csv")],
            quick=QuickOpening(Unheeded(0.0)),
        ),
    ):
        pass


def test_nothing_is_written(data):
    _failing(data)

    assert git(data.root, "status", "--porcelain", "--ignored").splitlines() == [
        f"M  {name}" for name in git(data.root, "diff", "--cached", "--name-only").splitlines()
    ] + ["!! .dvc/cache/"]


def test_great_expectations_is_not_imported(tmp_path):
    data = Data(tmp_path / "project", "parquet")
    data.put(b=frame(2, worst=12))
    script = (
        "import math, sys; from datetime import date; from pathlib import Path; from gates.config.deadline import Deadline\n"
        "from gates.checking.check_or_recall import DatasetCheck, CheckTerms\n"
        "from gates.checking.quick.commit_check import judge_changed_rows; from gates.checking.check_version import VersionRequest, version_requested\n"
        f"with version_requested(Path({str(data.root / 'gates.toml')!r}), VersionRequest(staged=True)) as at:\n"
        "    (dataset,) = at.config.datasets.values()\n"
        "    clock = Deadline(math.inf)\n"
        "    found = judge_changed_rows(DatasetCheck(at, dataset, CheckTerms(date(2026, 1, 1), Path()), clock), clock)\n"
        "print(found.verdict.answer, 'great_expectations' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("fail False\n", "")
