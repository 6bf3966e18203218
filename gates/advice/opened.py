"""A dataset opened and scanned, as a check reads it, for advice on its rows."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from gates.config.population import read_population
from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import LocalDataset, open_dataset, open_holdout
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest, scan
from gates.data.values.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.config.dataset import DatasetConfig
    from gates.data.scan.result import Scan


@contextmanager
def scanned_dataset(config: DatasetConfig) -> Iterator[tuple[LocalDataset, Scan]]:
    """The dataset in the work tree, and what a pass over its rows shows. Raises what opening a dataset raises."""
    kind = data_type_of(config)
    with ExitStack() as stack:
        as_written = stack.enter_context(open_dataset(config, kind))
        opened = as_written.with_readings(survey(as_written))
        holdout = open_holdout(config, kind)
        if holdout:
            holdout = stack.enter_context(holdout).with_readings(opened.readings)
        population = read_population(config)
        declared = Declarations(
            purpose=config.purpose,
            extends_human_law=config.synthetic_role == "extend",
            population=population.shares if population else {},
            critical_domains=config.critical_domains,
        )
        yield opened, scan(opened, ScanRequest(declared=declared), holdout)
