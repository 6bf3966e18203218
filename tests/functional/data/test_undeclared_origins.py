"""Rows that nobody declared are named by the word that their origin has."""

from __future__ import annotations

import re

import polars as pl

from gates.config.load import read_config
from tests.opened import open_dataset

CHECK = "combined/expect_origins_to_be_declared"


def opened(root, origins: list[str | None], settings: str = ""):
    pl.DataFrame({"a": range(len(origins)), "origin": origins}).write_parquet(root / "mix.parquet")
    (root / "gates.toml").write_text(f'[datasets.mix]\npath = "mix.parquet"\ntype = "tabular"\n{settings}')
    return open_dataset(read_config(root / "gates.toml").datasets["mix"])


def test_most_frequent_undeclared_origins_come_first_with_the_nearest_declared_word(tmp_path):
    origins = ["human", "synthetic", "Human", "Human", None, *["zzz"] * 3]

    with opened(tmp_path, origins) as dataset:
        assert dataset.undeclared_origins().partition("; to declare")[0] == (
            "'zzz' in 3 rows, 'Human' in 2 rows (did you mean 'human'?), no value in 1 row"
        )


def test_five_are_named_at_most(tmp_path):
    with opened(tmp_path, ["human", "synthetic", *"abcdefg"]) as dataset:
        named = dataset.undeclared_origins().partition("; to declare")[0]

    assert named == "'a' in 1 row, 'b' in 1 row, 'c' in 1 row, 'd' in 1 row, 'e' in 1 row and more"


def test_hostile_and_long_origins_are_escaped_and_cut(tmp_path):
    with opened(tmp_path, ["human", "\x1b[2J\u202e", "x" * 99]) as dataset:
        assert (
            dataset.undeclared_origins().partition("; to declare")[0]
            == rf"'\x1b[2J\u202e' in 1 row, '{'x' * 40}' in 1 row"
        )


def test_declared_origins_leave_nothing_to_name(tmp_path):
    with opened(tmp_path, ["human", "synthetic"]) as dataset:
        assert dataset.undeclared_origins().partition("; to declare")[0] == ""


def test_folder_names_are_origins_too(tmp_path):
    for origin in ("human", "gpt"):
        (tmp_path / "data" / f"origin={origin}").mkdir(parents=True)
        pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "data" / f"origin={origin}" / "x.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "data"\ntype = "tabular"\n')

    with open_dataset(read_config(tmp_path / "gates.toml").datasets["mix"]) as dataset:
        assert dataset.undeclared_origins().partition("; to declare")[0] == "'gpt' in 2 rows"


def test_files_whose_origin_columns_differ_in_type_are_counted_together(tmp_path):
    (tmp_path / "data").mkdir()
    for name, values in (("a", [1, 2]), ("b", ["1", "human"])):
        pl.DataFrame({"a": [1, 2], "origin": values}).write_parquet(tmp_path / "data" / f"{name}.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "data"\ntype = "tabular"\n')

    with open_dataset(read_config(tmp_path / "gates.toml").datasets["mix"]) as dataset:
        assert dataset.undeclared_origins().partition("; to declare")[0] == "'1' in 2 rows, '2' in 1 row"


def test_report_names_them_and_says_once_that_a_partition_is_empty(tmp_path, gates):
    opened(tmp_path, ["human"] * 40 + ["sinthetic"] * 40).close()

    out = gates(tmp_path, "check").out

    assert (
        "40 of 80 rows have an origin that is missing or not declared: "
        "'sinthetic' in 40 rows (did you mean 'synthetic'?)" in out
    )
    # Once for each severity, with the number of checks that it explains.
    sentence = "there are no synthetic rows: nothing to measure"
    titles = [title for title in ("critical", "warnings", "for information") if f"\n{title}\n" in out]
    assert len(re.findall(rf"^  \d+ checks?: {sentence}$", out, re.MULTILINE)) == out.count(sentence) == len(titles) > 0
    assert "synthetic/expect_constraint" not in out
