"""`gates enforce`: exit with the stored verdict's status, as long as it is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gates.cli.options import FOLDER, chosen, config_option, dataset_arguments, today, worst
from gates.cli.streams import note
from gates.errors import GatesError
from gates.verdict import Outcome, Severity, exit_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gates.checking.targets import Target
    from gates.config.dataset import DatasetConfig
    from gates.verdicts.recorded import RecordedVerdict

POINTER_ONLY = ": verified against the pointer, not the bytes"


@click.command(
    epilog="""
Nothing is measured: the verdict's digest, the data's bytes, the suites, the schema's sources and the versions are
compared with what was judged. If anything differs, the verdict is out of date: exit 3, and `gates check` has to run again.

With --pointer-only, for machines without access to the data, the verdict's md5s are compared with those that .dvc files
and dvc.lock in HEAD name; the data itself is not read.

\b
Example, as two stages of dvc.yaml:
  gates check reviews --output reports --exit-zero
  gates enforce reviews --output reports --mark

Stages that depend on reports/reviews.passed run only once the dataset has passed.
"""
)
@dataset_arguments
@click.option("--output", type=FOLDER, metavar="DIR", help="Where `gates check --output DIR` wrote the verdict.")
@click.option("--pointer-only", is_flag=True, help="Compare the verdict with DVC's pointers in HEAD; needs no data.")
@click.option(
    "--mark", is_flag=True, help="Write DATASET.passed next to the verdict if the dataset passes, else remove it."
)
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@config_option
def command(datasets: tuple[str, ...], output: Path | None, config: Path | None, **flags: Any) -> int:
    """Exit with the stored verdict's status: 0 passed, 1 failed, 3 no verdict, or one that is out of date.

    DATASET is a table of gates.toml, and may be left out where there is only one.
    """
    from gates.checking.targets import targets_of

    codes = []
    for target in targets_of(datasets, config, every=flags["every"]):
        try:
            codes += _enforce_all(target, output, flags)
        except GatesError as error:
            note(str(error))
            codes.append(error.exit_code)
    return worst(codes)


def _enforce_all(target: Target, output: Path | None, flags: Mapping[str, bool]) -> list[int]:
    """An exit code for each dataset of one configuration."""
    from gates.config.load import read_config
    from gates.verdicts.store import VerdictStore

    loaded = read_config(target.path)
    store = VerdictStore(target.path.parent, output / target.folder if output else None)
    codes = []
    for dataset in chosen(loaded, target.names, every=flags["every"]):
        if flags["mark"]:
            store.mark(dataset.name, None)
        name = target.id_of(dataset.name)
        verdict = _enforced(dataset, name, store.path(dataset.name), output, flags)
        if isinstance(verdict, GatesError):
            codes.append(verdict.exit_code)
            continue
        click.echo(_line(verdict, name) + (POINTER_ONLY if flags["pointer_only"] else ""))
        codes.append(exit_code(verdict.answer, strict=flags["strict"]))
        if flags["mark"] and codes[-1] == 0:
            store.mark(dataset.name, verdict.digest)
    return codes


def _enforced(
    dataset: DatasetConfig, name: str, path: Path, output: Path | None, flags: Mapping[str, bool]
) -> RecordedVerdict | GatesError:
    """The verdict if it is up to date, else the error that says why not."""
    from gates.contract.contract import load_contract
    from gates.promotion.git.last_promoted import promoted_beside
    from gates.verdicts.enforce import enforce, refuse_other_promotion
    from gates.verdicts.pointer_check import compare_with_pointers
    from gates.verdicts.recorded import VerdictError

    try:
        compare_data = compare_with_pointers if flags["pointer_only"] else None
        verdict = enforce(load_contract(dataset, today()), path, compare_data=compare_data)
        refuse_other_promotion(verdict, promoted_beside(dataset.root, dataset.name))
    except GatesError as error:
        again = f"; run `gates check {name}{f' --output {output}' if output else ''}`"
        note(f"{name}: {error}{again}" if isinstance(error, VerdictError) else str(error))
        return error
    return verdict


def _line(verdict: RecordedVerdict, name: str) -> str:
    from gates.verdicts.reports.findings import tally
    from gates.verdicts.reports.text import printable_line

    failed = next(
        (
            f"; failed: {check.id}"
            for check in verdict.checks
            if check.outcome is Outcome.FAIL
            and check.severity is Severity.CRITICAL
            and str(check.id) not in verdict.waived
        ),
        "",
    )
    counts = tally(verdict.checks, verdict.waived)
    return printable_line(f"{name}: {verdict.answer.word.upper()}  {counts} (verdict {verdict.digest[:12]}){failed}")
