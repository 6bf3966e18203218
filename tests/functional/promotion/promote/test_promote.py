from __future__ import annotations

import json

import pytest

from tests.dvc_repositories import git

STATEMENT = "promotions/first/v1.0.0.json"


def test_a_version_is_a_commit_and_two_tags(gates, ready) -> None:
    head = git(ready, "rev-parse", "HEAD")
    called = gates(ready, "promote", "first", "--stage", "staging")
    assert called.code == 0, called.err
    assert git(ready, "tag", "--points-at", "HEAD").split() == ["first#staging#1", "first@v1.0.0"]
    assert git(ready, "rev-parse", "HEAD^") == head
    assert git(ready, "show", "--name-only", "--format=%s", "HEAD").split("\n") == [
        "promote: first v1.0.0 to staging",
        "",
        STATEMENT,
        "promotions/first/v1.0.0.verdict.json",
    ]
    assert git(ready, "status", "--porcelain") == ""
    statement = json.loads((ready / STATEMENT).read_text())
    assert statement["predicate"]["commit"] == head
    verified = gates(ready, "verify")
    assert verified.code == 0, verified.out + verified.err


def test_a_further_stage_adds_a_tag_and_nothing_else(gates, ready) -> None:
    gates(ready, "promote", "first", "--stage", "staging")
    head = git(ready, "rev-parse", "HEAD")
    called = gates(ready, "promote", "first", "--stage", "prod")
    assert called.code == 0, called.err
    assert git(ready, "rev-parse", "HEAD") == head
    assert git(ready, "tag", "--points-at", "HEAD").split() == ["first#prod#2", "first#staging#1", "first@v1.0.0"]
    assert gates(ready, "verify").code == 0


def test_what_was_promoted_is_promoted_further_and_not_anew(gates, done) -> None:
    again = gates(done, "promote", "first", "--stage", "prod")
    assert (again.code, again.err.strip()) == (
        2,
        "first v1.0.0 is on 'prod' already; where that is fine, give --if-new",
    )
    assert git(done, "tag", "--list").split() == ["first#prod#2", "first#staging#1", "first@v1.0.0"]


def test_a_stage_is_reached_in_its_order_only(gates, ready) -> None:
    before = git(ready, "show-ref")
    called = gates(ready, "promote", "first", "--stage", "prod")
    assert called.code == 1
    assert "Stage 'prod' comes after 'staging'" in called.err
    assert git(ready, "show-ref") == before
    command = called.err.split("`")[1].split()
    assert command == ["gates", "promote", "first", "--stage", "staging"]
    assert gates(ready, *command[1:]).code == 0
    further = gates(ready, "promote", "first", "--stage", "prod")
    assert further.code == 0, further.err


def test_a_stage_may_be_asked_for_by_the_number_that_the_version_is_to_have(gates, ready) -> None:
    called = gates(ready, "promote", "first", "--stage", "prod", "--version", "v2.0.0")
    command = called.err.split("`")[1].split()
    assert (called.code, command[-2:]) == (1, ["--version", "v2.0.0"])
    assert gates(ready, *command[1:]).code == 0
    further = gates(ready, "promote", "first", "--stage", "prod", "--version", "v2.0.0")
    assert further.code == 0, further.err


def test_a_dry_run_says_what_it_would_add_and_adds_nothing(gates, ready) -> None:
    before = git(ready, "show-ref")
    called = gates(ready, "promote", "first", "--stage", "staging", "--dry-run")
    assert called.code == 0
    assert called.out.splitlines() == [
        "would add:",
        f"  file {STATEMENT}",
        "  file promotions/first/v1.0.0.verdict.json",
        "  tag  first@v1.0.0",
        "  tag  first#staging#1",
    ]
    assert (git(ready, "show-ref"), git(ready, "status", "--porcelain")) == (before, "")


def test_taking_a_version_off_a_stage_adds_a_record_and_a_tag(gates, done) -> None:
    called = gates(done, "promote", "first", "--revoke", "--stage", "prod", "--reason", "a source withdrew")
    assert called.code == 0, called.err
    assert git(done, "rev-parse", "first#prod!#3^{commit}") == git(done, "rev-parse", "first@v1.0.0^{commit}")
    record = json.loads((done / "promotions/first/revocations/v1.0.0-3.json").read_text())
    assert (record["stage"], record["reason"]) == ("prod", "a source withdrew")
    verified = gates(done, "verify")
    assert verified.code == 0, verified.out
    back = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")
    assert back.code == 0, back.err
    assert gates(done, "verify").code == 0


