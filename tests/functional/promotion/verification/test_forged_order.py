"""A version follows the last one that stood, and all that it rests on holds, or `gates verify` and `gates promote` say not."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gates.verdict import digest_of_report
from tests.dvc_repositories import commit, git, write
from tests.promotions.forgeries import PROD, STAGING, STATEMENT, VERDICT, VERSION, date_of, remake, retag, words_of
from tests.promotions.promotion_projects import check
from tests.version_projects import good, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORD = "promotions/first/revocations/v1.0.0.json"
# A development stage that asks for what nobody gave, and one that asks for nothing.
STAGES = """
[stages.dev]
reviewers = 2

[stages.staging]
after = "dev"

[stages.free]

[stages.prod]
after = "staging"
"""


def made_by_hand(root: Path, version: str, base: str | None = None, **edit: object) -> None:
    """A further version on HEAD with the verdict of the first, all digests and dates fitting each other.

    edit: what its statement says otherwise than that of the first.
    """
    judged, statement = (json.loads((root / name).read_text()) for name in (VERDICT, STATEMENT))
    before = (root / f"promotions/first/{base}.json").read_bytes() if base else None
    judged["data"]["promoted_sha256"] = sha256(before).hexdigest() if before else None
    judged["digest"] = digest_of_report(judged)
    document = json.dumps(judged).encode()
    path = f"promotions/first/{version}.verdict.json"
    predicate = statement["predicate"]
    predicate["verdict"] |= {"path": path, "sha256": sha256(document).hexdigest(), "digest": judged["digest"]}
    predicate["base"] = {"version": base, "statement_sha256": sha256(before).hexdigest()} if before else None
    predicate |= {"version": version, "commit": git(root, "rev-parse", "HEAD"), **edit}
    content = (json.dumps(statement, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()
    (root / path).write_bytes(document)
    (root / f"promotions/first/{version}.json").write_bytes(content)
    git(root, "add", "promotions")
    date = date_of(root, VERSION)
    git(root, "commit", "-q", "-m", "by hand", GIT_COMMITTER_DATE=date, GIT_AUTHOR_DATE=date)
    follows = f"first@{base} {git(root, 'rev-parse', f'first@{base}')}" if base else "none"
    digest = sha256(content).hexdigest()
    words = f"first {version}\n\nStatement-SHA256: {digest}\nVersion: {version}\nFollows: {follows}"
    retag(root, f"first@{version}", words, target="HEAD", date=date)


def with_fewer_rows(root: Path, count: int) -> None:
    """Data without its last synthetic rows, judged."""
    put(root, "first", "".join(good().splitlines(keepends=True)[:-count]))
    commit(root, f"{count} rows less")
    check(root)


def run(gates, root: Path, *words: str) -> None:
    called = gates(root, "promote", "first", *words)
    assert called.code == 0, called.err


def test_a_version_made_by_hand_that_follows_the_last_one_holds(gates, done) -> None:
    made_by_hand(done, "v1.1.0", "v1.0.0")

    called = gates(done, "verify")

    assert called.code == 0, called.out


def no_base(root: Path) -> None:
    made_by_hand(root, "v1.1.0")


def put_in_between(root: Path) -> None:
    made_by_hand(root, "v1.2.0", "v1.0.0")
    made_by_hand(root, "v1.1.0", "v1.0.0")


def passed_over(root: Path) -> None:
    made_by_hand(root, "v1.1.0", "v1.0.0")
    made_by_hand(root, "v1.2.0", "v1.0.0")


def invented_record(root: Path) -> None:
    """A record that hides the version before, and is deleted again once the next one is made."""
    write(root, RECORD, "{}")
    commit(root, "a record")
    made_by_hand(root, "v1.1.0")
    git(root, "rm", "-q", RECORD)
    commit(root, "no record")


def later_one(root: Path) -> None:
    made_by_hand(root, "v1.1.0", "v1.0.0")
    made_by_hand(root, "v1.0.1", "v1.1.0")


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (no_base, "first@v1.1.0: FAILED\n  order: follows no version, and v1.0.0, which stood, is in its history"),
        (put_in_between, "first@v1.1.0: FAILED\n  order: follows v1.0.0, and v1.2.0, which stood, is in"),
        (passed_over, "first@v1.2.0: FAILED\n  order: follows v1.0.0, and v1.1.0, which stood, is in"),
        (invented_record, "first@v1.1.0: FAILED\n  order: follows no version, and v1.0.0, which stood"),
        (later_one, "first@v1.0.1: FAILED\n  order: follows v1.1.0, which is no earlier version"),
    ],
)  # fmt: skip
def test_a_version_follows_the_highest_that_stood_in_its_history(
    gates, done, forge: Callable[[Path], None], words: str
) -> None:
    forge(done)

    called = gates(done, "verify")

    assert (called.code, words in called.out, called.err) == (1, True, ""), called.out


def test_a_version_does_not_follow_one_that_was_taken_back(gates, done) -> None:
    run(gates, done, "--revoke", "--reason", "a source withdrew")
    made_by_hand(done, "v1.1.0", "v1.0.0")

    called = gates(done, "verify", "first@v1.1.0")

    message = f"order: follows v1.0.0, which {RECORD} of the judged commit says was taken back"
    assert (called.code, message in called.out) == (1, True), called.out


def test_what_was_promoted_around_revocations_holds(gates, done) -> None:
    with_fewer_rows(done, 1)
    run(gates, done, "--stage", "staging", "--version", "v1.2.0")
    git(done, "switch", "-q", "-c", "other")
    run(gates, done, "--revoke", "--version", "v1.2.0", "--reason", "a source withdrew")
    # The tag is known here, and its record is on the other branch.
    git(done, "switch", "-q", "main")
    with_fewer_rows(done, 2)
    run(gates, done, "--stage", "staging", "--version", "v1.1.0")
    git(done, "merge", "-q", "--no-edit", "other")
    with_fewer_rows(done, 3)
    run(gates, done, "--stage", "staging")
    run(gates, done, "--revoke", "--version", "v1.1.0", "--reason", "another source withdrew")

    called = gates(done, "verify")

    assert (called.code, "first@v1.2.1: verified" in called.out) == (0, True), called.out


def test_versions_of_branches_that_did_not_know_each_other_hold(gates, done) -> None:
    with_fewer_rows(done, 1)
    run(gates, done, "--stage", "staging", "--version", "v2.0.0")
    second = git(done, "rev-parse", "first@v2.0.0")
    git(done, "tag", "-d", "first@v2.0.0")
    git(done, "switch", "-q", "-c", "hotfix", VERSION)
    with_fewer_rows(done, 2)
    run(gates, done, "--stage", "staging", "--version", "v1.0.1")
    git(done, "update-ref", "refs/tags/first@v2.0.0", second)
    verified = gates(done, "verify", "first@v1.0.1")
    assert verified.code == 0, verified.out
    git(done, "switch", "-q", "main")
    git(done, "merge", "-q", "-X", "ours", "--no-edit", "hotfix")
    with_fewer_rows(done, 3)
    run(gates, done, "--stage", "staging")

    called = gates(done, "verify")

    assert (called.code, "first@v2.0.1: verified" in called.out) == (0, True), called.out


def test_what_verify_would_name_is_not_promoted(gates, done) -> None:
    run(gates, done, "--revoke", "--reason", "a source withdrew")
    git(done, "tag", "-d", "first@v1.0.0!")
    with_fewer_rows(done, 1)

    called = gates(done, "promote", "first", "--stage", "staging")

    message = (
        f"first v1.0.1: follows v1.0.0, which {RECORD} of the judged commit says was taken back; merge the branches"
    )
    assert (called.code, message in called.err) == (3, True), called.err


def test_of_one_version_all_that_it_follows_is_looked_at(gates, done) -> None:
    remake(done, statement=lambda message: message.update(purpose="pretrain"))
    made_by_hand(done, "v1.1.0", "v1.0.0", purpose="finetune")
    made_by_hand(done, "v1.1.1", "v1.1.0", purpose="finetune")

    one, every = gates(done, "verify", "first@v1.1.1"), gates(done, "verify")

    rests = f"order: rests on {VERSION}: verdict: the statement does not say what {VERDICT} gives: 'purpose' is "
    assert (one.code, rests in one.out) == (1, True), one.out
    # With everything, the one that does not hold is named by itself.
    assert (every.code, every.out.count("FAILED"), "rests on" in every.out) == (1, 1, False), every.out


def test_nothing_is_promoted_after_a_version_that_does_not_hold(gates, done) -> None:
    remake(done, statement=lambda message: message["verdict"].update(written_at="2040-01-01T00:00:00Z"))
    with_fewer_rows(done, 1)

    called = gates(done, "promote", "first", "--stage", "staging")

    message = f"after the promotion, {json.loads((done / STATEMENT).read_text())['predicate']['promoted_at']}; nothing can follow {VERSION}"
    assert (called.code, f"{VERSION}: statement: its verdict was written at 2040" in called.err, message in called.err) == (
        3, True, True,
    ), called.err  # fmt: skip


@pytest.fixture
def forged_twice_before(gates, ready):
    """A version on a stage two stages after one that it was put on by hand, without what that one asks for."""
    text = (ready / "gates.toml").read_text()
    write(ready, "gates.toml", text[: text.index("[stages.staging]")] + STAGES)
    commit(ready, "stages")
    run(gates, ready, "--stage", "free")
    git(ready, "tag", "first#dev#2", f"{VERSION}^{{}}")
    words = words_of(ready, "first#free#1").replace("Stage: free", "Stage: staging")
    retag(ready, "first#staging#3", words.replace("Conditions: none", "Conditions: after first#dev#2"))
    return ready


def test_a_stage_that_was_put_there_by_hand_opens_none_after_the_next_one(gates, forged_twice_before) -> None:
    called = gates(forged_twice_before, "promote", "first", "--stage", "prod", "--version", "v1.0.0")

    message = "first#dev#2: order: first#dev#2: is no annotated tag"
    assert (called.code, message in called.err, "it cannot be promoted any further" in called.err) == (3, True, True)
    assert git(forged_twice_before, "tag", "-l", "first#prod*") == ""


def test_of_one_event_all_that_it_came_after_is_looked_at(gates, forged_twice_before) -> None:
    words = words_of(forged_twice_before, "first#staging#3").replace("Stage: staging", "Stage: prod")
    retag(forged_twice_before, "first#prod#4", words.replace("after first#dev#2", "after first#staging#3"))

    called = gates(forged_twice_before, "verify", "first#prod#4")

    message = "first#prod#4: FAILED\n  conditions: rests on first#dev#2: order: first#dev#2: is no annotated tag"
    assert (called.code, message in called.out) == (1, True), called.out


def test_an_event_whose_first_stage_was_made_by_hand_does_not_hold(gates, done) -> None:
    git(done, "tag", "-f", STAGING, f"{VERSION}^{{}}")

    called = gates(done, "verify", PROD)

    message = f"{PROD}: FAILED\n  conditions: rests on {STAGING}: order: {STAGING}: is no annotated tag"
    assert (called.code, message in called.out) == (1, True), called.out


@pytest.mark.parametrize("arguments", [("--if-new",), ("--version", "v1.0.0", "--if-new")])
def test_a_stage_is_held_by_no_event_that_was_made_by_hand(gates, forged_twice_before, arguments) -> None:
    called = gates(forged_twice_before, "promote", "first", "--stage", "dev", *arguments)

    assert (called.code, "first#dev#2: is no annotated tag" in called.err, "already" in called.err) == (3, True, False)


def test_data_that_was_taken_back_does_not_return_under_another_name(gates, done) -> None:
    run(gates, done, "--revoke", "--reason", "consent withdrawn")
    put(done, "renamed", good())
    write(done, "gates.toml", (done / "gates.toml").read_text().replace("data/first.csv", "data/renamed.csv"))
    commit(done, "another name")
    check(done)

    called = gates(done, "promote", "first", "--stage", "staging")

    message = "this data was taken back as v1.0.0 (consent withdrawn); promote other data"
    assert (called.code, message in called.err) == (1, True), called.err


def test_after_a_version_that_nobody_can_read_was_taken_back_the_next_one_is_promoted(gates, done) -> None:
    remake(done, verdict=lambda judged: judged["contract"].pop("libraries"))
    run(gates, done, "--revoke", "--reason", "made by hand")
    with_fewer_rows(done, 1)

    run(gates, done, "--stage", "staging")

    assert gates(done, "verify", "first@v1.0.1").code == 0


def test_what_was_taken_back_comes_on_no_stage_by_hand(gates, done) -> None:
    run(gates, done, "--revoke", "--reason", "a source withdrew")
    words = words_of(done, "first#prod#2").replace(
        "Follows: none", f"Follows: first#prod#2 {git(done, 'rev-parse', PROD)}"
    )
    retag(done, "first#prod#3", words, date=f"@{int(time.time()) + 60} +0000")

    called = gates(done, "verify")

    assert (called.code, "v1.0.0 was taken back before, by first@v1.0.0!" in called.out) == (1, True), called.out


def test_whoever_asks_for_what_was_taken_back_does_not_get_an_exit_of_zero(gates, done) -> None:
    run(gates, done, "--revoke", "--stage", "prod", "--reason", "a source withdrew")
    codes = [
        gates(done, "verify", *arguments).code
        for arguments in ((), (VERSION,), (STAGING,), (PROD,), ("first#prod!#3",))
    ]
    assert codes == [0, 0, 0, 1, 0]

    run(gates, done, "--revoke", "--reason", "consent withdrawn")

    codes = [gates(done, "verify", *arguments).code for arguments in ((), (VERSION,), (STAGING,), ("first@v1.0.0!",))]
    assert codes == [0, 1, 1, 0]
    called = gates(done, "verify", VERSION)
    assert "taken back: it was taken back: consent withdrawn" in called.out


def test_without_the_tags_of_what_came_before_a_shallow_clone_says_that_it_cannot_tell(gates, done, tmp_path) -> None:
    with_fewer_rows(done, 1)
    run(gates, done, "--stage", "staging")
    clone = tmp_path / "shallow"
    git(done, "clone", "-q", "--depth", "1", f"file://{done}", str(clone))

    called = gates(clone, "verify")

    assert (called.code, "the clone is shallow" in called.out) == (3, True), called.out
