"""What is here and not at the remote is sent by the next call with --push, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from gates.promotion.git.push import GitRemote, PushPlan, missing_before
from gates.promotion.statements.tag_message import PreviousTag, TagMessage
from gates.promotion.statements.tags import ReleaseVersion
from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, write
from tests.promotions.pushed_promotions import promote, tags_at

STAGED = ("promote", "first", "--stage", "staging")
OFF = ("promote", "first", "--revoke", "--stage", "prod", "--reason", "a source withdrew")
REPOSITORY = Path(__file__).parents[4]
# The remote stops whoever pushes before it has taken anything.
KILL = """\
#!/bin/sh
while [ ! -s '{pid}' ]; do sleep 0.01; done
kill -9 "$(cat '{pid}')"
exit 1
"""


def bare(root: Path) -> Path:
    return root.parent / "remote.git"


def with_own_store(root: Path) -> Path:
    """A remote of DVC for this copy alone, empty: that of the repository is where it was copied from."""
    store = root.parent / "own-store"
    write(root, ".dvc/config.local", f"['remote \"store\"']\n    url = {store}\n")
    return store


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def pasted(commands: str, word: str) -> str:
    """The command of a sentence that starts with a word."""
    return next(part for part in commands.split("`") if part.startswith(word))


def test_a_further_stage_takes_along_what_was_never_sent(gates, ready) -> None:
    store = with_own_store(ready)
    assert gates(ready, *STAGED).code == 0
    called = gates(ready, "promote", "first", "--stage", "prod", "--push")
    assert called.code == 0, called.err
    assert [*tags_at(ready)] == ["first#prod#2", "first#staging#1", "first@v1.0.0"]
    assert tags_at(bare(ready)) == tags_at(ready)
    assert git(bare(ready), "rev-parse", "main") == git(ready, "rev-parse", "HEAD")
    assert files_below(store)


def test_data_that_head_does_not_name_any_more_is_sent_by_the_commands_that_are_shown(gates, ready) -> None:
    store = with_own_store(ready)
    assert gates(ready, *STAGED).code == 0
    old = ready / "data/first.csv.dvc"
    name = old.read_text().split("md5: ")[1].split()[0]
    old.write_text((ready / "data/second.csv.dvc").read_text().replace("second.csv", "first.csv"))
    commit(ready, "other data")
    called = gates(ready, "promote", "first", "--stage", "prod", "--version", "v1.0.0", "--push")
    assert (called.code, "HEAD may name other data than v1.0.0" in called.err) == (0, True), called.err
    place = store / "files/md5" / name[:2] / name[2:]
    assert not place.exists()
    git(ready, *pasted(called.err, "git switch --detach").split()[1:])
    dvc(ready, "push", "data/first.csv")
    assert place.exists()


def test_what_was_killed_before_it_was_sent_is_sent_by_the_same_call(gates, ready) -> None:
    store, pid = with_own_store(ready), ready.parent / "pid"
    hook = write(bare(ready), "hooks/pre-receive", KILL.format(pid=pid))
    hook.chmod(0o755)
    environment = ENVIRONMENT | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "gates", *STAGED, "--push"]
    process = subprocess.Popen(command, cwd=ready, env=environment, stderr=subprocess.DEVNULL)
    pid.write_text(str(process.pid))
    assert process.wait() == -signal.SIGKILL
    hook.unlink()
    assert ([*tags_at(ready)], tags_at(bare(ready))) == (["first#staging#1", "first@v1.0.0"], {})
    for path in files_below(store):
        path.unlink()

    shown = gates(ready, *STAGED, "--push", "--dry-run")
    assert (shown.code, tags_at(bare(ready))) == (0, {}), shown.err
    again = gates(ready, *STAGED, "--push")

    assert (again.code, again.out.splitlines()) == (
        0,
        [
            "first v1.0.0 is on 'staging' already; origin lacked it, and has now:",
            "  branch main",
            "  tag  first@v1.0.0",
            "  tag  first#staging#1",
        ],
    ), again.err
    assert tags_at(bare(ready)) == tags_at(ready)
    assert git(bare(ready), "rev-parse", "main") == git(ready, "rev-parse", "HEAD")
    assert files_below(store)
    thrice = gates(ready, *STAGED, "--push")
    message = "first v1.0.0 is on 'staging' already, and origin has all of it"
    assert (thrice.code, thrice.err.strip()) == (2, f"{message}; where that is fine, give --if-new")
    fine = gates(ready, *STAGED, "--push", "--if-new")
    assert (fine.code, fine.err.strip()) == (0, message)


def test_a_revocation_that_was_not_sent_is_sent_by_the_same_call(gates, done) -> None:
    assert gates(done, *OFF).code == 0
    again = gates(done, *OFF, "--push")
    assert again.code == 0, again.err
    assert "first@v1.0.0 was taken off 'prod' already" in again.out
    assert [*tags_at(done)] == ["first#prod!#3", "first#prod#2", "first#staging#1", "first@v1.0.0"]
    assert tags_at(bare(done)) == tags_at(done)
    assert git(bare(done), "rev-parse", "main") == git(done, "rev-parse", "HEAD")
    thrice = gates(done, *OFF, "--push")
    message = "first@v1.0.0 was taken off 'prod' already (no version is on it now), and origin has all of it\n"
    assert (thrice.code, thrice.err) == (2, message)
    assert len(tags_at(done)) == 4


def test_a_record_that_was_not_sent_is_missed_though_the_tag_is_there(gates, done) -> None:
    promote(done, "staging")  # what is there is sent
    assert gates(done, *OFF).code == 0
    git(done, "push", "-q", "origin", "first#prod!#3")
    again = gates(done, *OFF, "--push")
    assert (again.code, again.out.splitlines()[1:]) == (0, ["  branch main"]), again.err
    assert git(bare(done), "rev-parse", "main") == git(done, "rev-parse", "HEAD")


def test_who_takes_back_twice_takes_back_one_version(gates, done) -> None:
    git(done, "tag", "-a", "first@v1.0.1", "-m", "x", "first@v1.0.0^{}")
    git(done, "tag", "-a", "first@v1.0.1!", "-m", "x", "first@v1.0.0^{}")
    called = gates(done, "promote", "first", "--revoke", "--reason", "x")
    assert (called.code, called.err.strip()) == (2, "first@v1.0.1 was taken back already (v1.0.0 stands)")
    assert "first@v1.0.0!" not in tags_at(done)


def test_the_commands_that_send_it_work_as_they_are_shown(gates, ready) -> None:
    first = gates(ready, *STAGED)
    assert "not pushed: `dvc push`, then `git push --atomic origin main first@v1.0.0 'first#staging#1'`" in first.err
    gates(ready, "promote", "first", "--stage", "prod")
    off = gates(ready, *OFF)
    assert "not pushed: `git push" in off.err
    subprocess.run(["bash", "-c", pasted(off.err, "git push")], cwd=ready, env=ENVIRONMENT, check=True)
    assert len(tags_at(ready)) == 4
    assert tags_at(bare(ready)) == tags_at(ready)
    assert git(bare(ready), "rev-parse", "main") == git(ready, "rev-parse", "HEAD")


def test_what_the_remote_has_is_not_among_the_commands_that_send_the_rest(gates, done) -> None:
    promote(done, "staging")  # what is there is sent
    called = gates(done, *OFF)
    assert called.err == "not pushed: `git push --atomic origin main 'first#prod!#3'`\n"
    git(done, "remote", "set-url", "origin", "../nowhere.git")
    back = gates(done, "promote", "first", "--stage", "prod", "--version", "v1.0.0")
    tags = "first@v1.0.0 'first#staging#1' 'first#prod#2' 'first#prod!#3' 'first#prod#4'"
    assert back.err.splitlines()[-1].endswith(f"`git push --atomic origin main {tags}`"), back.err


def test_without_a_remote_the_commands_begin_with_one(gates, ready) -> None:
    git(ready, "remote", "remove", "origin")
    called = gates(ready, *STAGED)
    commands = "`git remote add origin URL`, then `dvc push`, then `git push --atomic origin main first@v1.0.0"
    assert (called.code, f"not pushed: {commands}" in called.err) == (0, True), called.err
    git(ready, "remote", "add", "origin", "../remote.git")
    subprocess.run(["bash", "-c", pasted(called.err, "git push")], cwd=ready, env=ENVIRONMENT, check=True)
    assert tags_at(bare(ready)) == tags_at(ready)


def test_among_remotes_of_which_nobody_says_which_the_choice_is_named(gates, ready) -> None:
    git(ready, "remote", "rename", "origin", "one")
    git(ready, "remote", "add", "two", os.devnull)
    git(ready, "branch", "--unset-upstream")
    called = gates(ready, *STAGED)
    assert (called.code, "it is not configured which of one, two 'main' goes to" in called.err) == (0, True), called.err


def test_what_was_not_sent_of_a_version_before_is_reported() -> None:
    after = TagMessage("reviews v1.0.1", "0" * 64, ReleaseVersion(1, 0, 1), PreviousTag("reviews#prod#2", "1" * 40))
    parcel = PushPlan("2" * 40, {"reviews@v1.0.1": "3" * 40}, ())
    remote = GitRemote("origin", "refs/heads/main")
    missing = missing_before(remote, parcel, [after], {})
    assert missing is not None
    assert missing.startswith("origin lacks reviews#prod#2, which this follows")
    assert missing.endswith("`git push origin 'reviews#prod#2'`")
    assert missing_before(remote, parcel, [after], {"refs/tags/reviews#prod#2": "1" * 40}) is None


def test_what_a_verdict_let_pass_is_reported(gates, ready) -> None:
    called = gates(ready, *STAGED, "--dry-run")
    counts = "7 critical checks not decided, 1 warning failed, 1 info check failed, 4 info checks not decided"
    assert f"first: its verdict is warn: {counts} (see promotions/first/v1.0.0.verdict.json)" in called.err, called.err


def test_a_stage_that_no_version_holds_is_answered_with_those_that_are_held(gates, done) -> None:
    called = gates(done, "promote", "first", "--revoke", "--stage", "prodd", "--reason", "x")
    stages_held = "held: prod by v1.0.0; staging by v1.0.0"
    message = f"no version of 'first' is on 'prodd' (did you mean 'prod'?); {stages_held}; see --stage and --version"
    assert (called.code, called.err.strip()) == (2, message)


def test_a_version_that_is_on_no_stage_is_answered_so(gates, ready) -> None:
    called = gates(ready, "promote", "first", "--revoke", "--stage", "prod", "--reason", "x")
    assert (called.code, "none of its versions is on a stage" in called.err) == (2, True), called.err
