"""What a promotion stands on: a verdict that passed, and the commit's bytes that it was reached on."""

from __future__ import annotations

import json
import os
import posixpath
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.removals import removals_folder
from gates.config.reviews import has_reviews, review_path
from gates.contract.contract import load_contract
from gates.errors import UsageError
from gates.promotion.errors import ConditionError
from gates.promotion.statements.statement import sha256
from gates.run_state import Progress, no_progress
from gates.verdict import IN_MEMORY, Answer, Verdict
from gates.verdicts.decode import moment_text
from gates.verdicts.enforce import enforce, refuse_other_files
from gates.verdicts.from_json import verdict_of
from gates.verdicts.judged_files import edited_file
from gates.verdicts.recorded import RecordedVerdict, VerdictError, parse_verdict
from gates.versions.dataset.path_contents import folder_of
from gates.versions.dataset.snapshots import files_at, snapshot, work_tree_files
from gates.versions.trees import LOCK, PIPELINE, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.promotion.signing.signing_keys import SigningKey
    from gates.versions.changes.clean_repository import CleanRepository

# Which versions of libraries an environment gets, where the repository says so.
_LOCK_FILES = (LOCK, PIPELINE, "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.txt")


@dataclass(frozen=True)
class PromoteRequest:
    """What a call of `gates promote` wants. path: of the configuration. verdict: of the recorded verdict. now: to the second.

    version: None where the call leaves it open. stage: None where a whole version is revoked. key: None for no signature.
    """

    path: Path
    dataset: str
    stage: str | None
    verdict: Path
    now: datetime
    version: str | None = None
    key: SigningKey | None = None
    progress: Progress = no_progress

    @property
    def home(self) -> Path:
        return self.path.parent


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
    data_type: DataType

    @property
    def manifest(self) -> str:
        """sha256 of the manifest of the data that was judged."""
        return str(self.verdict.data["manifest_sha256"])

    @property
    def contract(self) -> str:
        """The digest of the contract under which the data was judged."""
        return str(self.verdict.contract["sha256"])


def evidence_of(clean: CleanRepository, dataset: DatasetConfig, request: PromoteRequest) -> Evidence:
    """The recorded verdict, once everything it stands on has been compared with HEAD.

    dataset: as HEAD has it, its suites and schema below its root.
    Raises VerdictError where the verdict is not about what HEAD has, ConditionError where it failed,
    UsageError for data that DVC does not track, DataError for data that cannot be had.
    """
    at_home = replace(dataset, root=request.home)
    pointers = snapshot(clean.repository, at_home, clean.version).pointer_md5s()

    def compare_data(verdict: RecordedVerdict, _: DatasetConfig) -> None:
        try:
            with files_at(clean.repository, at_home, clean.version) as files:
                refuse_other_files(verdict, at_home, files)
        except VerdictError as error:
            with suppress(VerdictError):
                refuse_other_files(verdict, at_home, work_tree_files(clean.repository, at_home))
                raise _not_committed(f"what was judged in {at_home.where()}") from error
            raise

    contract = load_contract(dataset, request.now.date())
    try:
        recorded = enforce(contract, request.verdict, compare_data=compare_data)
    except VerdictError as error:
        raise VerdictError(f"{dataset.name}: {error}; `gates check {dataset.name}`, then promote") from error
    document, written_at = _read(request.verdict)
    if parse_verdict(document, request.verdict.name) != recorded:
        raise VerdictError(
            f"{dataset.name}: its verdict was written anew while it was read; wait for the end of `gates check`, then promote"
        )
    verdict = verdict_of(json.loads(document))
    _refuse_unfit(verdict, written_at, request.now)
    edited = edited_file(verdict, request.home)
    if edited:
        raise _not_committed(edited)
    files = contract_files(clean.tree, at_home, verdict, pointers)
    return Evidence(verdict, document, written_at, pointers, files, contract.data_type)


def _not_committed(what: str) -> UsageError:
    return UsageError(
        f"not committed: {what}, which is not what its pointer in HEAD names; `dvc add` it and commit, or "
        "`dvc checkout` it; then check again"
    )


def _refuse_unfit(verdict: Verdict, written_at: datetime, now: datetime) -> None:
    name = verdict.dataset
    if verdict.data.get(IN_MEMORY):
        raise VerdictError(
            f"{name}: its verdict is on a frame in memory, and only files are promoted; run `gates check {name}`"
        )
    if verdict.answer is Answer.NO_VERDICT:
        raise VerdictError(
            f"{name}: there is no verdict on it, and only what passed is promoted; `gates check {name}` says why"
        )
    if verdict.answer is Answer.FAIL:
        raise ConditionError(
            f"{name}: its verdict is fail, and only what passed is promoted; `gates check {name}` says what "
            "failed: fix it, commit and check again"
        )
    if written_at > now:
        raise VerdictError(
            f"{name}: its verdict is dated in the future, {moment_text(written_at)}; set the clock right, "
            f"`gates check {name}`, then promote"
        )


def _read(path: Path) -> tuple[bytes, datetime]:
    """The bytes of a verdict and the second in which they were written, of one and the same file."""
    try:
        with path.open("rb") as stream:
            return stream.read(), datetime.fromtimestamp(int(os.fstat(stream.fileno()).st_mtime), tz=UTC)
    except OSError as error:
        raise VerdictError(f"{path}: cannot be read: {error.strerror}; `gates check`, then promote") from error


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
    names = {posixpath.normpath(posixpath.join(folder, name)) for name in own}
    suites = posixpath.normpath(posixpath.join(folder, "expectations", dataset.name))
    removals = removals_folder(Path(folder), dataset.name).as_posix()
    names |= {name for name in tree.listing.blobs if posixpath.dirname(name) in (suites, removals)}
    names |= {f"{path}.dvc" for path in pointers}
    folders = {"", "" if folder == "." else folder, *(posixpath.dirname(path) for path in pointers)}
    names |= {posixpath.join(inside, name) for inside in folders for name in _LOCK_FILES}
    review = review_path(Path(folder), dataset.name).as_posix()
    contents = tree.read(sorted({*names, review} & set(tree.listing.blobs)))
    # A plan of which nobody has reviewed a row is no part of the contract.
    return {name: sha256(text) for name, text in contents.items() if name != review or has_reviews(text)}