HELD = "held: prod by v1.0.0; staging by v1.0.0; see --stage and --version"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--stage", "prd"), f"no version of 'first' is on 'prd' (did you mean 'prod'?); {HELD}"),
        (("--stage", "prd", "--version", "v1.0.0"), f"first@v1.0.0 is not on 'prd' (did you mean 'prod'?); {HELD}"),
        (("--version", "v3.0.0"), "'first' has no version v3.0.0; promoted: v1.0.0"),
    ],
)
def test_what_is_not_there_to_be_taken_back_is_reported_beside_what_is(gates, done, options, message) -> None:
    before = git(done, "show-ref")
    called = gates(done, "promote", "first", "--revoke", *options, "--reason", "a source withdrew")
    assert (called.code, called.err.strip()) == (2, message)
    assert git(done, "show-ref") == before


def test_of_a_dataset_that_was_never_promoted_nothing_is_taken_back(gates, done) -> None:
    called = gates(done, "promote", "second", "--revoke", "--reason", "a source withdrew")
    assert (called.code, called.err.strip()) == (
        2,
        (
            "'second' has no version to take back; nothing of it was promoted, or its tags are not here, `git fetch --tags` "
            "(expected one of: first)"
        ),
    )


def test_a_version_that_was_taken_back_is_promoted_nowhere(gates, done) -> None:
    called = gates(done, "promote", "first", "--revoke", "--version", "v1.0.0", "--reason", "consent withdrawn")
    assert called.code == 0, called.err
    called = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")
    assert (called.code, "was taken back" in called.err) == (2, True)
    assert gates(done, "verify").code == 0
    shown = gates(done, "verify", "first@v1.0.0")
    assert (shown.code, "taken back: it was taken back: consent withdrawn" in shown.out) == (1, True)
    assert gates(done, "check", "first", "--quiet").code == 0
    renumbered = gates(done, "promote", "first", "--stage", "staging")
    assert (renumbered.code, "this data was taken back as v1.0.0 (consent withdrawn)" in renumbered.err) == (1, True)
    again = gates(done, "promote", "first", "--revoke", "--version", "v1.0.0", "--reason", "consent withdrawn")
    assert (again.code, "was taken back already" in again.err) == (2, True)


def test_a_statement_that_was_edited_and_committed_goes_no_further(gates, done) -> None:
    gates(done, "promote", "first", "--revoke", "--stage", "prod", "--reason", "a source withdrew")
    (done / STATEMENT).write_text((done / STATEMENT).read_text().replace("finetune", "pretrain"))
    git(done, "commit", "-q", "-a", "-m", "an edit")
    called = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")
    assert (called.code, f"{STATEMENT} in HEAD is not what the tag's commit has" in called.err) == (3, True)


def test_a_clone_in_which_nobody_judged_puts_the_last_version_on_the_next_stage(gates, ready) -> None:
    assert gates(ready, "promote", "first", "--stage", "staging").code == 0
    (ready / ".gates/verdicts/first.json").unlink()

    called = gates(ready, "promote", "first", "--stage", "prod")

    assert (called.code, called.out) == (0, "promoted first v1.0.0 to prod\n  tag  first#prod#2\n"), called.err


def test_a_clone_in_which_nobody_judged_promotes_nothing_that_is_new(gates, done) -> None:
    (done / ".gates/verdicts/first.json").unlink()
    (done / "gates.toml").write_text((done / "gates.toml").read_text() + "# more\n")
    git(done, "commit", "-q", "-a", "-m", "another rule")

    called = gates(done, "promote", "first", "--stage", "prod")

    assert (called.code, "no verdict at" in called.err) == (3, True), called.err


def test_data_that_is_not_here_is_not_called_verified(gates, done) -> None:
    (done / "data/first.csv").unlink()
    called = gates(done, "verify")
    assert (called.code, "data in the work tree" in called.out) == (0, False), called.out
