"""Contracts of the checks of tables, series and events."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.verdict import Outcome
from tests.contract.case import Case, Missing
from tests.contract.cases_common import COPIES, EXACT, NO_PEOPLE, NOTHING_MADE
from tests.contract.cases_texts import LABELS_DEALT, NO_LABEL, UTILITY
from tests.contract.changes import declaring, every_cell, replaced, with_cells
from tests.contract.sound_datasets import TEXT_TYPES, Dataset

ORDERED = ("timeseries", "events")
NUMERIC = ("tabular", "timeseries", "events")
ASSOCIATIONS = "combined/expect_associations_to_match"
SERIES = "expect_series_to_be_sound"
PER_SENSOR = 100


def _beside_people(share: float, count: int):
    """Synthetic rows that are human rows moved by a share of a standard deviation."""

    def change(dataset: Dataset) -> Dataset:
        rng, human = np.random.default_rng(61), dataset.rows.filter(pl.col("origin") == "human")[:count]
        rows = dataset.rows
        for column in ("town", "label", "region"):
            rows = replaced(rows, "synthetic", column, human[column].to_list())
        for column in ("age", "income", "height"):
            values = human[column].to_numpy()
            moved = values + rng.normal(0, share * values.std(), len(values))
            rows = replaced(rows, "synthetic", column, moved.tolist())
        return dataset.having(rows=rows)

    return change


def _shuffled_alone(dataset: Dataset) -> Dataset:
    """Each synthetic column in an order of its own: every column is right and nothing goes together."""
    rng, rows = np.random.default_rng(62), dataset.rows
    made = rows.filter(pl.col("origin") == "synthetic")
    for column in ("town", "income", "height", "label"):
        rows = replaced(rows, "synthetic", column, rng.permutation(made[column].to_numpy()).tolist())
    return dataset.having(rows=rows)


def _paired(dataset: Dataset) -> Dataset:
    """Synthetic rows of the east are tall, which people's are not; how many are tall stays the same."""
    made = dataset.rows.filter(pl.col("origin") == "synthetic")
    heights, is_east = np.sort(made["height"].to_numpy()), (made["region"] == "east").to_numpy()
    rng = np.random.default_rng(64)
    upper = rng.permutation(heights[len(heights) // 2 :])
    given = np.empty(len(heights))
    east = int(is_east.sum())
    given[is_east] = upper[:east]
    given[~is_east] = rng.permutation(np.concatenate([heights[: len(heights) // 2], upper[east:]]))
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "height", given.tolist()))


def _crossed(dataset: Dataset) -> Dataset:
    """Human rows of the east are tall where they are old, those of the west as much less so as leaves no pair of columns related."""
    rows, rng = dataset.rows, np.random.default_rng(65)
    human = rows.filter(pl.col("origin") == "human")
    is_old, is_east = (human["age"] > human["age"].median()).to_numpy(), (human["region"] == "east").to_numpy()
    is_against = rng.random(len(is_old)) < (1 + is_east.mean() / (1 - is_east.mean())) / 2
    is_tall = np.where(is_east, is_old, is_old != is_against)
    heights = np.sort(human["height"].to_numpy())
    given = np.empty(len(heights))
    given[np.lexsort((rng.random(len(heights)), is_tall))] = np.concatenate(
        [rng.permutation(half) for half in np.split(heights, [int((~is_tall).sum())])]
    )
    return dataset.having(rows=replaced(rows, "human", "height", given.tolist()))


def _of_sensors(origin: str, values):
    """New readings of the first three sensors of an origin, from those they had."""

    def change(dataset: Dataset) -> Dataset:
        own = dataset.rows.filter(pl.col("origin") == origin)["value"].to_numpy()[: 3 * PER_SENSOR]
        given = values(own.reshape(3, PER_SENSOR)).reshape(-1).tolist()
        return dataset.having(rows=replaced(dataset.rows, origin, "value", given))

    return change


# A series that stands still does so every day.
_DAYS_TOO = frozenset({f"synthetic/{SERIES}/constant_days"})


def _in_counties(dataset: Dataset) -> Dataset:
    """Each town lies in a county of its own."""
    county = pl.when(pl.col("town") == "town 1").then(pl.lit("west")).otherwise(pl.lit("east")).alias("county")
    return dataset.having(rows=dataset.rows.with_columns(county), holdout=dataset.holdout.with_columns(county))


def _constant(readings):
    return np.repeat(readings[:, :1], PER_SENSOR, axis=1)


def _periodic(readings):
    return np.tile(readings[:, :25], 4)


def _standing_still(readings):
    """Four days, each with one reading over and over."""
    return np.concatenate([np.repeat(readings[:, [0, 24, 48, 72]], 24, axis=1), readings[:, 96:]], axis=1)


def _played_again(readings):
    """The second and the third day with the readings of the first."""
    return np.concatenate([np.tile(readings[:, :24], 3), readings[:, 72:]], axis=1)


def _taken_from_people(dataset: Dataset) -> Dataset:
    """Three synthetic sensors give what three human ones of other names gave."""
    human = dataset.rows.filter(pl.col("origin") == "human")["value"].to_list()[PER_SENSOR : 4 * PER_SENSOR]
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "value", human))


def _twice(origin: str):
    def change(dataset: Dataset) -> Dataset:
        first = dataset.rows.filter(pl.col("origin") == origin)["timestamp"][1]
        return dataset.having(rows=replaced(dataset.rows, origin, "timestamp", [first, first]))

    return change


def _twice_a_day(dataset: Dataset) -> Dataset:
    """Each tenth synthetic reading has the time of the one before."""
    times = pl.col("timestamp").shift(1).over("origin")
    is_repeated = (pl.col("origin") == "synthetic") & (pl.int_range(pl.len()).over("origin") % 10 == 1)
    return dataset.having(
        rows=dataset.rows.with_columns(timestamp=pl.when(is_repeated).then(times).otherwise("timestamp"))
    )


def _out_of_order(dataset: Dataset) -> Dataset:
    """Ten synthetic readings of each sensor stand before the ten that came before them."""
    place = pl.int_range(pl.len()).over("origin")
    moved = pl.when((place % PER_SENSOR).is_between(20, 29)).then(place + 15).otherwise(place)
    synthetic = dataset.rows.filter(pl.col("origin") == "synthetic").sort(moved, maintain_order=True)
    return dataset.having(rows=pl.concat([dataset.rows.filter(pl.col("origin") != "synthetic"), synthetic]))


def _with_gaps(origin: str, sensors: int):
    """Thirty hours of the first sensors of an origin are not there."""

    def change(dataset: Dataset) -> Dataset:
        place = pl.int_range(pl.len()).over("origin")
        is_gone = (
            (pl.col("origin") == origin) & (place < sensors * PER_SENSOR) & (place % PER_SENSOR).is_between(40, 70)
        )
        return dataset.having(rows=dataset.rows.filter(~is_gone))

    return change


def _forgetful(dataset: Dataset) -> Dataset:
    """Synthetic readings in another order within each sensor."""
    rng = np.random.default_rng(63)
    own = dataset.rows.filter(pl.col("origin") == "synthetic")["value"].to_numpy().reshape(-1, PER_SENSOR)
    given = rng.permuted(own, axis=1).reshape(-1).tolist()
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "value", given))


