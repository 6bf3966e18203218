"""What a promotion stands on: a verdict that passed, and the commit's bytes that it was reached on."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.removals import removals_folder
from gates.data.files import fingerprint
from gates.errors import UsageError
from gates.promotion.errors import ConditionError
from gates.promotion.git.judged_config import judged_files
from gates.promotion.statements.json_fields import moment_text
from gates.verdict import Answer
from gates.verdicts.enforce import enforce, refuse_other_files
from gates.verdicts.from_json import verdict_of
from gates.verdicts.recorded import VerdictError, parse_verdict
from gates.versions.path_contents import folder_of
from gates.versions.snapshots import files_at, snapshot
from gates.versions.trees import LOCK, PIPELINE, tree_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.dataset import DatasetConfig
    from gates.promotion.git.preconditions import Ground
    from gates.promotion.request import Asked
    from gates.verdict import Verdict
    from gates.verdicts.recorded import RecordedVerdict
    from gates.versions.repository import Repository
    from gates.versions.trees import Tree
    from gates.versions.version import Version

# Which versions of libraries an environment gets, where the repository says so.
_LOCK_FILES = (LOCK, PIPELINE, "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.txt")


@dataclass(frozen=True)
class Evidence:
    """verdict: with all that it says. document: its bytes. written_at: when they were written.

    pointers: md5 of what each pointer names, by the path that it tracks.

    files: sha256 by path in the repository of what the contract stands on: configuration, suites, schema, pointers, locks.
    """

    verdict: Verdict
    document: bytes
    written_at: datetime
    pointers: Mapping[str, str]
    files: Mapping[str, str]

    @property
    def manifest(self) -> str:
        """sha256 of the manifest of the data that was judged."""
        return str(self.verdict.data["manifest_sha256"])

    @property
    def contract(self) -> str:
        """The digest of the contract that the data was held to."""
        return str(self.verdict.contract["sha256"])


def evidence_of(ground: Ground, dataset: DatasetConfig, asked: Asked) -> Evidence:
    """The recorded verdict, once everything it stands on has been found in HEAD.

    dataset: as HEAD has it, its suites and schema below its root.
    Raises VerdictError where the verdict is not about what HEAD has, ConditionError where it failed,
    UsageError for data that DVC does not track, DataError for data that cannot be had.
    """
    home, path = asked.path.parent, asked.verdict
    repository, version = ground.repository, ground.version
    at_home = replace(dataset, root=home)
    pointers = pointers_at(repository, at_home, version)

    def compare_data(verdict: RecordedVerdict, _: DatasetConfig) -> None:
        with files_at(repository, at_home, version) as found:
            refuse_other_files(verdict, at_home, found.dataset, found.holdout, found.evaluation)

    try:
        recorded = enforce(dataset, path, asked.now.date(), compare_data=compare_data)
    except VerdictError as error:
        raise VerdictError(f"{dataset.name}: {error}; `gates check {dataset.name}`, then promote") from error
    document, written = _read(path)
    if parse_verdict(document, path.name) != recorded:
        raise VerdictError(
            f"{dataset.name}: its verdict was written anew while it was read; wait for the end of `gates check`, then promote"
        )
    verdict = verdict_of(json.loads(document))
    _refuse_unfit(verdict, written, asked)
    _refuse_changed(verdict, home)
    tree = tree_at(repository, version)
    return Evidence(verdict, document, written, pointers, contract_files(tree, at_home, verdict, pointers))


def _refuse_unfit(verdict: Verdict, written: datetime, asked: Asked) -> None:
    if verdict.answer is Answer.NO_VERDICT:
        raise VerdictError(
            f"{verdict.dataset}: nobody could judge it, and only what passed is promoted; `gates check {verdict.dataset}` says why"
        )
    if verdict.answer is Answer.FAIL:
        raise ConditionError(
            f"{verdict.dataset}: its verdict is fail, and only what passed is promoted; `gates check {verdict.dataset}` says what "
            "failed: mend it, commit and check again"
        )
    if written.replace(microsecond=0) > asked.now:
        raise VerdictError(
            f"{verdict.dataset}: its verdict is dated in the future, {moment_text(written)}; set the clock right, "
            f"`gates check {verdict.dataset}`, then promote"
        )


def _refuse_changed(verdict: Verdict, home: Path) -> None:
    """Refuses changes of data that is tracked as those of other files; what is not there need not be."""
    for file in judged_files(verdict):
        place = home / file.path
        if place.is_file() and fingerprint(place)[0] != file.sha256:
            raise UsageError(
                f"not committed: {file.path}, which is not what its pointer in HEAD names; `dvc add` it, commit and check again, or "
                "`dvc checkout` it"
            )


def _read(path: Path) -> tuple[bytes, datetime]:
    """The bytes of a verdict and when they were written, of one and the same file."""
    try:
        with path.open("rb") as stream:
            return stream.read(), datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, tz=UTC)
    except OSError as error:
        raise VerdictError(f"{path}: cannot be read: {error.strerror}; `gates check`, then promote") from error


def pointers_at(repository: Repository, dataset: DatasetConfig, version: Version) -> dict[str, str]:
    """The md5 that each pointer of the dataset's files names, by the pointer's file and the path that is tracked."""
    seen = snapshot(repository, dataset, version)
    found = {}
    for file in seen.all_files:
        if file.pointer is None:
            raise UsageError(
                f"{file.name} is in git and not in DVC; `git rm --cached {file.name}`, `dvc add {file.name}`, commit and check again"
            )
        if file.pointer.md5 is None:
            raise UsageError(
                f"{file.name}: {file.pointer.place} has no md5, as in cloud-versioned remotes; nothing names the bytes offline: track the file itself with `dvc add`"
            )
        found[file.pointer.path] = file.pointer.md5 + (".dir" if file.pointer.is_dir else "")
    return found


def contract_files(tree: Tree, dataset: DatasetConfig, verdict: Verdict, pointers: Mapping[str, str]) -> dict[str, str]:
    """sha256 by path of what the contract was read from, and of what says which data and which libraries there are.

    dataset: its root is the configuration's folder in the work tree.
    """
    folder = folder_of(tree.repository, dataset)
    sources = verdict.contract.get("schema_sources")
    own = [
        dataset.source,
        # The sources are what the verdict says they are; the schema itself is what the configuration says.
        str(verdict.contract.get("schema")).partition(":")[0],
        *(sources if isinstance(sources, dict) else ()),
        *([dataset.population] if dataset.population else []),
    ]
    named = {posixpath.normpath(posixpath.join(folder, name)) for name in own}
    suites = posixpath.normpath(posixpath.join(folder, "expectations", dataset.name))
    named |= {name for name in tree.listing.blobs if posixpath.dirname(name) == suites}
    removals = removals_folder(Path(folder), dataset.name).as_posix()
    named |= {name for name in tree.listing.blobs if posixpath.dirname(name) == removals}
    named |= {f"{path}.dvc" for path in pointers}
    folders = {"", "" if folder == "." else folder, *(posixpath.dirname(path) for path in pointers)}
    named |= {posixpath.join(inside, name) for inside in folders for name in _LOCK_FILES}
    there = sorted(named & set(tree.listing.blobs))
    return {name: hashlib.sha256(content).hexdigest() for name, content in tree.read(there).items()}
