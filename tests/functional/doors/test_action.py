"""The action's own shell steps, under bash, with the files that GitHub gives to a step."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.warm import warm_dvc, warm_path

REPOSITORY = Path(__file__).parents[3]
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text())

pytestmark = pytest.mark.slow

CONFIG = """\
[defaults]
type = "tabular"
extends = false

[datasets.good]
path = "data/good.csv"

[datasets.bad]
path = "data/bad.csv"

[datasets.warned]
path = "data/good.csv"

[datasets.undecided]
path = "data/undecided.csv"

[datasets.gone]
path = "data/gone.csv"
"""
ORIGINS = {"type": "expect_origins_to_be_declared", "kwargs": {"min_value": 1}}
FEW = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1000}, "severity": "warning"}
# Twenty rows of each origin cannot decide it.
ALIKE = {"type": "expect_distributions_to_match", "kwargs": {"max_value": 0.05}}


@dataclass(frozen=True)
class Step:
    """What a step did: its exit code, what it printed, its outputs, its part of the summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


@pytest.fixture
def step(tmp_path):
    """Run a step of the action in a folder, with inputs as its `env:` passes them, and what the job has besides."""

    def run(
        name: str, folder: Path, path: str = os.environ["PATH"], job: dict[str, str] | None = None, **inputs: str
    ) -> Step:
        given = tmp_path / "github"
        given.mkdir(exist_ok=True)
        files = {key: given / key for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
        for file in files.values():
            file.write_text("")
        (declared,) = (one for one in ACTION["runs"]["steps"] if one["name"] == name)
        defaults = {
            "PROGRAMS": warm_path(), "OUTPUT": "gates-reports", "PULL": "true", "INSTALL": "true",
        }  # fmt: skip
        env = {
            **(job or {}), "PATH": path, "HOME": str(tmp_path), "RUNNER_TEMP": str(given), "GITHUB_ACTION_PATH": str(REPOSITORY),
            **{key: str(file) for key, file in files.items()},
            **{key: inputs.get(key, defaults.get(key, "")) for key in declared["env"]},
        }  # fmt: skip
        assert set(inputs) <= set(declared["env"])
        # As GitHub runs `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", declared["run"]]
        done = subprocess.run(
            command, cwd=folder, env=env, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        written = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        assert files["GITHUB_ENV"].read_text() == files["GITHUB_PATH"].read_text() == ""
        return Step(done.returncode, done.stdout, written, files["GITHUB_STEP_SUMMARY"].read_text())

    return run


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path):
    """Datasets of every fate in a folder of a git repository."""
    root = tmp_path / "repository" / "team"
    (root / "data").mkdir(parents=True)
    rows = [f"{origin},{number}" for origin in ("human", "synthetic") for number in range(20)]
    (root / "data/good.csv").write_text("\n".join(["origin,size", *rows]) + "\n")
    (root / "data/bad.csv").write_text("\n".join(["origin,size", *rows, "robot,1"]) + "\n")
    (root / "data/undecided.csv").write_text("\n".join(["origin,size", *rows]) + "\n")
    (root / "gates.toml").write_text(CONFIG)
    for name, entries in {"good": [ORIGINS], "bad": [ORIGINS], "warned": [ORIGINS, FEW], "undecided": [ALIKE]}.items():
        suite = {"name": name, "expectations": entries}
        (root / "expectations" / name).mkdir(parents=True)
        (root / "expectations" / name / "combined.json").write_text(json.dumps(suite, indent=2))
    git(root.parent, "init", "--quiet")
    git(root.parent, "add", "--all")
    git(root.parent, "commit", "--quiet", "-m", "first")
    return root


def test_a_bad_dataset_fails_the_step_and_is_shown_wherever_github_shows_things(step, project):
    done = step("Judge", project, DATASETS="good\n bad ")

    reports = project / "gates-reports"
    assert done.code == 1, done.log
    assert done.outputs == {"verdict": "fail", "report": str(reports), "changed": "true"}
    assert done.log == (
        "::error file=team/expectations/bad/combined.json,line=4,title=bad%3A combined/expect_origins_to_be_declared"
        f"::failed: {message(reports, 'bad')}\n"
    )
    assert [line for line in done.summary.splitlines() if line.startswith("## ")] == [
        "## `bad`: fail",
        "## `good`: pass",
    ]
    assert "| undeclared | 1 |\n| **what matters most** | |\n| fail (critical) | `" in done.summary
    assert "![" not in done.summary
    assert sorted(path.name for path in reports.iterdir()) == sorted(
        f"{name}.{ending}"
        for name in ("bad", "good")
        for ending in ("html", "json", "junit.xml", "md", "metrics.json", "plots.json", "sarif")
    )
    assert ET.parse(reports / "bad.junit.xml").getroot().get("failures") == "1"
    (run,) = json.loads((reports / "bad.sarif").read_text())["runs"]
    assert [result["level"] for result in run["results"]] == ["error"]


def message(reports: Path, dataset: str) -> str:
    checks = json.loads((reports / f"{dataset}.json").read_text())["checks"]
    (failed,) = (check for check in checks if check["outcome"] == "fail")
    return f"{failed['message']}; fix: {failed['fix']}".replace("%", "%25")


def test_a_warning_passes_and_fails_when_strict(step, project):
    base = git(project, "rev-parse", "HEAD")
    lenient = step("Judge", project, DATASETS="warned", BASE=base)
    strict = step("Judge", project, DATASETS="warned", STRICT="true", OUTPUT="strict")

    assert (lenient.code, lenient.outputs["verdict"], lenient.outputs["changed"]) == (0, "warn", "false"), lenient.log
    assert lenient.log.startswith("::warning file=team/expectations/warned/combined.json,line=")
    assert (strict.code, strict.outputs["verdict"]) == (1, "warn")
    assert strict.log.startswith("::error file=team/expectations/warned/combined.json,line=")


def test_what_is_printed_is_what_is_written_beside_the_verdict(gates, project):
    gates(project, "check", "bad", "--output", "out", "--also", "sarif", "--also", "junit", "--also", "html")

    for name, file in (("sarif", "bad.sarif"), ("junit", "bad.junit.xml"), ("html", "bad.html")):
        printed = gates(project, "check", "bad", "--format", name)
        assert (printed.code, printed.out) == (1, (project / "out" / file).read_text())


def test_a_report_on_demand_needs_a_folder(gates, project):
    refused = gates(project, "check", "bad", "--also", "sarif")

    assert refused.code == 2
    assert "name a folder with --output" in refused.err


def test_what_could_not_be_judged_is_never_green(step, project):
    done = step("Judge", project, DATASETS="undecided good")

    assert (done.code, done.outputs["verdict"]) == (3, "unjudged"), done.log
    assert "::error title=Data gates::A dataset could not be judged, which is neither good nor bad.\n" in done.log
    assert "## `undecided`: no verdict" in done.summary
    assert "## `good`: pass" in done.summary


@pytest.mark.parametrize(
    ("inputs", "code", "expected_message"),
    [
        ({"DATASETS": "gone"}, 2, "data/gone.csv"),
        ({"DATASETS": "goood"}, 2, "did you mean 'good'?"),
        ({"DATASETS": "--help"}, 2, "no dataset '--help'"),
        ({"DATASETS": "$(touch pwned) `touch pwned` ;touch${IFS}pwned"}, 2, "no dataset '$(touch'"),
        ({"CONFIG": "nowhere.toml"}, 2, "nowhere.toml"),
    ],
)
def test_a_call_that_is_wrong_ends_with_its_sentence_in_log_and_summary(step, project, inputs, code, expected_message):
    done = step("Judge", project, **inputs)

    assert (done.code, done.outputs["verdict"]) == (code, "unjudged"), done.log
    assert expected_message in done.log
    assert any(line.startswith("    ") and expected_message in line for line in done.summary.splitlines())
    assert not list(project.rglob("pwned"))


def test_what_gates_says_stands_where_the_runner_obeys_no_command(step, project):
    done = step("Judge", project, DATASETS="::set-output name=verdict::pass")

    lines = done.log.splitlines()
    (start,) = (at for at, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert len(token) == 32
    assert any("::set-output" in line for line in lines[start:end])
    assert not any("::set-output" in line for line in [*lines[:start], *lines[end:]])


def test_reports_of_an_earlier_run_are_never_taken_for_this_one(step, project):
    (project / "gates-reports").mkdir()
    (project / "gates-reports/good.json").write_text('{\n  "outcome": "pass",\n}\n')

    done = step("Judge", project, DATASETS="good")

    assert (done.code, done.outputs) == (2, {"verdict": "unjudged"})
    assert "is not empty; name another one with the input 'output'" in done.log


@pytest.fixture
def forked(project):
    """A repository with DVC and a schema, and a commit on it that a fork may offer. The base is `main`."""
    repository = project.parent
    for command in (["init", "--quiet"], ["remote", "add", "--quiet", "-d", "far", str(repository / "no-such-remote")]):
        subprocess.run([warm_dvc(), *command], cwd=repository, check=True, capture_output=True)
    (project / "schemas").mkdir()
    (project / "schemas/good.py").write_text(
        "import pandera.polars as pa\n\nGood = pa.DataFrameSchema({'size': pa.Column(checks=pa.Check.le(99))})\n"
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "with DVC")
    git(repository, "branch", "--force", "base")
    return project


def offered(step, project, datasets="good", **inputs):
    """The step on what a fork has changed in the work tree."""
    git(project.parent, "add", "--all")
    git(project.parent, "commit", "--quiet", "--allow-empty", "-m", "offered")
    return step("Judge", project, DATASETS=datasets, IS_FORK="true", BASE=git(project, "rev-parse", "base"), **inputs)


def test_a_fork_without_the_secrets_of_the_remote_is_not_judged(step, forked):
    pointer = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 1\n  path: good.csv\n"
    (forked / "data/good.csv").unlink()
    (forked / "data/good.csv.dvc").write_text(pointer)

    done = offered(step, forked)

    assert (done.code, done.outputs["verdict"]) == (3, "unjudged"), done.log
    assert "has no access to this repository's secrets" in done.summary
    assert "data/good.csv" in done.summary


def test_other_data_of_a_fork_is_judged_by_the_rules_of_the_base(step, forked):
    rows = (forked / "data/good.csv").read_text()
    (forked / "data/good.csv").write_text(rows + "human,3\n")
    fine = offered(step, forked)
    (forked / "data/good.csv").write_text(rows + "human,300\n")
    bad = offered(step, forked, OUTPUT="again")

    assert (fine.code, fine.outputs["verdict"]) == (0, "pass"), fine.log
    assert (bad.code, bad.outputs["verdict"]) == (1, "fail"), bad.log


def test_a_path_of_python_into_a_fork_s_checkout_is_not_followed(step, forked):
    (forked / "sitecustomize.py").write_text("from pathlib import Path\nPath('ran').touch()\n")

    done = offered(step, forked, PROGRAMS=str(Path(sys.executable).parent), job={"PYTHONPATH": str(forked)})

    assert (done.code, list(forked.parent.rglob("ran"))) == (3, []), done


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("team/schemas/good.py", "from pathlib import Path\nPath('ran').touch()\nGood = None\n"),
        ("team/gates.toml", CONFIG + '\n[plugins]\nmetrics = { expect_x_to_be = "evil.py:X" }\n'),
        ("team/gates.toml", CONFIG[: CONFIG.index("[datasets.bad]")]),
        ("team/expectations/good/combined.json", '{"name": "good", "expectations": []}'),
        ("team/promotions/good/v1.0.0.json", "{}"),
        ("other/gates.toml", '[datasets.more]\ntype = "text"\npath = "x.csv"\n'),
        (".dvc/config", "[core]\n    remote = far\n['remote \"far\"']\n    url = ../../team\n"),
        (".dvc/cache/files/md5/01/23456789abcdef0123456789abcdef", "x"),
        (".dvc/tmp/gates/0.json", "{}"),
        ("team/.gates/cache/0.json", "{}"),
        (".dvcignore", "*.csv\n"),
        ("team/data/more.dvc", "deps:\n- path: x\n  repo:\n    url: https://evil.example\nouts:\n- path: more\n"),
    ],
)
def test_what_a_fork_has_of_rules_and_machinery_is_not_run_and_leaves_no_verdict(step, forked, name, text):
    file = forked.parent / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    git(forked.parent, "add", "--force", name)
    (forked / "evil.py").write_text("from pathlib import Path\nPath('ran').touch()\n")

    done = offered(step, forked)

    assert (done.code, done.outputs["verdict"]) == (3, "unjudged"), done.log
    assert "is not trusted to judge itself" in done.log
    assert name.split("/")[-1] in done.log
    assert not list(forked.parent.rglob("ran"))


