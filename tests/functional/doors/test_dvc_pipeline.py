"""`gates init --write` and what `dvc repro` makes of it, with real DVC."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml

from gates.init.pipeline_files import HEADER, PIPELINE
from gates.verdict import digest_of_report
from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, new_git
from tests.projects import mixed, program, table_rows, write_project
from tests.shared import built_once
from tests.warm import warm_path

pytestmark = pytest.mark.slow

# The user's own file, in a style that DVC would not write: what is left alone keeps every byte.
TRAINING = """\
stages:   # mine
    train-sound: {cmd: "echo trained > sound.model", deps: [reports/sound.passed], outs: [sound.model]}
    train-flawed: {cmd: "echo trained > flawed.model", deps: [reports/flawed.passed], outs: [flawed.model]}
"""


@dataclass(frozen=True)
class Pipeline:
    """A project with stages for two datasets, of which one fails; first: what the first `dvc repro` said."""

    root: Path
    first: subprocess.CompletedProcess[str]


def repro(root) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["dvc", "repro", "--keep-going", "--all-pipelines"],
        cwd=root,
        env=ENVIRONMENT | {"PATH": warm_path()},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory):
    """Run once and committed; read it, do not change it."""
    return built_once(tmp_path_factory, "pipeline", _pipeline)


def _pipeline(folder: Path) -> Pipeline:
    root = new_git(folder / "project")
    dvc(root, "init", "-q")
    write_project(root)
    (root / "dvc.yaml").write_text(TRAINING)
    assert program(root, "init", "sound", "--accept").code == 0
    written = program(root, "init", "flawed", "--write")
    assert written.code == 0, written.err
    message = f"\nwrote {PIPELINE}: `dvc repro {PIPELINE}` judges what has changed, and fails where a verdict does\n"
    assert message in written.out
    first = repro(root)
    commit(root, "gated")
    return Pipeline(root, first)


@pytest.fixture
def root(pipeline, tmp_path):
    """A copy to change."""
    return Path(shutil.copytree(pipeline.root, tmp_path / "project", symlinks=True))


def test_stages_stand_in_a_file_of_their_own(pipeline):
    assert (pipeline.root / "dvc.yaml").read_text() == TRAINING
    assert (pipeline.root / PIPELINE).read_text().startswith(HEADER)


def test_training_runs_on_what_passed_and_is_blocked_by_what_failed(pipeline):
    assert pipeline.first.returncode != 0
    assert "enforce-flawed" in pipeline.first.stderr
    outs = ("sound.model", "reports/sound.passed", "reports/flawed.json", "reports/flawed.passed", "flawed.model")
    assert [(pipeline.root / name).exists() for name in outs] == [True, True, True, False, False]
    verdict = json.loads((pipeline.root / "reports/sound.json").read_text())
    assert (pipeline.root / "reports/sound.passed").read_text() == verdict["digest"] + "\n"


def test_second_run_measures_nothing_again_and_fails_again(root):
    second = repro(root)

    assert second.returncode != 0
    ran = [line for line in second.stdout.splitlines() if line.startswith("Running stage")]
    assert ran == [f"Running stage '{PIPELINE}:enforce-flawed':"]
    assert "flawed: FAIL " in second.stdout


def test_edit_of_anything_a_verdict_stands_on_invalidates_it(root):
    for name in ("expectations/sound/human.json", "schemas/sound.py", "gates.toml"):
        (root / name).write_text((root / name).read_text() + "\n")
    frame = pl.read_parquet(root / "data/sound.parquet")
    frame.head(700).write_parquet(root / "data/sound.parquet")

    status = json.loads(dvc(root, "status", "--json", f"{PIPELINE}:check-sound"))

    (changed,) = status[f"{PIPELINE}:check-sound"]
    assert changed == {
        "changed deps": {
            "data/sound.parquet": "modified",
            "expectations/sound": "modified",
            "gates.toml": "modified",
            "schemas/sound.py": "modified",
        }
    }


def test_metrics_are_shown_and_compared(root):
    path = root / "reports/flawed.metrics.json"
    numbers = json.loads(path.read_text())
    name = next(iter(numbers))
    shown = json.loads(dvc(root, "metrics", "show", "--json"))
    assert shown[""]["data"]["reports/flawed.metrics.json"]["data"] == numbers

    path.write_text(json.dumps(numbers | {name: 7}))
    compared = json.loads(dvc(root, "metrics", "diff", "--json"))
    assert compared["reports/flawed.metrics.json"] == {
        name: {"old": numbers[name], "new": 7, "diff": 7 - numbers[name]}
    }


def drawn(root, *arguments: str) -> dict[str, list[dict]]:
    """What `dvc plots` gives to Vega, by file: the whole specification, points included."""
    shown = json.loads(dvc(root, "plots", *arguments, "--json", "-o", "drawn"))
    assert shown.get("errors", []) == []
    return {name: [plot["content"] for plot in plots] for name, plots in shown["data"].items()}


def test_plot_has_a_bar_for_each_check_with_a_limit(root):
    records = {name: json.loads((root / f"reports/{name}.plots.json").read_text()) for name in ("sound", "flawed")}

    plots = drawn(root, "show")

    assert sorted(plots) == ["reports/flawed.plots.json", "reports/sound.plots.json"]
    for name, listed in records.items():
        (plot,) = plots[f"reports/{name}.plots.json"]
        assert plot["data"]["values"] == [one | {"rev": "workspace"} for one in listed]
        assert plot["title"]["text"] == f"{name}: share of the limit used, over 1 is too much"
        assert (plot["encoding"]["x"]["field"], plot["encoding"]["y"]["field"]) == ("of_limit", "label")
        assert len({one["label"] for one in listed}) == len(listed) > 3
    dvc(root, "plots", "show", "-o", "drawn")
    html = (root / "drawn/index.html").read_text()
    assert all(json.dumps(one["label"]) in html for listed in records.values() for one in listed)


def test_failing_checks_are_those_over_one(root):
    listed = json.loads((root / "reports/flawed.plots.json").read_text())

    assert any(one["outcome"] == "fail" for one in listed)
    # Without an interval across the limit, a check passes or fails by its number alone.
    for one in listed:
        if one["outcome"] in {"pass", "fail"} and one["low"] in {None, one["observed"], one["high"]}:
            assert (one["of_limit"] > 1) is (one["outcome"] == "fail"), one


def test_plots_of_two_revisions_stand_side_by_side(root):
    before = json.loads((root / "reports/sound.plots.json").read_text())
    after = [before[0] | {"observed": 7.0, "of_limit": 5.0}, *before[1:]]
    (root / "reports/sound.plots.json").write_text(json.dumps(after))
    commit(root, "another number")

    (plot,) = drawn(root, "diff", "HEAD~1", "HEAD")["reports/sound.plots.json"]

    by_rev = {
        rev: [
            {key: item for key, item in one.items() if key != "rev"}
            for one in plot["data"]["values"]
            if one["rev"] == rev
        ]
        for rev in ("HEAD~1", "HEAD")
    }
    assert by_rev == {"HEAD~1": before, "HEAD": after}


def test_history_of_what_the_pipeline_committed_is_shown_and_drawn(root, gates):
    called = gates(root, "diff", "sound", "--all", "--metric", "human_ratio", "--plots", "history.json")

    assert called.code == 0, called.err
    (point,) = json.loads((root / "history.json").read_text())
    assert (point["version"], point["commit"]) == (1, git(root, "rev-parse", "HEAD")[:7])
    (plot,) = drawn(root, "show", "history.json", "-x", "version", "-y", "observed")["history.json"]
    assert plot["data"]["values"] == [point | {"rev": "workspace"}]


def test_forged_report_is_refused_though_dvc_takes_it_for_clean(root):
    path = root / "reports/flawed.json"
    report = json.loads(path.read_text())
    report["outcome"] = "pass"
    path.write_text(json.dumps(report))
    dvc(root, "commit", "-q", "-f", f"{PIPELINE}:check-flawed")
    assert json.loads(dvc(root, "status", "--json", f"{PIPELINE}:check-flawed")) == {}

    done = repro(root)

    assert done.returncode != 0
    assert "reports/flawed.json: was edited: its digest is not that of what it says" in done.stderr
    assert not (root / "flawed.model").exists()
    report["digest"] = digest_of_report(report)
    path.write_text(json.dumps(report))
    called = program(root, "enforce", "flawed", "--output", "reports", "--mark")
    assert (called.code, called.out) == (3, "")
    assert "says pass, but its checks add up to fail" in called.err
    assert not (root / "reports/flawed.passed").exists()


def test_mark_of_a_dataset_that_passed_goes_when_it_passes_no_more(root):
    mark = root / "reports/sound.passed"
    assert program(root, "enforce", "sound", "--output", "reports", "--mark").code == 0
    assert mark.exists()
    data = root / "data/sound.parquet"
    pl.read_parquet(data).head(100).write_parquet(data)
    assert program(root, "enforce", "sound", "--output", "reports", "--mark").code == 3
    assert not mark.exists()


def test_new_configuration_gets_the_file_instead_of_the_snippet(tmp_path, gates):
    mixed(table_rows(50, seed=1), table_rows(50, seed=2)).write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init", "--write")

    assert (called.code, called.err) == (0, "")
    assert "for DVC" not in called.out
    assert "with pre-commit" not in called.out
    assert "\nwrote .pre-commit-config.yaml: " in called.out
    assert "\nwrote .github/workflows/data-gates.yml: " in called.out
    stages = yaml.safe_load((tmp_path / PIPELINE).read_text())["stages"]
    assert {name: stage["wdir"] for name, stage in stages.items()} == {
        "check-people": "../..",
        "enforce-people": "../..",
    }
    assert stages["check-people"]["deps"] == ["people.csv", "gates.toml", "expectations/people", "schemas/people.py"]


def test_file_is_written_again_where_gates_wrote_it_and_refused_where_somebody_else_did(root, gates):
    before = (root / PIPELINE).read_text()
    (root / PIPELINE).write_text(HEADER)
    assert gates(root, "init", "sound", "--write").code == 0
    assert (root / PIPELINE).read_text() == before

    (root / PIPELINE).write_text("stages: {}\n")
    called = gates(root, "init", "sound", "--write")
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"{PIPELINE} exists and was not written by `gates init --write`; move it away")
    assert (root / PIPELINE).read_text() == "stages: {}\n"


def test_stage_of_the_users_own_for_the_same_report_is_not_doubled(root, gates):
    (root / PIPELINE).unlink()
    (root / "dvc.yaml").write_text("stages:\n  mine:\n    cmd: gates\n    outs:\n    - reports/sound.json\n")

    called = gates(root, "init", "sound", "--write")

    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("dvc.yaml already names reports/sound.json, and two stages cannot write one file")
    assert not (root / PIPELINE).exists()


def test_hooks_and_workflow_of_the_users_own_are_left_as_they_are_and_shown_what_to_add(tmp_path, gates):
    mixed(table_rows(300, 1), table_rows(300, 2)).write_csv(tmp_path / "people.csv")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    own = {".pre-commit-config.yaml": "repos: []  # mine\n", ".github/workflows/data-gates.yml": "name: mine\n"}
    for name, text in own.items():
        (tmp_path / name).write_text(text)

    called = gates(tmp_path, "init", "people.csv", "--write")

    assert called.code == 0, called.err
    assert {name: (tmp_path / name).read_text() for name in own} == own
    for name in own:
        assert f"{name} exists and is not changed; to gate there, add:\n" in called.out
    assert "  entry: gates check --staged" in called.out.replace("          entry", "  entry")
    assert "uses: OWNER/origin-gates@COMMIT" in called.out
