"""Spark gives the verdict that one machine gives: the same digest, the same failing rows."""

from __future__ import annotations

import json
import shutil
from importlib import import_module

import polars as pl
import pytest

from gates.checking.check_dataset import Options, judge
from gates.checking.engine import LOCAL, Engine
from gates.checking.resolve import with_schemas
from gates.config.data_types import DATA_TYPES, data_type
from gates.config.load import read_config
from gates.contract.contract import load_contract
from gates.data.duckdb.dataset import LocalDataset
from gates.data.spark.cluster import Cluster
from gates.verdict import Outcome
from tests.clusters.spark_server import connect_server
from tests.contract.cases_review import People
from tests.contract.sound_datasets import NAME, TODAY, sound
from tests.projects import program

FILES, ROWS = 3, 120
SCHEMA = """\
import pandera.polars as pa
import polars as pl

from limits import LONGEST


class Rows(pa.DataFrameModel):
    response: str = pa.Field(nullable=True)

    @pa.check("response")
    def short(cls, data):
        return data.lazyframe.select(pl.col(data.key).str.len_chars() < LONGEST)
"""
METRIC = """\
from gates.metrics.base.measurement import Estimate, Measured
from gates.metrics.base.metric import Metric, Side


class Longest:
    needs_rows = True

    def __init__(self, inputs):
        self.longest = 0

    def update(self, batch):
        self.longest = max(self.longest, batch.frame["response"].str.len_chars().max() or 0)

    def merge(self, other):
        self.longest = max(self.longest, other.longest)

    def value(self):
        return self.longest


MAKE = lambda inputs: Longest(inputs)


def accumulate(inputs, params):
    return (MAKE,)


def measure(scan, scope, params):
    return Measured(Estimate.exact(float(scan.collected(MAKE))))


METRIC = Metric(
    "expect_longest_to_be_less_than", measure, Side.MAX, "Is it?", "It matters.", "nobody", "mend it", accumulate=accumulate
)
"""


@pytest.fixture(scope="module")
def sail(tmp_path_factory):
    # Imported by a thread beside the first pass it may meet an import of the same modules there.
    import_module("gates.gx.run")
    with connect_server(tmp_path_factory.mktemp("sail") / "log") as address:
        yield Engine("spark", spark_connect=address)


@pytest.fixture
def local_reads(monkeypatch):
    """Who had rows read by the driver's own engine in one pass, but for those of evaluation sets, which lie there."""
    reads = []
    fold = LocalDataset.fold

    def noted(self, *given):
        if not all("evaluation" in file.path for file in self.files):
            reads.append(type(self).__name__)
        return fold(self, *given)

    monkeypatch.setattr(LocalDataset, "fold", noted)
    return reads


