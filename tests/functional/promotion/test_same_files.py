"""What was taken back under one number does not count as good under another one that has the same files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gates.cli.main import run
from tests.dvc_repositories import git
from tests.promotions.forgeries import retag, words_of
from tests.promotions.promotion_projects import check, copied, use_environment

if TYPE_CHECKING:
    from pathlib import Path

REASON = "a source withdrew"
SAID = f"this data was taken back as v1.1.0 ({REASON}); promote other data\n"


@pytest.fixture(scope="module")
def made_twins(promoted_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """v1.0.0 on both stages, and v1.1.0 with the same files on staging."""
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        root = copied(promoted_repository, tmp_path_factory.mktemp("twins"))
        check(root)
        patch.chdir(root)
        assert run(("promote", "first", "--stage", "staging", "--version", "v1.1.0")) == 0
    return root


@pytest.fixture
def twins(made_twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_environment(monkeypatch)
    return copied(made_twins, tmp_path)


def take_back(gates, root: Path) -> str:
    called = gates(root, "promote", "first", "--revoke", "--version", "v1.1.0", "--reason", REASON)
    assert called.code == 0, called.err
    return called.err


def test_who_takes_a_version_back_learns_which_others_have_its_files(gates, twins) -> None:
    message = take_back(gates, twins)

    assert message.splitlines()[0] == (
        "v1.0.0 has the same files and stands: no stage takes such files any more, and consumers may still have them; "
        "take back too: --revoke --version v1.0.0"
    )
    called = gates(twins, "promote", "first", "--revoke", "--version", "v1.0.0", "--reason", REASON)
    assert (called.code, "same files" in called.err) == (0, False), called.err


def test_a_version_whose_files_were_taken_back_under_another_number_comes_on_no_stage(gates, twins) -> None:
    off = gates(twins, "promote", "first", "--revoke", "--stage", "prod", "--reason", REASON)
    assert (off.code, "same files" in off.err) == (0, False), off.err
    take_back(gates, twins)
    before = git(twins, "show-ref")

    for arguments in (
        ("--stage", "prod", "--version", "v1.0.0"),
        ("--stage", "staging", "--version", "v1.0.0", "--if-new"),
        ("--stage", "staging"),
        ("--stage", "staging", "--version", "v1.2.0"),
    ):
        check(twins)
        called = gates(twins, "promote", "first", *arguments)
        assert (called.code, called.err) == (1, SAID), arguments
    assert git(twins, "show-ref") == before


def test_whoever_asks_for_files_that_were_taken_back_under_another_number_gets_no_zero(gates, twins) -> None:
    assert gates(twins, "verify", "first@v1.0.0").code == 0
    take_back(gates, twins)

    message = f"  taken back: its files were taken back as v1.1.0: {REASON}\n"
    for arguments, code in (
        ("first@v1.0.0", 1),
        ("promotions/first/v1.0.0.json", 1),
        ("first#prod#2", 1),
        ("first", 0),
    ):
        called = gates(twins, "verify", arguments)
        assert (called.code, message in called.out) == (code, True), called.out
    # Who asks for no version by its name uses none: what was promoted is what it says it is.
    assert gates(twins, "verify").code == 0


def test_files_that_were_taken_back_under_another_number_come_on_no_stage_by_hand(gates, twins) -> None:
    take_back(gates, twins)
    last = git(twins, "rev-parse", "first#prod#2")
    words = words_of(twins, "first#prod#2").replace("Follows: none", f"Follows: first#prod#2 {last}")
    git(twins, "tag", "-a", "-m", "x", "first#prod#9", "first#prod#2^{}")
    retag(twins, "first#prod#9", words, date=f"@{int(time.time()) + 60} +0000")

    called = gates(twins, "verify")

    message = "conditions: v1.1.0 was taken back before, by first@v1.1.0!, and has the same files"
    assert (called.code, message in called.out) == (1, True), called.out


def test_where_what_was_taken_back_cannot_be_read_nobody_says_that_a_version_is_good(gates, twins) -> None:
    take_back(gates, twins)
    retag(twins, "first@v1.1.0", "nothing")

    called = gates(twins, "verify", "first@v1.0.0")

    message = "taken back: whether its files were, under another number: "
    assert (called.code, message in called.out) == (3, True), called.out
