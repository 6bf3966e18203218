"""Each metric on tables: an example that passes, the mutation that it catches, what cannot be asked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.facts import FileFacts
from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.errors import MetricError
from gates.metrics.base.measurement import Limits, ReportOnly
from gates.metrics.base.metric import Unit
from gates.metrics.copies import copies, duplicates
from gates.metrics.fidelity import constraints, distributions
from gates.metrics.groups import slices
from gates.metrics.integrity import alignment, human_ratio, lineage, origins
from gates.metrics.limits.judge import judge
from gates.metrics.limits.wording import Wording
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def table_rows(count: int, seed: int = 1) -> pl.DataFrame:
    number = pl.int_range(count)
    return pl.select(
        grade=(number.hash(seed) % 5).cast(pl.Int64),
        town=pl.concat_str(pl.lit("town "), (number.hash(seed + 1) % 7).cast(pl.String)),
        income=(number.hash(seed + 2) % 100_003).cast(pl.Float64) / 7.0,
    ).with_columns(title=pl.concat_str(pl.lit("grade "), pl.col("grade").cast(pl.String)))


HUMAN, OTHERS = table_rows(1200), table_rows(1200, seed=50)


def measured(metric, synthetic=OTHERS, scope=Scope.COMBINED, human=HUMAN, request=None, **params):
    defaults = dict(metric.METRIC.params)
    holdout = params.pop("holdout", None)
    roles = params.pop("roles", {})
    return metric.measure(table_scan(human, synthetic, holdout, request, **roles), scope, {**defaults, **params})


def outcome(measurement, **limits) -> Outcome:
    return judge(measurement, Limits(**limits), Severity.CRITICAL).outcome


# distributions


def test_human_rows_match_human_rows_and_a_shifted_column_is_named():
    shifted = OTHERS.with_columns(income=pl.col("income") * 1.4)

    assert outcome(measured(distributions), max_value=0.05) is Outcome.PASS
    measurement = measured(distributions, shifted)
    assert outcome(measurement, max_value=0.05) is Outcome.FAIL
    assert measurement.note.startswith("worst column 'income': human median")


def test_missing_values_count_as_a_value_of_their_column():
    holes = OTHERS.with_columns(income=pl.when(pl.col("grade") == 1).then(None).otherwise(pl.col("income")))

    assert outcome(measured(distributions, holes), max_value=0.05) is Outcome.FAIL


def test_distributions_of_few_rows_are_inconclusive():
    assert (
        outcome(measured(distributions, table_rows(50, 9), human=table_rows(50, 8)), max_value=0.05)
        is Outcome.INCONCLUSIVE
    )


def test_a_row_number_is_not_compared():
    numbered = [
        frame.with_columns(number=pl.int_range(start, start + 1200)) for frame, start in ((HUMAN, 0), (OTHERS, 5000))
    ]

    measurement = measured(distributions, numbered[1], human=numbered[0])

    assert outcome(measurement, max_value=0.05) is Outcome.PASS
    assert measurement.evidence["not_compared"] == {"number": "a row number"}


def test_identifiers_are_compared_by_length_and_pattern():
    def with_codes(frame: pl.DataFrame, form: str) -> pl.DataFrame:
        return frame.with_columns(code=pl.format(form, pl.int_range(pl.len()).hash(frame.height) % 100_000_000))

    same = measured(distributions, with_codes(OTHERS, "AB-{}"), human=with_codes(HUMAN, "XY-{}"))
    other = measured(distributions, with_codes(OTHERS, "ab_{}"), human=with_codes(HUMAN, "XY-{}"))

    assert (outcome(same, max_value=0.05), outcome(other, max_value=0.05)) == (Outcome.PASS, Outcome.FAIL)
    assert "pattern of code" in other.note


def test_extending_rows_are_compared_within_their_label():
    rare = table_rows(6000, seed=50).filter((pl.col("grade") == 0) | (pl.col("income") < 2000))
    request = ScanRequest(declared=Declarations(extends_human_law=True))
    human = table_rows(3000)

    mirrored = measured(distributions, rare.drop("income"), human=human.drop("income"))
    extended = measured(
        distributions, rare.drop("income"), human=human.drop("income"), request=request, roles={"label": "grade"}
    )

    assert outcome(mirrored, max_value=0.05) is Outcome.FAIL
    assert outcome(extended, max_value=0.05) is not Outcome.FAIL
    assert set(extended.parts) <= {f"grade={grade}" for grade in range(5)}
    assert {part.kind for part in extended.parts.values()} == {"stratum"}


def test_extending_rows_without_label_or_slice_are_only_reported():
    measurement = measured(
        distributions,
        OTHERS.with_columns(grade=pl.lit(1)),
        request=ScanRequest(declared=Declarations(extends_human_law=True)),
    )

    judged = judge(measurement, Limits(max_value=0.05), Severity.CRITICAL)
    assert (judged.outcome, judged.severity) == (Outcome.FAIL, Severity.INFO)
    assert 'synthetic_role = "extend"' in judged.message


# constraints


@pytest.mark.parametrize(
    ("kind", "columns", "broken"),
    [
        ("functional_dependency", ["grade", "title"], OTHERS.with_columns(title=pl.lit("grade 1"))),
        ("inequality", ["grade", "top"], OTHERS.with_columns(top=pl.lit(2))),
        ("integer_valued", ["income"], OTHERS),
        ("key", ["income"], pl.concat([OTHERS, HUMAN.head(200)])),
    ],
)
def test_a_broken_constraint_is_counted_row_by_row(kind, columns, broken):
    human = HUMAN.with_columns(top=pl.lit(9))
    if kind in ("integer_valued", "key"):
        human = human.with_columns(income=pl.int_range(pl.len()).cast(pl.Float64))
    if kind == "key":
        broken = pl.concat(
            [OTHERS.with_columns(income=pl.int_range(5000, 6200).cast(pl.Float64)), human.drop("top").head(200)]
        )
    fine = table_rows(600, seed=70).with_columns(top=pl.lit(9), income=pl.int_range(9000, 9600).cast(pl.Float64))
    broken = broken if "top" in broken.columns else broken.with_columns(top=pl.lit(9))

    def constraint_of(frame):
        return measured(
            constraints, frame.select(human.columns), Scope.SYNTHETIC, human, constraint=kind, columns=columns
        )

    assert outcome(constraint_of(fine), max_value=0.01) is Outcome.PASS
    assert outcome(constraint_of(broken), max_value=0.01) is Outcome.FAIL


@pytest.mark.parametrize(("rows", "severity"), [(250, Severity.INFO), (90, Severity.CRITICAL)])
def test_constraint_that_a_hundred_rows_keep_is_open_and_blocks_nothing(rows, severity):
    measurement = measured(
        constraints, OTHERS.head(rows), Scope.SYNTHETIC, constraint="functional_dependency", columns=["grade", "title"]
    )

    judgement = judge(measurement, Limits(max_value=0.01), Severity.CRITICAL, wording=Wording(unit=Unit.SHARE))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, severity)


def test_a_determinant_that_no_person_has_asks_nothing():
    strange = OTHERS.with_columns(grade=pl.lit(99))

    measurement = measured(
        constraints, strange, Scope.SYNTHETIC, constraint="functional_dependency", columns=["grade", "title"]
    )

    assert outcome(measurement, max_value=0.01) is Outcome.INCONCLUSIVE


def test_a_constraint_on_a_missing_column_is_an_error_with_the_nearest_word():
    with pytest.raises(MetricError, match=r"no column 'titel' \(did you mean 'title'\?\)"):
        measured(constraints, scope=Scope.SYNTHETIC, constraint="functional_dependency", columns=["grade", "titel"])


# copies and duplicates


def test_copied_rows_are_read_against_what_human_rows_share():
    copied = pl.concat([OTHERS.head(1100), HUMAN.head(100)])

    assert outcome(measured(copies), max_value=0.01) is Outcome.PASS
    measurement = measured(copies, copied)
    assert outcome(measurement, max_value=0.001) is Outcome.FAIL
    assert measurement.evidence["copies"] == 100
    assert measurement.evidence["first_rows"][0] == "data/mix.parquet:2301 = data/mix.parquet:1"


def test_a_coarse_table_in_which_everybody_has_a_twin_accuses_nobody():
    coarse = ["grade", "town"]

    measurement = measured(copies, OTHERS.select(coarse), human=HUMAN.select(coarse))

    assert outcome(measurement, max_value=0.001) is not Outcome.FAIL
    assert measurement.baseline.value == 1.0


def test_a_holdout_is_the_baseline_where_there_is_one():
    measurement = measured(copies, holdout=pl.concat([table_rows(500, seed=90), HUMAN.head(2)]))

    assert measurement.baseline.value == pytest.approx(2 / 502)
    assert measurement.evidence["baseline_source"] == "holdout"


def test_a_holdout_that_shares_rows_with_the_human_partition_excuses_no_copies():
    copied = pl.concat([OTHERS.head(600), HUMAN.head(600)])

    measurement = measured(copies, copied, holdout=pl.concat([table_rows(500, seed=90), HUMAN.head(50)]))

    assert outcome(measurement, max_value=0.001) is Outcome.ERROR
    assert measurement.reason.startswith(
        "50 of 550 holdout rows stand in the human partition too: they are not held out"
    )


def test_repeated_human_rows_excuse_no_copies():
    copied = pl.concat([OTHERS.head(1000), HUMAN.head(200)])

    judgement = judge(
        measured(copies, copied, human=pl.concat([HUMAN, HUMAN])), Limits(max_value=0.001), Severity.CRITICAL
    )

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.CRITICAL), judgement.message
    assert "200 of 1,200" in judgement.message


def test_near_copies_of_a_table_are_read_against_the_holdout_too():
    jittered = HUMAN.with_columns(income=pl.col("income") + 0.5)

    measurement = measured(copies, jittered, holdout=table_rows(800, seed=90), kind="near")

    assert outcome(measurement, max_value=0.01) is Outcome.FAIL
    assert measurement.evidence["baseline_source"] == "holdout"


def test_a_holdout_without_the_columns_is_an_error():
    assert outcome(measured(copies, holdout=table_rows(500, seed=90).drop("town")), max_value=0.001) is Outcome.ERROR


def test_repeated_synthetic_rows_count_beyond_equally_many_human_rows():
    collapsed = pl.concat([OTHERS.head(600), OTHERS.head(600)])

    measurement = measured(duplicates, collapsed, Scope.SYNTHETIC)

    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(0.5, abs=0.01)
    assert outcome(measured(duplicates, scope=Scope.SYNTHETIC), max_value=0.05) is Outcome.PASS


def test_one_matrix_counts_duplicates_by_both_origins():
    mixed = pl.concat([OTHERS, OTHERS.head(10), HUMAN.head(5)])

    measurement = measured(duplicates, mixed, Scope.HUMAN, human=pl.concat([HUMAN, HUMAN.head(3)]))

    assert measurement.evidence["matrix"] == {
        "human": 1203, "synthetic": 1215, "human_in_human": 3, "synthetic_in_synthetic": 10, "synthetic_in_human": 5, "short": 0,
    }  # fmt: skip


def test_a_key_is_counted_over_all_rows_and_not_in_a_sample():
    many = pl.DataFrame({"id": range(120_000), "x": [number % 7 for number in range(120_000)]})
    repeated = many.with_columns(
        id=pl.when(pl.col("id") < 3600).then(pl.col("id") + 3600).otherwise(pl.col("id")) + 200_000
    )

    measurement = measured(constraints, repeated, Scope.SYNTHETIC, many, constraint="key", columns=["id"])

    assert measurement.evidence["violations"] == 7200
    assert outcome(measurement, max_value=0.01) is Outcome.FAIL


@pytest.mark.parametrize(
    ("gap", "key"), [(None, ["id"]), (float("nan"), ["id"]), (None, ["x", "id"]), (float("nan"), ["x", "id"])]
)
def test_missing_keys_repeat_nothing_and_do_not_count(gap, key):
    human = pl.DataFrame({"id": [float(number) for number in range(200)], "x": [1] * 200})
    gaps = pl.when(pl.int_range(pl.len()) < 20).then(gap)
    mixed = human.with_columns(id=gaps.otherwise(pl.col("id") + 1000))

    measurement = measured(
        constraints, mixed, Scope.SYNTHETIC, human.with_columns(id=gaps.otherwise("id")), constraint="key", columns=key
    )

    assert (measurement.evidence["violations"], measurement.evidence["rows"], measurement.estimate.value) == (
        0,
        180,
        0.0,
    )


def test_words_that_say_times_are_compared_as_times():
    human = pl.DataFrame({"a": ["2024-03-01"] * 400, "b": ["2024-03-02T10:00"] * 400})
    params = {"constraint": "inequality", "columns": ["a", "b"]}
    early = human.with_columns(b=pl.when(pl.int_range(400) < 40).then(pl.lit("2024-02-28 23:00")).otherwise("b"))
    silent = human.with_columns(b=pl.when(pl.int_range(400) < 40).then(pl.lit("soon")).otherwise("b"))

    assert outcome(measured(constraints, early, Scope.SYNTHETIC, human, **params), max_value=0.01) is Outcome.FAIL
    assert outcome(measured(constraints, silent, Scope.SYNTHETIC, human, **params), max_value=0.01) is Outcome.PASS


def test_nan_on_one_side_of_an_inequality_asks_nothing_and_infinity_is_no_whole_number():
    human = pl.DataFrame({"a": [1.0] * 400, "b": [2.0] * 400})
    params = {"constraint": "inequality", "columns": ["a", "b"]}

    blank = measured(constraints, human.with_columns(b=pl.lit(float("nan"))), Scope.SYNTHETIC, human, **params)
    endless = measured(
        constraints,
        human.with_columns(a=pl.lit(float("inf"))),
        Scope.SYNTHETIC,
        human,
        constraint="integer_valued",
        columns=["a"],
    )

    assert outcome(blank, max_value=0.01) is Outcome.INCONCLUSIVE
    assert outcome(endless, max_value=0.01) is Outcome.FAIL


# slices


def test_a_vanished_level_is_named_though_its_column_hardly_moves():
    human = pl.concat([table_rows(4000), table_rows(80, seed=3).with_columns(town=pl.lit("hamlet"))])
    gone = table_rows(4080, seed=50)

    measurement = measured(slices, gone, human=human)

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert measurement.note == "vanished: town=hamlet (80 human, 0 synthetic)"
    assert outcome(measured(slices, table_rows(4080, seed=70), human=table_rows(4080)), max_value=0) is Outcome.PASS


def test_rows_of_one_session_do_not_show_that_a_level_vanished():
    # 80 human rows have the level, all of two sessions of a hundred: another draw of sessions may well have none.
    human, other = (
        table_rows(4000, seed=seed).with_columns(
            session=pl.Series([f"{seed}/{row // 40}" for row in range(4000)]), town=pl.lit("village")
        )
        for seed in (1, 2)
    )
    sessions = [f"1/{number}" for number in range(2)]
    clustered = human.with_columns(
        town=pl.when(pl.col("session").is_in(sessions)).then(pl.lit("hamlet")).otherwise("town")
    )
    spread = human.with_columns(town=pl.when(pl.int_range(pl.len()) % 40 < 2).then(pl.lit("hamlet")).otherwise("town"))

    grouped = {"roles": {"group": "session"}}

    assert outcome(measured(slices, other, human=clustered, **grouped), max_value=0) is Outcome.INCONCLUSIVE
    assert outcome(measured(slices, other, human=spread, **grouped), max_value=0) is Outcome.FAIL


def test_a_level_repaired_by_synthetic_rows_is_shown_and_not_counted_as_human():
    human = pl.concat([table_rows(1200), table_rows(12, seed=3).with_columns(town=pl.lit("hamlet"))])
    repaired = pl.concat([OTHERS, table_rows(100, seed=4).with_columns(town=pl.lit("hamlet"))])

    unsaid = measured(slices, repaired, human=human, kind="union")
    measurement = measured(slices, repaired, human=human, kind="union", roles={"slices": ("town",)})

    assert unsaid == ReportOnly(measurement, "no slices are declared")
    assert outcome(measurement, min_value=30) is Outcome.PASS
    assert measurement.evidence["repaired_by_synthetic"] == [{"level": "town=hamlet", "human": 12, "synthetic": 100}]


def test_levels_of_under_five_rows_are_named_of_declared_slices_alone():
    human = pl.concat([table_rows(400), table_rows(3, seed=3).with_columns(town=pl.lit("hamlet"))])

    unsaid = measured(slices, OTHERS, human=human, kind="union")
    declared = measured(slices, OTHERS, human=human, kind="union", roles={"slices": ("town",)})

    assert "hamlet" not in str(unsaid)
    assert "fewest rows in a rare level of town: 3 human, 0 synthetic" in str(unsaid)
    assert "fewest rows in town=hamlet: 3 human" in declared.note


def test_few_rows_cannot_say_that_a_level_is_still_there():
    human = pl.concat([table_rows(900), table_rows(100, seed=3).with_columns(town=pl.lit("hamlet"))])

    judgement = judge(measured(slices, table_rows(40, seed=50), human=human), Limits(max_value=0), Severity.CRITICAL)

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)


# alignment


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(None, pl.String).alias("title"), "column 'title' has values in human rows and none in synthetic rows"),
        (
            (pl.col("income") * 60).alias("income"),
            "column 'income' is about 60 times larger in synthetic rows: another unit?",
        ),
        (pl.col("town").str.to_uppercase(), "column 'town' spells 'town 0' as 'TOWN 0' in synthetic rows"),
        (pl.col("town").replace("town 3", "null"), "column 'town' writes missing values as 'null' in synthetic rows"),
    ],
)
def test_what_is_written_differently_is_found(change, message):
    measurement = measured(alignment, OTHERS.with_columns(change))

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert message in measurement.note


def test_two_samples_of_one_law_align():
    assert outcome(measured(alignment), max_value=0) is Outcome.PASS


@pytest.mark.parametrize(("rows_with_a_value", "expected"), [(1, Outcome.PASS), (4, Outcome.PASS), (40, Outcome.FAIL)])
def test_a_value_of_few_rows_may_fall_to_one_side(rows_with_a_value, expected):
    at = pl.int_range(pl.len())
    human, synthetic = (
        rows.with_columns(fine=pl.when(at < count).then(at.cast(pl.Float64) + 0.5))
        for rows, count in ((table_rows(1000), rows_with_a_value), (OTHERS, 0))
    )

    assert outcome(measured(alignment, synthetic, human=human), max_value=0) is expected


def readings(count: int, seed: int) -> pl.DataFrame:
    return table_rows(count, seed).with_columns(
        unit=pl.when(pl.int_range(count).hash(seed) % 3 == 0).then(pl.lit("C")).otherwise(pl.lit("hPa"))
    )


def dated(count: int, seed: int, form: str = "%Y-%m-%d") -> pl.DataFrame:
    days = pl.select(day=pl.date(2023, 1, 1) + pl.duration(days=pl.int_range(count).hash(seed) % 700))["day"]
    return table_rows(count, seed).with_columns(since=days.dt.strftime(form))


@pytest.mark.parametrize(("form", "shown"), [("%B %d, %Y", "month D, Y"), ("%d/%m/%Y", "D/M/Y"), ("%d.%m.%Y", "D.M.Y")])
def test_a_form_of_dates_that_no_human_row_has_is_named(form, shown):
    human, fresh = dated(800, 1), dated(800, 2)
    mixed = pl.concat([fresh[80:], dated(80, 3, form)])

    measurement = measured(alignment, mixed, human=human)

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert (
        f"column 'since' is written as {shown} in 10.0 % of synthetic values and in 0.0 % of human ones, which are mostly as Y-M-D"
        in measurement.note
    )


def test_forms_that_human_rows_mix_too_are_no_difference():
    human, fresh = (pl.concat([dated(700, seed), dated(100, seed + 9, "%d.%m.%Y")]) for seed in (1, 2))

    assert outcome(measured(alignment, fresh, human=human), max_value=0) is Outcome.PASS
    assert outcome(measured(alignment, dated(800, 2), human=dated(800, 1)), max_value=0) is Outcome.PASS


def test_quartiles_that_differ_by_chance_name_no_unit():
    """Of heavy tails quartiles of thirty rows lie some factor of units apart more often than not."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        sides = [pl.DataFrame({"spent": np.exp(3 * rng.standard_normal(40))}) for _ in range(2)]
        assert measured(alignment, sides[0], human=sides[1]).estimate.value == 0


