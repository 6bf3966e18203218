"""Wall time and peak memory of judging Adult (24 thousand human rows, 50 thousand synthetic ones), split into steps.

    python benchmarks/adult.py [--part mostly] [--runs 3]

Each run is a process of its own; medians are printed.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def prepare(root: Path, part: str) -> None:
    """A project as a user would have it, drafts accepted."""
    import polars as pl

    rows = pl.read_parquet(DATA / "tabular_adult_2023.parquet")
    kept = rows.filter(pl.col("part").is_in(["trn", part])).drop("part", "generator", "source")
    kept.write_parquet(root / "mix.parquet")
    holdout = rows.filter(pl.col("part") == "val").drop("part", "generator", "source")
    holdout.write_parquet(root / "holdout.parquet")
    settings = (
        'path = "mix.parquet"\ntype = "tabular"\npurpose = "finetune"\nlabel = "income"\nholdout = "holdout.parquet"\n'
    )
    (root / "gates.toml").write_text(f"[datasets.mix]\n{settings}")
    subprocess.run([sys.executable, "-m", "gates", "init", "--accept"], cwd=root, check=True, capture_output=True)


def measure(root: Path) -> dict[str, float]:
    """Seconds per step and peak memory in MB of one judgement in this process."""
    start = time.perf_counter()
    from gates.checking.check_dataset import Options, judge
    from gates.checking.resolve import resolve
    from gates.config.load import load_config

    light = time.perf_counter()
    import gates.gx  # noqa: F401  # what the suites step would import

    heavy = time.perf_counter()
    judged = judge(resolve(load_config(root / "gates.toml").dataset("mix"), date(2026, 1, 1)), Options())
    return {
        "import": light - start,
        "import GX": heavy - light,
        **judged.seconds,
        "total": time.perf_counter() - start,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print the medians of some runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", default="mostly")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    if not DATA.is_dir():
        parser.exit(0, "skipped: the real data is not beside this checkout\n")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        prepare(root, options.part)
        call = [sys.executable, __file__, "--measure", str(root)]
        runs = [
            json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
            for _ in range(options.runs)
        ]
    for step in runs[0]:
        print(f"{step:10} {statistics.median(run[step] for run in runs):8.2f}")


if __name__ == "__main__":
    main()
