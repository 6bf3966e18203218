"""Every failing row under its rule and for its reason, and what could not run said so."""

from __future__ import annotations

import json
import re
import stat

import numpy as np
import pandera.polars as pandera
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.facts import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS
from gates.data.scan.result import RuleFailures
from gates.errors import SuiteError
from gates.rows.failures import BatchFailures, RowFailures, joined
from gates.rows.quarantine import QuarantineMode, QuarantineWriter
from gates.rows.validation import RowValidator, rules


def batch_of(columns, *, origin=None, ids=None):
    table = pa.table(columns)
    n = table.num_rows
    table = table.append_column(ROW_ID, pa.array(range(n) if ids is None else ids, pa.int64()))
    table = table.append_column(ORIGIN, pa.array(["human"] * n if origin is None else origin, pa.string()))
    return pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], names=table.column_names)


def failing(schema, columns, **more):
    failures = RowValidator(schema).validate(batch_of(columns, **more))
    return {rule: at.tolist() for rule, at in failures.failing.items()}


def counted(schema, *batches):
    validator = RowValidator(schema)
    count = RowFailures(rule.id for rule in validator.rules)
    for batch in batches:
        count.update(validator.validate(batch))
    return count.value()


PEOPLE = pandera.DataFrameSchema(
    {
        "age": pandera.Column(pl.Int64, pandera.Check.in_range(17, 90)),
        "sex": pandera.Column(pl.String, pandera.Check.isin(["Female", "Male"]), nullable=True),
    },
    checks=pandera.Check(lambda data: data.lazyframe.select(pl.col("age") != 40), name="not-forty"),
)


def test_rules_are_known_without_data_and_named_by_column_and_check():
    assert [(rule.id, rule.description) for rule in rules(PEOPLE)] == [
        ("age/not-null", "a value"),
        ("age/present", "a column of this name"),
        ("age/range", "a value from 17 to 90"),
        ("age/type", "Int64"),
        ("row/not-forty", "what check 'not-forty' asks"),
        ("sex/present", "a column of this name"),
        ("sex/type", "String"),
        ("sex/vocabulary", "one of 2 known values"),
    ]


def test_every_failing_row_is_collected_under_each_rule_it_breaks():
    failures = RowValidator(PEOPLE).validate(
        batch_of({"age": [16, 40, None, 50, 91], "sex": ["Male", "x", None, "y", "Male"]})
    )

    assert {rule: at.tolist() for rule, at in failures.failing.items()} == {
        "age/range": [0, 4],
        "age/not-null": [2],
        "sex/vocabulary": [1, 3],
        "row/not-forty": [1],
    }
    assert failures.reasons == {
        "age/range": "expected a value from 17 to 90",
        "age/not-null": "expected a value",
        "sex/vocabulary": "expected one of 2 known values",
        "row/not-forty": "expected what check 'not-forty' asks",
    }
    assert failures.broken == {}


def test_failures_are_counted_per_origin_and_rules_without_failures_are_reported():
    ids = [5, 6, 1 << ROWS_PER_FILE_BITS]

    failures = counted(
        PEOPLE, batch_of({"age": [10, 20, 99], "sex": ["Male"] * 3}, origin=["human", None, "synthetic"], ids=ids)
    )

    rows = {"human": 1, "synthetic": 1, "undeclared": 1}
    none = {"human": 0, "synthetic": 0, "undeclared": 0}
    assert set(failures) == {rule.id for rule in rules(PEOPLE)}
    assert failures["age/range"] == RuleFailures(
        "age/range",
        {"human": 1, "synthetic": 1, "undeclared": 0},
        rows,
        (5, 1 << ROWS_PER_FILE_BITS),
        reason="expected a value from 17 to 90",
    )
    assert failures["sex/vocabulary"] == RuleFailures("sex/vocabulary", none, rows)


def test_a_rule_that_saw_no_rows_has_none():
    failures = counted(PEOPLE, batch_of({"age": pa.array([], pa.int64()), "sex": pa.array([], pa.string())}))

    assert failures["age/range"] == RuleFailures("age/range", {}, {})


