"""Looks at a dataset at both versions: names and hashes first, rows only where bytes differ."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from gates.checking.changes.losses import MOST_LOST
from gates.config.removals import FOLDER
from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import open_dataset
from gates.diff.difference import ComparedVersion, DatasetDifference
from gates.diff.verdict_lookup import VerdictPaths, find_verdict
from gates.errors import GatesError
from gates.verdict import UNDECLARED, Scope
from gates.versions.dataset.comparison import compare
from gates.versions.dataset.snapshots import Snapshot, files_at, snapshot, snapshot_or_empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version, Versions

_NO_ROWS = {Scope.HUMAN.value: 0, Scope.SYNTHETIC.value: 0, UNDECLARED: 0}


def difference(
    repository: Repository,
    config: DatasetConfig,
    versions: Versions,
    places: tuple[Path, ...],
    most_lost: float = MOST_LOST,
) -> DatasetDifference:
    """What became of a dataset from `versions.base` to `versions.judged`, both under today's configuration.

    places: files that may hold its verdict, committed or not. Raises what `snapshot` raises: DataError where a manifest cannot be had.
    """
    assert versions.base is not None  # noqa: S101  # the command sees to it
    before = snapshot_or_empty(repository, config, versions.base)
    after = snapshot(repository, config, versions.judged)
    files = compare(before, after)
    holdout = compare(before, after, "holdout") if config.holdout else None
    evaluation = compare(before, after, "evaluation") if config.evaluation else None
    is_same = all(one.is_same for one in (files, holdout, evaluation) if one)
    # A plugin that does not load leaves files and verdicts to compare.
    data_type = cache(partial(data_type_of, config))
    new = _counted(repository, config, data_type, versions.judged)
    own = VerdictPaths(places, (config.root / FOLDER / config.name).resolve())
    if files.is_same:
        base = ComparedVersion(versions.base, new.rows, None, new.why_no_rows, undeclared_files=new.undeclared_files)
    elif before.files:
        base = _counted(repository, config, data_type, versions.base)
    else:
        base = ComparedVersion(versions.base, _NO_ROWS, None)
    return DatasetDifference(
        dataset=config.name,
        files=files,
        holdout=holdout,
        evaluation=evaluation,
        # A verdict in the work tree on unchanged data was reached under today's rules, and says nothing of the base's.
        base=_with_verdict(base, before, repository, own, is_kept_only=is_same),
        new=_with_verdict(new, after, repository, own),
        most_lost=most_lost,
        declared_at=config.place("origins"),
    )


def _counted(
    repository: Repository, config: DatasetConfig, data_type: Callable[[], DataType], version: Version
) -> ComparedVersion:
    try:
        with (
            files_at(repository, config, version) as current,
            open_dataset(config, data_type(), files=current.dataset) as opened,
        ):
            strangers = tuple(file.path for file in opened.files if file.origin == UNDECLARED)
            return ComparedVersion(version, opened.row_counts(), None, undeclared_files=strangers)
    except GatesError as error:
        return ComparedVersion(version, None, None, why_no_rows=str(error))


def _with_verdict(
    side: ComparedVersion, seen: Snapshot, repository: Repository, places: VerdictPaths, *, is_kept_only: bool = False
) -> ComparedVersion:
    verdict, why = find_verdict(repository, seen, places, is_kept_only=is_kept_only)
    return ComparedVersion(side.version, side.rows, verdict, side.why_no_rows, why, side.undeclared_files)
