"""What the keys of a dataset's table give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.checking.weakening.difference import CANNOT_TELL, RuleDifference
from gates.visible_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from gates.config.dataset import DatasetConfig, Waiver

# What any other value means is not known without the data: the same word may stand for another column.
_OPAQUE = ("type", "origin", "group", "label")
# The looser one of two words.
_LOOSE = {"synthetic_role": "extend", "inconclusive": "warn"}


def key_differences(old: DatasetConfig, new: DatasetConfig, today: date) -> Iterator[RuleDifference]:
    """Differences of two tables of one dataset, files apart."""
    for key in _OPAQUE:
        before, now = getattr(old, key), getattr(new, key)
        if before != now:
            yield RuleDifference(key, f"{key} {_shown(before)} -> {_shown(now)}: {CANNOT_TELL}", key)
    for key, loose in _LOOSE.items():
        if getattr(new, key) == loose != getattr(old, key):
            yield RuleDifference(key, f"{key} {_shown(getattr(old, key))} -> {_shown(loose)}", key)
    # Without a purpose nothing is said of the share of human rows; an evaluation set needs no synthetic ones.
    if old.purpose != new.purpose and (old.purpose is not None or new.purpose == "evaluation"):
        yield RuleDifference(
            "purpose", f"purpose {_shown(old.purpose)} -> {_shown(new.purpose)}: {CANNOT_TELL}", "purpose"
        )
    if old.extends and not new.extends:
        yield RuleDifference("extends", f"the built-in suites of '{old.type}' are switched off", "extends")
    if gone := [name for name in old.slices if name not in new.slices]:
        yield RuleDifference("slices", f"subgroups are not looked at any more: {', '.join(gone)}", "slices")
    if roles := sorted(role for role in {*old.columns, *new.columns} if old.columns.get(role) != new.columns.get(role)):
        changes = (f"{role} {_shown(old.columns.get(role))} -> {_shown(new.columns.get(role))}" for role in roles)
        yield RuleDifference("columns", f"columns: {', '.join(changes)}: {CANNOT_TELL}", "columns")
    yield from _origins(old, new)
    yield from _domains(old.critical_domains, new.critical_domains)
    yield from _waivers(old.waivers, new.waivers, today)


def _origins(old: DatasetConfig, new: DatasetConfig) -> Iterator[RuleDifference]:
    for origin in ("human", "synthetic"):
        before, now = getattr(old.origins, origin), getattr(new.origins, origin)
        # A word that no list has is undeclared, which fails: taking one away is stricter.
        if added := [word for word in now if word not in before]:
            text = f"rows of the origin {', '.join(map(_shown, added))} count as {origin} now"
            yield RuleDifference(f"origins/{origin}", text, "origins")


def _domains(
    old: Mapping[str, Mapping[str, float]], new: Mapping[str, Mapping[str, float]]
) -> Iterator[RuleDifference]:
    lower = [
        f"{domain}: {who} {share:g} -> {new.get(domain, {}).get(who, 0):g}"
        for domain, shares in old.items()
        for who, share in shares.items()
        if new.get(domain, {}).get(who, 0) < share
    ]
    if lower:
        yield RuleDifference(
            "critical_domains", f"critical_domains asks for less: {'; '.join(lower)}", "critical_domains"
        )


def _waivers(old: tuple[Waiver, ...], new: tuple[Waiver, ...], today: date) -> Iterator[RuleDifference]:
    before = {waiver.check: waiver for waiver in old}
    for waiver in new:
        present = before.get(waiver.check)
        if waiver.expires < today or (present and waiver.expires <= present.expires):
            continue
        what = "is waived longer" if present else "is waived"
        is_new = present is None or folded_words(present.reason) != folded_words(waiver.reason)
        yield RuleDifference(
            f"waivers/{waiver.check}",
            f"{waiver.check} {what}, until {waiver.expires}",
            place=str(waiver.line),
            reason=waiver.reason if is_new else None,
        )


def _shown(value: object) -> str:
    return "none" if value is None else f"'{value}'"
