"""The repository's own pipeline, in a clone of its own and without a remote."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.pages import in_venv
from tests.warm import warm_path

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
PARAMETERS = "examples/handwriting/params.yaml"


def call(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=in_venv() | {"PATH": warm_path()}, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone of the working tree's files, committed, as a person gets it: no data, no cache, no remote."""
    root = tmp_path_factory.mktemp("clone")
    listed = call("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=REPOSITORY).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, root / name)
    for command in ("init --quiet", "add --all", "-c user.name=a -c user.email=a@example.org commit --quiet -m all"):
        assert call("git", *command.split(), cwd=root).returncode == 0
    assert not (root / "data").exists()
    return root


def reproduce(clone: Path, version: str) -> tuple[int, dict[str, object], str]:
    """Exit code, verdict and output of `dvc repro` with one version of the rows."""
    text = (REPOSITORY / PARAMETERS).read_text()
    (clone / PARAMETERS).write_text(text.replace("version: good", f"version: {version}"))
    done = call("dvc", "repro", cwd=clone)
    verdict = json.loads((clone / "reports/handwriting.json").read_text())
    return done.returncode, verdict, done.stdout + done.stderr


def test_the_pipeline_passes_as_committed_refuses_flawed_rows_and_passes_again(clone):
    assert yaml.safe_load((clone / PARAMETERS).read_text()) == {"version": "good"}

    code, good, printed = reproduce(clone, "good")
    assert (code, good["outcome"] in {"pass", "warn"}) == (0, True), printed

    code, flawed, printed = reproduce(clone, "flawed")
    assert (code, flawed["outcome"]) == (255, "fail"), printed
    assert "failed to reproduce 'enforce'" in printed
    failed = {
        check["type"] for check in flawed["checks"] if check["outcome"] == "fail" and check["severity"] == "critical"
    }
    assert failed == {
        "expect_associations_to_match",
        "expect_constraint_violation_ratio_to_be_less_than",
        "expect_distributions_to_match",
        "expect_origin_separability_to_be_less_than",
        "expect_partitions_to_align",
        "expect_rare_slices_to_be_covered",
        "expect_row_failure_ratio_to_be_less_than",
        "expect_utility_to_be_between",
        "expect_synthetic_to_not_copy_human",
    }

    code, again, printed = reproduce(clone, "good")
    assert (code, again) == (0, good), printed
    # Whatever the pipeline makes is ignored by git, but for its lock file.
    assert call("git", "status", "--porcelain", cwd=clone).stdout.split() == ["??", "dvc.lock"]


def test_nothing_is_reported_to_anybody(clone):
    assert call("dvc", "config", "core.analytics", cwd=clone).stdout.strip() == "false"


def test_the_preparation_gives_the_same_bytes_every_time(tmp_path):
    made = []
    for name in ("first", "second"):
        script = str(REPOSITORY / "examples/handwriting/prepare.py")
        assert call("python", script, "--output", str(tmp_path / name), cwd=tmp_path).returncode == 0
        made.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])

    assert made[0] == made[1]
