"""Judges a promoted version again and compares outcomes and numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import with_schemas
from gates.data.previous_version import PromotedBefore
from gates.promotion.git.history import PromotionTag, tag_history
from gates.promotion.git.last_promoted import by_tag
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.dataset.snapshots import files_at

if TYPE_CHECKING:
    from gates.verdict import CheckResult, Verdict
    from gates.versions.repository import Repository

# Parallel sums differ in the last digits from run to run and from machine to machine, never by more than this.
TOLERANCE = 1e-6
# Its answer depends on which version came before, and the verdict may have been reached before or after the commit.
_NOT_OF_THESE_BYTES = ("expect_files_to_be_kept",)
# So does that of this one, as long as nothing was promoted before.
_SINCE_A_COMMIT = ("expect_human_rows_to_be_kept",)
_NUMBERS = ("observed", "low", "high", "baseline", "baseline_p95", "n_human", "n_synthetic")


def verify_rerun(repository: Repository, tag: PromotionTag) -> Finding:
    """Whether judging the same bytes under the same contract gives what was promoted."""

    def step() -> str | None:
        promoted = promoted_version(repository, tag)
        return difference(promoted.verdict, _again(promoted))

    return looked_at(str(tag.name), "rerun", step)


def difference(recorded: Verdict, again: Verdict) -> str | None:
    """The first difference between two verdicts: outcomes before numbers; None where there is none."""
    now = {check.id: check for check in again.checks}
    left_out = (*_NOT_OF_THESE_BYTES, *(() if recorded.data.get("promoted_sha256") else _SINCE_A_COMMIT))
    checks = [check for check in recorded.checks if check.id.type not in left_out]
    for check in checks:
        if check.id not in now:
            return f"{check.id} was not measured again"
        if now[check.id].outcome is not check.outcome:
            return f"{check.id} was {check.outcome.shown}, is {now[check.id].outcome.shown}"
    if again.answer is not recorded.answer:
        return f"the verdict was {recorded.answer.value}, is {again.answer.value}"
    wrong = (_number(check, now[check.id]) for check in checks)
    return next(filter(None, wrong), None) or _other_inputs(recorded, again)


def _other_inputs(recorded: Verdict, again: Verdict) -> str | None:
    """What the verdict says of its inputs and only judging shows: stages count rows, and statements name the sources."""
    if dict(again.rows) != dict(recorded.rows):
        return f"the verdict counted the rows {dict(recorded.rows)}, there are {dict(again.rows)}"
    if any(again.contract.get(name) != recorded.contract.get(name) for name in ("schema_sources", "schema_modules")):
        return "the verdict names other files than those that its schema is made from"
    return None


def _number(then: CheckResult, now: CheckResult) -> str | None:
    for name in _NUMBERS:
        before, after = getattr(then, name), getattr(now, name)
        if (before is None) != (after is None) or (
            before is not None and not math.isclose(before, after, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        ):
            return f"{then.id}: {name} was {before}, is {after}"
    return None


def _again(promoted: PromotedVersion) -> Verdict:
    with promoted.contract() as contract:
        at_home = replace(contract.dataset, root=promoted.home)
        with files_at(promoted.repository, at_home, promoted.tree.version) as files:
            return judge(with_schemas(contract), Options(files=files, promoted=_base(promoted))).verdict


def _base(promoted: PromotedVersion) -> PromotedBefore | None:
    """The version that the statement says it follows, whatever was promoted or taken back since."""
    base, name = promoted.statement.base, promoted.tag.name
    if base is None:
        return None
    history = tag_history(promoted.repository, name.dataset, name.folder)
    tag = history.made.get(base.version)
    if tag is None:
        return PromotedBefore(str(base.version), unknown=f"the tag of {base.version} is gone; `git fetch --tags`")
    before = [one for version, one in history.standing(promoted.tag.made_at).items() if version <= base.version]
    return by_tag(promoted.repository, tag, before[0] if before else None)
