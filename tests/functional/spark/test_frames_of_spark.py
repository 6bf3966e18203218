"""`gates.check` on a frame of Spark: workers write its rows and read them; none passes through the driver."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from importlib import import_module

import polars as pl
import pytest

import gates
from gates.data.duckdb.dataset import LocalDataset
from gates.data.spark.session import end, spark_cluster
from tests.clusters.spark_server import connect_server
from tests.projects import ROWS, mixed, table_rows


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with connect_server(tmp_path_factory.mktemp("sail") / "log") as address:
        yield address


@pytest.fixture(scope="module")
def session(server):
    from pyspark.sql.connect.session import SparkSession

    import_module("gates.gx.run")
    session = SparkSession.builder.remote(server).create()
    yield session
    end(session)


def test_frame_of_spark_has_the_outcomes_of_one_in_memory(session, monkeypatch):
    rows = mixed(table_rows(ROWS, seed=1), table_rows(ROWS, seed=11))
    monkeypatch.setattr(LocalDataset, "fold", lambda *_: pytest.fail("the driver read rows in a pass of its own"))
    of_spark = gates.check(session.createDataFrame(rows.to_arrow()), purpose="finetune")
    monkeypatch.undo()

    in_memory = gates.check(rows, purpose="finetune")

    assert [one.judged_on() for one in of_spark.checks] == [one.judged_on() for one in in_memory.checks]
    assert (of_spark.rows, of_spark.answer) == (in_memory.rows, in_memory.answer)
    assert of_spark.data["in_memory"] is True


def test_a_session_that_ended_takes_nothing_from_others_when_it_is_collected(session, server):
    from pyspark.sql.connect.client.reattach import ExecutePlanResponseReattachableIterator as Answers

    with spark_cluster("", connect=server) as ended:
        circle = [ended]
        circle.append(circle)
    del ended, circle
    assert session.range(3).count() == 3
    releasing = Answers._release_thread_pool_instance

    gc.collect()

    assert releasing is not None
    assert Answers._release_thread_pool_instance is releasing


def test_partitions_are_files_and_the_digest_does_not_depend_on_who_wrote_them(session):
    human, synthetic = (session.createDataFrame(table_rows(ROWS, seed=seed).to_arrow()) for seed in (1, 11))
    pair = {"human": human.repartition(3, "town"), "synthetic": synthetic}

    verdicts = [gates.check(**pair, only=["human_ratio"]) for _ in range(2)]

    assert verdicts[0].digest() == verdicts[1].digest()
    paths = [file["path"] for file in verdicts[0].data["files"]]
    assert sum(path.startswith("human/") for path in paths) > 1
    assert verdicts[0].rows == {"human": ROWS, "synthetic": ROWS, "undeclared": 0}


def test_frame_of_spark_of_a_generator_gets_its_name(session):
    human, synthetic = (session.createDataFrame(table_rows(ROWS, seed=seed).to_arrow()) for seed in (1, 11))

    verdict = gates.check(human=human, synthetic={"tvae": synthetic}, only=["human_ratio"])

    assert verdict.rows == {"human": ROWS, "synthetic": ROWS, "undeclared": 0}
    assert any(file["path"].startswith("synthetic-1-tvae/") for file in verdict.data["files"])
    with pytest.raises(gates.GatesError, match=r"synthetic\['tvae'\] has a column 'generator' of its own"):
        gates.check(human=human, synthetic={"tvae": synthetic.withColumnRenamed("town", "generator")})


def test_frame_of_spark_without_rows_is_refused(session):
    frame = session.createDataFrame(pl.DataFrame({"a": [1], "origin": ["human"]}).to_arrow()).where("a > 1")

    with pytest.raises(gates.GatesError, match="rows: the frame has no row"):
        gates.check(frame)


def test_what_spark_raises_is_one_sentence(session):
    frame = session.createDataFrame(pl.DataFrame({"a": ["x"], "origin": ["human"]}).to_arrow())

    with pytest.raises(gates.GatesError, match="Spark could not finish: "):
        gates.check(frame.selectExpr("origin", "raise_error('broken') AS a"))


JVM = """\
import json

import polars as pl
from pyspark.sql import SparkSession

import gates

session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
frame = session.createDataFrame(pl.read_parquet("rows.parquet").to_arrow())
verdict = gates.check(frame, only=["human_ratio", "duplicate_ratio"], purpose="finetune")
print(json.dumps({"checks": [one.judged_on() for one in verdict.checks], "rows": verdict.rows}))
# The session that the program began still works.
assert frame.count() == sum(verdict.rows.values())
"""


@pytest.mark.slow
@pytest.mark.program
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
def test_frame_of_a_jvm_has_the_outcomes_of_one_in_memory_and_keeps_its_session(tmp_path):
    rows = mixed(table_rows(ROWS, seed=1), table_rows(ROWS, seed=11))
    rows.write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "judge.py").write_text(JVM)

    ran = subprocess.run(
        [sys.executable, "judge.py"],
        cwd=tmp_path,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    in_memory = gates.check(rows, only=["human_ratio", "duplicate_ratio"], purpose="finetune")
    assert json.loads(ran.stdout) == {"checks": [one.judged_on() for one in in_memory.checks], "rows": in_memory.rows}
