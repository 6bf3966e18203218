"""Which columns of a dataset no comparison looks at, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.facts import ORIGIN, ROW_ID, TURNS
from gates.metrics.comparison.encoding import why_not_compared

if TYPE_CHECKING:
    from gates.data.scan.result import Scan


def not_compared(scan: Scan) -> dict[str, str]:
    """By column, why no human values are set against synthetic ones; columns that play a part are left out."""
    roles = scan.roles
    named = (roles.label, roles.group, roles.key, roles.generator, roles.turns, roles.prompt)
    parts = {
        ROW_ID,
        ORIGIN,
        TURNS,
        *named,
        *roles.slices,
        *roles.lineage.values(),
        *roles.bound,
        *scan.declared.population,
    }
    compared = {*roles.content} - {*roles.identifying}
    reasons = {}
    for name in scan.inputs.schema:
        if name in compared and len(scan.human):
            reasons[name] = why_not_compared(scan.human.frame[name])
        elif name not in {*parts, *roles.content}:
            reasons[name] = "has no role"
    return {name: reason for name, reason in reasons.items() if reason}
