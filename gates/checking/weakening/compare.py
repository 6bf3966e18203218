"""Sets the configurations of a change against those of its base, all of them or those that a call means."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.changes.moved_datasets import placed_datasets
from gates.checking.targets import config_names
from gates.checking.weakening.conditions import config_differences
from gates.checking.weakening.dataset import dataset_differences
from gates.config.load import FILE_NAME, PYPROJECT, Config
from gates.config.parsing.weakened import TABLE
from gates.errors import DataError, GatesError
from gates.versions.configuration import config_at
from gates.versions.trees import is_same_tree
from gates.visible_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gates.checking.weakening.difference import Change, RuleDifference
    from gates.versions.version import Version

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Weakening:
    """One way in which a change lets rows pass that failed before.

    what: as `what` of `[[weakened]]` names it.
    path, line: where it shows, below the top folder. reason: why, where the change says so. config: the file that a reason
    would stand in, below the top folder.
    """

    what: str
    sentence: str
    path: str
    line: int
    reason: str | None
    config: str = FILE_NAME

    @property
    def fix(self) -> str:
        """What to do about it."""
        table = f"tool.gates.{TABLE}" if self.config.endswith(PYPROJECT) else TABLE
        return f'take it back, or say why in {self.config}: [[{table}]] what = "{self.what}", reason = "…"'


def weakenings(change: Change, folder: str | None = None) -> list[Weakening]:
    """What weakens the gate, in the order of configurations and datasets.

    All datasets count, whichever a call judges: that one is gone shows nowhere else. folder: of the only configuration that
    counts. Raises DataError where the base cannot be read: nobody can say then what it asked for.
    """
    if is_same_tree(change.repository, change.base, change.judged):
        return []
    return _explained(change, folder, _of_config)


def lost_datasets(change: Change, folder: str | None = None) -> list[Weakening]:
    """Of all that weakens the gate, datasets that are gone with all their rows. folder, errors: as for `weakenings`.

    None where another dataset is new or has other paths: that one has to have their human rows. A configuration of the base
    that cannot be read may have had datasets that are gone: it counts as one of them, which a reason explains.
    """
    lost = _explained(change, folder, _gone_from, _unreadable)
    return lost if lost and not _has_heirs(change) else []


def _has_heirs(change: Change) -> bool:
    try:
        old, now = (placed_datasets(change.repository, version) for version in (change.base, change.judged))
    except GatesError as error:
        logger.debug("whether other datasets are new is not known: %s", error)
        return False
    return any(place not in old or old[place][1] != paths for place, (_, paths) in now.items())


def _explained(
    change: Change,
    folder: str | None,
    differences: Callable[[Change, str, Config, Config], Iterator[Weakening]],
    unreadable: Callable[[str, DataError], Weakening] | None = None,
) -> list[Weakening]:
    """Configurations that are gone, and differences of those that are not, with the change's reasons.

    unreadable: what a configuration of the base at a path is that cannot be read; None: the error is raised.
    """
    before, now = _by_folder(change, change.base, folder), _by_folder(change, change.judged, folder)
    with ExitStack() as stack:
        old, weaker = {}, []
        for at, name in before.items():
            try:
                old[at] = _at_base(change, name, stack)
            except DataError as error:
                if unreadable is None:
                    raise
                weaker.append(replace(unreadable(name, error), config=now.get(at, FILE_NAME)))
        new = {at: config for at, name in now.items() if (config := _readable(change, name, stack))}
        for at, config in old.items():
            if at in new:
                weaker += [replace(one, config=now[at]) for one in differences(change, at, config, new[at])]
            elif at not in now:
                weaker.append(replace(_gone(at, config), config=next(iter(now.values()), FILE_NAME)))
        reasons = _new_reasons(old, new)
    return [replace(one, reason=one.reason or reasons.get(one.what)) for one in weaker]


def _by_folder(change: Change, version: Version, only: str | None) -> Mapping[str, str]:
    """The configuration of each folder of the repository, or of one."""
    names = sorted(config_names(change.repository, version), reverse=True)
    by_folder = {name.rpartition("/")[0]: name for name in names}
    return {at: name for at, name in by_folder.items() if only in (None, at)}


def _at_base(change: Change, name: str, stack: ExitStack) -> Config:
    """Whatever is wrong with the base is no mistake of the change."""
    try:
        return stack.enter_context(config_at(change.repository, change.repository.top / name, change.base))
    except GatesError as error:
        raise DataError(
            f"the configuration at {change.base} cannot be read, so that nobody can tell what the change gives up: {error}"
        ) from error


def _readable(change: Change, name: str, stack: ExitStack) -> Config | None:
    """None for a configuration that is wrong: judging says what, and ends with no verdict."""
    try:
        return stack.enter_context(config_at(change.repository, change.repository.top / name, change.judged))
    except GatesError as error:
        logger.debug("%s: not compared: %s", name, error)
        return None


def _gone_from(_: Change, at: str, old: Config, new: Config) -> Iterator[Weakening]:
    prefix, folder = (f"{at}:", f"{at}/") if at else ("", "")
    for name, dataset in old.datasets.items():
        if name not in new.datasets:
            text = f"the dataset '{name}' is gone from {new.path.name}: nothing judges {dataset.where()} any more"
            yield Weakening(f"{prefix}{name}", text, folder + new.path.name, 1, None)


def _gone(at: str, old: Config) -> Weakening:
    path = f"{at}/{old.path.name}" if at else old.path.name
    datasets = ", ".join(old.datasets)
    return Weakening(path, f"{path} is gone: nothing judges {datasets} any more", path, 1, None)


def _unreadable(name: str, error: DataError) -> Weakening:
    return Weakening(name, str(error), name, 1, None)


def _of_config(change: Change, at: str, old: Config, new: Config) -> Iterator[Weakening]:
    yield from _gone_from(change, at, old, new)
    prefix, folder = (f"{at}:", f"{at}/") if at else ("", "")
    for one in config_differences(old, new):
        path, line = _shown_at(one, new.path.name, 1)
        yield Weakening(f"{prefix}{one.about}", one.sentence, folder + path, line, one.reason)
    for name, dataset in old.datasets.items():
        if (now := new.datasets.get(name)) is None:
            continue
        for one in dataset_differences(change, at, dataset, now):
            path, line = _shown_at(one, now.source, now.key_lines.get(one.key, now.line))
            text = f"dataset '{prefix}{name}': {one.sentence}"
            yield Weakening(f"{prefix}{name}/{one.about}", text, folder + path, line, one.reason)


def _shown_at(one: RuleDifference, source: str, line: int) -> tuple[str, int]:
    path, _, number = one.place.rpartition(":")
    return path or source, int(number) if number.isdigit() else line


def _new_reasons(old: Mapping[str, Config], new: Mapping[str, Config]) -> dict[str, str]:
    """The reasons that the change adds: those that the base has were given for what the base gave up."""
    reasons = {}
    for at, config in new.items():
        before = {(one.what, folded_words(one.reason)) for one in (old[at].weakened if at in old else ())}
        for one in config.weakened:
            if (one.what, folded_words(one.reason)) not in before:
                reasons[one.what] = one.reason
                reasons.setdefault(f"{at}:{one.what}" if at else one.what, one.reason)
    return reasons
