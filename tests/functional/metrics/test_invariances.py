"""What must not move a verdict, and what must never pass."""

from __future__ import annotations

import polars as pl
import pytest

from gates.verdict import Answer, Outcome
from tests.real import SEPARABILITY, adult, draft_accepted, judged, needs_data, write_dataset
from tests.samples.series import readings, sessions

SETTINGS = 'type = "tabular"\npurpose = "finetune"\n'
RANK = {Outcome.PASS: 0, Outcome.NOT_CONFIGURED: 0, Outcome.INCONCLUSIVE: 1, Outcome.FAIL: 2, Outcome.ERROR: 3}


def human_rows(count: int, seed: int = 1) -> pl.DataFrame:
    """A made-up table of people: two dependent columns, one categorical, one skewed number."""
    rows = pl.DataFrame({"id_": range(count)}).with_columns(
        grade=(pl.col("id_").hash(seed) % 5).cast(pl.Int64),
        town=pl.concat_str(pl.lit("town "), (pl.col("id_").hash(seed + 1) % 7).cast(pl.String)),
        income=((pl.col("id_").hash(seed + 2) % 100_003).cast(pl.Float64) / 7.0),
    )
    return rows.with_columns(title=pl.concat_str(pl.lit("grade "), pl.col("grade").cast(pl.String))).drop("id_")


@pytest.fixture(scope="module")
def outcomes_of(tmp_path_factory):
    """Outcomes and observed values by check of a human and a synthetic frame."""

    def outcomes(human: pl.DataFrame, synthetic: pl.DataFrame, settings: str = SETTINGS):
        root = tmp_path_factory.mktemp("invariance")
        write_dataset(root, {"human": human, "synthetic": synthetic}, settings)
        return judged(root, skip=(SEPARABILITY,)).verdict

    return outcomes


def table(verdict) -> dict[str, tuple[str, object]]:
    return {str(check.id): (check.outcome.value, check.to_json()["observed"]) for check in verdict.checks}


def test_the_order_of_rows_changes_nothing(outcomes_of):
    human, synthetic = human_rows(900), human_rows(900, seed=50)

    shuffled = outcomes_of(human.sample(fraction=1, shuffle=True, seed=4), synthetic.reverse())

    assert table(shuffled) == table(outcomes_of(human, synthetic))


def test_three_runs_give_one_digest(outcomes_of, tmp_path):
    write_dataset(tmp_path, {"human": human_rows(400), "synthetic": human_rows(400, seed=9)}, SETTINGS)

    assert len({judged(tmp_path, skip=(SEPARABILITY,)).verdict.digest() for _ in range(3)}) == 1


@pytest.mark.parametrize("count", [60, 400, 1500])
def test_duplicating_the_synthetic_rows_improves_no_outcome(outcomes_of, count):
    human, synthetic = human_rows(1500), human_rows(count, seed=50)

    once, twice = outcomes_of(human, synthetic), outcomes_of(human, pl.concat([synthetic, synthetic]))

    better = {
        str(before.id): (before.outcome, after.outcome)
        for before, after in zip(once.checks, twice.checks, strict=True)
        if RANK[after.outcome] < RANK[before.outcome]
    }
    assert better == {}


@needs_data
def test_duplicating_synthetic_adult_rows_improves_no_outcome(tmp_path):
    human, synthetic = adult("trn").head(1500), adult("tvae").head(500)
    verdicts = []
    for number, frame in enumerate((synthetic, pl.concat([synthetic, synthetic]))):
        root = tmp_path / str(number)
        root.mkdir()
        write_dataset(root, {"human": human, "synthetic": frame}, SETTINGS)
        draft_accepted(root, human)
        verdicts.append(judged(root).verdict)

    pairs = list(zip(verdicts[0].checks, verdicts[1].checks, strict=True))
    assert [str(one.id) for one, two in pairs if RANK[two.outcome] < RANK[one.outcome]] == []


def test_a_column_that_one_partitions_files_lack_is_found(tmp_path):
    human_rows(400).write_parquet(tmp_path / "human.parquet")
    human_rows(400, seed=50).with_columns(score=pl.lit(1)).write_parquet(tmp_path / "synthetic.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.mix]\ntype = "tabular"\npartitions = { human = "human.parquet", synthetic = "synthetic.parquet" }\n'
    )

    check = judged(tmp_path, skip=(SEPARABILITY,)).verdict.check("combined/expect_partitions_to_align")

    assert check.outcome is Outcome.FAIL
    assert "column 'score' is missing from 1 of 2 files, first human.parquet" in check.message


