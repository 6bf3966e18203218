"""A machine that labels as one group of people does is found, though it agrees with everybody together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import gates
from benchmarks.calibrating import sets
from gates.metrics.annotation.label_sources import METRIC
from gates.verdict import Outcome


@pytest.fixture(scope="module")
def drawn():
    return sets.teams(3600, np.random.default_rng(7))


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, slices: tuple[str, ...] = ("team",)):
    columns = {"item": "item", "annotator": "annotator"}
    with gates.testing.scanned(
        human, synthetic, type="annotations", label="label", columns=columns, slices=slices
    ) as scan:
        return gates.testing.judge(METRIC, scan, max_value=0.1)


def test_judge_of_one_team_fails_and_the_other_team_is_named_first(drawn):
    sided = sets.sided(drawn, 1, np.random.default_rng(8))

    result = judged(sided.human, sided.synthetic)

    assert result.outcome is Outcome.FAIL
    assert result.message.index("team=old") < result.message.index("team=young")
    about = result.evidence["team"]
    assert about["differs_from_majority"]["young"] < 0.1 < about["differs_from_majority"]["old"]
    assert about["all_majorities_agree"] == pytest.approx(2 / 3, abs=0.1)
    assert list(about["farthest_majorities"]) == ["old and young"]


def test_judge_who_sides_with_either_team_passes(drawn):
    assert judged(drawn.human, drawn.synthetic).outcome is Outcome.PASS


def test_team_of_one_mind_is_not_nearer_to_the_judge_than_one_that_differs(drawn):
    rng = np.random.default_rng(9)
    labels = np.array(["no", "unsure", "yes"])
    is_old = (drawn.human["team"] == "old").to_numpy()
    truth = drawn.human.filter(pl.col("annotator") == sets.PEOPLE[0])["label"].to_numpy()
    given = np.tile(truth, len(sets.PEOPLE))
    given = np.where(is_old & (rng.random(len(given)) < 0.4), labels[rng.integers(3, size=len(given))], given)
    human = drawn.human.with_columns(label=pl.Series(given))
    machine = drawn.synthetic.with_columns(label=pl.Series(truth))

    result = judged(human, machine)

    about = result.evidence["team"]
    assert about["machine_agrees"]["old"] < about["machine_agrees"]["young"] - 0.2
    assert result.outcome is Outcome.PASS


def test_groups_dealt_out_at_random_do_not_fail(drawn):
    sided = sets.sided(drawn, 1, np.random.default_rng(8))
    outcomes = []
    for seed in range(10):
        dealt = dict(zip(sets.PEOPLE, np.random.default_rng(seed).permutation(["a", "b"] * 6).tolist(), strict=True))
        human = sided.human.with_columns(team=pl.col("annotator").replace_strict(dealt))
        outcomes.append(judged(human, sided.synthetic).outcome)

    assert outcomes.count(Outcome.FAIL) <= 1


def test_column_that_differs_between_labels_of_one_annotator_is_no_group(drawn):
    result = judged(drawn.human.with_columns(team=pl.col("item")), drawn.synthetic)

    assert result.outcome is Outcome.NOT_CONFIGURED
    assert 'add: slices = ["<column>"]' in result.message


def test_few_items_decide_nothing(drawn):
    sided = sets.sided(drawn, 1, np.random.default_rng(8))
    few = [f"item {number}" for number in range(29)]

    result = judged(*(frame.filter(pl.col("item").is_in(few)) for frame in (sided.human, sided.synthetic)))

    assert result.outcome is Outcome.INCONCLUSIVE


def test_group_whose_members_never_agree_has_no_label_to_be_near_to(drawn):
    old = drawn.human.filter(team="old")["annotator"].unique().sort().head(2).to_list()
    human = drawn.human.filter((pl.col("team") != "old") | pl.col("annotator").is_in(old))
    apart = human.with_columns(label=pl.col("annotator").replace(old, ["no", "yes"]))
    human = human.with_columns(label=pl.when(pl.col("team") == "old").then(apart["label"]).otherwise("label"))

    result = judged(human, drawn.synthetic)

    assert result.outcome is Outcome.INCONCLUSIVE
    assert "where these two ever agree" in result.message