def test_a_fork_whose_base_is_not_there_is_not_judged(step, project):
    for base in ("", "0" * 40):
        done = step("Judge", project, DATASETS="good", IS_FORK="true", BASE=base, OUTPUT=f"out{len(base)}")
        assert (done.code, done.outputs["verdict"]) == (3, "unjudged"), done.log
        assert "fetch-depth: 0" in done.log


def test_nothing_is_judged_with_the_secrets_of_a_target(step, project):
    done = step("Judge", project, DATASETS="good", EVENT="pull_request_target")

    assert (done.code, done.outputs) == (3, {"verdict": "unjudged"}), done.log
    assert "run this on pull_request" in done.summary


def test_a_pull_request_that_weakens_the_gate_fails_and_says_so_first(step, project):
    base = git(project, "rev-parse", "HEAD")
    config = CONFIG[: CONFIG.index("[datasets.bad]")]
    (project / "gates.toml").write_text(config)
    git(project, "commit", "--quiet", "--all", "-m", "drops the bad ones")

    silent = step("Judge", project, BASE=base)
    names = ("bad", "warned", "undecided", "gone")
    reasons = "".join(f'\n[[weakened]]\nwhat = "team:{name}"\nreason = "not used"\n' for name in names)
    (project / "gates.toml").write_text(config + reasons)
    git(project, "commit", "--quiet", "--all", "-m", "says why")
    reasoned = step("Judge", project, BASE=base, OUTPUT="again")

    assert (silent.code, silent.outputs["verdict"]) == (1, "fail"), silent.log
    assert silent.log.startswith("::error file=team/gates.toml,line=1,title=This change weakens the gate::")
    assert silent.summary.startswith("## This change weakens the gate\n")
    assert "## `good`: pass" in silent.summary
    assert (reasoned.code, reasoned.outputs["verdict"]) == (0, "pass"), reasoned.log
    assert reasoned.summary.startswith("## This change weakens the gate, and says why\n")


