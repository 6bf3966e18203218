"""A stage may require a review: people accepted exactly these rows, it stands in the statement by digest, and is verified."""

from __future__ import annotations

import json

import polars as pl
import pytest

from gates.config.digests import digest
from tests.dvc_repositories import commit, git, write
from tests.promotions.forgeries import remake
from tests.promotions.promotion_projects import check
from tests.version_projects import good, put

REVIEW = "promotions/first/review.json"
STATEMENT = "promotions/first/v1.0.0.json"


def reviewed(gates, root, answer="accept", until=None, scope="combined", *, plan=()):
    """One person reviews the drawn rows, up to a task; both are committed and judged."""
    gates(
        root, "review", "plan", "first", "--output", "tasks.csv", "--double", "0", "--replace", "--scope", scope, *plan
    )
    tasks = pl.read_csv(root / "tasks.csv", infer_schema=False)
    is_done = pl.lit(value=True) if until is None else pl.col("task").cast(pl.Int64) <= until
    filled = {"answer": pl.when(is_done).then(pl.lit(answer)), "reviewer": pl.when(is_done).then(pl.lit("ana"))}
    tasks.with_columns(**filled).write_csv(root / "tasks.csv")
    imported = gates(root, "review", "import", "first", "tasks.csv")
    assert imported.code == 0, imported.err
    (root / "tasks.csv").unlink()
    committed(root, "A review")


def committed(root, message):
    commit(root, message)
    check(root)


@pytest.fixture
def requiring(ready):
    """Stage staging requires a review."""
    text = (ready / "gates.toml").read_text()
    write(ready, "gates.toml", text.replace("[stages.staging]\n", '[stages.staging]\nreview = "required"\n'))
    committed(ready, "A review is required")
    return ready


def promote(gates, root):
    return gates(root, "promote", "first", "--stage", "staging")


def test_reviewed_version_is_promoted_verified_and_compared(gates, ready):
    reviewed(gates, ready)

    promoted = promote(gates, ready)
    assert promoted.code == 0, promoted.err
    assert REVIEW in git(ready, "ls-files", "promotions")
    for call in (("verify",), ("diff", "first"), ("enforce", "first"), ("review", "status", "first")):
        called = gates(ready, *call)
        assert called.code == 0, (call, called.out, called.err)


def test_plan_alone_keeps_a_verdict_valid(gates, done):
    gates(done, "review", "plan", "first", "--output", "tasks.csv")

    assert gates(done, "enforce", "first").code == 0
    assert gates(done, "verify").code == 0
    assert gates(done, "lint").code == 0


def test_version_is_promoted_with_its_review_which_stands_in_tag_and_statement(gates, requiring):
    without = promote(gates, requiring)
    reviewed(gates, requiring)
    promoted = promote(gates, requiring)

    assert without.code == 1
    assert "Stage 'staging' requires an accepted review, and the commit has no review.json" in without.err
    assert "`gates review plan first`" in without.err
    assert promoted.code == 0, promoted.err
    record = json.loads((requiring / REVIEW).read_text())
    stated = json.loads((requiring / STATEMENT).read_text())["predicate"]["review"]
    assert (stated["path"], stated["digest"]) == (REVIEW, record["digest"])
    assert f"review accepted sha256:{record['digest']}" in git(requiring, "tag", "--list", "--format=%(contents)")
    verified = gates(requiring, "verify")
    assert verified.code == 0, verified.out + verified.err
    assert "review and weights" in verified.out


def test_review_and_weights_stand_in_the_statement_where_no_stage_requires_them(gates, ready):
    human = pl.read_csv(ready / "data/first.csv").filter(pl.col("origin") == "human")
    shares = human["town"].value_counts(normalize=True).iter_rows()
    lines = [f"town,{level},{share},register" for level, share in shares]
    write(ready, "p.csv", "\n".join(["dimension,level,share,source", *lines]) + "\n")
    text = (ready / "gates.toml").read_text()
    write(ready, "gates.toml", text.replace('"data/first.csv"\n', '"data/first.csv"\npopulation = "p.csv"\n', 1))
    gates(ready, "weights", "first", "--method", "raking")
    reviewed(gates, ready)

    promoted = promote(gates, ready)
    assert promoted.code == 0, promoted.err
    predicate = json.loads((ready / STATEMENT).read_text())["predicate"]
    assert predicate["weights"]["path"] == "promotions/first/weights.parquet"
    assert predicate["review"]["path"] == REVIEW
    assert gates(ready, "verify").code == 0


