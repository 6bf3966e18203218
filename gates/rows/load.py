"""A user's own schema, imported from their repository by path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

import pandera.polars as pa

from gates.contract.plugins.errors import OwnCode
from gates.contract.plugins.imports import execute, fresh_imports, named_file
from gates.errors import SuiteError, did_you_mean
from gates.rows.schemas.error_lines import telling_lines

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

DRAFT_MARK = "DRAFT"


@dataclass(frozen=True)
class LoadedSchema:
    """A schema and the repository's files it was made from, in path order, the schema's own among them.

    is_draft: the module still carries `DRAFT = True`, so nobody has accepted it.
    """

    model: pa.DataFrameSchema
    sources: tuple[Path, ...]
    is_draft: bool = False


def load_schema(spec: str, root: Path) -> LoadedSchema:
    """The schema that `path/to/file.py:Name` names, the path being relative to the repository's root.

    While it loads, its folder and the root can be imported from; modules of the repository are read afresh and are
    forgotten afterwards, so that two loads do not see each other.
    Raises SuiteError naming file and line where there is no such schema or its module does not import.
    """
    root = root.resolve()
    path, name = named_file(spec, root, "schema")
    with fresh_imports(root, path.parent) as sources:
        module = execute(path, root)
        # Here and not later, because a model's annotations are resolved through its module.
        schema = _schema_in(module, name, spec, OwnCode(root))
        found = sources() | {path}
    return LoadedSchema(schema, tuple(sorted(found)), is_draft=getattr(module, DRAFT_MARK, False) is True)


def _schema_in(module: ModuleType, name: str, spec: str, code: OwnCode) -> pa.DataFrameSchema:
    schema = getattr(module, name, None)
    if isinstance(schema, pa.DataFrameSchema):
        return telling_lines(schema, code)
    if not _is_model(schema):
        known = [
            key for key, value in vars(module).items() if isinstance(value, pa.DataFrameSchema) or _is_model(value)
        ]
        what = "is not there" if schema is None else "is no pandera.polars schema"
        raise SuiteError(f"{spec}: '{name}' {what} ({did_you_mean(name, known)})")
    try:
        return telling_lines(schema.to_schema(), code)
    except Exception as error:
        raise SuiteError(f"{spec}: {code.said(error)}") from error


def _is_model(value: object) -> TypeGuard[type[pa.DataFrameModel]]:
    return isinstance(value, type) and issubclass(value, pa.DataFrameModel) and value is not pa.DataFrameModel
