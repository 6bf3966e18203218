"""`gates init`: a gates.toml, and draft rules from the human rows."""

from __future__ import annotations

import glob
import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.cli.options import config_option
from gates.cli.streams import clean_stdout, progress_bar
from gates.config.addresses import is_address
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.init.find import Given
    from gates.init.proposal import Proposal


@dataclass(frozen=True)
class InitRequest:
    """One call of the command. targets: a dataset of gates.toml, or paths and patterns of data that it does not have yet."""

    targets: tuple[str, ...]
    human: tuple[str, ...]
    synthetic: tuple[str, ...]
    holdout: tuple[str, ...]
    accept: bool
    force: bool
    write: bool
    config: Path | None

    @property
    def target(self) -> str | None:
        """What is named where it is one."""
        return self.targets[0] if len(self.targets) == 1 else None

    def written(self) -> str:
        """The command with the data that is named."""
        options = {"--human": self.human, "--synthetic": self.synthetic, "--holdout": self.holdout}
        named = [word for option, paths in options.items() for path in paths for word in (option, path)]
        return shlex.join(["gates", "init", *self.targets, *named])

    def given(self) -> Given:
        """The data that is named."""
        from gates.init.find import Given

        named = {"human": self.human, "synthetic": self.synthetic}
        return Given(
            _paths(self.targets),
            {origin: _paths(paths) for origin, paths in named.items() if paths},
            _paths(self.holdout),
        )


def _paths(names: Sequence[str]) -> tuple[Path, ...]:
    return tuple(Path(name) if is_address(name) else Path(name).absolute() for name in names)


@click.command(
    epilog="""
Drafted rules only warn. Read and edit schemas/DATASET.py and expectations/DATASET/, then accept them with --accept.

\b
Examples:
  gates init data/reviews.csv    without a gates.toml: write one, and draft rules
  gates init real.csv fake.csv   ... for a file of each origin, known by their names
  gates init --human a.csv --synthetic 'b-*.csv' --holdout c.csv    ... or as you say
  gates init s3://bucket/reviews/    ... or where they lie
  gates init                     with one: draft rules for datasets that have none
  gates init data/votes.csv      with one: print the table to add for further data
  gates init data/votes.csv --write    ... and add it at the end of gates.toml
  gates init reviews --accept    make the drafted rules block
  gates init --write             gate every dataset in `dvc repro`, at commits and in pull requests
"""
)
@click.argument("targets", nargs=-1, metavar="[DATASET|PATH...]")
@click.option(
    "--human", metavar="PATH", multiple=True, help="A file, folder or pattern of human rows; may be repeated."
)
@click.option("--synthetic", metavar="PATH", multiple=True, help="The same of synthetic rows.")
@click.option("--holdout", metavar="PATH", multiple=True, help="Human rows that no generator has seen.")
@click.option("--accept", is_flag=True, help="Accept the drafted rules: from now on they block.")
@click.option(
    "--force", is_flag=True,
    help="Draft rules again, replacing existing ones, also where a renamed dataset has left its own.",
)  # fmt: skip
@click.option(
    "--write", is_flag=True,
    help="Write DVC stages, pre-commit hooks and a workflow, each into a new file; existing files are not changed. "
    "With the PATH of further data, add its table at the end of gates.toml.",
)  # fmt: skip
@config_option
def command(**given: Any) -> int:
    """Set up gates.toml, and infer draft rules from the human rows.

    Existing entries in gates.toml are never changed.
    """
    request = InitRequest(**given)
    from gates.verdicts.reports.text import printable_line

    with clean_stdout(), progress_bar("looking at the data"):
        lines = list(_init(request))
    for line in lines:
        click.echo(printable_line(line) if line.strip() else "")
    return 0


