"""`gates init` and `gates check` on data at addresses, in a repository whose commits have none of it."""

from __future__ import annotations

import json

import polars as pl
import pytest

from gates.config.load import read_config
from tests.dvc_repositories import commit, new_git
from tests.guesses import guesses
from tests.projects import table_rows

ONLY = "expect_table_row_count_to_be_between"


@pytest.fixture
def rows_at(bucket, store, tmp_path):
    """Addresses of a folder with rows of either origin."""
    for seed, name in enumerate(("real.parquet", "synthetic.csv"), start=1):
        frame = table_rows(60, seed)
        path = tmp_path / name
        frame.write_parquet(path) if name.endswith("parquet") else frame.write_csv(path)
        store.put(bucket, f"set/{name}", path)
        path.unlink()
    return f"s3://{bucket}/set"


def test_folder_at_an_address_is_set_up_judged_and_recalled(rows_at, tmp_path, gates):
    set_up = gates(tmp_path, "init", f"{rows_at}/")
    assert set_up.code == 0, set_up.err
    (config,) = read_config(tmp_path / "gates.toml").datasets.values()
    assert dict(config.partitions) == {"human": f"{rows_at}/real.parquet", "synthetic": f"{rows_at}/synthetic.csv"}

    first = json.loads(gates(tmp_path, "check", "--format", "json").out)
    again = gates(tmp_path, "check", "--format", "json")

    assert [file["path"] for file in first["data"]["files"]] == sorted(config.partitions.values())
    assert "using the cached verdict" in again.err
    assert json.loads(again.out)["digest"] == first["digest"]
    assert gates(tmp_path, "lint").code == 0


def test_pattern_at_an_address_is_one_dataset(store, bucket, tmp_path, gates):
    for part in (1, 2):
        origin = pl.Series("origin", ["human", "synthetic"] * 30)
        table_rows(60, part).with_columns(origin).write_csv(tmp_path / "part.csv")
        store.put(bucket, f"part-{part}.csv", tmp_path / "part.csv")
    (tmp_path / "part.csv").unlink()

    called = gates(tmp_path, "init", f"s3://{bucket}/part-*.csv")

    assert called.code == 0, called.err
    assert guesses(called.out)["rows"] == ("60 human and 60 synthetic",)
    assert read_config(tmp_path / "gates.toml").datasets["part"].path == f"s3://{bucket}/part-*.csv"


def test_work_tree_alone_has_what_lies_at_an_address(rows_at, tmp_path, gates):
    new_git(tmp_path)
    gates(tmp_path, "init", rows_at)
    commit(tmp_path)
    (name,) = read_config(tmp_path / "gates.toml").datasets

    here = gates(tmp_path, "check", name, "--only", ONLY, "--format", "json")
    assert {check["outcome"] for check in json.loads(here.out)["checks"]} <= {"pass", "fail"}
    at_commit = gates(tmp_path, "check", name, "--rev", "HEAD")
    assert (at_commit.code, "only the work tree can be judged, or what `dvc import-url`" in at_commit.err) == (2, True)


def test_hook_leaves_out_what_lies_at_an_address_and_says_so(rows_at, tmp_path, gates):
    new_git(tmp_path)
    gates(tmp_path, "init", rows_at)
    commit(tmp_path)
    text = (tmp_path / "gates.toml").read_text()
    (tmp_path / "gates.toml").write_text(text.replace('type = "tabular"', 'type = "tabular"\nslices = ["n"]'))
    commit(tmp_path)

    pushed = gates(tmp_path, "check", "--rev", "HEAD", "--since", "HEAD~1", "--all")

    assert (
        pushed.code,
        f"does not have what lies at {rows_at}/real.parquet and {rows_at}/synthetic.csv" in pushed.err,
    ) == (0, True)


def test_further_address_is_a_table_to_add(rows_at, store, bucket, tmp_path, gates):
    gates(tmp_path, "init", rows_at)
    path = tmp_path / "more.csv"
    origin = pl.Series("origin", ["human", "synthetic"] * 30)
    table_rows(60, 3).with_columns(origin).write_csv(path)
    store.put(bucket, "more.csv", path)

    shown = gates(tmp_path, "init", f"s3://{bucket}/more.csv")
    assert f'path = "s3://{bucket}/more.csv"' in shown.out
    assert gates(tmp_path, "init", f"s3://{bucket}/more.csv", "--write").code == 0
    assert [*read_config(tmp_path / "gates.toml").datasets][-1] == "more"
