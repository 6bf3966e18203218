"""`gates review` on files: planned, filled as reviewers do, imported, decided."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from threading import Timer

import numpy as np
import polars as pl
import pytest
from scipy import stats

from tests.dvc_repositories import ENVIRONMENT

CONFIG = """\
[datasets.rows]
path = "data/rows.csv"
type = "tabular"
purpose = "finetune"
"""
ROWS = 1_200
# Holds the record until it is killed.
HOLDER = """\
import time
from pathlib import Path

from gates.review.record import only_writer

with only_writer(Path.cwd(), "rows", print):
    print("held", flush=True)
    time.sleep(60)
"""
# Seconds; a small dataset is planned while one waits.
PLANNED_WITHIN = 5


def write_rows(root, bad=0.0, rows=ROWS):
    """As many human as synthetic rows, of which a share says `bad`."""
    generator = np.random.default_rng(5)
    frame = pl.DataFrame({
        "text": [f"{'bad' if is_bad else 'good'} row {number}" for number, is_bad in enumerate(generator.random(rows) < bad)],
        "size": generator.integers(0, 100, rows),
        "origin": ["human", "synthetic"] * (rows // 2),
    })  # fmt: skip
    frame.write_csv(root / "data/rows.csv")
    return frame


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "gates.toml").write_text(CONFIG)
    write_rows(tmp_path)
    return tmp_path


def tasks_in(root, name="tasks.csv"):
    return pl.read_csv(root / name, infer_schema=False)


def fill(root, name="done.csv", until=None, **changed):
    """What two people write who know a bad row when they see it, up to a task."""
    tasks = tasks_in(root)
    last = tasks.height if until is None else until
    is_bad = pl.col("text").str.starts_with("bad")
    is_twin = pl.col("digest").is_duplicated() & ~pl.col("digest").is_first_distinct()
    is_done = pl.col("task").cast(pl.Int64) <= last
    filled = tasks.with_columns(
        answer=pl.when(is_done).then(pl.when(is_bad).then(pl.lit("reject")).otherwise(pl.lit("accept"))),
        reviewer=pl.when(is_done).then(pl.when(is_twin).then(pl.lit("bo")).otherwise(pl.lit("ana"))),
    ).with_columns(**changed)
    filled.write_csv(root / name)
    return filled


def test_review_goes_from_a_plan_to_a_decision(project, gates):
    start = time.monotonic()
    planned = gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    took = time.monotonic() - start
    before = gates(project, "review", "status", "rows")
    fill(project)
    imported = gates(project, "review", "import", "rows", "done.csv")
    after = gates(project, "review", "status", "rows")

    assert (planned.code, before.code, imported.code, after.code) == (0, 3, 0, 0)
    assert took <= PLANNED_WITHIN
    assert (
        "rows: 250 rows to review of 1,200, 12 of them by two people\n  human: 125 of 600, at most 3 rejected"
        in planned.out
    )
    # Of 600 rows 30 are 5 %.
    risk = f"{100 * stats.hypergeom.cdf(3, 600, 30, 125):.1f}"
    assert f"in which 5 % or more are to reject is accepted in {risk} % or less" in planned.out
    assert "human: open; reviewed 0 of 125, accepted 0, rejected 0 (at most 3), open 125" in before.out
    assert "rows: review ACCEPTED\n  human: ACCEPTED; reviewed 125 of 125" in after.out
    assert "two people agree on 12 of 12 rows" in after.out
    assert "promotions/rows/review.json: commit it" in imported.err


def test_record_has_plan_counts_and_digest_and_no_content(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project, note=pl.lit("I know this person"))
    gates(project, "review", "import", "rows", "done.csv")
    text = (project / "promotions/rows/review.json").read_text()
    record = json.loads(text)

    assert [stratum["name"] for stratum in record["plan"]["strata"]] == ["human", "synthetic"]
    assert record["counts"][0] == {
        "stratum": "human", "accepted": 125, "rejected": 0, "open": 0, "decision": "accept", "after": 125,
    }  # fmt: skip
    assert record["reviews"][0] == {"task": 1, "accepted": True, "reviewer": "ana"}
    assert len(record["digest"]) == 64
    assert "good row" not in text
    assert "I know" not in text


@pytest.mark.parametrize("kind", [(), ("--sequential",)], ids=["single", "sequential"])
def test_bad_rows_are_rejected(project, kind, gates):
    write_rows(project, bad=0.15)
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", *kind)
    fill(project)

    imported = gates(project, "review", "import", "rows", "done.csv")
    called = gates(project, "review", "status", "rows")
    assert (imported.code, called.code) == (0, 1)
    assert imported.err.splitlines()[-1].startswith("imported, and the review REJECTS rows: `gates review status rows`")
    assert "rows: review REJECTED" in called.out


def test_sequential_review_ends_early_and_a_single_one_does_not(project, gates):
    decided = []
    for kind in ((), ("--sequential",)):
        gates(project, "review", "plan", "rows", "--output", f"{len(kind)}.csv", "--double", "0", "--replace", *kind)
        (project / f"{len(kind)}.csv").rename(project / "tasks.csv")
        fill(project, until=160)
        gates(project, "review", "import", "rows", "done.csv")
        decided.append(gates(project, "review", "status", "rows").code)

    assert decided == [3, 0]
    assert "human: ACCEPTED after 63 rows; reviewed" in gates(project, "review", "status", "rows").out


def test_sequential_review_counts_rows_in_the_order_of_the_draw_only(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--double", "0", "--sequential")
    # The first rows of both strata are open.
    is_early = pl.col("task").cast(pl.Int64) <= 10
    fill(
        project,
        answer=pl.when(~is_early).then(pl.col("answer")),
        reviewer=pl.when(~is_early).then(pl.col("reviewer")),
    )
    gates(project, "review", "import", "rows", "done.csv")

    called = gates(project, "review", "status", "rows")
    assert called.code == 3
    assert "human: open; reviewed 128 of 133" in called.out
    assert "rows count in the order of their tasks, and task 1 is next" in called.out


def test_review_is_imported_bit_by_bit_from_several_people(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    twice = pl.col("digest").is_duplicated()
    single = {name: pl.when(~twice).then(pl.col(name)) for name in ("answer", "reviewer")}
    fill(project, "first.csv", 100, **single)
    assert gates(project, "review", "import", "rows", "first.csv").code == 0

    # Each has an own copy; of rows that both review neither has the other's answer.
    for name, person in (("ana.csv", "ana"), ("bo.csv", "bo")):
        is_own = (pl.col("reviewer") == person) & twice
        fill(project, name, **{column: pl.when(is_own).then(pl.col(column)) for column in ("answer", "reviewer")})
    alone = gates(project, "review", "import", "rows", "ana.csv")
    together = gates(project, "review", "import", "rows", "ana.csv", "bo.csv")

    assert alone.code == 2
    assert "are one row for two people, and only task" in alone.err
    assert together.code == 0
    assert "two people agree on 12 of 12 rows" in together.out
    fill(project)
    assert gates(project, "review", "import", "rows", "done.csv").code == 0
    assert gates(project, "review", "status", "rows").code == 0


def test_row_that_one_of_two_people_rejects_is_rejected(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--double", "1")
    fill(project, answer=pl.when(pl.col("reviewer") == "bo").then(pl.lit("reject")).otherwise(pl.lit("accept")))
    gates(project, "review", "import", "rows", "done.csv")

    called = gates(project, "review", "status", "rows")
    assert called.code == 1
    assert "accepted 0, rejected 125 (at most 3)" in called.out
    assert "two people agree on 0 of 250 rows" in called.out


def replaced_text(root, before, after):
    path = root / "data/rows.csv"
    path.write_text(path.read_text().replace(before, after))


def test_reviewed_row_that_was_changed_or_is_gone_is_refused(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    first = fill(project)["text"][0]
    number = int(first.rsplit(" ", 1)[1])
    before = (project / "promotions/rows/review.json").read_text()
    frame = pl.read_csv(project / "data/rows.csv")

    for rows in (
        frame.with_columns(size=pl.when(pl.col("text") == first).then(-1).otherwise(pl.col("size"))),
        frame.filter(pl.col("text") != first),
    ):
        rows.write_csv(project / "data/rows.csv")
        called = gates(project, "review", "import", "rows", "done.csv")
        assert (called.code, called.out) == (3, "")
        assert (
            f"rows were changed since they were drawn, or are gone: task 1 (data/rows.csv:{number + 1})" in called.err
        )
        assert "nothing was imported" in called.err
    assert (project / "promotions/rows/review.json").read_text() == before


def test_rows_in_another_order_and_format_are_the_same_rows(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    pl.read_csv(project / "data/rows.csv").reverse().write_parquet(project / "data/rows.parquet")
    replaced = (project / "gates.toml").read_text().replace("rows.csv", "rows.parquet")
    (project / "gates.toml").write_text(replaced)

    assert gates(project, "review", "import", "rows", "done.csv").code == 0
    assert gates(project, "review", "status", "rows").code == 0


def test_decision_is_about_the_rows_that_were_there_when_it_was_planned(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")
    with (project / "data/rows.csv").open("a") as rows:
        rows.write("new,1,synthetic\n")

    called = gates(project, "review", "status", "rows")
    assert called.code == 3
    assert "not those that the review was planned for (1,200 rows then, 1,201 now); plan again" in called.err


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"digest": pl.col("digest").shift(-1).fill_null("x")}, 3, "done.csv:2: task 1 has the digest"),
        ({"answer": pl.lit("ok")}, 2, "done.csv:2: answer 'ok' of task 1"),
        ({"reviewer": pl.lit("")}, 2, "done.csv:2: task 1 has an answer and no reviewer"),
        ({"reviewer": pl.lit("ana")}, 2, "both were reviewed by ana: have one reviewed by somebody else"),
        ({"reviewer": pl.col("reviewer").replace("ana", "anna")}, 2, "done.csv:2: task 1 was reviewed by anna, who is no reviewer of this plan (did you mean 'ana'?)"),
        ({"guess": pl.lit("robot")}, 2, "done.csv:2: guess 'robot' of task 1 (expected one of: human, synthetic)"),
        ({"mark": pl.lit("x")}, 2, "done.csv:1: unknown column 'mark'"),
        ({"task": pl.lit("9" * 5000)}, 2, "was planned, expected 1 to"),
    ],
)  # fmt: skip
def test_file_that_contradicts_the_plan_is_refused_as_a_whole(changed, code, message, project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--reviewer", "ana", "--reviewer", "BO")
    fill(project, **changed)

    called = gates(project, "review", "import", "rows", "done.csv")
    assert (called.code, called.out) == (code, "")
    assert message in called.err
    assert json.loads((project / "promotions/rows/review.json").read_text())["reviews"] == []


def test_guesses_of_blind_reviewers_say_whether_rows_can_be_told_apart(project, gates):
    checks = ("check", "rows", "-v", "--only", "expect_review_to_accept")
    origins = pl.read_csv(project / "data/rows.csv").select("text", "origin")
    outputs = []
    for replacing in ((), ("--replace",)):
        gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--blind", "--double", "0", *replacing)
        made = tasks_in(project).select("text").join(origins, on="text", how="left", maintain_order="left")["origin"]
        fill(project, guess=made if replacing else pl.lit("Human "))
        (project / "tasks.csv").unlink()
        assert gates(project, "review", "import", "rows", "done.csv").code == 0
        outputs.append(gates(project, *checks).out)

    assert "expect_review_to_accept/told_apart: 0 [" in outputs[0]
    assert "reviewers take 0.0 % of 125 human rows and 0.0 % of 125 synthetic rows for synthetic ones" in outputs[0]
    assert "reviewers take 0.0 % of 125 human rows and 100.0 % of 125 synthetic rows for synthetic ones" in outputs[1]
    assert "warnings\n  People who reviewed the rows do not vouch for them: reviewers take" in outputs[1]


def test_of_two_imports_at_once_none_is_lost(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--double", "0")
    kept = {}
    for name, rest in (("even.csv", 0), ("odd.csv", 1)):
        is_own = pl.col("task").cast(pl.Int64) % 2 == rest
        own = {column: pl.when(is_own).then(pl.col(column)) for column in ("answer", "reviewer")}
        kept[name] = fill(project, name, **own)["answer"].count()

    commands = ([sys.executable, "-m", "gates", "review", "import", "rows", name] for name in kept)
    both = [subprocess.Popen(command, cwd=project, env=ENVIRONMENT, stderr=subprocess.PIPE) for command in commands]
    errors = [process.communicate()[1].decode() for process in both]

    assert [process.returncode for process in both] == [0, 0], errors
    assert (
        len(json.loads((project / "promotions/rows/review.json").read_text())["reviews"]) == sum(kept.values()) == 250
    )
    assert gates(project, "review", "status", "rows").code == 0


def test_import_that_waits_says_so(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=project, stdout=subprocess.PIPE, env=ENVIRONMENT)
    assert holder.stdout
    holder.stdout.readline()
    timer = Timer(2, holder.kill)
    timer.start()
    try:
        called = gates(project, "review", "import", "rows", "done.csv")
    finally:
        timer.join()
        holder.communicate()

    assert called.code == 0
    assert "another `gates review` is at work in this clone; this one waits for its end" in called.err


def test_answer_that_was_imported_changes_only_on_demand(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--double", "0")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")
    fill(project, answer=pl.when(pl.col("task") == "9").then(pl.lit("reject")).otherwise(pl.col("answer")))

    refused = gates(project, "review", "import", "rows", "done.csv")
    corrected = gates(project, "review", "import", "rows", "done.csv", "--replace")
    assert refused.code == 2
    assert "task 9: imported before with another answer or reviewer (accept by ana)" in refused.err
    assert corrected.code == 0
    assert "rejected 1 (at most 3)" in corrected.out


def test_nobodys_work_is_overwritten(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")

    over = gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--replace")
    anew = gates(project, "review", "plan", "rows", "--output", "other.csv")
    among = gates(project, "review", "plan", "rows", "--output", "data/other.csv", "--replace")
    assert (over.code, anew.code, among.code) == (2, 2, 2)
    assert "tasks.csv: is there already, and may hold answers" in over.err
    assert "262 tasks of a plan are reviewed already" in anew.err
    assert "lies among the data of 'rows'" in among.err
    assert not (project / "other.csv").exists()


def test_rows_of_one_origin_are_reviewed_alone(project, gates):
    planned = gates(project, "review", "plan", "rows", "--scope", "synthetic", "--output", "tasks.csv")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")
    called = gates(project, "review", "status", "rows")

    assert "  synthetic: 125 of 600, at most 3 rejected\n  not drawn from: 600 rows of another origin" in planned.out
    assert called.code == 0
    assert "human" not in called.out


def test_plan_is_the_same_for_the_same_rows_and_seed(project, gates):
    texts = []
    for number, seed in enumerate((1, 1, 2)):
        gates(project, "review", "plan", "rows", "--output", f"{number}.csv", "--seed", str(seed))
        texts.append((project / f"{number}.csv").read_text())

    assert texts[0] == texts[1] != texts[2]


def test_record_that_was_edited_is_refused(project, gates):
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")
    path = project / "promotions/rows/review.json"
    path.write_text(path.read_text().replace('"accepted": true', '"accepted": false', 1))

    called = gates(project, "review", "status", "rows")
    assert called.code == 3
    assert "promotions/rows/review.json: was edited" in called.err


def test_record_is_not_written_through_a_link_out_of_the_project(project, tmp_path_factory, gates):
    outside = tmp_path_factory.mktemp("outside")
    (project / "promotions").symlink_to(outside, target_is_directory=True)

    called = gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    assert called.code == 2
    assert "promotions/rows/review.json: a symbolic link leads it out of the project" in called.err
    assert list(outside.iterdir()) == []
    assert not (project / "tasks.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--by", "sise"), "--by sise: no such column in data/rows.csv (did you mean 'size'?)"),
        (("--column", "txt"), "--column txt: no such column in data/rows.csv (did you mean 'text'?)"),
        (("--aql", "0.1"), "AQL 0.1 and LTPD 0.05: expected 0 < AQL < LTPD < 1"),
    ],
)
def test_plan_that_cannot_be_made_is_refused(arguments, message, project, gates):
    called = gates(project, "review", "plan", "rows", *arguments)

    assert called.code == 2
    assert message in called.err


@pytest.mark.parametrize("command", [("status", "rows"), ("import", "rows", "gates.toml")])
def test_without_a_plan_there_is_nothing_to_import_or_show(command, project, gates):
    called = gates(project, "review", *command)

    assert called.code == 2
    assert "rows: no review is planned; `gates review plan rows --output tasks.csv`" in called.err


def test_kinds_of_rows_that_are_declared_are_strata(project, gates):
    frame = write_rows(project)
    labels = pl.Series("label", ["a", "b", "b", "c"] * (ROWS // 4))
    frame.with_columns(labels, generator=pl.when(pl.col("origin") == "synthetic").then(pl.lit("g1"))).write_csv(
        project / "data/rows.csv"
    )
    (project / "gates.toml").write_text(CONFIG + 'label = "label"\nslices = ["text"]\n')

    planned = gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    by_origin = gates(project, "review", "plan", "rows", "--by", "origin")
    assert "  human, label = a: 94 of 300, at most 2 rejected\n" in planned.out
    assert "  synthetic, generator = g1, label = b: 94 of 300" in planned.out
    assert "not by text: it has too many values for strata" in planned.out
    assert "4 good ones are all accepted in" in planned.out
    assert "  human: 125 of 600" in by_origin.out
    assert "origin" not in tasks_in(project).columns


def judged_rows(root, bad, seed=3):
    """Rows with a judge that catches four bad rows in five and rejects one good row in twenty."""
    frame = write_rows(root, bad)
    is_bad, chance = frame["text"].str.starts_with("bad"), np.random.default_rng(seed).random(frame.height)
    judge = np.where(np.where(is_bad, chance < 0.8, chance < 0.05), "reject", "accept")
    frame.with_columns(judge=judge).write_csv(root / "data/rows.csv")
    return is_bad.mean(), (judge == "reject").mean()


def test_judge_makes_intervals_narrower_and_is_hidden_from_reviewers(project, gates):
    truth, judged = judged_rows(project, bad=0.3)
    planned = gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--judge", "judge")
    early = gates(project, "review", "status", "rows", "--judge", "judge")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")
    called = gates(project, "review", "status", "rows", "--judge", "judge")

    assert "judge" not in tasks_in(project).columns
    assert f"judge judge rejects {100 * judged:.1f} % of the rows" in planned.out
    assert "at a correlation of 0.9 a share known to 5 points takes" in planned.out
    assert "human: not before all its rows are reviewed" in early.out
    plain = [line for line in called.out.splitlines() if line.startswith("  human: REJECTED")]
    helped = [line for line in called.out.splitlines() if line.startswith("  human:") and "a label is worth" in line]
    low, high = (float(word) / 100 for word in helped[0].split("interval ")[1].split(" %; ")[0].split(" % to "))
    assert low <= truth <= high
    # Without the judge 125 labels leave a 95 % interval of about 16 points.
    assert high - low < 0.14
    assert len(plain) == 1
    assert float(helped[0].split("a label is worth ")[1].split()[0]) > 1.3


def test_judge_says_nothing_of_rows_that_are_reviewed_in_part(project, gates):
    judged_rows(project, bad=0.3)
    gates(project, "review", "plan", "rows", "--output", "tasks.csv", "--double", "0")
    fill(project, until=200)
    gates(project, "review", "import", "rows", "done.csv")

    called = gates(project, "review", "status", "rows", "--judge", "judge")
    assert called.out.count("not before all its rows are reviewed") == 2
    assert "to reject, interval" not in called.out


def test_judge_that_is_none_is_refused(project, gates):
    words = gates(project, "review", "plan", "rows", "--judge", "text")
    missing = gates(project, "review", "plan", "rows", "--judge", "judge")

    assert (words.code, missing.code) == (3, 2)
    assert (
        "column 'text' is no answer of a judge in 1,200 of 1,200 rows: expected accept, reject, or a number"
        in words.err
    )
    assert "--judge judge: no such column in data/rows.csv" in missing.err


def test_judge_does_not_help_where_hardly_a_row_is_rejected(project, gates):
    judged_rows(project, bad=0.0)
    gates(project, "review", "plan", "rows", "--output", "tasks.csv")
    fill(project)
    gates(project, "review", "import", "rows", "done.csv")

    called = gates(project, "review", "status", "rows", "--judge", "judge")
    assert "human: 0.0 % to reject, interval 0.0 % to 3.0 %; the judge does not help" in called.out


def test_dataset_may_be_left_out_where_there_is_one(project, gates):
    named, unnamed = gates(project, "review", "plan", "rows"), gates(project, "review", "plan")
    (project / "gates.toml").write_text(CONFIG + CONFIG.replace("datasets.rows", "datasets.others"))
    refused = [
        gates(project, *command) for command in (["review", "plan"], ["review", "status"], ["advise"], ["weights"])
    ]

    assert (unnamed.code, unnamed.out) == (0, named.out), unnamed.err
    assert {called.code for called in refused} == {2}
    assert all("gates.toml has 2 datasets: name one (rows, others)" in called.err for called in refused)
