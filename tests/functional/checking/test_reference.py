"""Sets of synthetic rows alone: judged by themselves, or against human rows that lie outside of the set."""

from __future__ import annotations

import json
import math
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from tests.dvc_repositories import commit, dvc, new_git
from tests.projects import ROWS, table_rows

if TYPE_CHECKING:
    from pathlib import Path

LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 1234\n"
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.org")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=root, check=True, capture_output=True)


def project(root: Path, synthetic: pl.DataFrame, reference: str) -> Path:
    git(root, "init", "--quiet")
    (root / "human").mkdir()
    synthetic.write_csv(root / "made.csv")
    table_rows(ROWS, seed=1).write_csv(root / "human/rows.csv")
    (root / "gates.toml").write_text(
        f'[datasets.made]\npath = "made.csv"\ntype = "tabular"\ninconclusive = "warn"\nreference = {reference}\n'
    )
    return root


def verdict_of(called: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(called.out)
    return document


def outcomes(verdict: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in verdict["checks"]}


def test_synthetic_rows_alone_are_judged_by_what_needs_no_human_rows(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), "false")

    called = gates(root, "check", "--format", "json")
    verdict = verdict_of(called)

    assert called.code == 0, called.out
    assert verdict["rows"] == {"human": 0, "synthetic": ROWS, "undeclared": 0}
    assert set(outcomes(verdict).values()) == {"pass", "not_asked"}
    assert outcomes(verdict)["synthetic/expect_row_failure_ratio_to_be_less_than/income/finite"] == "pass"
    assert 'reference = "path"' in gates(root, "list", "missing", "made").out


def test_a_row_rule_fails_synthetic_rows_alone(tmp_path, gates):
    broken = table_rows(ROWS, seed=11).with_columns(income=pl.lit(float("inf")))

    assert gates(project(tmp_path, broken, "false"), "check").code == 1


@pytest.mark.parametrize("reference", ['"human"', '"human/rows.csv"', '"human/*.csv"'])
def test_a_reference_takes_the_place_of_human_rows_in_comparisons(tmp_path, gates, reference):
    shifted = table_rows(ROWS, seed=11).with_columns(income=pl.col("income") * 3)
    called = gates(project(tmp_path, shifted, reference), "check", "--format", "json")
    verdict = verdict_of(called)

    assert called.code == 1
    assert outcomes(verdict)["combined/expect_distributions_to_match"] == "fail"
    assert {one for name, one in outcomes(verdict).items() if name.startswith("human/")} == {"not_asked"}
    assert outcomes(verdict).get("combined/expect_human_ratio_to_be_between/pretrain", "not_asked") == "not_asked"
    assert "human/rows.csv" in {file["path"] for file in verdict["data"]["files"]}


def test_copies_of_a_reference_are_found(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=1), '"human"')

    verdict = verdict_of(gates(root, "check", "--format", "json"))

    assert outcomes(verdict)["combined/expect_synthetic_to_not_copy_human/exact"] == "fail"


def test_other_bytes_of_a_reference_are_another_verdict(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human"')
    first = verdict_of(gates(root, "check", "--format", "json"))
    table_rows(ROWS, seed=2).write_csv(root / "human/rows.csv")
    second = verdict_of(gates(root, "check", "--format", "json"))

    assert first["data"]["manifest_sha256"] != second["data"]["manifest_sha256"]
    assert first["digest"] != second["digest"]


def test_a_reference_is_read_at_the_version_that_is_judged(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human"')
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "data")
    here = verdict_of(gates(root, "check", "--format", "json"))
    (root / "human/rows.csv").write_text("grade,town,income,title\n1,a,1.0,b\n")
    committed = verdict_of(gates(root, "check", "--rev", "HEAD", "--format", "json"))

    assert here["data"]["manifest_sha256"] == committed["data"]["manifest_sha256"]


def test_a_reference_that_git_lfs_left_behind_is_named(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human/rows.csv"')
    (root / "human/rows.csv").write_text(LFS)

    called = gates(root, "check")

    assert called.code == 3
    assert "human/rows.csv" in called.err
    assert "git lfs pull" in called.err


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ('"nowhere.csv"', "no file or folder 'nowhere.csv'"),
        ('"made.csv"', "made.csv lies in the dataset and its reference"),
        ("3", "reference is an integer"),
    ],
)
def test_a_reference_that_cannot_be_one_ends_in_a_sentence(tmp_path, gates, reference, sentence):
    called = gates(project(tmp_path, table_rows(ROWS, seed=11), reference), "check")

    assert called.code == 2
    assert sentence in called.err
    assert "gates.toml:5" in called.err


