"""`gates init` with a file of each origin, under the names that people give them, and as options."""

from __future__ import annotations

import json
from itertools import chain

import polars as pl
import pyarrow as pa
import pytest

from gates.config.load import read_config
from tests.dvc_repositories import commit, new_git
from tests.guesses import guesses
from tests.projects import table_rows


def dataset(root):
    (one,) = read_config(root / "gates.toml").datasets.values()
    return one


def written(root, *names: str) -> None:
    for seed, name in enumerate(names, start=1):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        table_rows(60, seed).write_csv(root / name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("real.csv", "synthetic.csv"), ("real.csv", "synthetic.csv", None)),
        (("fake.csv", "original.csv"), ("original.csv", "fake.csv", None)),
        (("adult_human.csv", "adult_gen.csv"), ("adult_human.csv", "adult_gen.csv", None)),
        (("adult.csv", "adult_ctgan.csv"), ("adult.csv", "adult_ctgan.csv", None)),
        (("train_real.csv", "test_real.csv", "gpt4.csv"), ("train_real.csv", "gpt4.csv", "test_real.csv")),
        (("train.csv", "test.csv", "SyntheticRows.csv"), ("train.csv", "SyntheticRows.csv", "test.csv")),
        (("people.csv", "llm.csv", "held_out.csv"), ("people.csv", "llm.csv", "held_out.csv")),
        (("real/a.csv", "real/b.csv", "synth/a.csv"), ("real", "synth", None)),
        (("human-1.csv", "human-2.csv", "ai-1.csv", "ai-2.csv"), ("human-*.csv", "ai-*.csv", None)),
    ],
)
def test_file_of_each_origin_is_known_by_its_name(names, expected, tmp_path, gates):
    written(tmp_path, *names)
    named = sorted({name.split("/")[0] if "/" in name else name for name in names})

    called = gates(tmp_path, "init", *named)

    assert called.code == 0, called.err
    config = dataset(tmp_path)
    assert (config.partitions["human"], config.partitions["synthetic"], config.holdout) == expected


@pytest.mark.parametrize("is_quoted", [True, False])
def test_options_and_patterns_name_the_files_of_each_origin(is_quoted, tmp_path, gates):
    written(tmp_path, "x/a-1.csv", "x/a-2.csv", "x/b.csv", "x/c.csv")

    named = ("--human", "x/a-*.csv", "--synthetic", "x/b.csv", "--holdout", "x/c.csv")
    called = gates(tmp_path, "init", *named if is_quoted else ("x/b.csv", *named[:2], *named[4:]))

    assert called.code == 0, called.err
    config = dataset(tmp_path)
    assert (dict(config.partitions), config.holdout) == ({"human": "x/a-*.csv", "synthetic": "x/b.csv"}, "x/c.csv")


def test_pattern_of_files_with_an_origin_column_is_one_dataset(tmp_path, gates):
    for part in (1, 2):
        rows = pl.concat([table_rows(50, part), table_rows(50, part + 5)])
        origin = pl.Series("origin", ["human"] * 50 + ["synthetic"] * 50)
        rows.with_columns(origin).write_csv(tmp_path / f"part-{part}.csv")

    for named in (["part-*.csv"], ["part-1.csv", "part-2.csv"]):
        called = gates(tmp_path, "init", *named)

        assert called.code == 0, called.err
        assert dataset(tmp_path).path == "part-*.csv"
        (tmp_path / "gates.toml").unlink()


def test_files_that_nothing_tells_apart_end_in_a_configuration_to_choose_in(tmp_path, gates):
    written(tmp_path, "a.csv", "b.csv")

    called = gates(tmp_path, "init", "a.csv", "b.csv")

    assert (called.code, called.out) == (2, "")
    text = called.err.partition("\n\n")[2]
    both = 'partitions = { human = "a.csv", synthetic = "b.csv" }'
    assert f"# {both}" in text
    chosen = text.replace(f"# {both}", both).replace('path = "*.csv"\n', "")
    (tmp_path / "gates.toml").write_text(chosen)
    assert dict(dataset(tmp_path).partitions) == {"human": "a.csv", "synthetic": "b.csv"}


def test_one_origin_alone_says_which_option_is_missing(tmp_path, gates):
    written(tmp_path, "a.csv")

    called = gates(tmp_path, "init", "--human", "a.csv")

    assert (called.code, "add --synthetic PATH" in called.err) == (2, True)


