"""What was promoted is changed in one place at a time; `gates verify` finds it and says where."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gates.checking.rerun import difference
from gates.cli.main import run
from gates.verdict import Outcome
from gates.verdicts.from_json import verdict_of
from tests.dvc_repositories import commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gates.verdict import CheckResult, Verdict

STATEMENT = "promotions/first/v1.0.0.json"
VERDICT = "promotions/first/v1.0.0.verdict.json"


def flip(path: Path) -> None:
    """Another bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(content))


def retag(root: Path, tag: str, target: str, message: str | None = None) -> None:
    """A tag of the same name and words that points elsewhere, or says something else."""
    words = message if message is not None else git(root, "tag", "-l", "--format=%(contents)", tag)
    git(root, "tag", "-d", tag)
    git(root, "tag", "-a", "-m", words, tag, target)


def in_work_tree(name: str) -> Callable[[Path], None]:
    return lambda root: flip(root / name)


def statement_in_its_commit(root: Path) -> None:
    """The commit and its tags made anew around another statement."""
    document = json.loads((root / STATEMENT).read_text())
    document["predicate"]["purpose"] = "pretrain"
    (root / STATEMENT).write_text(json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n")
    git(root, "commit", "-q", "-a", "--amend", "--no-edit")
    for tag in ("first@v1.0.0", "first#staging#1", "first#prod#2"):
        retag(root, tag, "HEAD")


def suite_in_its_commit(root: Path) -> None:
    (root / "gates.toml").write_text((root / "gates.toml").read_text().replace("finetune", "pretrain"))
    git(root, "commit", "-q", "-a", "--amend", "--no-edit")
    for tag in ("first@v1.0.0", "first#staging#1", "first#prod#2"):
        retag(root, tag, "HEAD")


def tag_target(root: Path) -> None:
    commit(root, "another one")
    retag(root, "first@v1.0.0", "HEAD")


def stage_target(root: Path) -> None:
    commit(root, "another one")
    retag(root, "first#prod#2", "HEAD")


def stage_gone(root: Path) -> None:
    words = git(root, "tag", "-l", "--format=%(contents)", "first#prod#2")
    git(root, "tag", "-d", "first#prod#2")
    git(
        root,
        "tag",
        "-a",
        "-m",
        words.replace("Follows: none", f"Follows: first#prod#1 {'0' * 40}"),
        "first#prod#2",
        "HEAD",
    )


def stage_replaced(root: Path) -> None:
    """An event of the same number and words made later: what follows it names another object."""
    words = git(root, "tag", "-l", "--format=%(contents)", "first#prod#2")
    git(
        root,
        "tag",
        "-a",
        "-m",
        words.replace("Follows: none", f"Follows: first#prod#2 {'1' * 40}"),
        "first#prod#4",
        "HEAD",
    )


def revocation_gone(root: Path) -> None:
    """A stage that somebody was taken off, and the tag that says so deleted: the version would stand there again."""
    with contextlib.chdir(root):
        assert run(("promote", "first", "--revoke", "--stage", "prod", "--reason", "a source withdrew")) == 0
    git(root, "tag", "-d", "first#prod!#3")


def file_among_records(root: Path) -> None:
    """A file that is named as no record is: nothing of it says what was taken back."""
    write(root, "promotions/first/revocations/README.json", "{}\n")
    commit(root, "a note")


def cached_data(root: Path) -> None:
    """The object in DVC's cache, and no remote that has it."""
    pointer = (root / "data/first.csv.dvc").read_text()
    name = pointer.split("md5: ")[1].split()[0]
    paths = list((root / ".dvc/cache").rglob(name[2:]))
    assert paths
    for path in paths:
        flip(path)


@pytest.mark.parametrize(
    ("tamper", "code", "named"),
    [
        (in_work_tree(STATEMENT), 1, STATEMENT),
        (in_work_tree(VERDICT), 1, VERDICT),
        (in_work_tree("gates.toml"), 1, "gates.toml"),
        (in_work_tree("schemas/first.py"), 1, "schemas/first.py"),
        (in_work_tree("expectations/first/synthetic.json"), 1, "expectations/first/synthetic.json"),
        (in_work_tree("schemas/limits.py"), 1, "schemas/limits.py"),
        (in_work_tree("data/first.csv"), 1, "data/first.csv"),
        (cached_data, 3, "data/first.csv"),
        (statement_in_its_commit, 1, STATEMENT),
        (suite_in_its_commit, 1, "gates.toml"),
        (tag_target, 1, "first@v1.0.0"),
        (stage_target, 1, "first#prod#2"),
        (stage_gone, 1, "first#prod#2"),
        (stage_replaced, 1, "first#prod#4"),
        (revocation_gone, 1, "revocations/v1.0.0-3.json"),
        (file_among_records, 1, "revocations/README.json"),
    ],
)
def test_one_change_anywhere_is_found_and_named(
    gates, done, tamper: Callable[[Path], None], code: int, named: str
) -> None:
    tamper(done)
    called = gates(done, "verify")
    assert (called.code, named in called.out) == (code, True), called.out + called.err


def test_what_was_changed_and_restored_holds_again(gates, done) -> None:
    flip(done / VERDICT)
    assert gates(done, "verify").code == 1
    git(done, "restore", VERDICT)
    assert gates(done, "verify").code == 0


def test_one_promotion_is_named_by_tag_stage_or_file(gates, done) -> None:
    for word in ("first@v1.0.0", "first#prod#2", STATEMENT):
        called = gates(done, "verify", word)
        assert (called.code, called.out.splitlines()[0].startswith("first@v1.0.0: verified")) == (0, True), called.err
    called = gates(done, "verify", "first@v1.0.1")
    assert (called.code, "did you mean 'first@v1.0.0'?" in called.err) == (2, True)


def test_a_dataset_is_named_as_a_whole(gates, done) -> None:
    whole = gates(done, "verify")
    for word in ("first", ".:first"):
        (done / "below").mkdir(exist_ok=True)
        (done / "below/gates.toml").write_text("")
        called = gates(done if word == "first" else done / "below", "verify", word)
        assert (called.code, called.out) == (0, whole.out), called.err
    missed = gates(done, "verify", "frst")
    assert (missed.code, missed.err) == (2, "'frst' is no promotion (did you mean 'first'?)\n")

    # What lacks its tag is looked for, of this dataset alone.
    for name in ("first/v1.0.1.json", "second/v1.0.0.json"):
        write(done, f"promotions/{name}", "{}")
    commit(done, "without tags")
    called = gates(done, "verify", "first")
    assert (called.code, "first@v1.0.1: could not be" in called.out, "second" in called.out) == (3, True, False)


def test_judging_again_gives_the_same_numbers(gates, done) -> None:
    called = gates(done, "verify", "--rerun")
    assert (called.code, called.out.splitlines()[0].endswith("rerun)") or "rerun" in called.out) == (0, True), (
        called.out
    )


def test_another_outcome_or_number_in_a_second_run_is_reported(done) -> None:
    recorded = verdict_of(json.loads((done / VERDICT).read_text()))
    at, check = next((at, one) for at, one in enumerate(recorded.checks) if one.observed)
    moved = replace(check, observed=check.observed * (1 + 1e-5))
    failed = replace(check, outcome=Outcome.FAIL)

    def again(other: CheckResult) -> Verdict:
        return replace(recorded, checks=[*recorded.checks[:at], other, *recorded.checks[at + 1 :]])

    assert difference(recorded, again(replace(check, observed=check.observed * (1 + 1e-8)))) is None
    assert str(difference(recorded, again(moved))).startswith(f"{check.id}: observed was ")
    assert difference(recorded, again(failed)) == f"{check.id} was pass, is fail"


def test_where_nothing_was_promoted_nothing_is_verified(gates, ready) -> None:
    called = gates(ready, "verify")
    assert (called.code, "git fetch --tags" in called.err) == (2, True)
