"""Carries a planned promotion or revocation out: brings an end to what was interrupted, adds, and sends.

What is where when somebody is killed or refused hangs on the order: the remote is asked before anything is made, data is sent
before the tags that name it, and refs change last, at once.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.git.push import PushPlan, how_to_push, missing_at, missing_before, push
from gates.run_state import Progress, no_progress
from gates.versions.changes.clean_repository import CleanRepository, require_clean
from gates.versions.changes.git_remote import GitRemote, refs_at, remote_of
from gates.versions.changes.lock import only_promotion
from gates.versions.changes.objects import write_commit, write_tag
from gates.versions.changes.recovery import interrupted, recover
from gates.versions.changes.transaction import PreparedRefs, apply
from gates.versions.dvc.push import push_data
from gates.versions.git.printed import literal
from gates.versions.trees import LOCK
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.promotion.promote.plan import PromotionPlan
    from gates.versions.repository import Repository

    Report = Callable[[str], None]


@dataclass(frozen=True)
class PromoteOptions:
    """is_dry_run: nothing is added. if_new: nothing to add is fine; in a revocation it cannot be given."""

    is_pushed: bool = False
    is_dry_run: bool = False
    if_new: bool = False
    is_revocation: bool = False


@dataclass(frozen=True)
class PromotionResult:
    """lines: what was added or sent, or would be; () where nothing was. next_step: how to send it, "" where it was sent."""

    lines: tuple[str, ...] = ()
    next_step: str = ""


def carry_out(
    repository: Repository,
    options: PromoteOptions,
    make_plan: Callable[[CleanRepository], PromotionPlan],
    report: Report,
    progress: Progress = no_progress,
) -> PromotionResult:
    """Promote or revoke, all of it or nothing. report: takes what somebody has to know beside it, as soon as it is known.

    make_plan: called once what was interrupted before has come to an end. Raises UsageError where there is nothing
    to do, and what planning, preparing, applying and pushing raise: then nothing stays.
    """
    git = git_of(repository, "a promotion")
    with nullcontext() if options.is_dry_run else only_promotion(git, report):
        recovered = interrupted(git) if options.is_dry_run else recover(git)
        report(recovered or "")
        clean = require_clean(repository)
        remote = remote_of(clean.git, clean.branch) if options.is_pushed else None
        progress("comparing data and verdict", 0, 0)
        plan = make_plan(clean)
        if remote and not options.is_dry_run:
            progress("sending data, branch and tags", 0, 0)
        if not plan.tags:
            sent = _send_existing(clean, plan, remote, report, is_dry_run=options.is_dry_run) if remote else None
            if sent:
                return sent
            sentence = f"{plan.sentence}, and {remote.name} has all of it" if remote else plan.sentence
            # An interrupted promotion that was brought to an end is what the call was for.
            if not (options.if_new or recovered):
                raise UsageError(f"{sentence}{'' if options.is_revocation else '; where that is fine, give --if-new'}")
            report(sentence)
            return PromotionResult()
        report(plan.lenience or "")
        report(plan.note or "")
        if options.is_dry_run:
            return PromotionResult(("would add:", *_lines(plan)))
        return _add(clean, plan, remote, report)


def prepare(clean: CleanRepository, plan: PromotionPlan) -> PreparedRefs:
    """The objects of a plan; nobody sees them yet."""
    git = clean.git
    commit = write_commit(git, plan.files, plan.message, plan.at) if plan.files else clean.head
    target = plan.target or commit
    tags = {str(name): write_tag(git, str(name), target, message.to_text(), plan.at) for name, message in plan.tags}
    return PreparedRefs(clean.branch, clean.head, commit, tags, tuple(plan.files))


def _add(clean: CleanRepository, plan: PromotionPlan, remote: GitRemote | None, report: Report) -> PromotionResult:
    # A remote that is away shows before anything is made.
    refs = refs_at(clean.git, remote) if remote else {}
    if remote:
        _push_data(clean, plan, report)
    prepared = prepare(clean, plan)
    push_plan = PushPlan(prepared.new, {**plan.existing, **prepared.tags}, (*plan.recorded, *prepared.files))
    apply(clean.git, prepared)
    lines = (plan.sentence, *_lines(plan))
    if remote is None:
        commands = how_to_push(clean.git, clean.branch, push_plan, has_data=bool(plan.pointers))
        return PromotionResult(lines, f"not pushed: {commands}")
    report(push(clean.git, remote, push_plan, prepared) or "")
    report(missing_before(remote, push_plan, (message for _, message in plan.tags), refs) or "")
    return PromotionResult(lines)


def _send_existing(
    clean: CleanRepository, plan: PromotionPlan, remote: GitRemote, report: Report, *, is_dry_run: bool
) -> PromotionResult | None:
    """Sends what the remote lacks of what is here already; None where it lacks nothing."""
    push_plan = PushPlan(clean.head, plan.existing, plan.recorded)
    missing = missing_at(clean.git, remote, push_plan, refs_at(clean.git, remote))
    if not missing:
        return None
    if not is_dry_run:
        _push_data(clean, plan, report)
        report(push(clean.git, remote, push_plan) or "")
    what = "lacks it, and would get" if is_dry_run else "lacked it, and has now"
    lines = (f"  {'tag ' if name in push_plan.tags else 'branch'} {name}" for name in missing)
    return PromotionResult((f"{plan.sentence}; {remote.name} {what}:", *lines))


def _push_data(clean: CleanRepository, plan: PromotionPlan, report: Report) -> None:
    push_data(clean.git, plan.pointers)
    # `dvc push` sends other data than the version's own where HEAD may name other data.
    files = [*(literal(f"{path}.dvc") for path in plan.pointers), f":(glob)**/{LOCK}"]
    target = plan.target if plan.pointers else None
    if target and not clean.git.says_yes("diff", "--quiet", target, "HEAD", "--", *files):
        report(
            f"HEAD may name other data than {plan.version}, and `dvc push` sends what HEAD names; where its own was never "
            f"sent: `git switch --detach {target[:7]}`, `dvc push`, `git switch -`"
        )


def _lines(plan: PromotionPlan) -> list[str]:
    return [*(f"  file {path}" for path in plan.files), *(f"  tag  {name}" for name, _ in plan.tags)]
