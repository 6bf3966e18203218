"""What was guessed of a new dataset, and why, as lines of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.config.dataset import WITHOUT_VALUE, shown_specs
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.init.proposal import Proposal

_HEAD = ("guess", "is", "because")
# A longer cell would move the last column out of sight.
_WIDEST = 60
_NAMED = 5
_LOOSE = "checks of this type look at no such column: give them rules in a schema (docs/how-to/own-schema.md)"


def guess_table(proposal: Proposal) -> Iterator[str]:
    """A line for each guess, under a head."""
    rows = [_HEAD, *_guesses(proposal)]
    first, second = (min(_WIDEST, max(len(row[at]) for row in rows)) for at in (0, 1))
    for guess, value, why in rows:
        yield f"  {guess:<{first}}  {value:<{second}}  {why}".rstrip()


def _guesses(proposal: Proposal) -> Iterator[tuple[str, str, str]]:
    data, origin = proposal.data, proposal.origin
    yield "type", proposal.type, proposal.guess
    for name, path in data.partitions.items():
        yield name, shown_specs(path), data.why.get(name, "")
    if origin:
        words = f"{_listed(origin.human)} = human, {_listed(origin.synthetic)} = synthetic"
        yield "origin", f"column '{origin.name}': {words}", origin.why
    yield "rows", " and ".join(f"{proposal.rows[of]:,} {of}" for of in (Scope.HUMAN, Scope.SYNTHETIC)), ""
    if data.holdout:
        yield "holdout", shown_specs(data.holdout), data.why.get("holdout", "")
    for role, column in proposal.columns.items():
        yield role, f"column '{column}'", proposal.why.get(role, "its name")
    for role in proposal.by_name:
        promise = f'; `columns = {{ {role} = "{role}" }}` promises that it names one row'
        promised = promise if role == data_type(proposal.type).key else ""
        yield role, f"column '{role}'", f"its name is that of the role{promised}"
    for part, named in (("label", proposal.label), ("group", proposal.group)):
        if named:
            yield part, f"column '{named}'", proposal.why[part]
    if proposal.loose:
        rest = len(proposal.loose) - _NAMED
        shown = ", ".join(f"'{name}'" for name in proposal.loose[:_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
        yield "no part", shown, _LOOSE


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join("no value" if word == WITHOUT_VALUE else word for word in words)
