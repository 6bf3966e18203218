"""Reads prompt, response and system out of conversations, a list of {role, content} per row.

The response is the last message of the assistant. The prompt is everything that was said before it, messages parted
by a blank line, without what the system says; in a conversation of one turn that is the user's message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.configuration.data_types import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.configuration.data_types import DataType
    from gates.engines.columns import Column

MESSAGES_TYPE = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SHAPE = """'[{"role": "VARCHAR", "content": "VARCHAR"}]'"""
_SYSTEM = "('system', 'developer')"


def with_messages(columns: Sequence[Column], kind: DataType) -> list[Column]:
    """The columns, and where one of them is `messages` and none the response, what its conversations say.

    `messages` itself then holds a list of {role, content} whatever the files hold: lists, or text that is JSON; NULL
    where a value is neither.
    """
    found = list(columns)
    names = {column.name for column in found}
    if MESSAGES not in names or not kind.derived or "response" in names:
        return found
    at = next(number for number, column in enumerate(found) if column.name == MESSAGES)
    read = replace(found[at], sql_type="VARCHAR")
    found[at] = replace(read, kind=MESSAGES_TYPE, reading=messages_sql)
    derived = [(role, _READINGS[role]) for role in kind.derived if role not in names]
    return found + [replace(read, name=role, kind=pa.string(), reading=reading) for role, reading in derived]


def messages_sql(text: str) -> str:
    """SQL of the messages in SQL of JSON text."""
    return f"from_json(CASE WHEN json_valid({text}) THEN {text} END, {_SHAPE})"


def _response(text: str) -> str:
    return f"[x.content FOR x IN {messages_sql(text)} IF x.role = 'assistant'][-1]"


def _system(text: str) -> str:
    said = f"[x.content FOR x IN {messages_sql(text)} IF x.role IN {_SYSTEM}]"
    return f"nullif(array_to_string({said}, {_BLANK_LINE}), '')"


def _prompt(text: str) -> str:
    messages = messages_sql(text)
    from_end = f"list_position(list_reverse([x.role FOR x IN {messages}]), 'assistant')"
    before = f"({messages})[:len({messages}) - nullif({from_end}, 0)]"
    return f"array_to_string([x.content FOR x IN {before} IF x.role NOT IN {_SYSTEM}], {_BLANK_LINE})"


_BLANK_LINE = "chr(10) || chr(10)"
_READINGS: dict[str, Callable[[str], str]] = {"prompt": _prompt, "response": _response, "system": _system}