# Trap 1: a lazy frame passes with bad data under the same schema.
def test_bad_rows_that_pandera_passes_in_a_lazy_frame_are_found():
    bad = pl.DataFrame({"age": [1000], "sex": ["x"]})
    PEOPLE.validate(bad.lazy()).collect()

    assert failing(PEOPLE, {"age": [1000], "sex": ["x"]}) == {"age/range": [0], "sex/vocabulary": [0]}


@pytest.mark.parametrize("variable", ["validation_enabled", "validation_depth"])
def test_switching_pandera_off_does_not_switch_the_rules_off(variable):
    from pandera.config import ValidationDepth, config_context

    off = {"validation_enabled": False, "validation_depth": ValidationDepth.SCHEMA_ONLY}
    with config_context(**{variable: off[variable]}):
        assert failing(PEOPLE, {"age": [1000], "sex": ["Male"]}) == {"age/range": [0]}


# Trap 2: uniqueness looks across rows, so that no slice of a dataset could be asked.
@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (pandera.DataFrameSchema({"k": pandera.Column(int, unique=True)}), "column 'k': unique=True looks across rows"),
        (pandera.DataFrameSchema({"k": pandera.Column(int)}, unique=["k"]), "looks across rows.*expect_column_values_to_be_unique"),
        (pandera.DataFrameSchema({"k": pandera.Column(int, pandera.Check.unique_values_eq([1]))}), "unique_values_eq looks across"),
        (pandera.DataFrameSchema({"k": pandera.Column(int, default=1)}), "column 'k': a default changes the data"),
        (pandera.DataFrameSchema({"k": pandera.Column(int)}, strict="filter"), "strict='filter' drops columns"),
        (pandera.DataFrameSchema({"k": pandera.Column(int)}, ordered=True), "ordered=True"),
        (pandera.DataFrameSchema({"k": pandera.Column(int)}, drop_invalid_rows=True), "drop_invalid_rows=True changes"),
        (
            pandera.DataFrameSchema({"k": pandera.Column(int, [pandera.Check(lambda d: d), pandera.Check(lambda d: d)])}),
            "2 checks are called k/check; give each a name",
        ),
    ],
)  # fmt: skip
def test_schemas_that_cannot_be_checked_on_single_rows_are_refused(schema, message):
    with pytest.raises(SuiteError, match=message):
        rules(schema)


# Trap 6: a check that raises is an error, not a bad row.
def test_a_check_that_raises_is_broken_and_the_others_still_count():
    def boom(data):
        raise ValueError("no such thing")

    schema = pandera.DataFrameSchema(
        {"age": pandera.Column(int, [pandera.Check(boom, name="boom"), pandera.Check.gt(5)])}
    )

    failures = RowValidator(schema).validate(batch_of({"age": [1, 9]}))

    assert failures.broken == {"age/boom": 'the check could not run: ValueError("no such thing")'}
    assert {rule: at.tolist() for rule, at in failures.failing.items()} == {"age/minimum": [0]}


def test_checks_that_do_not_answer_per_row_are_broken():
    schema = pandera.DataFrameSchema({
        "a": pandera.Column(int, pandera.Check(lambda _: False, name="once")),
        "b": pandera.Column(int, pandera.Check(lambda d: d.lazyframe.select(pl.col("nowhere")), name="elsewhere")),
    })  # fmt: skip

    failures = RowValidator(schema).validate(batch_of({"a": [1], "b": [2]}))

    assert failures.failing == {}
    assert set(failures.broken) == {"a/once", "b/elsewhere"}
    assert "one answer for many rows" in failures.broken["a/once"]
    assert "ColumnNotFoundError" in failures.broken["b/elsewhere"]


def test_a_check_that_only_warns_counts_like_any_other():
    schema = pandera.DataFrameSchema({"a": pandera.Column(int, pandera.Check.gt(5, raise_warning=True))})

    assert failing(schema, {"a": [1, 9]}) == {"a/minimum": [0]}


