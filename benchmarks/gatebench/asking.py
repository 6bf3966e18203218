"""How the tools are asked: gates in processes of this environment, the peers in one of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.gating import judged
from benchmarks.sources.source import REPOSITORY

from .cases import CASES, Case

if TYPE_CHECKING:
    from benchmarks.kept import Kept, Record

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