def _init(request: InitRequest) -> Iterator[str]:
    from gates.config.load import FILE_NAME, load_config, nearest_config, read_config
    from gates.config.orphans import refuse_lost_rules

    if request.config is not None and request.config.is_dir():
        request = replace(request, config=request.config / FILE_NAME)
    path = request.config or nearest_config(Path.cwd())
    is_new = path is None or (request.config is not None and not request.config.exists())
    if is_new:
        config = read_config((yield from _new_config(request)))
        datasets: Sequence[DatasetConfig] = list(config.datasets.values())
    else:
        config = load_config(path)
        if _is_further(config, request):
            extended = yield from _further(config, request)
            if extended is None:
                return
            config, request = extended, replace(request, targets=([*extended.datasets][-1],))
        datasets = _wanted(config, request.targets)
    if request.write:
        from gates.init.pipeline_files import refuse_taken

        refuse_taken(config)
    if not request.force:
        for dataset in datasets:
            # Drafts would replace the rules that a renamed dataset has left under its former name.
            refuse_lost_rules(dataset)
    drafted = []
    for dataset in datasets:
        is_draft = yield from _rules(dataset, request, is_named=bool(request.target) and not is_new)
        drafted += [dataset.name] if is_draft else []
    if is_new and not request.write:
        yield from _snippets(config)
    yield from _next_steps(datasets, () if request.accept else drafted, is_written=request.write or not is_new)
    if request.write:
        yield from _put_in_place(config)


def _put_in_place(config: Config) -> Iterator[str]:
    """Writes stages, hooks and workflow, and says what is left to do; a file that is there is shown what to add."""
    from gates.init.pipeline_files import HOOKS, write_hooks_and_workflow, write_stages
    from gates.versions.repository import open_repository

    repository = open_repository(config.path.parent)
    own = repository.relative(config.path.resolve())
    first = "" if own and repository.dvc_root(own) else "after `dvc init`, as this is no repository of DVC yet, "
    name = write_stages(config).relative_to(config.path.parent).as_posix()
    yield from ("", f"wrote {name}: {first}`dvc repro {name}` judges what has changed, and fails where a verdict does")
    todo = {HOOKS: "`pre-commit install` puts the hooks in place"}
    for written in write_hooks_and_workflow(repository.top):
        if written.is_new:
            yield f"wrote {written.path}: {todo.get(written.path, 'set in it where the action comes from, and how your data is fetched')}"
        elif written.is_same:
            yield f"{written.path}: unchanged, has the gate already"
        else:
            yield from ("", f"{written.path} exists and is not changed; to gate there, add:")
            yield from (f"  {line}" for line in written.text.splitlines())


def _new_config(request: InitRequest) -> Generator[str, None, Path]:
    """Writes gates.toml and reports what was inferred from the data; returns its path."""
    from gates.atomic_files import replace_text
    from gates.config.load import FILE_NAME
    from gates.init.config_text import config_text
    from gates.init.find import find_data
    from gates.init.propose import propose

    path = (request.config or Path(FILE_NAME)).absolute()
    data = find_data(path.parent, request.given())
    proposal = propose(path.parent, data)
    replace_text(path, config_text(proposal))
    yield f"wrote {path.name}: dataset '{data.name}', type {proposal.type}, data in {data.where()}"
    yield from _inferences(proposal, path)
    return path


def _inferences(proposal: Proposal, path: Path) -> Iterator[str]:
    """What was inferred from the data of one dataset."""
    from gates.init.guess_table import guess_table

    yield from guess_table(proposal)
    if proposal.origin and proposal.origin.unknown:
        listed = ", ".join(f"{value} in {rows:,} rows" for value, rows in proposal.origin.unknown.items())
        yield f"  undeclared values, which fail the gate until you add them to human or synthetic in {path.name}: {listed}"
    if proposal.is_small:
        yield "  these may be too few rows to decide every check: `gates check` says which it cannot decide"
    yield f"  where a guess is wrong, change it in {path.name} and run `gates init` again"


def _is_further(config: Config, request: InitRequest) -> bool:
    """Whether what is named is data that no dataset has yet."""
    from gates.init.append_dataset import dataset_at, dataset_of

    if request.human or request.synthetic:
        return True
    if len(request.targets) > 1:
        return dataset_of(config, request.targets) is None
    target = request.target
    if target is None or target in config.datasets:
        return False
    is_elsewhere = is_address(target) or (glob.has_magic(target) and not Path(target).exists())
    return (is_elsewhere or Path(target).exists()) and dataset_at(config, target) is None


