"""`gates enforce`: exit as the recorded verdict says, as long as it still fits data and contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.commands.options import chosen, config_option, dataset_arguments, today, worst
from gates.commands.streams import note
from gates.errors import GatesError
from gates.verdict import Outcome, Severity, exit_code

if TYPE_CHECKING:
    from gates.recorded import RecordedVerdict

POINTER_ONLY = ": verified against the pointer, not the bytes"


@click.command(
    epilog="""\b
Nothing is measured: the verdict's digest, the data's bytes, the suites, the schema's sources and the versions are
compared with what was judged. Whatever does not fit is exit 3, and `gates check` mends it.

With --pointer-only, for machines that have no access to the data, the md5s that the verdict recorded are compared with
those that .dvc files and dvc.lock in HEAD name; that the data is what they name, nobody has looked at.

\b
Example, as two stages of dvc.yaml:
  gates check reviews --output reports --exit-zero
  gates enforce reviews --output reports --mark
Stages that depend on reports/reviews.passed run only once the dataset has passed.
"""
)
@dataset_arguments
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where `gates check --output DIR` wrote the verdict.",
)  # fmt: skip
@click.option(
    "--pointer-only", is_flag=True, help="Compare the verdict with what DVC's pointers in HEAD name; no data is needed."
)
@click.option("--mark", is_flag=True, help="Write DATASET.passed beside the verdict when this exits 0, else remove it.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@config_option
def command(datasets: tuple[str, ...], output: Path | None, config: Path | None, **flags: Any) -> int:
    """Exit as the recorded verdict says: 0 good, 1 bad, 3 when nobody judged what is there now.

    Without DATASET, the only one of gates.toml.
    """
    from gates.config import load_config
    from gates.enforcement import enforce
    from gates.pointed_data import compare_with_pointers
    from gates.recorded import VerdictError
    from gates.verdict_store import VerdictStore

    loaded = load_config(config)
    wanted = chosen(loaded, datasets, every=flags["every"])
    store = VerdictStore(loaded.path.parent, output)
    codes = []
    for dataset in wanted:
        if flags["mark"]:
            store.mark(dataset.name, None)
        try:
            compare_data = compare_with_pointers if flags["pointer_only"] else None
            verdict = enforce(dataset, store.path(dataset.name), today(), compare_data=compare_data)
        except GatesError as error:
            again = f"; run `gates check {dataset.name}{f' --output {output}' if output else ''}`"
            note(f"{dataset.name}: {error}{again}" if isinstance(error, VerdictError) else str(error))
            codes.append(error.exit_code)
            continue
        click.echo(_line(verdict) + (POINTER_ONLY if flags["pointer_only"] else ""))
        codes.append(exit_code(verdict.answer, strict=flags["strict"]))
        if flags["mark"] and codes[-1] == 0:
            store.mark(dataset.name, verdict.digest)
    return worst(codes)


def _line(verdict: RecordedVerdict) -> str:
    from gates.reports.findings import tally
    from gates.reports.plain import printable

    failed = next(
        (
            f", {check.id} among them"
            for check in verdict.checks
            if check.outcome is Outcome.FAIL
            and check.severity is Severity.CRITICAL
            and str(check.id) not in verdict.waived
        ),
        "",
    )
    counts = tally(verdict.checks, verdict.waived)
    return printable(f"{verdict.dataset}: {verdict.answer.value}: {counts}{failed} (verdict {verdict.digest[:12]})")
