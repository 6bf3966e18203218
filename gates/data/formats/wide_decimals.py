"""Decimals of more digits than DuckDB holds, which reads them as fractions in binary, and loses some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gates.data.common_type import MOST_DIGITS

if TYPE_CHECKING:
    from pathlib import Path

    from gates.private_folder import PrivateFolder


def with_narrow_decimals(parquet: Path, folder: PrivateFolder) -> Path:
    """The file, or one with the same rows whose wide decimals became narrow ones, or text where these do not hold them.

    Raises OSError and ArrowException for a file that cannot be read.
    """
    with pq.ParquetFile(parquet) as opened:
        schema = opened.schema_arrow
        wide = [one.name for one in schema if pa.types.is_decimal(one.type) and one.type.precision > MOST_DIGITS]
        if not wide:
            return parquet
        kinds = {name: _narrow_type(opened, name) for name in wide}
        target = folder.new_file()
        fields = [pa.field(one.name, kinds.get(one.name, one.type)) for one in schema]
        with pq.ParquetWriter(target, pa.schema(fields)) as writer:
            for batch in opened.iter_batches():
                columns = [_cast(column, one.type) for column, one in zip(batch.columns, fields, strict=True)]
                writer.write_batch(pa.record_batch(columns, schema=pa.schema(fields)))
    return target


def _narrow_type(opened: pq.ParquetFile, name: str) -> pa.DataType:
    """The decimal with the most digits before its point that holds all values of a column; text where none does."""
    scale = opened.schema_arrow.field(name).type.scale
    kinds = [pa.decimal128(MOST_DIGITS, fraction) for fraction in range(min(max(scale, 0), MOST_DIGITS) + 1)]
    for batch in opened.iter_batches(columns=[name]):
        kinds = [kind for kind in kinds if _holds(batch.column(0), kind)]
    return kinds[0] if kinds else pa.string()


def _holds(values: pa.Array, kind: pa.DataType) -> bool:
    try:
        values.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """The values; as text without zeros at the end, so that equal numbers are equal texts."""
    if values.type == kind:
        return values
    text = pa.types.is_string(kind)
    cast = values.cast(kind)
    return pc.replace_substring_regex(cast, r"\.?0+$", "") if text and values.type.scale > 0 else cast
