"""One draw of a law as a project on disk, and the checks that its suites ask of it, one by one."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from gates.config.load import load_config
from gates.contract.contract import Contract, load_contract
from gates.contract.suites.suite import SuiteEntry, limits_of, params_of
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.evaluate import ask
from gates.metrics.catalogue import METRICS
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Scope
from tests.opened import open_dataset, open_evaluation, open_holdout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.data.scan.result import Scan

_METRICS = {metric.expectation: metric for metric in METRICS}
# Whole rows of pandera are asked in `verdicts`; here there are none to ask.
_ROW_RULES = "expect_row_failure_ratio_to_be_less_than"


@dataclass(frozen=True)
class Sample:
    """Rows of a law in the parts that they play, and what gates.toml says of them.

    spare: further rows of the law, which defects take from. suites: expectations of the dataset's own, by scope.
    population: declared shares by column and level.
    """

    type: str
    human: pl.DataFrame
    synthetic: pl.DataFrame
    spare: pl.DataFrame
    holdout: pl.DataFrame | None = None
    evaluation: pl.DataFrame | None = None
    settings: str = ""
    suites: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedSample:
    """A scanned draw, and the expectations on it that a metric answers, by check id."""

    scan: Scan
    entries: Mapping[str, tuple[Scope, SuiteEntry]]

    def judge(self, check: str) -> Judgement:
        """What `gates check` says of one check, row rules and Great Expectations' own left aside."""
        scope, entry = self.entries[check]
        metric = _METRICS[entry.type]
        measured = ask(metric, self.scan, scope, params_of(metric, entry.kwargs))
        return judge(measured, limits_of(entry.kwargs), entry.severity, undecided=metric.undecided)


@contextmanager
def open_sample(sample: Sample) -> Iterator[OpenedSample]:
    """The draw, written into a folder, opened and scanned as `gates check` does it."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write(sample, root)
        contract = load_contract(load_config(root / "gates.toml").dataset("mix"), date(2026, 1, 1))
        dataset = contract.dataset
        opened = stack.enter_context(open_dataset(dataset))
        opened_holdout = open_holdout(dataset)
        holdout = stack.enter_context(opened_holdout) if opened_holdout else None
        sets = open_evaluation(dataset)
        shares = contract.population.shares if contract.population else {}
        request = ScanRequest(
            declared=Declarations(purpose=dataset.purpose, population=shares),
            evaluation=stack.enter_context(sets) if sets else None,
        )
        yield OpenedSample(scan(opened, request, holdout), _entries(contract))


def write(sample: Sample, root: Path) -> None:
    """The project of a draw: data, gates.toml, and what it refers to."""
    parts = [
        sample.human.with_columns(origin=pl.lit("human")),
        sample.synthetic.with_columns(origin=pl.lit("synthetic")),
    ]
    pl.concat(parts).write_parquet(root / "mix.parquet")
    lines = ["[datasets.mix]", 'path = "mix.parquet"', f'type = "{sample.type}"', 'purpose = "finetune"']
    for role, frame in (("holdout", sample.holdout), ("evaluation", sample.evaluation)):
        if frame is not None:
            frame.write_parquet(root / f"{role}.parquet")
            lines.append(f'{role} = "{role}.parquet"' if role == "holdout" else f'{role} = ["{role}.parquet"]')
    if sample.population:
        rows = [
            f"{dimension},{level},{share!r},drawn"
            for dimension, levels in sample.population.items()
            for level, share in levels.items()
        ]
        (root / "population.csv").write_text("dimension,level,share,source\n" + "\n".join(rows) + "\n")
        lines.append('population = "population.csv"')
    (root / "gates.toml").write_text("\n".join([*lines, sample.settings]))
    for scope, expectations in sample.suites.items():
        path = root / "expectations" / "mix" / f"{scope}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"name": f"mix {scope}", "expectations": list(expectations), "meta": {}}))


def _entries(contract: Contract) -> dict[str, tuple[Scope, SuiteEntry]]:
    return {
        str(entry.check_id): (scope, entry)
        for scope in Scope
        for entry in contract.entries[scope]
        if entry.type in _METRICS
        and entry.type != _ROW_RULES
        and entry.kwargs.get("purpose") in (None, contract.dataset.purpose)
    }
