"""`gates advise` on files: one screen, the same as JSON and Markdown, and sentences where little can be said."""

from __future__ import annotations

import json
import re

import numpy as np
import polars as pl
import pytest

from tests.functional.advice.test_weights import CONFIG, rows

SCREEN = 45


def with_slices(frame):
    """Every row of one of two slices, one of them without synthetic rows."""
    rare = pl.int_range(pl.len()) < 60
    return frame.with_columns(place=pl.when(rare).then(pl.lit("there")).otherwise(pl.lit("here")))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "gates.toml").write_text(CONFIG + 'slices = ["place"]\n')
    with_slices(rows(300, good=0.0, noise=0.5)).write_parquet(tmp_path / "data/rows.parquet")
    return tmp_path


def test_advice_says_what_sources_are_worth_and_where_people_are_needed(project, gates):
    called = gates(project, "advise", "rows", "--learner", "logistic", "--cost", "1.2", "0.001")
    document = json.loads(gates(project, "advise", "rows", "--learner", "logistic", "--format", "json").out)

    assert called.code == 0, called.err
    assert len(called.out.splitlines()) <= SCREEN
    assert "rows: 300 human and 800 synthetic rows" in called.out
    assert "leave 'noise' out of training: no gain over human rows alone was shown" in called.out
    assert "keep people for place=there: 60 human rows and no synthetic one" in called.out
    sources = {source["name"]: source for source in document["sources"]}
    assert sources["noise"]["weight"]["weight"] == 0
    # Whatever noise is said to be worth, it is no number: the curves differ, or the law does not hold.
    assert sources["noise"]["rate"]["answer"] in {"none", "cannot say"}
    assert sources["good"]["likeness"]["separability"]["value"] == pytest.approx(0.5, abs=0.12)
    groups = {(group["group"]["column"], group["group"]["level"]): group for group in document["groups"]}
    assert groups["place", "there"]["group"]["human"] == 60
    assert groups["place", "there"]["group"]["synthetic"] == 0
    assert groups["place", "here"]["human_gain"]["error"] > 0


def test_the_same_rows_and_seed_give_the_same_advice_in_every_form(project, gates):
    first, again = (
        gates(project, "advise", "rows", "--learner", "logistic", "--format", "markdown").out for _ in (1, 2)
    )

    assert first == again
    assert first.startswith("# Advice on `rows`\n")
    assert "| source | rows | weight |" in first


def test_what_rows_cost_stands_in_the_configuration_or_in_the_call(project, gates):
    text = (project / "gates.toml").read_text()
    (project / "gates.toml").write_text(text + "cost = { human = 2, synthetic = 0.5 }\n")
    call = ("advise", "rows", "--learner", "logistic", "--format", "json")

    stated, called = (json.loads(gates(project, *call, *cost).out)["costs"] for cost in ((), ("--cost", "3", "0")))

    assert (stated, called) == ({"human": 2, "synthetic": 0.5}, {"human": 3.0, "synthetic": 0.0})


def test_without_a_label_it_says_so_and_what_needs_none(project, gates):
    (project / "gates.toml").write_text(CONFIG.replace('label = "label"\n', "") + 'slices = ["place"]\n')

    called = gates(project, "advise", "rows")

    assert called.code == 0
    assert 'no gains, weights or rates: no label is declared; add: label = "<column>"' in called.out
    assert "keep people for place=there" in called.out


def test_too_few_human_rows_are_counted_and_train_no_model(project, gates):
    with_slices(rows(70, good=0.0)).write_parquet(project / "data/rows.parquet")

    called = gates(project, "advise", "rows")

    assert called.code == 0
    assert "a model needs 100 rows and two labels" in called.out


@pytest.mark.parametrize("origin", ["human", "synthetic"])
def test_without_rows_of_an_origin_nothing_can_be_said(project, gates, origin):
    with_slices(rows(300, good=0.0)).filter(pl.col("origin") != origin).write_parquet(project / "data/rows.parquet")

    called = gates(project, "advise", "rows")

    assert called.code == 3
    assert f"there is no {origin} row" in called.err


