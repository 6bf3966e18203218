"""DVC fetches what was taken off a stage, until the version before is put there again; gto does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dvc_repositories import commit, dvc, git
from tests.promotions.promotion_projects import check, copied, promoted, use_environment
from tests.version_projects import good, put

GTO = Path(sys.executable).parent / "gto"
FIRST, SECOND = good(), "".join(good().splitlines(keepends=True)[:-1])
ON_PROD = ("--stage", "prod")


@pytest.fixture(scope="module")
def made_twice(promoted_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with two versions, the second without its last synthetic row, both on both stages."""
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        root = copied(promoted_repository, tmp_path_factory.mktemp("twice"))
        put(root, "first", SECOND)
        commit(root, "a row less")
        check(root)
        return promoted(root)


@pytest.fixture
def twice(made_twice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_environment(monkeypatch)
    return copied(made_twice, tmp_path)


def fetched(root: Path, *rev: str) -> str:
    target = root.parent / "fetched.csv"
    target.unlink(missing_ok=True)
    dvc(root.parent, "artifacts", "get", "-q", str(root), "first", *rev, "--out", str(target))
    return target.read_text()


def versions_on_stages(root: Path) -> dict[str, str]:
    """The version by stage, as gto sees it."""
    shown = subprocess.run([GTO, "show", "--json"], cwd=root, check=True, capture_output=True, text=True)
    return json.loads(shown.stdout)["first"]["stage"]


def test_a_stage_is_what_it_was_once_the_version_before_is_put_there_again(gates, twice) -> None:
    assert (fetched(twice, *ON_PROD) == SECOND, versions_on_stages(twice)["prod"]) == (True, "v1.0.1")

    taken = gates(twice, "promote", "first", "--revoke", *ON_PROD, "--reason", "a source withdrew")
    assert taken.code == 0, taken.err
    # What docs/how-to/promote.md warns of: DVC passes over the mark of a revocation.
    assert (fetched(twice, *ON_PROD) == SECOND, versions_on_stages(twice).get("prod")) == (True, "v1.0.0")
    back = gates(twice, "promote", "first", *ON_PROD, "--version", "v1.0.0")

    assert back.code == 0, back.err
    assert back.out == "promoted first v1.0.0 to prod\n  tag  first#prod#6\n"
    assert (fetched(twice, *ON_PROD) == FIRST, versions_on_stages(twice)["prod"]) == (True, "v1.0.0")
    verified = gates(twice, "verify")
    assert verified.code == 0, verified.out + verified.err
    again = gates(twice, "promote", "first", *ON_PROD, "--version", "v1.0.0")
    assert (again.code, again.err) == (2, "first v1.0.0 is on 'prod' already; where that is fine, give --if-new\n")


def test_nothing_goes_back_that_no_version_names(gates, twice) -> None:
    assert gates(twice, "promote", "first", *ON_PROD, "--version", "v1.0.0").code == 0
    before = git(twice, "show-ref")

    # As a script does after every merge: it must not undo what a person decided.
    called = gates(twice, "promote", "first", *ON_PROD, "--if-new")

    assert (called.code, called.err) == (0, "first v1.0.1 is on 'prod' already\n")
    assert git(twice, "show-ref") == before


def test_dvc_fetches_a_version_that_was_taken_back_and_gto_does_not_show_it(gates, twice) -> None:
    taken = gates(twice, "promote", "first", "--revoke", "--version", "v1.0.1", "--reason", "consent withdrawn")
    assert taken.code == 0, taken.err

    assert fetched(twice, "--rev", "v1.0.1") == fetched(twice) == SECOND
    assert versions_on_stages(twice) == {"prod": "v1.0.0", "staging": "v1.0.0"}
    shown = gates(twice, "verify", "first@v1.0.1")
    assert (shown.code, "taken back: it was taken back: consent withdrawn" in shown.out) == (1, True)


def test_a_version_of_another_branch_has_to_be_merged_before_one_follows_it(gates, done) -> None:
    git(done, "switch", "-q", "-c", "other", "first@v1.0.0^")
    check(done)

    called = gates(done, "promote", "first", "--stage", "staging", "--version", "v1.1.0")

    assert (called.code, called.err) == (
        3,
        (
            "first: its verdict was not reached against first@v1.0.0, the last one; merge the branch that has it "
            "(`git branch --all --contains first@v1.0.0`), `gates check first`, then promote\n"
        ),
    )


def test_a_version_that_made_way_is_not_taken_off_its_stage(gates, twice) -> None:
    before = git(twice, "show-ref")

    called = gates(twice, "promote", "first", "--revoke", *ON_PROD, "--version", "v1.0.0", "--reason", "old")

    message = "first@v1.0.0 has made way on 'prod' by first#prod#4, and to take it off now would lead DVC back to it; "
    assert (called.code, message in called.err) == (2, True), called.err
    assert (git(twice, "show-ref"), fetched(twice, *ON_PROD) == SECOND) == (before, True)


def test_a_later_promotion_whose_tag_is_not_here_stops_the_next(gates, twice) -> None:
    git(twice, "tag", "--delete", "first@v1.0.1", "first#staging#3", "first#prod#4")
    put(twice, "first", "".join(good().splitlines(keepends=True)[:-2]))
    commit(twice, "two rows less")

    judged = gates(twice, "check", "first")
    called = gates(twice, "promote", "first", "--stage", "staging")

    assert (judged.code, called.code) == (3, 3)
    assert "`git fetch --tags`" in judged.out, judged.out
    assert "there is no verdict on it" in called.err or "`git fetch --tags`" in called.err, called.err
