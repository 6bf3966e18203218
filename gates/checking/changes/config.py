"""Which datasets differ between two versions, one by one: configuration, suites, schema, pointers, blobs."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.cache.hashes import RememberedHashes
from gates.config.digests import rules_inputs
from gates.config.sources.schema_files import own_schema, text_digest
from gates.errors import GatesError
from gates.versions.configuration import config_at
from gates.versions.dataset.pointers import Tracked, concerned, tracked_at
from gates.versions.dataset.snapshots import snapshot, snapshot_or_empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version

logger = logging.getLogger(__name__)


def differing(at: JudgedVersion, base: Version, datasets: Sequence[DatasetConfig], today: date) -> list[DatasetConfig]:
    """Those whose data, configuration, suites or schema differ from a base; all of them where it cannot be read."""
    try:
        with config_at(at.repository, at.home / at.config.path.name, base) as before:
            sides = _sides(at, base)
            old = {dataset.name: dataset for dataset in before.datasets.values()}
            return [one for one in datasets if one.name not in old or _differs(sides, old[one.name], one, today)]
    except GatesError as error:
        logger.debug("nothing to compare with: %s", error)
        return list(datasets)


@dataclass(frozen=True)
class _Sides:
    """Two versions side by side. before, now: what is tracked there; None where one of them is the work tree."""

    at: JudgedVersion
    base: Version
    before: Tracked | None
    now: Tracked | None
    modules: dict[str, str] | None


def _sides(at: JudgedVersion, base: Version) -> _Sides:
    if at.is_worktree:
        return _Sides(at, base, None, None, modules_in_work_tree(at.repository, at.home))
    return _Sides(at, base, tracked_at(at.repository, base), tracked_at(at.repository, at.version), None)


def _differs(sides: _Sides, old: DatasetConfig, new: DatasetConfig, today: date) -> bool:
    try:
        if rules_inputs(old, today) != rules_inputs(new, today) or _has_other_data(sides, old, new):
            return True
        if own_schema(new) is None and not new.plugins.declared:
            return False
        now = modules(new.root) if sides.modules is None else sides.modules
        return modules(old.root) != now
    except GatesError as error:
        logger.debug("%s: cannot be compared: %s", new.name, error)
        return True


def _has_other_data(sides: _Sides, old: DatasetConfig, new: DatasetConfig) -> bool:
    at = sides.at
    home_old, home_new = replace(old, root=at.home), replace(new, root=at.home)
    if sides.before and sides.now:
        return concerned(sides.before, home_old) != concerned(sides.now, home_new)
    hashes = RememberedHashes(None, new.name)
    now = snapshot(at.repository, home_new, at.version, md5_of=hashes)
    return hashes.saw_legacy or snapshot_or_empty(at.repository, home_old, sides.base).digest != now.digest


def modules(root: Path) -> dict[str, str]:
    """Digests of the Python that a schema may import, where a version is laid out below a root."""
    return {path.relative_to(root).as_posix(): text_digest(path.read_bytes()) for path in root.rglob("*.py")}


def modules_in_work_tree(repository: Repository, home: Path) -> dict[str, str]:
    """As `modules`; git leaves out what it ignores, and does not walk through environments and data."""
    listed = repository.git.work_tree("*.py") if repository.git else []
    paths = [path for name in listed if (path := repository.top / name).is_relative_to(home) and path.is_file()]
    return {path.relative_to(home).as_posix(): text_digest(path.read_bytes()) for path in paths}
