"""Adult 2023 and its graded defects: each generator fails for what is known of it."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from gates.verdict import Outcome, Severity, Verdict
from tests.real import DATA, SEPARABILITY, UTILITY, adult, draft_accepted, judged, needs_data, write_dataset

pytestmark = needs_data

SETTINGS = 'type = "tabular"\npurpose = "finetune"\nlabel = "income"\n'
DISTRIBUTIONS = "combined/expect_distributions_to_match"
MEAN, WORST = (f"combined/expect_associations_to_match/{over}" for over in ("mean", "worst"))
COPIES = "combined/expect_synthetic_to_not_copy_human/exact"
DUPLICATES = "synthetic/expect_duplicate_ratio_to_be_less_than/exact"
DIVERSITY = "synthetic/expect_diversity_ratio_to_be_between/effective_number"
EDUCATION = "synthetic/expect_constraint_violation_ratio_to_be_less_than/functional_dependency/education,education-num"

# Rows of each of nine generators, of which the least defect that is known is 1 %.
OF_EACH = 5000

# part -> checks that fail critically, checks that pass
KNOWN = {
    "synthpop": ({COPIES}, {DISTRIBUTIONS, MEAN, WORST, EDUCATION}),
    "rtvae": ({EDUCATION, DISTRIBUTIONS}, set()),
    "gaussian_copula": ({EDUCATION, DISTRIBUTIONS}, set()),
    "copulagan": ({EDUCATION, DISTRIBUTIONS}, set()),
    "ctgan": ({EDUCATION, DISTRIBUTIONS}, set()),
    "tvae": ({EDUCATION}, set()),
    "flip10": ({EDUCATION, COPIES}, {DISTRIBUTIONS}),
    "flip50": ({EDUCATION, COPIES, MEAN, WORST}, {DISTRIBUTIONS}),
    "flip90": ({EDUCATION, MEAN, WORST}, {DISTRIBUTIONS}),
    "mostly_temp01": ({DISTRIBUTIONS, DUPLICATES, DIVERSITY}, {EDUCATION}),
}


def types(checks: set[str]) -> tuple[str, ...]:
    """The types of checks, each once."""
    return tuple(sorted({check.split("/")[1] for check in checks}))


@pytest.fixture(scope="module")
def verdict_on(tmp_path_factory):
    """Judge a part as the synthetic partition beside `trn`, with `val` as holdout, drafts accepted from `trn`.

    only: the types of checks that a test asks for, all but the slow ones where it names none.
    """
    human, holdout = adult("trn"), adult("val")
    drafted = tmp_path_factory.mktemp("drafted")
    draft_accepted(drafted, human)

    def verdict(part: str, only: tuple[str, ...] = ()) -> Verdict:
        root = tmp_path_factory.mktemp(part)
        frames = {"human": human, "synthetic": adult(part)}
        write_dataset(root, frames if part == "val" else {**frames, "holdout": holdout}, SETTINGS)
        shutil.copytree(drafted, root, dirs_exist_ok=True)
        return judged(root, only=only, skip=() if only else (SEPARABILITY, UTILITY)).verdict

    return verdict


@pytest.mark.parametrize("part", ["val", "mostly"])
def test_rows_that_follow_the_human_law_fail_no_critical_check(verdict_on, part):
    verdict = verdict_on(part)

    assert verdict.failed == ()
    assert {verdict.check(check).outcome for check in (DISTRIBUTIONS, MEAN, WORST, EDUCATION, COPIES)} == {Outcome.PASS}


@pytest.mark.parametrize("part", KNOWN)
def test_generator_fails_for_its_own_defect(verdict_on, part):
    failing, passing = KNOWN[part]

    verdict = verdict_on(part, types(failing | passing))

    assert failing <= {*verdict.failed}
    assert {check: verdict.check(check).outcome for check in passing} == dict.fromkeys(passing, Outcome.PASS)


def test_a_classifier_separates_a_broken_generator_and_not_a_good_one(tmp_path):
    outcomes = {}
    for part in ("mostly", "val", "flip50"):
        (tmp_path / part).mkdir()
        write_dataset(tmp_path / part, {"human": adult("trn"), "synthetic": adult(part)}, SETTINGS)
        outcomes[part] = judged(tmp_path / part, only=(SEPARABILITY,)).verdict.checks[0]

    assert [judgement.outcome for judgement in outcomes.values()] == [Outcome.PASS, Outcome.PASS, Outcome.FAIL]
    assert {"education", "education-num"} < set(outcomes["flip50"].evidence["telling"])


@pytest.mark.slow
def test_nine_generators_in_one_dataset_are_each_named_for_their_own_defect(tmp_path):
    rows = pl.scan_parquet(DATA / "tabular_adult_2023.parquet").filter(pl.col("origin") == "synthetic").collect()
    rows = pl.concat(part.sample(min(part.height, OF_EACH), seed=0) for part in rows.partition_by("part"))
    human = adult("trn")
    frames = {"human": human, "synthetic": rows.drop("part", "origin", "source"), "holdout": adult("val")}
    write_dataset(tmp_path, frames, SETTINGS)
    draft_accepted(tmp_path, human)

    verdict = judged(tmp_path, only=types({EDUCATION, COPIES, DISTRIBUTIONS, MEAN, WORST})).verdict

    def failing(check: str) -> set[str]:
        table = verdict.check(check).evidence["generators"]
        return {name for name, row in table.items() if row["fails"]}

    assert failing(EDUCATION) == {"rtvae", "gaussian_copula", "copulagan", "ctgan", "tvae"}
    assert failing(COPIES) == {"synthpop"}
    assert {"rtvae", "gaussian_copula", "copulagan", "ctgan", "tvae", "gretel"} == failing(DISTRIBUTIONS)
    assert not {"mostly", "synthpop"} & set().union(*map(failing, (DISTRIBUTIONS, MEAN, WORST, EDUCATION)))
    assert verdict.check(EDUCATION).severity is Severity.CRITICAL
    assert "failing alone: rtvae, gaussian_copula, copulagan, ctgan, tvae" in verdict.check(EDUCATION).message
