"""What to do, in order: each with what it rests on, and "cannot tell" where intervals leave the order open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.advice.advice import Action, Advice, GroupAdvice, Recommendation, SourceAdvice
from gates.advice.gains import PER_ROWS, Gain
from gates.advice.worth.exchange import RateAnswer
from gates.errors import first_few

if TYPE_CHECKING:
    from collections.abc import Iterator


# From here on a classifier tells origins apart in what a model may learn instead of the label.
TOLD_APART = 0.6
# A twentieth of the human rows of a group that nothing synthetic comes near, beyond chance, is what only people give.
UNIQUE_MASS = 0.05
# Of each kind the first few; the rest stands in the table.
AT_MOST = 4
# That none of so few human rows has a synthetic one like it may be chance.
FEWEST_ROWS = 50


def recommendations(advice: Advice) -> tuple[Recommendation, ...]:
    """In the order in which they help: what fails the gate, rows to collect, synthetic rows that would do, what people are needed for, what to fix."""
    listed = [
        *_failed(advice),
        *_collect(advice),
        *_synthesise(advice),
        *_weigh(advice),
        *_keep_people(advice),
        *_fix(advice),
    ]
    return tuple(listed)


def _failed(advice: Advice) -> Iterator[Recommendation]:
    if advice.failed:
        text = f"fix first what the last verdict found ({advice.failed}), as rows that fail are worth nothing yet: `gates check {advice.dataset}`"
        yield Recommendation(Action.FIX, "", text)


def _collect(advice: Advice) -> Iterator[Recommendation]:
    gains = [(one, one.human_gain) for one in advice.groups if one.human_gain is not None]
    shown = sorted(((one, gain) for one, gain in gains if gain.low > 0), key=lambda pair: -pair[1].value)
    if gains and not shown:
        yield Recommendation(
            Action.CANNOT_TELL,
            "",
            f"where to collect human rows: no group of {len(gains)} has a gain whose interval excludes 0",
        )
    for names, _, gain in _alike(shown)[:AT_MOST]:
        first = shown[0][1]
        tie = "" if gain is first or gain.high < first.low else "; cannot tell it from the first"
        text = f"collect about {gain.rows:,} human rows in {names}: {gain_text(gain)} for each {PER_ROWS}"
        text += f"{_per_cost(advice, gain)}{tie}"
        yield Recommendation(Action.COLLECT, names, text, gain.rows, gain.value, gain.low, gain.high)


def _per_cost(advice: Advice, gain: Gain) -> str:
    return f", {gain.value / (PER_ROWS * advice.costs.human):.2g} per unit of cost" if advice.costs else ""


def _synthesise(advice: Advice) -> Iterator[Recommendation]:
    shown = [
        (one, one.synthetic_gain)
        for one in advice.groups
        if one.synthetic_gain is not None and one.synthetic_gain.low > 0
    ]
    would_do = [(one, gain) for one, gain in shown if _would_do(advice, one, gain)]
    for names, one, gain in _alike(sorted(would_do, key=lambda pair: -pair[1].value))[:AT_MOST]:
        text = f"synthetic rows would do in {names}: {PER_ROWS} more of '{one.source}' gain {gain_text(gain)}"
        if one.human_gain is not None:
            text += f", as many human rows {gain_text(one.human_gain)}"
        yield Recommendation(Action.SYNTHESISE, one.group.name, text, 0, gain.value, gain.low, gain.high)


def _alike(pairs: list[tuple[GroupAdvice, Gain]]) -> list[tuple[str, GroupAdvice, Gain]]:
    """Groups of a column that nothing tells apart as one, by their names, with the first of them."""
    names: dict[tuple[str, float], list[str]] = {}
    for one, gain in pairs:
        names.setdefault((one.group.column, gain.value), []).append(one.group.name)
    first = {(one.group.column, gain.value): (one, gain) for one, gain in reversed(pairs)}
    return [(first_few(own, 1), *first[key]) for key, own in names.items()]


def _would_do(advice: Advice, one: GroupAdvice, gain: Gain) -> bool:
    """Whether synthetic rows gain as much as human ones: for their cost, or row for row where no cost is given."""
    if one.human_gain is None:
        return True
    price = advice.costs.synthetic / advice.costs.human if advice.costs else 1.0
    return gain.value >= price * one.human_gain.low


def _weigh(advice: Advice) -> Iterator[Recommendation]:
    for one in advice.sources:
        if one.weight is None:
            continue
        if one.weight.weight:
            yield Recommendation(
                Action.WEIGH,
                one.name,
                f"count a row of '{one.name}' {one.weight.weight:.2g} human rows: `gates weights {advice.dataset}`",
            )
        elif one.weight.alone is not None:
            yield Recommendation(Action.WEIGH, one.name, f"leave '{one.name}' out of training: {one.weight.reason}")


def _keep_people(advice: Advice) -> Iterator[Recommendation]:
    alone = [one.group for one in advice.groups if not one.group.synthetic and one.group.human >= FEWEST_ROWS]
    unique = [
        (one.group, one.group.likeness.unique_mass)
        for one in advice.groups
        if one.group.likeness.unique_mass is not None and one.group.likeness.unique_mass >= UNIQUE_MASS
    ]
    for group in alone[:AT_MOST]:
        yield Recommendation(
            Action.KEEP_PEOPLE,
            group.name,
            f"keep people for {group.name}: {group.human:,} human rows and no synthetic one",
        )
    for group, mass in sorted(unique, key=lambda pair: -pair[1])[:AT_MOST]:
        yield Recommendation(
            Action.KEEP_PEOPLE,
            group.name,
            f"keep people for {group.name}: {mass:.0%} of its human rows lie where no synthetic ones do",
        )


def _fix(advice: Advice) -> Iterator[Recommendation]:
    apart = [one for one in advice.sources if _is_told_apart(one)]
    for one in sorted(apart, key=lambda source: -_area(source))[:AT_MOST]:
        features = ", ".join(one.likeness.telling)
        text = f"generator '{one.name}': fix {features} first; they give it away (AUC {_area(one):.2f})"
        yield Recommendation(Action.FIX, one.name, text)
    for one in advice.sources:
        if one.rate is not None and one.rate.answer is RateAnswer.NONE and not _is_told_apart(one):
            yield Recommendation(
                Action.FIX,
                one.name,
                f"generator '{one.name}': {one.rate.reason}, though columns look alike: look at its labels",
            )


def _is_told_apart(source: SourceAdvice) -> bool:
    area = source.likeness.separability
    return area is not None and area.low > TOLD_APART and bool(source.likeness.telling)


def _area(source: SourceAdvice) -> float:
    area = source.likeness.separability
    return area.value if area is not None else 0.0


def gain_text(gain: Gain) -> str:
    """`.0031 (.0010 to .0052)`."""
    return f"{gain.value:.4f} ({gain.low:.4f} to {gain.high:.4f})"
