"""`gates advise` and `gates weights` where rows say how good they are: pairs of responses, and numbers such as scores."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

GOOD, BAD, PLAIN = (
    ("kind", "clear", "exact", "warm"),
    ("rude", "vague", "wrong", "cold"),
    ("so", "then", "here", "also"),
)
PANDALM = Path("../shared/data/preference_pandalm.parquet")


def answers(count, rng):
    """Answers of good, bad and plain words, and how many more of their words are good than bad."""
    drawn = rng.integers(0, 12, (count, 6))
    words = np.array([*GOOD, *BAD, *PLAIN])
    texts = [" ".join(one) + f" {number}" for number, one in enumerate(words[drawn])]
    return texts, (drawn < 4).sum(axis=1) - ((drawn >= 4) & (drawn < 8)).sum(axis=1)


def pairs(count, rng, *, exchanged=0.0):
    """Pairs of which the better response was chosen, but for a share."""
    (left, good), (right, better) = answers(count, rng), answers(count, rng)
    is_left = (good + rng.random(count) > better) ^ (rng.random(count) < exchanged)
    chosen, rejected = np.where(is_left, left, right), np.where(is_left, right, left)
    prompts = [f"question {number} of {rng.integers(10**9)}" for number in range(count)]
    return pl.DataFrame({"prompt": prompts, "chosen": chosen, "rejected": rejected})


def scored(count, rng, *, noise=0.2):
    """Prompts and responses with a score that follows the words of the response."""
    texts, good = answers(count, rng)
    prompts = [f"question {number} of {rng.integers(10**9)}" for number in range(count)]
    scores = np.exp((good + noise * rng.normal(size=count)) / 2).round(4)
    return pl.DataFrame({"prompt": prompts, "response": texts, "score": scores})


def written(root, kind, config="", **sources):
    """A project of one dataset. sources: frames of human rows and of generators."""
    frames = [
        frame.with_columns(
            origin=pl.lit("human" if name == "human" else "synthetic"),
            generator=pl.lit(None if name == "human" else name, dtype=pl.String),
        )
        for name, frame in sources.items()
    ]
    pl.concat(frames).write_parquet(root / "rows.parquet")
    (root / "gates.toml").write_text(f'[datasets.rows]\npath = "rows.parquet"\ntype = "{kind}"\n{config}')


def weights_of(advised):
    return {one["name"]: one["weight"]["weight"] for one in json.loads(advised.out)["sources"]}


def test_pairs_chosen_as_people_choose_are_worth_something_and_those_of_a_coin_nothing(tmp_path, gates):
    rng = np.random.default_rng(1)
    written(tmp_path, "preference", human=pairs(150, rng), good=pairs(300, rng), coin=pairs(300, rng, exchanged=0.5))

    advised = gates(tmp_path, "advise", "rows", "--format", "json")
    weighed = gates(tmp_path, "weights", "rows")

    document = json.loads(advised.out)
    assert (document["metric"], document["subject"]) == ("log loss", "which response was chosen")
    assert weights_of(advised)["good"] > 0
    assert weights_of(advised)["coin"] == 0
    assert "measured by words on which response was chosen, 150 human rows" in weighed.out
    by_source = (
        pl.read_parquet(tmp_path / "promotions/rows/weights.parquet").group_by("source").agg(pl.col("weight").max())
    )
    assert dict(by_source.iter_rows())["good"] == pytest.approx(weights_of(advised)["good"])


def test_scores_of_responses_are_learned_as_numbers(tmp_path, gates):
    rng = np.random.default_rng(1)
    rows = {"human": scored(150, rng), "good": scored(300, rng), "noise": scored(300, rng, noise=50)}
    written(tmp_path, "instruction", 'label = "score"\n', **rows)

    advised = gates(tmp_path, "advise", "rows")
    document = gates(tmp_path, "advise", "rows", "--format", "json")

    assert "gains are in squared error of words on the rank of 'score' among human rows" in advised.out
    assert weights_of(document)["good"] > 0
    assert weights_of(document)["noise"] == 0


def test_scores_with_blanks_around_them_are_numbers(tmp_path, gates):
    rng = np.random.default_rng(1)
    padded = [scored(count, rng).with_columns(score=pl.format(" {} ", "score")) for count in (150, 60)]
    written(tmp_path, "instruction", 'label = "score"\n', human=padded[0], good=padded[1])

    advised = gates(tmp_path, "advise", "rows", "--format", "json")

    assert json.loads(advised.out)["human_read"] == 150


def test_a_number_of_a_table_is_learned_by_trees(tmp_path, gates):
    rng = np.random.default_rng(1)

    def table(count, noise):
        values = rng.normal(size=(count, 3)).round(3)
        price = np.exp(values @ [1.0, -1.0, 0.5] + noise * rng.normal(size=count)).round(4)
        return pl.DataFrame(values, schema=["a", "b", "c"]).with_columns(price=pl.Series(price))

    written(tmp_path, "tabular", 'label = "price"\n', human=table(150, 0.1), good=table(300, 0.1), noise=table(300, 9))

    advised = gates(tmp_path, "advise", "rows", "--format", "json")

    assert json.loads(advised.out)["learner"] == "boosting"
    assert weights_of(advised)["good"] > 0
    assert weights_of(advised)["noise"] == 0


@pytest.mark.parametrize(
    ("settings", "made", "guess"),
    [
        (("preference", ""), lambda rng: pairs(150, rng, exchanged=0.5), "a coin does (log loss"),
        (("instruction", 'label = "score"\n'), lambda rng: scored(150, rng, noise=50), "their mean (squared error"),
    ],
)
def test_quality_judged_by_chance_is_no_ground_for_advice(tmp_path, gates, settings, made, guess):
    rng = np.random.default_rng(1)
    written(tmp_path, *settings, human=made(rng), synthetic=made(rng))

    called = gates(tmp_path, "advise", "rows")

    assert called.code == 0, called.err
    assert f"no better than {guess}" in called.out
    assert "leave" not in called.out


def test_a_score_that_is_not_declared_is_named(tmp_path, gates):
    rng = np.random.default_rng(1)
    written(tmp_path, "instruction", human=scored(120, rng), good=scored(120, rng))

    called = gates(tmp_path, "advise", "rows")

    assert called.code == 0, called.err
    assert 'no label is declared; add: label = "score"' in called.out


@pytest.mark.parametrize("command", ["advise", "weights"])
def test_too_few_pairs_are_asked_for_more_and_for_no_label(command, tmp_path, gates):
    rng = np.random.default_rng(1)
    written(tmp_path, "preference", human=pairs(60, rng), made=pairs(60, rng))

    called = gates(tmp_path, command, "rows")

    assert called.code == (0 if command == "advise" else 3)
    assert "60 human pairs have both responses: a model needs 100" in called.out + called.err
    assert "no label is declared" not in called.out + called.err


@pytest.mark.skipif(not PANDALM.exists(), reason="the pairs of PandaLM are not at hand")
def test_pairs_of_real_people_beside_those_of_judges_and_of_a_coin(tmp_path, gates):
    read = pl.read_parquet(PANDALM)
    majority = (
        pl.concat_list(pl.col("^annotator[123]$").cast(pl.String)).list.eval(pl.element().mode().first()).list.first()
    )
    coin = pl.Series(np.random.default_rng(1).choice(["1", "2"], read.height))

    def chosen_by(votes):
        rows = read.with_columns(vote=votes.cast(pl.String)).filter(pl.col("vote").is_in(["1", "2"]))
        first, second = pl.col("response1"), pl.col("response2")
        is_first = pl.col("vote") == "1"
        return rows.select(
            prompt="instruction",
            chosen=pl.when(is_first).then(first).otherwise(second),
            rejected=pl.when(is_first).then(second).otherwise(first),
        )

    written(
        tmp_path, "preference", human=chosen_by(majority), gpt35=chosen_by(pl.col("judge_gpt35__gpt_result")),
        coin=chosen_by(coin),
    )  # fmt: skip

    advised = gates(tmp_path, "advise", "rows", "--format", "json")

    document = json.loads(advised.out)
    assert document["no_model"] == ""
    assert weights_of(advised)["coin"] == 0
    rates = {one["name"]: one["rate"]["answer"] for one in document["sources"]}
    # Of the same pairs judged again nothing can be counted as rows of one's own.
    assert set(rates.values()) <= {"none", "cannot say"}