@pytest.mark.parametrize(
    ("touched", "changed"),
    [
        ("README.md", "false"),
        ("team/data/good.csv", "true"),
        ("team/data/bad.csv", "false"),
        ("team/expectations/warned/combined.json", "true"),
        ("team/data/good.csv.dvc", "true"),
        ("dvc.lock", "true"),
    ],
)
def test_changed_is_false_only_where_git_shows_that_nothing_has_changed(project, tmp_path, touched, changed):
    base = git(project, "rev-parse", "HEAD")
    file = project.parent / touched
    file.write_text(file.read_text() + "\n" if file.exists() else "new\n")
    git(project.parent, "add", "--all")
    git(project.parent, "commit", "--quiet", "-m", "second")
    (tmp_path / "good.json").write_text('{\n  "data": {\n      "path": "data/good.csv",\n  }\n}\n')
    script = (REPOSITORY / "action/check.sh").read_text()
    function = script[script.index("in_verdicts() {") : script.index("summarise() {")]

    for revision, expected in ((base, changed), ("0" * 40, "true"), ("", "true"), ("--output=x", "true")):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{function}\nchanged"], cwd=project, check=True, text=True,
            env={**os.environ, "BASE": revision, "reports": str(tmp_path)}, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert done.stdout.strip() == expected, revision


