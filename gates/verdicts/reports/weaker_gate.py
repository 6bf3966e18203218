"""What a change takes away from the gate, as every report lists it before the datasets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdicts.reports.located_verdict import Place

TITLE = "This change weakens the gate"
# No dataset can be called so: names have no white space.
ID = "weakened gate"


@dataclass(frozen=True)
class WeakerGate:
    """One difference that lets rows pass which failed before.

    what: as `what` of `[[weakened]]` names it. reason: why, where the change says so; fix: what to do where it does not.
    """

    what: str
    sentence: str
    place: Place
    reason: str | None
    fix: str

    @property
    def advice(self) -> str:
        """The reason, or what to do."""
        return f"fix: {self.fix}" if self.reason is None else f"reason: {self.reason}"


def outcome(weaker: Sequence[WeakerGate]) -> str:
    """`fail`, or `warn` where each difference has a reason."""
    return "fail" if unexplained(weaker) else "warn"


def unexplained(weaker: Sequence[WeakerGate]) -> int:
    """How many differences have no reason."""
    return sum(one.reason is None for one in weaker)
