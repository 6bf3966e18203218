"""A declared key names one row of the set, whoever made it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from gates import testing
from gates.config.data_types import DATA_TYPES, data_type
from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import NotConfigured
from gates.metrics.integrity.keys import METRIC
from gates.verdict import Outcome, Scope
from tests.contract.sound_datasets import sound
from tests.tables import with_inputs

ROWS = 300


def rows(first: int, **columns: object) -> pl.DataFrame:
    frame = pl.DataFrame({"id": range(first, first + ROWS), "amount": [number * 7 % 101 for number in range(ROWS)]})
    return frame.with_columns(**columns)


def first(count: int, value: object, otherwise: object = "id") -> pl.Expr:
    return pl.when(pl.int_range(pl.len()) < count).then(value).otherwise(otherwise)


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, key: str = "id"):
    with testing.scanned(human, synthetic, columns={"key": key}) as scan:
        return testing.judge(METRIC, scan, max_value=0)


def test_keys_of_their_own_pass():
    result = judged(rows(1), rows(1000))

    assert (result.outcome, result.observed, result.n_human, result.n_synthetic) == (Outcome.PASS, 0, ROWS, ROWS)


def test_synthetic_rows_with_keys_of_human_rows_fail_with_both_places():
    result = judged(rows(1), rows(1000, id=first(40, pl.col("id") - 999 + 10)))

    assert (result.outcome, result.observed) == (Outcome.FAIL, 40)
    assert "40 of 300 synthetic rows have the key of a human row" in result.message
    assert "first synthetic.parquet:1 = human.parquet:11" in result.message
    assert "none allowed" in result.message
    assert result.evidence["first_rows"][1] == "synthetic.parquet:2 = human.parquet:12"
    assert "keys of their own" in result.fix


@pytest.mark.parametrize(
    ("origin", "first_pair"),
    [("human", "human.parquet:2 = human.parquet:1"), ("synthetic", "synthetic.parquet:2 = synthetic.parquet:1")],
)
def test_a_key_that_repeats_within_one_origin_fails(origin, first_pair):
    sides = {"human": rows(1), "synthetic": rows(1000)}
    sides[origin] = sides[origin].with_columns(id=first(4, pl.col("id").first()))

    result = judged(**sides)

    assert (result.outcome, result.observed) == (Outcome.FAIL, 3)
    assert f"3 of 300 {origin} rows have the key of an earlier one, first {first_pair}" in result.message
    assert result.evidence["shared_with_human_rows"] == 0


@pytest.mark.parametrize(
    ("as_key", "gap"),
    [(pl.col("id"), None), (pl.col("id").cast(pl.Float64), float("nan")), (pl.format("r{}", "id"), "  ")],
    ids=["null", "NaN", "blank"],
)
def test_rows_without_a_key_fail_and_equal_nothing(as_key, gap):
    sides = [rows(begin, id=as_key).with_columns(id=first(50, pl.lit(gap))) for begin in (1, 1000)]

    result = judged(*sides)

    assert (result.outcome, result.observed) == (Outcome.FAIL, 100)
    assert (result.n_human, result.n_synthetic) == (ROWS - 50, ROWS - 50)
    assert "100 rows have no value in the column that is declared as the key" in result.message
    assert "first human.parquet:1" in result.message
    assert (result.evidence["shared_with_human_rows"], result.evidence["rows_without_a_key"]) == (0, 100)


@pytest.mark.parametrize("origin", ["human", "synthetic"])
def test_a_single_row_without_a_key_fails(origin):
    sides = {"human": rows(1), "synthetic": rows(1000)}
    sides[origin] = sides[origin].with_columns(id=first(1, None))

    result = judged(**sides)

    assert (result.outcome, result.observed) == (Outcome.FAIL, 1)
    assert f"first {origin}.parquet:1;" in result.message


def test_a_declared_key_without_any_value_fails():
    gone = pl.lit(None, dtype=pl.Int64)

    result = judged(rows(1, id=gone), rows(1, id=gone))

    assert (result.outcome, result.observed) == (Outcome.FAIL, 2 * ROWS)


@pytest.mark.parametrize("kind", [kind for kind in DATA_TYPES if data_type(kind).key])
def test_every_type_with_a_key_has_a_key_in_each_row(kind):
    dataset = sound(kind, 30)
    key = data_type(kind).key
    named = dataset.rows.drop(key, strict=False).with_columns(
        pl.when(pl.int_range(pl.len()) != 3).then(pl.format("row {}", pl.int_range(pl.len()))).alias(key)
    )
    human, synthetic = (named.filter(pl.col("origin") == one).drop("origin") for one in ("human", "synthetic"))
    columns = {**dataset.declared.get("columns", {}), key: key}

    with testing.scanned(human, synthetic, type=kind, columns=columns) as scan:
        result = testing.judge(METRIC, scan, max_value=0)

    assert (result.outcome, result.observed) == (Outcome.FAIL, 1)


def test_keys_of_different_types_are_compared_as_what_they_say():
    assert judged(rows(1), rows(1, id=pl.col("id").cast(pl.String))).observed == ROWS


def test_a_column_that_only_numbers_the_rows_of_a_file_is_no_key():
    numbered = [rows(0).rename({"id": "row_id"})] * 2

    assert judged(*numbered, key="row_id").outcome is Outcome.NOT_CONFIGURED


def test_nothing_is_declared_by_the_name_of_a_column_alone():
    text = pl.DataFrame({"id": range(ROWS), "text": [f"text {number}" for number in range(ROWS)]})

    with testing.scanned(text, text, type="text") as scan:
        by_name = ask(METRIC, scan, Scope.COMBINED, {})
    with testing.scanned(text, text, type="text", columns={"id": "id"}) as scan:
        declared = testing.judge(METRIC, scan, max_value=0)

    assert isinstance(by_name, NotConfigured)
    assert by_name.line == 'columns = { id = "…" }'
    assert (declared.outcome, declared.observed) == (Outcome.FAIL, ROWS)


@pytest.mark.parametrize(("human_rows", "count"), [("set", 5), ("reference", 3), ("none", 3)])
def test_human_rows_outside_of_the_set_need_no_keys(human_rows, count):
    human, synthetic = rows(1, id=first(2, None)), rows(1000, id=first(3, None))

    with testing.scanned(human, synthetic, columns={"key": "id"}) as scan:
        declared = replace(scan.declared, human_rows=human_rows)
        result = testing.judge(METRIC, with_inputs(scan, declared=declared), max_value=0)

    assert result.observed == count


@pytest.mark.parametrize(("human_rows", "count"), [("set", ROWS + 3), ("reference", 3), ("none", 3)])
def test_human_rows_outside_of_the_set_have_keys_of_their_own(human_rows, count):
    human, synthetic = rows(1), rows(1, id=first(4, pl.col("id").first()))

    with testing.scanned(human, synthetic, columns={"key": "id"}) as scan:
        declared = replace(scan.declared, human_rows=human_rows)
        result = testing.judge(METRIC, with_inputs(scan, declared=declared), max_value=0)

    assert result.observed == min(count, ROWS)
