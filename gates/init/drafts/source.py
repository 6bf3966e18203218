"""The draft of a pandera schema as Python source, for a person to read and edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from gates.config.dataset import schema_name
from gates.config.row_rules import INTEGER_VALUED, PATTERN, RANGE, VOCABULARY
from gates.init.drafts.draft import ColumnDraft, Draft, InferredKind

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = 120
MARK_LINE = "DRAFT = True  # `gates init --accept` removes this line; until then every rule only warns"


def schema_source(draft: Draft, dataset: str) -> str:
    """Source of a module that defines one `DataFrameSchema`, named after the dataset, and the draft mark."""
    own_rules = any(INTEGER_VALUED in column.limits for column in draft.columns)
    body = [line for column in draft.columns for line in _column(column)]
    return "\n".join([
        f'"""Row rules of dataset \'{dataset}\', inferred from {draft.rows:,} of {draft.total_rows:,} human rows.',
        "",
        "Edit freely. How many rows may break a rule stands in the dataset's suites, as `<column>/<rule>`.",
        '"""',
        "",
        *_imports_of_times(draft),
        "import pandera.polars as pa",
        *(["import polars as pl"] if any("pl." in line for line in body) else []),
        *(["", "from gates.rows.schemas.rules import integer_valued"] if own_rules else []),
        "",
        MARK_LINE,
        "",
        f"{schema_name(dataset)} = pa.DataFrameSchema(",
        "    {",
        *(f"        {line}" for line in body),
        "    },",
        f"    name={_quoted(dataset)},",
        ")",
        "",
    ])  # fmt: skip


def _imports_of_times(draft: Draft) -> list[str]:
    ends = [column.minimum for column in draft.columns if isinstance(column.minimum, date)]
    zones = [end for end in ends if isinstance(end, datetime) and end.tzinfo is not None]
    return [*(["import datetime"] if ends else []), *(["import zoneinfo"] if zones else []), *([""] if ends else [])]


def _column(column: ColumnDraft) -> Iterator[str]:
    yield f"{_quoted(column.name)}: pa.Column("
    dtype = dtype_source(column.dtype)
    if dtype:
        yield f"    {dtype},"
    checks = [line for check in _checks(column) for line in check]
    if checks:
        yield "    checks=["
        yield from (f"        {line}" for line in checks)
        yield "    ],"
    n = column.rows + column.missing
    seen = f"missing in {column.missing:,} of {n:,} rows" if column.is_nullable else f"present in all of {n:,} rows"
    yield f"    nullable={column.is_nullable},  # {seen}"
    yield "),"


def _checks(column: ColumnDraft) -> Iterator[list[str]]:
    if RANGE in column.limits:
        # A column of whole floats reads better with whole ends, and compares the same.
        is_whole = column.kind is InferredKind.INTEGER_VALUED
        ends = [int(end) if is_whole else end for end in (column.minimum, column.maximum)]  # type: ignore[arg-type]
        yield [f"# {column.limits[RANGE].reason}", f"pa.Check.in_range({ends[0]!r}, {ends[1]!r}),"]
    if INTEGER_VALUED in column.limits:
        yield ["integer_valued(),"]
    if PATTERN in column.limits:
        yield [f"# {column.limits[PATTERN].reason}", f"pa.Check.str_matches({_quoted(column.pattern)}),"]
    if VOCABULARY in column.limits:
        levels = [_quoted(level) for level in column.vocabulary]
        line = f"pa.Check.isin([{', '.join(levels)}]),"
        comment = f"# {column.limits[VOCABULARY].reason}"
        # 16 columns of indentation in the module.
        if len(line) + 16 <= LINE:
            yield [comment, line]
        else:
            yield [comment, "pa.Check.isin(", "    [", *(f"        {level}," for level in levels), "    ]", "),"]


def dtype_source(dtype: pl.DataType) -> str:
    """The type as Python source; "" for nested types and for nothing but nulls, which get no type rule."""
    if isinstance(dtype, pl.Datetime):
        return f"pl.Datetime({_quoted(dtype.time_unit)}, {_quoted(dtype.time_zone) if dtype.time_zone else None})"
    if isinstance(dtype, pl.Duration):
        return f"pl.Duration({_quoted(dtype.time_unit)})"
    if isinstance(dtype, pl.Decimal):
        return f"pl.Decimal({dtype.precision}, {dtype.scale})"
    if dtype.is_nested() or isinstance(dtype, pl.Null | pl.Object):
        return ""
    return f"pl.{dtype}"


def _quoted(text: str) -> str:
    """A Python string literal, in double quotes where that needs no escapes, as formatters write it."""
    literal = repr(text)
    if '"' in literal or "\\" in literal:
        return literal
    return f'"{literal[1:-1]}"'