def _further(config: Config, request: InitRequest) -> Generator[str, None, Config | None]:
    """Shows the table of one more dataset, or with --write adds it; returns the configuration that then has it."""
    from gates.config.load import load_config
    from gates.init.append_dataset import append_table, propose_further
    from gates.init.config_text import table_text
    from gates.init.pipeline_files import refuse_taken

    proposal = propose_further(config, request.given())
    name, file = proposal.data.name, os.path.relpath(config.path)
    if not request.write:
        yield f"{file} exists and is not changed; for {proposal.data.where()}, add this table to it:"
        yield ""
        yield from table_text(proposal).splitlines()
        yield ""
        yield f"then run `gates init {name}`; `{request.written()} --write` does both"
        return None
    refuse_taken(config)
    append_table(config, proposal)
    yield f"added to {file}: dataset '{name}', type {proposal.type}, data in {proposal.data.where()}"
    yield from _inferences(proposal, config.path)
    return load_config(config.path)


def _wanted(config: Config, targets: Sequence[str]) -> list[DatasetConfig]:
    """The datasets that are meant: all of them, one by its name, or the one that reads the files that are named."""
    from gates.init.append_dataset import dataset_at, dataset_of

    if not targets:
        return list(config.datasets.values())
    target = targets[0]
    name = target if target in config.datasets else (dataset_at(config, target) or dataset_of(config, targets))
    if name is None:
        shown, is_file = os.path.relpath(config.path), Path(target).suffix or os.sep in target
        nothing = f"no such file or folder, and {shown} has" if is_file else f"{shown} has"
        raise UsageError(f"{target}: {nothing} no dataset of that name ({did_you_mean(target, config.datasets)})")
    return [config.datasets[name]]


def _rules(dataset: DatasetConfig, request: InitRequest, *, is_named: bool) -> Generator[str, None, bool]:
    """Drafts a dataset's rules where it has none, and accepts them where that was asked for; whether some only warn yet."""
    from gates.init.drafts.accept import accept, are_drafts
    from gates.init.drafts_step import DRAFTED_TYPES, draft, remove_other_drafts, rule_files

    present = rule_files(dataset)
    if removed := remove_other_drafts(dataset):
        yield f"{dataset.name}: removed {_shown(removed, dataset)}: drafts for another type than {dataset.type}"
    if dataset.type not in DRAFTED_TYPES:
        yield f"{dataset.name}: type {dataset.type} has built-in rules; nothing to draft"
    elif dataset.schema and (is_named or not present):
        yield f"{dataset.name}: has its own schema, {dataset.schema}; nothing to draft"
    elif not present or request.force:
        files = draft(dataset, force=request.force)
        yield f"{dataset.name}: drafted {_shown((files.schema, *files.suites), dataset)}"
    elif not request.accept:
        yield f"{dataset.name}: keeps the rules that it has ({_shown(present, dataset)}); --force drafts them anew"
    if request.accept:
        changed = accept(rule_files(dataset))
        yield (
            f"{dataset.name}: accepted {_shown(changed, dataset)}" if changed else f"{dataset.name}: nothing to accept"
        )
    return bool(are_drafts(rule_files(dataset)))


def _shown(paths: Sequence[Path], dataset: DatasetConfig) -> str:
    return ", ".join(path.relative_to(dataset.root).as_posix() for path in paths)


def _snippets(config: Config) -> Iterator[str]:
    """What to add to files of the repository, as far as it has git and DVC."""
    from gates.init.snippets import dvc_stages, pre_commit_hooks
    from gates.versions.repository import open_repository

    path = config.path.resolve()
    repository = open_repository(path.parent)
    name = repository.relative(path)
    if name and repository.dvc_root(name):
        beside = "`gates init --write` writes the stages, in a file of its own; artifacts stand in this one"
        yield from ("", f"for DVC, add to dvc.yaml ({beside}):")
        yield from (f"  {line}" for line in dvc_stages(config.datasets.values()).splitlines())
    if repository.git:
        yield from ("", "for pre-commit, add to .pre-commit-config.yaml:")
        yield from (f"  {line}" for line in pre_commit_hooks().splitlines())


def _next_steps(datasets: Sequence[DatasetConfig], drafted: Sequence[str], *, is_written: bool) -> Iterator[str]:
    which = datasets[0].name if len(datasets) == 1 else "--all"
    yield from ("", "next:", f"  gates check {which}")
    if drafted:
        yield f"  gates init {drafted[0]} --accept    once you have read the drafts: until then they only warn"
    if not is_written:
        yield "  gates init --write    once you want it in a pipeline: DVC stages, pre-commit hooks and a workflow"
