"""A user's own schema, imported from their repository by path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

import pandera.polars as pa

from gates.contract.plugins.errors import OwnCode
from gates.contract.plugins.own_files import named_file
from gates.contract.plugins.own_modules import OwnModules
from gates.errors import SuiteError, did_you_mean, foreign_code
from gates.rows.schemas.built_in import with_error_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

DRAFT_MARK = "DRAFT"


@dataclass(frozen=True)
class LoadedSchema:
    """A schema and the repository's files it was made from: sha256 by path, the schema's own among them.

    modules: as `OwnModules.names`. is_draft: the module still carries `DRAFT = True`, so it has not been accepted.
    """

    model: pa.DataFrameSchema
    sources: Mapping[str, str]
    is_draft: bool = False
    modules: Mapping[str, str] = field(default_factory=dict)


def load_schema(spec: str, root: Path) -> LoadedSchema:
    """The schema that `path/to/file.py:Name` names, the path being relative to the repository's root.

    Its folder and the root can be imported from; modules of the repository are read afresh (`OwnModules`).
    Raises SuiteError naming file and line where there is no such schema or its module does not import.
    """
    root = root.resolve()
    path, name = named_file(spec, root, "schema")
    modules = OwnModules(root, (path.parent, root))
    module = modules.execute(path)
    schema = _schema_in(module, name, spec, OwnCode(root))
    modules.seal()
    is_draft = getattr(module, DRAFT_MARK, False) is True
    return LoadedSchema(schema, modules.sources, is_draft, modules.names)


def _schema_in(module: ModuleType, name: str, spec: str, code: OwnCode) -> pa.DataFrameSchema:
    schema = getattr(module, name, None)
    if isinstance(schema, pa.DataFrameSchema):
        return with_error_lines(schema, code)
    if not _is_model(schema):
        names = [
            key for key, value in vars(module).items() if isinstance(value, pa.DataFrameSchema) or _is_model(value)
        ]
        if library := _other_library(schema):
            raise SuiteError(
                f"{spec}: '{name}' is a schema for {library}, and rows are read with polars: import pandera.polars in its "
                "module in place of pandera, and use types of polars"
            )
        what = "is not there" if schema is None else "is no pandera.polars schema"
        raise SuiteError(f"{spec}: '{name}' {what} ({did_you_mean(name, names)})")
    with foreign_code(lambda error: SuiteError(f"{spec}: {code.format_error(error)}")):
        return with_error_lines(schema.to_schema(), code)


def _other_library(schema: object) -> str:
    """The library of tables that a schema of pandera is for, where it is not polars; "" for what is no schema."""
    kinds = schema.__mro__ if isinstance(schema, type) else type(schema).__mro__
    matches = (
        re.match(r"pandera\.api\.(pandas|pyspark|ibis|geopandas|modin|dask)\b", kind.__module__) for kind in kinds
    )
    return next((match.group(1) for match in matches if match), "")


def _is_model(value: object) -> TypeGuard[type[pa.DataFrameModel]]:
    return isinstance(value, type) and issubclass(value, pa.DataFrameModel) and value is not pa.DataFrameModel
