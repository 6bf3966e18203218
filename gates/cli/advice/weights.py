"""`gates weights`: a weight for every row, where a gain was shown for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gates.cli.advice.options import learner_of, learner_option
from gates.cli.options import (
    FILE,
    SEED,
    OneOf,
    chosen_one,
    config_option,
    dataset_argument,
    from_here,
    refuse_among_data,
)
from gates.cli.streams import clean_stdout, note, progress_bar, show_lines

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog="""
Exit codes: 0 weighed, or no gain was shown; 1 the weights are not healthy, and not written; 2 wrong usage; 3 cannot weigh

\b
Examples:
  gates weights reviews                     how much each source should count
  gates weights reviews --method raking     human rows to the declared shares of people
  gates weights reviews --method rows       by row, where that helps more than one weight a source
"""
)
@dataset_argument
@click.option(
    "--method", type=OneOf("method", ("source", "raking", "rows")), default="source", show_default=True,
    help="source: one weight a generator, where it helps a model on human rows. raking: human rows to the declared population. rows: as source, by row where that helps more.",
)  # fmt: skip
@click.option(
    "--output", type=FILE, metavar="FILE",
    help="Where the Parquet file goes. [default: promotions/DATASET/weights.parquet]",
)  # fmt: skip
@learner_option
@click.option("--seed", type=SEED, default=0, show_default=True, help="Other folds of the same rows.")
@config_option
def command(dataset: str | None, config: Path | None, output: Path | None, **given: Any) -> int:
    """Weigh the rows of DATASET: human rows count 1, others what was shown to help."""
    from gates.advice.weighing.render_weights import weight_lines
    from gates.advice.weighing.weigh import Method, weigh
    from gates.advice.weighing.weight_health import failing, judged_health
    from gates.advice.weighing.weights import weights_path, write_weights
    from gates.config.load import load_config

    source = chosen_one(load_config(config), dataset)
    path = output or weights_path(source.root, source.name)
    refuse_among_data(source, path)
    learner = learner_of(given["learner"])
    with clean_stdout(), progress_bar(source.name):
        weighing = weigh(source, Method(given["method"]), given["seed"], learner)
        health = judged_health(weighing.weights)
    show_lines(weight_lines(weighing, health))
    if failing(health):
        note("nothing written: weights that fail these checks are not to be used")
        return 1
    write_weights(path, weighing.weights)
    note(f"wrote {output or from_here(path)}: a digest and a weight for each row, in the order of the dataset")
    return 0