def test_files_of_further_data_are_a_table_to_add(tmp_path, gates):
    written(tmp_path, "data/real.csv", "data/fake.csv", "more/real.csv", "more/fake.csv")
    gates(tmp_path, "init", "data/real.csv", "data/fake.csv")

    shown = gates(tmp_path, "init", "more/real.csv", "more/fake.csv")
    assert "`gates init more/real.csv more/fake.csv --write` does both" in shown.out

    assert gates(tmp_path, "init", "--human", "more/real.csv", "--synthetic", "more/fake.csv", "--write").code == 0
    datasets = read_config(tmp_path / "gates.toml").datasets.values()
    assert [*chain.from_iterable(one.partitions.values() for one in datasets)] == [
        "data/real.csv", "data/fake.csv", "more/real.csv", "more/fake.csv",
    ]  # fmt: skip


def test_column_of_unknown_words_is_a_choice_with_the_lines_to_sort_them_in(tmp_path, gates):
    words = pl.Series("who", ["anna", "gpt-4", "zorg"] * 20)
    table_rows(60, 1).with_columns(words).write_csv(tmp_path / "mix.csv")

    called = gates(tmp_path, "init", "mix.csv")

    assert (called.code, called.out) == (2, "")
    text = called.err.partition("\n\n")[2]
    assert '# origin = "who"  # "anna" in 20 rows' in text
    chosen = text.replace('# origin = "who"', 'origin = "who"').replace(
        '# origins = { human = ["…"], synthetic = ["gpt-4"] }',
        'origins = { human = ["anna"], synthetic = ["gpt-4"] }',
        1,
    )
    (tmp_path / "gates.toml").write_text(chosen)
    assert (dataset(tmp_path).origin, dataset(tmp_path).origins.synthetic) == ("who", ("gpt-4",))


def test_files_without_a_pattern_are_each_written_down_and_read(tmp_path, gates):
    written(tmp_path, "a.csv", "x/b.csv", "c.csv", "d.csv", "x/e.csv")

    sides = (
        "--human",
        "a.csv",
        "--human",
        "x/b.csv",
        "--synthetic",
        "c.csv",
        "--holdout",
        "d.csv",
        "--holdout",
        "x/e.csv",
    )
    called = gates(tmp_path, "init", *sides)

    assert called.code == 0, called.err
    config = dataset(tmp_path)
    assert dict(config.partitions) == {"human": ("a.csv", "x/b.csv"), "synthetic": "c.csv"}
    assert config.holdout == ("d.csv", "x/e.csv")
    assert guesses(called.out)["rows"] == ("120 human and 60 synthetic",)
    verdict = json.loads(gates(tmp_path, "check", "--format", "json").out)
    assert [file["path"] for file in verdict["data"]["files"]] == ["a.csv", "c.csv", "x/b.csv"]
    assert [file["path"] for file in verdict["data"]["holdout_files"]] == ["d.csv", "x/e.csv"]


def test_path_may_be_an_array_at_every_version(tmp_path, gates):
    written(tmp_path, "a.csv", "x/b.csv", "not-named.csv")
    (tmp_path / "gates.toml").write_text(
        '[datasets.d]\npath = ["x/b.csv", "a.csv"]\ntype = "tabular"\norigin = "who"\n'
    )
    for name, origin in (("a.csv", "human"), ("x/b.csv", "synthetic")):
        frame = pl.read_csv(tmp_path / name)
        frame.with_columns(pl.lit(origin).alias("who")).write_csv(tmp_path / name)
    new_git(tmp_path)
    commit(tmp_path)

    for version in ((), ("--rev", "HEAD")):
        verdict = json.loads(gates(tmp_path, "check", "d", *version, "--format", "json").out)
        assert [file["path"] for file in verdict["data"]["files"]] == ["a.csv", "x/b.csv"]


