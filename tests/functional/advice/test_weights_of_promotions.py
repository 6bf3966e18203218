"""A stage may require weights: they are about exactly the bytes that were judged, stand in the tag by digest, and are verified."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.advice.weighing.weights import WeightsError, parse_weights
from tests.dvc_repositories import commit, git, write
from tests.promotions.promotion_projects import check
from tests.version_projects import good, put

WEIGHTS = "promotions/first/weights.parquet"


def requiring_weights(root):
    """Stage staging requires weights, and people's shares of a column are declared as the rows have them."""
    text = (root / "gates.toml").read_text().replace("[stages.staging]\n", '[stages.staging]\nweights = "required"\n')
    write(
        root, "gates.toml", text.replace('path = "data/first.csv"\n', 'path = "data/first.csv"\npopulation = "p.csv"\n')
    )
    human = pl.read_csv(root / "data/first.csv").filter(pl.col("origin") == "human")
    shares = human["town"].value_counts(normalize=True).iter_rows()
    lines = [f"town,{level},{share},register" for level, share in shares]
    write(root, "p.csv", "\n".join(["dimension,level,share,source", *lines]) + "\n")


def committed(root, message):
    commit(root, message)
    check(root)


def test_version_is_promoted_with_its_weights_and_verified_by_them(gates, ready):
    requiring_weights(ready)
    committed(ready, "Weights are required")
    without = gates(ready, "promote", "first", "--stage", "staging")
    weighed = gates(ready, "weights", "first", "--method", "raking")
    committed(ready, "Weights")

    promoted = gates(ready, "promote", "first", "--stage", "staging")

    assert without.code != 0
    assert "requires weights, and the commit has no weights.parquet beside its promotions" in without.err
    assert (weighed.code, promoted.code) == (0, 0), weighed.err + promoted.err
    digest = json.loads(pq.read_schema(ready / WEIGHTS).metadata[b"gates"])["digest"]
    assert f"weights by raking sha256:{digest}" in git(ready, "tag", "--list", "--format=%(contents)")
    verified = gates(ready, "verify")
    assert verified.code == 0, verified.out + verified.err


def test_weights_of_other_bytes_or_edited_ones_are_refused(gates, ready):
    requiring_weights(ready)
    gates(ready, "weights", "first", "--method", "raking")
    table = pq.read_table(ready / WEIGHTS)
    put(ready, "first", good(2))
    committed(ready, "Other rows")

    other = gates(ready, "promote", "first", "--stage", "staging")
    column = table.column_names.index("weight")
    doubled = table.set_column(column, "weight", [[2.0] * table.num_rows])
    pq.write_table(doubled, ready / WEIGHTS)
    commit(ready, "Edited")
    edited = gates(ready, "promote", "first", "--stage", "staging")

    assert other.code != 0
    assert "is about other bytes than those that were judged" in other.err
    assert edited.code != 0
    assert "was edited" in edited.err


def test_no_column_of_weights_can_be_edited(gates, ready):
    requiring_weights(ready)
    gates(ready, "weights", "first", "--method", "raking")
    table = pq.read_table(ready / WEIGHTS)

    for name in table.column_names:
        # Two rows change places in one column: whoever joins by it gives them other weights.
        values = table[name].to_pylist()
        other = next(at for at, value in enumerate(values) if value != values[0]) if len(set(values)) > 1 else 0
        values[0], values[other] = values[other], values[0] if other else "elsewhere"
        edited = table.set_column(table.column_names.index(name), table.schema.field(name), [values])
        content = pa.BufferOutputStream()
        pq.write_table(edited, content)

        with pytest.raises(WeightsError, match="was edited"):
            parse_weights(content.getvalue().to_pybytes(), "weights.parquet")
