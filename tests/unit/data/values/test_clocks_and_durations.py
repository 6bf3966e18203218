"""Times of day and durations alone are read as such, in the forms that people and programs write."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from gates.data.values.clocks import CLOCKS
from gates.data.values.durations import DURATIONS
from gates.data.values.kinds import ColumnDecision
from gates.testing import scanned

ROWS = 300
NOTHING = ColumnDecision()


@pytest.mark.parametrize(
    ("text", "hour", "minute", "second"),
    [
        ("08:15", 8, 15, 0), ("8:15", 8, 15, 0), (" 8:15 PM ", 20, 15, 0), ("12:05 am", 0, 5, 0), ("12:05 p.m.", 12, 5, 0),
        ("23:59:59", 23, 59, 59), ("T08:15:30", 8, 15, 30), ("20h15", 20, 15, 0), ("20.15 Uhr", 20, 15, 0), ("8.15 pm", 20, 15, 0),
        ("08:15Z", 8, 15, 0),
    ],
)  # fmt: skip
def test_time_of_day_is_read(text, hour, minute, second):
    assert CLOCKS.read(pl.Series([text]), NOTHING).to_list() == [dt.time(hour, minute, second)]
    assert CLOCKS.manners(pl.Series([text]))["hours"][0]


@pytest.mark.parametrize(
    "text", ["24:30", "13:00 pm", "0:30 am", "8:60", "8.15", "8", "8:15:75", "08:15 at noon", "1:2", ""]
)
def test_what_no_clock_shows_is_none(text):
    assert CLOCKS.manners(pl.Series([text]))["hours"].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("26:03:10", 26 * 3600 + 190), ("00:45", 45 * 60), ("2 days 03:10:00", 2 * 86400 + 11400), ("1 day, 0:00:05", 86405),
        ("PT1H30M", 5400), ("P2DT5S", 172805), ("P3W", 21 * 86400), ("-PT5M", -300), ("PT0.5S", 0.5), ("1 h 30 min", 5400),
        ("1h30m", 5400), ("90 minutes", 5400), ("13 ms", 0.013), ("5 Tage", 432000), ("2 hours and 5 minutes", 7500), ("1,5 h", 5400),
        ("30 s", 30), ("7 \u00b5s", 7e-6),
    ],
)  # fmt: skip
def test_duration_is_read(text, seconds):
    assert DURATIONS.read(pl.Series([text]), NOTHING).to_list() == [dt.timedelta(seconds=seconds)]


@pytest.mark.parametrize("text", ["P", "PT", "5 m", "5", "1:75", "h", "5 km", "P1H", "soon", "12.50", ""])
def test_what_is_no_duration_is_none(text):
    assert DURATIONS.manners(pl.Series([text]))["form"].to_list() == [None]


def kind_of(human: list[str], synthetic: list[str]) -> tuple[str, pl.DataType] | None:
    frames = (pl.DataFrame({"x": one, "beside": range(len(one))}) for one in (human, synthetic))
    with scanned(*frames) as scan:
        reading = scan.inputs.readings.of("x")
        return (reading.kind.name, scan.human.frame["x"].dtype) if reading else None


def clocks(first: int = 0) -> list[str]:
    return [f"{(first + number * 37) % 24:02}:{number * 17 % 60:02}" for number in range(ROWS)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (clocks(), ("times of day", pl.Time())),
        ([*clocks()[:-2], "25:10", "late"], ("times of day", pl.Time())),
        ([f"{10 + number % 15}:{number % 60:02}" for number in range(ROWS)], ("durations", pl.Duration("us"))),
        ([f"{number} days" for number in range(ROWS)], ("durations", pl.Duration("us"))),
        ([*clocks()[: ROWS - 40], *["late"] * 40], None),
        ([f"{number} m" for number in range(ROWS)], None),
        ([f"2023-W{1 + number % 52:02}" for number in range(ROWS)], ("dates", pl.Date())),
        ([f"2023-{1 + number % 365:03}" for number in range(ROWS)], ("dates", pl.Date())),
        ([f"2023-{1 + number % 12:02}" for number in range(ROWS)], ("dates", pl.Date())),
        ([f"2024-01-{1 + number % 28:02}T24:00" for number in range(ROWS)], ("dates", pl.Datetime("us"))),
        ([f"{1 + number % 28:02}/Jan/2023:10:{number % 60:02}:00 +0000" for number in range(ROWS)], ("dates", pl.Datetime("us", "UTC"))),
    ],
)  # fmt: skip
def test_column_reads_as_what_nearly_all_of_its_values_are(values, kind):
    assert kind_of(clocks() if kind is None or kind[0] == "times of day" else values, values) == kind
