"""Whole datasets with known answers: gates and other tools, each in its documented use.

    python -m benchmarks.gatebench --seed 1 [--only copies ...] [--keep gatebench.jsonl]

Fetches the sources and installs the peers (dependency group `gatebench`) into an environment of their own where they are
not there yet. Prints the tables of docs/explanation/benchmark.md. Limits of gates are not set by these cases.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from benchmarks.gating import judged
from benchmarks.kept import Kept, Record
from benchmarks.sources.fetch import fetch
from benchmarks.sources.source import REPOSITORY

from . import score
from .cases import CASES, Case
from .score import Reply

OURS = "gates"
PEERS = REPOSITORY / ".venv" / "gatebench"
BY_NAME = {case.name: case for case in CASES}


def install() -> Path:
    """The interpreter that has the peers."""
    python = PEERS / "bin" / "python"
    if not (PEERS / ".installed").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip>=25.1"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--group", "gatebench"], cwd=REPOSITORY, check=True)
        (PEERS / ".installed").touch()
    return python


def our_reply(job: Record) -> Record:
    """What gates says of a case: refused where the verdict is fail, no answer where it is unjudged."""
    from gates import __version__

    dataset = BY_NAME[str(job["case"])].dataset(int(str(job["seed"])))
    assert dataset is not None
    started = time.perf_counter()
    answer = judged(dataset)
    refuses = {"fail": True, "pass": False, "warn": False}.get(answer.word)
    why = "; ".join(answer.blocking or answer.undecided)
    return {
        **job,
        "refuses": refuses,
        "why": why,
        "seconds": round(time.perf_counter() - started, 1),
        "version": __version__,
    }


def ask_gates(wanted: list[Record], kept: Kept) -> None:
    """Two cases at a time, each in a process of its own."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        for record in executor.map(our_reply, wanted):
            kept.add(record)


def ask_peers(cases: list[Case], seed: int, kept: Kept) -> None:
    """All peers on all cases, in one process of their environment."""
    with tempfile.TemporaryDirectory() as name:
        for case in cases:
            dataset = case.dataset(seed)
            assert dataset is not None
            folder = Path(name) / case.name
            folder.mkdir()
            dataset.human.write_parquet(folder / "human.parquet")
            dataset.synthetic.write_parquet(folder / "synthetic.parquet")
        command = [str(install()), str(Path(__file__).with_name("peers.py")), name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                kept.add({"measure": "gatebench", "seed": seed, **json.loads(line)})
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)


def by_tool(records: list[Record]) -> dict[str, list[Reply]]:
    """Replies by the name of the tool, ours first; SDMetrics also under the limit that does best."""
    names = ("case", "tool", "refuses", "why", "score", "seconds", "version")
    replies: dict[str, list[Reply]] = {OURS: []}
    for record in records:
        fields = {name: record[name] for name in names if name in record}
        replies.setdefault(str(record["tool"]), []).append(Reply(**fields))  # type: ignore[arg-type]
    for tool in [tool for tool, own in replies.items() if any(reply.score is not None for reply in own)]:
        limit, best = score.with_best_limit(CASES, replies[tool])
        replies[f"{tool}, quality under {limit:.3f}"] = best
    return replies


def main() -> None:
    """Ask all tools, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=tuple(BY_NAME), default=tuple(BY_NAME))
    parser.add_argument("--gates-only", action="store_true", help="ask no peer")
    parser.add_argument("--keep", type=Path, help="file of answers, a line each; what stands there is not asked again")
    options = parser.parse_args()
    started = time.perf_counter()
    fetch()
    kept = Kept(options.keep)
    cases = [case for case in CASES if case.name in options.only and case.dataset(options.seed) is not None]
    wanted: list[Record] = [
        {"measure": "gatebench", "seed": options.seed, "tool": OURS, "case": case.name} for case in cases
    ]
    ask_gates([job for job in wanted if not kept.has(job)], kept)
    ask_peers(
        [case for case in cases if not kept.has({"case": case.name, "tool": "pandera", "seed": options.seed})],
        options.seed,
        kept,
    )
    replies = by_tool(
        [record for record in kept.of("gatebench") if record["seed"] == options.seed and record["case"] in options.only]
    )
    print(
        f"{len(cases)} of {len(options.only)} cases, seed {options.seed}, {datetime.now(UTC):%Y-%m-%d}, {time.perf_counter() - started:.0f} s\n"
    )
    print(*score.summary(CASES, replies), "", *score.case_table(CASES, replies), sep="\n")
    print("\nAnother tool is right and gates is not:", *score.beaten(CASES, replies, OURS), sep="\n- ")


if __name__ == "__main__":
    main()
