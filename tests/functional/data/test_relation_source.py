from __future__ import annotations

import duckdb
import numpy as np
import pytest

from gates.config.dataset import Origins
from gates.data.duckdb.relation import RelationSource
from gates.data.facts import ORIGIN, ROW_ID
from gates.errors import UsageError


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize("kind", ["TABLE", "TEMP TABLE", "VIEW"])
def test_a_relation_is_read_with_row_ids_and_origins(connection, kind):
    connection.execute(
        f"CREATE {kind} \"my rows\" AS SELECT * FROM (VALUES ('x', 'human', 1), ('y', 'gpt', 2), ('z', NULL, 3)) v(t, who, \"n.\")"
    )
    source = RelationSource(connection, "my rows", origin="who", origins=Origins(("human",), ("gpt",)))

    rows = [
        {"t": "x", "n.": 1, ROW_ID: 0, ORIGIN: "human"},
        {"t": "y", "n.": 2, ROW_ID: 1, ORIGIN: "synthetic"},
        {"t": "z", "n.": 3, ROW_ID: 2, ORIGIN: "undeclared"},
    ]
    assert [row for batch in source.batches() for row in batch.to_pylist()] == rows
    assert source.take(np.array([2, 0])).to_dicts() == [rows[2], rows[0]]


def test_ids_follow_the_order_of_a_long_table(connection):
    connection.execute("CREATE TABLE t AS SELECT range AS n, 'human' AS origin FROM range(300000)")

    for batch in RelationSource(connection, "t").batches():
        assert batch.column("n").equals(batch.column(ROW_ID))


def test_a_relation_or_origin_column_that_is_not_there_is_a_usage_error(connection):
    connection.execute("CREATE TABLE t AS SELECT 1 AS n, 'human' AS orign")

    with pytest.raises(UsageError, match=r"no column 'origin' in \"t\" \(did you mean 'orign'\?\)"):
        RelationSource(connection, "t")
    with pytest.raises(UsageError, match=r'no table or view "u" on this connection'):
        RelationSource(connection, "u")


def test_a_data_type_gives_columns_their_roles(connection):
    connection.execute(
        "CREATE TABLE pairs AS SELECT 'q' AS prompt, 'a' AS chosen, 'b' AS rejected, 'x' AS generator, 'y' AS label, 'human' AS origin"
    )
    pairs = RelationSource(connection, "pairs", data_type="preference").roles
    table = RelationSource(connection, "pairs").roles

    assert (pairs.type, pairs.content, pairs.group) == ("preference", ("prompt", "chosen", "rejected"), "prompt")
    assert (pairs.texts, pairs.label, pairs.generator) == (("chosen", "rejected", "prompt"), "label", "generator")
    assert (table.type, table.content, table.label) == ("tabular", ("prompt", "chosen", "rejected", "label"), None)
    assert (table.generator, dict(table.lineage)) == ("generator", {"generator": "generator"})


def test_a_type_or_role_that_is_not_there_is_a_usage_error(connection):
    connection.execute("CREATE TABLE t AS SELECT 'q' AS prompt, 'human' AS origin")

    with pytest.raises(UsageError, match=r"no data type 'prefrence' \(did you mean 'preference'\?\)"):
        RelationSource(connection, "t", data_type="prefrence")
    with pytest.raises(UsageError, match=r"no column 'response' in \"t\": a dataset of type instruction has one"):
        RelationSource(connection, "t", data_type="instruction")
