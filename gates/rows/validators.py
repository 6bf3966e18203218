"""The schemas that rows of one dataset are held to: the data type's, and the dataset's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.data.values.readings import NO_READINGS, Readings
from gates.rows.failures import BatchFailures, joined
from gates.rows.load import LoadedSchema, load_schema
from gates.rows.schemas.built_in import built_in_schema, plugin_schema
from gates.rows.validation import RowValidator, polars_rows
from gates.run_state import doing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

    from gates.config.row_rules import RowRule
    from gates.contract.plugins.load import LoadedPlugin
    from gates.data.facts import Roles


@dataclass(frozen=True)
class RowSchemas:
    """What is known of a dataset's schemas before its data is opened.

    own: the dataset's own. type_plugin: the plugin that brings the dataset's type along, None for a built-in type.
    """

    own: LoadedSchema | None = None
    type_plugin: LoadedPlugin | None = None

    def validators(
        self,
        roles: Roles,
        column_types: Mapping[str, str],
        view_names: Mapping[str, str] | None = None,
        readings: Readings = NO_READINGS,
    ) -> Validators:
        """The schemas for the columns of the opened dataset.

        column_types: Arrow type by column of the views. view_names: what the views call a column of the files, where
        that is another name. readings: what columns read as. Raises PluginError for a plugin whose schema is none.
        """
        schema = (
            plugin_schema(self.type_plugin, roles, column_types)
            if self.type_plugin
            else built_in_schema(roles, column_types)
        )
        of_type = RowValidator(schema, roles=roles, readings=readings)
        if self.own is None:
            return Validators(of_type)
        own = RowValidator(self.own.model, view_names or {}, roles=roles, readings=readings)
        return Validators(of_type, own, is_draft=self.own.is_draft)


@dataclass(frozen=True)
class Validators:
    """Asks both schemas of batches; where both have a rule, both count. own: None where the dataset has none."""

    of_type: RowValidator
    own: RowValidator | None = None
    is_draft: bool = field(default=False, kw_only=True)

    def rules(self) -> dict[str, RowRule]:
        """The rules of both schemas by id."""
        return {rule.id: rule for one in (self.of_type, self.own) if one for rule in one.rules}

    def drafted(self) -> frozenset[str]:
        """Ids of the rules that only the dataset's own schema has, while that is a draft."""
        if self.own is None or not self.is_draft:
            return frozenset()
        return frozenset({rule.id for rule in self.own.rules} - {rule.id for rule in self.of_type.rules})

    def validate(self, batch: pa.RecordBatch) -> BatchFailures:
        """Every failing row of the batch under every rule, as `RowValidator.validate`."""
        rows = polars_rows(batch)
        of_type = self.of_type.validate_rows(*rows)
        if self.own is None:
            return joined([of_type])
        with doing("applying the rules of its own schema"):
            return joined([of_type, self.own.validate_rows(*rows)])


def row_schemas(schema: str | None, root: Path, type_plugin: LoadedPlugin | None) -> RowSchemas:
    """The schemas, imported. schema: the own one, `path/to/file.py:Name` below the root. type_plugin: as in `RowSchemas`.

    Raises SuiteError for an own schema that does not load.
    """
    return RowSchemas(load_schema(schema, root) if schema else None, type_plugin)
