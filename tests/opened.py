"""Datasets opened with the type that their configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.contract.plugins.registry import data_type_of
from gates.data import evaluation
from gates.data.duckdb import dataset

if TYPE_CHECKING:
    from gates.config.dataset import DatasetConfig
    from gates.data.duckdb.dataset import LocalDataset
    from gates.data.evaluation import EvaluationSets


def open_dataset(config: DatasetConfig, **options) -> LocalDataset:
    return dataset.open_dataset(config, data_type_of(config), **options)


def open_holdout(config: DatasetConfig, **options) -> LocalDataset | None:
    return dataset.open_holdout(config, data_type_of(config), **options)


def open_evaluation(config: DatasetConfig, **options) -> EvaluationSets | None:
    return evaluation.open_evaluation(config, data_type_of(config), **options)
