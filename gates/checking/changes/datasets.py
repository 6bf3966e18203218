"""Which datasets are not as they were at the version before, found without data where git and DVC name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.checking.targets import refuse_gone
from gates.versions.trees import is_same_tree
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig


def changed(at: JudgedVersion, datasets: Sequence[DatasetConfig], today: date) -> list[DatasetConfig]:
    """Those whose data, configuration, suites or schema differ from the base, or what was merged; all where there is no base.

    A dataset that cannot be compared counts as changed: judging it says what is wrong. Raises what `refuse_gone` raises.
    """
    if at.base is None:
        return list(datasets)
    others = [one for one in (at.base, *at.compares.beside) if not is_same_tree(at.repository, one, at.version)]
    if not others:
        return []
    if at.version.kind is VersionKind.STAGED:
        refuse_gone(at.repository)
    # Reading pointers and suites takes longer to import than seeing that there is nothing to read.
    from gates.checking.changes.config import differing

    names = {one.name for base in others for one in differing(at, base, datasets, today)}
    return [one for one in datasets if one.name in names]