def test_published_splits_are_the_part_to_train_on_and_a_line_for_the_rest(tmp_path, gates):
    (tmp_path / "set/data").mkdir(parents=True)
    (tmp_path / "set/README.md").write_text("# A set")
    parts = ("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001", "validation-00000-of-00001")
    for seed, name in enumerate(parts, start=1):
        origin = pl.Series("origin", ["human", "synthetic"] * 30)
        table_rows(60, seed).with_columns(origin).write_parquet(tmp_path / f"set/data/{name}.parquet")

    called = gates(tmp_path, "init", "set")

    assert called.code == 0, called.err
    assert dataset(tmp_path).path == "set/data/train-0000*-of-00002.parquet"
    text = (tmp_path / "gates.toml").read_text()
    rest = '"set/data/test-00000-of-00001.parquet", "set/data/validation-00000-of-00001.parquet"'
    assert f"# evaluation = [{rest}]  # test and validation: rows that models are tested on" in text
    named = text.replace("# evaluation", "evaluation")
    (tmp_path / "gates.toml").write_text(named)
    assert len(dataset(tmp_path).evaluation) == 2
    (tmp_path / "gates.toml").unlink()
    assert gates(tmp_path / "set", "init").code == 0
    assert dataset(tmp_path / "set").path == "data/train-0000*-of-00002.parquet"


def saved_with_datasets(folder, **splits):
    """As `DatasetDict.save_to_disk` of the Hub's library writes it."""
    for name, rows in splits.items():
        (folder / name).mkdir(parents=True)
        table = rows.to_arrow()
        with pa.ipc.new_stream(folder / name / "data-00000-of-00001.arrow", table.schema) as stream:
            stream.write_table(table)
        (folder / name / "state.json").write_text('{"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}')
        (folder / name / "dataset_info.json").write_text("{}")
    (folder / "dataset_dict.json").write_text(json.dumps({"splits": [*splits]}))


def both_origins(seed):
    return table_rows(60, seed).with_columns(pl.Series("origin", ["human", "synthetic"] * 30))


def test_of_splits_that_datasets_saved_one_is_taken_and_the_others_are_named(tmp_path, gates):
    saved_with_datasets(tmp_path / "set", train_sft=both_origins(1), test_sft=both_origins(2), extra=both_origins(3))

    called = gates(tmp_path, "init", "set")

    assert called.code == 0, called.err
    assert dataset(tmp_path).path == "set/train_sft"
    text = (tmp_path / "gates.toml").read_text()
    assert '# evaluation = ["set/extra", "set/test_sft"]  # extra and test_sft: rows that models are tested on' in text
    out = gates(tmp_path, "check", "--only", "expect_origins_to_be_declared").out
    assert "rows: 30 human, 30 synthetic, 0 undeclared" in out
    assert "splits" not in out


def test_of_splits_of_which_any_may_be_meant_one_has_to_be_named(tmp_path, gates):
    saved_with_datasets(tmp_path / "set", train_sft=both_origins(1), train_prefs=both_origins(2), test=both_origins(3))
    (tmp_path / "hub").mkdir()
    for name in ("train_gen", "train_sft", "test_sft"):
        both_origins(4).write_parquet(tmp_path / f"hub/{name}-00000-of-00001.parquet")

    saved = gates(tmp_path, "init", "set")
    of_the_hub = gates(tmp_path, "init", "hub")

    assert (saved.code, of_the_hub.code) == (2, 2)
    assert saved.err == (
        "'set' holds several splits, of which one is expected: test (set/test), train_prefs (set/train_prefs), "
        "train_sft (set/train_sft); name it: `gates init set/train_prefs`\n"
    )
    assert gates(tmp_path, "init", "set/train_prefs").code == 0
    assert dataset(tmp_path).path == "set/train_prefs"


def test_splits_of_a_folder_that_a_configuration_names_are_not_mixed_in_silence(tmp_path, gates):
    saved_with_datasets(tmp_path / "set", train=both_origins(1), test=both_origins(2))
    (tmp_path / "gates.toml").write_text('[datasets.set]\npath = "set"\ntype = "tabular"\n')

    shown = gates(tmp_path, "check", "--only", "expect_origins_to_be_declared").out
    page = gates(tmp_path, "check", "--only", "expect_origins_to_be_declared", "--format", "markdown").out

    line = "splits are judged together: test, train; name the path of one, and the others as evaluation"
    assert line in shown
    assert line in page


def test_splits_that_are_called_as_origins_are_are_both(tmp_path, gates):
    rows = both_origins(1).drop("origin")
    saved_with_datasets(tmp_path / "set", human=rows[:30], synthetic=rows[30:])

    gates(tmp_path, "init", "set")

    assert dict(dataset(tmp_path).partitions) == {"human": "set/human", "synthetic": "set/synthetic"}
