"""Reads prompts, answers and system texts out of the columns that hold conversations.

A role of text may hold a conversation in any shape: `response`, `chosen` and `rejected` are then the assistant's last
message, any other text all messages but the system's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.config.data_types import COMPLETIONS, MESSAGES, DataType
from gates.data.conversations.shapes import (
    KEYS,
    Shape,
    has_keys,
    is_list,
    shape_of_texts,
    shape_of_type,
)
from gates.data.facts import TURNS
from gates.data.formats.first_values import first_values
from gates.data.nested_values import AS_JSON, NO_VALUE, SINGLE_VALUE, nested_kind
from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gates.data.columns import Column
    from gates.data.formats.staging import StagedFile

MESSAGES_TYPE = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
# Roles that hold what the assistant says to a prompt.
_ANSWERS = ("response", "chosen", "rejected")
# SQL of what is read, `{}` being what a macro has made of the value.
_MESSAGES_OF = "{}.messages"
_READINGS = {
    "prompt": f"gates_prompt({_MESSAGES_OF})",
    "response": f"gates_answer({_MESSAGES_OF})",
    "system": f"gates_system({_MESSAGES_OF})",
}
# Texts beside the main ones.
_PROSE = ("system", "message", "rationale")
_JSON = tuple(AS_JSON.format(kind) for kind in ("lists", "objects"))
_RANKED = {"chosen": "{}[1]", "rejected": "CASE WHEN len({}) > 1 THEN {}[-1] END"}


@dataclass(frozen=True)
class Conversations:
    """Finds the conversations among the columns of files.

    bound: the roles that columns play. place: the line of the configuration that names the columns.
    """

    files: Sequence[StagedFile]
    kind: DataType
    bound: Collection[str]
    place: str

    def read(self, columns: Sequence[Column]) -> list[Column]:
        """The columns, where texts are what conversations say, and those that are read out of one beside them.

        `messages` and `history` hold a list of {role, content} whatever the files hold; NULL where a value is no
        conversation. Raises UsageError where the column of a role holds other lists, structs or bytes, which no check takes for a value.
        """
        names = {column.name for column in columns}
        readings = [self._read(column, names) if column.name in self.bound else column for column in columns]
        return readings + self._derived(columns)

    def _read(self, column: Column, names: Collection[str]) -> Column:
        if column.name in self.kind.conversations:
            return self._conversation(column, names)
        if column.name == COMPLETIONS:
            return column
        if column.name in self.kind.texts and self._shape(column):
            macro = "gates_answer" if column.name in _ANSWERS else "gates_spoken"
            # Among conversations written as text a value that is none is a text.
            otherwise = "NULL" if is_list(column.kind) else "{}.value"
            spoken = f"CASE WHEN {_MESSAGES_OF} IS NULL THEN {otherwise} ELSE {macro}({_MESSAGES_OF}) END"
            return _reading(column, spoken)
        self._check_value(column)
        return column

    def _conversation(self, column: Column, names: Collection[str]) -> Column:
        """A column of conversations; messages beside a response, and a history in words, are columns like any other."""
        is_history = column.name != MESSAGES
        if ("response" in names) != is_history:
            return column
        self._check_shape(column)
        if is_history and not self._shape(column):
            return column
        return _reading(column, _MESSAGES_OF, kind=MESSAGES_TYPE)

    def _derived(self, columns: Sequence[Column]) -> list[Column]:
        by_name = {column.name: column for column in columns}
        if MESSAGES in by_name and self.kind.derived and "response" not in by_name:
            missing = [role for role in self.kind.derived if role not in by_name]
            return [_reading(replace(by_name[MESSAGES], name=role), _READINGS[role]) for role in missing]
        if COMPLETIONS in self.bound and COMPLETIONS in by_name:
            missing = [role for role in _RANKED if role not in by_name]
            source = by_name[COMPLETIONS]
            return [_reading(replace(source, name=role), _RANKED[role], "gates_ranked") for role in missing]
        main = by_name.get(next(iter(self.kind.texts), ""))
        if main is None or main.name not in self.bound or not self._shape(main):
            return []
        has_turns = any(column.name in self.kind.conversations for column in columns)
        turns = [] if has_turns else [_reading(replace(main, name=TURNS), _MESSAGES_OF, kind=MESSAGES_TYPE)]
        if main.name != "chosen" or "prompt" not in self.kind.required_roles or "prompt" in by_name:
            return turns
        return [_reading(replace(main, name="prompt"), _READINGS["prompt"]), *turns]

    def _shape(self, column: Column) -> Shape | None:
        """The shape of a column of lists, or of text whose first values are nearly all conversations."""
        if not pa.types.is_string(column.kind):
            return shape_of_type(column.kind)
        file = next((file for file in self.files if file.types.get(column.source) == pa.string()), None)
        shape = shape_of_texts(first_values(file.parquet, column.source)) if file else None
        # Only pairs are read out of transcripts: elsewhere "Human:" may be part of a text.
        return None if shape is Shape.TRANSCRIPT and column.name not in ("chosen", "rejected") else shape

    def _check_shape(self, column: Column) -> None:
        if pa.types.is_string(column.kind) or shape_of_type(column.kind):
            return
        expected = " or ".join(f"{{{', '.join(keys)}}}" for keys in KEYS)
        strange = _keys(column.kind)
        if strange and not has_keys(strange):
            raise UsageError(
                f"{self.place}: column '{column.source}' holds lists of {{{', '.join(strange)}}}; expected messages of {expected}: rename the keys"
            )
        content = nested_kind(column.kind) or f"{column.kind} values"
        sentence = NO_VALUE.format(column.source, content, column.name, f"messages of {expected}")
        raise UsageError(f"{self.place}: {sentence}")

    def _check_value(self, column: Column) -> None:
        """Raises UsageError for a column whose values are no texts, numbers or times."""
        is_text = column.name in self.kind.texts
        if is_text and _keys(column.kind):
            self._check_shape(column)
        is_prose = is_text or column.name in _PROSE
        if column.holds and not self._may_hold(column, is_prose=is_prose):
            expected = "text, or messages of {role, content}" if is_text else SINGLE_VALUE
            raise UsageError(f"{self.place}: {NO_VALUE.format(column.source, column.holds, column.name, expected)}")

    def _may_hold(self, column: Column, *, is_prose: bool) -> bool:
        """A digest is a key, and a text that somebody wrote as JSON is a text; it names nothing."""
        return (column.name, column.holds) == (self.kind.key, "bytes") or (is_prose and column.holds in _JSON)


def _reading(
    column: Column, template: str, parse: str = "gates_conversation", *, kind: pa.DataType | None = None
) -> Column:
    """The column, read by SQL in which `{}` stands for what a macro makes of what the files hold."""

    def reading(value: str) -> str:
        return template.replace("{}", value)

    return replace(column, sql_type="VARCHAR", kind=kind or pa.string(), reading=reading, parse=parse)


def _keys(kind: pa.DataType) -> tuple[str, ...]:
    """The keys of the structs in a list."""
    if not is_list(kind) or not pa.types.is_struct(kind.value_type):
        return ()
    return tuple(field.name for field in kind.value_type)
