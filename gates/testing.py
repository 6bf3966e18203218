"""For authors of metrics and data types: small frames scanned, a metric judged, a type's rules run.

with gates.testing.scanned(human, synthetic, type="tabular") as scan:
result = gates.testing.judge(FAINT, scan, gates.Scope.HUMAN, max_value=0.02)
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from gates.config.data_types import DataType, data_type
from gates.config.dataset import DatasetConfig
from gates.contract.suites.arguments import problem_with
from gates.contract.suites.suite import check_id_of, limits_of, params_of
from gates.data.duckdb.dataset import open_dataset, open_holdout
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest, scan
from gates.data.values.survey import survey
from gates.errors import PluginError, SuiteError
from gates.metrics.base.evaluate import ask
from gates.metrics.limits.check_result import Demand, check_result
from gates.rows.schemas.built_in import schema_of
from gates.rows.validation import RowValidator
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.contract.plugins.interface import TypeContract
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Metric
    from gates.verdict import CheckResult

__all__ = ["failing_rows", "judge", "scanned"]


@contextmanager
def scanned(
    human: pl.DataFrame,
    synthetic: pl.DataFrame,
    *,
    type: DataType | str = "tabular",  # noqa: A002 (as gates.toml calls it)
    holdout: pl.DataFrame | None = None,
    **keys: Any,
) -> Iterator[Scan]:
    """A scan of two frames, read as `gates check` reads files.

    type: a built-in data type's name, or one's own. keys: those of a dataset in gates.toml, such as `label`, `columns`
    or `purpose`. Raises what opening the dataset raises.
    """
    kind = data_type(type) if isinstance(type, str) else type
    with TemporaryDirectory(prefix="gates-") as folder, ExitStack() as stack:
        root = Path(folder)
        frames = {"human": human, "synthetic": synthetic, "holdout": holdout}
        for name, frame in frames.items():
            if frame is not None:
                frame.write_parquet(root / f"{name}.parquet")
        config = DatasetConfig(
            "frames", root, 1, kind.name, partitions={"human": "human.parquet", "synthetic": "synthetic.parquet"}
        )
        config = replace(config, holdout=None if holdout is None else "holdout.parquet", **keys)
        as_written = stack.enter_context(open_dataset(config, kind))
        opened = as_written.with_readings(survey(as_written))
        held_out = open_holdout(config, kind)
        if held_out:
            held_out = stack.enter_context(held_out).with_readings(opened.readings)
        declared = Declarations(
            config.purpose, config.synthetic_role == "extend", critical_domains=config.critical_domains
        )
        yield scan(opened, ScanRequest(declared=declared), held_out)


def judge(metric: Metric, scan: Scan, scope: Scope = Scope.COMBINED, **kwargs: object) -> CheckResult:
    """What an expectation on the metric says of a scan. kwargs: limits and parameters, as in a suite.

    Raises SuiteError for arguments that a suite could not have.
    """
    problem = problem_with(metric, kwargs)
    if problem:
        raise SuiteError(f"{metric.expectation}: {problem}")
    demand = Demand(limits_of(kwargs), params=params_of(metric, kwargs))
    check_id = check_id_of(scope, metric.expectation, kwargs, {}, metric)
    return check_result(check_id, metric, ask(metric, scan, scope, demand.params), demand)


def failing_rows(contract: TypeContract, rows: pl.DataFrame) -> dict[str, list[int]]:
    """Numbers of the rows, counted from 0, that break each rule of a data type's schema; sound rules are left out.

    rows: columns have their roles' names. Raises PluginError where the type has no schema, or a rule cannot run.
    """
    bound = tuple(role for role in contract.data_type.roles if role in rows.columns)
    types = {field.name: str(field.type) for field in rows.to_arrow().schema}
    schema = schema_of(contract, Roles(contract.data_type.name, contract.data_type.content, bound=bound), types)
    numbered = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW_ID), pl.lit("human").alias(ORIGIN))
    (batch,) = numbered.rechunk().to_arrow().to_batches()
    failures = RowValidator(schema).validate(batch)
    for rule, why in failures.broken.items():
        raise PluginError(f"data type '{contract.data_type.name}': rule '{rule}' could not run: {why}")
    return {rule: at.tolist() for rule, at in failures.failing.items()}
