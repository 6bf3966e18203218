"""What is inferred from human rows, how it is written, and what accepting it changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from gates.config.dataset import schema_name
from gates.data.facts import ORIGIN, ROW_ID
from gates.errors import UsageError
from gates.init.drafts.accept import accept
from gates.init.drafts.bounds import inferred_limit, rate_bound, tolerance_coverage, unseen_mass_bound
from gates.init.drafts.columns import infer_column, looks_like_a_key
from gates.init.drafts.constraints import without_consequences
from gates.init.drafts.draft import Constraint, ConstraintKind, InferredKind
from gates.init.drafts.source import schema_source
from gates.init.drafts.write import write_draft
from gates.init.drafts_step import infer
from gates.rows.load import load_schema
from gates.rows.validation import RowValidator, rules


@pytest.mark.parametrize(("n", "coverage"), [(46, 0.9), (93, 0.95), (473, 0.99), (4742, 0.999)])
def test_the_range_of_a_sample_covers_what_the_published_tables_say(n, coverage):
    assert tolerance_coverage(n) >= coverage > tolerance_coverage(n - 1)


@pytest.mark.parametrize("n", [2, 10, 300, 24_421])
def test_coverage_solves_the_equation_of_wilks(n):
    c = tolerance_coverage(n)

    assert n * c ** (n - 1) - (n - 1) * c**n == pytest.approx(0.05)


def test_no_sample_covers_nothing():
    assert [tolerance_coverage(n) for n in (0, 1)] == [0, 0]
    assert rate_bound(0) == 1
    assert [unseen_mass_bound(counts) for counts in ([], [1])] == [1, 1]


def test_what_did_not_happen_in_n_rows_happens_in_three_of_n():
    assert [round(rate_bound(n), 6) for n in (1, 59, 300, 3000)] == [0.95, 0.049508, 0.009936, 0.000998]


def test_unseen_mass_is_bounded_by_what_one_half_has_and_the_other_has_not():
    assert unseen_mass_bound([500, 500]) == pytest.approx(rate_bound(500))
    assert unseen_mass_bound([1] * 100) == 1.0
    singletons = unseen_mass_bound([900, *[1] * 100])
    assert beta.ppf(0.95, 20, 500) < singletons < beta.ppf(0.95, 81, 420)


def test_the_bound_of_unseen_mass_holds_in_19_of_20_samples():
    rng = np.random.default_rng(7)
    law = np.r_[[0.9 / 5] * 5, [0.1 / 100] * 100]
    covered = 0
    for _ in range(200):
        counts = rng.multinomial(300, law)
        covered += law[counts == 0].sum() <= unseen_mass_bound([int(count) for count in counts if count])

    assert covered >= 190


def test_inferred_limits_are_rounded_up_and_never_below_a_thousandth():
    assert [inferred_limit(bound) for bound in (0.0, 0.00099, 0.001, 0.00101, 0.25)] == [
        0.001,
        0.001,
        0.001,
        0.0011,
        0.25,
    ]


def column(values, name="c", **more):
    return infer_column(pl.Series(name, values, **more))


@pytest.mark.parametrize(
    ("values", "kind", "rules_of"),
    [
        (list(range(0, 4000, 10)), InferredKind.NUMERIC, {"range"}),
        ([value / 7 for value in range(400)], InferredKind.NUMERIC, {"range"}),
        ([float(value % 50) for value in range(400)], InferredKind.INTEGER_VALUED, {"range", "integer-valued"}),
        ([1.5, float("inf")] * 200, InferredKind.NUMERIC, set()),
        ([True, False] * 200, InferredKind.BOOLEAN, set()),
        (["a", "b"] * 200, InferredKind.CATEGORICAL, {"vocabulary"}),
        (["a", "b"] * 20, InferredKind.TEXT, set()),
        ([f"text number {value}" for value in range(400)], InferredKind.TEXT, {"pattern"}),
        ([f"{'so ' * value}it is" for value in range(400)], InferredKind.TEXT, set()),
        ([f"k{value:05}" for value in range(400)], InferredKind.IDENTIFIER, {"pattern"}),
        (list(range(1000, 1400)), InferredKind.IDENTIFIER, set()),
        ([datetime(2020, 1, 1) + timedelta(hours=hour) for hour in range(400)], InferredKind.TIMESTAMP, {"range"}),  # noqa: DTZ001
        ([[1]] * 400, InferredKind.OTHER, set()),
    ],
)
def test_columns_are_told_apart_by_what_they_hold(values, kind, rules_of):
    drafted = column(values)

    assert drafted.kind is kind
    assert set(drafted.limits) == {"present", "type", "not-null"} | rules_of


def test_range_of_times_is_longer_by_its_own_length_on_both_sides():
    drafted = column([date(2020, 3, 1), date(2020, 3, 11)] * 200)

    assert (drafted.minimum, drafted.maximum) == (date(2020, 2, 20), date(2020, 3, 21))


@pytest.mark.parametrize("values", [[date(2020, 3, 1)] * 400, [date(2020, 3, 1), date(9999, 12, 31)] * 200])
def test_times_that_do_not_vary_or_stand_for_never_have_no_range(values):
    assert "range" not in column(values).limits


def test_a_column_with_gaps_is_nullable_and_nan_is_a_gap():
    drafted = column([1.5, None, float("nan")] * 100)

    assert (drafted.is_nullable, drafted.rows, drafted.missing, drafted.minimum) == (True, 100, 200, 1.5)
    assert "not-null" not in drafted.limits


def test_a_column_of_nothing_has_no_rules_but_its_presence():
    assert set(column([None] * 5).limits) == {"present"}


def test_limits_widen_with_less_evidence():
    few, many = (column([value / 7 for value in range(n)]) for n in (93, 9_300))

    assert few.limits["range"].max_value == 0.05
    assert many.limits["range"].max_value == 0.001
    assert few.limits["not-null"].max_value == 0.0317
    assert "95 % of human rows" in few.limits["range"].reason


@pytest.mark.parametrize(
    ("name", "values", "is_key"),
    [
        ("customer_id", [f"customer {value}" for value in range(100)], True),
        ("userId", [value * 977 for value in range(100)], True),
        ("weight", [value * 977 for value in range(100)], False),
        ("covid", [value * 977 for value in range(100)], False),
        ("number", list(range(500, 600)), True),
        ("token", [f"{value:08x}" for value in range(100)], True),
        ("day", [f"2020-01-01T{value:03}" for value in range(100)], False),
        ("customer_id", [f"{value}" for value in range(99)], False),
        ("customer_id", ["0", *(f"{value}" for value in range(100))], False),
        ("customer_id", [None, *(f"{value}" for value in range(100))], False),
        ("customer_id", [value / 2 for value in range(100)], False),
    ],
)
def test_keys_are_distinct_and_made_to_be(name, values, is_key):
    assert looks_like_a_key(pl.Series(name, values)) is is_key


def table_rows(n, seed=0):
    rng = np.random.default_rng(seed)
    degree = rng.integers(0, 5, n)
    start = rng.normal(50, 10, n)
    return pl.DataFrame({
        "degree": [f"degree {value}" for value in degree],
        "years": degree * 2,
        "start": start,
        "end": start + rng.exponential(10, n),
        "colour": [f"colour {value}" for value in rng.integers(0, 4, n)],
        "nearly-always": np.where(degree == 4, rng.random(n) < 0.1, False),
    })  # fmt: skip


def constraints(frame):
    return [
        (constraint.kind.value, constraint.columns) for constraint in infer(frame, total_rows=frame.height).constraints
    ]


def test_dependencies_and_inequalities_that_hold_are_found_and_no_others():
    assert constraints(table_rows(500)) == [
        ("functional_dependency", ("degree", "years")),
        ("functional_dependency", ("years", "degree")),
        ("inequality", ("start", "end")),
    ]


def test_one_row_against_it_ends_a_constraint():
    frame = table_rows(500)
    odd = frame[:1].with_columns(years=8 - pl.col("years") + 2 * (pl.col("years") == 4), end=pl.col("start") - 1)

    assert constraints(pl.concat([frame, odd])) == []


def test_too_few_rows_show_no_constraint():
    assert constraints(table_rows(299)) == [("inequality", ("start", "end"))]
    assert constraints(table_rows(20)) == []


def test_order_of_columns_shows_in_fewer_rows_where_unrelated_columns_would_often_break_it():
    frame = table_rows(100).select("start", "end")
    rare = frame.with_columns(end=pl.col("end") + 20)

    (drafted,) = infer(frame, total_rows=100).constraints

    assert (drafted.kind.value, drafted.columns) == ("inequality", ("start", "end"))
    assert 0.03 < drafted.max_value < 0.1
    assert constraints(rare) == []


def test_a_column_that_hardly_varies_follows_from_nothing():
    frame = table_rows(2000).with_columns(
        rare=pl.when(pl.col("degree") == "degree 4").then(pl.lit(1)).otherwise(pl.lit(0))
    )
    scarce = pl.concat([frame.filter(pl.col("rare") == 0), frame.filter(pl.col("rare") == 1)[:50]])

    assert ("functional_dependency", ("degree", "rare")) in constraints(frame)
    assert ("functional_dependency", ("degree", "rare")) not in constraints(scarce)


def test_inequalities_between_ranges_that_do_not_overlap_are_no_news():
    frame = table_rows(500).select("start", later=pl.col("end") + 1000)

    assert constraints(frame) == []


@pytest.mark.parametrize("as_words", [False, True])
def test_times_that_never_come_before_others_are_an_inequality(as_words):
    rng = np.random.default_rng(1)
    began = 19_000 + rng.integers(0, 400, 500)
    frame = pl.DataFrame({"began": began, "ended": began + rng.integers(0, 90, 500)}).cast(pl.Int32).cast(pl.Date)
    written = frame.with_columns(pl.col("began", "ended").cast(pl.String)) if as_words else frame

    assert ("inequality", ("began", "ended")) in constraints(written)
    assert ("inequality", ("began", "ended")) not in constraints(written.with_columns(ended=pl.col("began").reverse()))


def test_evidence_says_how_many_rows_could_have_broken_a_constraint():
    assert infer(table_rows(500), total_rows=900).constraints[0] == Constraint(
        ConstraintKind.FUNCTIONAL_DEPENDENCY,
        ("degree", "years"),
        495,
        "holds in every human row, 495 of which repeat a determinant and could have broken it; "
        "at most 0.02 of human rows do not keep it, with 98 % confidence for the whole draft",
        0.0203,
    )


def test_the_order_of_rows_does_not_matter():
    frame = table_rows(500)

    assert infer(frame.reverse(), total_rows=500) == infer(frame, total_rows=500)


def test_what_follows_from_other_constraints_is_left_out():
    same = [("a", "b"), ("b", "a")]

    assert without_consequences([*same, ("a", "c"), ("b", "c")], "abc") == [("a", "b"), ("a", "c"), ("b", "a")]
    assert without_consequences([("a", "b"), ("b", "c"), ("a", "c")], "abc") == [("a", "b"), ("b", "c")]


@given(st.sets(st.sampled_from([(x, y) for x in "abcd" for y in "abcd" if x != y])))
def test_what_is_left_implies_all_that_held(edges):
    def closure(reached):
        while True:
            more = reached | {(x, z) for x, y in reached for other, z in reached if y == other and x != z}
            if more == reached:
                return reached
            reached = more

    implied = closure(edges)

    assert closure(set(without_consequences(implied, "abcd"))) == implied


ODD = ['quote " and \\', "new\nline", "{brace}", "'; import os #", "é", "\u202e"]


def odd_frame():
    n = 600
    return pl.DataFrame({
        'a "b"/c\n': [ODD[row % len(ODD)] for row in range(n)],
        "weight of it": [float(row % 40) for row in range(n)],
        "when": [datetime(2020, 1, 1) + timedelta(hours=row) for row in range(n)],  # noqa: DTZ001
        "born": [date(1950, 1, 1) + timedelta(days=row) for row in range(n)],
        "seen": pl.Series([datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=row) for row in range(n)]).dt.convert_time_zone("Europe/Berlin"),
        "maybe": [None if row % 3 else row / 7 for row in range(n)],
        "tags": [["x"]] * n,
        "customer_id": [f"c{row:04}" for row in range(n)],
    })  # fmt: skip


def test_a_written_draft_is_loaded_and_its_rules_are_those_that_its_suites_limit(tmp_path):
    frame = odd_frame()

    files = write_draft(infer(frame, total_rows=600), "odd-rows", tmp_path)

    loaded = load_schema(files.spec, tmp_path)
    assert files.spec == "schemas/odd-rows.py:OddRows"
    assert loaded.is_draft
    limited = [
        {entry["kwargs"]["rule"] for entry in json.loads(path.read_text())["expectations"] if "rule" in entry["kwargs"]}
        for path in files.suites[:2]
    ]
    assert limited == [{rule.id for rule in rules(loaded.model)}] * 2


def test_the_rows_a_draft_was_made_from_pass_it(tmp_path):
    frame = odd_frame()
    files = write_draft(infer(frame, total_rows=600), "odd", tmp_path)
    batch = frame.with_columns(pl.lit("human").alias(ORIGIN), pl.int_range(600).alias(ROW_ID)).to_arrow()

    failures = RowValidator(load_schema(files.spec, tmp_path).model).validate(
        pa.RecordBatch.from_arrays([column.combine_chunks() for column in batch.columns], names=batch.column_names)
    )

    assert (failures.failing, failures.broken) == ({}, {})


def test_times_beyond_the_drafted_range_break_it_and_later_ones_do_not(tmp_path):
    frame = odd_frame()
    files = write_draft(infer(frame, total_rows=600), "odd", tmp_path)
    later = [pl.col(name) + timedelta(days=20) for name in ("when", "born", "seen")]
    beyond = [pl.col(name).dt.replace(year=2199) for name in ("when", "born", "seen")]
    batch = pl.concat([frame.with_columns(later), frame[:3].with_columns(beyond)]).with_columns(
        pl.lit("human").alias(ORIGIN), pl.int_range(603).alias(ROW_ID)
    )

    failures = RowValidator(load_schema(files.spec, tmp_path).model).validate(
        batch.rechunk().to_arrow().to_batches()[0]
    )

    assert sorted(failures.failing) == ["born/range", "seen/range", "when/range"]
    assert {rule: len(rows) for rule, rows in failures.failing.items()} == dict.fromkeys(failures.failing, 3)


def test_a_draft_is_readable_source():
    frame = table_rows(400).select("degree", "years").with_columns(hours=pl.col("years").cast(pl.Float64))

    assert (
        schema_source(infer(frame, total_rows=1234), "staff")
        == '''\
"""Row rules of dataset 'staff', inferred from 400 of 1,234 human rows.