@pytest.mark.parametrize("kind", [(), ("--sequential",)], ids=["single", "sequential"])
def test_plan_that_accepts_more_bad_rows_than_the_stage_is_refused(gates, requiring, kind):
    text = (requiring / "gates.toml").read_text()
    write(requiring, "gates.toml", text.replace('review = "required"\n', 'review = "required"\nreview_ltpd = 0.2\n'))
    reviewed(gates, requiring, plan=("--ltpd", "0.6", *kind))
    lenient = promote(gates, requiring)
    reviewed(gates, requiring, plan=("--ltpd", "0.2", *kind))
    kept = promote(gates, requiring)

    assert lenient.code == 1
    assert "by the plan of review.json human is accepted in" in lenient.err
    assert "where 20.0 % of its rows are to reject, and review_ltpd allows 10.0 %" in lenient.err
    assert "`gates review plan first --ltpd 0.2`" in lenient.err
    assert kept.code == 0, kept.err
    assert "review LTPD 0.2" in git(requiring, "tag", "--list", "--format=%(contents)")
    assert gates(requiring, "verify").code == 0


WAIVER = """
[[datasets.first.waivers]]
check = "combined/expect_review_to_accept/rejected"
reason = "They were tired"
owner = "ana"
expires = 2099-01-01
"""


def test_open_rejecting_and_stale_reviews_are_refused_whatever_was_waived(gates, requiring):
    write(requiring, "gates.toml", (requiring / "gates.toml").read_text() + WAIVER)
    reviewed(gates, requiring, until=5)
    unfinished = promote(gates, requiring)
    reviewed(gates, requiring, answer="reject")
    rejecting = promote(gates, requiring)
    reviewed(gates, requiring)
    put(requiring, "first", good(2))
    committed(requiring, "Other rows")
    stale = promote(gates, requiring)

    assert [called.code for called in (unfinished, rejecting, stale)] == [1, 1, 1]
    assert "review.json is open: 59 rows of it are still to review" in unfinished.err
    assert "review.json rejects human; synthetic" in rejecting.err
    assert "review.json is about other rows than those that were judged" in stale.err


def forged(root, change):
    """The record says otherwise, with counts and digests that fit what it says."""
    document = json.loads((root / REVIEW).read_text())
    change(document)
    document.pop("digest")
    document["plan_sha256"] = digest(document["plan"])
    write(root, REVIEW, json.dumps({**document, "digest": digest(document)}))


def of_these_rows(root):
    """Rows that nobody reviewed are said to be those of the plan."""
    other = json.loads((root / REVIEW).read_text())["plan"]["rows_sha256"]
    put(root, "first", good(2))
    return lambda document: document["plan"].update(rows_sha256=other)


def test_record_that_was_written_for_other_rows_is_refused_whatever_it_says(gates, requiring):
    reviewed(gates, requiring)
    forged(requiring, of_these_rows(requiring))
    committed(requiring, "Forged")

    called = promote(gates, requiring)
    assert called.code == 1
    assert "review.json is about other rows than those that were judged" in called.err


def fewer_rows(document):
    """One row of each origin is all that is said to be there."""
    plan = document["plan"]
    for stratum in plan["strata"]:
        stratum.update(rows=1, size=1, acceptance=0)
    kept = [next(task for task in plan["tasks"] if task["stratum"] == at) for at in range(len(plan["strata"]))]
    plan["tasks"] = [{**task, "number": number} for number, task in enumerate(kept, start=1)]
    document["reviews"] = [{"task": task["number"], "accepted": True, "reviewer": "ana"} for task in plan["tasks"]]
    document["counts"] = [
        {"stratum": stratum["name"], "accepted": 1, "rejected": 0, "open": 0, "decision": "accept", "after": 1}
        for stratum in plan["strata"]
    ]


