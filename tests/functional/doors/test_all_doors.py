"""One project through every door: hooks, the command line at each version, DVC stages, the action. One verdict."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, new_git
from tests.version_projects import bad, good, put, version_project
from tests.warm import warm_path

REPOSITORY = Path(__file__).parents[3]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
NAMES = ("first", "second")
# As a report on a terminal begins a dataset's part and as it ends it.
DIGEST = re.compile(r"^(first|second): .*?^verdict ([0-9a-f]{12}) on data [0-9a-f]{12}$", re.MULTILINE | re.DOTALL)
HOOKS = ("gates-check", "gates-push")
COMMAND_LINE = {"worktree": ("--worktree",), "staged": ("--staged",), "revision": ("--rev", "HEAD")}

pytestmark = [pytest.mark.slow, pytest.mark.program]


@dataclass(frozen=True)
class Project:
    """A project whose `first` is good and whose `second` is bad; both differ from HEAD and from what the remotes have.

    is_cold: whether each door finds an empty cache, and git's hooks start Python anew.
    """

    root: Path
    is_cold: bool

    def run(self, *command: str, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """What a program does; all it printed is in `stdout`."""
        if self.is_cold:
            shutil.rmtree((folder or self.root) / ".dvc/tmp/gates", ignore_errors=True)
        environment = (
            ENVIRONMENT
            | {
                "PATH": PATH if self.is_cold and command[0] == "git" else warm_path(),
                "PRE_COMMIT_HOME": str(self.root.parent / "home"),
            }
            | variables
        )
        return subprocess.run(
            command, cwd=folder or self.root, env=environment, text=True, check=False, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip


def stages() -> str:
    """A check and an enforce stage for each dataset, as the page on DVC has them."""
    verdicts = {}
    for name in NAMES:
        deps = [f"data/{name}.csv", "gates.toml", *(["schemas"] if name == "first" else [])]
        outs = [{f"reports/{name}.json": {"cache": False}}, {f"reports/{name}.md": {"cache": False}}]
        verdicts[f"check-{name}"] = {
            "cmd": f"gates check {name} --exit-zero --quiet --output reports", "deps": deps, "outs": outs,
            "metrics": [{f"reports/{name}.metrics.json": {"cache": False}}],
            "plots": [{f"reports/{name}.plots.json": {"cache": False}}],
        }  # fmt: skip
        verdicts[f"enforce-{name}"] = {
            "cmd": f"gates enforce {name} --output reports --mark", "deps": [*deps, f"reports/{name}.json"],
            "outs": [{f"reports/{name}.passed": {"cache": False}}],
        }  # fmt: skip
    return yaml.safe_dump({"stages": verdicts}, sort_keys=False)


@pytest.fixture(params=["cold", "warm"])
def project(request, tmp_path):
    offered = new_git(tmp_path / "offered")
    shutil.copy(REPOSITORY / ".pre-commit-hooks.yaml", offered)
    # All reports, those of what passed too.
    hooks = [{"id": hook, "language": "system", "args": ["--verbose"]} for hook in HOOKS]
    config = {
        "default_install_hook_types": ["pre-commit", "pre-push"],
        "repos": [{"repo": str(offered), "rev": commit(offered), "hooks": hooks}],
    }
    root = version_project(tmp_path / "project")
    (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (root / "dvc.yaml").write_text(stages())
    (root / ".dvc/config").write_text(f"[core]\n    remote = store\n['remote \"store\"']\n    url = {tmp_path}/store\n")
    commit(root, "doors")
    built = Project(root, request.param == "cold")
    installed = built.run(sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(root, "push", "-q", "--no-verify", "-u", "origin", "main")
    put(root, "first", good(5))
    put(root, "second", bad())
    git(root, "add", "-A")
    return built


def in_text(text: str) -> dict[str, str]:
    """The digests that a report on a terminal names."""
    return dict(DIGEST.findall(text))


def in_files(folder: Path) -> dict[str, str]:
    """The digests of verdicts in a folder, as long as a terminal shows them."""
    return {name: json.loads((folder / f"{name}.json").read_text())["digest"][:12] for name in NAMES}


def from_command_line(project: Project, gates, name: str) -> dict[str, str]:
    """The digests of `gates check` at one version, of both datasets in one call."""
    if project.is_cold:
        shutil.rmtree(project.root / ".dvc/tmp/gates", ignore_errors=True)
    called = gates(project.root, "check", "--all", *COMMAND_LINE[name], "--format", "json")
    assert called.code == 1, called.err
    # A commit is compared with its parent, under whose name nothing was judged yet.
    assert ("cached verdict" in called.err) is (not project.is_cold and name != "revision")
    return {one["dataset"]: one["digest"][:12] for one in json.loads(called.out)}


def from_action(project: Project, folder: Path, output: str) -> dict[str, str]:
    """The digests of the action's own shell step, in a clone that has to fetch its data from the remote."""
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    (step,) = (one for one in action["runs"]["steps"] if one["name"] == "Judge")
    given = project.root.parent / f"github-{output}"
    given.mkdir()
    files = {key: str(given / key) for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
    inputs = dict.fromkeys(step["env"], "") | {"OUTPUT": output, "PULL": "true"}
    done = project.run(
        "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"], folder=folder,
        **files, **inputs, RUNNER_TEMP=str(given), GITHUB_ACTION_PATH=str(REPOSITORY),
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "verdict=fail\n" in (given / "GITHUB_OUTPUT").read_text()
    return in_files(folder / output)


def test_every_door_gives_the_verdict_of_every_other(project, gates):
    root, verdicts = project.root, {}
    hook = project.run("git", "commit", "-m", "refused")
    verdicts["pre-commit hook"] = in_text(hook.stdout)
    verdicts["staged"] = from_command_line(project, gates, "staged")
    verdicts["worktree"] = from_command_line(project, gates, "worktree")
    verdicts["the store"] = in_files(root / ".gates/verdicts")
    enforced = gates(root, "enforce", "--all")

    git(root, "commit", "-q", "--no-verify", "-m", "past the hook")
    verdicts["revision"] = from_command_line(project, gates, "revision")
    push = project.run("git", "push", "origin", "main")
    verdicts["pre-push hook"] = in_text(push.stdout)
    repro = project.run("dvc", "repro", "--keep-going")
    verdicts["DVC stages"] = in_files(root / "reports")
    dvc(root, "push", "-q", "--all-commits", "data/first.csv.dvc", "data/second.csv.dvc")
    git(root, "clone", "-q", str(root), str(root.parent / "clone"))
    verdicts["the action"] = from_action(project, root.parent / "clone", "gates-reports")
    verdicts["the action again"] = from_action(project, root.parent / "clone", "more-reports")

    assert sorted(verdicts["staged"]) == list(NAMES)
    assert verdicts == dict.fromkeys(verdicts, verdicts["staged"])
    # What failed is refused, and what is good is not.
    assert (hook.returncode, push.returncode, enforced.code) == (1, 1, 1)
    assert [line.split()[:2] for line in enforced.out.splitlines()] == [["first:", "WARN"], ["second:", "FAIL"]]
    assert "second: FAIL " in repro.stdout
    assert repro.returncode != 0
    marks = {name: (root / f"reports/{name}.passed").exists() for name in NAMES}
    assert marks == {"first": True, "second": False}
    mark = (root / "reports/first.passed").read_text()
    assert mark.startswith(verdicts["staged"]["first"])


@pytest.mark.parametrize("project", ["warm"], indirect=True)
def test_documents_are_the_same_byte_by_byte_wherever_they_are_written(project, gates):
    """A report in a pipeline, one of a commit and one of the index can be compared with `cmp`."""
    root = project.root
    repro = project.run("dvc", "repro", "check-first", "check-second")
    assert repro.returncode == 0, repro.stdout
    for name, door in COMMAND_LINE.items():
        if name == "revision":
            git(root, "commit", "-q", "--no-verify", "-m", "past the hook")
        called = gates(root, "check", "--all", *door, "--no-cache", "--output", name, "--exit-zero")
        assert called.code == 0, called.err

    written = {
        folder: {path.name: path.read_bytes() for path in (root / folder).iterdir() if path.name != ".gitignore"}
        for folder in ("reports", *COMMAND_LINE)
    }
    assert sorted(written["reports"]) == [
        f"{name}.{ending}" for name in NAMES for ending in ("json", "md", "metrics.json", "plots.json")
    ]
    assert written == dict.fromkeys(written, written["reports"])
