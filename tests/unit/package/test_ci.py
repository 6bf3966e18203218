"""The workflow runs what a person runs, with actions that nobody can exchange."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[3]
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def test_actions_are_pinned_by_commit_with_their_version_beside():
    used = [
        line.split("uses:")[1].strip()
        for workflow in WORKFLOWS
        for line in workflow.read_text().splitlines()
        if "uses:" in line and "uses: ./ " not in line
    ]

    assert used
    assert [name for name in used if not PINNED.fullmatch(name)] == []


def test_workflows_may_only_read_and_keep_no_credentials():
    for workflow in WORKFLOWS:
        parsed = yaml.safe_load(workflow.read_text())
        steps = [step for job in parsed["jobs"].values() for step in job["steps"]]
        checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]

        assert parsed["permissions"] == {"contents": "read"}
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_workflow_runs_the_script_on_every_supported_python():
    (job,) = yaml.safe_load((REPOSITORY / ".github/workflows/ci.yml").read_text())["jobs"].values()
    pyproject = (REPOSITORY / "pyproject.toml").read_text()

    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert job["strategy"]["matrix"]["python"] == re.findall(r"Python :: (3\.\d+)", pyproject)


def test_the_script_can_be_run():
    script = REPOSITORY / ".ci/run"

    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_a_python_that_is_too_old_is_refused_before_anything_is_installed(tmp_path):
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.1" && exit\nexit 1\n')
    old.chmod(0o755)

    done = subprocess.run(
        [str(REPOSITORY / ".ci/run")],
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "Python 3.8.1 is too old: set PYTHON to Python 3.11 or newer\n")