def test_human_rows_in_the_set_and_a_reference_are_refused(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human"')
    config = (root / "gates.toml").read_text()
    both = 'partitions = { human = "human", synthetic = "made.csv" }'
    (root / "gates.toml").write_text(config.replace('path = "made.csv"', both))

    called = gates(root, "check")

    assert called.code == 2
    assert "takes the place of human rows" in called.err


def test_rows_of_a_reference_are_no_rows_of_the_set(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human"')

    called = gates(root, "check")
    counts = verdict_of(gates(root, "check", "--format", "json"))["rows"]

    assert f"rows: 0 human, {ROWS} synthetic, 0 undeclared, {ROWS} reference" in called.out
    assert counts == {"human": 0, "synthetic": ROWS, "undeclared": 0, "reference": ROWS}


def test_failing_rows_of_a_reference_are_named_as_such_in_quarantine(tmp_path, gates):
    root = project(tmp_path, table_rows(ROWS, seed=11), '"human"')
    spoilt = pl.when(pl.int_range(pl.len()) < 3).then(float("inf")).otherwise("income").alias("income")
    table_rows(ROWS, seed=1).with_columns(spoilt).write_csv(root / "human/rows.csv")
    table_rows(ROWS, seed=11).with_columns(spoilt).write_csv(root / "made.csv")

    gates(root, "check")

    (quarantine,) = root.rglob("made.parquet")
    rows = pl.read_parquet(quarantine).select("file", "row", "origin").unique().sort("file", "row")
    assert rows.rows() == [
        *(("human/rows.csv", row, "reference") for row in (1, 2, 3)),
        *(("made.csv", row, "synthetic") for row in (1, 2, 3)),
    ]


def test_a_reference_that_dvc_tracks_is_fetched_from_its_cache_at_each_version(tmp_path, gates):
    root = new_git(tmp_path / "work")
    dvc(root, "init", "-q")
    table_rows(ROWS, seed=11).write_csv(root / "made.csv")
    table_rows(ROWS, seed=1).write_csv(root / "human.csv")
    (root / "gates.toml").write_text(
        '[datasets.made]\npath = "made.csv"\ntype = "tabular"\ninconclusive = "warn"\nreference = "human.csv"\n'
    )
    dvc(root, "add", "-q", "human.csv")
    commit(root)
    here = verdict_of(gates(root, "check", "--format", "json"))
    (root / "human.csv").unlink()
    (root / "human.csv").write_text("grade,town,income,title\n1,a,1.0,b\n")

    committed = verdict_of(gates(root, "check", "--rev", "HEAD", "--format", "json"))
    linted = gates(root, "lint")
    (root / "human.csv").unlink()
    lost = gates(root, "check")

    assert here["rows"]["reference"] == ROWS
    assert committed["data"]["manifest_sha256"] == here["data"]["manifest_sha256"]
    assert linted.code == 0
    assert lost.code in (2, 3)
    assert "dvc" in lost.err


def test_lint_names_a_reference_that_is_nowhere(tmp_path, gates):
    called = gates(project(tmp_path, table_rows(ROWS, seed=11), '"nowhere.csv"'), "lint")

    assert called.code == 2
    assert "nowhere.csv" in called.err + called.out


WORDS = [f"word{number}" for number in range(400)]


def texts(count: int) -> list[str]:
    """Texts of thirty words, none twice."""
    return [" ".join(WORDS[(7 * at + step * (3 + at % 11)) % 400] for step in range(30)) + "." for at in range(count)]


def texts_alone(root: Path, gates: Any, rows: list[str], settings: str = "") -> dict[str, dict[str, Any]]:
    """Checks by id of a set of synthetic texts alone."""
    pl.DataFrame({"text": rows}).write_parquet(root / "made.parquet")
    (root / "gates.toml").write_text(
        f'[datasets.made]\npath = "made.parquet"\ntype = "text"\nreference = false\n{settings}'
    )
    return {check["id"]: check for check in verdict_of(gates(root, "check", "--format", "json"))["checks"]}


@pytest.mark.parametrize(
    ("check", "planted", "outcome"),
    [
        ("expect_boilerplate_ratio_to_be_less_than", (0.04, "As an AI language model, I cannot say. {}"), "fail"),
        ("expect_degenerate_text_ratio_to_be_less_than", (0.04, ""), "fail"),
        # Of some human sources .08 loop.
        ("expect_degenerate_text_ratio_to_be_less_than", (0.06, "{0} a b c d e f g h " * 12), "inconclusive"),
        ("expect_degenerate_text_ratio_to_be_less_than", (0.2, "{0} a b c d e f g h " * 12), "fail"),
    ],
)
def test_what_no_human_text_does_fails_synthetic_texts_alone(check, planted, outcome, tmp_path, gates):
    sound, (share, text_of) = texts(500), planted
    marked = int(share * len(sound))

    checks = texts_alone(tmp_path, gates, [text_of.format(text[:12]) for text in sound[:marked]] + sound[marked:])

    result = checks[f"synthetic/{check}"]
    assert result["outcome"] == outcome, result["message"]
    assert ('reference = "path"' in result["message"]) == (outcome == "inconclusive")


@pytest.mark.parametrize(
    ("rule", "planted", "outcome"),
    [("not-missing-word", "nan", "fail"), ("no-markup", "<p>{}</p>", "inconclusive")],
)
def test_rules_that_no_human_source_breaks_fail_synthetic_texts_alone(rule, planted, outcome, tmp_path, gates):
    sound = texts(500)

    checks = texts_alone(tmp_path, gates, [planted.format(text) for text in sound[:25]] + sound[25:])

    result = checks[f"synthetic/expect_row_failure_ratio_to_be_less_than/text/{rule}"]
    assert result["outcome"] == outcome, result["message"]


def test_sound_synthetic_texts_alone_pass_what_needs_no_human_rows(tmp_path, gates):
    checks = texts_alone(tmp_path, gates, texts(500))

    assert {one["outcome"] for one in checks.values()} == {"pass", "not_asked"}
    judged = {name for name, one in checks.items() if one["outcome"] == "pass"}
    assert {
        "synthetic/expect_boilerplate_ratio_to_be_less_than",
        "synthetic/expect_degenerate_text_ratio_to_be_less_than",
        "synthetic/expect_duplicate_ratio_to_be_less_than/exact",
    } <= judged


@pytest.mark.parametrize(
    ("repeated", "outcome"), [("written twice", "fail"), ("drawn", "inconclusive"), ("a stock of forty", "fail")]
)
def test_synthetic_texts_alone_that_repeat_each_other(repeated, outcome, tmp_path, gates):
    sound = texts(500)
    rows = {
        "written twice": sound[:400] + sound[:100],
        "drawn": [sound[int(900 * (number * 0.618 % 1) ** 2) % 500] for number in range(250)],
        "a stock of forty": sound[:40] * 12,
    }[repeated]

    result = texts_alone(tmp_path, gates, rows)["synthetic/expect_duplicate_ratio_to_be_less_than/exact"]

    assert result["outcome"] == outcome, result["message"]


def test_series_alone_fail_by_what_repeats_itself_and_not_by_what_stands_still(tmp_path, gates):
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(240)]
    noise = [1000 * math.sin(number * number) for number in range(240)]
    values = {"sound": noise, "still": [3.5] * 240, "looped": noise[:60] * 4}
    series = [pl.DataFrame({"entity": name, "timestamp": hours, "value": rows}) for name, rows in values.items()]
    pl.concat(series).write_parquet(tmp_path / "made.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.made]\npath = "made.parquet"\ntype = "timeseries"\nreference = false\n'
    )

    judged = outcomes(verdict_of(gates(tmp_path, "check", "--format", "json")))

    assert judged["synthetic/expect_series_to_be_sound/periodic"] == "fail"
    assert judged["synthetic/expect_series_to_be_sound/constant"] == "not_asked"


def test_a_judge_that_contradicts_itself_fails_without_human_rows(tmp_path, gates):
    ratings = pl.DataFrame({"item": [f"item {number}" for number in range(200)], "annotator": "judge", "label": "yes"})
    again = ratings[:40].with_columns(label=pl.lit("no"))
    pl.concat([ratings, again]).write_parquet(tmp_path / "made.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.made]\npath = "made.parquet"\ntype = "annotations"\nreference = false\n'
    )

    called = gates(tmp_path, "check", "--format", "json")

    assert called.code == 1
    judged = outcomes(verdict_of(called))
    assert judged["synthetic/expect_self_contradiction_ratio_to_be_less_than"] == "fail"
    assert judged["synthetic/expect_annotator_agreement_to_be_between/nominal"] == "not_asked"
