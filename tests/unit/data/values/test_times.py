"""Dates and times in text, and counted since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from gates.data.values.epochs import EPOCHS
from gates.data.values.kinds import ColumnDecision
from gates.data.values.times import TIMES, has_zone, in_utc, is_time


def decided(values: list[str]) -> ColumnDecision:
    manners = TIMES.manners(pl.Series("day", values))
    counted = manners.drop_nulls("form").with_columns(origin=pl.lit("human")).group_by(pl.all()).len("count")
    decision = TIMES.decide(counted)
    assert decision is not None
    return decision


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("20240101T000000Z", "2024-01-01 00:00:00"),
        ("2024-01-01T00:00:00,250+0200", "2023-12-31 22:00:00.250000"),
        ("2024-01-01T10", "2024-01-01 10:00:00"),
        ("2024-01-01 10:11:12.123456789", "2024-01-01 10:11:12.123456"),
        ("2024-W05-3", "2024-01-31 00:00:00"),
        ("2024W053", "2024-01-31 00:00:00"),
        ("2024-032", "2024-02-01 00:00:00"),
        ("2024-02-01T00:00-05:30", "2024-02-01 05:30:00"),
        ("4.3.2024 5:06", "2024-03-04 05:06:00"),
        ("04.03.24", "2024-03-04 00:00:00"),
        ("13/04/2024", "2024-04-13 00:00:00"),
        ("04/13/2024 05:06 PM", "2024-04-13 17:06:00"),
        ("12/13/2024 12:06 am", "2024-12-13 00:06:00"),
        ("2024/3/4", "2024-03-04 00:00:00"),
        ("May 04, 2023", "2023-05-04 00:00:00"),
        ("Thu, 04 May 2023 10:00:00 GMT", "2023-05-04 10:00:00"),
        ("4. März 2024", "2024-03-04 00:00:00"),
        ("4 de mayo de 2024", "2024-05-04 00:00:00"),
        ("04-Mar-2024", "2024-03-04 00:00:00"),
        ("4-Mar-24", "2024-03-04 00:00:00"),
        ("Mon Mar  4 05:06:07 2024", "2024-03-04 05:06:07"),
        ("Mon Mar 04 05:06:07 UTC 2024", "2024-03-04 05:06:07"),
        ("Mar 4 05:06:07.25 +0200 2024", "2024-03-04 03:06:07.250000"),
        ("Mon Mar 04 2024 05:06:07 GMT-0100 (CVT)", "2024-03-04 06:06:07"),
        ("2024-03-04T05:06:07+01:00[Europe/Paris]", "2024-03-04 04:06:07"),
        ("2024-Q3", "2024-07-01 00:00:00"),
        ("2024Q1", "2024-01-01 00:00:00"),
        ("Q4 2024", "2024-10-01 00:00:00"),
        ("Q2/2024", "2024-04-01 00:00:00"),
        ("3. Quartal 2024", "2024-07-01 00:00:00"),
        ("2nd quarter, 2024", "2024-04-01 00:00:00"),
    ],
)
def test_a_time_is_read_in_utc(text: str, time: str) -> None:
    expected = datetime.fromisoformat(time).replace(tzinfo=UTC)

    assert in_utc(pl.Series([text])).to_list() == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-13-01",
        "20240230",
        "31.4.2024",
        "2024",
        "5",
        "10:11",
        "2024-01-01 25:00",
        "soon",
        "",
        "2024-Q5",
        "Mar 4 05 2024",
        "Feb 30 05:06:07 2024",
    ],
)
def test_what_no_calendar_has_is_no_time(text: str) -> None:
    assert is_time(pl.Series([text])).to_list() == [False]


def test_the_column_decides_which_number_is_the_day() -> None:
    days = ["03/04/2024", "13/04/2024"]
    months = ["03/04/2024", "04/13/2024"]

    assert TIMES.read(pl.Series(days), decided(days))[0] == date(2024, 4, 3)
    assert TIMES.read(pl.Series(months), decided(months))[0] == date(2024, 3, 4)


def test_where_no_value_tells_the_day_the_column_is_not_read() -> None:
    decision = decided(["03/04/2024", "05/06/2024"])

    assert not decision.is_readable
    assert "which number is the day" in decision.doubt
    assert in_utc(pl.Series(["03/04/2024"])).to_list() == [None]
    assert is_time(pl.Series(["03/04/2024"])).to_list() == [True]


def test_a_zone_is_seen_as_one() -> None:
    assert has_zone(pl.Series(["2024-01-01T00:00Z", "2024-01-01T00:00", "2024-01-01"])).to_list() == [
        True,
        False,
        False,
    ]


def test_seconds_and_their_parts_count_one_time() -> None:
    time = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    counts = pl.Series([1_700_000_000 * 1000**power for power in range(4)], dtype=pl.Int64)

    assert EPOCHS.read(counts, ColumnDecision()).to_list() == [time] * 4
    assert EPOCHS.read(counts.cast(pl.String), ColumnDecision()).to_list() == [time] * 4
    assert EPOCHS.manners(pl.Series([12, 20_240_101]))["unit"].to_list() == [None, None]
