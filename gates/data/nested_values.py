"""Columns whose values are no single values: lists, structs, maps, bytes, and objects that are written as text."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.data.formats.first_values import DECIDING_SHARE, first_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gates.data.formats.staging import StagedFile

# Column, what it holds, the part that it cannot play, and what is expected.
NO_VALUE = "column '{}' holds {}, which cannot be '{}'; expected {}"
SINGLE_VALUE = "one text, number or time per row"
AS_JSON, AS_PYTHON = "{} written as text", "{} written as Python code"


def nested_kind(kind: pa.DataType) -> str:
    """What a column holds where its values are no texts, numbers or times: `lists`, `bytes`; else ""."""
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "bytes"
    if not pa.types.is_nested(kind):
        return ""
    return "structs" if pa.types.is_struct(kind) else "maps" if pa.types.is_map(kind) else "lists"


def nested_in_files(files: Iterable[StagedFile], column: str) -> str:
    """The same of a column of files, whichever of them has other values than single ones, also where JSON stayed text."""
    own = [file for file in files if column in file.types]
    return next(filter(None, (nested_kind(file.types[column]) or file.nested.get(column) for file in own)), "")


def nested_in_texts(files: Sequence[StagedFile], column: str) -> str:
    """What nearly all first values of a column of text are written as, `lists written as text`; "" for plain words."""
    texts = [file for file in files if file.types.get(column) == pa.string() and file.rows]
    # A file of each origin: what writes one writes its other parts.
    by_origin = {file.file.origin: file for file in reversed(texts)}
    return next(filter(None, (_written(first_values(file.parquet, column)) for file in by_origin.values())), "")


def _written(values: Iterable[object]) -> str:
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    forms = [_form(text) for text in texts]
    return next((form for form in forms if form and forms.count(form) >= DECIDING_SHARE * len(forms)), "")


def _form(text: str) -> str:
    """Words for how a list or an object is written; "" where a text is neither."""
    if text.strip()[0] not in "[{(":
        return ""
    for template, read in ((AS_JSON, json.loads), (AS_PYTHON, ast.literal_eval)):
        try:
            value = read(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, list | tuple | set | dict):
            return template.format("objects" if isinstance(value, dict) else "lists")
    return ""
