"""Real rows as laws: a source of `benchmarks/sources`, shuffled and cut into the parts of a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.sources.catalogue import SOURCES
from benchmarks.sources.source import TABLES

from .sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

# Sources in which defects are planted.
PLANTED = ("descriptions", "translations", "signatures", "revisions")


def real_laws() -> Mapping[str, Callable[[int, np.random.Generator], Sample]]:
    """The sources that benchmarks/sources/fetch.py has brought, by name."""
    by_name = {source.name: source for source in SOURCES}

    def law(name: str) -> Callable[[int, np.random.Generator], Sample]:
        source = by_name[name]

        def draw(rows: int, rng: np.random.Generator) -> Sample:
            # A holdout where the rows suffice for one more part.
            parts = source.parts(4, rows, rng) or source.parts(3, rows, rng)
            if parts is None:
                message = f"{name} has too few rows for three parts of {rows:,}"
                raise ValueError(message)
            human, synthetic, spare, *others = parts
            return Sample(source.type, human, synthetic, spare, *others, settings=source.settings + "\n")

        return draw

    return {name: law(name) for name in PLANTED if (TABLES / f"{name}.parquet").is_file()}
