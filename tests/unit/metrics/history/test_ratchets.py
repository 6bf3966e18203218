"""What is compared with the version promoted last: human rows, what was rare among them, numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.previous_version import PromotedBefore
from gates.data.scan.inputs import Declarations, VersionBefore
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Estimate, Growth, Limits, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.history import lost_human_rows, regressions, tail_mass
from gates.metrics.limits.judge import judge
from gates.verdict import CheckResult, Outcome, Scope, Severity
from tests.projects import table_rows
from tests.promotions.promoted_before import promoted, recorded, removal
from tests.tables import MemorySource, table_scan

BEFORE = table_rows(400, seed=1)
MADE = table_rows(400, seed=11)


def table(
    now: pl.DataFrame, before: pl.DataFrame = BEFORE, made: pl.DataFrame = MADE, removals=(), missing="", **roles
):
    request = ScanRequest(
        declared=Declarations(removals=tuple(removals)), before=VersionBefore(promoted=promoted(before, missing))
    )
    return table_scan(now, made, request=request, **roles)


def kept(seen, by: str = "content") -> Measurement:
    return ask(lost_human_rows.METRIC, seen, Scope.COMBINED, {"by": by})


def tail(seen) -> Measurement:
    return ask(tail_mass.METRIC, seen, Scope.COMBINED, {})


def outcome(measurement: Measurement, **limits: float) -> Outcome:
    return judge(measurement, Limits(**limits), Severity.CRITICAL).outcome


def test_more_human_rows_in_another_order_keep_those_of_before() -> None:
    measurement = kept(table(pl.concat([table_rows(50, seed=2), BEFORE.reverse()])))
    assert (measurement.estimate, measurement.note, outcome(measurement, max_value=0)) == (
        Estimate.exact(0),
        "",
        Outcome.PASS,
    )


def test_rows_that_are_gone_are_named_by_their_place_in_the_promoted_version() -> None:
    measurement = kept(table(BEFORE[3:]))
    assert outcome(measurement, max_value=0) is Outcome.FAIL
    assert measurement.estimate == Estimate.exact(3 / 400)
    assert measurement.evidence["rows"] == ["data/mix.parquet:1", "data/mix.parquet:2", "data/mix.parquet:3"]
    assert measurement.note == (
        "3 of 400 human rows of first@v1.0.0 are gone and no removal is recorded "
        "(data/mix.parquet:1, data/mix.parquet:2, data/mix.parquet:3); "
        'to record it: rows = ["data/mix.parquet:1", "data/mix.parquet:2", "data/mix.parquet:3"], reason = "…", who = "…", '
        "date = YYYY-MM-DD"
    )


def test_human_rows_that_became_synthetic_are_gone() -> None:
    measurement = kept(table(BEFORE[1:], made=pl.concat([MADE, BEFORE[:1]])))
    assert measurement.evidence["gone"] == 1


def test_a_row_that_was_there_twice_may_go_once() -> None:
    assert kept(table(BEFORE, before=pl.concat([BEFORE, BEFORE[:5]]))).estimate == Estimate.exact(0)


@pytest.mark.parametrize(
    "record",
    [
        removal("data/mix.parquet:1", "data/mix.parquet:2"),
        removal(where={"income": tuple(BEFORE["income"][:2].to_list())}),
        removal("data/mix.parquet:1", "data/mix.parquet:2", on=date(2026, 2, 28)),
    ],
)
def test_a_recorded_removal_excuses_the_rows_it_names(record) -> None:
    measurement = kept(table(BEFORE[2:], removals=[record]))
    assert (measurement.estimate, measurement.evidence["recorded"]) == (Estimate.exact(0), 2)


def test_a_record_excuses_no_other_row() -> None:
    assert kept(table(BEFORE[3:], removals=[removal("data/mix.parquet:1")])).evidence["gone"] == 2


def test_a_record_from_before_the_promotion_excuses_nothing() -> None:
    measurement = kept(table(BEFORE[1:], removals=[removal("data/mix.parquet:1", on=date(2026, 1, 31))]))
    assert measurement.evidence["gone"] == 1
    assert measurement.evidence["records_from_before"] == ["promotions/first/removals/one.toml:1"]


def test_a_record_that_names_no_row_is_reported() -> None:
    measurement = kept(table(BEFORE, removals=[removal(where={"town": ("Atlantis",)})]))
    assert measurement.note == "records that name no row of first@v1.0.0: promotions/first/removals/one.toml:1"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (removal(where={"twon": ("x",)}), "where: no column 'twon' (did you mean 'town'?)"),
        (removal("17"), "rows: '17' is no row of what was promoted"),
        (removal("data/other.parquet:1"), "rows: 'data/other.parquet:1' is no row of what was promoted"),
    ],
)
def test_a_record_of_what_is_not_there_is_an_error(record, words) -> None:
    measurement = kept(table(BEFORE, removals=[record]))
    assert words in measurement.reason
    assert outcome(measurement, max_value=0) is Outcome.ERROR


def test_a_changed_row_is_gone_unless_its_key_is_asked_for() -> None:
    keyed = BEFORE.with_row_index("key")
    changed = keyed.with_columns(town=pl.when(pl.col("key") == 7).then(pl.lit("elsewhere")).otherwise("town"))

    def now(frame: pl.DataFrame, removals=()):
        own = ("grade", "town", "income", "title")
        made = MADE.with_row_index("key", offset=10_000)
        both = pl.concat(
            [frame.with_columns(pl.lit("human").alias(ORIGIN)), made.with_columns(pl.lit("synthetic").alias(ORIGIN))]
        )
        source = MemorySource(
            both, Roles("tabular", own, key="key"), (FileFacts("data/mix.parquet", both.height, {}, "", 1),)
        )
        return scan(
            source,
            ScanRequest(declared=Declarations(removals=removals), before=VersionBefore(promoted=promoted(keyed))),
        )

    assert kept(now(changed)).evidence["changed_under_their_key"] == 1
    assert "of these, 1 with the same key and other content" in kept(now(changed)).note
    assert kept(now(changed), by="key").estimate == Estimate.exact(0)
    assert kept(now(changed[:-1]), by="key").evidence["gone"] == 1
    assert kept(now(keyed[:-1], removals=(removal("399"),))).estimate == Estimate.exact(0)


def test_a_new_column_does_not_make_all_rows_new() -> None:
    measurement = kept(table(BEFORE[1:].with_columns(extra=pl.lit(1)), made=MADE.with_columns(extra=pl.lit(2))))
    assert measurement.evidence["gone"] == 1


def test_whole_numbers_that_are_read_as_fractions_are_the_same() -> None:
    assert kept(
        table(
            BEFORE.with_columns(pl.col("grade").cast(pl.Float64)),
            made=MADE.with_columns(pl.col("grade").cast(pl.Float64)),
        )
    ).estimate == Estimate.exact(0)
    halves = BEFORE.with_columns(pl.col("grade") + 0.5)
    assert kept(table(BEFORE, before=halves)).evidence["gone"] == 400


def test_what_was_not_promoted_is_not_configured_and_what_cannot_be_had_is_no_pass() -> None:
    first = table_scan(BEFORE, MADE)
    assert (
        kept(first).missing
        == tail(first).missing
        == "nothing was promoted yet: there is no version to be compared with"
    )
    lost = table(BEFORE, missing="data/first.csv is in no cache")
    for measurement in (kept(lost), tail(lost)):
        assert measurement.reason.startswith(
            "the data of first@v1.0.0 cannot be read: data/first.csv is in no cache; get it"
        )
    assert outcome(kept(lost), max_value=0) is Outcome.ERROR
    assert outcome(tail(lost), max_value=0) is Outcome.INCONCLUSIVE
    unknown = table_scan(
        BEFORE,
        MADE,
        request=ScanRequest(before=VersionBefore(promoted=PromotedBefore("first@v1.0.0", unknown="no tag"))),
    )
    assert kept(unknown).reason == tail(unknown).reason == "no tag"


def rare(count: int) -> pl.DataFrame:
    """400 people, of whom some live in the one small town."""
    where = pl.when(pl.int_range(pl.len()) < count).then(pl.lit("Hamlet")).otherwise(pl.col("town"))
    return BEFORE.with_columns(town=where)


def test_a_tail_that_is_all_there_passes_whatever_comes_to_it() -> None:
    crowd = pl.concat(
        [rare(12), *(table_rows(400, seed=at).with_columns(income=pl.lit(1e4) + at) for at in range(50, 60))]
    )
    measurement = tail(table(crowd, before=rare(12)))
    assert (measurement.estimate, outcome(measurement, min_value=0.95)) == (Estimate.exact(1), Outcome.PASS)


def test_a_group_that_goes_takes_its_share_of_the_tail_along() -> None:
    measurement = tail(table(rare(12)[12:], before=rare(12), removals=[removal(where={"town": ("Hamlet",)})]))
    assert outcome(measurement, min_value=0.95) is Outcome.FAIL
    assert "town=Hamlet" in measurement.evidence["cells"]


def test_synthetic_rows_may_cover_the_tail() -> None:
    made = MADE.with_columns(town=pl.when(pl.int_range(pl.len()) < 12).then(pl.lit("Hamlet")).otherwise("town"))
    gone = tail(table(rare(12)[12:], before=rare(12)))
    filled = tail(table(rare(12)[12:], before=rare(12), made=made))
    assert "town=Hamlet" not in filled.evidence["cells"]
    assert filled.estimate.value > gone.estimate.value


def test_half_of_the_rows_taken_at_random_keep_their_tail() -> None:
    some = table_rows(4000, seed=1)
    half = some.sample(fraction=0.5, seed=3)
    measurement = tail(table(half, before=some, made=table_rows(20, seed=5)))
    assert outcome(measurement, min_value=0.95) is Outcome.PASS


def test_few_rows_show_no_tail() -> None:
    measurement = tail(table(table_rows(60, seed=1), before=table_rows(60, seed=1)))
    assert outcome(measurement, min_value=0.95) is Outcome.INCONCLUSIVE


def texts(count: int, topic: str, seed: int) -> list[str]:
    """Texts of common words, each with some words of a topic."""
    drawn = np.random.default_rng(seed)
    return [
        " ".join(
            [
                *(f"common{at}" for at in drawn.integers(0, 40, 12)),
                *(f"{topic}{at}" for at in drawn.integers(0, 3, 4)),
                f"n{seed}x{number}",
            ]
        )
        for number in range(count)
    ]


def text_scan(human: list[str], made: list[str], before: list[str]):
    frame = pl.DataFrame({"text": [*human, *made], ORIGIN: ["human"] * len(human) + ["synthetic"] * len(made)})
    source = MemorySource(frame, Roles("text", ("text",), ("text",)), (FileFacts("t", frame.height, {}, "", 0),))
    return scan(source, ScanRequest(before=VersionBefore(promoted=promoted(pl.DataFrame({"text": before})))))


def test_a_theme_that_only_a_small_group_of_texts_had_is_missed() -> None:
    common, group = texts(380, "common", 1), texts(20, "glacier", 2)
    now = text_scan(common, texts(50, "common", 3), [*common, *group])
    assert outcome(tail(now), min_value=0.95) is Outcome.FAIL
    assert tail(now).evidence["cells"] == ["text, 20 texts of one kind"]
    assert tail(now).evidence["rows"][:2] == ["data/mix.parquet:381", "data/mix.parquet:382"]
    whole = text_scan([*common, *group], texts(50, "common", 3), [*common, *group])
    assert tail(whole).estimate == Estimate.exact(1)
    covered = text_scan(common, texts(20, "glacier", 4), [*common, *group])
    assert tail(covered).estimate == Estimate.exact(1)


DIVERSITY = "synthetic/expect_diversity_ratio_to_be_between/effective_number"
SEPARABILITY = "combined/expect_origin_separability_to_be_less_than"


def numbers(now: Measurement | None, then: CheckResult | None, family: str) -> Measurement:
    seen = table_scan(
        BEFORE,
        MADE,
        request=ScanRequest(before=VersionBefore(promoted=promoted(BEFORE, **({str(then.id): then} if then else {})))),
    )
    if now and then:
        seen.measured[str(then.id)] = now
    return ask(regressions.METRIC, seen, Scope.COMBINED, {"family": family})


@pytest.mark.parametrize(
    ("now", "beyond"),
    [
        (Estimate(0.95, 0.9, 1.0), 0),
        (Estimate(0.88, 0.84, 0.91), 0),
        (Estimate(0.8, 0.78, 0.85), 0.05),
        (Estimate(1.2, 1.1, 1.3), 0),
    ],
)
def test_diversity_may_not_fall_beyond_the_interval_it_had(now, beyond) -> None:
    measurement = numbers(Measured(now), recorded(DIVERSITY, 0.95, 0.9, 1.0, min_value=0.8), "diversity")
    assert measurement.estimate.value == pytest.approx(beyond)
    assert outcome(measurement, max_value=0) is (Outcome.FAIL if beyond else Outcome.PASS)


def test_separability_may_not_rise_and_the_message_says_from_where() -> None:
    measurement = numbers(
        Measured(Estimate(0.2, 0.15, 0.25)), recorded(SEPARABILITY, 0.05, 0.0, 0.1, max_value=0.25), "separability"
    )
    assert measurement.estimate.value == pytest.approx(0.05)
    assert measurement.note == f"{SEPARABILITY} is 0.2 [0.15, 0.25], was 0.05 [0, 0.1] in first@v1.0.0"
    better = numbers(
        Measured(Estimate(0.0, -0.1, -0.05)), recorded(SEPARABILITY, 0.05, 0.0, 0.1, max_value=0.25), "separability"
    )
    assert better.estimate == Estimate.exact(0)


def test_what_had_a_number_and_has_none_now_is_undecided() -> None:
    then = recorded(DIVERSITY, 0.95, 0.9, 1.0, min_value=0.8)
    for now in (None, NotConfigured("no"), Measured(Estimate(float("nan"), 0, 0))):
        assert numbers(now, then, "diversity").reason == f"{DIVERSITY} has a number in first@v1.0.0 and none now"


def test_an_interval_that_is_wide_for_want_of_rows_is_no_pass() -> None:
    wide = Estimate(0.9, 0.5, 1.3)
    then = recorded(DIVERSITY, 0.95, 0.9, 1.0, min_value=0.8)
    few, enough = (
        numbers(Measured(wide, RowCounts(n, 400), growth=Growth(rows_to_pass=100)), then, "diversity")
        for n in (62, 400)
    )
    assert (outcome(few, max_value=0), outcome(enough, max_value=0)) == (Outcome.INCONCLUSIVE, Outcome.PASS)


def test_what_had_no_number_is_not_configured() -> None:
    assert numbers(None, None, "agreement").missing == "first@v1.0.0 has no number of agreement"