def test_a_unit_that_no_person_used_is_named_whatever_the_rows_claim():
    with_fahrenheit = readings(1200, 50).with_columns(
        unit=pl.when(pl.int_range(1200) < 60).then(pl.lit("F")).otherwise(pl.col("unit"))
    )
    request = ScanRequest(declared=Declarations(purpose="finetune", extends_human_law=True))

    measurement = measured(
        alignment, with_fahrenheit, human=readings(1200, 1), request=request, roles={"bound": ("unit",)}
    )

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert (
        measurement.note
        == "column 'unit' has 'F' in 5.0 % of synthetic rows and in none of 1,200 human rows: another unit?"
    )


NEW_LABEL = OTHERS.with_columns(grade=pl.when(pl.int_range(1200) < 60).then(9).otherwise(pl.col("grade")))


def test_a_label_that_no_person_gave_is_named_unless_rows_extend_the_human_law():
    measurement = measured(alignment, NEW_LABEL, roles={"label": "grade"})

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert measurement.note == "column 'grade' has '9' in 5.0 % of synthetic rows and in none of 1,200 human rows"
    extends = ScanRequest(declared=Declarations(purpose="finetune", extends_human_law=True))
    assert (
        outcome(measured(alignment, NEW_LABEL, request=extends, roles={"label": "grade"}), max_value=0) is Outcome.PASS
    )
    assert outcome(measured(alignment, NEW_LABEL), max_value=0) is Outcome.PASS