def test_files_lost_since_the_base_of_a_pull_request_fail_the_step(step, project):
    rows = (project / "data/good.csv").read_text()
    for number in range(4):
        (project / f"data/parts/{number}.csv").parent.mkdir(exist_ok=True)
        (project / f"data/parts/{number}.csv").write_text(rows)
    (project / "gates.toml").write_text(f'{CONFIG}\n[datasets.parts]\npath = "data/parts"\n')
    kept = {"type": "expect_files_to_be_kept", "kwargs": {"max_value": 0.1}, "severity": "critical"}
    (project / "expectations/parts").mkdir()
    suite = {"name": "parts", "expectations": [kept | {"meta": {"reason": "a test"}}]}
    (project / "expectations/parts/combined.json").write_text(json.dumps(suite))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "parts")
    base = git(project, "rev-parse", "HEAD")
    git(project, "rm", "-q", "data/parts/2.csv", "data/parts/3.csv")
    git(project, "commit", "--quiet", "-m", "loses half")

    lost = step("Judge", project, DATASETS="parts", BASE=base)
    # A new branch has no base; what its last commit lost shows beside the commit before.
    new_branch = step("Judge", project, DATASETS="parts", OUTPUT="other", BASE="0" * 40)

    assert (lost.code, lost.outputs["verdict"]) == (1, "fail")
    assert "2 gone" in lost.summary
    assert new_branch.outputs["verdict"] == "fail"


