"""Evaluation sets are opened whatever their columns, and belong to the bytes that a verdict is bound to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.checking.changes.losses import kept_files
from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import resolve
from gates.config.dataset import DatasetConfig
from gates.config.load import load_config
from gates.contract.contract import load_contract
from gates.data.duckdb import reading
from gates.diff.verdict_lookup import is_about
from gates.errors import DataError, UsageError
from gates.verdicts.enforce import enforce
from gates.verdicts.pointer_check import compare_with_pointers
from gates.verdicts.recorded import VerdictError, read_verdict
from gates.versions.dataset.comparison import compare
from gates.versions.dataset.pointers import concerned, tracked_at
from gates.versions.dataset.snapshots import files_at, snapshot
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE, revision
from tests.dvc_repositories import commit, git, new_repository, track, write
from tests.opened import open_evaluation

TODAY = date(2026, 1, 1)
CONTAMINATION = "expect_contamination_ratio_to_be_less_than"
EXAM = "question,answer\nwhich of the seven bridges did the baker cross before noon,the third\n"
OTHER = "question,answer\nhow many barrels did the cooper mend between two moons,nine\n"
CONFIG = """\
[datasets.texts]
path = "data/texts.csv"
type = "text"
evaluation = ["exams", "exams/a.csv"]
"""


def texts(*more: str) -> str:
    rows = [
        f"{who},the {who} wrote sentence number {row} of many" for who in ("human", "synthetic") for row in range(9)
    ]
    return "origin,text\n" + "\n".join([*rows, *more]) + "\n"


@pytest.fixture
def root(tmp_path):
    """A dataset and its evaluation sets under DVC, at hand in the work tree too."""
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    put(root, exams={"a.csv": EXAM, "b.csv": OTHER})
    commit(root, "start")
    return root


def put(root, *, exams=None, data=None):
    if exams:
        track(root, "exams", exams)
        for name, text in exams.items():
            write(root, f"exams/{name}", text)
    if data or not (root / "data/texts.csv").is_file():
        track(root, "data/texts.csv", data or texts())
        write(root, "data/texts.csv", data or texts())


def config(root) -> DatasetConfig:
    return load_config(root / "gates.toml").dataset("texts")


def judged(root):
    return judge(resolve(config(root), TODAY), Options(only=(CONTAMINATION,))).verdict


def recorded(root):
    place = root / "verdict.json"
    place.write_text(json.dumps(judge(resolve(config(root), TODAY), Options()).verdict.to_json()))
    return place


def result(verdict):
    return next(check for check in verdict.checks if CONTAMINATION in str(check.id))


def test_every_text_counts_whatever_its_column_and_depth(tmp_path):
    pl.DataFrame({
        "id": ["q-1", "q-2"],
        "turns": [[{"role": "user", "content": "first"}, {"role": "assistant", "content": "second"}], []],
        "points": [1, 2],
        "hint": ["one", None],
    }).write_parquet(tmp_path / "b.parquet")  # fmt: skip
    write(tmp_path, "a.jsonl", '{"prompt": "zero"}\n')
    dataset = DatasetConfig("d", tmp_path, 1, "text", path="x.csv", evaluation=("*.jsonl", "b.parquet"))
    write(tmp_path, "x.csv", texts())

    with open_evaluation(dataset) as opened:
        items = opened.items()

    pairs = sorted(zip(items.item.tolist(), items.texts.to_list(), strict=True), key=str)
    assert [text for item, text in pairs if item == 0] == ["zero"]
    assert {text for item, text in pairs if item == 1} == {"q-1", "user", "assistant", "first", "second", "one"}
    assert {text for item, text in pairs if item == 2} == {"q-2", None}
    assert items.ids.tolist() == ["", "q-1", "q-2"]
    assert [items.place(item) for item in range(3)] == ["a.jsonl:1", "b.parquet:1", "b.parquet:2"]
    assert [(file.path, file.rows) for file in opened.files] == [("a.jsonl", 1), ("b.parquet", 2)]


def test_texts_count_in_maps_and_lists_of_one_length_and_beyond_the_first_batch(tmp_path):
    rows = reading.BATCH_ROWS + 1
    pq.write_table(
        pa.table({
            "id": pa.array(range(rows), pa.int32()),
            "named": pa.array([[("key", "value")]] * rows, pa.map_(pa.string(), pa.string())),
            "pair": pa.array([["left", "right"]] * rows, pa.list_(pa.string(), 2)),
            "image": pa.array([b"x"] * rows),
        }),
        tmp_path / "a.parquet",
    )  # fmt: skip
    write(tmp_path, "b.jsonl", '{"prompt": "last"}\n')
    write(tmp_path, "x.csv", texts())

    with open_evaluation(
        DatasetConfig("d", tmp_path, 1, "text", path="x.csv", evaluation=("a.parquet", "b.jsonl"))
    ) as opened:
        items = opened.items()

    assert [items.texts.filter(items.item == item).to_list() for item in (0, rows - 1, rows)] == [
        ["key", "value", "left", "right"],
        ["key", "value", "left", "right"],
        ["last"],
    ]
    assert (items.ids[rows - 1], items.place(rows)) == (str(rows - 1), "b.jsonl:1")


def test_a_leaked_item_fails_the_dataset(root):
    assert (result(judged(root)).outcome.value, result(judged(root)).observed) == ("pass", 0)

    put(root, data=texts("synthetic,Which of the seven bridges did the baker cross before noon?"))
    check = result(judged(root))

    assert (check.outcome.value, check.severity.value) == ("fail", "critical")
    assert check.evidence["first_rows"] == ["data/texts.csv:19 = exams/a.csv:1"]


def test_rejected_answers_of_evaluation_sets_are_not_compared_and_this_is_said(root):
    evasion = "there are many ways to do this and all of them have advantages as you can imagine well"
    put(root, exams={"a.csv": f"prompt,chosen,rejected\n{EXAM.splitlines()[1]},{evasion}\n", "b.csv": OTHER})
    put(root, data=texts(f"human,{evasion}", f"synthetic,{evasion} now"))

    check = result(judged(root))

    assert (check.outcome.value, check.observed) == ("pass", 0)
    assert "rejected answers of evaluation sets (rejected) are not compared" in check.message


def test_evaluation_sets_within_the_dataset_and_missing_ones_are_refused_by_line(root):
    inside, missing = (replace(config(root), evaluation=(path,)) for path in ("data", "exam"))

    for refuse in (open_evaluation, lambda dataset: snapshot(open_repository(root), dataset, WORKTREE)):
        with pytest.raises(
            UsageError, match=r"gates.toml:4: dataset 'texts': data/texts.csv belongs to the dataset too; evalu"
        ):
            refuse(inside)
        with pytest.raises(UsageError, match=r"gates.toml:4: dataset 'texts': no file or folder 'exam' \(did you mean"):
            refuse(missing)
    with pytest.raises(UsageError, match=r"data/texts\.csv belongs to the dataset too"):
        snapshot(open_repository(root), inside, revision(open_repository(root), "HEAD"))


def test_damaged_evaluation_sets_are_named(root):
    write(root, "exams/a.parquet", "PAR1 and nothing else PAR1")

    with pytest.raises(DataError, match=r"^exams/a\.parquet: not readable as Parquet"):
        open_evaluation(config(root))


def test_verdict_is_bound_to_the_bytes_of_the_evaluation_sets(root):
    before = judged(root)
    put(root, exams={"a.csv": EXAM, "b.csv": OTHER + "what did the miller say,nothing\n"})
    after = judged(root)

    assert [file["path"] for file in before.data["evaluation_files"]] == ["exams/a.csv", "exams/b.csv"]
    assert before.data["manifest_sha256"] == after.data["manifest_sha256"]
    for name in ("evaluation_sha256", "md5_manifest_sha256"):
        assert before.data[name] != after.data[name]
    assert before.digest != after.digest


def test_enforce_refuses_other_evaluation_sets(root):
    place = recorded(root)
    enforce(load_contract(config(root), TODAY), place)

    write(root, "exams/b.csv", OTHER + "what did the miller say,nothing\n")

    with pytest.raises(VerdictError, match=r"the evaluation sets exams, exams/a\.csv have changed since"):
        enforce(load_contract(config(root), TODAY), place)


def test_enforce_without_data_refuses_other_pointers_of_evaluation_sets(root):
    verdict = read_verdict(recorded(root))
    compare_with_pointers(verdict, config(root))

    put(root, exams={"a.csv": EXAM, "b.csv": EXAM})
    commit(root, "other exams")

    with pytest.raises(
        VerdictError, match=r"the evaluation data in exams, .* is another one in HEAD .*, exams/b\.csv first"
    ):
        compare_with_pointers(verdict, config(root))


def test_edited_hashes_of_evaluation_sets_are_seen(root):
    place = recorded(root)
    report = json.loads(place.read_text())
    report["data"]["evaluation_files"][0]["md5"] = "0" * 32
    place.write_text(json.dumps(report))

    with pytest.raises(VerdictError, match="was edited"):
        read_verdict(place)


def test_evaluation_sets_are_those_of_the_version(root):
    repository, dataset = open_repository(root), config(root)
    head = revision(repository, "HEAD")
    before = snapshot(repository, dataset, head)
    expected = judged(root)
    put(root, exams={"a.csv": EXAM})
    git(root, "add", "-A")
    after = snapshot(repository, dataset, STAGED)

    assert before.digest != after.digest
    assert compare(before, after).is_same
    assert compare(before, after, "evaluation").removed == ("exams/b.csv",)
    lost = kept_files(compare(before, after), None, compare(before, after, "evaluation"))
    assert (lost.lost, lost.names) == (0.5, ("exams/b.csv",))
    assert lost.story.startswith("of the evaluation sets, 2 files in HEAD")
    assert concerned(tracked_at(repository, head), dataset) != concerned(tracked_at(repository, STAGED), dataset)
    with files_at(repository, dataset, head) as files:
        assert (
            judge(resolve(dataset, TODAY), Options(only=(CONTAMINATION,), files=files)).verdict.to_json()
            == expected.to_json()
        )


def test_a_verdict_is_about_data_and_evaluation_sets_together(root):
    repository, dataset = open_repository(root), config(root)
    verdict = read_verdict(recorded(root))
    same = snapshot(repository, dataset, WORKTREE)
    write(root, "exams/b.csv", EXAM)
    other = snapshot(repository, dataset, WORKTREE)

    assert (is_about(verdict, same), is_about(verdict, other)) == (True, False)
    assert [file.name for file in same.all_files] == ["data/texts.csv", "exams/a.csv", "exams/b.csv"]


def test_differences_show_evaluation_sets_and_remembered_verdicts_notice_them(root, gates):
    first = gates(root, "check", "texts", "--worktree")
    again = gates(root, "check", "texts", "--worktree")
    put(root, exams={"a.csv": EXAM, "b.csv": EXAM})
    write(root, "exams/b.csv", texts().replace("origin,", "o,"))
    changed = gates(root, "check", "texts", "--worktree")
    shown = gates(root, "diff", "texts")

    assert first.out.splitlines()[0] == again.out.splitlines()[0]
    assert first.out != changed.out
    assert "evaluation: 2; 1 changed" in shown.out
