"""A whole gate, all checks of its data type, beside what one would run in its place.

    python -m benchmarks.whole [--rows 100000] [--documents 100000] [--runs 3] [--only gates SDMetrics SDMetrics-all Evidently texts]

Rows and documents are those of each origin. A table of 15 columns that depend on each other: SDMetrics' diagnostic and quality
reports, these and its metrics of copies, detection and efficacy (SDMetrics-all), and Evidently's presets of drift and summary, each
in a process of its environment (see benchmarks/gatebench); only the second answers most of the questions. Texts: near duplicates by rensa, 13-grams of evaluation texts in a Python set, and a classifier
of hashed words by scikit-learn, one after the other in one process. Peers that gates does without come with
`pip install --target .venv/peers --group bench`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.cost import Program, costs_in_turns, table
from benchmarks.gatebench.asking import install
from benchmarks.whole.datasets import write_table, write_texts

HERE = Path(__file__).parents[2]
TABLE_PEERS, TEXT_PEERS = ("SDMetrics", "SDMetrics-all", "Evidently"), ("texts",)
# A verdict that fails, or has an undecided check, has done the same work: these rows are to cost time, and not to be good. What is
# refused as wrong usage has done none.
CODES = frozenset({0, 1, 3})


def ours(root: Path) -> Program:
    """`gates check` of all that there is to check, nothing recalled."""
    command = (sys.executable, "-m", "gates", "check", "mix", "--no-cache", "--format", "json")
    return Program(command, root, str(HERE), CODES)


def peer_of_tables(tool: str, root: Path) -> Program:
    """One of the tools of the benchmark of answers, on the same rows."""
    if tool == "SDMetrics-all":
        return Program((str(install()), str(Path(__file__).with_name("tables.py")), str(root / "mix")), HERE)
    return Program((str(install()), str(HERE / "benchmarks/gatebench/peers.py"), str(root), tool), HERE)


def peer_of_texts(root: Path) -> Program:
    """What a programmer writes for texts."""
    return Program(
        (sys.executable, str(Path(__file__).with_name("texts.py")), str(root)), HERE, str(HERE / ".venv/peers")
    )


def main() -> None:
    """Print a table for each kind of data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    names = ("gates", *TABLE_PEERS, *TEXT_PEERS)
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    options = parser.parse_args()
    if set(options.only) == {"gates"}:
        parser.error("--only names nothing that gates is measured beside")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        is_ours = "gates" in options.only
        tables = {tool: peer_of_tables(tool, root / "tables") for tool in TABLE_PEERS if tool in options.only}
        if tables:
            write_table(root / "tables" / "mix", options.rows)
            programs = {"gates": ours(root / "tables" / "mix"), **tables} if is_ours else tables
            print(f"{options.rows:,} rows of each origin\n{table(costs_in_turns(programs, options.runs))}", flush=True)
        if "texts" in options.only:
            write_texts(root / "texts", options.documents)
            texts = {"rensa, a set, scikit-learn": peer_of_texts(root / "texts")}
            programs = {"gates": ours(root / "texts"), **texts} if is_ours else texts
            print(f"{options.documents:,} texts of each origin\n{table(costs_in_turns(programs, options.runs))}")


if __name__ == "__main__":
    main()
