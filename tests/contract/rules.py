"""Contracts of the row rules: by data type and rule, one row that breaks it and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.contract.changes import after, every_cell, with_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.contract.datasets import Dataset

    Change = Callable[[Dataset], Dataset]

_LONGEST = 10_000_000
_TEXT = "Some words that nobody else says"


def _cell(column: str, value: object) -> Change:
    """The first row of each origin with another value."""
    return after(*(with_cells(origin, column, value, 1) for origin in ("human", "synthetic")))


def _same(column: str, other: str) -> Change:
    """The first row of each origin says the same in both columns."""

    def change(dataset: Dataset) -> Dataset:
        first = pl.int_range(pl.len()).over("origin") == 0
        values = pl.when(first).then(pl.col(other)).otherwise(pl.col(column))
        return dataset.having(rows=dataset.rows.with_columns(values.alias(column)))

    return change


def _as_numbers(column: str) -> Change:
    return every_cell(column, pl.int_range(pl.len()))


def _of_type(column: str, kind: pl.DataType | type[pl.DataType]) -> Change:
    def change(dataset: Dataset) -> Dataset:
        numbers = pl.int_range(pl.len()).cast(kind)
        return dataset.having(rows=dataset.rows.with_columns(numbers.alias(column)))

    return change


def _unreadable_time(dataset: Dataset) -> Dataset:
    rows = dataset.rows.with_columns(timestamp=pl.col("timestamp").cast(pl.String))
    return _cell("timestamp", "yesterday")(dataset.having(rows=rows))


def _wordy_value(dataset: Dataset) -> Dataset:
    rows = dataset.rows.with_columns(value=pl.col("value").cast(pl.String))
    return _cell("value", "much")(dataset.having(rows=rows))


def _of_text(column: str) -> dict[str, Change]:
    return {
        f"{column}/not-blank": _cell(column, " \t"),
        f"{column}/valid-unicode": _cell(column, f"{_TEXT} \ufffd"),
        f"{column}/no-nul": _cell(column, f"{_TEXT} \0"),
        f"{column}/length": _cell(column, "o" * (_LONGEST + 1)),
        f"{column}/type": _of_type(column, pl.Int64),
    }


RULES: Mapping[str, Mapping[str, Change]] = {
    "tabular": {f"{column}/finite": _cell(column, float("inf")) for column in ("age", "height", "income")},
    "text": _of_text("text"),
    "instruction": {
        **_of_text("prompt"),
        **_of_text("response"),
        "response/differs-from-prompt": _same("response", "prompt"),
        "response/no-leaked-frame": _cell("response", f"{_TEXT}\nOutput: more"),
    },
    "preference": {
        **_of_text("prompt"),
        **_of_text("chosen"),
        **_of_text("rejected"),
        "chosen/not-json-literal": _cell("chosen", "true"),
        "rejected/not-json-literal": _cell("rejected", "false"),
        "rejected/differs-from-chosen": _same("rejected", "chosen"),
    },
    "translation": {
        **_of_text("source"),
        **_of_text("target"),
        "target/differs-from-source": _same("target", "source"),
        "target/length-ratio": _cell("target", "so " * 1000),
        "source_language/bcp-47": _cell("source_language", "english"),
        "source_language/not-blank": _cell("source_language", " "),
        "source_language/type": _of_type("source_language", pl.Int64),
        "target_language/bcp-47": _cell("target_language", "german"),
        "target_language/not-blank": _cell("target_language", " "),
        "target_language/type": _of_type("target_language", pl.Int64),
        "target_language/differs-from-source-language": _same("target_language", "source_language"),
    },
    "annotations": {f"{column}/not-blank": _cell(column, None) for column in ("item", "annotator", "label")},
    "timeseries": {
        "entity/not-blank": _cell("entity", ""),
        "timestamp/parseable": _unreadable_time,
        "value/type": _wordy_value,
        "value/finite": _cell("value", float("inf")),
        "value/not-null": after(*(with_cells(origin, "value", None, 10) for origin in ("human", "synthetic"))),
    },
    "events": {"timestamp/parseable": _unreadable_time, "event/not-blank": _cell("event", None)},
}
# What changes a whole column cannot be shown beside other faults; every other change is one of a row of each origin.
WHOLE_COLUMN = ("/type", "timestamp/parseable", "value/not-null")
# Rules that the same cell breaks as well, because it has both faults.
ALSO: Mapping[str, frozenset[str]] = {
    "target/length": frozenset({"target/length-ratio"}),
    "source/length": frozenset({"target/length-ratio"}),
    "source_language/not-blank": frozenset({"source_language/bcp-47"}),
    "target_language/not-blank": frozenset({"target_language/bcp-47"}),
}


def broken_apart(kind: str) -> Change:
    """Every rule of a type that a single row can break, broken by a row of each origin that breaks it alone."""
    rules = rules_of_single_rows(kind)

    def change(dataset: Dataset) -> Dataset:
        place = pl.int_range(pl.len()).over("origin")
        pairs = [dataset.rows.filter(place == number) for number in range(len(rules))]
        spoilt = [RULES[kind][rule](dataset.having(rows=pair)).rows for rule, pair in zip(rules, pairs, strict=True)]
        return dataset.having(rows=pl.concat([*spoilt, dataset.rows.filter(place >= len(rules))]))

    return change


def rules_of_single_rows(kind: str) -> list[str]:
    """Those that a cell breaks, without another type of the whole column."""
    return [rule for rule in RULES[kind] if not rule.endswith(WHOLE_COLUMN)]
