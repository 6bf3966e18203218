"""Contracts of the checks that compare with the version promoted last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.history.previous_human_rows import NOTHING_BEFORE
from gates.metrics.history.regressions import FAMILIES
from gates.verdict import Outcome
from tests.contract.case import Case, Missing
from tests.contract.cases_common import EVERY, EXACT, RATED, region
from tests.contract.changes import after, every_cell, having, keeping
from tests.contract.sound_datasets import TEXT_TYPES
from tests.promotions.promoted_before import promoted, recorded

if TYPE_CHECKING:
    from tests.contract.changes import Change
    from tests.contract.sound_datasets import Dataset

KEPT = "combined/expect_human_rows_to_be_kept"
FIRST_TAIL = "combined/expect_first_version_to_be_covered"
NUMERIC = ("tabular", "timeseries", "events")
NEVER_PROMOTED = Missing(having(before=None), Outcome.NOT_CONFIGURED, NOTHING_BEFORE)


def promoted_as_it_is(dataset: Dataset) -> Dataset:
    """The version promoted last had the people that are there now, and its verdict no number."""
    return dataset.having(before=promoted(dataset.rows.filter(pl.col("origin") == "human")))


def _promoted_with(check: str, *numbers: float, **limit: float) -> Change:
    """The verdict promoted last had this value, low and high of a check."""
    then = recorded(check, *numbers, **limit)
    return lambda dataset: dataset.having(before=promoted(dataset.rows, **{check: then}))


def _promoted_twice(west: int) -> Change:
    """The first version had so many people from the west, of whom a record says that they went; the last one had none."""

    def change(dataset: Dataset) -> Dataset:
        human = dataset.rows.filter(pl.col("origin") == "human")
        is_west = pl.int_range(pl.len()) < west
        first = promoted(human.with_columns(region=pl.when(is_west).then(pl.lit("west")).otherwise("region")))
        record = 'reason = "moved"\nwho = "data team"\ndate = 2026-03-02\n[where]\nregion = "west"\n'
        return dataset.having(before=replace(promoted(human), first=first), removal=record)

    return change


def _without_the_west(dataset: Dataset) -> Dataset:
    return dataset.having(rows=dataset.rows.filter(pl.col("region") != "west"))


# Every sixth item, which three people labelled one after the other.
_IS_TURNED = (pl.int_range(pl.len()) % 18 == 0) & (pl.col("origin") == "human")
_TURNED = pl.when(_IS_TURNED).then(pl.lit("unclear")).otherwise("label")


CASES = (
    Case(
        KEPT, EVERY, "annotations",
        keeping("human", 3097), "2 of 3,099 human rows of first@v1.0.0 are gone and no removal is recorded",
        prepared=promoted_as_it_is, exact=EXACT, missing=NEVER_PROMOTED,
    ),
    Case(
        "combined/expect_tail_mass_to_be_between", EVERY, "annotations",
        _without_the_west, "are no longer covered: region=west",
        # Nothing is uncovered while every person stays.
        also=frozenset({KEPT}),
        prepared=after(region(60, 60), promoted_as_it_is), missing=NEVER_PROMOTED,
    ),
    Case(
        FIRST_TAIL, EVERY, "annotations", _without_the_west, "are no longer covered: region=west",
        prepared=after(_promoted_twice(60), region(60, 60)), too_few=_promoted_twice(0), costly=True, missing=NEVER_PROMOTED,
    ),
    *(
        Case(
            f"combined/expect_measurements_to_be_kept/{family}", types, on, spoil, reason, prepared=then, too_few=then,
            missing=NEVER_PROMOTED, reads=frozenset({FAMILIES[family]}), rows=rows,
            # It reads what costly checks find, and is told from them within their own limits.
            costly=True,
        )
        for family, types, on, rows, then, spoil, reason in (
            (
                "diversity", EVERY, "tabular", 300,
                _promoted_with(f"synthetic/{FAMILIES['diversity']}/effective_number", 0.98, 0.95, 1.01, min_value=0.8),
                every_cell("height", 140 + 0.7 * pl.col("age"), "synthetic"), "effective_number is 0.851",
            ),
            (
                "separability", (*NUMERIC, *TEXT_TYPES), "tabular", 300,
                _promoted_with(f"combined/{FAMILIES['separability']}", -0.02, -0.1, 0.05, max_value=0.25),
                every_cell("age", pl.col("age") + 4, "synthetic"), "was -0.02 [-0.1, 0.05] in first@v1.0.0",
            ),
            (
                "agreement", RATED, "annotations", 600,
                _promoted_with(f"human/{FAMILIES['agreement']}/nominal", 0.9, 0.87, 0.93, min_value=0.667),
                every_cell("label", _TURNED, "human"), "was 0.9 [0.87, 0.93] in first@v1.0.0",
            ),
        )
    ),
)  # fmt: skip