def test_a_column_called_origin_is_content_where_another_one_says_who_made_a_row(tmp_path):
    for seed, made_by in enumerate(("human", "synthetic")):
        rows = human_rows(400, seed=1 + 49 * seed).with_columns(made_by=pl.lit(made_by))
        airport = pl.Series("origin", ["JFK", "EWR"] * 200)
        (rows.with_columns(airport) if made_by == "human" else rows).write_parquet(tmp_path / f"{made_by}.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.mix]\ntype = "tabular"\norigin = "made_by"\n'
        'partitions = { human = "human.parquet", synthetic = "synthetic.parquet" }\n'
    )

    check = judged(tmp_path, skip=(SEPARABILITY,)).verdict.check("combined/expect_partitions_to_align")

    assert check.outcome is Outcome.FAIL
    assert "column 'origin'" in check.message


@pytest.mark.parametrize("lacks", ["human", "synthetic"])
def test_a_file_of_one_origin_need_not_hold_what_says_who_made_a_row(lacks, tmp_path):
    for seed, origin in enumerate(("human", "synthetic")):
        rows = human_rows(400, seed=1 + 49 * seed)
        declared = rows.with_columns(made_by=pl.lit(origin), model=pl.lit("g-1"), written=pl.lit("2026-05-04"))
        (rows if origin == lacks else declared).write_parquet(tmp_path / f"{origin}.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.mix]\ntype = "tabular"\norigin = "made_by"\n'
        'columns = { generator = "model", created_at = "written" }\n'
        'partitions = { human = "human.parquet", synthetic = "synthetic.parquet" }\n'
    )

    check = judged(tmp_path, skip=(SEPARABILITY,)).verdict.check("combined/expect_partitions_to_align")

    assert check.outcome is Outcome.PASS, check.message


@pytest.mark.parametrize(
    ("empty", "instead"),
    [
        (
            "human",
            (
                "write `reference` into gates.toml where the set is to hold synthetic rows alone: a path of human rows "
                "to compare with, or false where there are none."
            ),
        ),
        ("synthetic", "lower `min_value` in the synthetic suite where fewer will do."),
    ],
)
def test_an_empty_partition_is_never_a_pass(outcomes_of, empty, instead):
    frames = {"human": human_rows(400), "synthetic": human_rows(400, seed=50)}
    frames[empty] = frames[empty].clear()

    verdict = outcomes_of(frames["human"], frames["synthetic"])

    assert verdict.answer is Answer.FAIL
    count = verdict.check(f"{empty}/expect_table_row_count_to_be_between")
    assert (count.outcome, count.fix) == (
        Outcome.FAIL,
        f"Add {empty} rows (at least 1), or {instead}",
    )
    combined = [check for check in verdict.checks if check.id.scope.value == "combined"]
    assert {check.outcome for check in combined if "declared" not in check.id.type} <= {
        Outcome.ERROR,
        Outcome.NOT_CONFIGURED,
    }


def test_nan_in_synthetic_rows_is_never_a_pass(tmp_path):
    human = human_rows(900)
    synthetic = human_rows(900, seed=50).with_columns(income=pl.lit(float("nan")))
    write_dataset(tmp_path, {"human": human, "synthetic": synthetic}, SETTINGS)
    draft_accepted(tmp_path, human)

    verdict = judged(tmp_path, skip=(SEPARABILITY,)).verdict

    assert verdict.answer is Answer.FAIL
    assert verdict.check("synthetic/expect_row_failure_ratio_to_be_less_than/income/not-null").outcome is Outcome.FAIL
    assert verdict.check("combined/expect_distributions_to_match").outcome is Outcome.FAIL


def test_a_row_of_undeclared_origin_fails_the_gate(tmp_path):
    frames = [human_rows(400).with_columns(origin=pl.lit(who)) for who in ("human", "synthetic")]
    stray = human_rows(1, seed=3).with_columns(origin=pl.lit("web"))
    pl.concat([*frames, stray]).write_parquet(tmp_path / "mix.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "mix.parquet"\ntype = "tabular"\n')

    verdict = judged(tmp_path, only=("expect_origins_to_be_declared",)).verdict

    assert (verdict.answer, verdict.rows) == (Answer.FAIL, {"human": 400, "synthetic": 400, "undeclared": 1})
    assert verdict.checks[0].evidence["first_rows"] == ["mix.parquet:801"]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("timeseries", lambda seed: readings(4, 3, seed)),
        ("events", lambda seed: sessions(60, seed).with_columns(session=pl.col("session").str.split("-").list.last())),
    ],
    ids=["timeseries", "events"],
)
def test_rows_of_undeclared_origin_in_shared_series_leave_no_check_without_a_result(kind, made, tmp_path):
    frames = [made(seed).with_columns(origin=pl.lit(who)) for seed, who in enumerate(("human", "synthetic", "web"))]
    pl.concat(frames).write_parquet(tmp_path / "mix.parquet")
    (tmp_path / "gates.toml").write_text(f'[datasets.mix]\npath = "mix.parquet"\ntype = "{kind}"\n')

    verdict = judged(tmp_path).verdict

    assert [str(check.id) for check in verdict.checks if check.outcome is Outcome.ERROR] == []
