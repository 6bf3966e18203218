"""The nouns of a history: the verdicts that a dataset's versions recorded, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.contract.check_lookup import resolve_checks, suggestion
from gates.errors import UsageError
from gates.verdict import CheckResult, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdicts.recorded import RecordedVerdict

_SHORT_SHA = 7
WORK_TREE = "work tree"


class Missing(StrEnum):
    """Why a version has no numbers."""

    OTHER_BYTES = "not on these bytes"
    DAMAGED = "damaged"
    NOT_RECORDED = "not recorded"
    UNTOLD = "cannot be told"


@dataclass(frozen=True)
class Promotion:
    """What the tags of a commit say of the dataset. version: such as v1.2.0. stages: those it holds now."""

    version: str
    stages: tuple[str, ...] = ()
    is_revoked: bool = False


@dataclass(frozen=True)
class RecordedVersion:
    """One version and the verdict it recorded on its own bytes; or None, what it is instead, and why in a sentence.

    commit: full sha, or None for the work tree, which has no date (ISO 8601) either. promotion: None where the commit is
    that of no promoted version.
    """

    commit: str | None
    date: str
    tags: tuple[str, ...]
    verdict: RecordedVerdict | None
    missing: Missing | None = None
    why: str = ""
    promotion: Promotion | None = None

    @property
    def name(self) -> str:
        """The short sha, or `work tree`."""
        return self.commit[:_SHORT_SHA] if self.commit else WORK_TREE

    def check(self, check_id: str) -> CheckResult | None:
        """The result under this id, or None where it was not planned or there is no verdict."""
        checks = self.verdict.checks if self.verdict else ()
        return next((check for check in checks if str(check.id) == check_id), None)


@dataclass(frozen=True)
class VerdictHistory:
    """What was recorded of one dataset, oldest first.

    is_cut: older versions were left out, as more were not asked for. is_shallow: the clone does not have them.
    check_ids: those of the newest verdict first. is_chosen: whether somebody asked for just these.
    """

    dataset: str
    versions: tuple[RecordedVersion, ...]
    is_cut: bool = False
    is_shallow: bool = False
    check_ids: tuple[str, ...] = ()
    is_chosen: bool = False

    def before(self, at: int) -> RecordedVersion | None:
        """The nearest version before the one at a position that has a verdict."""
        return next((one for one in reversed(self.versions[:at]) if one.verdict), None)

    def is_outcome_changed(self, check_id: str, at: int) -> bool:
        """Whether a check has another outcome than in the version before, or came or went."""
        before, now = self.before(at), self.versions[at]
        if before is None or now.verdict is None:
            return False
        old, new = before.check(check_id), now.check(check_id)
        return (old.outcome if old else None) is not (new.outcome if new else None)

    def is_steady(self, check_id: str) -> bool:
        """Whether a check passed with one and the same number in all verdicts, of which there are at least two."""
        checks = [version.check(check_id) for version in self.versions if version.verdict]
        seen = {(check.outcome, check.observed, check.min_value, check.max_value) for check in checks if check}
        return len(checks) > 1 and None not in checks and len(seen) == 1 and seen.pop()[0] is Outcome.PASS

    def is_answer_changed(self, at: int) -> bool:
        """Whether the answer is another one than in the version before."""
        before, now = self.before(at), self.versions[at]
        return bool(before and before.verdict and now.verdict and before.verdict.answer is not now.verdict.answer)


def ids_of(versions: Sequence[RecordedVersion]) -> tuple[str, ...]:
    """Ids of all checks, those of the newest version first."""
    verdicts = [version.verdict for version in reversed(versions) if version.verdict]
    return tuple(dict.fromkeys(str(check.id) for verdict in verdicts for check in verdict.checks))


def narrowed(histories: Sequence[VerdictHistory], name: str) -> list[VerdictHistory]:
    """Each history with the checks that a name means, as `resolve_checks` takes it.

    Raises UsageError naming the nearest where no version of any dataset has such a check.
    """
    ids = sorted({check_id for history in histories for check_id in history.check_ids})
    chosen = set(resolve_checks(name, ids))
    if not chosen:
        types = {check_id.split("/")[1] for check_id in ids}
        hint = suggestion(name, types, ids, otherwise="none of its kind ran in any of these versions")
        raise UsageError(f"no check '{name}' ({hint})")
    return [
        replace(history, check_ids=tuple(one for one in history.check_ids if one in chosen), is_chosen=True)
        for history in histories
    ]
