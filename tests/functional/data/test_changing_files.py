"""A file that becomes another one while it is judged: what was read is what was hashed, or there is no verdict."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from tests.opened import open_dataset, open_evaluation, open_holdout
from tests.projects import program

GOOD, BAD = "good", "evil"


def csv(word: str, rows: int = 200) -> str:
    return "text,origin\n" + "".join(f"{word} {row},human\n{word} {row},synthetic\n" for row in range(rows))


def in_place(path: Path, text: str) -> None:
    """The same size, and the same time of change, as a writer who hides would leave it."""
    about = path.stat()
    path.write_text(text)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def renamed_over(path: Path, text: str) -> None:
    other = path.with_name("other")
    other.write_text(text)
    about = path.stat()
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(path)


def there_and_back(path: Path, text: str) -> None:
    kept = path.read_text()
    in_place(path, text)
    in_place(path, kept)


@pytest.mark.parametrize("change", [in_place, renamed_over, there_and_back])
@pytest.mark.parametrize("opener", [open_dataset, open_holdout, open_evaluation])
def test_a_file_that_changes_between_opening_and_the_end_is_named(tmp_path, change, opener):
    config = DatasetConfig(
        "d",
        tmp_path,
        1,
        "text",
        path="data.csv",
        columns={"text": "text"},
        holdout="held.csv",
        evaluation=("items.csv",),
    )
    name = {open_dataset: "data.csv", open_holdout: "held.csv", open_evaluation: "items.csv"}[opener]
    for other in ("data.csv", "held.csv", "items.csv"):
        (tmp_path / other).write_text(csv(GOOD))

    with pytest.raises(DataError, match=f"{name}: changed while it was judged"), opener(config):
        change(tmp_path / name, csv(BAD))


@pytest.mark.parametrize("way", ["in_place", "renamed_over"])
def test_a_verdict_names_the_bytes_that_were_read_while_somebody_writes(tmp_path, way):
    path = tmp_path / "data.csv"
    path.write_text(csv(GOOD))
    (tmp_path / "gates.toml").write_text(
        '[datasets.d]\npath = "data.csv"\ntype = "text"\ncolumns = { text = "text" }\n'
    )
    (tmp_path / "expectations/d").mkdir(parents=True)
    rule = {"type": "expect_column_values_to_not_match_regex", "kwargs": {"column": "text", "regex": BAD}}
    (tmp_path / "expectations/d/combined.json").write_text(json.dumps({"name": "no evil", "expectations": [rule]}))
    program_of_writer = (
        "import sys, time\nfrom pathlib import Path\nfrom tests.functional.data import test_changing_files as own\n"
        f"path, change = Path(sys.argv[1]), own.{way}\nwhile True:\n"
        "    for word in (own.BAD, own.GOOD):\n        change(path, own.csv(word)); time.sleep(0.05)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program_of_writer, path], cwd=Path(__file__).parents[3])
    try:
        calls = [program(tmp_path, "check", "d", "--worktree", "--format", "json", "--no-cache") for _ in range(3)]
    finally:
        writer.kill()
        writer.wait()

    named = {hashlib.sha256(csv(word).encode()).hexdigest(): word for word in (GOOD, BAD)}
    for call in calls:
        assert call.code in {0, 1, 3}, call
        if not call.out:
            assert "changed while it was judged" in call.err, call.err
            continue
        verdict = json.loads(call.out)
        outcome = next(check for check in verdict["checks"] if "not_match_regex" in check["id"])["outcome"]
        word = named[verdict["data"]["files"][0]["sha256"]]
        assert outcome == ("pass" if word == GOOD else "fail")


RACE_CONFIG = """\
[datasets.d]
path = "data.csv"
type = "text"
extends = false
columns = { text = "text" }
population = "shares.csv"
"""
# While it is imported, suites and shares have been read, and no row has.
RACE_SCHEMA = """\
import pandera.polars as pa
from pathlib import Path

MOST = 10_000
if Path("race").exists():
    for path in Path("race").rglob("*"):
        if path.is_file():
            Path(*path.parts[1:]).write_bytes(path.read_bytes())
D = pa.DataFrameSchema({"text": pa.Column(checks=pa.Check(lambda data: data.lazyframe.select(True), name="kept"))})
"""


def test_rules_that_change_while_rows_are_judged_are_those_that_were_read_first(tmp_path, gates):
    def suite(least: int) -> str:
        rule = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": least}}
        return json.dumps({"name": "rows", "expectations": [{**rule, "meta": {"reason": "few"}}]})

    def shares(human: float) -> str:
        return f"dimension,level,share,source\norigin,human,{human},us\norigin,other,{1 - human},us\n"

    before = {
        "gates.toml": RACE_CONFIG, "expectations/d/combined.json": suite(1), "shares.csv": shares(1.0),
        "schemas/d.py": RACE_SCHEMA,
    }  # fmt: skip
    after = {
        "gates.toml": RACE_CONFIG + 'group = "text"\n', "expectations/d/combined.json": suite(9_999),
        "shares.csv": shares(0.5), "schemas/d.py": RACE_SCHEMA.replace("10_000", "20_000"),
    }  # fmt: skip
    (tmp_path / "data.csv").write_text(csv(GOOD))
    for name, text in before.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def judged() -> object:
        called = gates(tmp_path, "check", "d", "--no-cache", "--format", "json")
        return json.loads(called.out)

    calm = judged()
    for name, text in after.items():
        (tmp_path / "race" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "race" / name).write_text(text)
    raced = judged()

    assert {name: (tmp_path / name).read_text() for name in after} == after
    assert raced == calm
    assert judged()["contract"]["sha256"] != calm["contract"]["sha256"]
