"""Ready-made pieces for the places where checks are run: DVC stages and hooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gates.versions.dvc.artifacts import artifacts_text, yaml_scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gates.config.dataset import DatasetConfig

FOLDER = "reports"
# One bar per check, the worst on top; the limit of each is at 1.
PLOT = {"template": "bar_horizontal_sorted", "x": "of_limit", "y": "label"}
PLOT_TITLE = "share of the limit used, over 1 is too much"


def dvc_stages(datasets: Iterable[DatasetConfig], wdir: str | None = None) -> str:
    """Two stages per dataset for dvc.yaml: measure, then decide. wdir: from the file's folder to that of gates.toml.

    Where the file lies in that folder itself, it has each dataset as an artifact too, which `dvc artifacts get` looks for
    there once the dataset is promoted.
    A failing DVC stage loses what it has written, so that the one that measures always succeeds. What the other one
    writes is there only when it has: whatever depends on that is blocked.
    """
    datasets = list(datasets)
    lines = [*(artifacts_text(datasets) if wdir is None else []), "stages:"]
    for dataset in datasets:
        lines += _stages(dataset, wdir)
    return "\n".join(lines)


def pre_commit_hooks() -> str:
    """Local hooks for .pre-commit-config.yaml: they need no address of `gates`, and run in the user's own environment."""
    return """\
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: local
    hooks:
      - id: gates-lint
        name: gates.toml, suites and schemas are well formed
        entry: gates lint --all
        language: system
        types_or: [toml, json, python]
        pass_filenames: false
        require_serial: true
        stages: [pre-commit, pre-merge-commit]
      - id: gates-check
        name: data gates (staged datasets)
        entry: gates check --staged
        language: system
        always_run: true
        pass_filenames: false
        require_serial: true
        stages: [pre-commit, pre-merge-commit]
      - id: gates-push
        name: data gates (commits to push)
        entry: gates check --pushed
        language: system
        always_run: true
        pass_filenames: false
        require_serial: true
        stages: [pre-push]"""


def workflow() -> str:
    """A workflow of GitHub Actions that judges every pull request; who offers the action is for its reader to say."""
    return (Path(__file__).parent / "data-gates.yml").read_text(encoding="utf-8")


def _stages(dataset: DatasetConfig, wdir: str | None) -> Iterator[str]:
    name = dataset.name
    inputs = [*dataset.paths(), dataset.source, *_own_files(dataset)]
    yield f"  check-{name}:"
    place = [f"    wdir: {wdir}"] if wdir else []
    yield from place
    yield f"    cmd: gates check {name} --output {FOLDER} --exit-zero"
    yield from _listed("deps", inputs)
    yield "    outs:"
    for suffix in ("json", "md"):
        yield f"    - {yaml_scalar(f'{FOLDER}/{name}.{suffix}')}:"
        # Outside of the cache a report survives a failure and can be compared in git.
        yield "        cache: false"
    yield "    metrics:"
    yield f"    - {yaml_scalar(f'{FOLDER}/{name}.metrics.json')}:"
    yield "        cache: false"
    yield "    plots:"
    yield f"    - {yaml_scalar(f'{FOLDER}/{name}.plots.json')}:"
    yield "        cache: false"
    yield from (f"        {key}: {value}" for key, value in PLOT.items())
    yield f"        title: {yaml_scalar(f'{name}: {PLOT_TITLE}')}"
    yield f"  enforce-{name}:"
    yield from place
    yield f"    cmd: gates enforce {name} --output {FOLDER} --mark"
    yield from _listed("deps", [*inputs, f"{FOLDER}/{name}.json"])
    yield "    outs:"
    yield f"    - {yaml_scalar(f'{FOLDER}/{name}.passed')}:"
    yield "        cache: false"


def _own_files(dataset: DatasetConfig) -> list[str]:
    suites = f"expectations/{dataset.name}"
    own = [*([suites] if (dataset.root / suites).is_dir() else []), *_schema_files(dataset), *_plugin_files(dataset)]
    return list(dict.fromkeys(own))


def _schema_files(dataset: DatasetConfig) -> list[str]:
    """The schema and the modules of the repository that it imports. Their folder holds bytecode, which comes and goes."""
    from gates.config.sources.schema_files import own_schema
    from gates.rows.load import load_schema

    spec = own_schema(dataset)
    if spec is None:
        return []
    return sorted(load_schema(spec, dataset.root).sources)


def _plugin_files(dataset: DatasetConfig) -> list[str]:
    """The plugins of the repository, with the modules that they import, and the suites of a type among them."""
    from gates.contract.plugins.registry import own_code

    suites = f"expectations/{dataset.type}"
    return [*([suites] if (dataset.root / suites).is_dir() else []), *own_code(dataset.plugins)]


def _listed(key: str, paths: Iterable[str]) -> Iterator[str]:
    yield f"    {key}:"
    yield from (f"    - {yaml_scalar(path)}" for path in paths)
