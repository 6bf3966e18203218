"""How often the gate blocks and passes data in which both sides follow one law.

    python benchmarks/calibration.py [--type tabular|text] [--sizes 50 500 5000] [--seeds 100] [--jobs 2]

Human rows are drawn at random and split: one part plays the human partition, one the synthetic partition, one the
holdout. Drafts are inferred from the human part and accepted, as `gates init --accept` does. Whatever fails is a false
alarm. The classifier check runs on every second seed. Prints the table of docs/explanation/calibration.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SLOW = "expect_origin_separability_to_be_less_than"


@dataclass(frozen=True)
class Trial:
    """One draw of one size."""

    kind: str
    size: int
    seed: int
    classify: bool


def pool(kind: str) -> pl.DataFrame:
    """All human rows there are of a data type."""
    if kind == "tabular":
        frame = pl.read_parquet(DATA / "tabular_adult_2023.parquet")
        return frame.filter(pl.col("part").is_in(["trn", "val"])).drop("part", "origin", "generator", "source")
    essays = pl.read_parquet(DATA / "text_essays.parquet").filter(pl.col("origin") == "human").select("text")
    answers = pl.read_parquet(DATA / "instruct_selfinstruct.parquet").filter(pl.col("origin") == "human")
    return pl.concat([essays, answers.select(pl.col("output").alias("text"))])


def run(trial: Trial) -> tuple[Trial, str, dict[str, str]]:
    """The verdict's outcome and each check's `outcome/severity`."""
    from gates.configuration.find import load_config
    from gates.contract import load_contract
    from gates.drafts.accept import accept
    from gates.drafts.infer import infer
    from gates.drafts.write import write_draft
    from gates.judging.judge import Options, judge

    rows = pool(trial.kind).sample(fraction=1.0, shuffle=True, seed=trial.seed)
    parts = [rows[at * trial.size : (at + 1) * trial.size] for at in range(3)]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        mixed = [
            part.with_columns(origin=pl.lit(who)) for part, who in zip(parts, ("human", "synthetic"), strict=False)
        ]
        pl.concat(mixed).write_parquet(root / "mix.parquet")
        settings = f'[datasets.mix]\npath = "mix.parquet"\ntype = "{trial.kind}"\npurpose = "finetune"\n'
        if parts[2].height == trial.size:
            parts[2].write_parquet(root / "holdout.parquet")
            settings += 'holdout = "holdout.parquet"\n'
        (root / "gates.toml").write_text(settings)
        if trial.kind == "tabular":
            written = write_draft(infer(parts[0], total_rows=trial.size), "mix", root)
            accept((written.schema, *written.suites))
        contract = load_contract(load_config(root / "gates.toml").dataset("mix"), date(2026, 1, 1))
        skipped = () if trial.classify else (SLOW,)
        types = {entry.type for entries in contract.entries.values() for entry in entries}
        only = () if trial.classify else tuple(sorted(types - set(skipped)))
        verdict = judge(contract, Options(only=only)).verdict
    checks = {str(check.id): f"{check.outcome.value}/{check.severity.value}" for check in verdict.checks}
    return trial, verdict.answer.value, checks


def main() -> None:
    """Run all trials and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--type", choices=("tabular", "text"), default="tabular")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 500, 5000])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not DATA.is_dir():
        parser.exit(0, f"skipped: the real data is not at {DATA.name}\n")
    trials = [
        Trial(options.type, size, seed, classify=seed % 2 == 0)
        for size in options.sizes
        for seed in range(options.seeds)
    ]
    answers: dict[int, Counter[str]] = defaultdict(Counter)
    checks: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    with ProcessPoolExecutor(options.jobs) as executor:
        for trial, answer, outcomes in executor.map(run, trials):
            answers[trial.size][answer] += 1
            for name, outcome in outcomes.items():
                checks["/".join(name.split("/")[:2]), trial.size][outcome] += 1
    print("| rows a side | seeds | fail | unjudged | warn | pass |\n|---|---|---|---|---|---|")
    for size in options.sizes:
        counts = answers[size]
        print(
            f"| {size:,} | {options.seeds} | "
            + " | ".join(str(counts[word]) for word in ("fail", "unjudged", "warn", "pass"))
            + " |"
        )
    print(
        "\n| check | rows a side | fails critically | fails as a warning | inconclusive | error | passes |\n|---|---|---|---|---|---|---|"
    )
    for (name, size), counts in sorted(checks.items()):
        total = sum(counts.values())
        asked = total - sum(count for word, count in counts.items() if word.startswith("not_asked"))
        if not asked:
            continue
        soft = sum(count for word, count in counts.items() if word.startswith("fail") and word != "fail/critical")
        words = [counts["fail/critical"], soft] + [
            sum(count for word, count in counts.items() if word.startswith(start))
            for start in ("inconclusive", "error", "pass")
        ]
        print(f"| `{name}` | {size:,} | " + " | ".join(f"{count / asked:.1%}" for count in words) + " |")


if __name__ == "__main__":
    main()
