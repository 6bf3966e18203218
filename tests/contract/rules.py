"""Contracts of the row rules: by data type and rule, one row that breaks it and no other."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import polars as pl

from gates.config.data_types import DATA_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.contract.sound_datasets import Dataset

    Change = Callable[[Dataset], Dataset]

RULES: Mapping[str, Mapping[str, Change]] = {
    kind: import_module(f"tests.contract.data_types.{kind}").RULES for kind in DATA_TYPES
}
# What changes a whole column cannot be shown beside other faults; every other change is one of a row of each origin.
WHOLE_COLUMN = ("/type", "timestamp/parseable", "/not-null")
# Rules that synthetic rows may break as often as human rows do.
BEYOND_HUMAN = (
    "/keeps-numbers",
    "/keeps-placeholders",
    "/no-leaked-frame",
    "/no-markup",
    "/not-missing-word",
    "/valid-unicode",
    "response/differs-from-prompt",
)
# Rules that the same cell breaks as well, because it has both faults.
ALSO: Mapping[str, frozenset[str]] = {
    # None of these cells has the number of its source.
    **dict.fromkeys(
        ("target/no-nul", "target/valid-unicode", "target/length-ratio"), frozenset({"target/keeps-numbers"})
    ),
    "target/length": frozenset({"target/length-ratio", "target/keeps-numbers"}),
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