def test_a_missing_column_fails_every_row_and_breaks_its_other_rules():
    failures = RowValidator(PEOPLE).validate(batch_of({"sex": ["Male", "Male"]}))

    assert {rule: at.tolist() for rule, at in failures.failing.items()} == {"age/present": [0, 1]}
    assert failures.reasons == {"age/present": "no column 'age'"}
    assert set(failures.broken) == {"age/type", "age/range", "age/not-null", "row/not-forty"}


def test_an_optional_column_may_be_missing():
    schema = pandera.DataFrameSchema({"a": pandera.Column(int, required=False), "b": pandera.Column(int)})

    assert failing(schema, {"b": [1]}) == {}


def test_a_column_of_the_wrong_type_fails_every_row_and_names_both_types():
    failures = RowValidator(pandera.DataFrameSchema({"a": pandera.Column(pl.Int64)})).validate(
        batch_of({"a": [[1], [2]]}),
    )

    assert {rule: at.tolist() for rule, at in failures.failing.items()} == {"a/type": [0, 1]}
    assert failures.reasons == {"a/type": "expected Int64, got List(Int64)"}


def test_one_partition_of_strings_does_not_blame_the_rows_of_the_other():
    failures = counted(
        pandera.DataFrameSchema({"hours": pandera.Column(pl.Int64, pandera.Check.in_range(1, 99))}),
        batch_of({"hours": ["40", "38", "200", "40h", "35.5"]}, origin=["human"] * 3 + ["synthetic"] * 2),
    )

    assert failures["hours/type"].failures == {"human": 0, "synthetic": 2}
    assert failures["hours/range"].failures == {"human": 1, "synthetic": 0}
    assert failures["hours/not-null"].failures == {"human": 0, "synthetic": 0}


def test_floats_without_fraction_are_integers_and_nan_is_missing_among_them():
    schema = pandera.DataFrameSchema({"a": pandera.Column(pl.Int64)})

    assert failing(schema, {"a": [1.0, 1.5, float("nan"), None]}) == {"a/type": [1], "a/not-null": [2, 3]}


def test_nan_counts_as_missing_among_floats():
    strict = pandera.DataFrameSchema({"a": pandera.Column(float, pandera.Check.in_range(0, 1))})
    lenient = pandera.DataFrameSchema({"a": pandera.Column(float, pandera.Check.in_range(0, 1), nullable=True)})

    assert failing(strict, {"a": [0.5, float("nan"), 2.0]})["a/not-null"] == [1]
    assert failing(lenient, {"a": [0.5, float("nan"), 2.0]}) == {"a/range": [2]}


def test_text_that_is_not_utf8_fails_its_type_and_nothing_else():
    raw = pa.array([b"fine", b"\xff\xfe", None])
    lying = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    schema = pandera.DataFrameSchema({"a": pandera.Column(str, pandera.Check.isin(["fine"]), nullable=True)})

    assert failing(schema, {"a": lying}) == {"a/type": [1]}


def test_dictionary_encoding_is_storage_and_not_a_type():
    assert failing(PEOPLE, {"age": [20, 30], "sex": pa.array(["Male", "x"]).dictionary_encode()}) == {
        "sex/vocabulary": [1]
    }


def test_ids_are_the_same_in_another_order_and_escape_odd_column_names():
    def schema(names):
        return pandera.DataFrameSchema({
            name: pandera.Column(int, [pandera.Check.gt(0), pandera.Check.ne(3)][:: 1 if name == "a/b" else -1])
            for name in names
        })  # fmt: skip

    names = ["a/b", "hours per week", "100%", "größe"]

    assert rules(schema(names)) == rules(schema(names[::-1]))
    assert [rule.id for rule in rules(schema(names)) if rule.id.endswith("/minimum")] == [
        "100%25/minimum",
        "a%2Fb/minimum",
        "größe/minimum",
        "hours%20per%20week/minimum",
    ]
    assert failing(schema(["a/b"]), {"a/b": [0, 1]}) == {"a%2Fb/minimum": [0]}