def test_words_of_a_table_that_were_read_in_a_wrong_encoding_are_named():
    def in_towns(frame: pl.DataFrame, every: int) -> pl.DataFrame:
        misread = "München".encode().decode("latin-1")
        number = pl.int_range(1200)
        names = pl.format("München {}", number)
        return frame.with_columns(
            town=pl.when(number % every == 0).then(pl.format(f"{misread} {{}}", number)).otherwise(names)
        )

    measurement = measured(alignment, in_towns(OTHERS, 20), human=in_towns(HUMAN, 2000))

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert measurement.note == (
        "column 'town' was read in a wrong encoding in 5.0 % of synthetic rows and in 0.083 % of human rows"
    )
    assert outcome(measured(alignment, in_towns(OTHERS, 20), human=in_towns(HUMAN, 20)), max_value=0) is Outcome.PASS


def test_a_language_that_no_person_translated_is_named():
    def translated(frame: pl.DataFrame, into: pl.Expr) -> pl.DataFrame:
        return frame.with_columns(source_language=pl.lit("en"), target_language=into)

    every_tenth = pl.when(pl.int_range(1200) % 10 == 0).then(pl.lit("xx")).otherwise(pl.lit("de"))
    measurement = measured(
        alignment,
        translated(OTHERS, every_tenth),
        human=translated(HUMAN, pl.lit("de")),
        roles={"bound": ("source_language", "target_language")},
    )

    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert "column 'target_language' has 'xx' in 10.0 % of synthetic rows" in measurement.note


