"""Whole verdicts on real rows, as `gates check` reaches them: drafts inferred and accepted, row rules, all suites."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import with_schemas
from gates.config.load import load_config
from gates.contract.contract import load_contract
from gates.init.drafts.accept import accept
from gates.init.drafts.infer import infer
from gates.init.drafts.write import write_draft

from .laws import DATA, LAWS, people
from .same_law import SLOW, SLOW_EVERY
from .sample import Sample, write

# Rows a side of each kind; 676 human texts make three parts of 200, 34,000 descriptions three of 10,000.
SIZES = {"tabular": (50, 500, 5000), "text": (50, 200)}
REAL_LAWS = {"descriptions": (50, 500, 5000, 10_000), "translations": (500, 3000)}
SIZES |= {law: sizes for law, sizes in REAL_LAWS.items() if law in LAWS}


@dataclass(frozen=True)
class Trial:
    """One shuffle of the real rows of a type."""

    kind: str
    rows: int
    seed: int


def verdict(trial: Trial) -> tuple[str, dict[str, str]]:
    """The answer, and `outcome/severity` by check id; the classifier is asked of every fourth shuffle."""
    sample = _cut(trial)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write(sample, root)
        if sample.type == "tabular":
            written = write_draft(infer(sample.human, total_rows=trial.rows), "mix", root)
            accept((written.schema, *written.suites))
        contract = load_contract(load_config(root / "gates.toml").dataset("mix"), date(2026, 1, 1))
        types = {entry.type for entries in contract.entries.values() for entry in entries}
        only = () if trial.seed % SLOW_EVERY == 0 else tuple(sorted(types - {SLOW.partition("/")[2]}))
        concluded = judge(with_schemas(contract), Options(only=only)).verdict
    return concluded.answer.value, {
        str(one.id): f"{one.outcome.value}/{one.severity.value}" for one in concluded.checks
    }


def _cut(trial: Trial) -> Sample:
    rng = np.random.default_rng([trial.seed, trial.rows])
    if trial.kind in REAL_LAWS:
        return LAWS[trial.kind](trial.rows, rng)
    pool = people() if trial.kind == "tabular" else _human_texts()
    shuffled = pool[rng.permutation(pool.height)]
    human, synthetic, holdout = (shuffled[at * trial.rows : (at + 1) * trial.rows] for at in range(3))
    sample = Sample(trial.kind, human, synthetic, pool.clear())
    return replace(sample, holdout=holdout) if holdout.height == trial.rows else sample


def _human_texts() -> pl.DataFrame:
    essays = pl.read_parquet(DATA / "text_essays.parquet").filter(pl.col("origin") == "human").select("text")
    answers = pl.read_parquet(DATA / "instruct_selfinstruct.parquet").filter(pl.col("origin") == "human")
    return pl.concat([essays, answers.select(pl.col("output").alias("text"))])
