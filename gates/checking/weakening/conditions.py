"""What the stages and the plugins of a configuration give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.checking.weakening.difference import CANNOT_TELL, RuleDifference
from gates.config.parsing.stages import ALL, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.config.installed.plugins import Plugins
    from gates.config.load import Config

# What a stage may require to lie beside a promotion.
_RECORDS = ("weights", "review")


def config_differences(old: Config, new: Config) -> Iterator[RuleDifference]:
    """Differences beside the datasets."""
    for name, stage in old.stages.items():
        if name not in new.stages:
            yield RuleDifference(f"stages.{name}", f"the stage '{name}' is gone, with all its conditions")
        elif changes := _loosened(stage, new.stages[name]):
            text = f"the stage '{name}' asks for less: {'; '.join(changes)}"
            yield RuleDifference(f"stages.{name}", text, place=str(new.stages[name].line))
    yield from _plugins(old.plugins, new.plugins)


def _loosened(old: Stage, new: Stage) -> list[str]:
    changes = []
    for key in ("after", "purpose"):
        before, now = getattr(old, key), getattr(new, key)
        if before is not None and before != now:
            changes.append(f"{key} {before} -> {now or 'none'}")
    if new.reviewers < old.reviewers:
        changes.append(f"reviewers {old.reviewers} -> {new.reviewers}")
    for key in ("maximum_age", "review_ltpd"):
        most, now = getattr(old, key), getattr(new, key)
        if most is not None and (now is None or now > most):
            changes.append(f"{key} {most} -> {now or 'none'}")
    changes += [
        f"{key} forbidden -> allowed"
        for key in ("waivers", "loosened")
        if getattr(old, key) == "forbidden" != getattr(new, key)
    ]
    changes += [
        f"{key} required -> optional" for key in _RECORDS if getattr(old, key) == "required" != getattr(new, key)
    ]
    missing = [check for check in old.answered if check not in new.answered]
    if missing and ALL not in new.answered:
        changes.append(f"answered lacks {', '.join(missing)}")
    return changes


def _plugins(old: Plugins, new: Plugins) -> Iterator[RuleDifference]:
    before = {(one.kind, one.name): one.spec for one in old.declared}
    for one in new.declared:
        if before.get((one.kind, one.name)) != one.spec:
            text = f"the {one.kind.value} '{one.name}' is own code from {one.spec}: {CANNOT_TELL}"
            yield RuleDifference(f"plugins.{one.name}", text, place=one.place.rpartition(":")[2])
