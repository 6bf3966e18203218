"""Scans of texts built from plain lists, through the real scan, for tests of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.scan import ORIGIN, FileFacts, Roles, Scan
from gates.scanning.one_pass import ScanRequest, scan
from tests.tables import MemorySource

if TYPE_CHECKING:
    from collections.abc import Sequence


def text_scan(human: Sequence[str], synthetic: Sequence[str], generator: Sequence[str] | None = None) -> Scan:
    """A scan of texts: all human rows first, then all synthetic ones, in one file `texts.parquet`."""
    columns = {
        "text": pl.Series([*human, *synthetic], dtype=pl.String),
        ORIGIN: ["human"] * len(human) + ["synthetic"] * len(synthetic),
    }
    if generator:
        columns["generator"] = [None] * len(human) + list(generator)
    frame = pl.DataFrame(columns)
    roles = Roles("text", ("text",), ("text",), generator="generator" if generator else None)
    facts = (FileFacts("texts.parquet", frame.height, {"text": "string"}, "", 0),)
    return scan(MemorySource(frame, roles, facts), ScanRequest(purpose="finetune"))
