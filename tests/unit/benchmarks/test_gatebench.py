"""The benchmark scores what was answered, plants what it says, and cuts real rows without overlap."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.gatebench import planting
from benchmarks.gatebench.cases import CASES
from benchmarks.gatebench.score import Reply, Score, beaten, scored, with_best_limit
from benchmarks.gating import Dataset, judged
from benchmarks.kept import Kept, share_interval
from benchmarks.sources.source import Source

SOUND = next(case for case in CASES if case.sound)
DEFECT, OTHER_DEFECT = [case for case in CASES if not case.sound][:2]


def halves(rows: int = 200) -> planting.Halves:
    rng = np.random.default_rng(1)
    frames = [
        pl.DataFrame({"number": rng.normal(size=rows), "word": rng.choice(["left", "right"], rows)}) for _ in range(3)
    ]
    return planting.Halves(*frames)


def replies(tool: str, *refuses: bool | None) -> list[Reply]:
    return [Reply(case.name, tool, word) for case, word in zip((SOUND, DEFECT, OTHER_DEFECT), refuses, strict=True)]


def test_the_cases_are_forty_defects_and_twenty_sound_sets_of_every_data_type():
    from benchmarks.sources.catalogue import SOURCES

    types = {source.name: source.type for source in SOURCES}
    for sound, count in ((True, 20), (False, 40)):
        own = [case for case in CASES if case.sound is sound]
        assert len(own) >= count
        assert {types[case.source] for case in own} == {source.type for source in SOURCES}
    assert len({case.name for case in CASES}) == len(CASES)


def test_no_answer_is_neither_a_refusal_nor_a_block():
    assert scored(CASES, replies("any", None, True, None)) == Score(refused=1, defects=2, blocked=0, sound=1, open=2)


def test_a_score_without_a_limit_gets_the_limit_that_does_best():
    answers = [
        Reply(case.name, "any", refuses=False, score=score)
        for case, score in ((SOUND, 0.9), (DEFECT, 0.8), (OTHER_DEFECT, 0.95))
    ]

    limit, best = with_best_limit(CASES, answers)

    assert limit == pytest.approx(0.8)
    assert [reply.refuses for reply in best] == [False, True, False]


def test_cases_that_only_another_tool_has_right_are_named():
    by_tool = {"ours": replies("ours", False, False, True), "other": replies("other", True, True, True)}

    assert beaten(CASES, by_tool, "ours") == [f"{DEFECT.name}: other"]


@pytest.mark.parametrize(
    "plant",
    [
        planting.cells(0.3, pl.lit("up").alias("word")),
        planting.texts(0.3, "word", planting.looped),
        planting.copies(0.3),
        planting.shuffled(1.0, "number"),
        planting.lacking(pl.col("word") == "left"),
        planting.one_mode(5),
        planting.repeated_with(0.3, pl.lit("up").alias("word")),
        planting.in_order(1.0, "word", "number"),
    ],
)
def test_a_defect_changes_synthetic_rows_only(plant):
    before = halves()

    after = plant(before, np.random.default_rng(2))

    assert after.human.equals(before.human)
    assert not after.synthetic.equals(before.synthetic)


def test_parts_of_a_source_share_no_unit(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.sources.source.TABLES", tmp_path)
    frame = pl.DataFrame({"item": np.repeat(np.arange(40), 5), "label": ["yes"] * 200})
    source = Source("votes", "annotations", "made", "none", lambda: frame, unit=("item",))

    parts = source.parts(2, 100, np.random.default_rng(0))

    assert parts is not None
    assert [part.height for part in parts] == [100, 100]
    assert not set(parts[0]["item"]) & set(parts[1]["item"])
    assert source.parts(3, 100, np.random.default_rng(0)) is None


def test_a_source_that_is_not_there_has_no_rows(tmp_path, monkeypatch):
    def missing() -> pl.DataFrame:
        raise FileNotFoundError

    monkeypatch.setattr("benchmarks.sources.source.TABLES", tmp_path)

    assert Source("none", "text", "nowhere", "none", missing).rows() is None


def test_measurements_that_are_kept_are_not_made_again(tmp_path):
    kept, made = Kept(tmp_path / "kept.jsonl"), []
    jobs = [{"measure": "any", "seed": seed} for seed in (1, 2)]

    for _ in range(2):
        kept.measure(jobs, lambda job: made.append(job["seed"]) or {"answer": "pass"}, minutes=1)

    assert made == [1, 2]
    assert Kept(tmp_path / "kept.jsonl").records == kept.records


def test_the_interval_of_a_share_is_exact():
    assert share_interval(0, 10) == pytest.approx((0, 0.3085), abs=1e-4)
    assert share_interval(10, 10) == pytest.approx((0.6915, 1), abs=1e-4)


def test_a_case_is_judged_as_a_user_would_and_a_defect_blocks():
    rows = halves(300)
    broken = planting.cells(0.5, pl.lit("up").alias("word"))(rows, np.random.default_rng(0))

    sound = judged(Dataset("tabular", rows.human, rows.synthetic), drafted_only=True)
    refused = judged(Dataset("tabular", rows.human, broken.synthetic), drafted_only=True)

    assert (sound.word, sound.blocking) == ("pass", {})
    assert refused.word == "fail"
    assert any("word" in check for check in refused.blocking)
