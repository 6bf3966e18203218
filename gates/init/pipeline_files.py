"""Writes what puts the gate in place into files of their own: DVC stages, hooks, a workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.errors import UsageError
from gates.init.snippets import FOLDER, dvc_stages, pre_commit_hooks, workflow

if TYPE_CHECKING:
    from pathlib import Path

    from gates.config.load import Config

# DVC reads every dvc.yaml of a repository, so that a stage of the user's own can depend on what these write.
PIPELINE = "pipelines/gates/dvc.yaml"
UP = "../.."
HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/data-gates.yml"
HEADER = """\
# Written by `gates init --write`, and written again by it: run it after adding a dataset, a suite or a schema.
# Keep stages of your own elsewhere; one that depends on reports/DATASET.passed runs only once the dataset has passed.
"""


def write_stages(config: Config) -> Path:
    """Write the stages of every dataset; returns the file. Raises what `refuse_taken` raises."""
    refuse_taken(config)
    path = config.path.parent / PIPELINE
    replace_text(path, HEADER + dvc_stages(config.datasets.values(), UP) + "\n")
    return path


@dataclass(frozen=True)
class Written:
    """A file that puts the gate in place. text: what it is to say. is_new: it was written; is_same: it says so already."""

    path: str
    text: str
    is_new: bool
    is_same: bool


def write_hooks_and_workflow(top: Path) -> list[Written]:
    """Write both files into a repository's top folder, each where there is none yet."""
    written = []
    for name, text in ((HOOKS, pre_commit_hooks() + "\n"), (WORKFLOW, workflow())):
        path = top / name
        is_new = not path.exists()
        if is_new:
            replace_text(path, text)
        is_same = not is_new and path.read_text(encoding="utf-8", errors="replace") == text
        written.append(Written(name, text, is_new, is_same))
    return written


def refuse_taken(config: Config) -> None:
    """Raises UsageError where the file was written by hand, or where the user's own dvc.yaml has such a stage already.

    DVC lets no two stages write one report.
    """
    root = config.path.parent
    path = root / PIPELINE
    if path.exists() and not path.read_text(encoding="utf-8").startswith(HEADER):
        raise UsageError(f"{PIPELINE} exists and was not written by `gates init --write`; move it away, or add to it:\n"
                         + dvc_stages(config.datasets.values(), UP))  # fmt: skip
    own = root / "dvc.yaml"
    text = own.read_text(encoding="utf-8") if own.is_file() else ""
    taken = next((name for name in config.datasets if f"{FOLDER}/{name}.json" in text), None)
    if taken:
        raise UsageError(
            f"dvc.yaml already names {FOLDER}/{taken}.json, and two stages cannot write one file; nothing was written"
        )
