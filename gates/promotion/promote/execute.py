"""Carries a planned promotion or revocation out: brings an end to what was interrupted, adds, and sends.

What is where when somebody is killed or refused hangs on the order: the remote is asked before anything is made, data is sent
before the tags that name it, and refs change last, at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.git.lock import only_promotion
from gates.promotion.git.preconditions import ground_of
from gates.promotion.git.push import (
    Parcel,
    how_to_push,
    lacking,
    missing_before,
    names_other_data,
    push,
    push_data,
    refs_at,
    remote_of,
)
from gates.promotion.git.recovery import interrupted, recover
from gates.promotion.git.transaction import apply
from gates.promotion.promote.promote import prepare
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.promotion.git.preconditions import Ground
    from gates.promotion.git.push import Remote
    from gates.promotion.promote.plan import Plan
    from gates.versions.repository import Repository

    Tell = Callable[[str], None]


@dataclass(frozen=True)
class Terms:
    """is_dry_run: nothing is added. if_new: nothing to add is fine; in a revocation, nobody can ask for that."""

    is_pushed: bool = False
    is_dry_run: bool = False
    if_new: bool = False
    is_revocation: bool = False


@dataclass(frozen=True)
class Done:
    """lines: what was added or sent, or would be; () where nothing was. left_to_do: how to send it, "" where it was sent."""

    lines: tuple[str, ...] = ()
    left_to_do: str = ""


def carry_out(repository: Repository, terms: Terms, planned_on: Callable[[Ground], Plan], tell: Tell) -> Done:
    """Promote or revoke, all of it or nothing. tell: takes what somebody has to know beside it, as soon as it is known.

    planned_on: makes the plan, once what was interrupted before has come to an end. Raises UsageError where there is nothing
    to do, and what planning, preparing, applying and pushing raise: then nothing stays.
    """
    git = git_of(repository, "a promotion")
    if terms.is_dry_run:
        return _carried_out(repository, terms, planned_on, tell, interrupted(git))
    with only_promotion(git, tell):
        return _carried_out(repository, terms, planned_on, tell, recover(git))


def _carried_out(
    repository: Repository, terms: Terms, planned_on: Callable[[Ground], Plan], tell: Tell, ended: str | None
) -> Done:
    """ended: what became of an interrupted promotion, None where there was none."""
    if ended:
        tell(ended)
    ground = ground_of(repository)
    remote = remote_of(ground.git, ground.branch) if terms.is_pushed else None
    planned = planned_on(ground)
    if not planned.tags:
        done = _sent(ground, planned, remote, terms, tell) if remote else None
        # An interrupted promotion that was brought to an end is what the call was for.
        return done or _nothing_to_do(planned, remote, terms, tell, is_fine=terms.if_new or bool(ended))
    for said in (planned.lenience, planned.note):
        tell(said or "")
    return Done(("would add:", *_lines(planned))) if terms.is_dry_run else _added(ground, planned, remote, tell)


def _added(ground: Ground, planned: Plan, remote: Remote | None, tell: Tell) -> Done:
    there = {}
    if remote:
        # A remote that is away is found out before anything is made.
        there = refs_at(ground.git, remote)
        _push_data(ground, planned, tell)
    made = prepare(ground, planned)
    parcel = Parcel(made.new, {**planned.held, **made.tags}, (*planned.recorded, *made.files))
    apply(ground.git, made)
    lines = (planned.sentence, *_lines(planned))
    if remote is None:
        told = how_to_push(ground.git, ground.branch, parcel, has_data=bool(planned.pointers))
        return Done(lines, f"not pushed: {told}")
    tell(push(ground.git, remote, parcel, made) or "")
    tell(missing_before(remote, parcel, (message for _, message in planned.tags), there) or "")
    return Done(lines)


def _sent(ground: Ground, planned: Plan, remote: Remote, terms: Terms, tell: Tell) -> Done | None:
    """Sends what the remote lacks of what is here already; None where it lacks nothing."""
    parcel = Parcel(ground.head, planned.held, planned.recorded)
    left = lacking(ground.git, remote, parcel, refs_at(ground.git, remote))
    if not left:
        return None
    if not terms.is_dry_run:
        _push_data(ground, planned, tell)
        tell(push(ground.git, remote, parcel) or "")
    what = "lacks it, and would get" if terms.is_dry_run else "lacked it, and has now"
    lines = (f"  {'tag ' if name in parcel.tags else 'branch'} {name}" for name in left)
    return Done((f"{planned.sentence}; {remote.name} {what}:", *lines))


def _nothing_to_do(planned: Plan, remote: Remote | None, terms: Terms, tell: Tell, *, is_fine: bool) -> Done:
    said = f"{planned.sentence}, and {remote.name} has all of it" if remote else planned.sentence
    if not is_fine:
        hint = "" if terms.is_revocation else "; where that is fine, give --if-new"
        raise UsageError(f"{said}{hint}")
    tell(said)
    return Done()


def _push_data(ground: Ground, planned: Plan, tell: Tell) -> None:
    push_data(ground.git, planned.pointers)
    if planned.pointers and planned.target and names_other_data(ground.git, planned.target, planned.pointers):
        tell(
            f"HEAD may name other data than {planned.version}, and `dvc push` sends what HEAD names; where its own was never "
            f"sent: `git switch --detach {planned.target[:7]}`, `dvc push`, `git switch -`"
        )


def _lines(planned: Plan) -> list[str]:
    return [*(f"  file {path}" for path in planned.files), *(f"  tag  {name}" for name, _ in planned.tags)]
