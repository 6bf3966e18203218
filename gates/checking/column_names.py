"""The names that columns have in the files: views and metrics know a column of `columns` by its role alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.contract.suites.suite import ROW_FAILURES
from gates.data.columns import name_in_files
from gates.data.roles import mapped_roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.verdict import CheckResult

# How every message of a metric names a column; in other places a word may be a level, or a word of a text.
_COLUMN = re.compile(r"\bcolumn '([^']+)'")


def view_names(columns: Iterable[str], dataset: DatasetConfig, kind: DataType) -> dict[str, str]:
    """What the views call a column of the files, where that is another name: `{"body": "text"}`.

    columns: those of the views. Own suites and schemas speak of the files' columns; a role's name means the role where
    no column of the files has that name.
    """
    columns, roles = set(columns), mapped_roles(dataset, kind)
    namesakes = {name_in_files(name): name for name in columns if name_in_files(name) in roles}
    # The first role that a column plays, where it plays several.
    mapped = {column: role for role, column in reversed(list(roles.items())) if role in columns and role != column}
    return {**{file: view for file, view in namesakes.items() if file != view}, **mapped}


def own_name(column: str, dataset: DatasetConfig, kind: DataType) -> str:
    """What files call a column of the views."""
    return mapped_roles(dataset, kind).get(column) or name_in_files(column)


def with_own_names(results: Iterable[CheckResult], dataset: DatasetConfig, kind: DataType) -> list[CheckResult]:
    """The results, where a message says `column 'body' (text)` of `columns = { text = "body" }`.

    Ids and evidence keep the roles: that a column got another name must not make another check of it.
    """
    names = {role: column for role, column in mapped_roles(dataset, kind).items() if role != column}
    if not names:
        return list(results)
    return [replace(result, message=_message(result, names)) for result in results]


def _message(result: CheckResult, names: Mapping[str, str]) -> str:
    message = _COLUMN.sub(lambda match: _named(match[1], names), result.message)
    role = result.id.detail.partition("/")[0]
    if result.id.type == ROW_FAILURES and role in names and result.id.detail in message:
        sentence = message.removesuffix(".")
        message = f"{sentence}; {_named(role, names)}{message[len(sentence) :]}"
    return message


def _named(name: str, names: Mapping[str, str]) -> str:
    return f"column '{names[name]}' ({name})" if name in names else f"column '{name}'"
