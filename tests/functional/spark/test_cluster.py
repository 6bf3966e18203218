"""A cluster of which a worker dies in the middle gives the verdict of one machine."""

from __future__ import annotations

import json
import shutil
from threading import Thread

import polars as pl
import pytest

from tests.clusters.spark_standalone import standalone_cluster, waited_for
from tests.contract.sound_datasets import NAME, sound
from tests.projects import program

FILES, ROWS = 12, 240
# Says which rows are judged in which worker's folder, and gives the test time to end that worker meanwhile.
SCHEMA = """\
import os
import time
import uuid
from pathlib import Path

import pandera.polars as pa
import polars as pl


class Rows(pa.DataFrameModel):
    response: str = pa.Field(nullable=True)

    @pa.check("response")
    def short(cls, data):
        rows = data.lazyframe.select(pl.col(data.key).hash().sum()).collect().item()
        mark = Path({marks!r}) / uuid.uuid4().hex
        mark.with_suffix(".part").write_text(f"{{rows}} {{os.getcwd()}}")
        mark.with_suffix(".part").rename(mark)
        time.sleep(1)
        return data.lazyframe.select(pl.col(data.key).str.len_chars() < 150)
"""


@pytest.fixture
def project(tmp_path):
    """Rows in many files with a rule that takes its time. The marks that the rule leaves lie beside them."""
    root, marks = tmp_path / "project", tmp_path / "marks"
    for folder in (root, marks, root / "schemas"):
        folder.mkdir()
    sound("instruction", ROWS).declaring(path="rows").write(root)
    rows = pl.read_parquet(root / "rows.parquet")
    (root / "rows.parquet").unlink()
    (root / "rows").mkdir()
    for number, part in enumerate(rows.iter_slices(-(-rows.height // FILES))):
        part.write_parquet(root / "rows" / f"{number:02}.parquet")
    (root / "schemas/own.py").write_text(SCHEMA.format(marks=str(marks)))
    with (root / "gates.toml").open("a") as config:
        config.write('schema = "schemas/own.py:Rows"\n')
    return root


def judged_below(marks, folder):
    """Which rows were judged so far by a worker that works in this folder."""
    judged = [mark.read_text().split(maxsplit=1) for mark in marks.iterdir() if not mark.suffix]
    return {rows for rows, place in judged if place.startswith(str(folder))}


@pytest.mark.slow
@pytest.mark.program
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
def test_cluster_that_loses_a_worker_gives_the_verdict_of_one_machine(project, tmp_path):
    marks, arguments = tmp_path / "marks", ("check", NAME, "--no-cache", "--format", "json")
    here, calls = program(project, *arguments), []
    with standalone_cluster(tmp_path) as cluster:
        at_work = Thread(
            target=lambda: calls.append(
                program(project, *arguments, "--engine", "spark", "--spark-master", cluster.address)
            )
        )
        at_work.start()
        lost, other = cluster.workers
        waited_for(lambda: calls or (judged_below(marks, lost) and judged_below(marks, other)))
        assert not calls, calls
        cluster.kill(lost)
        at_work.join()

    (spread,) = calls
    assert here.code in {0, 1}, here.err
    assert spread.code == here.code, spread.err
    assert json.loads(spread.out) == json.loads(here.out)
    again = judged_below(marks, lost) & judged_below(marks, other)
    assert again, "nothing that the dead worker had judged was judged again"


DEADLY = """\
import os
import signal
import sys

import pandera.polars as pa
import polars as pl


class Rows(pa.DataFrameModel):
    response: str = pa.Field(nullable=True)

    @pa.check("response")
    def short(cls, data):
        if "pyspark.worker" in sys.modules:
            os.kill(os.getpid(), signal.SIGKILL)
        return data.lazyframe.select(pl.col(data.key).str.len_chars() < 150)
"""


@pytest.mark.slow
@pytest.mark.program
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
def test_rows_on_which_every_worker_dies_have_no_verdict_and_a_sentence(project):
    (project / "schemas/own.py").write_text(DEADLY)

    called = program(project, "check", NAME, "--no-cache", "--engine", "spark", "--spark-master", "local[2]")

    assert called.code == 3
    assert "Spark could not finish: " in called.err
    assert "Python worker exited unexpectedly" in called.err
    assert not (project / ".gates" / "verdicts" / f"{NAME}.json").exists()
