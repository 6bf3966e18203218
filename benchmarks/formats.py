"""What `gates init` guesses of each format that public sets have, what `gates check` finds in it, and how long both take.

    python benchmarks/formats.py

Every format of docs/reference/formats.md, as its tests make them: 100 human and 100 synthetic rows, one empty synthetic
answer. The whole check is run, not only the rule that finds it. Seconds are those of one process that has imported
everything, each format in a folder of its own and without a cache. The table belongs at the end of that page.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from gates.cli.main import run
from tests.guesses import guesses
from tests.samples.format_samples import COMMANDS, CONVERSATIONS, WRITERS, conversations

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = "expect_row_failure_ratio_to_be_less_than/"


def called(*arguments: str) -> tuple[str, float]:
    """What a command prints, and its seconds."""
    out, start = io.StringIO(), time.perf_counter()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        run(arguments)
    return out.getvalue(), time.perf_counter() - start


def tried(write: Callable[[Path], object], command: str) -> str:
    """The cells of one format."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write(Path(folder))
        printed, setting_up = called(*shlex.split(command))
        verdict, checking = called("check", "--format", "json")
        os.chdir("/")
    guessed = guesses(printed)
    columns = [
        f"{role}: {cells[0].removeprefix('column ')}"
        for role, cells in guessed.items()
        if cells[0].startswith("column ") and role != "origin"
    ]
    failed = {check["id"]: check["evidence"] for check in json.loads(verdict)["checks"] if check["outcome"] == "fail"}
    places = {
        check.partition(RULE)[2]: evidence["first_rows"][0] for check, evidence in failed.items() if RULE in check
    }
    named = ", ".join(f"`{rule}` at {place}" for rule, place in places.items()) or "nothing"
    return f"{'; '.join((guessed['type'][0], *columns))} | {named} | {setting_up:.1f} s | {checking:.1f} s"


def main() -> None:
    """Print the table."""
    # What is imported first is not what a format costs.
    tried(WRITERS["CSV"], COMMANDS["CSV"])
    print(
        "| format | guessed | row rules that failed | `gates init` | `gates check` |", "|---|---|---|---|---|", sep="\n"
    )
    for name, command in COMMANDS.items():
        print(f"| {name} | {tried(WRITERS[name], command)} |", flush=True)
    for name, line, _ in CONVERSATIONS:
        write = lambda root, line=line: conversations(line, root / "rows.jsonl")  # noqa: E731
        print(f"| {name} | {tried(write, 'init rows.jsonl')} |", flush=True)


if __name__ == "__main__":
    main()
