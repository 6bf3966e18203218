"""Lists of objects that pandas wrote into a text as Python code: read as what they are, and never run."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from gates.data.formats.first_values import DECIDING_SHARE, SAMPLED_VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gates.private_folder import PrivateFolder

_BEGINS = re.compile(r"\s*\[\s*[{\[(]")
# NumPy writes an array of objects without commas, a line each; within a text a line break is written `\n`.
_NO_COMMA = re.compile(r"([}\])])\s*\n\s*([{\[(])")
# Reading takes some hundred times the memory of the text; a conversation is hardly so long.
_LONGEST = 1 << 20


def with_json_lists(parquet: Path, folder: PrivateFolder) -> Path:
    """The rows with such lists as JSON in columns of text that nearly all hold them, else the file as it is.

    Whatever is no such list stays as it is written.
    """
    columns = _columns(parquet)
    if not columns:
        return parquet
    target = folder.new_file()
    with pq.ParquetFile(parquet) as opened, pq.ParquetWriter(target, opened.schema_arrow) as writer:
        for batch in opened.iter_batches():
            rewritten = batch
            for name in columns:
                at = batch.schema.get_field_index(name)
                texts = [text if text is None else json_list(text) or text for text in batch.column(at).to_pylist()]
                rewritten = rewritten.set_column(
                    at, batch.schema.field(at), pa.array(texts, batch.schema.field(at).type)
                )
            writer.write_batch(rewritten)
    folder.discard(parquet)
    return target


def json_list(text: str) -> str | None:
    """The JSON of a list of objects, or of pairs of texts, that is written as Python code; None for any other text."""
    if len(text) > _LONGEST or not _BEGINS.match(text):
        return None
    try:
        value = ast.literal_eval(_NO_COMMA.sub(r"\1, \2", text.strip()))
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return written if isinstance(value, list) and all(map(_is_turn, value)) else None


def _is_turn(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value)
    return isinstance(value, list | tuple) and all(isinstance(part, str | None) for part in value)


def _columns(parquet: Path) -> Sequence[str]:
    # Opened once: to read what a file of thousands of columns says of itself takes as long as its first rows.
    with pq.ParquetFile(parquet) as opened:
        texts = [field.name for field in opened.schema_arrow if field.type in (pa.string(), pa.large_string())]
        first = next(opened.iter_batches(batch_size=SAMPLED_VALUES, columns=texts), None) if texts else None
    if first is None:
        return []
    places = {name: first.schema.get_field_index(name) for name in texts}
    return [name for name, at in places.items() if at >= 0 and _holds_lists(first.column(at).to_pylist())]


def _holds_lists(values: Sequence[object]) -> bool:
    """Whether nearly all values that say something are lists in Python's words, which JSON's are not."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    # Most columns are none, which their first values show at once.
    if not any(map(_BEGINS.match, texts[:3])):
        return False
    lists = sum(1 for text in texts if not _is_json(text) and json_list(text) is not None)
    return lists >= DECIDING_SHARE * len(texts)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
