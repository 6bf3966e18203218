"""What columns read as is a line of the report, and messages give values as people write them."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl

ROWS = 300
DISTRIBUTIONS = "combined/expect_distributions_to_match"


def visits(*, synthetic: bool) -> pl.DataFrame:
    """Visits of three years with their fees; every fourth synthetic one lies years after all others."""
    rng = random.Random(int(synthetic))
    late = [2000 if synthetic and row % 4 == 0 else 0 for row in range(ROWS)]
    days = [date(2022, 1, 1) + timedelta(days=rng.randrange(900) + more) for more in late]
    fees = [f"{rng.lognormvariate(3, 0.4):.2f} €".replace(".", ",") for _ in range(ROWS)]
    return pl.DataFrame({
        "visit": [f"{day.day}.{day.month}.{day.year}" for day in days], "fee": fees, "seen": days,
        "origin": ["synthetic" if synthetic else "human"] * ROWS,
    })  # fmt: skip


def test_report_says_what_columns_read_as_and_gives_dates_as_dates(tmp_path, gates):
    rows = pl.concat([visits(synthetic=False), visits(synthetic=True)])
    odd = pl.Series("fee", ["nothing yet", *rows["fee"][1:]])
    rows.with_columns(odd).write_csv(tmp_path / "visits.csv", separator=";")
    (tmp_path / "gates.toml").write_text('[datasets.visits]\npath = "visits.csv"\ntype = "tabular"\n')

    out = gates(tmp_path, "check", "--only", DISTRIBUTIONS).out

    assert "`visit` reads as dates (100.0 %), `fee` reads as numbers (99.8 %)\n" in out
    worst = next(line for line in out.splitlines() if "distributed differently" in line)
    assert "worst column 'visit': human median 2023-" in worst or "worst column 'seen': human median 2023-" in worst


def test_columns_with_one_median_say_which_rows_differ(tmp_path, gates):
    """A median of 0 on both sides would say nothing of a column in which a quarter of the synthetic rows is no zero."""
    marks = {"human": [0] * ROWS, "synthetic": [row % 4 == 0 and 5 for row in range(ROWS)]}
    frames = [
        pl.DataFrame({"marks": pl.Series(map(int, marks[origin])), "size": range(ROWS), "origin": [origin] * ROWS})
        for origin in marks
    ]
    pl.concat(frames).write_csv(tmp_path / "notes.csv")
    (tmp_path / "gates.toml").write_text('[datasets.notes]\npath = "notes.csv"\ntype = "tabular"\n')

    out = gates(tmp_path, "check", "--only", DISTRIBUTIONS).out

    assert "worst column 'marks': at most 0 in 100.0 % of human rows, 75.0 % of synthetic; " in out
