"""Scans of texts built from plain lists, through the real scan, for tests of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.data_types import data_type
from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest, scan
from tests.tables import MemorySource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.scan.result import Scan


def text_scan(human: Sequence[str], synthetic: Sequence[str], generator: Sequence[str] | None = None) -> Scan:
    """A scan of texts: all human rows first, then all synthetic ones, in one file `texts.parquet`."""
    columns = {
        "text": pl.Series([*human, *synthetic], dtype=pl.String),
        ORIGIN: ["human"] * len(human) + ["synthetic"] * len(synthetic),
    }
    if generator:
        columns["generator"] = [None] * len(human) + list(generator)
    frame = pl.DataFrame(columns)
    roles = Roles(
        "text", ("text",), ("text",), mappable=data_type("text").roles, generator="generator" if generator else None
    )
    facts = (FileFacts("texts.parquet", frame.height, {"text": "string"}, "", 0),)
    return scan(MemorySource(frame, roles, facts), ScanRequest(declared=Declarations(purpose="finetune")))


def tagged_scan(
    human: pl.DataFrame, synthetic: pl.DataFrame, *, extends_human_law: bool = False, **roles: object
) -> Scan:
    """A scan of texts from frames with `text` and columns that bear the names of roles, such as `language`.

    roles: label, group and slices, as `Roles` has them.
    """
    frame = pl.concat(
        [
            rows.with_columns(pl.lit(origin).alias(ORIGIN))
            for origin, rows in (("human", human), ("synthetic", synthetic))
        ],
        how="diagonal_relaxed",
    )
    generator = "generator" if "generator" in frame.columns else None
    bound = tuple(name for name in frame.columns if name != ORIGIN)
    mappable = data_type("text").roles
    bound_roles = Roles("text", ("text",), ("text",), bound=bound, generator=generator, mappable=mappable, **roles)  # type: ignore[arg-type]
    facts = (FileFacts("texts.parquet", frame.height, {"text": "string"}, "", 0),)
    request = ScanRequest(declared=Declarations(purpose="finetune", extends_human_law=extends_human_law))
    return scan(MemorySource(frame, bound_roles, facts), request)


def texts_of(count: int, seed: int, *, length: int = 40, words: tuple[int, int] = (0, 400)) -> list[str]:
    """Texts of random words, `w0` to `w399` or another range of them, frequent ones first as in any language."""
    rng = np.random.default_rng(seed)
    rank = np.arange(*words)
    weight = 1 / (1 + np.arange(len(rank)))
    drawn = rng.choice(rank, (count, length), p=weight / weight.sum())
    return [" ".join(f"w{word}" for word in row) for row in drawn]


def spoken_rows(counts: dict[str, int], seed: int, **columns: object) -> pl.DataFrame:
    """So many texts of each language."""
    words = [word for word, count in counts.items() for _ in range(count)]
    frame = pl.DataFrame({"text": texts_of(len(words), seed), "language": words})
    return frame.with_columns(**{name: pl.lit(value) for name, value in columns.items()})
