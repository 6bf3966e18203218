"""What is invented of a contract, or of the configuration that asked, is named; an upgrade takes nothing back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from gates import __version__
from gates.config.load import read_config
from gates.contract.contract import load_contract
from tests.dvc_repositories import git, write
from tests.promotions.forgeries import PROD, VERDICT, VERSION, remake, retag, words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[dict[str, Any]], object]

OWN = "synthetic/expect_column_values_to_not_be_null/grade"
OTHER, OTHER_DIGEST = "0.0.1", "1" * 64
# By whom a verdict is said to be, and under which digest of the contract; left out, both fit.
HERE: dict[str, str] = {}
STALE = {"sha256": OTHER_DIGEST}
THERE = {"gates": OTHER}
UNLIKE = {"gates": OTHER, "sha256": OTHER_DIGEST}


def rejudged(root: Path, edit: Edit, *, gates: str = __version__, sha256: str | None = None) -> None:
    """The promotion as another gates, or one with other libraries, would have made it. sha256: of the contract."""
    verdict = json.loads((root / VERDICT).read_text())
    edit(verdict)
    libraries = verdict["contract"]["libraries"]
    if sha256 is None:
        contract = load_contract(read_config(root / "gates.toml").dataset("first"), datetime.now(tz=UTC).date())
        contract = contract.with_sources(
            verdict["contract"]["schema_sources"], verdict["contract"].get("schema_modules", {})
        ).with_versions(gates, libraries)
        sha256 = str(contract.to_json()["sha256"])
    verdict["contract"] |= {"gates": gates, "sha256": sha256}

    def state(statement: dict[str, Any]) -> None:
        statement |= {
            "gates": gates,
            "libraries": libraries,
            "waived": verdict["waived"],
            "loosened": verdict["loosened"],
        }
        statement["contract"]["sha256"] = sha256
        for name in ("not_asked", "inconclusive"):
            statement[name] = [check["id"] for check in verdict["checks"] if check["outcome"] == name]

    remake(root, state, lambda judged: judged.update(verdict))


def libraries(**versions: str) -> Edit:
    return lambda verdict: verdict["contract"]["libraries"].update(versions)


def nothing(_: dict[str, Any]) -> None:
    """Leaves a verdict as it is."""


def other_suites(verdict: dict[str, Any]) -> None:
    verdict["contract"]["suites_sha256"] = OTHER_DIGEST


def failed(verdict: dict[str, Any]) -> None:
    """One check is left, and it failed."""
    verdict["checks"] = verdict["checks"][:1]
    verdict["checks"][0] |= {"outcome": "fail", "severity": "critical"}


def without(check: str) -> Edit:
    def edit(verdict: dict[str, Any]) -> None:
        left = [one for one in verdict["checks"] if one["id"] != check]
        assert len(left) == len(verdict["checks"]) - 1
        verdict["checks"] = left

    return edit


def both(*edits: Edit) -> Edit:
    def edit(verdict: dict[str, Any]) -> None:
        for one in edits:
            one(verdict)

    return edit


@pytest.mark.parametrize(("edit", "by"), [(libraries(numpy="0.1", duckdb="0.2"), __version__), (nothing, OTHER)])
def test_an_upgrade_takes_no_promotion_back(gates, done, edit: Edit, by: str) -> None:
    rejudged(done, edit, gates=by)
    git(done, "tag", "-d", PROD)

    verified = gates(done, "verify")
    further = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")

    assert (verified.code, "files of the contract, contract, data" in verified.out) == (0, True), verified.out
    assert further.code == 0, further.err


def test_of_another_gates_only_what_stands_on_its_own_suites_is_not_looked_at(gates, done) -> None:
    rejudged(
        done, both(other_suites, lambda verdict: verdict.update(loosened=["so"])), gates=OTHER, sha256=OTHER_DIGEST
    )
    git(done, "tag", "-d", PROD)

    seen = gates(done, "verify", VERSION)
    further = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")

    words = (
        f"contract: takes gates {OTHER}, here is {__version__}: what was loosened, the digest, the merged suites "
        "cannot be compared, all else is verified"
    )
    assert (seen.code, words in seen.out) == (0, True), seen.out
    assert (further.code, words in further.err, "install that version" in further.err) == (3, True, True), further.err


def waived(verdict: dict[str, Any]) -> None:
    verdict["waived"] = [{"check": OWN, "reason": "r", "owner": "o", "expires": "2090-01-01"}]


@pytest.mark.parametrize(
    ("edit", "by", "words"),
    [
        (libraries(zzz="1"), HERE, "names the library zzz, and gates"),
        (lambda verdict: verdict["contract"]["libraries"].pop("numpy"), HERE, "does not name the library numpy"),
        (libraries(numpy="0.1"), STALE, "was judged under another contract"),
        (both(libraries(zzz="1"), failed), STALE, "but its checks add up to fail"),
        (failed, THERE, "but its checks add up to fail"),
        (both(other_suites, failed), UNLIKE, "but its checks add up to fail"),
        (without("human/expect_table_row_count_to_be_between"), THERE, "lacks 1 planned check, human/expect_table"),
        (both(other_suites, without(OWN)), UNLIKE, f"lacks 1 planned check, {OWN}"),
        (both(other_suites, waived), UNLIKE, "the verdict says otherwise of 'waived'"),
        (
            both(other_suites, lambda verdict: verdict["contract"].update(synthetic_role="extend")), UNLIKE,
            "the verdict says otherwise of 'synthetic_role'",
        ),
        (
            both(other_suites, lambda verdict: verdict["contract"].update(schema_sources={"schemas/limits.py": OTHER_DIGEST})),
            UNLIKE, "the verdict says otherwise of 'schema_sources'",
        ),
        (lambda verdict: verdict.update(loosened=["so"]), HERE, "the verdict says otherwise of 'loosened'"),
    ],
)  # fmt: skip
def test_other_versions_excuse_nothing_else(gates, done, edit: Edit, by: dict[str, str], words: str) -> None:
    rejudged(done, edit, **by)

    called = gates(done, "verify", VERSION)

    line = next(line for line in called.out.splitlines() if line.startswith("  contract: "))
    assert (called.code, words in line, called.err) == (1, True, ""), called.out


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (OTHER, f"contract: takes gates {OTHER}, and {__version__} cannot read its suites: "),
        (__version__, "contract: expectations/first/synthetic.json:"),
    ],
)
def test_a_suite_that_only_another_gates_could_read_says_nothing_here(gates, done, by: str, words: str) -> None:
    rejudged(done, nothing, gates=by)
    suite = done / "expectations/first/synthetic.json"
    suite.write_text(suite.read_text().replace("expect_column_values_to_not_be_null", "expect_what_was_once"))
    remake(done)

    called = gates(done, "verify", VERSION)

    # It is in the promotion's own commit, and named for that too.
    assert (called.code, words in called.out, called.err) == (1, True, ""), called.out


def later(root: Path, seconds: int) -> str:
    moment = int(git(root, "tag", "-l", "--format=%(taggerdate:unix)", VERSION)) + seconds
    return f"@{moment} +0000"


def changed(root: Path, old: str, new: str, at: str) -> str:
    """A commit of another configuration, made at a moment."""
    text = (root / "gates.toml").read_text()
    assert old in text
    write(root, "gates.toml", text.replace(old, new))
    git(root, "commit", "-q", "-a", "-m", "other stages", GIT_COMMITTER_DATE=at)
    return git(root, "rev-parse", "HEAD")


AFTER, STRICTER = 'after = "staging"', 'after = "staging"\nreviewers = 2'


def on_the_line(root: Path) -> None:
    changed(root, AFTER, STRICTER, later(root, 10))


def without_the_stage(root: Path) -> None:
    changed(root, f"[stages.prod]\n{AFTER}\n", "", later(root, 10))


def merged(root: Path) -> None:
    """The configuration that is named lies on a branch that was merged after the stage was changed."""
    base = git(root, "rev-parse", "HEAD")
    changed(root, AFTER, STRICTER, later(root, 10))
    git(root, "checkout", "-q", "-b", "side", base)
    write(root, "note.md", "a note")
    git(root, "add", "note.md")
    git(root, "commit", "-q", "-m", "a note", GIT_COMMITTER_DATE=later(root, 5))
    named = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side", GIT_COMMITTER_DATE=later(root, 20))
    words = words_of(root, PROD)
    retag(root, PROD, words.replace(words.split("Configuration: ")[1].split()[0], named))


def pulled(root: Path) -> None:
    """The change came in as a second parent, as by a `git pull` that merges, before the tag was made."""
    git(root, "checkout", "-q", "-b", "theirs")
    changed(root, AFTER, STRICTER, later(root, 5))
    git(root, "checkout", "-q", "main")
    write(root, "note.md", "a note")
    git(root, "add", "note.md")
    git(root, "commit", "-q", "-m", "a note", GIT_COMMITTER_DATE=later(root, 10))
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "theirs", GIT_COMMITTER_DATE=later(root, 20))


def elsewhere(root: Path) -> None:
    """HEAD is on a branch that does not have what was named."""
    on_the_line(root)
    git(root, "checkout", "-q", "--orphan", "other")
    git(root, "commit", "-q", "-m", "other")


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (on_the_line, "required what was not there: Stage 'prod' requires 2 reviewers"),
        (without_the_stage, "has no such stage: gates.toml: no stage 'prod'"),
        (merged, "required what was not there: Stage 'prod' requires 2 reviewers"),
        (pulled, "required what was not there: Stage 'prod' requires 2 reviewers"),
        (elsewhere, "required what was not there: Stage 'prod' requires 2 reviewers"),
    ],
)
def test_a_configuration_that_was_replaced_is_not_read(gates, done, forge: Callable[[Path], None], words: str) -> None:
    forge(done)
    retag(done, PROD, words_of(done, PROD), date=later(done, 60))

    called = gates(done, "verify", PROD)

    assert (called.code, f"which follows it and was made before the tag, {words}" in called.out) == (1, True), (
        called.out
    )


def too_late(root: Path) -> None:
    changed(root, AFTER, STRICTER, later(root, 90))


def taken_back(root: Path) -> None:
    on_the_line(root)
    changed(root, STRICTER, AFTER, later(root, 20))


def looser(root: Path) -> None:
    changed(root, AFTER, "", later(root, 10))


def unreadable(root: Path) -> None:
    changed(root, AFTER, "after =", later(root, 10))


def written_on_a_branch(root: Path) -> None:
    """The change is older than the tag, and was merged after it."""
    git(root, "checkout", "-q", "-b", "side")
    changed(root, AFTER, STRICTER, later(root, 10))
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side", GIT_COMMITTER_DATE=later(root, 90))


@pytest.mark.parametrize("change", [too_late, taken_back, looser, unreadable, written_on_a_branch])
def test_a_change_that_was_not_in_force_or_would_have_asked_no_more_changes_nothing(
    gates, done, change: Callable[[Path], None]
) -> None:
    change(done)
    retag(done, PROD, words_of(done, PROD), date=later(done, 60))

    called = gates(done, "verify", PROD)

    assert (called.code, f"{PROD}: verified: 2 parts (order, conditions)" in called.out) == (0, True), called.out


def test_an_event_is_not_older_than_what_it_stands_on(gates, done) -> None:
    words = words_of(done, PROD)
    retag(done, PROD, words, date=later(done, -10))
    called = gates(done, "verify", PROD)
    assert (called.code, "conditions: is dated " in called.out, "before its version v1.0.0, " in called.out) == (
        1, True, True,
    )  # fmt: skip

    named = changed(done, AFTER, f"# as it was\n{AFTER}", later(done, 100))
    retag(done, PROD, words.replace(words.split("Configuration: ")[1].split()[0], named), date=later(done, 50))
    called = gates(done, "verify", PROD)
    assert (called.code, f"before the configuration of {named[:7]}, " in called.out) == (1, True), called.out


def test_nothing_is_promoted_on_a_commit_from_the_future(gates, ready) -> None:
    git(ready, "commit", "-q", "--allow-empty", "-m", "too early", GIT_COMMITTER_DATE="@4000000000 +0000")

    called = gates(ready, "promote", "first", "--stage", "staging")

    assert (called.code, "HEAD is dated in the future, 2096-10-02T07:06:40Z; set the clock right" in called.err) == (
        3,
        True,
    ), called.err
    assert git(ready, "tag", "-l") == ""
