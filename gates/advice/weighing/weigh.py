"""Weighs the rows of a dataset: by source, or to declared shares of the population."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from gates.advice.material import NO_NAME, SYNTHETIC, material_of
from gates.advice.opened import scanned_dataset
from gates.advice.weighing.density_weights import weights_by_row
from gates.advice.weighing.source_weights import SourceWeight, source_weights
from gates.advice.weighing.weights import Bound, RowWeights
from gates.data.facts import ORIGIN, ROWS_PER_FILE_BITS, row_number
from gates.data.files import manifest_sha256
from gates.errors import GatesError, UsageError
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.groups.population import margin_of
from gates.metrics.stats.raking import UnreachableError, rake
from gates.rows.lot import Lot, read_lot
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.advice.worth.examples import Learner
    from gates.config.dataset import DatasetConfig
    from gates.data.duckdb.dataset import LocalDataset
    from gates.data.scan.result import Scan

HUMAN = Scope.HUMAN.value
# No column of data has these names.
_KIND, _TIMES = "_gates_kind", "_gates_times"


class Method(StrEnum):
    """What weights are made by."""

    SOURCE = "source"
    RAKING = "raking"
    ROWS = "rows"


class NoWeightsError(GatesError):
    """Nothing could be weighed, and the message says why: exit 3."""


@dataclass(frozen=True)
class Weighing:
    """The weights of all rows, and what was measured of each source; no sources where shares of people decide."""

    weights: RowWeights
    sources: tuple[SourceWeight, ...] = ()


def weigh(config: DatasetConfig, method: Method, seed: int, learner: Learner | None = None) -> Weighing:
    """The weights of the dataset in the work tree.

    Raises NoWeightsError where they cannot be measured, UsageError for a method that the configuration lacks something for,
    and what opening a dataset raises.
    """
    with scanned_dataset(config) as (opened, scan), one_thread():
        if method is Method.RAKING:
            return _raked(config, opened, scan, seed)
        return _by_source(config, opened, scan, (method, seed), learner)


def _by_source(
    config: DatasetConfig, opened: LocalDataset, scan: Scan, made_by: tuple[Method, int], learner: Learner | None
) -> Weighing:
    method, seed = made_by
    material = material_of(scan, learner)
    if isinstance(material, str):
        raise NoWeightsError(f"{config.name}: {material}")
    generator = scan.roles.generator
    lot = read_lot(opened, (generator,) if generator else ())
    source = _sources(lot, generator, tuple(material.sources))
    totals = dict(source.filter(lot.frame[ORIGIN] == Scope.SYNTHETIC.value).value_counts().iter_rows())
    weighed = source_weights(material, {name: totals.get(name, 0) for name in (*material.sources, *totals)}, seed)
    weight = {HUMAN: 1.0} | {one.source: one.weight for one in weighed}
    values = source.replace_strict(weight, default=0.0, return_dtype=pl.Float64)
    refused: dict[str, str] = {}
    if method is Method.ROWS:
        by_row, refused = weights_by_row(material, weighed, seed)
        values = _with_rows(lot, values, by_row)
    about: dict[str, Any] = {
        "learner": material.learner.value,
        "label": material.label,
        "subject": material.subject,
        "metric": material.examples.metric,
        "human_rows_read": len(material.human),
        "tried_on": material.tried_on,
    }
    about |= {"not_by_row": refused} if refused else {}
    return Weighing(_weights(config, opened, lot, (source, values), (method, seed, about)), tuple(weighed))


def _sources(lot: Lot, generator: str | None, measured: tuple[str, ...]) -> pl.Series:
    """The source of each row: its generator, or the one source that all synthetic rows are."""
    frame = lot.frame
    if measured == (SYNTHETIC,) or generator is None:
        made: pl.Expr = pl.lit(measured[0])
    else:
        made = pl.col(generator).fill_null(NO_NAME)
    is_human, is_made = pl.col(ORIGIN) == HUMAN, pl.col(ORIGIN) == Scope.SYNTHETIC.value
    return frame.select(
        source=pl.when(is_human).then(pl.lit(HUMAN)).when(is_made).then(made).otherwise(pl.col(ORIGIN))
    ).to_series()


def _with_rows(lot: Lot, values: pl.Series, by_row: Mapping[int, float]) -> pl.Series:
    """The weights with those of rows that have their own."""
    if not by_row:
        return values
    own = pl.Series(lot.row_id).replace_strict(by_row, default=None, return_dtype=pl.Float64)
    return own.fill_null(values)


def _raked(config: DatasetConfig, opened: LocalDataset, scan: Scan, seed: int) -> Weighing:
    """Human rows weighted to the declared shares, mean 1; rows without a level, and synthetic ones, count nothing."""
    declared = scan.declared.population
    if not declared:
        raise UsageError(
            f'{config.name}: no population is declared, to which rows could be weighted; population = "references/population.csv"'
        )
    dimensions = sorted(declared)
    missing = [name for name in dimensions if name not in opened.raw_schema().names]
    if missing:
        raise UsageError(f"{config.name}: population declares shares of '{missing[0]}', which is no column")
    lot = read_lot(opened, dimensions)
    weights = _to_shares(config, lot, declared)
    source = lot.frame[ORIGIN].alias("source")
    about: dict[str, Any] = {"dimensions": dimensions}
    return Weighing(_weights(config, opened, lot, (source, pl.Series(weights)), (Method.RAKING, seed, about)))


def _to_shares(
    config: DatasetConfig, lot: Lot, declared: Mapping[str, Mapping[str, float]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    dimensions = sorted(declared)
    is_used = lot.frame.select(
        (pl.col(ORIGIN) == HUMAN) & pl.all_horizontal(pl.col(dimensions).is_not_null())
    ).to_series()
    rows = lot.frame.filter(is_used).select(dimensions)
    if not rows.height:
        raise NoWeightsError(f"{config.name}: no human row has a level in every dimension of the population")
    tally = rows.group_by(dimensions).agg(pl.len().alias(_TIMES)).sort(dimensions).with_row_index(_KIND)
    margins = [margin_of(name, tally[name], declared[name]) for name in dimensions]
    try:
        raked = rake(tally[_TIMES].to_numpy().astype(np.float64), margins)
    except UnreachableError as error:
        raise NoWeightsError(f"{config.name}: {error}") from error
    kind = rows.join(tally, on=dimensions, how="left", maintain_order="left")[_KIND].to_numpy()
    weights = np.zeros(len(lot))
    weights[is_used.to_numpy()] = raked[kind]
    return weights


def _weights(
    config: DatasetConfig,
    opened: LocalDataset,
    lot: Lot,
    columns: tuple[pl.Series, pl.Series],
    made_by: tuple[Method, int, dict[str, Any]],
) -> RowWeights:
    source, values = columns
    method, seed, about = made_by
    files = pl.Series([file.path for file in opened.files])
    frame = pl.DataFrame(
        {
            "digest": lot.all_shown(),
            "file": files[lot.row_id >> ROWS_PER_FILE_BITS],
            "row": [row_number(row_id) for row_id in lot.row_id.tolist()],
            "origin": lot.frame[ORIGIN],
            "source": source,
            "weight": values.cast(pl.Float64),
        }
    )
    return RowWeights(config.name, method.value, seed, Bound(lot.sha256(), manifest_sha256(opened.files)), frame, about)
