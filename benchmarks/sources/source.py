"""One source of real human rows: what it is, under which licence, how it is read, and how it is cut into parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
# Beside the environment, as everything that is measured with and not depended on; git ignores it.
FOLDER = REPOSITORY / ".venv" / "sources"
PACKAGES, DEBIAN, LISTS, TABLES = (FOLDER / name for name in ("packages", "debian", "lists", "tables"))
SHARED = REPOSITORY.parent / "shared" / "data"


@dataclass(frozen=True)
class Source:
    """Rows of one data type.

    read: the rows, in columns named as the roles of the type. settings: lines of gates.toml, such as the label.
    unit: columns whose rows belong together (the day of a sensor, the ratings of an item) and are dealt out together.
    """

    name: str
    type: str
    origin: str
    licence: str
    read: Callable[[], pl.DataFrame]
    settings: str = ""
    unit: tuple[str, ...] = ()

    def rows(self) -> pl.DataFrame | None:
        """All rows, kept as Parquet once they were read; None where what they are read from is not there."""
        path = TABLES / f"{self.name}.parquet"
        if not path.is_file():
            try:
                frame = self.read()
            except FileNotFoundError:
                return None
            TABLES.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(path)
        return _kept(path)

    def parts(self, count: int, rows: int, rng: np.random.Generator) -> list[pl.DataFrame] | None:
        """So many parts of about `rows` rows, whole units at random; None where there are too few."""
        everything = self.rows()
        if everything is None or everything.height < count * rows:
            return None
        if not self.unit:
            drawn = everything[rng.permutation(everything.height)]
            return [drawn[at * rows : (at + 1) * rows] for at in range(count)]
        return _units(everything, self.unit, (count, rows), rng)


def _units(
    everything: pl.DataFrame, unit: tuple[str, ...], wanted: tuple[int, int], rng: np.random.Generator
) -> list[pl.DataFrame] | None:
    count, rows = wanted
    sizes = everything.group_by(unit, maintain_order=True).len()
    sizes = sizes[rng.permutation(sizes.height)].with_columns(reached=pl.col("len").cum_sum())
    parts = []
    for at in range(count):
        own = sizes.filter(pl.col("reached").is_between(at * rows, (at + 1) * rows, closed="right"))
        part = everything.join(own.select(unit), on=unit, how="semi", maintain_order="left")
        # Units that are larger than a part leave it empty.
        if part.height < rows // 2:
            return None
        parts.append(part)
    return parts


@cache
def _kept(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)
