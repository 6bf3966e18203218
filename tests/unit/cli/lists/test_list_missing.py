"""`gates list missing` names the lines that enable what is not configured, by the last verdict."""

from __future__ import annotations

import json
import tomllib


def test_lines_to_add_are_named_with_the_checks_they_enable(judged_project, gates):
    called = gates(judged_project.root, "list", "missing", "sound", "--format", "json")

    rows = json.loads(called.out)
    by_line = {row["add"]: row["checks"] for row in rows if row["add"]}
    verdict = json.loads((judged_project.root / ".gates/verdicts/sound.json").read_text())
    listed = [check for row in rows for check in row["checks"]]
    assert (called.code, called.err) == (0, "")
    assert by_line['slices = ["<column>"]'] == ["human/expect_slice_row_counts_to_be_between"]
    assert all(tomllib.loads(line) for line in by_line)
    assert sorted(listed) == sorted(check["id"] for check in verdict["checks"] if check["outcome"] == "not_asked")


def test_text_has_lines_to_copy_before_what_no_line_enables(judged_project, gates):
    shown = gates(judged_project.root, "list", "missing", "sound").out.splitlines()

    assert shown[0] == "sound: lines for its table in gates.toml, and the checks that each enables"
    assert shown.index('  slices = ["<column>"]') < shown.index("sound: no line enables these")
    assert not any("/pretrain" in line for line in shown)
    (head,) = (at for at, line in enumerate(shown) if line.startswith("  a table has one line of columns"))
    assert tomllib.loads(shown[head + 1].strip())["columns"]


def test_dataset_without_a_verdict_is_to_be_checked(project_copy, gates):
    (project_copy / ".gates/verdicts/sound.json").unlink()

    called = gates(project_copy, "list", "missing", "sound")

    assert (called.code, called.err) == (3, "sound has no verdict yet; run `gates check sound`\n")


def test_only_missing_takes_a_dataset(judged_project, gates):
    called = gates(judged_project.root, "list", "types", "sound")

    assert (called.code, "only `gates list missing` takes a DATASET" in called.err) == (2, True)
