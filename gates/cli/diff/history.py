"""`gates diff --all`: compares the stored verdicts of all versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.cli.diff.request import NEWEST, DiffRequest, each, is_revision, verdict_paths
from gates.cli.options import worst
from gates.cli.streams import note, render_options
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.diff.history import VerdictHistory
    from gates.versions.repository import Repository


def show_history(request: DiffRequest) -> int:
    """Show all versions that a call asks for; returns the exit code, which is 3 where a dataset has none."""
    from gates.config.load import load_config
    from gates.diff.history import narrowed
    from gates.versions.repository import open_repository

    config = load_config(request.config)
    repository = open_repository(config.path.parent)
    datasets = _named(request, config, repository)
    histories, codes = each(datasets, lambda dataset: _recorded(repository, dataset, request))
    if request.metric and histories:
        histories = narrowed(histories, request.metric)
    _show(histories, request)
    return worst(codes)


def _named(request: DiffRequest, config: Config, repository: Repository) -> list[DatasetConfig]:
    """The datasets that the words name, or all. Raises UsageError, for a revision with how to give it."""
    for word in request.words:
        if word not in config.datasets:
            hint = did_you_mean(word, config.datasets)
            if is_revision(repository, word):
                hint = f"with --all each word is a dataset; to end at a commit, give --rev {word}"
            raise UsageError(f"'{word}' is no dataset ({hint})")
    return [config.datasets[name] for name in dict.fromkeys(request.words or config.datasets)]


def _recorded(repository: Repository, dataset: DatasetConfig, request: DiffRequest) -> VerdictHistory:
    from gates.diff.history_walk import Walk, history
    from gates.versions.version import revision

    end = revision(repository, request.rev) if request.rev else None
    return history(repository, dataset, verdict_paths(dataset, request.output), Walk(end, request.limit or NEWEST))


def _show(histories: Sequence[VerdictHistory], request: DiffRequest) -> None:
    from gates.atomic_files import replace_text
    from gates.diff import history_json, render_history

    if request.format == "json":
        click.echo(history_json.as_json(histories), nl=False)
    elif request.format == "markdown":
        click.echo("\n".join(render_history.markdown(one) for one in histories), nl=False)
    else:
        width = render_options(verbose=False).width
        shown = (render_history.terminal(one, width) for one in histories)
        click.echo("\n".join(shown), nl=False)
    if request.plots:
        replace_text(request.plots, history_json.points(histories))
        note(f"wrote {request.plots}: `dvc plots show {request.plots} -x version -y observed` draws it")
