"""All that a dataset's configuration names, read and imported once, before any of its data is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.checking.column_names import view_names
from gates.contract.contract import Contract, load_contract
from gates.data.facts import WRITTEN_ORIGIN, Roles
from gates.data.values.readings import NO_READINGS, Readings
from gates.rows.validators import RowSchemas, Validators, row_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig


@dataclass(frozen=True)
class ResolvedDataset:
    """A dataset's configuration with its data type, plugins, metrics, suites and schemas.

    Whoever judges takes this, and asks neither files nor the plugin registry again. contract: bound to the files that
    the schemas were made from.
    """

    contract: Contract
    schemas: RowSchemas

    @property
    def config(self) -> DatasetConfig:
        """What gates.toml says of the dataset."""
        return self.contract.dataset

    @property
    def data_type(self) -> DataType:
        """The roles and columns of the dataset's type."""
        return self.contract.data_type

    def view_names(self, columns: Mapping[str, str]) -> dict[str, str]:
        """What views of these columns call a column of the files, where that is another name."""
        return view_names(columns, self.config, self.data_type)

    def validators(self, roles: Roles, columns: Mapping[str, str], readings: Readings = NO_READINGS) -> Validators:
        """Both schemas for the columns of the opened dataset.

        columns: Arrow type by column of the views. readings: what columns read as that are written as text.
        """
        names = {self.config.origin: WRITTEN_ORIGIN, **self.view_names(columns)}
        return self.schemas.validators(roles, columns, names, readings)


def resolve(dataset: DatasetConfig, today: date) -> ResolvedDataset:
    """The dataset as its repository states it on a day. Raises what `load_contract` and `load_schema` raise."""
    return with_schemas(load_contract(dataset, today))


def resolve_without_schemas(dataset: DatasetConfig, today: date) -> ResolvedDataset:
    """As `resolve`, where rows may not be checked at all: to import an own schema takes time."""
    return ResolvedDataset(load_contract(dataset, today), RowSchemas())


def with_schemas(contract: Contract) -> ResolvedDataset:
    """A contract with its schemas, whose import takes seconds. Raises what `load_schema` raises."""
    schemas = row_schemas(contract.schema, contract.dataset.root, contract.type_plugin)
    if schemas.own:
        contract = contract.with_sources(schemas.own.sources, schemas.own.modules)
    return ResolvedDataset(contract, schemas)