def test_a_generator_that_is_told_apart_is_named_with_what_gives_it_away(project, gates):
    frame = with_slices(rows(300, good=0.0)).with_columns(
        x3=pl.when(pl.col("origin") == "synthetic").then(pl.col("x3").round(0)).otherwise(pl.col("x3"))
    )
    frame.write_parquet(project / "data/rows.parquet")
    (project / "gates.toml").write_text(CONFIG.replace('label = "label"\n', ""))

    called = gates(project, "advise", "rows")

    assert "generator 'good': fix x3" in called.out


def test_texts_are_advised_on_by_their_words(tmp_path, gates):
    (tmp_path / "data").mkdir()
    (tmp_path / "gates.toml").write_text(
        '[datasets.texts]\npath = "data/texts.jsonl"\ntype = "text"\npurpose = "finetune"\nlabel = "label"\n'
    )
    words = {"praise": ["lovely", "bright", "kind", "warm"], "blame": ["awful", "dull", "rude", "cold"]}
    lines = []
    for number in range(400):
        label = ("praise", "blame")[number % 2]
        mood = words[label][number // 2 % 4]
        text = f"case {number} of day {number * 7 % 31}: the {mood} clerk number {number * 13 % 97} gave answer {number * 31 % 89}"
        lines.append({"text": text, "label": label, "origin": ("human", "synthetic")[number // 2 % 2]})
    pl.DataFrame(lines).write_ndjson(tmp_path / "data/texts.jsonl")

    called = gates(tmp_path, "advise", "texts")

    assert called.code == 0, called.err
    assert "gains are in log loss of words on the label 'label'" in called.out


def test_labels_given_by_chance_are_no_ground_for_advice_on_gains(project, gates):
    frame = with_slices(rows(300, good=0.0))
    drawn = np.random.default_rng(5).permutation(frame["label"].to_numpy())
    frame.with_columns(label=pl.Series(drawn)).write_parquet(project / "data/rows.parquet")

    called = gates(project, "advise", "rows")

    assert called.code == 0, called.err
    assert "predicts the label 'label' in" in called.out
    assert "no better than how often each label occurs" in called.out
    assert "human rows in place" not in called.out
    assert "leave" not in called.out
    assert "keep people for place=there" in called.out


def test_a_verdict_that_failed_comes_before_all_other_advice(project, gates):
    without = gates(project, "advise", "rows", "--learner", "logistic").out
    frame = with_slices(rows(300, good=0.0))
    copied = frame.filter(pl.col("origin") == "human").with_columns(
        origin=pl.lit("synthetic"), generator=pl.lit("copier")
    )
    pl.concat([frame, copied]).write_parquet(project / "data/rows.parquet")
    assert gates(project, "check", "rows").code == 1

    called = gates(project, "advise", "rows", "--learner", "logistic")

    assert "the last verdict" not in without
    first = called.out.partition("\nadvice\n")[2].splitlines()[0]
    assert first.startswith(" 1. fix first what the last verdict found (fail, ")
    assert first.endswith("`gates check rows`")
    # What was said of other rows is no advice on these.
    frame.write_parquet(project / "data/rows.parquet")
    assert "the last verdict" not in gates(project, "advise", "rows", "--learner", "logistic").out


def test_names_from_data_are_no_markup_in_markdown(project, gates):
    hostile = "a|b</code>![x](https://example.org/a)`@someone`"
    frame = with_slices(rows(300, good=0.0)).with_columns(
        generator=pl.when(pl.col("generator").is_not_null()).then(pl.lit(hostile))
    )
    frame.write_parquet(project / "data/rows.parquet")

    text = gates(project, "advise", "rows", "--learner", "logistic", "--format", "markdown").out

    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "someone" in text
    assert [word for word in ("someone", "</code>", "example.org") if word in outside] == []
    (line,) = (line for line in text.splitlines() if line.startswith("| ``"))
    assert len(re.findall(r"(?<!\\)\|", line)) == 8  # seven cells
