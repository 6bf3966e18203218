"""Whether a recorded verdict is about what the pointers in HEAD name; the data itself need not be here."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.config.dataset import DatasetConfig, shown_specs
from gates.verdicts.recorded import RecordedVerdict, VerdictError
from gates.versions.dataset.path_contents import SnapshotFile, folder_of
from gates.versions.dataset.snapshots import snapshot
from gates.versions.dvc.pointers import pointers
from gates.versions.dvc.store import manifests_of
from gates.versions.repository import open_repository
from gates.versions.version import revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAD = "HEAD"


def compare_with_pointers(verdict: RecordedVerdict, dataset: DatasetConfig) -> None:
    """Raises VerdictError unless names and md5s of the judged files are those that HEAD has, holdout and evaluation sets too.

    The manifest of a directory is made from the verdict: where it has the name that the pointer gives, it is the one,
    and neither cache nor remote is asked. Raises DataError where that is not so and the manifest cannot be had.
    """
    repository = open_repository(dataset.root)
    head = revision(repository, HEAD)
    tracked = pointers(repository, head)
    judged = {**verdict.md5s, **verdict.holdout_md5s, **verdict.evaluation_md5s}
    folder = folder_of(repository, dataset)
    inside = {posixpath.normpath(posixpath.join(folder, name)): md5 for name, md5 in judged.items()}
    seen = snapshot(repository, dataset, head, manifests=manifests_of(tracked.values(), inside))
    _compare(seen.files, verdict.md5s, f"the data in {dataset.where()}")
    _compare(seen.holdout or (), verdict.holdout_md5s, f"the holdout {shown_specs(dataset.holdout)}")
    evaluation = f"the evaluation data in {', '.join(dataset.evaluation)}"
    _compare(seen.evaluation or (), verdict.evaluation_md5s, evaluation)


def _compare(files: Iterable[SnapshotFile], md5s: Mapping[str, str], what: str) -> None:
    named = {file.name: file for file in files}
    for name in sorted({*named, *md5s}):
        file = named.get(name)
        if file and name in md5s and file.entry.md5 is None:
            raise VerdictError(
                f"{name}: its pointer in {HEAD} has no md5 to compare with, as in cloud-versioned remotes"
            )
        if file is None or file.entry.md5 != md5s.get(name):
            raise VerdictError(f"{what} is another one in {HEAD} than was judged, {name} first")