def test_a_pattern_of_columns_is_one_rule_that_a_row_breaks_once():
    schema = pandera.DataFrameSchema({"x_.*": pandera.Column(float, pandera.Check.ge(0), regex=True)})

    assert failing(schema, {"x_1": [-1.0, -1.0, 1.0], "x_2": [-1.0, 1.0, 1.0], "y": [-1.0] * 3}) == {
        "x_.*/minimum": [0, 1]
    }


def test_a_strict_schema_names_the_columns_it_does_not_know():
    schema = pandera.DataFrameSchema({"a": pandera.Column(int)}, strict=True)

    failures = RowValidator(schema).validate(batch_of({"a": [1], "b": [1], "c": [1]}))

    assert failures.reasons == {"row/declared-columns": "not in the schema: b, c"}


def test_wide_frames_are_validated_in_groups_with_the_same_answer():
    names = [f"c{number}" for number in range(120)]
    pair = pandera.Check(lambda d: d.lazyframe.select(pl.col(d.key) > pl.col("c0")), name="above-c0")
    columns = {name: pandera.Column(int, pandera.Check.lt(100)) for name in names}
    columns["c119"] = pandera.Column(int, [pandera.Check.lt(100), pair])

    failures = failing(pandera.DataFrameSchema(columns), {name: [number, 100] for number, name in enumerate(names)})

    assert failures["c60/maximum"] == [1]
    assert failures["c119/maximum"] == [0, 1]
    assert failures["c119/above-c0"] == [1]


def test_models_are_read_like_schemas():
    class Claims(pandera.DataFrameModel):
        amount: float = pandera.Field(ge=0)

        @pandera.check("amount", name="whole_cents")
        def cents(cls, data):  # noqa: N805
            return data.lazyframe.select((pl.col(data.key) * 100) % 1 == 0)

    assert failing(Claims, {"amount": [-1.0, 0.125, 2.0]}) == {"amount/minimum": [0], "amount/whole-cents": [1]}


def test_where_two_schemas_have_a_rule_a_row_that_breaks_either_one_breaks_it():
    strict = pandera.DataFrameSchema({"a": pandera.Column(int, [pandera.Check.lt(5), pandera.Check.gt(1)])})
    loose = pandera.DataFrameSchema({"a": pandera.Column(int, pandera.Check.lt(50))})
    batch = batch_of({"a": [1, 7]})

    failures = joined([RowValidator(strict).validate(batch), RowValidator(loose).validate(batch)])

    assert {rule: at.tolist() for rule, at in failures.failing.items()} == {"a/minimum": [0], "a/maximum": [1]}


BATCHES = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["human", "synthetic", "undeclared"]), st.booleans(), st.booleans()),
    max_size=30,
)


def _batch_failures(rows, start):
    at = {"a/x": [i for i, row in enumerate(rows) if row[2]], "a/y": [i for i, row in enumerate(rows) if row[3]]}
    return BatchFailures(
        np.arange(start, start + len(rows), dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.str_),
        {rule: np.array(positions, dtype=np.int64) for rule, positions in at.items() if positions},
        broken={"a/y": f"since {start}"} if len(rows) > 20 else {},
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(BATCHES, min_size=3, max_size=3), st.permutations([0, 1, 2]))
def test_merging_counts_is_associative_and_blind_to_order(parts, order):
    batches = [_batch_failures(rows, 1000 * number) for number, rows in enumerate(parts)]

    def count(*chosen):
        failures = RowFailures(["a/x", "a/y"])
        for one in chosen:
            failures.update(one)
        return failures

    whole = count(*batches)
    left, right = count(batches[order[0]]), count(batches[order[1]])
    left.merge(right)
    left.merge(count(batches[order[2]]))
    tail = count(batches[order[1]])
    tail.merge(count(batches[order[2]]))
    other = count(batches[order[0]])
    other.merge(tail)

    assert left.value() == other.value() == whole.value()


