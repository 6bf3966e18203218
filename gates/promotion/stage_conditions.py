"""Compares a version of a dataset with the conditions of a stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.advice.weighing import weights
from gates.advice.weighing.weight_health import weights_clause, wrong_weights
from gates.config import reviews
from gates.config.parsing.stages import ALL, Stage
from gates.errors import did_you_mean
from gates.promotion.records import beside, review_clause, wrong_review
from gates.verdict import UNDECLARED, Outcome, Scope, Verdict
from gates.verdicts.reports.text import counted
from gates.versions.git.authors import Review, review_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from gates.promotion.git.history import PromotionTag
    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.promotion.statements.tags import ReleaseVersion

# A check that broke off has not answered either; only a waiver lets such a verdict pass.
_UNANSWERED = frozenset({Outcome.NOT_CONFIGURED, Outcome.INCONCLUSIVE, Outcome.ERROR})
EVALUATION = "evaluation"


@dataclass(frozen=True)
class Candidate:
    """The version that is to be promoted, as conditions see it.

    review: of the commit that was judged. stages: the tag by stage that this version is on. written_at: when the verdict was written, None where it was not recorded; now: both to the second, with
    their time zones. weights, record: the files of weights and of what people said of the rows. rows: reads the rows that were
    judged, and gives what names them together. is_new: version is the next number, of a version that does not exist yet.
    """

    verdict: Verdict
    version: ReleaseVersion
    review: Review
    now: datetime
    written_at: datetime | None = None
    stages: Mapping[str, PromotionTag] = field(default_factory=dict)
    weights: bytes | None = None
    record: bytes | None = None
    rows: Callable[[], str] = field(default=str)
    is_new: bool = False

    @property
    def dataset(self) -> str:
        return self.verdict.dataset

    @property
    def purpose(self) -> str | None:
        return str(self.verdict.contract["purpose"] or "") or None


def promoted_candidate(promoted: PromotedVersion, now: datetime, stages: Mapping[str, PromotionTag]) -> Candidate:
    """A version that exists already, as it is promoted further and as that is verified later. now, stages: as of `Candidate`."""
    statement, path = promoted.statement, promoted.paths.statement
    return Candidate(
        promoted.verdict, statement.version, review_of(promoted.git, statement.commit), now, statement.verdict.written_at,
        stages=stages, weights=beside(promoted.tree, path, weights.FILE_NAME),
        record=beside(promoted.tree, path, reviews.FILE_NAME), rows=lambda: promoted.rows_sha256,
    )  # fmt: skip


def unmet(stage: Stage, candidate: Candidate) -> list[str]:
    """A sentence for each condition that is not fulfilled: what is missing, and what to do."""
    conditions = (_order, _purpose, _mix, _review, _age, _leniency, _answers, _weights, _record)
    return [sentence for condition in conditions for sentence in condition(stage, candidate)]


def met(stage: Stage, candidate: Candidate) -> str:
    """The conditions of the stage and what fulfils them, on one line; "none" where it has none. `unmet` is empty."""
    age = _age_in_days(candidate)
    clauses = (
        stage.after is not None and f"after {candidate.stages[stage.after].name}",
        stage.purpose is not None and f"purpose {stage.purpose}",
        stage.reviewers and f"reviewers {candidate.review.names}",
        stage.maximum_age is not None
        and age is not None
        and f"verdict {counted(age, 'day')} old of at most {stage.maximum_age}",
        stage.waivers == "forbidden" and "no waivers",
        stage.loosened == "forbidden" and "no loosened limits",
        stage.answered and f"answered {', '.join(stage.answered)}",
        stage.weights == "required" and weights_clause(candidate.weights),
        stage.review == "required" and review_clause(candidate.record, candidate.dataset),
        stage.review_ltpd is not None and f"review LTPD {stage.review_ltpd:g}",
    )
    return "; ".join(clause for clause in clauses if clause) or "none"


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
    review = candidate.review
    if len(review.reviewers) >= stage.reviewers:
        return
    hint = f" Not of the form `Name <mail>`: {', '.join(map(ascii, review.malformed))}." if review.malformed else ""
    yield (
        f"Stage '{stage.name}' requires {counted(stage.reviewers, 'reviewer')} beside the authors, and the commit that was judged names "
        f"{review.names or 'nobody'}; commit with `Reviewed-by: Name <mail>` for each reviewer at the end of the message, check again and promote that"
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


def _weights(stage: Stage, candidate: Candidate) -> Iterator[str]:
    wrong = wrong_weights(candidate.weights, candidate.verdict) if stage.weights == "required" else ""
    if wrong:
        again = f"run `gates weights {candidate.dataset}`, commit what it wrote, check again"
        yield f"Stage '{stage.name}' requires weights, and {wrong}; {again}."


def _record(stage: Stage, candidate: Candidate) -> Iterator[str]:
    if stage.review == "optional":
        return
    wrong = wrong_review(candidate.record, candidate.verdict, candidate.rows, stage.review_ltpd)
    if wrong:
        plan = "" if stage.review_ltpd is None else f" --ltpd {stage.review_ltpd:g}"
        again = (
            f"have the rows reviewed (`gates review plan {candidate.dataset}{plan}`, `gates review import`), commit "
            f"{reviews.FILE_NAME}, check again{' and promote that as a new version' if candidate.stages else ''}"
        )
        yield f"Stage '{stage.name}' requires an accepted review, and {wrong}; {again}."


def _age_in_days(candidate: Candidate) -> int | None:
    """Whole days since the verdict was written; negative when it is dated in the future."""
    return None if candidate.written_at is None else (candidate.now - candidate.written_at).days
