"""What the documentation tells people to type works, and prints what it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from gates.init.snippets import workflow
from tests.dvc_repositories import commit, dvc, git, new_git
from tests.pages import agrees, blocks, commands, follow, in_venv
from tests.shared import built_once
from tests.warm import warm_path

REPOSITORY = Path(__file__).parents[3]
README = REPOSITORY / "README.md"
PAGES = [
    README,
    *sorted((REPOSITORY / "docs").glob("tutorial/*.md")),
    *sorted((REPOSITORY / "docs").glob("how-to/*.md")),
]
IN_THE_EXAMPLE = "<!-- starts in: the example project -->"
README_LINES_AT_MOST = 150
COMMANDS = 6


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The example project with its good rows, and the same digits as a plain CSV of 800 rows; copy it."""
    return built_once(tmp_path_factory, "example", _example)


def _example(root: Path) -> Path:
    shutil.copytree(REPOSITORY / "examples", root / "examples")
    shutil.copytree(REPOSITORY / "schemas", root / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "expectations/handwriting", root / "expectations/handwriting")
    shutil.copy(REPOSITORY / "gates.toml", root)
    subprocess.run([sys.executable, "examples/handwriting/prepare.py"], cwd=root, check=True)
    rows = [pl.read_parquet(root / f"data/handwriting/{origin}.parquet") for origin in ("human", "synthetic")]
    pl.concat([frame.drop("generator").sample(400, seed=1) for frame in rows]).write_csv(root / "digits.csv")
    return root


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_following_the_page_gives_what_it_shows(page, example, tmp_path):
    text = page.read_text(encoding="utf-8")
    if IN_THE_EXAMPLE in text:
        shutil.copytree(example, tmp_path, dirs_exist_ok=True)
    if "<!-- starts beside: digits.csv -->" in text:
        shutil.copy(example / "digits.csv", tmp_path)

    if "<!-- starts in: a repository of git and DVC -->" in text:
        _track_with_dvc(example / "digits.csv", tmp_path)

    follow(page, tmp_path)


STARTING = [page for page in PAGES if IN_THE_EXAMPLE in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", STARTING, ids=lambda page: page.stem)
def test_page_that_starts_in_the_example_project_says_so_first(page):
    first = page.read_text(encoding="utf-8").split("\n\n")[1]

    assert " ".join(first.split()).startswith(
        "This page starts in the example project: a clone of this repository that you may change, after "
        "`python examples/handwriting/prepare.py`."
    )


@pytest.mark.parametrize("page", STARTING, ids=lambda page: page.stem)
def test_page_replaces_no_file_of_the_repository_that_it_does_not_remove(page):
    removed: set[str] = set()
    replaced = []
    for block in blocks(page):
        if block.language == "console" and not block.mark:
            removed |= {
                word for command in commands(block) if command.text.startswith("rm ") for word in command.text.split()
            }
        if block.mark == "file" and (REPOSITORY / block.argument).exists() and block.argument not in removed:
            replaced.append(block.argument)

    assert replaced == []


def _track_with_dvc(rows: Path, root: Path) -> None:
    """A repository as people have it, with an author of its own."""
    new_git(root)
    for name, value in (("user.name", "me"), ("user.email", "me@example.org")):
        git(root, "config", name, value)
    dvc(root, "init", "--quiet")
    (root / "data").mkdir()
    shutil.copy(rows, root / "data/digits.csv")
    dvc(root, "add", "--quiet", "data/digits.csv")
    commit(root, "Digits")


def test_a_repository_gains_the_gate_in_less_than_ten_commands():
    tutorial = (REPOSITORY / "docs/tutorial/existing-repository.md").read_text(encoding="utf-8")
    section = tutorial.split("## Six commands")[1].split("\n## ")[0]
    given = [line for line in section.splitlines() if line.startswith("$ ") and not line.startswith("$ cat ")]

    assert len(given) == COMMANDS


def test_the_workflow_that_is_written_is_the_one_that_is_explained():
    page = REPOSITORY / "docs/how-to/github-action.md"
    shown = next(block.text for block in blocks(page) if block.mark == "file")

    assert shown == workflow()


@pytest.mark.slow
def test_the_demo_refuses_the_flawed_version_and_passes_the_repaired_one():
    # What `make demo` runs once the environment is there.
    done = subprocess.run(
        ["sh", "examples/demo.sh"], cwd=REPOSITORY, env=in_venv() | {"PATH": warm_path()}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    sessions = [block.text for block in blocks(README) if block.mark == "from the demo"]
    assert sessions
    for session in sessions:
        assert agrees(f"...{session}...", done.stdout), done.stdout


def test_the_makefile_has_the_targets_that_the_readme_names():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    named = [
        command.text.removeprefix("make ")
        for block in blocks(README)
        if block.language == "console"
        for command in commands(block)
        if command.text.startswith("make ")
    ]

    assert named == ["demo", "test"]
    assert all(f"\n{target}: " in makefile for target in named)
    assert "sh examples/demo.sh" in makefile


def test_the_readme_is_short():
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES_AT_MOST


def test_every_page_that_the_documentation_links_to_is_there():
    pages = [README, REPOSITORY / "CHANGELOG.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    missing = [
        f"{page.relative_to(REPOSITORY)}: {target}"
        for page in pages
        for target in _links(page)
        if not (page.parent / target).exists()
    ]

    assert missing == []


def _links(page: Path) -> list[str]:
    """Targets of relative links."""
    text = page.read_text(encoding="utf-8")
    targets = [part.split(")")[0].split("#")[0] for part in text.split("](")[1:]]
    return [target for target in targets if target and "://" not in target]
