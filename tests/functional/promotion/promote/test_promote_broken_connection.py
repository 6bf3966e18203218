"""A connection that breaks while a promotion is pushed: the remote's process is killed at a step of its transaction."""

from __future__ import annotations

import pytest

from gates.errors import DataError
from tests.dvc_repositories import git, write
from tests.promotions.pushed_promotions import promote, state, tags_at

# git calls it before and after the refs change; its parent is the process that speaks with the one who pushes.
HOOK = """\
#!/bin/sh
[ "$1" = {step} ] || exit 0
{before}
kill -9 "$PPID"
"""


def break_at(remote, step: str, before: str = "") -> None:
    write(remote, "hooks/reference-transaction", HOOK.format(step=step, before=before)).chmod(0o755)


def test_what_the_remote_took_before_the_connection_broke_is_promoted(ready) -> None:
    remote = ready.parent / "remote.git"
    break_at(remote, "committed")
    message = promote(ready)
    assert message == "the connection to origin broke, and it has everything all the same"
    assert tags_at(remote) == tags_at(ready)
    assert [*tags_at(ready)] == ["first#staging#1", "first@v1.0.0"]
    assert git(remote, "rev-parse", "main") == git(ready, "rev-parse", "HEAD")


def test_what_the_remote_did_not_take_before_the_connection_broke_is_taken_back(ready) -> None:
    remote = ready.parent / "remote.git"
    break_at(remote, "prepared")
    before = state(ready)
    with pytest.raises(DataError, match=r"the connection to origin broke, and it took nothing: nothing was promoted"):
        promote(ready)
    assert (state(ready), tags_at(remote)) == (before, {})


def test_a_remote_that_is_gone_leaves_nothing_here_and_what_it_took_comes_with_the_next_fetch(ready) -> None:
    remote = ready.parent / "remote.git"
    away = ready.parent / "away.git"
    break_at(remote, "committed", f"mv '{remote}' '{away}'")
    before = state(ready)
    with pytest.raises(DataError, match=r"does not answer .* it is unknown whether it took the promotion") as caught:
        promote(ready)
    assert state(ready) == before
    away.rename(remote)
    (remote / "hooks/reference-transaction").unlink()
    commands = [part for part in str(caught.value).split("once it is back: ")[1].split("`") if part.startswith("git ")]
    assert commands == ["git fetch --tags origin", "git pull --no-rebase --tags origin main"]
    for command in commands:
        git(ready, *command.split()[1:])
    assert [*tags_at(ready)] == ["first#staging#1", "first@v1.0.0"]
    assert git(ready, "rev-parse", "first@v1.0.0^{commit}") == git(ready, "rev-parse", "HEAD")


def test_what_a_push_goes_to_is_asked_and_not_what_a_fetch_comes_from(ready) -> None:
    remote = ready.parent / "remote.git"
    git(ready, "clone", "-q", "--bare", str(remote), "../mirror.git")
    git(ready, "config", "remote.origin.url", "../mirror.git")
    git(ready, "config", "remote.origin.pushurl", "../remote.git")
    break_at(remote, "committed")
    assert "it has everything" in str(promote(ready))
    assert (tags_at(remote), tags_at(ready.parent / "mirror.git")) == (tags_at(ready), {})
