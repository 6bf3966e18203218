"""A full check reads a dataset once and fetches rows of it once; so it does its holdout and the version promoted before."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import resolve
from gates.config.load import read_config
from gates.data.duckdb.dataset import LocalDataset
from gates.data.evaluation import EvaluationSets
from gates.data.scan import samples
from gates.metrics.base import languages
from gates.metrics.copies import text_store
from tests.promotions.promoted_before import FrameContent, promoted

ROWS = 120
TODAY = date(2026, 5, 1)
START = datetime(2024, 5, 1)  # noqa: DTZ001 (series are written in local time)
# What only own suites ask, and reads columns of every row.
OWN = {
    "human": [("expect_human_rows_to_be_recent", {"min_value": 0.1})],
    "synthetic": [
        (
            "expect_constraint_violation_ratio_to_be_less_than",
            {"constraint": "key", "columns": ["row"], "max_value": 0.5},
        )
    ],
    "combined": [("expect_slice_row_counts_to_be_between", {"min_value": 1})],
}


def words(number: int, salt: int) -> str:
    """A text of 25 made-up words, another for each number."""
    return " ".join(f"w{(number * 7919 + salt * 104729 + place * 31) % 1009}" for place in range(25))


def columns_of(kind: str, salt: int) -> dict[str, list]:
    """Columns that bear the names of their roles, as many of them as the type has."""
    numbers = range(ROWS)
    texts = {part: [words(number, salt + part) for number in numbers] for part in range(3)}
    times = [START + timedelta(hours=number, days=40 * salt) for number in numbers]
    labels = ["good" if number % 4 < 2 + salt % 2 else "bad" for number in numbers]
    return {
        "tabular": {"age": [number * 37 % 71 for number in numbers], "label": labels},
        "text": {"text": texts[0], "label": labels},
        "instruction": {"prompt": texts[0], "response": texts[1]},
        "preference": {"prompt": texts[0], "chosen": texts[1], "rejected": texts[2]},
        "annotations": {"item": [number // 2 for number in numbers], "annotator": ["ana", "bo"] * (ROWS // 2),
                        "label": labels},
        "timeseries": {"entity": [f"s{salt}"] * ROWS, "timestamp": times,
                       "value": [float((number * 37 + salt) % 11) for number in numbers]},
        "translation": {"source": texts[0], "target": texts[1], "source_language": ["en", "fr"] * (ROWS // 2),
                        "target_language": ["de"] * ROWS},
        "events": {"timestamp": times, "event": [("open", "read", "close")[number % 3] for number in numbers],
                   "session": [f"{salt}-{number // 6}" for number in numbers]},
    }[kind]  # fmt: skip


KINDS = ("tabular", "text", "instruction", "preference", "annotations", "timeseries", "translation", "events")
LINEAGE = {"generator": "gen", "created_at": "2024-05-01", "seed_id": "none"}


def rows_of(kind: str, salt: int, origin: str) -> pl.DataFrame:
    """Rows of one origin with everything beside that some check reads of every row."""
    columns = columns_of(kind, salt)
    columns |= {"town": ["A", "B"] * (ROWS // 2), "row": [f"{origin}-{salt}-{number}" for number in range(ROWS)]}
    columns["id"] = columns["row"]
    if kind in ("text", "instruction", "preference"):
        columns |= {"language": ["de", "fr"] * (ROWS // 2), "locale": ["de-AT", "fr-FR"] * (ROWS // 2)}
    columns |= {name: [value] * ROWS for name, value in LINEAGE.items() if origin == "synthetic" or name != "generator"}
    return pl.DataFrame(columns, strict=False).with_columns(origin=pl.lit(origin))


def project(root: Path, kind: str) -> None:
    """A dataset of the type in two files, with a holdout, an evaluation set, a population and own suites."""
    (root / "data").mkdir()
    rows_of(kind, 1, "human").write_parquet(root / "data/human.parquet")
    pl.concat([rows_of(kind, 1, "synthetic").head(30), rows_of(kind, 5, "synthetic")]).write_parquet(
        root / "data/synthetic.parquet"
    )
    rows_of(kind, 9, "human").write_parquet(root / "holdout.parquet")
    rows_of(kind, 13, "human").write_parquet(root / "exam.parquet")
    (root / "population.csv").write_text("dimension,level,share,source\ntown,A,0.5,census\ntown,B,0.5,census\n")
    columns = {name: name for name in LINEAGE} | {"key" if kind == "tabular" else "id": "id"}
    if kind == "timeseries":
        columns.pop("id")
    mapped = ", ".join(f'{role} = "{column}"' for role, column in columns.items())
    label = 'label = "label"\n' if kind in ("tabular", "text") else ""
    (root / "gates.toml").write_text(
        f'[datasets.rows]\ntype = "{kind}"\npath = "data"\npurpose = "finetune"\n'
        f'holdout = "holdout.parquet"\nevaluation = ["exam.parquet"]\npopulation = "population.csv"\n'
        f'slices = ["town"]\n{label}columns = {{ {mapped} }}\n'
    )
    folder = root / "expectations/rows"
    folder.mkdir(parents=True)
    for scope, entries in OWN.items():
        expectations = [
            {"type": kind, "kwargs": kwargs, "severity": "warning", "meta": {"reason": "its own", "question": "scale"}}
            for kind, kwargs in entries
        ]
        (folder / f"{scope}.json").write_text(json.dumps({"name": f"rows {scope}", "expectations": expectations}))


class CountedContent(FrameContent):
    """A version promoted before whose rows are counted as often as they are opened."""

    def rows(self):
        READS["before"] += 1
        return super().rows()


READS: Counter[str] = Counter()


@pytest.fixture
def reads(monkeypatch) -> Counter[str]:
    """How often rows are read, by whose they are, and fetched by their ids."""
    READS.clear()
    read, fetch, exam = LocalDataset.batches, LocalDataset.take, EvaluationSets.batches

    def batches(self, *files):
        READS[self.where] += 1
        return read(self, *files)

    def take(self, row_ids, *columns):
        READS[f"{self.where} by id"] += 1
        return fetch(self, row_ids, *columns)

    def evaluation(self):
        READS["exam"] += 1
        return exam(self)

    monkeypatch.setattr(LocalDataset, "batches", batches)
    monkeypatch.setattr(LocalDataset, "take", take)
    monkeypatch.setattr(EvaluationSets, "batches", evaluation)
    # So few rows are a sample of the dataset, as they are of a large one.
    monkeypatch.setattr(samples, "SAMPLE_ROWS", 50)
    monkeypatch.setattr(samples, "SAMPLE_TEXTS", 50)
    monkeypatch.setattr(languages, "ROWS_DRAWN", 40)
    return READS


@pytest.mark.parametrize("tokens", [1 << 24, 0], ids=["in memory", "beyond memory"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_check_reads_every_row_once_and_fetches_rows_once(kind, tokens, tmp_path, reads, monkeypatch):
    project(tmp_path, kind)
    monkeypatch.setattr(text_store, "tokens_in_memory", lambda: tokens)
    resolved = resolve(read_config(tmp_path / "gates.toml").datasets["rows"], TODAY)
    before = rows_of(kind, 1, "human").drop("origin", "town")
    content = CountedContent(before)

    judged = judge(resolved, Options(promoted=replace(promoted(before), content=content)))

    outcomes = {check.outcome.value for check in judged.verdict.checks}
    assert outcomes >= {"pass", "fail"}
    assert reads["data"] == reads["data by id"] == reads["holdout.parquet"] == reads["before"] == 1
    has_texts = kind not in ("tabular", "timeseries", "events", "annotations")
    assert reads["exam"] == has_texts
    assert max(reads.values()) == 1


METRICS = Path(languages.__file__).parents[1]
# What only an engine knows: its library, its files, its batches and their order, how a row id is made.
ENGINE = re.compile(
    r"import duckdb|duckdb\.|pl\.(read|scan)_|read_(parquet|bytes|text)|\.batches\(|\.source\.|\.connection\b|\bopen\(|pq\.|"
    r"import pyarrow\.parquet"
)


def test_no_metric_knows_an_engine_opens_a_file_or_reads_batches():
    knowing = {
        path.relative_to(METRICS).as_posix(): match[0]
        for path in sorted(METRICS.rglob("*.py"))
        if (match := ENGINE.search(path.read_text()))
    }

    # An earlier version is a dataset of its own, folded as this one is.
    assert knowing == {"history/earlier_rows.py": ".source."}


PACKAGE = METRICS.parent
# What is left to whoever opened the data: batches are folded, and a view is of an engine's own kind.
OPENED = re.compile(r"\.batches\(|\.connection\b|import duckdb|duckdb\.DuckDB")


def test_rooms_above_the_data_fold_rows_and_know_no_connection():
    """`gates.gx` runs Great Expectations on DuckDB; first drafts of rules and guesses ask SQL of the views.

    The health of weights is asked of a table of weights, and is no reading of a dataset.
    """
    rooms = [room for room in sorted(PACKAGE.iterdir()) if room.is_dir() and room.name not in ("data", "gx")]
    knowing = {
        path.relative_to(PACKAGE).as_posix()
        for room in rooms
        for path in room.rglob("*.py")
        if OPENED.search(path.read_text())
    }

    guesses = {f"init/guesses/{name}.py" for name in ("context_guess", "few_values", "roles_guess")}
    assert knowing == {"init/propose.py", *guesses, "api/frame_words.py", "advice/weighing/weight_health.py"}
    engine = (PACKAGE / "data/engine.py").read_text()
    assert not OPENED.search(engine)
