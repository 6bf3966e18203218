"""What was promoted once is what the next version is held to."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from gates.cli.main import run
from tests.dvc_repositories import commit, git, write
from tests.promotions.promotion_projects import check, copied, use_environment
from tests.version_projects import put

if TYPE_CHECKING:
    from pathlib import Path

KEPT = "combined/expect_human_rows_to_be_kept"
RECORD = """\
rows = ["data/first.csv:1", "data/first.csv:2"]
reason = "consent withdrawn"
who = "data team"
date = 2099-01-01
"""


@pytest.fixture(scope="module")
def promoted(judged_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first dataset promoted as v1.0.0."""
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        root = copied(judged_repository, tmp_path_factory.mktemp("ratchets"))
        patch.chdir(root)
        assert run(("promote", "first", "--stage", "staging")) == 0
    return root


@pytest.fixture
def root(promoted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_environment(monkeypatch)
    return copied(promoted, tmp_path)


def without_first_two(root: Path) -> None:
    lines = (root / "data/first.csv").read_text().splitlines(keepends=True)
    put(root, "first", "".join([lines[0], *lines[3:]]))


def kept(gates, root: Path, *arguments: str) -> dict[str, object]:
    called = gates(root, "check", "first", "--only", KEPT, "--format", "json", *arguments)
    (result,) = json.loads(called.out)["checks"]
    return {"code": called.code, **result}


def test_a_verdict_is_bound_to_the_promotion_that_it_was_reached_against(gates, root) -> None:
    # It is what the promotion rests on.
    assert gates(root, "enforce", "first").code == 0
    refused = gates(root, "promote", "first", "--stage", "staging", "--version", "v1.1.0")
    assert refused.code == 3
    # The branch has it already: there is nothing to merge.
    assert refused.err == (
        "first: its verdict was not reached against first@v1.0.0, the last one; `gates check first`, then promote\n"
    )
    check(root)
    assert gates(root, "enforce", "first").code == 0
    verdict = json.loads((root / ".gates/verdicts/first.json").read_text())
    statement = (root / "promotions/first/v1.0.0.json").read_bytes()
    assert verdict["data"]["promoted_sha256"] == hashlib.sha256(statement).hexdigest()
    assert {one["outcome"] for one in verdict["checks"] if one["type"] == "expect_human_rows_to_be_kept"} == {"pass"}
    recalled = gates(root, "check", "first")
    assert "cached verdict" in recalled.out + recalled.err
    git(root, "tag", "-d", "first@v1.0.0")
    enforced = gates(root, "enforce", "first")
    assert enforced.code == 3
    assert "first: first@v1.0.0 was promoted since it was judged" in enforced.err


def test_human_rows_that_go_fail_until_it_is_recorded_why(gates, root) -> None:
    without_first_two(root)
    failed = kept(gates, root)
    assert (failed["code"], failed["outcome"]) == (1, "fail")
    assert failed["evidence"] == {
        "version": "first@v1.0.0",
        "gone": 2,
        "recorded": 0,
        "rows": ["data/first.csv:1", "data/first.csv:2"],
    }
    write(root, "promotions/first/removals/withdrawn.toml", RECORD)
    recorded = kept(gates, root)
    assert (recorded["code"], recorded["outcome"]) == (0, "pass")
    assert recorded["evidence"]["recorded"] == 2
    assert kept(gates, root, "--rev", "HEAD")["outcome"] == "pass"
    commit(root, "consent withdrawn")
    assert kept(gates, root, "--rev", "HEAD")["evidence"]["recorded"] == 2
    lint = gates(root, "lint")
    assert "promotions/first/removals/withdrawn.toml:1: date is 2099-01-01, a day to come" in lint.out


def test_a_second_version_names_the_first_and_can_be_judged_again(gates, root) -> None:
    without_first_two(root)
    write(root, "promotions/first/removals/withdrawn.toml", RECORD)
    commit(root, "consent withdrawn")
    check(root)
    called = gates(root, "promote", "first", "--stage", "staging")
    assert called.code == 0, called.err
    statement = json.loads((root / "promotions/first/v1.0.1.json").read_text())
    assert statement["predicate"]["base"]["version"] == "v1.0.0"
    assert "promotions/first/removals/withdrawn.toml" in statement["predicate"]["contract"]["files"]
    verified = gates(root, "verify", "--rerun")
    assert verified.code == 0, verified.out + verified.err


def test_tail_of_the_first_version_is_looked_for_once_rows_went_and_a_second_one_was_promoted(gates, root) -> None:
    assert "first@v1.0.0 is the first version promoted" in tail_of_first(gates, root)["message"]
    without_first_two(root)
    write(root, "promotions/first/removals/withdrawn.toml", RECORD)
    commit(root, "consent withdrawn")
    check(root)
    assert gates(root, "promote", "first", "--stage", "staging").code == 0
    seen = tail_of_first(gates, root)
    assert seen["evidence"]["version"] == "first@v1.0.0"
    check(root)
    called = gates(root, "promote", "first", "--stage", "staging", "--version", "v1.1.0")
    assert called.code == 0, called.err
    verified = gates(root, "verify", "--rerun")
    assert verified.code == 0, verified.out + verified.err


def tail_of_first(gates, root: Path) -> dict[str, object]:
    called = gates(root, "check", "first", "--only", "expect_first_version_to_be_covered", "--format", "json")
    (result,) = json.loads(called.out)["checks"]
    return result


def test_where_nothing_was_promoted_yet_or_it_was_taken_back_the_commit_before_counts(gates, root) -> None:
    assert "first@v1.0.0" not in str(kept(gates, root, "--rev", "HEAD~1"))
    taken = gates(root, "promote", "first", "--revoke", "--version", "v1.0.0", "--reason", "wrong licence")
    assert taken.code == 0, taken.err
    assert kept(gates, root)["outcome"] == "pass"
    without_first_two(root)
    lost = kept(gates, root)
    assert (lost["outcome"], "of the files of HEAD" in str(lost["message"])) == ("fail", True)


def test_without_the_data_or_the_tag_of_what_was_promoted_nothing_passes(gates, root) -> None:
    without_first_two(root)
    commit(root, "shorter")
    # Other tests push to the remote that all copies of the project name.
    write(root, ".dvc/config.local", "['remote \"store\"']\n    url = ../empty\n")
    shutil.rmtree(root / ".dvc/cache")
    lost = kept(gates, root)
    assert lost["outcome"] == "error"
    assert "the data of first@v1.0.0 cannot be read" in str(lost["message"])
    git(root, "tag", "-d", "first@v1.0.0")
    nameless = kept(gates, root)
    assert nameless["outcome"] == "error"
    assert "promotions/first/v1.0.0.json is here and its tag first@v1.0.0 is not" in str(nameless["message"])
