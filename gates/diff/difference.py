"""The nouns of a difference, and what follows from its two sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.checking.changes.losses import MOST_LOST, loss_of, undeclared_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gates.verdict import CheckResult
    from gates.verdicts.recorded import RecordedVerdict
    from gates.versions.dataset.comparison import Comparison
    from gates.versions.version import Version


@dataclass(frozen=True)
class ComparedVersion:
    """A dataset at one version. rows: by origin, or None where they could not be counted, and then why.

    verdict: the recorded one on exactly these bytes, or None, and then why.
    undeclared_files: files whose path gives their rows an origin that is not declared.
    """

    version: Version
    rows: Mapping[str, int] | None
    verdict: RecordedVerdict | None
    why_no_rows: str = ""
    why_no_verdict: str = ""
    undeclared_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckChange:
    """A check whose outcome or number differs; None on the side where it did not run."""

    id: str
    before: CheckResult | None
    after: CheckResult | None

    @property
    def is_outcome(self) -> bool:
        """Whether more than the number changed."""
        return self.before is None or self.after is None or self.before.outcome is not self.after.outcome


def changes_of(base: Sequence[CheckResult], new: Sequence[CheckResult]) -> tuple[CheckChange, ...]:
    """Checks that differ between two verdicts, in the order of the newer one, those that are gone last."""
    before, after = ({str(check.id): check for check in checks} for checks in (base, new))
    pairs = (CheckChange(name, before.get(name), after.get(name)) for name in dict.fromkeys([*after, *before]))
    return tuple(pair for pair in pairs if pair.is_outcome or _observed(pair.before) != _observed(pair.after))


@dataclass(frozen=True)
class DatasetDifference:
    """What became of one dataset. holdout, evaluation: None where it has none. most_lost: as for `loss_of`."""

    dataset: str
    files: Comparison
    holdout: Comparison | None
    evaluation: Comparison | None
    base: ComparedVersion
    new: ComparedVersion
    most_lost: float = field(default=MOST_LOST)
    declared_at: str = "gates.toml"

    @property
    def losses(self) -> tuple[str, ...]:
        """A sentence for each loss that nothing announced."""
        return tuple(self._losses())

    @property
    def changes(self) -> tuple[CheckChange, ...]:
        """Checks that differ, in the order of the newer verdict, those that are gone last; none without both verdicts."""
        if self.base.verdict is None or self.new.verdict is None:
            return ()
        return changes_of(self.base.verdict.checks, self.new.verdict.checks)

    @property
    def exit_code(self) -> int:
        """0 where nothing is lost, 1 where something is, 3 where rows could not be compared."""
        if self.losses:
            return 1
        return 3 if self.base.rows is None or self.new.rows is None else 0

    def _losses(self) -> Iterator[str]:
        named = (("", self.files), ("of the holdout, ", self.holdout), ("of the evaluation sets, ", self.evaluation))
        for of, comparison in named:
            lost = comparison and loss_of(comparison, self.most_lost)
            if lost:
                yield of + lost
        if self.base.rows is not None and self.new.rows is not None:
            strangers = undeclared_of(self.base.rows, self.new.rows, self.new.undeclared_files, self.declared_at)
            if strangers:
                yield strangers


def _observed(check: CheckResult | None) -> float | None:
    return None if check is None else check.observed
