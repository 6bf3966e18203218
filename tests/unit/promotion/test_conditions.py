"""What a stage asks for holds, or is told in a sentence that says what is missing and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gates.config.parsing.stages import Stage
from gates.promotion.git.history import PromotionTag
from gates.promotion.stage_conditions import Candidate, met, unmet
from gates.promotion.statements.tags import ReleaseVersion, TagName
from gates.verdict import Answer, CheckId, CheckResult, Outcome, Scope, Severity, Verdict
from gates.versions.git.authors import Review, review_in

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ADA, BO = ("Reviewed-by", "Ada <ada@x.org>"), ("Reviewed-by", "Bo B. <bo@x.org>")


def check(name: str, outcome: Outcome = Outcome.PASS, message: str = "") -> CheckResult:
    return CheckResult(CheckId(Scope.COMBINED, name), Severity.WARNING, outcome, message)


GOOD = Candidate(
    verdict=Verdict(
        "reviews",
        Answer.PASS,
        checks=(check("expect_x"), check("expect_y", Outcome.FAIL)),
        rows={"human": 10, "synthetic": 10, "undeclared": 0},
        data={},
        contract={"purpose": "finetune"},
    ),
    version=ReleaseVersion(1, 2, 0),
    review=review_in("zoe@x.org", (("Signed-off-by", "Zoe <zoe@x.org>"), ADA, BO)),
    now=NOW,
    written_at=NOW - timedelta(days=3, hours=23),
    stages={
        "staging": PromotionTag(TagName("reviews", stage="staging", number=2), "1" * 40, "2" * 40, is_annotated=True)
    },
)
STRICT = Stage("prod", 1, "staging", "finetune", 2, 30, "forbidden", "forbidden", ("expect_x", "combined/expect_y"))


def judged(candidate: Candidate, purpose: str | None = "finetune", **fields: object) -> Candidate:
    """The candidate with a verdict that differs in these fields."""
    return replace(candidate, verdict=replace(candidate.verdict, contract={"purpose": purpose}, **fields))


def test_a_stage_that_asks_nothing_takes_everything():
    verdict = Verdict("reviews", Answer.PASS, (), {"human": 0, "synthetic": 1, "undeclared": 1}, {}, {"purpose": None})
    bare = Candidate(verdict, ReleaseVersion(1, 0, 0), Review({}), NOW)

    assert unmet(Stage("dev", 1), bare) == []
    assert met(Stage("dev", 1), bare) == "none"


def test_what_was_asked_and_what_answered_it_stand_on_one_line():
    assert unmet(STRICT, GOOD) == []
    assert met(STRICT, GOOD) == (
        "after reviews#staging#2; purpose finetune; reviewers Ada <ada@x.org>, Bo B. <bo@x.org>; "
        "verdict 3 days old of at most 30; no waivers; no loosened limits; answered expect_x, combined/expect_y"
    )


def test_of_a_version_that_is_not_there_yet_the_command_names_no_number():
    stage = Stage("prod", 1, after="staging")

    assert unmet(stage, replace(GOOD, stages={}, is_new=True)) == [
        (
            "Stage 'prod' comes after 'staging', and this version of reviews is not promoted yet; "
            "run `gates promote reviews --stage staging` first."
        )
    ]


def test_everything_that_is_missing_is_reported_at_once():
    bare = judged(replace(GOOD, stages={}, review=Review({}), written_at=None), purpose=None, checks=())

    assert unmet(STRICT, bare) == [
        (
            "Stage 'prod' comes after 'staging', and reviews v1.2.0 is not on it; "
            "run `gates promote reviews --stage staging --version v1.2.0` first."
        ),
        (
            "Stage 'prod' takes datasets for finetune, and reviews declares no purpose; "
            'add purpose = "finetune" to [datasets.reviews], commit, and judge it again.'
        ),
        (
            "Stage 'prod' requires 2 reviewers beside the authors, and the commit that was judged names nobody; "
            "commit with `Reviewed-by: Name <mail>` for each reviewer at the end of the message, check again and promote that."
        ),
        (
            "Stage 'prod' takes verdicts of at most 30 days, and it is not recorded when this one was written; "
            "run `gates check reviews` again."
        ),
        (
            "Stage 'prod' requires an answer to expect_x, and the verdict has no such check "
            "(`gates check reviews -v` lists them)."
        ),
        (
            "Stage 'prod' requires an answer to combined/expect_y, and the verdict has no such check "
            "(`gates check reviews -v` lists them)."
        ),
    ]


@pytest.mark.parametrize("purpose", ["pretrain", "finetune", "preference", "evaluation"])
def test_a_dataset_without_a_purpose_or_with_another_is_promoted_to_no_stage_with_one(purpose):
    stage = Stage("prod", 1, purpose=purpose)
    human_rows = judged(GOOD, rows={"human": 10, "synthetic": 0, "undeclared": 0})
    other = "pretrain" if purpose == "evaluation" else "evaluation"

    assert unmet(stage, judged(human_rows, purpose=purpose)) == []
    (undeclared,) = unmet(stage, judged(human_rows, purpose=None))
    assert f'reviews declares no purpose; add purpose = "{purpose}" to [datasets.reviews]' in undeclared
    assert unmet(stage, judged(human_rows, purpose=other)) == [
        f"Stage 'prod' takes datasets for {purpose}, and reviews is for {other}; promote it to a stage of its own purpose."
    ]


@pytest.mark.parametrize(
    ("synthetic", "undeclared", "counts"),
    [(1, 0, "1 synthetic"), (0, 2, "2 undeclared"), (2000, 3, "2,000 synthetic and 3 undeclared")],
)
def test_an_evaluation_set_with_another_row_than_human_ones_goes_nowhere(synthetic, undeclared, counts):
    rows = {"human": 5000, "synthetic": synthetic, "undeclared": undeclared}
    candidate = judged(GOOD, rows=rows, purpose="evaluation")

    assert unmet(Stage("dev", 1), candidate) == [
        (
            "Stage 'dev' takes reviews, which is for evaluation, with human rows only, and it has "
            f"{counts} rows; take them out, or state the purpose that they serve."
        )
    ]
    assert unmet(Stage("dev", 1), judged(candidate, purpose="finetune")) == []


@pytest.mark.parametrize(
    "value", ["Bo", "bo@x.org", "<bo@x.org>", "Bo <bo>", "Bo <bo@x.org", "Bo <bo@x.org> ok", "B\x1b[2Jo <bo@x.org>", ""]
)
def test_a_trailer_that_names_nobody_is_shown_where_reviewers_are_missing(value):
    candidate = replace(GOOD, review=review_in("zoe@x.org", (ADA, ("Reviewed-by", value))))

    assert unmet(Stage("prod", 1, reviewers=1), candidate) == []
    assert unmet(Stage("prod", 1, reviewers=2), candidate) == [
        (
            "Stage 'prod' requires 2 reviewers beside the authors, and the commit that was judged names Ada <ada@x.org>; "
            "commit with `Reviewed-by: Name <mail>` for each reviewer at the end of the message, check again and promote "
            "that as a new version. "
            f"Not of the form `Name <mail>`: {value!a}."
        )
    ]


@pytest.mark.parametrize(
    ("age", "age_text"),
    [
        (timedelta(0), None),
        (timedelta(days=30, hours=23), None),
        (timedelta(days=31), "this one is 31 days old; run `gates check reviews` again."),
        (
            -timedelta(hours=1),
            (
                "this one is dated in the future, 2026-05-20 13:00:00+00:00; set the clock right, "
                "run `gates check reviews` again."
            ),
        ),
    ],
)
def test_a_verdict_grows_too_old_by_whole_days(age, age_text):
    conditions = unmet(Stage("prod", 1, maximum_age=30), replace(GOOD, written_at=NOW - age))

    assert conditions == ([f"Stage 'prod' takes verdicts of at most 30 days, and {age_text}"] if age_text else [])


def test_time_zones_do_not_change_an_age():
    written = datetime.fromisoformat("2026-05-19T23:30:00+14:00")

    assert met(Stage("prod", 1, maximum_age=1), replace(GOOD, written_at=written)) == "verdict 1 day old of at most 1"


def test_waivers_and_loosened_limits_pass_unless_the_stage_forbids_them():
    waiver = {"check": "combined/expect_y", "reason": "r", "owner": "ana", "expires": "2027-01-31"}
    loosened = "combined/expect_x max_value 0.1 -> 0.2 (forms repeat)"
    candidate = judged(GOOD, waived=(waiver,), loosened=(loosened,))

    assert unmet(Stage("prod", 1), candidate) == []
    assert unmet(Stage("prod", 1, waivers="forbidden", loosened="forbidden"), candidate) == [
        (
            "Stage 'prod' forbids waivers, and the verdict has 1 waiver: combined/expect_y (ana); "
            "fix what they pass over, remove them and check again."
        ),
        (
            f"Stage 'prod' forbids loosened limits, and the verdict has 1: {loosened}; "
            "remove them from the dataset's own suite and check again."
        ),
    ]


@pytest.mark.parametrize("names", [("expect_x",), ("combined/expect_x",), ("all",), ("expect_x", "combined/expect_x")])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_check_is_answered_when_it_passed_or_failed(names, outcome):
    candidate = judged(GOOD, checks=(check("expect_x", outcome, "no holdout"), check("expect_y")))

    conditions = unmet(Stage("prod", 1, answered=names), candidate)

    answered = outcome in (Outcome.PASS, Outcome.FAIL)
    assert conditions == (
        []
        if answered
        else [
            (
                f"Stage 'prod' requires an answer to combined/expect_x, which is {'not configured' if outcome is Outcome.NOT_CONFIGURED else outcome.value} "
                "(no holdout); give it what it needs and check again, or take it out of `answered` of [stages.prod]."
            )
        ]
    )


def test_only_what_is_asked_for_must_be_answered():
    candidate = judged(GOOD, checks=(check("expect_x"), check("expect_y", Outcome.NOT_CONFIGURED)))

    assert unmet(Stage("prod", 1, answered=("expect_x",)), candidate) == []


def test_a_check_that_the_verdict_does_not_have_suggests_the_nearest():
    assert unmet(Stage("prod", 1, answered=("combined/expect_xx",)), GOOD) == [
        (
            "Stage 'prod' requires an answer to combined/expect_xx, and the verdict has no such check "
            "(did you mean 'combined/expect_x'?)."
        )
    ]


def test_all_of_a_verdict_without_checks_is_no_answer():
    assert len(unmet(Stage("prod", 1, answered=("all",)), judged(GOOD, checks=()))) == 1
