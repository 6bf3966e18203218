"""The real development data beside the repository, where it is there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gates.checking.check_dataset import Judged, Options, judge
from gates.checking.resolve import with_schemas
from gates.config.load import load_config
from gates.contract.contract import load_contract
from gates.init.drafts.accept import accept
from gates.init.drafts.write import write_draft
from gates.init.drafts_step import infer

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
TODAY = date(2026, 1, 1)
SEPARABILITY = "expect_origin_separability_to_be_less_than"
UTILITY = "expect_utility_to_be_between"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data (shared/data) is not beside this checkout")


def adult(part: str) -> pl.DataFrame:
    """One part of Adult, its content columns only."""
    for name in ("tabular_adult_2023", "tabular_adult_graded"):
        rows = pl.scan_parquet(DATA / f"{name}.parquet").filter(pl.col("part") == part).collect()
        if rows.height:
            return rows.drop("part", "origin", "generator", "source")
    raise KeyError(part)


def write_dataset(root: Path, frames: dict[str, pl.DataFrame], settings: str) -> None:
    """`mix.parquet` with an origin column, `holdout.parquet` where there is one, and gates.toml with dataset `mix`."""
    both = [frames[origin].with_columns(origin=pl.lit(origin)) for origin in ("human", "synthetic")]
    pl.concat(both, how="diagonal_relaxed").write_parquet(root / "mix.parquet")
    if "holdout" in frames:
        frames["holdout"].write_parquet(root / "holdout.parquet")
        settings += 'holdout = "holdout.parquet"\n'
    (root / "gates.toml").write_text(f'[datasets.mix]\npath = "mix.parquet"\n{settings}')


def draft_accepted(root: Path, human: pl.DataFrame) -> None:
    """What `gates init --accept` does."""
    written = write_draft(infer(human, total_rows=human.height), "mix", root)
    accept((written.schema, *written.suites))


def judged(
    root: Path, *, only: tuple[str, ...] = (), skip: tuple[str, ...] = (), quarantine: Path | None = None
) -> Judged:
    """The verdict on dataset `mix`; `skip` leaves out slow checks that a test does not ask for."""
    contract = load_contract(load_config(root / "gates.toml").dataset("mix"), TODAY)
    if skip:
        types = {entry.type for entries in contract.entries.values() for entry in entries}
        only = tuple(sorted(types - set(skip)))
    return judge(with_schemas(contract), Options(only=only, quarantine=quarantine))
