"""A run reads the rows of the files that changed, and answers as if it had read them all."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.checking.cache.folder import Cache
from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import with_schemas
from gates.config.load import load_config
from gates.contract.contract import load_contract
from gates.data.duckdb.dataset import LocalDataset
from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.errors import DataError
from gates.metrics.catalogue import METRICS
from tests.opened import open_dataset
from tests.projects import mixed, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

SHA256 = re.compile(rb"[0-9a-f]{64}")
TODAY = date(2026, 1, 1)
SETTINGS = 'type = "tabular"\npurpose = "finetune"\n'
TEXT = SETTINGS.replace("tabular", "text")
# Those of the rest that read nothing but samples would only take time here.
ASKED = (
    "expect_row_failure_ratio_to_be_less_than",
    "expect_origins_to_be_declared",
    "expect_partitions_to_align",
    "expect_human_ratio_to_be_between",
    "expect_duplicate_ratio_to_be_less_than",
    "expect_lineage_to_be_complete",
    "expect_contamination_ratio_to_be_less_than",
    "expect_columns_to_not_contain_personal_data",
)
# What looks at every row beyond what the index has of it.
WHOLE = ASKED[-2:]
SCHEMA = """\
import pandera.polars as pa

Mix = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(LIMIT), required=False)})
"""


@dataclass
class Store:
    """A summary store in memory; put: of how many files each call kept something.

    Of a file two entries are kept: what is known of its rows, and its sha256 by its md5.
    """

    entries: dict[str, bytes] = field(default_factory=dict)
    put: list[int] = field(default_factory=list)

    def get_bytes(self, key: str) -> bytes | None:
        return self.entries.get(key)

    def put_bytes(self, entries: Iterable[tuple[str, bytes]]) -> None:
        files = dict(entries)
        self.entries |= files
        named = [content for content in files.values() if SHA256.fullmatch(content)]
        assert len(files) == 2 * len(named)
        self.put.append(len(named))


def run(root, store=None, only=ASKED):
    """What a run says, what it put into the quarantine, and how many rows it read."""
    counts: list[tuple[int, int]] = []

    def progress(step, done, total):
        if step == "rows":
            counts.append((done, total))

    contract = load_contract(load_config(root / "gates.toml").dataset("mix"), TODAY)
    types = {check for entries in contract.entries.values() for check in (entry.type for entry in entries)}
    types.add("expect_row_failure_ratio_to_be_less_than")
    selected = tuple(check for check in only if check in types)
    judged = judge(
        with_schemas(contract),
        Options(only=selected, quarantine=root / "quarantine", progress=progress, summaries=store),
    )
    rows = pl.read_parquet(judged.quarantine).rows() if judged.quarantine else []
    assert len({(file, row) for file, row, *_ in rows}) == judged.quarantined
    shutil.rmtree(root / "quarantine", ignore_errors=True)
    return json.dumps(judged.verdict.to_json(), sort_keys=True), rows, counts


def write(root, files, settings=SETTINGS, where='path = "data"'):
    """The files of the dataset `mix` below `data`; its configuration."""
    shutil.rmtree(root / "data", ignore_errors=True)
    for name, frame in files.items():
        put(root / "data" / name, frame)
    (root / "gates.toml").write_text(f"[datasets.mix]\n{where}\n{settings}")


def put(path, frame):
    path.parent.mkdir(parents=True, exist_ok=True)
    writers = {".parquet": frame.write_parquet, ".csv": frame.write_csv, ".jsonl": frame.write_ndjson}
    writers[path.suffix](path)


def part(seed, rows=30):
    return mixed(table_rows(rows, seed), table_rows(rows, seed + 100)).with_columns(
        generator=pl.when(pl.col("origin") == "synthetic").then(pl.lit(f"model {seed % 3}"))
    )


def texts(seed, rows=30):
    words = np.random.default_rng(seed).choice(
        ["the", "cat", "sat", "on", "a", "mat", "while", "it", "rained"], (rows, 12)
    )
    ends = {0: "\nCertainly! Here is", 3: " says anna@mail-office.net"}
    body = [" ".join(row) + ends.get(number % 7, "") for number, row in enumerate(words)]
    return pl.DataFrame({"origin": ["human", "synthetic"] * (rows // 2), "text": body})


def put_exam(root, *seeds):
    """An evaluation set of what stands in the files with these seeds; the line that declares it."""
    pl.concat([texts(seed)[:5].select("text") for seed in seeds]).write_ndjson(root / "exam.jsonl")
    return 'evaluation = ["exam.jsonl"]\n'


def as_without(root, store):
    """Run with the store; that the answer is the one without it. The rows that were read."""
    verdict, rows, counts = run(root, store)
    assert (verdict, rows) == run(root)[:2]
    return counts


def test_one_changed_file_of_forty_is_the_only_one_read(tmp_path):
    store = Store()
    write(tmp_path, {f"{number:02}.parquet": part(number) for number in range(40)})
    run(tmp_path, store)
    put(tmp_path / "data/17.parquet", part(99))

    counts = as_without(tmp_path, store)

    assert store.put == [40, 1]
    # The changed file is read when the file after it is recalled; the end is announced as well.
    assert counts == [(19 * 60, 40 * 60), (40 * 60, 40 * 60)]
    assert as_without(tmp_path, store) == []


def test_no_page_of_an_unchanged_file_is_decoded(tmp_path):
    write(tmp_path, {f"{number}.parquet": part(number) for number in range(4)})

    with closing(open_dataset(load_config(tmp_path / "gates.toml").dataset("mix"))) as opened:
        whole = pl.concat([pl.DataFrame(batch) for batch in opened.batches()])
        for number in (0, 1, 3):
            path = tmp_path / f"data/{number}.parquet"
            content = path.read_bytes()
            footer = int.from_bytes(content[-8:-4], "little") + 8
            path.write_bytes(b"PAR1" + bytes(len(content) - footer - 4) + content[-footer:])
        part_only = pl.concat([pl.DataFrame(batch) for batch in opened.batches([2])])

    assert part_only.equals(of_file(whole, 2))


def of_file(rows, number):
    return rows.filter(pl.col(ROW_ID) // (1 << ROWS_PER_FILE_BITS) == number)


def test_rows_of_chosen_files_are_those_that_a_whole_pass_gives(tmp_path):
    frames = {
        "a.parquet": part(1).drop("income"),
        "b.parquet": part(2).with_columns(pl.col("grade").cast(pl.Float64)),
        "c.csv": part(3),
        "d.jsonl": part(4).with_columns(pair=pl.struct("grade", "town")),
        "e=1/f.parquet": part(5),
    }
    write(tmp_path, frames)

    with open_dataset(load_config(tmp_path / "gates.toml").dataset("mix")) as opened:
        whole = pl.concat([pl.DataFrame(batch) for batch in opened.batches()])
        for chosen in ([0], [1], [2], [3], [4], [0, 4], [1, 3], [0, 1, 2, 3, 4]):
            batches = list(opened.batches(chosen))
            expected = pl.concat([of_file(whole, number) for number in chosen])
            assert {batch.schema for batch in batches} == {opened.schema()}
            assert pl.concat([pl.DataFrame(batch) for batch in batches]).equals(expected)
        assert list(opened.batches([])) == []


MUTATIONS = ("add", "remove", "rename", "change", "repeat", "break", "mend")


@pytest.mark.parametrize("kind", [".parquet", ".csv", ".jsonl"])
@pytest.mark.parametrize("make", [part, texts])
def test_any_changes_to_files_give_the_verdict_that_reading_all_gives(tmp_path, kind, make):
    random, store = np.random.default_rng(7), Store()
    settings = SETTINGS if make is part else TEXT + put_exam(tmp_path, 2, 54, 71)
    write(tmp_path, {f"{number}{kind}": make(number) for number in range(4)}, settings)
    # Text with a NUL character can stand in any format but CSV, which is refused whole.
    broken = "\N{REPLACEMENT CHARACTER}" if kind == ".csv" else "\0 \0"
    column, bad = ("text", pl.lit(broken)) if make is texts else ("income", pl.lit(float("inf")))
    if kind == ".jsonl" and make is part:
        # JSON has no infinite numbers.
        column, bad = "origin", pl.lit("web")

    for step in range(6):
        as_without(tmp_path, store)
        paths = sorted((tmp_path / "data").iterdir())
        path, what = paths[random.integers(len(paths))], MUTATIONS[random.integers(len(MUTATIONS))]
        if what == "add":
            put(path.with_name(f"{random.integers(10)}new{kind}"), make(50 + step))
        elif what == "remove" and len(paths) > 2:
            path.unlink()
        elif what == "rename":
            path.rename(path.with_name(f"{step}renamed{kind}"))
        elif what == "repeat":
            shutil.copy(path, path.with_name(f"{step}copy{kind}"))
        elif what == "break":
            rows = make(60 + step)
            put(path, rows.with_columns(pl.when(pl.int_range(pl.len()) == 3).then(bad).otherwise(column).alias(column)))
        else:
            put(path, make(70 + step))
    assert sum(store.put) > 5


def test_rows_are_read_once_a_run_however_many_checks_need_all_of_them(tmp_path, monkeypatch):
    store, read = Store(), []
    write(tmp_path, {f"{number}.parquet": texts(number) for number in range(4)}, TEXT + put_exam(tmp_path, 2))
    batches = LocalDataset.batches

    def recorded(opened, files=None):
        for batch in batches(opened, files):
            read.extend(np.unique(batch.column(ROW_ID).to_numpy() >> ROWS_PER_FILE_BITS).tolist())
            yield batch

    monkeypatch.setattr(LocalDataset, "batches", recorded)
    run(tmp_path, only=WHOLE)
    assert read == [0, 1, 2, 3]
    run(tmp_path, store, WHOLE)
    put(tmp_path / "data/1.parquet", texts(9))
    read.clear()

    run(tmp_path, store, WHOLE)

    # The changed file in the pass, and the others for what no index of theirs tells.
    assert read == [1, 0, 2, 3]
    read.clear()
    run(tmp_path, store, ("expect_human_ratio_to_be_between",))
    assert read == []
    # Which texts nearly repeat each other is no sum over files.
    run(tmp_path, store, ("expect_duplicate_ratio_to_be_less_than",))
    assert read == [0, 1, 2, 3]


def test_another_evaluation_set_is_looked_for_in_files_that_did_not_change(tmp_path):
    store = Store()
    write(tmp_path, {f"{number}.parquet": texts(number) for number in range(3)}, TEXT + put_exam(tmp_path, 9))
    clean, *_ = run(tmp_path, store, WHOLE)
    put_exam(tmp_path, 1)

    assert as_without(tmp_path, store) == []
    verdict, *_ = run(tmp_path, store, WHOLE)

    assert ("data/1.parquet:1 = exam.jsonl:1" in clean, "data/1.parquet:1 = exam.jsonl:1" in verdict) == (False, True)


def test_a_file_added_before_all_others_is_the_only_one_read(tmp_path):
    store = Store()
    write(tmp_path, {"b.parquet": part(1), "c.parquet": part(2)})
    run(tmp_path, store)
    put(tmp_path / "data/a.parquet", part(3))

    as_without(tmp_path, store)

    assert store.put == [2, 1]


def test_keys_and_origins_on_paths_belong_to_what_is_known_of_a_file(tmp_path):
    store, rows = Store(), table_rows(30, 1)
    where = 'origin = "made_by"'
    write(
        tmp_path,
        {"made_by=human/a.parquet": rows, "made_by=synthetic/a.parquet": rows},
        where=f'path = "data"\n{where}',
    )
    assert as_without(tmp_path, store)
    (tmp_path / "data/made_by=human").rename(tmp_path / "data/made_by=else")

    as_without(tmp_path, store)
    as_without(tmp_path, store)

    assert store.put == [2, 1, 0]


def test_partitions_that_change_places_are_read_again(tmp_path):
    store, files = Store(), {"a/rows.parquet": table_rows(30, 1), "b/rows.parquet": table_rows(30, 2)}
    for human, synthetic in ("ab", "ba"):
        write(tmp_path, files, where=f'partitions = {{ human = "data/{human}", synthetic = "data/{synthetic}" }}')
        as_without(tmp_path, store)

    assert store.put == [2, 2]


def test_a_type_that_another_file_changes_is_read_again(tmp_path):
    store = Store()
    write(tmp_path, {"a.parquet": part(1), "b.parquet": part(2)})
    run(tmp_path, store)
    put(tmp_path / "data/b.parquet", part(2).with_columns(pl.col("grade").cast(pl.Float64)))

    as_without(tmp_path, store)

    assert store.put == [2, 2]


@pytest.mark.parametrize(
    "settings",
    [
        f'{SETTINGS}origins = {{ human = ["human", "synthetic"], synthetic = ["web"] }}\n',
        f'{SETTINGS}group = "town"\n',
        f'{SETTINGS}columns = {{ label = "town" }}\n',
    ],
)
def test_a_configuration_that_reads_rows_otherwise_reads_all_again(tmp_path, settings):
    store, files = Store(), {"a.parquet": part(1), "b.parquet": part(2)}
    write(tmp_path, files)
    run(tmp_path, store)
    write(tmp_path, files, settings)

    as_without(tmp_path, store)

    assert store.put == [2, 2]


def test_a_schema_that_was_edited_asks_all_rows_again(tmp_path):
    store = Store()
    write(tmp_path, {"a.parquet": part(1), "b.parquet": part(2)})
    (tmp_path / "schemas").mkdir()
    schema = tmp_path / "schemas/mix.py"
    verdicts = []
    for text in ("9", "9", "3", "9  # as before"):
        schema.write_text(SCHEMA.replace("LIMIT", text.split()[0]) + text.partition("#")[2].replace(" as", "# as"))
        as_without(tmp_path, store)
        verdicts.append(len(run(tmp_path)[1]))

    assert verdicts == [0, 0, verdicts[2], 0]
    assert verdicts[2] > 0
    assert store.put == [2, 0, 0, 2]


def test_files_with_failing_rows_are_read_each_time(tmp_path):
    store = Store()
    flawed = part(2).with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(float("inf")).otherwise("income").alias("income")
    )
    write(tmp_path, {"a.parquet": part(1), "b.parquet": flawed, "c.parquet": part(3)})

    first, again = run(tmp_path, store), run(tmp_path, store)

    assert first[:2] == again[:2] == run(tmp_path)[:2]
    assert [(file, row, rule) for file, row, _, rule, *_ in again[1]] == [("data/b.parquet", 4, "income/finite")]
    assert again[2] == [(180, 180)]
    assert store.put == [2, 0]


def test_a_rule_that_cannot_run_leaves_nothing_to_remember(tmp_path):
    store = Store()
    write(tmp_path, {"a.parquet": part(1)})
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/mix.py").write_text(
        SCHEMA.replace("pa.Check.le(LIMIT)", 'pa.Check(lambda data: 1 / 0, name="odd")')
    )

    as_without(tmp_path, store)

    assert store.put == [0]


def test_a_file_that_changes_while_it_is_judged_is_not_remembered(tmp_path):
    store = Store()
    write(tmp_path, {"a.jsonl": part(1), "b.jsonl": part(2)})
    contract = load_contract(load_config(tmp_path / "gates.toml").dataset("mix"), TODAY)

    def meanwhile(step, _done, _total):
        if step == "rows":
            put(tmp_path / "data/a.jsonl", part(3))

    options = Options(only=("expect_human_ratio_to_be_between",), progress=meanwhile, summaries=store)
    with pytest.raises(DataError, match=r"data/a\.jsonl: changed while it was judged"):
        judge(with_schemas(contract), options)

    assert store.put == [1]


def test_a_holdout_is_read_in_the_types_of_files_that_were_not(tmp_path):
    store = Store()
    write(tmp_path, {"a.parquet": part(1), "b.parquet": part(2)}, f'{SETTINGS}holdout = "holdout.csv"\n')
    table_rows(40, 5).write_csv(tmp_path / "holdout.csv")
    only = (*ASKED, "expect_synthetic_to_not_copy_human")
    first = run(tmp_path, store, only)

    again = run(tmp_path, store, only)

    assert first[:2] == again[:2] == run(tmp_path, only=only)[:2]
    assert again[2] == []


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-9], lambda _content: b"", lambda content: content + b"\0"]
)
def test_damaged_entries_are_read_again(tmp_path, damage):
    store = Cache(tmp_path / "cache").for_summaries()
    write(tmp_path, {"a.parquet": part(1), "b.parquet": part(2)})
    run(tmp_path, store)
    # Of two files also the sha256 by the md5, which is shorter.
    entries = sorted(store.folder.iterdir(), key=lambda path: -path.stat().st_size)
    assert len(entries) == 4
    entries[0].write_bytes(damage(entries[0].read_bytes()))

    counts = as_without(tmp_path, store)

    assert counts == [(120, 120)]
    assert as_without(tmp_path, store) == []


def test_what_is_kept_takes_less_than_forty_bytes_a_row(tmp_path):
    store = Store()
    write(tmp_path, {"a.parquet": part(1, 3000)}, f'{SETTINGS}group = "town"\n')

    run(tmp_path, store)

    assert sum(map(len, store.entries.values())) < 40 * 6000


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.expectation)
def test_every_metric_says_what_it_reads(metric):
    assert metric.cached or metric.reads