def written(root, kind, *, spoilt=True):
    """Sound rows in several files, of which some lack a value."""
    dataset = sound(kind, ROWS)
    dataset.declaring(path="rows").write(root)
    rows = pl.read_parquet(root / "rows.parquet")
    (root / "rows.parquet").unlink()
    (root / "rows").mkdir()
    if spoilt:
        main = data_type(kind).texts[0] if data_type(kind).texts else rows.columns[0]
        is_spoilt = pl.int_range(pl.len()) % 41 == 5
        rows = rows.with_columns(pl.when(is_spoilt).then(None).otherwise(pl.col(main)).alias(main))
    for number, start in enumerate(range(0, rows.height, -(-rows.height // FILES))):
        rows[start : start + -(-rows.height // FILES)].write_parquet(root / "rows" / f"{number}.parquet")
    return dataset


def judged(root, engine, kept=None):
    contract = load_contract(read_config(root / "gates.toml").datasets[NAME], TODAY)
    return judge(
        with_schemas(contract), Options(kept_files=kept, engine=engine, quarantine=root / f"failing on {engine.name}")
    )


def assert_equal(here, spread):
    assert [one.to_json() for one in spread.verdict.checks] == [one.to_json() for one in here.verdict.checks]
    assert spread.verdict.digest() == here.verdict.digest()
    assert spread.quarantined == here.quarantined
    assert pl.read_parquet(spread.quarantine).equals(pl.read_parquet(here.quarantine))


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_verdict_of_each_type_is_that_of_one_machine(kind, tmp_path, sail, local_reads):
    dataset = written(tmp_path, kind)
    here = judged(tmp_path, LOCAL, dataset.kept)
    read_here = len(local_reads)

    spread = judged(tmp_path, sail, dataset.kept)

    assert_equal(here, spread)
    assert read_here > 0
    assert "SparkDataset" not in local_reads
    assert len(local_reads) == read_here, "the driver read rows in a pass of its own"


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_review_is_about_the_same_rows_on_workers(kind, tmp_path, sail):
    dataset = written(tmp_path, kind)
    People(rejected=10)(read_config(tmp_path / "gates.toml").datasets[NAME])

    here, spread = judged(tmp_path, LOCAL, dataset.kept), judged(tmp_path, sail, dataset.kept)

    assert_equal(here, spread)
    assert spread.verdict.check("combined/expect_review_to_accept/rejected").outcome is Outcome.FAIL


def test_own_schema_and_metric_travel_to_workers_that_do_not_have_them(tmp_path, sail):
    dataset = written(tmp_path, "instruction")
    for name, text in {
        "schemas/limits.py": "LONGEST = 150\n",
        "schemas/own.py": SCHEMA,
        "plugins/own.py": METRIC,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    toml = (tmp_path / "gates.toml").read_text() + 'schema = "schemas/own.py:Rows"\n[plugins]\n'
    (tmp_path / "gates.toml").write_text(
        toml + 'metrics = { expect_longest_to_be_less_than = "plugins/own.py:METRIC" }\n'
    )
    suites = tmp_path / "expectations" / NAME
    suites.mkdir(parents=True)
    own = '{"type": "expect_longest_to_be_less_than", "severity": "warning", "kwargs": {"max_value": 10}, "meta": {}}'
    rule = (
        '{"type": "expect_row_failure_ratio_to_be_less_than", "severity": "warning", "meta": {}, '
        '"kwargs": {"rule": "response/short", "max_value": 0.0}}'
    )
    for scope, entries in {"combined": own, "human": rule, "synthetic": ""}.items():
        (suites / f"{scope}.json").write_text(f'{{"name": "own", "meta": {{}}, "expectations": [{entries}]}}')

    here, spread = judged(tmp_path, LOCAL, dataset.kept), judged(tmp_path, sail, dataset.kept)

    assert_equal(here, spread)
    messages = {str(one.id): one.message for one in spread.verdict.checks}
    assert "at most 10 allowed" in messages["combined/expect_longest_to_be_less_than"]
    assert "fail response/short" in messages["human/expect_row_failure_ratio_to_be_less_than/response/short"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_files_that_are_no_parquet_give_the_same_verdict(suffix, tmp_path, sail):
    dataset = written(tmp_path, "text")
    toml = (tmp_path / "gates.toml").read_text()
    (tmp_path / "gates.toml").write_text(toml.replace("holdout.parquet", f"holdout.{suffix}"))
    for file in (tmp_path / "holdout.parquet", *sorted((tmp_path / "rows").iterdir())):
        rows = pl.read_parquet(file)
        file.unlink()
        target = file.with_suffix(f".{suffix}")
        rows.write_csv(target) if suffix == "csv" else rows.write_ndjson(target)

    assert_equal(judged(tmp_path, LOCAL, dataset.kept), judged(tmp_path, sail, dataset.kept))


def test_one_large_file_read_in_parts_gives_the_same_verdict(tmp_path, sail, monkeypatch):
    dataset = written(tmp_path, "instruction")
    files = sorted((tmp_path / "rows").iterdir())
    pl.concat([pl.read_parquet(file) for file in files]).write_parquet(files[0], row_group_size=70)
    for file in files[1:]:
        file.unlink()
    monkeypatch.setattr("gates.data.spark.units.UNIT_BYTES", 1)
    part_counts = []
    answers = Cluster.answers
    monkeypatch.setattr(
        Cluster, "answers", lambda self, task, parts: part_counts.append(len(parts)) or answers(self, task, parts)
    )

    assert_equal(judged(tmp_path, LOCAL, dataset.kept), judged(tmp_path, sail, dataset.kept))
    assert max(part_counts) > FILES


@pytest.mark.slow
@pytest.mark.program
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java on this machine")
def test_workers_of_a_jvm_give_the_verdict_of_one_machine(tmp_path):
    written(tmp_path, "instruction")
    arguments = ("check", "--no-cache", "--format", "json")

    here = program(tmp_path, *arguments)
    spread = program(tmp_path, *arguments, "--engine", "spark", "--spark-master", "local[2]")

    assert here.code == 1, here.err
    assert spread.code == 1, spread.err
    assert json.loads(spread.out) == json.loads(here.out)
