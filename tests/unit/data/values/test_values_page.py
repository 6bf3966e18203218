"""Every value on the page of formats reads as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from gates.data.values.booleans import BOOLEANS
from gates.data.values.clocks import CLOCKS
from gates.data.values.durations import DURATIONS
from gates.data.values.epochs import EPOCHS
from gates.data.values.numbers import NUMBERS
from gates.data.values.times import TIMES

PAGE = Path(__file__).parents[4] / "docs/reference/formats.md"
SECTION = PAGE.read_text(encoding="utf-8").split("## Values\n")[1].split("\n## ")[0]
KINDS = {kind.name: kind for kind in (NUMBERS, TIMES, CLOCKS, DURATIONS, EPOCHS, BOOLEANS)}
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in SECTION.splitlines() if line.startswith("| ")
][1:]
VALUES = [(value, kind) for _, values, kind in ROWS for value in re.findall("`([^`]+)`", values)]


def test_page_shows_every_kind():
    assert {kind for _, kind in VALUES} == {*KINDS}


@pytest.mark.parametrize(("value", "kind"), VALUES, ids=[value for value, _ in VALUES])
def test_value_reads_as_the_page_says(value, kind):
    written, kind = pl.Series("x", [value]), KINDS[kind]
    decision = kind.decide(kind.manners(written).with_columns(origin=pl.lit("human"), count=pl.lit(1)))

    assert kind.manners(written).to_series(0)[0] is not None
    if decision:
        assert kind.read(written, decision)[0] is not None
