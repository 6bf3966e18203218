"""Chains of synthetic rows that synthetic rows seeded are followed to their end, or found to have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.integrity.generation_depth import ENDLESS, NO_PARENT, depths, measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan, with_inputs

HUMAN = pl.DataFrame({"key": [f"h{row}" for row in range(100)], "seed_id": [None] * 100, "number": range(100)})


def synthetic(seeds: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"key": [f"s{row}" for row in range(len(seeds))], "seed_id": seeds, "number": range(len(seeds))}
    )


def measured(human: pl.DataFrame, made: pl.DataFrame, max_depth: int = 1, **roles: object):
    scan = table_scan(human, made)
    seeded_roles = replace(scan.roles, key="key", lineage={**scan.roles.lineage, "seed_id": "seed_id"})
    return measure(with_inputs(scan, roles=replace(seeded_roles, **roles)), Scope.SYNTHETIC, {"max_depth": max_depth})


def judged(*args, **kwargs):
    return judge(measured(*args, **kwargs), Limits(max_value=0.05), Severity.CRITICAL)


def test_rows_that_human_rows_seeded_pass():
    judgement = judged(HUMAN, synthetic([f"h{row}" for row in range(100)]))

    assert (judgement.outcome, judgement.measurement.estimate.value) == (Outcome.PASS, 0.0)


def test_rows_that_synthetic_rows_seeded_fail_with_their_depth_and_place():
    seeds = [f"h{row}" for row in range(90)] + [f"s{row - 1}" for row in range(90, 100)]
    judgement = judged(HUMAN, synthetic(seeds))

    assert judgement.outcome is Outcome.FAIL
    assert judgement.measurement.note == "10 of 100 synthetic rows lie deeper than 1"
    assert judgement.evidence["rows_by_depth"] == {1: 90} | dict.fromkeys(range(2, 12), 1)
    assert judgement.evidence["first_rows"][0] == "data/mix.parquet:191"
    assert judged(HUMAN, synthetic(seeds), max_depth=6).outcome is Outcome.PASS


def test_seeds_that_go_in_a_circle_count_as_deeper_and_are_named():
    seeds = [f"h{row}" for row in range(90)] + [f"s{90 + (row + 1) % 10}" for row in range(10)]
    judgement = judged(HUMAN, synthetic(seeds), max_depth=50)

    assert judgement.outcome is Outcome.FAIL
    assert judgement.measurement.note.endswith("the seeds of 10 go in a circle, first data/mix.parquet:191")


def test_a_row_that_seeded_itself_and_what_hangs_on_it_have_no_end():
    parent = np.array([NO_PARENT, 0, 1, 3, 3])

    assert depths(parent, np.array([False, True, True, True, True])).tolist() == [0, 1, 2, ENDLESS, ENDLESS]


def test_a_chain_as_long_as_the_dataset_is_followed():
    rows = 5000

    assert depths(np.arange(rows) - 1, np.ones(rows, dtype=bool)).tolist() == list(range(1, rows + 1))


def test_of_rows_with_one_id_the_persons_is_meant_and_numbers_are_ids():
    numbered = [HUMAN.with_columns(key=pl.Series(range(100)), seed_id=pl.lit(None, pl.Float64)),
                synthetic([None] * 100).with_columns(key=pl.Series(range(100)), seed_id=pl.Series([float(n) for n in range(100)]))]  # fmt: skip

    assert judged(*numbered).evidence["rows_by_depth"] == {1: 100}


@pytest.mark.parametrize("seed", range(8))
def test_depths_are_those_that_following_each_seed_gives(seed):
    random = np.random.default_rng(seed)
    ids = [str(number) for number in range(30)]
    # Ids stand twice, in both origins too; of some rows the id or the seed is missing, or blank.
    sides = [
        pl.DataFrame(
            {
                "key": random.choice([*ids, None, " "], 40).tolist(),
                "seed_id": random.choice([*ids, *["elsewhere"] * 3, None, ""], 40).tolist(),
                "number": range(40),
            },
            schema_overrides={"key": pl.String, "seed_id": pl.String},
        )
        for _ in range(2)
    ]
    human, made = (
        [{name: (row[name] or "").strip() for name in ("key", "seed_id")} for row in side.rows(named=True)]
        for side in sides
    )
    named = {row["key"]: row for row in reversed(made) if row["key"]} | {
        row["key"]: None for row in human if row["key"]
    }

    def depth(row: dict[str, str]) -> int | None:
        """None where the seeds go in a circle."""
        steps = 0
        while row is not None and steps <= len(made):
            row, steps = named.get(row["seed_id"]) if row["seed_id"] else None, steps + 1
        return steps if row is None else None

    depths_of_made = [depth(row) for row in made]
    evidence = measured(*sides).evidence

    assert evidence["rows_by_depth"] == dict(Counter(one for one in depths_of_made if one))
    assert evidence["circular"] == depths_of_made.count(None)
    assert evidence["deeper_rows"] == sum(one != 1 for one in depths_of_made)
    assert evidence["seeds_outside_the_dataset"] == sum(
        bool(row["seed_id"]) and row["seed_id"] not in named for row in made
    )


def test_a_generator_of_a_later_generation_is_named():
    made = synthetic([f"h{row % 100}" for row in range(9700)] + [f"s{row}" for row in range(300)])
    judgement = judged(
        HUMAN, made.with_columns(generator=pl.Series(["first"] * 9700 + ["second"] * 300)), generator="generator"
    )

    assert judgement.outcome is Outcome.FAIL
    assert "generator 'second': 300 of 300 synthetic rows lie deeper" in judgement.message


def test_seeds_that_name_no_row_of_the_dataset_are_inconclusive():
    judgement = judged(HUMAN, synthetic(["elsewhere"] * 50 + [None] * 50))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)
    assert "no seed in column 'seed_id' of 100 synthetic rows names an id in column 'key' of" in judgement.message


def test_some_seeds_outside_the_dataset_are_counted():
    measurement = measured(HUMAN, synthetic(["elsewhere"] * 30 + ["h1"] * 70))

    assert measurement.evidence["seeds_outside_the_dataset"] == 30


def test_without_ids_or_seeds_nothing_is_checked():
    made = synthetic(["h1"] * 10)

    assert measured(HUMAN, made, lineage={}).line.endswith('columns = { seed_id = "…" }')
    assert measured(HUMAN, made, key=None).line.endswith('columns = { key = "…" }')


def test_lists_of_seeds_are_an_error_that_says_what_was_expected():
    made = synthetic(["h1"] * 10).with_columns(pl.concat_list("seed_id"))
    human = HUMAN.with_columns(seed_id=pl.lit(None, pl.List(pl.String)))

    assert (
        measured(human, made).reason
        == "column 'key' and column 'seed_id' have lists or structures; one id a row was expected"
    )
