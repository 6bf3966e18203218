"""Which columns of a dataset no comparison looks at, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES, data_type
from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, TURNS
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
    compared = {*roles.content} - {*roles.identifying} - _unspoken(scan)
    human_rows = int(scan.index.of(HUMAN_CODE).sum())
    reasons = {}
    for name in scan.inputs.schema:
        if name in compared and human_rows:
            reasons[name] = why_not_compared(scan.human.frame[name])
        elif name not in {*parts, *roles.content}:
            reasons[name] = "has no role"
    return {name: reason for name, reason in reasons.items() if reason}


def _unspoken(scan: Scan) -> set[str]:
    """What would be read out of conversations, and none of them has, as a system's message: no file has such a column."""
    kind = data_type(scan.roles.type) if scan.roles.type in DATA_TYPES else None
    derived = {*kind.derived} & {*scan.roles.content} if kind and scan.roles.turns else set()
    if not derived:
        return derived
    sides = (scan.human.frame, scan.synthetic.frame)
    return {name for name in derived if all(side[name].null_count() == side.height for side in sides)}