def test_every_configuration_of_a_repository_is_judged_and_counts(step, project):
    other = project.parent / "other"
    (other / "data").mkdir(parents=True)
    (other / "expectations/alone").mkdir(parents=True)
    (other / "data/alone.csv").write_text((project / "data/bad.csv").read_text())
    (other / "gates.toml").write_text('[datasets.alone]\ntype = "tabular"\nextends = false\npath = "data/alone.csv"\n')
    suite = {"name": "alone", "expectations": [ORIGINS]}
    (other / "expectations/alone/combined.json").write_text(json.dumps(suite))
    (project / "gates.toml").write_text(CONFIG[: CONFIG.index("[datasets.bad]")])
    git(project.parent, "add", "--all")

    done = step("Judge", project, BASE=git(project, "rev-parse", "HEAD"))

    assert (done.code, done.outputs["verdict"]) == (1, "fail")
    assert "other%3Aalone" in done.log
    assert "`alone`: fail" in done.summary
    assert "`good`: pass" in done.summary


@pytest.mark.parametrize(
    ("inputs", "expected_message"),
    [
        ({"VERSION": "1.0 --index-url=https://evil.example"}, "the input 'version' is no version"),
        ({"VERSION": "../elsewhere"}, "the input 'version' is no version"),
        ({"PACKAGES": "dvc-s3 --index-url=https://evil.example"}, "names no package"),
        ({"PACKAGES": "git+https://evil.example/x"}, "names no package"),
    ],
)
def test_nothing_but_names_and_versions_reaches_pip(step, tmp_path, inputs, expected_message):
    done = step("Install gates", tmp_path, **inputs)

    assert done.code == 2
    assert done.log.startswith("::error title=gates::")
    assert expected_message in done.log


