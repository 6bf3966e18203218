"""What one dataset gives up between two versions of its configuration."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.checking.changes.config import modules, modules_in_work_tree
from gates.checking.resolve import resolve
from gates.checking.weakening.files import FileSides
from gates.checking.weakening.keys import key_differences
from gates.checking.weakening.rules import code_differences, record_differences, suite_differences
from gates.config.digests import is_code_unchanged, rules_inputs
from gates.config.sources.schema_files import own_schema
from gates.errors import DataError, GatesError
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.checking.weakening.difference import Change, RuleDifference
    from gates.config.dataset import DatasetConfig


logger = logging.getLogger(__name__)


def dataset_differences(change: Change, at: str, old: DatasetConfig, new: DatasetConfig) -> Iterator[RuleDifference]:
    """Every difference that can let rows pass which failed before, and every one of which that cannot be told.

    at: the configuration's folder in the repository. Raises DataError where the dataset of the base cannot be resolved.
    """
    home = change.repository.top / at
    was, now = replace(old, root=home), replace(new, root=home)
    sides = FileSides(change.repository, change.base, change.judged, was, now, reads_rows=not change.is_foreign)
    yield from sides.differences()
    if change.is_foreign:
        return
    if rules_inputs(old, change.today) == rules_inputs(new, change.today) and not _has_other_code(change, old, new):
        return
    yield from key_differences(old, new, change.today)
    try:
        resolved_before = resolve(old, change.today)
    except GatesError as error:
        raise DataError(f"dataset '{old.name}' at {change.base} cannot be read: {error}") from error
    try:
        resolved = resolve(new, change.today)
    except GatesError as error:
        # Judging says what is wrong, and ends with no verdict.
        logger.debug("%s: not compared: %s", new.name, error)
        return
    yield from suite_differences(resolved_before, resolved)
    yield from record_differences(resolved_before.contract, resolved.contract)
    yield from code_differences(resolved_before.contract, resolved.contract)


def has_other_rules(change: Change, old: DatasetConfig, new: DatasetConfig) -> bool:
    """Whether anything that judges a dataset is not as at the base. Runs no code of the judged version."""
    if rules_inputs(old, change.today) != rules_inputs(new, change.today):
        return True
    if not _has_other_code(change, old, new):
        return False
    return not is_code_unchanged(resolve(old, change.today).contract.to_json(), new.root)


def _has_other_code(change: Change, old: DatasetConfig, new: DatasetConfig) -> bool:
    if own_schema(old) is None and not old.plugins.declared:
        return False
    is_worktree = change.judged.kind is VersionKind.WORKTREE
    now = modules_in_work_tree(change.repository, new.root) if is_worktree else modules(new.root)
    return modules(old.root) != now
