"""`gates advise`: what the rows of a dataset are worth, and where the next ones should come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gates.cli.advice.options import learner_of, learner_option
from gates.cli.options import SEED, OneOf, chosen_one, config_option, dataset_argument
from gates.cli.streams import clean_stdout, progress_bar, show_lines

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="""
Exit codes: 0 advice, perhaps without a model; 2 wrong usage or configuration; 3 nothing can be said

\b
Examples:
  gates advise reviews                        one screen
  gates advise reviews --cost 1.2 0.001       ... with what a human and a synthetic row cost
  gates advise reviews --format json          everything, with intervals, to draw
"""
)
@dataset_argument
@click.option(
    "--format", "form", type=OneOf("format", ("terminal", "json", "markdown")), default="terminal", show_default=True,
    help="How the advice is printed.",
)  # fmt: skip
@click.option("-v", "--verbose", "is_verbose", is_flag=True, help="All sources, groups and sentences.")
@click.option(
    "--cost", type=(click.FloatRange(min=0, min_open=True), click.FloatRange(min=0)), metavar="HUMAN SYNTHETIC",
    help="What one row of each origin costs, in one unit. [default: `cost` in gates.toml]",
)  # fmt: skip
@learner_option
@click.option("--seed", type=SEED, default=0, show_default=True, help="Other draws of the same rows.")
@config_option
def command(dataset: str | None, config: Path | None, **given: Any) -> int:
    """Say what the rows of DATASET are worth to a model, and where the next ones should come from."""
    from gates.advice.advice import Costs
    from gates.advice.advise import advise
    from gates.advice.render import json_text, markdown_text, terminal_lines
    from gates.config.load import load_config

    source = chosen_one(load_config(config), dataset)
    stated = given["cost"] or (source.cost and (source.cost["human"], source.cost["synthetic"]))
    costs = Costs(*stated) if stated else None
    with clean_stdout(), progress_bar(source.name) as progress:
        advice = advise(source, given["seed"], learner_of(given["learner"]), costs, progress)
    if given["form"] == "json":
        click.echo(json_text(advice))
    elif given["form"] == "markdown":
        click.echo(markdown_text(advice), nl=False)
    else:
        show_lines(terminal_lines(advice, is_verbose=given["is_verbose"]))
    return 0
