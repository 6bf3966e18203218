"""One dataset as a new gates.toml should describe it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.init.find import FoundData
    from gates.init.guesses.origin_guess import OriginColumn

# From about this many rows of each origin on, halves of human rows pass every check nine times in ten (docs/explanation/calibration.md).
ENOUGH_ROWS = 5_000


@dataclass(frozen=True)
class Proposal:
    """One dataset as init would describe it.

    columns: column by role where it has another name. guess: why it has this type. label, group: columns of these parts.
    by_name: optional roles that a column takes because it is called so. loose: columns without a part, of a type whose checks look at parts alone.
    why: reasons, by what was guessed. choices: lines of which a person has to choose, where nothing says who made a row.
    """

    data: FoundData
    type: str
    origin: OriginColumn | None
    rows: Mapping[str, int]
    columns: Mapping[str, str] = field(default_factory=dict)
    guess: str = ""
    label: str | None = None
    group: str | None = None
    by_name: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether some checks will be undecided for lack of rows."""
        return min(self.rows[Scope.HUMAN], self.rows[Scope.SYNTHETIC]) < ENOUGH_ROWS