def quarantined(tmp_path, mode=QuarantineMode.ROWS):
    path = tmp_path / "out" / "people.parquet"
    first = batch_of({"age": [16, 40, 50], "sex": ["x", "Male", "Male"]}, ids=[0, 1, 2])
    second = batch_of({"age": [91, 20], "sex": ["Male", None]}, origin=["synthetic"] * 2, ids=[1 << 40, (1 << 40) + 1])
    validator = RowValidator(PEOPLE)
    with QuarantineWriter(path, ["a.parquet", "b.parquet"], mode) as writer:
        for batch in (first, second):
            writer.write(batch, validator.validate(batch))
    return path, writer.failing_rows


def test_quarantine_holds_every_failing_row_and_rule(tmp_path):
    path, failing_rows = quarantined(tmp_path)

    quarantined_rows = pq.read_table(path).to_pylist()

    assert [(row["file"], row["row"], row["origin"], row["rule"], row["reason"]) for row in quarantined_rows] == [
        ("a.parquet", 1, "human", "age/range", "expected a value from 17 to 90"),
        ("a.parquet", 1, "human", "sex/vocabulary", "expected one of 2 known values"),
        ("a.parquet", 2, "human", "row/not-forty", "expected what check 'not-forty' asks"),
        ("b.parquet", 1, "synthetic", "age/range", "expected a value from 17 to 90"),
    ]
    assert json.loads(quarantined_rows[3]["content"]) == {"age": 91, "sex": "Male"}
    assert failing_rows == 3
    assert [entry.name for entry in path.parent.iterdir()] == ["people.parquet"]


def test_quarantine_is_readable_by_its_owner_only(tmp_path):
    path, _ = quarantined(tmp_path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_quarantine_of_ids_keeps_no_content(tmp_path):
    path, _ = quarantined(tmp_path, QuarantineMode.IDS)

    assert pq.read_table(path)["content"].to_pylist() == [None] * 4


def test_quarantine_that_is_off_writes_nothing_and_still_counts(tmp_path):
    path, failing_rows = quarantined(tmp_path, QuarantineMode.OFF)

    assert not path.exists()
    assert failing_rows == 3


def test_quarantine_is_replaced_whole_or_not_at_all(tmp_path):
    path, _ = quarantined(tmp_path)
    before = path.read_bytes()

    with pytest.raises(RuntimeError), QuarantineWriter(path, ["a.parquet"]):
        raise RuntimeError("stop")

    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["people.parquet"]


def test_quarantine_says_in_json_what_json_has_no_word_for(tmp_path):
    batch = batch_of({"a": [float("inf")], "b": [b"\xff"], "c": [[1, None]], "d": pa.array([2**62], pa.timestamp("s"))})
    failures = BatchFailures(np.array([0]), np.array(["human"]), {"a/finite": np.array([0])}, {"a/finite": "why"})

    with QuarantineWriter(tmp_path / "q.parquet", ["a.csv"]) as writer:
        writer.write(batch, failures)

    content = json.loads(pq.read_table(tmp_path / "q.parquet")["content"][0].as_py())
    assert {**content, "d": re.sub(r"\d", "9", content["d"])} == {
        "a": "inf", "b": {"base64": "/w=="}, "c": [1, None], "d": "<value out of range: 9999999999999999999>",
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(10, 100)), st.sampled_from(["Male", "x", None])),
        min_size=1,
        max_size=40,
    )
)
def test_quarantined_and_passing_rows_are_all_rows(tmp_path_factory, persons):
    path = tmp_path_factory.mktemp("q") / "q.parquet"
    batch = batch_of(
        {
            "age": pa.array([age for age, _ in persons], pa.int64()),
            "sex": pa.array([sex for _, sex in persons], pa.string()),
        }
    )
    failures = RowValidator(PEOPLE).validate(batch)

    with QuarantineWriter(path, ["a.parquet"]) as writer:
        writer.write(batch, failures)

    quarantined_rows = set(pq.read_table(path)["row"].to_pylist())
    passing = {
        number
        for number, (age, sex) in enumerate(persons, start=1)
        if age is not None and 17 <= age <= 90 and age != 40 and sex in {"Male", None}
    }
    assert quarantined_rows | passing == set(range(1, len(persons) + 1))
    assert not quarantined_rows & passing
    assert writer.failing_rows == len(quarantined_rows)