def test_review_that_draws_from_some_rows_only_is_refused(gates, requiring):
    reviewed(gates, requiring, scope="human")
    of_human = promote(gates, requiring)
    reviewed(gates, requiring)
    forged(requiring, fewer_rows)
    committed(requiring, "Forged")
    of_few = promote(gates, requiring)
    reviewed(gates, requiring, scope="synthetic")
    of_synthetic = promote(gates, requiring)

    assert [called.code for called in (of_human, of_few, of_synthetic)] == [1, 1, 0]
    assert "review.json draws from 0 of 60 synthetic rows" in of_human.err
    assert "review.json draws from 1 of 60 synthetic rows" in of_few.err


@pytest.mark.parametrize("name", ["review", "weights"])
def test_stage_that_asks_for_less_is_named(name, gates, ready):
    text = (ready / "gates.toml").read_text()
    write(ready, "gates.toml", text.replace("[stages.staging]\n", f'[stages.staging]\n{name} = "required"\n'))
    commit(ready, "Required")
    write(ready, "gates.toml", text)
    commit(ready, "No more")

    called = gates(ready, "check", "first", "--base", "HEAD~1")
    assert f"{name} required -> optional" in called.out + called.err


@pytest.mark.parametrize(("now", "change"), [("review_ltpd = 0.1\n", "0.05 -> 0.1"), ("", "0.05 -> none")])
def test_stage_that_takes_laxer_reviews_is_named(now, change, gates, ready):
    text = (ready / "gates.toml").read_text()
    required = text.replace("[stages.staging]\n", '[stages.staging]\nreview = "required"\nreview_ltpd = 0.05\n')
    write(ready, "gates.toml", required)
    commit(ready, "At most a twentieth")
    write(ready, "gates.toml", required.replace("review_ltpd = 0.05\n", now))
    commit(ready, "More")

    called = gates(ready, "check", "first", "--base", "HEAD~1")
    assert f"review_ltpd {change}" in called.out + called.err


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        ("edited in the work tree", "promotions/first/review.json was edited or is gone"),
        ("replaced in the promoted commit", "promotions/first/review.json is not"),
    ],
)
def test_tampered_review_is_named(tamper, message, gates, requiring):
    reviewed(gates, requiring)
    assert promote(gates, requiring).code == 0
    text = (requiring / REVIEW).read_text().replace('"ana"', '"eve"')
    if tamper == "edited in the work tree":
        (requiring / REVIEW).write_text(text)
    else:
        replaced_in_promotion(requiring, text)

    called = gates(requiring, "verify")
    assert called.code == 1
    assert message in called.out


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda stated: stated.pop("review"), "review and weights: promotions/first/review.json is left out of the statement"),
        (lambda stated: stated["review"].update(digest="0" * 64), "and the statement names 000000000000… of promotions"),
        (lambda stated: stated["review"].update(sha256="0" * 64), "review.json is not the one that the statement names"),
        (
            lambda stated: stated.update(weights=dict(stated["review"], path="promotions/first/weights.parquet")),
            "promotions/first/weights.parquet is gone, and the statement names it",
        ),
    ],
)  # fmt: skip
def test_statement_that_was_made_by_hand_says_of_the_review_what_it_is(edit, message, gates, requiring):
    reviewed(gates, requiring)
    assert promote(gates, requiring).code == 0
    assert gates(requiring, "promote", "first", "--stage", "prod").code == 0
    remake(requiring)
    assert gates(requiring, "verify").code == 0
    remake(requiring, statement=edit)

    called = gates(requiring, "verify", "first@v1.0.0")
    assert called.code == 1
    assert message in called.out


def replaced_in_promotion(root, text):
    """The promotion's tags point to another commit, which has another record; what the tags say stays."""
    write(root, REVIEW, text)
    git(root, "add", REVIEW)
    git(root, "commit", "--quiet", "--amend", "--no-edit", "--date", git(root, "log", "-1", "--format=%aI").strip())
    for name in git(root, "tag", "--list").split():
        message = git(root, "for-each-ref", f"refs/tags/{name}", "--format=%(contents)")
        git(root, "tag", "--force", "--annotate", "--cleanup=verbatim", "--message", message, name, "HEAD")
