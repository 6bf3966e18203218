"""Scans made from frames in memory, for tests and benchmarks of metrics."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.data_types import data_type
from gates.data.batch import feed
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckSortedTable, DuckTable, table_apart
from gates.data.facts import ORIGIN, ROW_ID, FileFacts, Roles
from gates.data.scan.inputs import Declarations
from gates.data.scan.result import Drawn
from gates.data.scan.run import ScanRequest, scan
from gates.data.values.readings import NO_READINGS, Readings
from gates.data.values.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from gates.data.arrays import Ints
    from gates.data.batch import Consumer
    from gates.data.scan.result import Scan


@dataclass(frozen=True)
class MemorySource:
    """An opened dataset over one frame with ORIGIN; what `gates.data.scan.run.scan` reads."""

    frame: pl.DataFrame
    roles: Roles
    files: tuple[FileFacts, ...] = field(default=())
    batch_rows: int = 20_000
    readings: Readings = NO_READINGS

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._numbered().to_arrow().to_batches(max_chunksize=self.batch_rows)

    def fold(self, consumers: Iterable[Consumer], _files: object = None) -> None:
        feed(self.batches(), consumers, self.readings)

    def columns(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        yield from self._numbered().select(names).to_arrow().to_batches(max_chunksize=self.batch_rows)

    def surveyed(self) -> MemorySource:
        """The same rows, whose columns are read as `gates check` reads them."""
        return replace(self, readings=survey(self))

    def schema(self) -> pa.Schema:
        return self.readings.schema(self.raw_schema())

    def raw_schema(self) -> pa.Schema:
        return self._numbered().clear().to_arrow().schema

    def index_table(self) -> DuckTable:
        return table_apart(connect, DuckTable)

    def sorted_table(self, by: Sequence[str]) -> DuckSortedTable:
        return table_apart(connect, lambda reader: DuckSortedTable(reader, by))

    def take(self, row_ids: Ints, columns: Sequence[str] | None = None) -> pl.DataFrame:
        rows = self.readings.apply(self._numbered()[np.asarray(row_ids)])
        return rows if columns is None else rows.select(dict.fromkeys([*columns, ROW_ID, ORIGIN]))

    def _numbered(self) -> pl.DataFrame:
        return self.frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW_ID))


def with_inputs(scan: Scan, **inputs: object) -> Scan:
    """The same rows of which something else was known before; roles, evaluation and so on, as `PassInputs` has them."""
    return replace(scan, inputs=replace(scan.inputs, **inputs), _memo={}, _collected={})  # type: ignore[arg-type]


def with_samples(scan: Scan, **samples: object) -> Scan:
    """The same rows of which others were drawn: human, synthetic or generators."""
    drawn = Drawn(replace(scan.samples, **samples))  # type: ignore[arg-type]
    return replace(scan, draw=lambda _scan: drawn, _memo={})


def table_scan(
    human: pl.DataFrame,
    synthetic: pl.DataFrame,
    holdout: pl.DataFrame | None = None,
    request: ScanRequest | None = None,
    **roles: object,
) -> Scan:
    """A scan of a table; columns named like lineage roles are not content."""
    both = pl.concat(
        [human.with_columns(pl.lit("human").alias(ORIGIN)), synthetic.with_columns(pl.lit("synthetic").alias(ORIGIN))],
        how="diagonal_relaxed",
    )
    generator = "generator" if "generator" in both.columns else None
    content = tuple(name for name in both.columns if name not in (ORIGIN, "generator"))
    lineage = {"generator": "generator"} if generator else {}
    bound_roles = Roles(
        "tabular", content, generator=generator, lineage=lineage, mappable=data_type("tabular").roles, **roles
    )  # type: ignore[arg-type]
    facts = (FileFacts("data/mix.parquet", both.height, dict.fromkeys(content, "string"), "0" * 64, 1),)
    source = MemorySource(both, bound_roles, facts).surveyed()
    holdout_source = (
        None
        if holdout is None
        else MemorySource(
            holdout.with_columns(pl.lit("human").alias(ORIGIN)), bound_roles, facts, readings=source.readings
        )
    )
    return scan(
        source,
        request or ScanRequest(declared=Declarations(purpose="finetune")),
        holdout_source,
    )
