"""What a commit hook costs in which no data changed, beside what nobody can do without; and a scan after a small change.

    python benchmarks/doors.py [--runs 10] [--rows 25000]

A repository of git and DVC with forty Parquet files is made for it. The programs take turns, so that a busy machine
slows down all of them; medians are printed. The scans are those of one process, of files with --rows rows each.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

FILES = 40
NAME, DATA = "people", "data/people"
# The hook looks at no rows; its verdict has to be reached once, which takes longer with more of them.
ROWS_OF_HOOK = 250
# Beside the interpreter, so that a checkout is measured with what was installed for it.
PROGRAMS = Path(sys.executable).parent
BARE = "python -c 'import click, yaml'"
UNCHANGED, RECALLED, DVC = "gates check --staged", f"gates check {NAME} --staged", "dvc status"
COMMANDS = {
    BARE: [sys.executable, "-c", "import click, yaml"],
    UNCHANGED: [str(PROGRAMS / "gates"), "check", "--staged"],
    RECALLED: [str(PROGRAMS / "gates"), "check", NAME, "--staged"],
    DVC: [str(PROGRAMS / "dvc"), "status"],
}
# A hook that takes longer than twice the start of any program in Python, or a fifth of DVC's own answer, is one that
# people switch off; looking for a verdict by name reads its configuration too. Of one file of forty the scan has a fortieth
# to read, and hashes of all rows to put together.
GOALS = ((UNCHANGED, BARE, 1.6), (RECALLED, BARE, 2.0), (UNCHANGED, DVC, 0.2), (RECALLED, DVC, 0.2))
SCAN_ALL, SCAN_ONE, SCAN_GOAL = f"scan of all {FILES} files", "scan of 1 changed file", 0.15
# Writing bytecode may be switched off where this runs; an installed program has it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "DVC_NO_ANALYTICS": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def write_file(root: Path, number: int, rows: int, seed: int) -> None:
    """One file of a dataset whose halves follow one law."""
    import numpy as np
    import polars as pl

    generator = np.random.default_rng([seed, number])
    age = generator.integers(18, 80, rows)
    columns = {
        "age": age,
        "income": np.exp(generator.normal(10 + age / 100, 0.5)).round(2),
        "town": generator.choice(["Ely", "Hull", "Leeds", "York"], rows),
        "origin": np.where(np.arange(rows) % 2, "synthetic", "human"),
    }
    pl.DataFrame(columns).write_parquet(root / DATA / f"part-{number:02}.parquet")


def prepare(root: Path) -> None:
    """A repository as a user would have it after `gates init`, with a verdict on what is committed."""
    (root / DATA).mkdir(parents=True)
    for number in range(FILES):
        write_file(root, number, ROWS_OF_HOOK, seed=0)
    run(root, "git", "init", "-q")
    run(root, str(PROGRAMS / "dvc"), "init", "-q")
    run(root, str(PROGRAMS / "dvc"), "add", "-q", DATA)
    run(root, *COMMANDS[UNCHANGED][:1], "init")
    run(root, "git", "add", "-A")
    run(root, "git", "commit", "-q", "-m", "start")
    run(root, *COMMANDS[RECALLED], "--exit-zero")


def run(root: Path, *command: str) -> float:
    """Seconds that a command takes, the start of its process included."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    # Whether the verdict on these rows is good does not matter here; that there is one does.
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)} exited {done.returncode}: {done.stderr or done.stdout}")
    return seconds


def medians(root: Path, runs: int) -> dict[str, float]:
    """Median seconds of each command; the first round, in which files are read from disk, does not count."""
    rounds = [{name: run(root, *command) for name, command in COMMANDS.items()} for _ in range(runs + 1)]
    return {name: statistics.median(round_[name] for round_ in rounds[1:]) for name in COMMANDS}


def scans(root: Path, rows: int, runs: int) -> dict[str, float]:
    """Median seconds of the scan and its samples in this process, of all files and of one that changed since they were scanned."""
    from gates.checking.cache.folder import Cache
    from gates.checking.check_dataset import Options, judge
    from gates.checking.resolve import resolve
    from gates.config.load import load_config

    # A project of its own, without inferred ranges: a file with a row outside of them is read each time.
    root = root / "scans"
    (root / DATA).mkdir(parents=True)
    (root / "gates.toml").write_text(f'[datasets.{NAME}]\npath = "{DATA}"\ntype = "tabular"\n')
    for number in range(FILES):
        write_file(root, number, rows, seed=0)
    resolved = resolve(load_config(root / "gates.toml").dataset(NAME), date(2026, 1, 1))
    # Samples are fetched when a check asks for them; this one asks for both and computes little.
    everything = Options(only=("expect_origins_to_be_declared", "expect_partitions_to_align"))
    remembering = Options(only=everything.only, summaries=Cache(root / ".gates" / "doors").for_summaries())
    judge(resolved, remembering)
    seconds: dict[str, list[float]] = {SCAN_ALL: [], SCAN_ONE: []}
    for seed in range(1, runs + 1):
        write_file(root, 0, rows, seed)
        for name, options in ((SCAN_ALL, everything), (SCAN_ONE, remembering)):
            steps = judge(resolved, options).seconds
            seconds[name].append(steps["scan"] + steps["metrics"])
    return {name: statistics.median(times) for name, times in seconds.items()}


def main() -> None:
    """Print medians, then each ratio beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--rows", type=int, default=25_000, help="rows of each file that is scanned")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(scans(options.measure, options.rows, options.runs)))
        return
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        prepare(root)
        seconds = medians(root, options.runs)
        call = [sys.executable, __file__, "--measure", name, "--runs", str(options.runs), "--rows", str(options.rows)]
        seconds |= json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    for what, median in seconds.items():
        print(f"{what:32} {median * 1000:8.0f} ms")
    print()
    for what, beside, goal in (*GOALS, (SCAN_ONE, SCAN_ALL, SCAN_GOAL)):
        ratio = seconds[what] / seconds[beside]
        print(f"{what:28} / {beside:32} {ratio:6.2f}  goal {goal:.2f}  {'met' if ratio <= goal else 'missed'}")


if __name__ == "__main__":
    main()
