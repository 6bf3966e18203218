"""Reads prompt, response and system out of conversations, a list of {role, content} per row.

Lists of {from, value}, as ShareGPT has them, are read as such: `human` is the user, `gpt` the assistant. The response is the last message of the assistant. The prompt is everything that was said before it, messages parted
by a blank line, without what the system says; in a conversation of one turn that is the user's message.

A role of text may hold messages as well, as `prompt`, `chosen` and `rejected` of preferences do: an answer is the last
message of the assistant, any other text is all messages but the system's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.config.data_types import MESSAGES
from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gates.config.data_types import DataType
    from gates.data.columns import Column

MESSAGES_TYPE = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
# The keys of a message as chat templates have them, and as ShareGPT has them.
SHAPES = (("role", "content"), ("from", "value"))
_SHAPE = """'[{"role": "VARCHAR", "content": "VARCHAR", "from": "VARCHAR", "value": "VARCHAR"}]'"""
# ShareGPT's words for who speaks; other words stay as they are, and break the rule `messages/roles-alternate`.
_SPEAKER = """CASE WHEN x."from" IN ('human', 'user') THEN 'user' WHEN x."from" IN ('gpt', 'assistant') THEN 'assistant' ELSE x."from" END"""
_MESSAGE = f"""CASE WHEN x.role IS NULL AND x."from" IS NOT NULL THEN {{'role': {_SPEAKER}, 'content': x."value"}} ELSE {{'role': x.role, 'content': x.content}} END"""
# Roles that hold what the assistant says to a prompt.
_ANSWERS = ("response", "chosen", "rejected")
_SYSTEM = "('system', 'developer')"


def with_messages(columns: Sequence[Column], kind: DataType, place: str) -> list[Column]:
    """The columns, and where one of them is `messages` and none the response, what its conversations say.

    `messages` itself then holds a list of {role, content} whatever the files hold: lists, or text that is JSON; NULL
    where a value is neither. Raises UsageError where the files hold lists of structs with other keys.
    """
    read_columns = list(columns)
    names = {column.name for column in read_columns}
    if MESSAGES not in names or not kind.derived or "response" in names:
        return read_columns
    at = next(number for number, column in enumerate(read_columns) if column.name == MESSAGES)
    _check_keys(read_columns[at], place)
    read = replace(read_columns[at], sql_type="VARCHAR")
    read_columns[at] = replace(read, kind=MESSAGES_TYPE, reading=messages_sql)
    derived = [(role, _READINGS[role]) for role in kind.derived if role not in names]
    return read_columns + [replace(read, name=role, kind=pa.string(), reading=reading) for role, reading in derived]


def with_texts(columns: Sequence[Column], kind: DataType, bound: Collection[str], place: str) -> list[Column]:
    """The columns, where those of text that hold messages become the text that these say.

    bound: the roles that columns play. Raises UsageError where the column of one holds other lists, structs or bytes,
    which no check takes for a value.
    """
    return [
        _as_value(column, kind, place) if column.name in bound and column.name != MESSAGES else column
        for column in columns
    ]


def _as_value(column: Column, kind: DataType, place: str) -> Column:
    is_text = column.name in kind.texts
    if is_text and _is_list_of_structs(column.kind):
        _check_keys(column, place)
        reading = _response if column.name in _ANSWERS else _contents
        return replace(column, sql_type="VARCHAR", kind=pa.string(), reading=reading)
    is_key = column.name == kind.key
    if pa.types.is_nested(column.kind) or (_is_bytes(column.kind) and not is_key):
        expected = "text, or messages of {role, content}" if is_text else "one text, number or time per row"
        raise UsageError(
            f"{place}: column '{column.source}' holds {_plural(column.kind)}, which cannot be '{column.name}'; expected {expected}"
        )
    return column


def _plural(kind: pa.DataType) -> str:
    if _is_bytes(kind):
        return "bytes"
    return "structs" if pa.types.is_struct(kind) else "maps" if pa.types.is_map(kind) else "lists"


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_list_of_structs(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(is_list and (pa.types.is_struct(kind.value_type) or pa.types.is_null(kind.value_type)))


def _check_keys(column: Column, place: str) -> None:
    keys = strange_keys(column.kind)
    if keys is not None:
        expected = " or ".join(f"{{{', '.join(shape)}}}" for shape in SHAPES)
        raise UsageError(
            f"{place}: column '{column.source}' holds lists of {{{', '.join(keys)}}}; expected messages of {expected}: rename the keys"
        )


def messages_sql(text: str) -> str:
    """SQL of the messages in SQL of JSON text."""
    return f"[{_MESSAGE} FOR x IN from_json(CASE WHEN json_valid({text}) THEN {text} END, {_SHAPE})]"


def strange_keys(kind: pa.DataType) -> tuple[str, ...] | None:
    """The keys of the messages in a list of structs, where they are neither of `SHAPES`; else None."""
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not pa.types.is_struct(kind.value_type):
        return None
    keys = tuple(field.name for field in kind.value_type)
    return None if any(set(shape) <= {*keys} for shape in SHAPES) else keys


def _response(text: str) -> str:
    return f"[x.content FOR x IN {messages_sql(text)} IF x.role = 'assistant'][-1]"


def _system(text: str) -> str:
    contents = f"[x.content FOR x IN {messages_sql(text)} IF x.role IN {_SYSTEM}]"
    return f"nullif(array_to_string({contents}, {_BLANK_LINE}), '')"


def _contents(text: str) -> str:
    spoken = f"[x.content FOR x IN {messages_sql(text)} IF coalesce(x.role, '') NOT IN {_SYSTEM}]"
    return f"nullif(array_to_string({spoken}, {_BLANK_LINE}), '')"


def _prompt(text: str) -> str:
    messages = messages_sql(text)
    from_end = f"list_position(list_reverse([x.role FOR x IN {messages}]), 'assistant')"
    before = f"({messages})[:len({messages}) - nullif({from_end}, 0)]"
    return f"array_to_string([x.content FOR x IN {before} IF x.role NOT IN {_SYSTEM}], {_BLANK_LINE})"


_BLANK_LINE = "chr(10) || chr(10)"
_READINGS: dict[str, Callable[[str], str]] = {"prompt": _prompt, "response": _response, "system": _system}
