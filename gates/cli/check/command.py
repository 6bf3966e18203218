"""`gates check`: judge datasets, write their verdicts, report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gates.cli.check.request import CheckRequest
from gates.cli.options import FOLDER, SCOPES, OneOf, check_words, config_option, dataset_arguments, report_words
from gates.config.installed.plugins import built_in_reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.checking.check_version import VersionRequest


@click.command(
    epilog="""
Verdicts are kept in .gates/verdicts beside gates.toml, or in the folder of --output, where `gates enforce` finds them.
Of several datasets the worst exit code counts: 1 (failed) before 2 (usage) before 3 (no verdict).

With --rev or --staged, configuration and suites are read from that revision, and the verdict is written only with
--output. What was judged before, on the same bytes under the same suites and configuration, is answered from a cache in
.dvc/tmp/gates, or .gates/cache without DVC.

With --base, --since or --pushed, what lets rows pass that failed before is listed first: a dataset or check that is gone, a
looser limit, a waiver, other code. It fails without a reason in the change, [[weakened]] in gates.toml; --exit-zero does
not change that.

In a repository with several gates.toml, --all, --staged, --pushed and --since mean the datasets of all that git tracks.
FOLDER:NAME is a dataset of another one than the nearest; its files go to DIR/FOLDER.

\b
Examples:
  gates check reviews
  gates check reviews --only distributions
  gates check --all --jobs 2 --format json --output reports --exit-zero
  gates check --all --format github --output reports --also junit
  gates check --staged --timeout 5
  gates check --rev HEAD --since origin/main
"""
)
@dataset_arguments
@click.option(
    "--only", multiple=True, metavar="NAME", shell_complete=check_words,
    help="Run this check only: its id, its type or a word of it (repeatable); --format json has every row that it finds.",
)  # fmt: skip
@click.option(
    "--scope", "scopes", multiple=True, type=OneOf("scope", SCOPES),
    help="Run the checks of this scope only (repeatable).",
)  # fmt: skip
@click.option(
    "--format", default="terminal", show_default=True, metavar="NAME", shell_complete=report_words,
    help=f"What to print: {', '.join(built_in_reports())}, or a plugin's report.",
)  # fmt: skip
@click.option(
    "--output", type=FOLDER, metavar="DIR",
    help="Write DATASET.json, .md, .metrics.json and .plots.json there.",
)  # fmt: skip
@click.option(
    "--also", multiple=True, metavar="NAME", shell_complete=report_words,
    help="Also write this report next to the verdict, such as html, junit, sarif or a plugin's (repeatable).",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit 0 once a verdict is written, even if it is a fail.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--rev", metavar="REV", help="Judge this commit instead of the work tree.")
@click.option(
    "--staged", is_flag=True, help="Judge what is staged; without DATASET, every dataset that differs from HEAD."
)
@click.option("--worktree", is_flag=True, help="Judge the work tree (the default).")
@click.option(
    "--pushed", is_flag=True,
    help="In a pre-push hook: judge what is pushed; without DATASET, every dataset that differs from the remote.",
)  # fmt: skip
@click.option("--since", metavar="REV", help="Skip datasets that have not changed since the branch point with REV.")
@click.option(
    "--base", metavar="REV",
    help="The previous version, whose files must not be lost and whose configuration must not be weakened without a reason. "
    "[default: HEAD, or the parent of --rev, for files alone]",
)  # fmt: skip
@click.option(
    "--trust", metavar="REV",
    help="With --rev: judge the data of somebody else under the configuration and code of this revision alone; no verdict "
    "where theirs differ.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="Quick check: lost files and rows of changed files only, for at most SECONDS. Writes no verdict.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Datasets judged at once.")
@click.option(
    "--memory-limit", metavar="SIZE",
    help="Memory of all that runs, e.g. 2GB; what needs more lies on disk. [default: GATES_MEMORY_LIMIT, or a quarter of the "
    "machine or of its container, at most 2GB]",
)  # fmt: skip
@click.option(
    "--engine", type=OneOf("engine", ("local", "spark")), default="local", show_default=True,
    help="What reads the rows: this machine, or the workers of Spark; the verdict is the same.",
)  # fmt: skip
@click.option("--spark-master", metavar="URL", help="With --engine spark: a master. [default: local[*]]")
@click.option(
    "--spark-connect", metavar="URL", help="With --engine spark: a Spark Connect server, as in sc://host:15002."
)
@click.option("--no-cache", is_flag=True, help="Judge again, without cached verdicts.")
@config_option
@click.option("-q", "--quiet", is_flag=True, help="The report only: no progress bar, no notes.")
@click.option("-v", "--verbose", is_flag=True, help="List every check, also what passed.")
def command(**given: Any) -> int:
    """Judge datasets: the human rows, the synthetic rows, and both together.

    DATASET is a table of gates.toml, and may be left out where there is only one.
    """
    from gates.cli.check.datasets import check
    from gates.config.memory import limited_to

    chooses_by_version = bool(given["staged"] or given["pushed"] or given["since"] is not None)
    request = CheckRequest.of_options(given, is_open=chooses_by_version and not given["datasets"])
    _refuse_what_excludes(request)
    version = {name: given[name] for name in ("rev", "staged", "worktree", "since", "trust")}
    if given["trust"] and not given["rev"]:
        raise click.UsageError("--trust says whose rules count for a commit: name the commit with --rev")
    if given["pushed"] and any(version.values()):
        raise click.UsageError(
            "--pushed already sets the version and the base: leave out --rev, --staged, --worktree, --since and --trust"
        )
    with limited_to(request.execution.memory_limit):
        return check(request, _version(version, given["base"], is_pushed=given["pushed"]))


def _refuse_what_excludes(request: CheckRequest) -> None:
    execution, reporting = request.execution, request.reporting
    if execution.is_partial and reporting.output:
        raise click.UsageError("--output stores whole verdicts only: leave out --only and --scope, or --output")
    if reporting.also and not reporting.output:
        raise click.UsageError("--also writes next to the verdict: name a folder with --output DIR")
    if execution.engine == "local" and (execution.spark_master or execution.spark_connect):
        raise click.UsageError("--spark-master and --spark-connect say where Spark is: add --engine spark")
    if execution.spark_master and execution.spark_connect:
        raise click.UsageError("--spark-master or --spark-connect: Spark is at one address")
    if execution.timeout is not None and execution.engine != "local":
        raise click.UsageError("--timeout looks at changed files on this machine: leave out --engine, or --timeout")
    if execution.timeout is not None and (execution.is_partial or reporting.output):
        raise click.UsageError("--timeout writes no verdict: leave out --only, --scope and --output, or --timeout")


def _version(options: Mapping[str, Any], base: str | None, *, is_pushed: bool) -> VersionRequest:
    from gates.checking.check_version import VersionRequest, pushed

    return replace(pushed(), base=base) if is_pushed else VersionRequest(**options, base=base)
