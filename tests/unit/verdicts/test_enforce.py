"""`gates enforce` trusts nothing that it can recompute."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

from gates.verdict import digest_of_report
from gates.verdicts.recorded import VerdictError, read_verdict

EXPECT_ORIGINS = "combined/expect_origins_to_be_declared"


def stored(root, dataset="sound"):
    return root / ".gates" / "verdicts" / f"{dataset}.json"


def edit(path, change, *, forge=False):
    """Change a stored verdict; with `forge`, give it a digest that fits."""
    report = json.loads(path.read_text())
    change(report)
    if forge:
        report["digest"] = digest_of_report(report)
    path.write_text(json.dumps(report))


def refused(called, words):
    """One sentence on stderr, exit 3, nothing on stdout."""
    assert (called.code, called.out) == (3, "")
    assert words in called.err
    assert called.err.endswith("run `gates check sound`\n")
    return True


def test_verdict_that_still_fits_decides_the_exit_code(judged_project, gates):
    sound, flawed = (json.loads(stored(judged_project.root, name).read_text()) for name in ("sound", "flawed"))
    assert (sound["outcome"], flawed["outcome"]) == ("pass", "fail")

    called = gates(judged_project.root, "enforce", "sound")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("sound: PASS ")
    assert called.out.endswith(f"(verdict {sound['digest'][:12]})\n")

    called = gates(judged_project.root, "enforce", "flawed")
    assert (called.code, called.err) == (1, "")
    assert called.out.startswith("flawed: FAIL ")
    assert "; failed: " in called.out


def test_strict_makes_a_warning_bad(project_copy, gates):
    def warn(report):
        next(check for check in report["checks"] if check["severity"] == "warning").update(outcome="fail")
        report["outcome"] = "warn"

    edit(stored(project_copy), warn, forge=True)

    assert gates(project_copy, "enforce", "sound").code == 0
    assert gates(project_copy, "enforce", "sound", "--strict").code == 1


def test_of_several_datasets_the_worst_decides(judged_project, gates):
    called = gates(judged_project.root, "enforce", "--all")

    assert called.code == 1
    assert [line.split(":")[0] for line in called.out.splitlines()] == ["sound", "flawed"]


def test_without_a_verdict_it_says_which_command_makes_one(project_copy, gates):
    stored(project_copy).unlink()

    called = gates(project_copy, "enforce", "sound")

    assert (called.code, called.out) == (3, "")
    assert called.err == "sound: no verdict at .gates/verdicts/sound.json; run `gates check sound`\n"
    assert (
        "run `gates check sound --output reports`" in gates(project_copy, "enforce", "sound", "--output", "reports").err
    )


def test_edited_verdict_is_refused(project_copy, gates):
    edit(stored(project_copy), lambda report: report.update(outcome="warn"))

    assert refused(gates(project_copy, "enforce", "sound"), "was edited")


def test_answer_that_does_not_follow_from_the_checks_is_refused_even_with_a_fitting_digest(project_copy, gates):
    edit(stored(project_copy), lambda report: report.update(outcome="warn"), forge=True)

    assert refused(gates(project_copy, "enforce", "sound"), "says warn, but its checks add up to pass")


def test_check_that_was_taken_out_is_missed(project_copy, gates):
    def take_out(report):
        report["checks"] = [check for check in report["checks"] if check["id"] != EXPECT_ORIGINS]

    edit(stored(project_copy), take_out, forge=True)

    assert refused(gates(project_copy, "enforce", "sound"), f"lacks 1 planned check, {EXPECT_ORIGINS}")


def test_waiver_that_only_the_document_knows_does_not_count(project_copy, gates):
    report = json.loads(stored(project_copy, "flawed").read_text())
    failed = [c["id"] for c in report["checks"] if c["outcome"] == "fail" and c["severity"] == "critical"]

    def waive(report):
        report["waived"] = [{"check": check, "reason": "r", "owner": "o", "expires": "2999-01-01"} for check in failed]
        report["outcome"] = "warn"

    edit(stored(project_copy, "flawed"), waive, forge=True)

    called = gates(project_copy, "enforce", "flawed")
    assert called.code == 3
    assert "add up to fail" in called.err


def test_other_bytes_are_refused(project_copy, gates):
    path = project_copy / "data" / "sound.parquet"
    pl.read_parquet(path).head(700).write_parquet(path)

    assert refused(gates(project_copy, "enforce", "sound"), "the data in data/sound.parquet has changed")


def test_other_holdout_is_refused(project_copy, gates):
    with (project_copy / "data" / "holdout.csv").open("a") as file:
        file.write("1,town 1,10.0,grade 1\n")

    assert refused(gates(project_copy, "enforce", "sound"), "the holdout data/holdout.csv has changed")


def test_changed_suite_is_refused(project_copy, gates):
    path = project_copy / "expectations" / "sound" / "human.json"
    path.write_text(path.read_text().replace('"critical"', '"warning"', 1))

    assert refused(gates(project_copy, "enforce", "sound"), "another contract: a suite has changed")


def test_changed_schema_is_refused_without_being_executed(project_copy, gates):
    with (project_copy / "schemas" / "sound.py").open("a") as file:
        file.write("raise SystemExit(0)\n")

    assert refused(gates(project_copy, "enforce", "sound"), "the schema, or a module that it imports, has changed")


def test_changed_configuration_is_refused(project_copy, gates):
    path = project_copy / "gates.toml"
    path.write_text(path.read_text().replace('"finetune"', '"pretrain"'))

    assert refused(gates(project_copy, "enforce", "sound"), "a role, the purpose or a waiver")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no verdict of gates"),
        ("[]", "is no verdict of gates"),
        ('{"schema_version": 1}', "is no verdict of gates (it has no 'checks')"),
        ('{"schema_version": 2}', "has schema version 2, expected 1"),
        ('{"schema_version": NaN}', "NaN is no JSON"),
        ("[" * 100_000, "is no verdict of gates"),
        ("\ud800", "is no verdict of gates"),
    ],
)
def test_document_that_is_no_verdict_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "sound.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with pytest.raises(VerdictError) as raised:
        read_verdict(path)

    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_verdict_on_another_dataset_is_refused(project_copy, gates):
    stored(project_copy).write_text(stored(project_copy, "flawed").read_text())

    assert refused(gates(project_copy, "enforce", "sound"), "is the verdict on 'flawed'")


@pytest.mark.program
def test_enforcing_imports_neither_great_expectations_nor_pandera(judged_project):
    script = (
        "import sys; from gates.cli.main import run; code = run(['enforce', 'sound']);"
        "print(code, [name for name in ('great_expectations', 'pandera', 'dvc') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=judged_project.root, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_review_that_came_after_the_verdict_is_refused(project_copy, gates):
    review = project_copy / "promotions/sound/review.json"
    review.parent.mkdir(parents=True, exist_ok=True)
    review.write_text("{}")

    assert refused(gates(project_copy, "enforce", "sound"), "the review has changed")
