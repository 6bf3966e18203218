"""Compares a version of a dataset with the conditions of a stage."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.parsing.stages import ALL
from gates.errors import did_you_mean
from gates.verdict import UNDECLARED, Outcome, Scope
from gates.verdicts.reports.text import counted
from gates.versions.git.commands import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from gates.config.parsing.stages import Stage
    from gates.promotion.git.history import PromotionTag
    from gates.promotion.statements.tags import ReleaseVersion
    from gates.verdict import Verdict
    from gates.versions.git.commands import Git

# A person as git writes one: a name, and a mail address in angle brackets.
_PERSON = re.compile(r"(?P<name>[^<>]*[^<>\s])\s*<(?P<mail>[^<>@\s]+@[^<>@\s]+)>")
_REVIEW = "reviewed-by"
# Who wrote a part of it is no second pair of eyes.
_COAUTHOR = "co-authored-by"
# A check that broke off has not answered either; only a waiver lets such a verdict pass.
_UNANSWERED = frozenset({Outcome.NOT_CONFIGURED, Outcome.INCONCLUSIVE, Outcome.ERROR})
EVALUATION = "evaluation"
# What `git log` gives of a commit: the author as the commit has it, for which no mailmap is asked, and the trailers.
_AUTHOR_AND_TRAILERS = "--format=%ae%n%(trailers:only,unfold)"


@dataclass(frozen=True)
class Candidate:
    """The version that is to be promoted, as conditions see it.

    author, trailers: of the commit that was judged, as `authorship` gives them. stages: the tag by stage that this
    version is on. written_at: when the verdict was written, None where it was not recorded; now: both to the second, with
    their time zones. is_new: version is the next number, of a version that does not exist yet.
    """

    verdict: Verdict
    version: ReleaseVersion
    author: str
    trailers: Sequence[tuple[str, str]]
    now: datetime
    written_at: datetime | None = None
    stages: Mapping[str, PromotionTag] = field(default_factory=dict)
    is_new: bool = False

    @property
    def dataset(self) -> str:
        return self.verdict.dataset

    @property
    def purpose(self) -> str | None:
        """Of the dataset."""
        return str(self.verdict.contract["purpose"] or "") or None


def authorship(git: Git, commit: str) -> tuple[str, list[tuple[str, str]]]:
    """The mail address of a commit's author, and (name, value) of its trailers."""
    log = ("log", "--no-show-signature", "--encoding=UTF-8", "-1", _AUTHOR_AND_TRAILERS, commit)
    author, *lines = lines_of(git.run(*log), "replace")
    trailers = ((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return author, [(name, value) for name, value in trailers if name]


def unmet(stage: Stage, candidate: Candidate) -> list[str]:
    """A sentence for each condition that is not fulfilled: what is missing, and what to do."""
    conditions = (_order, _purpose, _mix, _review, _age, _leniency, _answers)
    return [sentence for condition in conditions for sentence in condition(stage, candidate)]


def met(stage: Stage, candidate: Candidate) -> str:
    """The conditions of the stage and what fulfils them, on one line; "none" where it has none. `unmet` is empty."""
    age, names = _age_in_days(candidate), [f"{name} <{mail}>" for mail, name in reviewers(candidate).items()]
    clauses = (
        stage.after is not None and f"after {candidate.stages[stage.after].name}",
        stage.purpose is not None and f"purpose {stage.purpose}",
        stage.reviewers and f"reviewers {', '.join(names)}",
        stage.maximum_age is not None
        and age is not None
        and f"verdict {counted(age, 'day')} old of at most {stage.maximum_age}",
        stage.waivers == "forbidden" and "no waivers",
        stage.loosened == "forbidden" and "no loosened limits",
        stage.answered and f"answered {', '.join(stage.answered)}",
    )
    return "; ".join(clause for clause in clauses if clause) or "none"


def reviewers(candidate: Candidate) -> dict[str, str]:
    """Name by mail address of the people who reviewed the commit and did not write it, in the order of the trailers.

    Addresses are in lower case; somebody who is named twice counts once.
    """
    authors = {candidate.author.strip().casefold()}
    authors |= {mail for mail, _ in _people(candidate, _COAUTHOR)}
    names: dict[str, str] = {}
    for mail, name in _people(candidate, _REVIEW):
        if mail not in authors:
            names.setdefault(mail, name)
    return names


def _order(stage: Stage, candidate: Candidate) -> Iterator[str]:
    if stage.after is not None and stage.after not in candidate.stages:
        promote = f"gates promote {candidate.dataset} --stage {stage.after}"
        if candidate.is_new:
            clause = f"and this version of {candidate.dataset} is not promoted yet; run `{promote}` first."
        else:
            clause = f"and {candidate.dataset} {candidate.version} is not on it; run `{promote} --version {candidate.version}` first."
        yield f"Stage '{stage.name}' comes after '{stage.after}', {clause}"


def _purpose(stage: Stage, candidate: Candidate) -> Iterator[str]:
    if stage.purpose is None or stage.purpose == candidate.purpose:
        return
    dataset = candidate.dataset
    if candidate.purpose is None:
        yield (
            f"Stage '{stage.name}' takes datasets for {stage.purpose}, and {dataset} declares no purpose; "
            f'add purpose = "{stage.purpose}" to [datasets.{dataset}], commit, and judge it again.'
        )
    else:
        yield (
            f"Stage '{stage.name}' takes datasets for {stage.purpose}, and {dataset} is for {candidate.purpose}; "
            "promote it to a stage of its own purpose."
        )


def _mix(stage: Stage, candidate: Candidate) -> Iterator[str]:
    """Counted here besides the check of the human ratio, which a suite may loosen, leave out, or a waiver pass over."""
    other = {origin: candidate.verdict.rows[origin] for origin in (Scope.SYNTHETIC.value, UNDECLARED)}
    if candidate.purpose == EVALUATION and any(other.values()):
        counts = " and ".join(f"{count:,} {origin}" for origin, count in other.items() if count)
        yield (
            f"Stage '{stage.name}' takes {candidate.dataset}, which is for evaluation, with human rows only, and it has "
            f"{counts} rows; take them out, or state the purpose that they serve."
        )


def _review(stage: Stage, candidate: Candidate) -> Iterator[str]:
    reviewed = reviewers(candidate)
    if len(reviewed) >= stage.reviewers:
        return
    named = ", ".join(f"{name} <{mail}>" for mail, name in reviewed.items()) or "nobody"
    malformed = [value for name, value in candidate.trailers if _is(name, _REVIEW) and _person(value) is None]
    hint = f" Not of the form `Name <mail>`: {', '.join(map(ascii, malformed))}." if malformed else ""
    yield (
        f"Stage '{stage.name}' requires {counted(stage.reviewers, 'reviewer')} beside the authors, and the commit that was judged names "
        f"{named}; commit with `Reviewed-by: Name <mail>` for each reviewer at the end of the message, check again and promote that"
        f"{' as a new version' if candidate.stages else ''}.{hint}"
    )


def _age(stage: Stage, candidate: Candidate) -> Iterator[str]:
    if stage.maximum_age is None:
        return
    age = _age_in_days(candidate)
    judge = f"run `gates check {candidate.dataset}` again"
    limit = f"Stage '{stage.name}' takes verdicts of at most {counted(stage.maximum_age, 'day')}"
    if age is None:
        yield f"{limit}, and it is not recorded when this one was written; {judge}."
    elif age < 0:
        yield f"{limit}, and this one is dated in the future, {candidate.written_at}; set the clock right, {judge}."
    elif age > stage.maximum_age:
        yield f"{limit}, and this one is {counted(age, 'day')} old; {judge}."


def _leniency(stage: Stage, candidate: Candidate) -> Iterator[str]:
    if stage.waivers == "forbidden" and candidate.verdict.waived:
        names = ", ".join(f"{waiver['check']} ({waiver['owner']})" for waiver in candidate.verdict.waived)
        yield (
            f"Stage '{stage.name}' forbids waivers, and the verdict has {counted(len(candidate.verdict.waived), 'waiver')}: {names}; "
            "fix what they pass over, remove them and check again."
        )
    if stage.loosened == "forbidden" and candidate.verdict.loosened:
        limits = "; ".join(candidate.verdict.loosened)
        yield (
            f"Stage '{stage.name}' forbids loosened limits, and the verdict has {len(candidate.verdict.loosened)}: {limits}; "
            "remove them from the dataset's own suite and check again."
        )


def _answers(stage: Stage, candidate: Candidate) -> Iterator[str]:
    names = {name for check in candidate.verdict.checks for name in (str(check.id), check.id.type)}
    for word in stage.answered:
        if word not in names and not (word == ALL and candidate.verdict.checks):
            near = did_you_mean(word, names)
            clause = near if near.startswith("did") else f"`gates check {candidate.dataset} -v` lists them"
            yield f"Stage '{stage.name}' requires an answer to {word}, and the verdict has no such check ({clause})."
    # Several words may require one check; it is named once.
    for check in candidate.verdict.checks:
        if check.outcome in _UNANSWERED and {ALL, str(check.id), check.id.type} & set(stage.answered):
            ended = check.outcome.shown
            yield (
                f"Stage '{stage.name}' requires an answer to {check.id}, which is {ended} ({check.message}); "
                f"give it what it needs and check again, or take it out of `answered` of [stages.{stage.name}]."
            )


def _people(candidate: Candidate, trailer: str) -> Iterator[tuple[str, str]]:
    """Mail address in lower case and name of everybody whom well-formed trailers of this name give."""
    for name, value in candidate.trailers:
        person = _person(value) if _is(name, trailer) else None
        if person is not None:
            yield person


def _person(value: str) -> tuple[str, str] | None:
    """None where it is nobody; nothing that a terminal would obey passes."""
    # A long trailer may be folded over lines.
    match = _PERSON.fullmatch(" ".join(value.split()))
    if match is None or not match.string.isprintable():
        return None
    return match["mail"].casefold(), match["name"]


def _is(name: str, trailer: str) -> bool:
    return name.strip().casefold() == trailer


def _age_in_days(candidate: Candidate) -> int | None:
    """Whole days since the verdict was written; negative when it is dated in the future."""
    return None if candidate.written_at is None else (candidate.now - candidate.written_at).days