def test_a_python_that_is_too_old_is_refused_before_anything_is_installed(step, tmp_path):
    for name in ("python3", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)

    wanted = {"VERSION": "1.0rc1", "PACKAGES": "dvc-s3>=3,<4\n dvc[gs]  numpy"}
    done = step("Install gates", tmp_path, path=f"{tmp_path}:{os.environ['PATH']}", **wanted)

    assert (done.code, done.outputs) == (2, {})
    assert done.log == "::error title=gates::gates needs Python 3.11 or newer: run actions/setup-python before\n"


def test_nothing_is_installed_where_gates_is_there_already(step, tmp_path):
    assert step("Install gates", tmp_path, INSTALL="false") == Step(0, "", {}, "")


@pytest.fixture
def judged(ready):
    """A repository to promote from, and the folder with the reports of the step before."""
    reports = ready.parent / "reports"
    reports.mkdir()
    shutil.copy(ready / ".gates/verdicts/first.json", reports)
    (reports / "first.metrics.json").write_text('{\n  "dataset": "no verdict"\n}\n')
    return ready, reports


PUSHED = {"EVENT": "push", "REF": "refs/heads/main"}


def test_what_passed_is_promoted_and_pushed_once(step, judged):
    root, reports = judged
    remote = root.parent / "remote.git"

    done = step("Promote", root, STAGE="staging", REPORT=str(reports), **PUSHED)

    assert (done.code, done.outputs) == (0, {"promoted": "first@v1.0.0 first#staging#1"}), done.log
    assert git(remote, "tag", "--list").split() == ["first#staging#1", "first@v1.0.0"]
    assert git(remote, "rev-parse", "main") == git(remote, "rev-parse", "first@v1.0.0^{commit}")
    assert git(remote, "log", "-1", "--format=%an", "main") == "github-actions[bot]"
    assert done.summary == "## Promoted to staging\n\n- `first@v1.0.0`\n- `first#staging#1`\n\n"
    again = step("Promote", root, STAGE="staging", REPORT=str(reports), DATASETS="first", **PUSHED)
    assert (again.code, again.outputs, again.summary) == (0, {"promoted": ""}, ""), again.log
    assert "is on 'staging' already" in again.log


def test_a_condition_of_the_stage_that_does_not_hold_fails_the_step(step, judged):
    root, reports = judged
    before = git(root.parent / "remote.git", "show-ref")

    done = step("Promote", root, STAGE="prod", REPORT=str(reports), **PUSHED)

    assert (done.code, done.outputs) == (1, {"promoted": ""}), done.log
    assert "::error title=Data gates::A dataset was judged and could not be promoted to this stage.\n" in done.log
    assert "    Stage 'prod' comes after 'staging'" in done.summary
    assert git(root.parent / "remote.git", "show-ref") == before
    assert git(root, "tag", "--list") == ""


@pytest.mark.parametrize(
    "where",
    [
        {"EVENT": "pull_request", "REF": "refs/heads/main"},
        {"EVENT": "pull_request_target", "REF": "refs/heads/main"},
        {"EVENT": "merge_group", "REF": "refs/heads/gh-readonly-queue/main/pr-1"},
        {"EVENT": "push", "REF": "refs/tags/v1"},
        {},
    ],
)
def test_nothing_is_promoted_but_on_a_push_to_a_branch(step, tmp_path, where):
    done = step("Promote", tmp_path, PROGRAMS=str(tmp_path), STAGE="staging", REPORT=str(tmp_path), **where)

    assert (done.code, done.log, done.outputs, done.summary) == (0, "", {"promoted": ""}, "")


@pytest.mark.parametrize("stage", ["--help", "a b", "$(touch pwned)", "prod;touch pwned"])
def test_a_stage_is_a_name_and_no_option_or_command(step, tmp_path, stage):
    done = step("Promote", tmp_path, STAGE=stage, REPORT=str(tmp_path), **PUSHED)

    assert (done.code, done.outputs) == (2, {"promoted": ""})
    assert "The input 'promote' is no name of a stage" in done.log
    assert not list(tmp_path.rglob("pwned"))


