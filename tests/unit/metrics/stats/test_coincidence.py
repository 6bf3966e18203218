"""Rows that somebody repeated do not pass for rows that coincide by nature, and those of coarse tables do."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.stats import coincidence
from gates.metrics.stats.coincidence import content_hashes, equal_rows
from tests.projects import table_rows
from tests.real import DATA, needs_data


def counts(trained: pl.DataFrame, tested: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Of each distinct row, how many of either table equal it."""
    columns = sorted(trained.columns)
    hashes = np.concatenate([content_hashes(frame, columns) for frame in (trained, tested)])
    contents, content = np.unique(hashes, return_inverse=True)
    one, other = content[: trained.height], content[trained.height :]
    return np.bincount(one, minlength=len(contents)), np.bincount(other, minlength=len(contents))


def coincide(trained: pl.DataFrame, tested: pl.DataFrame) -> bool:
    return coincidence.coincide(*counts(trained, tested))


def coarse(rows: int, seed: int, *, cells: int = 300) -> pl.DataFrame:
    drawn = np.random.default_rng(seed).integers(0, cells, rows)
    return pl.DataFrame({"grade": drawn % 10, "year": drawn // 10}).cast(pl.String)


def repeated(rows: pl.DataFrame, share: float, times: int) -> pl.DataFrame:
    """The first rows as often as this, and the others once."""
    some = rows.head(int(rows.height * share))
    return pl.concat([*([some] * times), rows.tail(rows.height - some.height)])


@pytest.mark.parametrize("times", [2, 3, 5])
@pytest.mark.parametrize(("share", "inside"), [(0.2, 40), (0.5, 4), (0.5, 40), (1.0, 4), (1.0, 40)])
def test_rows_that_somebody_repeated_hide_nothing_of_what_is_asked(share: float, times: int, inside: int) -> None:
    tested = table_rows(40, 77)
    trained = repeated(pl.concat([table_rows(200, 5), tested.head(inside)]), share, times)

    assert not coincide(trained, tested)


@pytest.mark.parametrize("cells", [30, 300, 3000])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_rows_of_a_coarse_table_coincide_also_where_somebody_repeated_some(cells: int, seed: int, share: float) -> None:
    trained, tested = coarse(600, seed, cells=cells), coarse(300, 100 + seed, cells=cells)

    assert coincide(repeated(trained, share, 2), tested)


def drawn_again(rows: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    return rows.sample(count, with_replacement=True, seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_were_drawn_again_and_again_hide_nothing_of_what_is_asked(seed: int) -> None:
    rows, tested = table_rows(2_000, 5), table_rows(500, 77)
    taken = pl.concat([rows, tested.head(400)])
    rare, others = pl.concat([rows.head(200), tested.head(250)]), rows.tail(1_800)

    assert not coincide(drawn_again(taken, 2 * taken.height, seed), tested)
    assert not coincide(pl.concat([others, drawn_again(rare, others.height, seed)]), tested)


@pytest.mark.parametrize("cells", [30, 300, 3000, 30_000])
@pytest.mark.parametrize("drawn", [20, 40, 100, 500])
def test_rows_of_a_coarse_table_coincide_however_few_are_asked(cells: int, drawn: int) -> None:
    # So many that each repeats more often than the limit below which repeats are accidents.
    assert coincide(coarse(5_000, drawn, cells=cells), coarse(drawn, 100 + cells, cells=cells))


def test_rows_of_a_coarse_table_coincide_with_those_of_a_smaller_one() -> None:
    assert coincide(coarse(300, 1, cells=3000), coarse(1_000, 2, cells=3000))


def test_rows_that_stand_out_by_their_number_are_no_copies() -> None:
    def spiked(rows: int, seed: int) -> pl.DataFrame:
        drawn = np.random.default_rng(seed).integers(1, 10**12, rows)
        return pl.DataFrame({"count": np.where(drawn % 10 == 0, 0, drawn)}).cast(pl.String)

    assert coincide(spiked(600, 1), spiked(100, 2))


def test_more_rows_than_coincide_by_nature_are_shared() -> None:
    trained, tested = coarse(600, 1, cells=3000), coarse(300, 2, cells=3000)

    assert not coincide(pl.concat([trained, tested.head(150)]), tested)


def test_where_the_rows_that_are_asked_are_repeated_too_nothing_excuses_that_they_are_there() -> None:
    tested = repeated(table_rows(40, 77), 1, 2)

    assert not coincide(repeated(pl.concat([table_rows(200, 5), tested]), 1, 2), tested)


def test_where_nothing_is_checked_nothing_is_shared() -> None:
    trained = repeated(table_rows(200, 5), 1, 2)

    assert not coincide(trained, trained.head(0))


@needs_data
def test_real_human_rows_coincide_in_few_columns_and_not_in_all() -> None:
    rows = pl.read_parquet(DATA / "tabular_adult_2023.parquet").head(30_000)
    few = rows.select("sex", "race", "education", "occupation", "hours-per-week").cast(pl.String)
    every = rows.drop("part", "origin", "generator", "source").cast(pl.String)

    for times in (1, 2):
        trained, tested = (repeated(few.head(27_000), 1, times), few.tail(3_000))
        assert coincide(trained, tested)
        trained, tested = (repeated(every.head(27_000), 1, times), every.head(3_000))
        assert not coincide(trained, tested)


def test_nested_values_are_compared_whatever_their_types_and_the_order_of_fields():
    trained = pl.DataFrame({"tags": [[1, 2], [3], None], "size": [{"w": 1, "h": [2.5]}, {"w": 2, "h": None}, None]})
    tested = pl.DataFrame({"size": [{"h": ["2.5"], "w": "1"}, {"h": None, "w": "9"}], "tags": [["1", "2"], ["3"]]})

    assert equal_rows(*counts(trained, tested)) == 1


def test_bytes_are_compared_though_they_are_no_text():
    one = pl.DataFrame({"image": [b"\xff\x00", b"\xfe", None], "parts": [[b"\xff"], [None], None]})

    first, second, third = content_hashes(one, ["image", "parts"])

    assert len({first, second, third}) == len(one)
    assert list(content_hashes(one[::-1], ["image", "parts"])) == [third, second, first]
