"""Whole datasets with known answers: gates and other tools, each in its documented use.

    python -m benchmarks.gatebench --seed 1 [--only copies ...] [--keep gatebench.jsonl]

Fetches the sources and installs the peers (dependency group `gatebench`) into an environment of their own where they are
not there yet. Prints the tables of docs/explanation/benchmark.md. Limits of gates are not set by these cases.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.kept import Kept, Record
from benchmarks.sources.fetch import fetch

from . import score
from .asking import BY_NAME, OURS, ask_gates, ask_peers
from .cases import CASES
from .score import Reply


def by_tool(records: list[Record]) -> dict[str, list[Reply]]:
    """Replies by the name of the tool, ours first; those with a score also under the limit that does best."""
    names = ("case", "tool", "refuses", "why", "score", "seconds", "version")
    replies: dict[str, list[Reply]] = {OURS: []}
    for record in records:
        fields = {name: record[name] for name in names if name in record}
        replies.setdefault(str(record["tool"]), []).append(Reply(**fields))  # type: ignore[arg-type]
    for tool in [tool for tool, own in replies.items() if any(reply.score is not None for reply in own)]:
        limit, best = score.with_best_limit(CASES, replies[tool])
        replies[f"{tool}, score under {limit:.3f}"] = best
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
    if not options.gates_only:
        # The last of the peers answers when all have.
        open_cases = [
            case for case in cases if not kept.has({"case": case.name, "tool": "pandera", "seed": options.seed})
        ]
        ask_peers(open_cases, options.seed, kept)
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