def _paying_first(dataset: Dataset) -> Dataset:
    """One synthetic session in four goes from opening to paying."""
    made = dataset.rows.filter(pl.col("origin") == "synthetic")["event"].to_list()
    for at in range(0, len(made), 48):
        made[at + 1] = "pay"
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "event", made))


CASES = (
    *(
        Case(
            "combined/expect_origin_separability_to_be_less_than", types, on, spoil, "most telling", missing=NOTHING_MADE,
            costly=True, rows=700,
        )
        for types, on, spoil in (
            (NUMERIC, "events", with_cells("synthetic", "event", "pay")),
            (TEXT_TYPES, "translation", every_cell("target", pl.col("source"), "synthetic")),
        )
    ),
    Case(
        "combined/expect_coverage_to_be_between/coverage", (*NUMERIC, *TEXT_TYPES), "timeseries",
        with_cells("synthetic", "value", 0.25), "of human rows lie where no synthetic ones do", missing=NOTHING_MADE,
        costly=True, rows=1300,
    ),
    Case(
        "combined/expect_distributions_to_match", (*NUMERIC, "annotations"), "tabular",
        every_cell("height", pl.col("height") + 3, "synthetic"), "height", missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        f"{ASSOCIATIONS}/mean", ("tabular",), "tabular", _shuffled_alone, "at most 0.05 allowed",
        # A mean over pairs moves only where many pairs do, and some of them far.
        also=frozenset({f"{ASSOCIATIONS}/worst", f"{ASSOCIATIONS}/unseen"}), missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        f"{ASSOCIATIONS}/unseen", ("tabular",), "tabular", with_cells("synthetic", "county", "west", 100),
        "as 'town 0' with 'west' in 8", prepared=_in_counties, missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        f"{ASSOCIATIONS}/worst", ("tabular",), "tabular", _paired, "at most 0.2 allowed", missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        f"{ASSOCIATIONS}/triples", ("tabular",), "tabular", _crossed, "'age', 'height' and 'region'", missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        f"{COPIES}/near", ("tabular",), "tabular", _beside_people(0.0005, 100), "nearly equal a human row", missing=NOTHING_MADE, rows=1300,
    ),
    Case(
        "combined/expect_synthetic_to_not_favour_training_rows", ("tabular",), "tabular",
        _beside_people(0.12, 3100), "lie nearer to one of", rows=1300, missing=Missing(
            declaring(holdout=None), Outcome.NOT_CONFIGURED,
            "no holdout is declared to compare distances with; "
            'add: holdout = "data/holdout.parquet"',
        ),
    ),
    Case(
        "combined/expect_temporal_structure_to_match", ORDERED, "timeseries",
        _forgetful, "farthest in autocorrelation", missing=NOTHING_MADE,
    ),
    Case(
        "synthetic/expect_transition_violation_ratio_to_be_less_than", ("events",), "events",
        _paying_first, "no human session goes open -> pay", missing=NOTHING_MADE,
    ),
    *(
        Case(
            f"{scope}/{SERIES}/{kind}", ("timeseries",), "timeseries", spoil, message,
            exact=EXACT if kind == "duplicate_timestamps" else "", missing=NO_PEOPLE if scope == "human" else NOTHING_MADE,
        )
        for scope, kind, spoil, message in (
            ("human", "duplicate_timestamps", _twice("human"), "repeated times there: 1"),
            ("synthetic", "duplicate_timestamps", _twice_a_day, "repeated times there: 10"),
            ("human", "gaps", _with_gaps("human", 3), "longest gap in hours there: 32"),
            ("synthetic", "gaps", _with_gaps("synthetic", 8), "longest gap in hours there: 32"),
            ("synthetic", "backward_steps", _out_of_order, "steps back in time there: "),
        )
    ),
    *(
        # One origin at a time: what people's sensors do, synthetic ones may.
        Case(
            f"{scope}/{SERIES}/{kind}", ("timeseries",), "timeseries", _of_sensors(scope, readings), message,
            also=_DAYS_TOO if (scope, kind) == ("synthetic", "constant") else frozenset(),
            missing=NO_PEOPLE if scope == "human" else NOTHING_MADE,
        )
        for scope in ("human", "synthetic")
        for kind, readings, message in (
            ("constant", _constant, "readings that are all equal there: 100"),
            ("periodic", _periodic, "readings after which all repeat there: 25"),
        )
    ),
    *(
        Case(
            f"synthetic/{SERIES}/{kind}", ("timeseries",), "timeseries", _of_sensors("synthetic", readings), message,
            missing=NOTHING_MADE,
        )
        for kind, readings, message in (
            ("constant_days", _standing_still, "days that stand still there: 4"),
            ("repeated_days", _played_again, "days that repeat an earlier one there: 2"),
        )
    ),
    Case(
        f"synthetic/{SERIES}/copied_days", ("timeseries",), "timeseries", _taken_from_people, "days that are a human series' there: ",
        missing=NOTHING_MADE,
    ),
    *(
        # Trees learn a step of one column although half of the labels are wrong, so that nothing is lost by adding them.
        Case(
            f"{UTILITY}/{train}", ("tabular",), "tabular", LABELS_DEALT, reason, also=frozenset({f"{UTILITY}/{other}"}),
            missing=NO_LABEL, costly=True, rows=1000,
        )
        for train, other, reason in (("synthetic", "human", "suffers most"), ("human", "synthetic", "predicts synthetic labels"))
    ),
)  # fmt: skip