def test_one_strange_label_and_labels_of_one_group_are_no_new_vocabulary():
    def labelled(first: int, roles: dict[str, str], **columns: pl.Expr) -> Outcome:
        synthetic = OTHERS.with_columns(grade=pl.when(pl.int_range(1200) < first).then(9).otherwise(pl.col("grade")))
        both = (frame.with_columns(**columns) for frame in (synthetic, HUMAN))
        rows, human = both
        return outcome(measured(alignment, rows, human=human, roles={"label": "grade", **roles}), max_value=0)

    assert labelled(1, {}) is Outcome.PASS
    # Sixty rows, but of three groups of twenty.
    assert labelled(60, {"group": "who"}, who=pl.int_range(pl.len()) // 20) is Outcome.PASS


@pytest.mark.parametrize("rows", [(1200, 1200), (2000, 100), (100, 2000)])
def test_rare_labels_of_one_law_accuse_nobody(rows):
    # Thirty labels, half of them so rare that many are seen on one side only.
    def drawn(count: int, seed: int) -> pl.DataFrame:
        number = pl.int_range(count).hash(seed) % 10_000
        rare = pl.when(number < 150).then(number // 10).otherwise(15 + number % 15)
        return table_rows(count, seed).with_columns(grade=rare.cast(pl.Int64))

    outcomes = [
        outcome(
            measured(alignment, drawn(rows[1], 100 + seed), human=drawn(rows[0], seed), roles={"label": "grade"}),
            max_value=0,
        )
        for seed in range(1, 13)
    ]

    assert outcomes == [Outcome.PASS] * 12


def test_levels_that_no_person_has_are_named_where_they_are_what_differs_most():
    synthetic = OTHERS.with_columns(
        town=pl.when(pl.int_range(1200) < 300)
        .then(pl.lit("Atlantis"))
        .when(pl.int_range(1200) < 310)
        .then(pl.lit("Lyonesse"))
        .otherwise(pl.col("town"))
    )

    note = measured(distributions, synthetic).note

    assert (
        note
        == "worst column 'town': 25.8 % of synthetic rows have levels that no human row has: 'Atlantis', 'Lyonesse'"
    )


def test_a_column_of_two_types_is_found_in_the_files_and_integers_beside_floats_are_not():
    scan = table_scan(HUMAN, OTHERS)

    def files(*types: str):
        facts = [FileFacts(f"{at}.parquet", 9, {"grade": kind}, "", 1) for at, kind in enumerate(types)]
        return alignment.measure(type(scan)(**{**vars(scan), "files": tuple(facts), "_memo": {}}), Scope.COMBINED, {})

    assert "column 'grade' has several types: number in 0.parquet, string in 1.parquet" in files("int64", "string").note
    mixed = "mixed(int64,string)"
    assert files(f"{mixed}; int64 first in row 7", f"{mixed}; int64 first in row 9").note.endswith(
        f"column 'grade' has several types: {mixed} in 0.parquet (int64 first in row 7)"
    )
    assert outcome(files("int64", "double"), max_value=0) is Outcome.PASS


# origin, ratio, lineage


def test_repeating_human_rows_does_not_raise_the_human_ratio():
    once = measured(human_ratio, OTHERS)
    repeated = measured(human_ratio, OTHERS, human=pl.concat([HUMAN] * 5))

    assert once.estimate == repeated.estimate
    assert outcome(once, min_value=0.4) is Outcome.PASS
    assert outcome(measured(human_ratio, table_rows(9000, 50)), min_value=0.2) is Outcome.FAIL


def test_every_row_with_an_origin_is_declared():
    assert outcome(measured(origins), min_value=1.0) is Outcome.PASS


def test_lineage_is_not_configured_without_a_column_and_counted_with_one():
    assert outcome(measured(lineage, scope=Scope.SYNTHETIC), min_value=1.0) is Outcome.NOT_CONFIGURED
    whole = OTHERS.with_columns(generator=pl.lit("g"))
    blank = whole.with_columns(generator=pl.lit("  "))
    assert outcome(measured(lineage, blank, Scope.SYNTHETIC), min_value=1.0) is Outcome.FAIL
    holes = whole.with_columns(generator=pl.when(pl.col("grade") == 1).then(None).otherwise(pl.col("generator")))
    assert outcome(measured(lineage, whole, Scope.SYNTHETIC), min_value=1.0) is Outcome.PASS
    assert outcome(measured(lineage, holes, Scope.SYNTHETIC), min_value=1.0) is Outcome.FAIL


# generators


def test_a_generator_with_enough_rows_fails_alone_and_is_named():
    good = table_rows(3000, seed=50).with_columns(generator=pl.lit("good"))
    bad = table_rows(400, seed=60).with_columns(generator=pl.lit("bad"), title=pl.lit("grade 1"))
    few = table_rows(40, seed=60).with_columns(generator=pl.lit("few"), title=pl.lit("grade 1"))

    measurement = measured(
        constraints,
        pl.concat([good, bad, few]),
        Scope.SYNTHETIC,
        constraint="functional_dependency",
        columns=["grade", "title"],
    )

    judged = judge(measurement, Limits(max_value=0.5), Severity.CRITICAL)
    assert judged.outcome is Outcome.FAIL
    assert "generator 'bad': " in judged.message
    assert set(judged.evidence["generators"]) == {"good", "bad"}
