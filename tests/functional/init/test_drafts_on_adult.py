"""Drafts from real human rows hold among other people and catch generators that break them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from gates.data.facts import ORIGIN, ROW_ID
from gates.init.drafts.draft import ConstraintKind
from gates.init.drafts.write import write_draft
from gates.init.drafts_step import infer
from gates.metrics.stats.intervals import clopper_pearson
from gates.rows.load import load_schema
from gates.rows.validation import RowFailures, RowValidator

ADULT = Path(__file__).parents[3] / "../shared/data/tabular_adult_2023.parquet"

pytestmark = pytest.mark.skipif(not ADULT.exists(), reason="the folder with real data is not beside the repository")

FOUND = [("education", "education-num"), ("education-num", "education")]


@pytest.fixture(scope="module")
def adult():
    wanted = ["trn", "val", "ctgan", "gaussian_copula", "mostly"]
    rows = pl.read_parquet(ADULT).filter(pl.col("part").is_in(wanted))
    return {part: frame.drop("part", "origin", "generator", "source") for (part,), frame in rows.group_by("part")}


@pytest.fixture(scope="module")
def draft(adult):
    return infer(adult["trn"], total_rows=adult["trn"].height)


def violations(constraint, human, rows):
    """How many rows break a constraint learned from human rows, of those it says something about."""
    first, second = constraint.columns
    if constraint.kind is ConstraintKind.INEQUALITY:
        return int((rows[first] > rows[second]).sum()), rows.height
    allowed = human.select(first, expected=second).unique()
    determined = rows.select(first, second).join(allowed, on=first)
    return int((determined[second] != determined["expected"]).sum()), determined.height


def failure_ratios(draft, frame, tmp_path):
    files = write_draft(draft, "adult", tmp_path, force=True)
    validator = RowValidator(load_schema(files.spec, tmp_path).model)
    table = frame.with_columns(pl.lit("x").alias(ORIGIN), pl.int_range(pl.len()).alias(ROW_ID)).to_arrow()
    count = RowFailures(rule.id for rule in validator.rules)
    count.update(
        validator.validate(
            pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], names=table.column_names)
        )
    )
    failures = count.value()
    assert not any(rule.broken for rule in failures.values())
    return {name: rule.failures["x"] / rule.rows["x"] for name, rule in failures.items() if rule.failures["x"]}


def limits(draft):
    return {
        f"{column.name}/{rule}": limit.max_value for column in draft.columns for rule, limit in column.limits.items()
    }


def test_education_and_its_number_are_found_to_determine_each_other_and_nothing_else(draft):
    assert [(constraint.kind.value, constraint.columns) for constraint in draft.constraints] == [
        ("functional_dependency", columns) for columns in FOUND
    ]


def test_held_out_human_rows_keep_every_constraint_and_every_rule(adult, draft, tmp_path):
    for constraint in draft.constraints:
        broken, judged_count = violations(constraint, adult["trn"], adult["val"])
        assert broken <= 0.001 * judged_count
    allowed = limits(draft)

    assert set(allowed.values()) == {0.0, 0.001}
    assert all(ratio <= allowed[rule] for rule, ratio in failure_ratios(draft, adult["val"], tmp_path).items())


def test_the_rows_of_the_draft_break_none_of_its_rules(adult, draft, tmp_path):
    assert failure_ratios(draft, adult["trn"], tmp_path) == {}


@pytest.mark.parametrize(("generator", "ratio"), [("ctgan", 0.181), ("gaussian_copula", 0.907), ("mostly", 0.0)])
def test_generators_break_the_dependency_as_often_as_is_known(adult, draft, generator, ratio):
    broken, judged_count = violations(draft.constraints[0], adult["trn"], adult[generator])

    assert broken / judged_count == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize("n", [500, 1000, 5000])
def test_no_constraint_of_a_random_half_is_broken_in_the_other(adult, n):
    human_rows = pl.concat([adult["trn"], adult["val"]])
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(human_rows.height)
        sample, others = human_rows[order[:n]], human_rows[order[human_rows.height // 2 :]]
        constraints = infer(sample, total_rows=n).constraints
        assert [constraint.columns for constraint in constraints] == FOUND
        for constraint in constraints:
            assert clopper_pearson(*violations(constraint, sample, others)).low <= 0.01


def test_rules_of_a_small_sample_fail_other_human_rows_in_at_most_one_of_twenty(adult):
    human_rows = pl.concat([adult["trn"], adult["val"]])
    judged_count = beyond = 0
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(human_rows.height)
        sample, others = human_rows[order[:300]], human_rows[order[human_rows.height // 2 :]]
        for column in infer(sample, total_rows=300).columns:
            for rule, limit in column.limits.items():
                if rule == "range":
                    broken = ~others[column.name].is_between(column.minimum, column.maximum)
                elif rule == "vocabulary":
                    broken = ~others[column.name].is_in(list(column.vocabulary))
                else:
                    continue
                judged_count += 1
                beyond += broken.mean() > limit.max_value

    assert judged_count >= 200
    assert beyond <= 0.05 * judged_count
