"""`gates review`: draws rows for people to review, and reads what they wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.cli.options import (
    FILE,
    SCOPES,
    SEED,
    OneOf,
    chosen_one,
    config_option,
    dataset_argument,
    dataset_words,
    from_here,
    refuse_among_data,
)
from gates.cli.streams import clean_stdout, note, progress_bar, show_lines
from gates.errors import UsageError

if TYPE_CHECKING:
    from gates.config.dataset import DatasetConfig
    from gates.metrics.review.record import ReviewRecord
    from gates.review.draw import DrawnReview

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.group(
    epilog="""\b
Examples:
  gates review plan reviews                       how many rows, and what that shows
  gates review plan reviews --output tasks.csv    ... and the rows, for a spreadsheet
  gates review plan reviews --output tasks.json   ... or for Label Studio
  gates review import reviews tasks.csv           read the answers: accept or reject
  gates review status reviews                     0 accepted, 1 rejected, 3 open
"""
)
def command() -> None:
    """Draw rows for people to review, and decide by what they say."""


@command.command("plan")
@dataset_argument
@click.option(
    "--output", type=FILE, metavar="FILE",
    help="Write the tasks, and record the plan: CSV for spreadsheets, or .json for Label Studio. [default: show the plan only]",
)  # fmt: skip
@click.option(
    "--by", multiple=True, metavar="COLUMN",
    help="Strata by this column within each origin, and by no other; `origin` for origins alone. [default: generator, label, slices, domain, language, where declared]",
)  # fmt: skip
@click.option(
    "--column", "columns", multiple=True, metavar="COLUMN",
    help="Show this column to reviewers, and no other. [default: what rows say, and their label]",
)  # fmt: skip
@click.option(
    "--scope", type=OneOf("scope", SCOPES), default="combined", show_default=True, help="Whose rows are reviewed."
)
@click.option(
    "--judge", metavar="COLUMN",
    help="A column with a machine's answer on every row, hidden from reviewers: say what it spares.",
)  # fmt: skip
@click.option(
    "--aql", type=_SHARE, default=0.01, show_default=True, help="A stratum with this share of rows to reject is good."
)
@click.option(
    "--ltpd", type=_SHARE, default=0.05, show_default=True, help="A stratum with this share of rows to reject is bad."
)
@click.option(
    "--producer-risk", type=_SHARE, default=0.05, show_default=True, help="How often a good stratum may be rejected."
)
@click.option(
    "--consumer-risk", type=_SHARE, default=0.10, show_default=True, help="How often a bad stratum may be accepted."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Other rows of the same dataset.")
@click.option(
    "--double", type=click.FloatRange(0, 1), default=0.05, show_default=True, metavar="SHARE",
    help="Share of the rows that two people review.",
)  # fmt: skip
@click.option(
    "--sequential", "is_sequential", is_flag=True,
    help="End each stratum as soon as Wald's test does; rows are reviewed in order.",
)  # fmt: skip
@click.option(
    "--reviewer", "reviewers", multiple=True, metavar="NAME",
    help="Who reviews; answers of others are refused. [default: anybody]",
)  # fmt: skip
@click.option(
    "--blind", "is_blind", is_flag=True,
    help="Without the place of a row, which often says who made it; reviewers may guess that.",
)  # fmt: skip
@click.option("--replace", "may_replace", is_flag=True, help="Replace a plan of which rows are reviewed already.")
@config_option
def plan_command(dataset: str | None, config: Path | None, **given: Any) -> int:
    """Plan a review of DATASET: which rows, and how many may be rejected."""
    from gates.config.load import load_config
    from gates.metrics.review.acceptance import Risks
    from gates.metrics.review.planned import ReviewRequest
    from gates.review.draw import draw_review
    from gates.review.render import need_lines, plan_lines
    from gates.verdict import Scope

    source = chosen_one(load_config(config), dataset)
    risks = Risks(given["aql"], given["ltpd"], given["producer_risk"], given["consumer_risk"])
    request = ReviewRequest(
        risks,
        given["by"],
        given["seed"],
        given["double"],
        given["is_sequential"],
        Scope(given["scope"]),
        tuple(" ".join(name.split()) for name in given["reviewers"]),
    )
    output: Path | None = given["output"]
    if output is not None:
        _refuse_output(source, output, may_replace=given["may_replace"])
    with clean_stdout(), progress_bar(source.name):
        drawn = draw_review(source, request, given["columns"], given["judge"])
    needs = [] if drawn.judged is None else need_lines(given["judge"], drawn.judged)
    show_lines([*plan_lines(drawn.plan, drawn.left_out), *needs])
    if output is not None:
        _write(source, output, drawn, is_blind=given["is_blind"], may_replace=given["may_replace"])
    return 0


@command.command(
    "import",
    epilog="Exit codes: 0 imported, whatever the answers decide (`gates review status` exits with that); 2 wrong usage, or a file that is refused; 3 rows that were changed",
)
@click.argument("dataset", shell_complete=dataset_words)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--replace", "may_replace", is_flag=True, help="Let answers that were imported before change.")
@config_option
def import_command(dataset: str, files: tuple[Path, ...], config: Path | None, *, may_replace: bool) -> int:
    """Read what reviewers wrote into FILE... of DATASET, all of it or nothing."""
    from gates.config.load import load_config
    from gates.metrics.review.sequential import LotDecision
    from gates.review.draw import lot_of
    from gates.review.files import read_reviews
    from gates.review.importing import imported
    from gates.review.record import only_writer, write_record
    from gates.review.render import status_lines

    source = load_config(config).dataset(dataset)
    _record(source)
    with (
        clean_stdout(),
        only_writer(source.root, source.name, note),
        progress_bar(source.name),
        lot_of(source) as (lot, columns),
    ):
        record = _record(source)
        lines = [line for file in files for line in read_reviews(file, record.plan, columns)]
        reviewed = imported(record, lines, lot, may_replace=may_replace)
        path = write_record(source.root, reviewed)
    show_lines(status_lines(reviewed))
    note(f"wrote {from_here(path)}: commit it together with the data that it is about")
    if not any(line.answer for line in lines):
        note("nothing was imported: no task of these files has an answer")
    if reviewed.decision is LotDecision.REJECT:
        note(
            f"imported, and the review REJECTS {source.name}: `gates review status {source.name}` and `gates check {source.name}` "
            "fail (exit 1)"
        )
    return 0


@command.command("status")
@dataset_argument
@click.option(
    "--judge", metavar="COLUMN",
    help="A column with a machine's answer on every row: estimate by people and judge together.",
)  # fmt: skip
@config_option
def status_command(dataset: str | None, config: Path | None, judge: str | None) -> int:
    """Show where the review of DATASET stands: 0 accepted, 1 rejected, 3 open or about other rows."""
    from gates.config.load import load_config
    from gates.review.draw import lot_of
    from gates.review.judge import helped_shares, judged_rejections
    from gates.review.record import status_code, why_stale
    from gates.review.render import judge_lines, status_lines

    source = chosen_one(load_config(config), dataset)
    record = _record(source)
    lines = status_lines(record)
    with clean_stdout(), progress_bar(source.name), lot_of(source, record.plan.request.by, judge) as (lot, _):
        stale = why_stale(record.plan, lot)
        if judge and not stale:
            shares = helped_shares(record.plan, record.reviews, lot, judged_rejections(lot, judge))
            lines += judge_lines(record.plan, judge, shares)
    show_lines(lines)
    if stale:
        note(stale)
    return status_code(record, is_stale=bool(stale))


def _record(source: DatasetConfig) -> ReviewRecord:
    from gates.review.record import read_record

    record = read_record(source.root, source.name)
    if record is None:
        raise UsageError(f"{source.name}: no review is planned; `gates review plan {source.name} --output tasks.csv`")
    return record


def _refuse_output(source: DatasetConfig, output: Path, *, may_replace: bool) -> None:
    """Raises UsageError where answers of people would be lost, or tasks would become rows of the dataset."""
    from gates.review.files import files_of
    from gates.review.record import read_record, record_path

    for file in files_of(output):
        if file.exists():
            raise UsageError(f"{file}: is there already, and may hold answers; name another file")
        refuse_among_data(source, file)
    # Before rows are read, and before a file of tasks is left without its plan.
    record_path(source.root, source.name)
    record = None if may_replace else read_record(source.root, source.name)
    if record is not None and record.reviews:
        raise UsageError(
            f"{source.name}: {len(record.reviews):,} tasks of a plan are reviewed already; finish it, or drop it with --replace"
        )


def _write(source: DatasetConfig, output: Path, drawn: DrawnReview, *, is_blind: bool, may_replace: bool) -> None:
    from gates.atomic_files import replace_text
    from gates.metrics.review.record import ReviewRecord
    from gates.review.files import how_to_fill, task_texts
    from gates.review.record import only_writer, write_record

    with only_writer(source.root, source.name, note):
        # Somebody may have imported answers while rows were drawn.
        _refuse_output(source, output, may_replace=may_replace)
        for file, text in task_texts(output, drawn, is_blind=is_blind).items():
            replace_text(file, text)
        path = write_record(source.root, ReviewRecord(drawn.plan, {}))
    note(f"{how_to_fill(output, source.name)}\nwrote {from_here(path)}: the plan")
