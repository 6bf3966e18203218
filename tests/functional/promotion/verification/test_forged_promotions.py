"""What somebody who can write the repository makes by hand is named by `gates verify`, and promoted no further."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.dvc_repositories import commit, git, write
from tests.promotions.forgeries import PROD, STAGING, STATEMENT, VERSION, date_of, remake, retag, words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORD = "promotions/first/revocations/v1.0.0-3.json"
OFF = "first#prod!#3"


def revoke(gates, root: Path, *more: str) -> None:
    called = gates(root, "promote", "first", "--revoke", *more, "--reason", "a source withdrew")
    assert called.code == 0, called.err


def test_a_promotion_that_is_made_by_hand_as_gates_makes_it_holds(gates, done) -> None:
    remake(done)

    called = gates(done, "verify")

    assert (called.code, called.out.count(": verified:")) == (0, 3), called.out


def test_each_claim_of_a_statement_is_held_against_its_verdict(gates, done) -> None:
    waiver = {"check": "human/x", "reason": "r", "owner": "o", "expires": "2030-01-01"}
    before = json.loads((done / STATEMENT).read_text())["predicate"]
    for field, value in (
        ("purpose", "pretrain"),
        ("gates", "99.0"),
        ("libraries", before["libraries"] | {"numpy": "0.1"}),
        ("waived", [waiver]),
        ("loosened", ["human/x max_value 1 -> 2 (so)"]),
        ("not_asked", ["human/x"]),
        ("inconclusive", ["human/x"]),
    ):
        remake(
            done,
            statement=lambda predicate, name=field, to=value: predicate.update(
                {**before, "verdict": predicate["verdict"], name: to}
            ),
        )

        called = gates(done, "verify", VERSION)

        named = "libraries.numpy" if field == "libraries" else field
        words = f"verdict: the statement does not say what promotions/first/v1.0.0.verdict.json gives: '{named}' is "
        assert (called.code, words in called.out) == (1, True), called.out


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda predicate: predicate["contract"]["files"].pop("schemas/limits.py"),
            "schemas/limits.py is left out of the statement",
        ),
        (
            lambda predicate: predicate["contract"]["files"].update({"dvc.yaml": "0" * 64, "gates.lock": "1" * 64}),
            "dvc.yaml is not what was judged; gates.lock is gone",
        ),
        (
            lambda predicate: predicate["contract"]["files"].update({"data/second.csv.dvc": "1" * 64}),
            "data/second.csv.dvc is no part of it, and the statement names it",
        ),
        (
            lambda predicate: predicate["pointers"].update({"data/second.csv": "1" * 32}),
            "data: the pointers name other data than the statement: data/second.csv is gone",
        ),
    ],
)
def test_files_and_pointers_are_those_of_the_commit_and_all_of_them(
    gates, done, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    remake(done, statement=edit)

    called = gates(done, "verify", VERSION)

    assert (called.code, words in called.out) == (1, True), called.out


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda predicate: predicate["contract"].pop("libraries"), "has no field 'contract.libraries'"),
        (lambda predicate: predicate.update(loosened="none"), "as 'loosened', expected an array"),
        (lambda predicate: predicate["data"]["files"][0].pop("sha256"), "has no field 'data.files[0].sha256'"),
        (
            lambda predicate: predicate["contract"].update(inconclusive="block"),
            "says otherwise of 'inconclusive' than the contract",
        ),
        (lambda predicate: predicate.update(loosened=["so"]), "'loosened' is [], expected"),
    ],
)
def test_a_verdict_that_gates_never_wrote_is_named_and_no_error_of_ours(
    gates, done, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    remake(done, verdict=edit)

    called = gates(done, "verify", VERSION)

    assert (called.code, words in called.out, called.err) == (1, True, ""), called.out + called.err


def test_a_stage_that_was_put_there_by_hand_opens_no_other(gates, done) -> None:
    git(done, "tag", "-d", PROD)
    git(done, "tag", "-f", STAGING, VERSION + "^{}")

    called = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")

    assert (called.code, f"{STAGING}: is no annotated tag" in called.err) == (3, True), called.err


def edited(tag: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        assert old in words_of(root, tag)
        retag(root, tag, words_of(root, tag).replace(old, new))

    return edit


def configured(make: Callable[[Path], str]) -> Callable[[Path], None]:
    """The last stage, asked by the configuration of another commit."""

    def edit(root: Path) -> None:
        words = words_of(root, PROD)
        old = words.split("Configuration: ")[1].split()[0]
        retag(root, PROD, words.replace(old, make(root)))

    return edit


def without_stages(root: Path) -> str:
    text = (root / "gates.toml").read_text()
    write(root, "gates.toml", text[: text.index("[stages.prod]")])
    return commit(root, "one stage less")


def without_configuration(root: Path) -> str:
    git(root, "rm", "-q", "gates.toml")
    return commit(root, "no configuration")


def dangling(root: Path) -> str:
    return git(root, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "on no branch")


def alone_on_prod(root: Path) -> None:
    """The first stage passed over."""
    words = words_of(root, PROD)
    git(root, "tag", "-d", STAGING, PROD)
    retag(root, "first#prod#1", words, date=date_of(root, VERSION))


@pytest.mark.parametrize(
    ("forge", "code", "words"),
    [
        (edited(PROD, "Conditions: after first#staging#1", "Conditions: none"), 1, "says 'none', and the conditions and"),
        (edited(PROD, "Configuration: ", "Configured: "), 1, "has no trailer 'Configuration'"),
        (alone_on_prod, 1, "required what was not there: Stage 'prod' comes after 'staging'"),
        (configured(without_stages), 1, "gates.toml: no stage 'prod' (expected one of: staging)"),
        (configured(without_configuration), 1, "that commit has no gates.toml"),
        (configured(lambda root: git(root, "rev-parse", "HEAD~2")), 1, f"that commit does not have {STATEMENT}"),
        (configured(lambda _: "1" * 40), 3, "the stage's configuration is that of 1111111, and that commit is not here"),
        (configured(dangling), 3, "and that commit is on no branch here"),
        (lambda root: retag(root, VERSION, words_of(root, VERSION), date="@1000000000 +0000"), 1, "is dated 2001-09-09T01:46:40Z"),
        (lambda root: git(root, "tag", "-f", PROD, VERSION + "^{}"), 1, "order: first#prod#2: is no annotated tag"),
        (lambda root: git(root, "tag", "-f", VERSION, VERSION + "^{}"), 1, "statement: first@v1.0.0: is no annotated tag"),
        (lambda root: git(root, "update-ref", "refs/tags/first#prod#5", PROD), 1, "is the tag 'first#prod#2' under another name"),
        (lambda root: retag(root, VERSION, words_of(root, VERSION), target=STAGING), 1, "points to a tag and to no commit"),
        (lambda root: git(root, "tag", "-d", VERSION), 1, "promotions/first/v1.0.0.json is here and the tag is not"),
        (lambda root: git(root, "tag", "-d", VERSION), 1, "order: speaks of first v1.0.0, and there is no tag of that version"),
    ],
)  # fmt: skip
def test_tags_that_are_made_by_hand_are_named(
    gates, done, forge: Callable[[Path], object], code: int, words: str
) -> None:
    forge(done)

    called = gates(done, "verify")

    assert (called.code, words in called.out, called.err) == (code, True, ""), called.out + called.err


def test_a_verdict_cannot_have_been_written_after_the_promotion(gates, done) -> None:
    remake(done, statement=lambda predicate: predicate["verdict"].update(written_at="2040-01-01T00:00:00Z"))

    called = gates(done, "verify", VERSION)

    assert (called.code, "its verdict was written at 2040-01-01T00:00:00Z, after the promotion" in called.out) == (
        1,
        True,
    )


def test_tags_whose_commit_is_gone_are_named_beside_the_others(gates, done) -> None:
    gone = git(done, "commit-tree", "HEAD^{tree}", "-m", "soon gone")
    retag(done, "first@v1.0.9", words_of(done, VERSION).replace("v1.0.0", "v1.0.9"), target=gone)
    (done / f".git/objects/{gone[:2]}/{gone[2:]}").unlink()
    write(done, ".git/refs/tags/first#prod#7", f"{'1' * 40}\n")

    called = gates(done, "verify")

    assert (called.code, called.err) == (1, "")
    assert (
        f"first@v1.0.9: could not be verified\n  statement: first@v1.0.9: points to {gone[:7]}, which is not here"
        in called.out
    )
    assert "first#prod#7: FAILED\n  order: first#prod#7: is no annotated tag" in called.out
    assert "first#prod#2: verified: 2 parts (order, conditions)" in called.out


def test_every_condition_is_asked_again(gates, ready) -> None:
    text = (
        (ready / "gates.toml")
        .read_text()
        .replace('after = "staging"', 'after = "staging"\nreviewers = 1\nmaximum_age = 3')
    )
    write(ready, "gates.toml", text)
    commit(ready, "stricter\n\nReviewed-by: Bo <bo@example.org>")
    for stage in ("staging", "prod"):
        called = gates(ready, "promote", "first", "--stage", stage)
        assert called.code == 0, called.err

    verified = gates(ready, "verify")

    assert verified.code == 0, verified.out
    says = "after first#staging#1; reviewers Bo <bo@example.org>; verdict 0 days old of at most 3"
    assert f"Conditions: {says}\nConfiguration: {git(ready, 'rev-parse', 'HEAD')}" in words_of(ready, PROD)
    late = int(git(ready, "tag", "-l", "--format=%(taggerdate:unix)", PROD)) + 9 * 86400
    retag(ready, PROD, words_of(ready, PROD), date=f"@{late} +0000")
    called = gates(ready, "verify", PROD)
    assert (called.code, "Stage 'prod' takes verdicts of at most 3 days, and this one is 9 days old" in called.out) == (
        1,
        True,
    )


def test_a_verdict_from_the_future_is_not_promoted(gates, ready) -> None:
    import os

    os.utime(ready / ".gates/verdicts/first.json", (4e9, 4e9))

    called = gates(ready, "promote", "first", "--stage", "staging")

    assert (called.code, "its verdict is dated in the future, 2096-10-02T07:06:40Z" in called.err) == (3, True), (
        called.err
    )


def test_the_dates_of_a_promotion_are_one(done) -> None:
    predicate = json.loads((done / STATEMENT).read_text())["predicate"]
    dates = git(
        done, "log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%ad %cd", VERSION, TZ="UTC"
    ).split()
    dates += [
        git(done, "tag", "-l", "--format=%(taggerdate:format-local:%Y-%m-%dT%H:%M:%SZ)", tag, TZ="UTC")
        for tag in (VERSION, STAGING)
    ]

    assert dates == [predicate["promoted_at"]] * 4


def test_an_event_is_named_by_its_tag_or_record_and_goes_with_its_version(gates, done) -> None:
    revoke(gates, done, "--stage", "prod")
    for word, event, code in (
        (STAGING, f"{STAGING}: verified: 2 parts (order, conditions)", 0),
        (PROD, f"{PROD}: FAILED", 1),
        (OFF, f"{OFF}: verified: 2 parts (order, record)", 0),
        (RECORD, f"{OFF}: verified: 2 parts (order, record)", 0),
    ):
        called = gates(done, "verify", word)
        lines = [line for line in called.out.splitlines() if not line.startswith(" ")]
        assert (called.code, lines[0].startswith(f"{VERSION}: verified"), lines[1:]) == (code, True, [event]), (
            called.out + called.err
        )
    revoke(gates, done)
    for word, code in (("first@v1.0.0!", 0), ("promotions/first/revocations/v1.0.0.json", 0), (VERSION, 1)):
        called = gates(done, "verify", word)
        assert (called.code, "first@v1.0.0!: verified: 2 parts (order, record)" in called.out) == (code, True), (
            called.out
        )
    # A stage's event that is forged is found by its own name.
    retag(done, OFF, words_of(done, OFF).replace("a source", "nobody"))
    assert gates(done, "verify", OFF).code == 1


def test_a_word_that_names_nothing_is_answered_with_what_there_is(gates, done) -> None:
    for word, hint in (
        ("promotions/first/v1.0.1.json", f"did you mean '{STATEMENT}'?"),
        ("first#prod#3", "did you mean 'first#prod#2'?"),
        ("nothing", f"there are {VERSION}, {STAGING}, {PROD}"),
    ):
        called = gates(done, "verify", word)
        assert (called.code, hint in called.err) == (2, True), called.err
    git(done, "tag", "-d", VERSION)
    called = gates(done, "verify", STATEMENT)
    assert (called.code, f"the tag of '{STATEMENT}', {VERSION}, is not here; `git fetch --tags`" in called.err) == (
        2,
        True,
    )


def edited_record(root: Path) -> None:
    write(root, RECORD, (root / RECORD).read_text().replace("a source withdrew", "no reason"))
    commit(root, "an edit")


def deleted_record(root: Path) -> None:
    git(root, "rm", "-q", RECORD)
    commit(root, "deleted")


def elsewhere(root: Path) -> None:
    """The record is on a branch that HEAD is not on."""
    git(root, "checkout", "-q", "-b", "other", "HEAD^")


def by_hand(root: Path) -> None:
    """No record was ever made."""
    git(root, "reset", "-q", "--hard", "HEAD^")


@pytest.mark.parametrize(
    ("forge", "code", "words"),
    [
        (edited_record, 1, f"{RECORD} has 'no reason' as 'reason', and its tag says 'a source withdrew'"),
        (deleted_record, 1, f"{RECORD}, which says the same, was deleted in "),
        (elsewhere, 0, f"{OFF}: verified: 2 parts (order, record)"),
        (by_hand, 3, f"{RECORD}, which says the same, is on no branch here"),
        (edited(OFF, "Reason: a source withdrew", "Because: so"), 1, "record: gives no reason"),
        (lambda root: retag(root, OFF, words_of(root, OFF), date="@1000000000 +0000"), 1, "and its tag says '2001-09-09T01:46:40Z'"),
        (lambda root: git(root, "tag", "-f", OFF, VERSION + "^{}"), 1, f"order: {OFF}: is no annotated tag"),
        (lambda root: git(root, "tag", "first@v1.0.0!", VERSION + "^{}"), 1, "order: first@v1.0.0!: is no annotated tag"),
        (edited(OFF, "Stage: prod", "Stage: dev"), 1, "its message is that of stage dev"),
        (lambda root: git(root, "tag", "-d", OFF), 1, f"{RECORD}: FAILED\n  record: v1.0.0 was taken off 'prod'"),
    ],
)  # fmt: skip
def test_a_revocation_is_its_record_and_its_tag(
    gates, done, forge: Callable[[Path], object], code: int, words: str
) -> None:
    revoke(gates, done, "--stage", "prod")
    forge(done)

    called = gates(done, "verify")

    assert (called.code, words in called.out, called.err) == (code, True, ""), called.out + called.err


def test_a_shallow_clone_cannot_verify_and_says_so(gates, done) -> None:
    write(done, ".git/shallow", f"{git(done, 'rev-parse', 'HEAD')}\n")

    called = gates(done, "verify")

    words = "tag: the clone is shallow: the judged commit is not here; `git fetch --unshallow"
    assert (called.code, words in called.out) == (3, True), called.out


def test_outside_of_git_there_is_nothing_to_verify(gates, tmp_path) -> None:
    called = gates(tmp_path, "verify")

    assert (
        called.code,
        "is in no git repository, and promotions are commits and tags; run it in a clone" in called.err,
    ) == (2, True)