Edit freely. How many rows may break a rule stands in the dataset's suites, as `<column>/<rule>`.
"""

import pandera.polars as pa
import polars as pl

from gates.rows.schemas.rules import integer_valued

DRAFT = True  # `gates init --accept` removes this line; until then every rule only warns

Staff = pa.DataFrameSchema(
    {
        "degree": pa.Column(
            pl.String,
            checks=[
                # 5 levels in 400 human values; at most 0.035 of human rows use another one, with 98 % confidence for the whole draft
                pa.Check.isin(["degree 0", "degree 1", "degree 2", "degree 3", "degree 4"]),
            ],
            nullable=False,  # present in all of 400 rows
        ),
        "years": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 400 human values; it covers 97.66 % of human rows with 98 % confidence for the whole draft (Wilks 1941)
                pa.Check.in_range(0, 8),
            ],
            nullable=False,  # present in all of 400 rows
        ),
        "hours": pa.Column(
            pl.Float64,
            checks=[
                # exact range of 400 human values; it covers 97.66 % of human rows with 98 % confidence for the whole draft (Wilks 1941)
                pa.Check.in_range(0, 8),
                integer_valued(),
            ],
            nullable=False,  # present in all of 400 rows
        ),
    },
    name="staff",
)
'''
    )


def test_every_entry_of_a_draft_warns_and_says_why_and_what_for(tmp_path):
    files = write_draft(infer(table_rows(500), total_rows=500), "staff", tmp_path)

    suites = [json.loads(path.read_text()) for path in files.suites]
    entries = [entry for suite in suites for entry in suite["expectations"]]
    assert [suite["name"] for suite in suites] == ["staff human", "staff synthetic", "staff combined"]
    assert {entry["severity"] for entry in entries} == {"warning"}
    assert {(entry["meta"]["draft"], entry["meta"]["inferred"]) for entry in entries} == {(True, True)}
    assert all(entry["meta"]["reason"] and entry["meta"]["question"] for entry in entries)
    assert [entry["kwargs"] for entry in suites[1]["expectations"] if "constraint" in entry["kwargs"]] == [
        {"constraint": "functional_dependency", "columns": ["degree", "years"], "max_value": 0.0203},
        {"constraint": "functional_dependency", "columns": ["years", "degree"], "max_value": 0.0203},
        {"constraint": "inequality", "columns": ["start", "end"], "max_value": 0.0201},
    ]
    assert suites[2]["expectations"] == []


def test_existing_files_are_overwritten_only_by_force(tmp_path):
    draft = infer(table_rows(500), total_rows=500)
    files = write_draft(draft, "staff", tmp_path)
    written = {path: path.read_bytes() for path in (files.schema, *files.suites)}
    files.schema.write_text("edited")
    files.suites[0].unlink()

    with pytest.raises(
        UsageError, match=r"schemas/staff\.py, expectations/staff/synthetic\.json.*exists already.*--force"
    ):
        write_draft(draft, "staff", tmp_path)

    assert files.schema.read_text() == "edited"
    assert not files.suites[0].exists()
    write_draft(draft, "staff", tmp_path, force=True)
    assert {path: path.read_bytes() for path in written} == written


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_a_name_that_makes_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="files are named after it"):
        write_draft(infer(table_rows(50), total_rows=50), name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_schemas_are_named_after_their_dataset():
    assert [schema_name(name) for name in ("adult", "customer-reviews", "2024.q1")] == [
        "Adult",
        "CustomerReviews",
        "Dataset2024Q1",
    ]


def test_accepting_makes_a_draft_block_and_is_harmless_twice(tmp_path):
    files = write_draft(infer(table_rows(500), total_rows=500), "staff", tmp_path)
    paths = [files.schema, *files.suites]
    before = json.loads(files.suites[1].read_text())

    changed = accept(paths)

    assert changed == (files.schema, files.suites[0], files.suites[1])
    after = json.loads(files.suites[1].read_text())
    for entry in before["expectations"]:
        entry["severity"] = "critical"
        del entry["meta"]["draft"]
    assert after == before
    assert not load_schema(files.spec, tmp_path).is_draft
    assert accept(paths) == ()


EDITED = """{ "name": "staff human",\r
  "expectations": [
    {"type": "expect_mine", "kwargs": {"rule": "a/b", "max_value": 1e-3}, "severity": "warning", "meta": {"reason": "draft"}},
    {
      "type": "expect_row_failure_ratio_to_be_less_than",
      "kwargs": {"rule": "a/range", "max_value": 0.25},
      "severity": "warning",
      "meta": {"draft": true, "reason": "é"}
    },
    {"type": "expect_row_failure_ratio_to_be_less_than", "kwargs": {}, "severity": "info", "meta": {"draft": true}}
  ], "meta": {"draft": true}}"""


def test_accepting_touches_nothing_that_a_person_edited(tmp_path):
    path = tmp_path / "human.json"
    path.write_text(EDITED.replace("\r", ""), newline="")

    accept([path])

    lines, before = path.read_text().splitlines(), EDITED.replace("\r", "").splitlines()
    assert lines[:3] == before[:3]
    assert lines[-1] == before[-1]
    entries = json.loads("\n".join(lines))["expectations"]
    assert [entry["severity"] for entry in entries] == ["warning", "critical", "info"]
    assert entries[1]["kwargs"] == {"rule": "a/range", "max_value": 0.25}
    assert entries[1]["meta"] == {"reason": "é"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import x\n\nDRAFT = True  # why\n\n\nclass A: ...\n", "import x\n\n\nclass A: ...\n"),
        ("import x\nDRAFT=True\nA = 1\n", "import x\nA = 1\n"),
        ("import x\r\n\r\nDRAFT = True\r\n\r\nA = 1\r\n", "import x\r\n\r\nA = 1\r\n"),
        ("A = 1\nDRAFT = True", "A = 1\n"),
        ("DRAFT = False\nMY_DRAFT = True\n", "DRAFT = False\nMY_DRAFT = True\n"),
    ],
)
def test_accepting_removes_the_mark_of_a_schema_and_no_other_line(tmp_path, before, after):
    path = tmp_path / "s.py"
    path.write_text(before, newline="")

    accept([path])

    assert path.read_bytes().decode() == after


def test_accepting_broken_or_foreign_files_changes_nothing(tmp_path):
    schema, suite, notes = tmp_path / "s.py", tmp_path / "human.json", tmp_path / "notes.md"
    schema.write_text("DRAFT = True\n")
    suite.write_text('{\n"expectations": [}')

    with pytest.raises(UsageError, match=r"human\.json:2: "):
        accept([schema, suite])
    with pytest.raises(UsageError, match=r"notes\.md: cannot be read"):
        accept([schema, notes])
    notes.write_text("x")
    with pytest.raises(UsageError, match=r"notes\.md: expected a schema \(\.py\) or a suite \(\.json\)"):
        accept([schema, notes])

    assert schema.read_text() == "DRAFT = True\n"


def test_a_draft_states_its_limits_for_all_of_its_rules_at_once():
    """Columns with many zeros and heavy tails, and other rows of the same law: as many as it takes to see every limit."""
    broken_alone = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)

        def spends(n, rng=rng):
            return pl.DataFrame({
                f"c{at}": np.where(rng.random(n) < 0.8, 0, np.exp(rng.normal(6, 2, n))) for at in range(12)
            })  # fmt: skip

        drafted, later = infer(spends(120), total_rows=120), spends(20_000)
        outside = {
            column.name: (~later[column.name].is_between(column.minimum, column.maximum)).mean()
            for column in drafted.columns
        }
        assert all(outside[column.name] <= column.limits["range"].max_value for column in drafted.columns)
        broken_alone += max(outside.values()) > 1 - tolerance_coverage(120)

    assert broken_alone > 6


def test_a_rule_across_columns_is_held_against_all_that_were_tried():
    rows = table_rows(500)
    wide = rows.with_columns(**{f"n{at}": pl.col("years") * 7 + at * 100 for at in range(20)})

    few, many = (infer(frame, total_rows=500).constraints[0].max_value for frame in (rows, wide))

    assert few < many < 0.03


def test_times_that_python_has_no_dates_for_have_no_range():
    counted_in_another_unit = pl.Series("at", [2**62 + 10**12 * at for at in range(400)]).cast(pl.Datetime("ms"))

    draft = infer_column(counted_in_another_unit)

    assert (draft.minimum, draft.maximum) == (None, None)