def test_what_was_judged_elsewhere_is_named_with_its_folder(tmp_path):
    (tmp_path / "team/deep").mkdir(parents=True)
    # A name may be one that nothing but JSON spells, and end as the files beside a verdict do.
    for folder, name in ((".", 'he"re'), ("team/deep", "there"), ("team", "all.plots")):
        verdict = {"dataset": name, "outcome": "pass", "checks": [{"dataset": "no verdict"}]}
        (tmp_path / folder / f"{name}.json").write_text(json.dumps(verdict))
    (tmp_path / "here.plots.json").write_text("[]\n")
    (tmp_path / "here.metrics.json").write_text('{"dataset": "no verdict"}\n')

    done = subprocess.run(
        [sys.executable, "-I", REPOSITORY / "action/judged.py", tmp_path], check=True, stdout=subprocess.PIPE
    )

    assert done.stdout.decode().split("\0") == ['he"re', "team:all.plots", "team/deep:there", ""]


@pytest.mark.parametrize(
    ("reports", "expected_message"),
    [
        ({}, "No dataset was judged: there is no verdict in the folder with the reports."),
        ({"first.metrics.json": "{}"}, "No dataset was judged: there is no verdict in the folder with the reports."),
        ({"first.json": '{"dataset": "fir'}, "Which datasets were judged could not be read from the reports."),
        (None, "Which datasets were judged could not be read from the reports."),
    ],
)
def test_what_finds_no_verdict_to_promote_has_not_passed(step, tmp_path, reports, expected_message):
    folder = tmp_path / "reports"
    if reports is not None:
        folder.mkdir()
        for name, content in reports.items():
            (folder / name).write_text(content)
    # A module of the repository that is judged is not run.
    (tmp_path / "json.py").write_text("raise SystemExit(0)\n")

    done = step("Promote", tmp_path, STAGE="staging", REPORT=str(folder), **PUSHED)

    assert (done.code, done.outputs) == (3, {"promoted": ""}), done.log
    assert f"::error title=Data gates::{expected_message}\n" in done.log
    assert done.summary.startswith(f"## Data gates: nothing more was promoted\n\n{expected_message}\n")


def test_a_verdict_that_cannot_be_read_leaves_the_step_unjudged(tmp_path):
    (tmp_path / "good.json").write_text('{\n  "outcome": "pass",\n}\n')
    (tmp_path / "torn.json").symlink_to(tmp_path / "nowhere")
    script = (REPOSITORY / "action/check.sh").read_text()
    function = script[script.index("in_verdicts() {") : script.index("# Whether the base revision")]

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f'{function}\nverdict="$(worst 0)"; echo "$verdict"'], check=True, text=True,
        env={**os.environ, "reports": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.stdout == "unjudged\n"


def test_the_step_that_promotes_runs_after_what_passed_on_a_push_to_a_branch_only():
    *_, judge, promote = ACTION["runs"]["steps"]

    # A step runs where none before it has failed, unless its condition says otherwise.
    assert (judge["id"], promote["id"]) == ("check", "promote")
    assert promote["if"] == (
        "inputs.promote != '' && github.event_name == 'push' && startsWith(github.ref, 'refs/heads/')"
    )


def test_inputs_reach_scripts_through_the_environment_only():
    for declared in ACTION["runs"]["steps"]:
        assert "${{" not in declared["run"]
        assert declared["shell"] == "bash"
    passed = [value for declared in ACTION["runs"]["steps"] for value in declared["env"].values()]
    used = {value.split("inputs.")[1].split(" ")[0] for value in passed if "inputs." in value}
    assert used | {"working-directory"} == set(ACTION["inputs"])
    assert all(name == name.lower() and "_" not in name for name in [*ACTION["inputs"], *ACTION["outputs"]])
