"""Verdicts reached before, answered as if they were reached anew."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from gates.checking.cache.hashes import RememberedHashes
from gates.checking.check_version import CheckedDataset, JudgedVersion
from gates.checking.version_inputs import Compared, compared
from gates.config.deadline import Deadline, TimeUpError
from gates.config.digests import contract_key, digest, is_code_unchanged, rule_files
from gates.data.steady_files import changed, signs_of
from gates.verdict import Outcome, Verdict
from gates.verdicts.from_json import verdict_of
from gates.versions.dataset.snapshots import refuse_damaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from gates.checking.cache.folder import Cache
    from gates.config.dataset import DatasetConfig

logger = logging.getLogger(__name__)


class Memory:
    """Verdicts reached before on a dataset at a version. seen: the dataset as it was found to be there."""

    def __init__(self, at: JudgedVersion, dataset: DatasetConfig, today: date, cache: Cache, seen: Compared) -> None:
        self._at, self._dataset, self._today, self._cache = at, dataset, today, cache
        self._seen, self._rules = seen.snapshot, _rule_signs(dataset)
        self._key = self._key_of(seen)

    def recall(self, quarantine: Path | None = None, clock: Deadline | None = None) -> CheckedDataset | None:
        """The verdict that judging anew would give, or None when that is not known.

        quarantine: the folder for failing rows; the answer names the file there that has the bytes that were written
        when the verdict was reached. clock: nothing is known once time is up. Raises DataError where an object in DVC's
        cache has been damaged since: a pointer says which bytes were judged, not that they are still there.
        """
        entry = self._cache.get(self._key) if self._key else None
        if entry is None or not self._is_at_hand(clock):
            return None
        try:
            verdict = verdict_of(entry["verdict"])
            if not is_code_unchanged(verdict.contract, self._dataset.root):
                return None
            rows = _unchanged(entry["quarantine"], quarantine) if quarantine else None
            lines = {check: (path, line) for check, (path, line) in entry["lines"].items()}
            return CheckedDataset(verdict, entry["quarantined"], rows, is_remembered=True, lines=lines)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            logger.debug("%s: not a verdict: %s", self._dataset.name, error)
            return None

    def _is_at_hand(self, clock: Deadline | None) -> bool:
        """Whether there was time to look at the objects that pointers name; those that did not change are not read again."""
        if self._seen is None:
            return False
        hashes = RememberedHashes(self._cache, f"objects {self._seen.digest}", clock.check if clock else lambda: None)
        try:
            refuse_damaged(self._at.repository, self._seen, hashes)
        except TimeUpError:
            return False
        finally:
            hashes.save()
        return True

    def keep(self, answered: CheckedDataset) -> None:
        """Remember a verdict, if it is whole and what it was reached on has stayed the same meanwhile.

        Raises what `compared` raises.
        """
        verdict = answered.verdict
        broken = any(check.outcome is Outcome.ERROR for check in verdict.checks)
        if verdict.is_partial or broken or self._key is None:
            return
        seen = compared(self._at, self._dataset, self._cache)
        if self._key_of(seen) == self._key and self._rules == _rule_signs(self._dataset):
            rows = answered.quarantine
            entry = {
                "verdict": verdict.to_json(),
                "quarantined": answered.quarantined,
                "quarantine": {rows.name: _sha256(rows)} if rows else {},
                "lines": answered.lines,
            }
            self._cache.put(self._key, entry)

    def _key_of(self, seen: Compared) -> str | None:
        """None where nothing tells the bytes."""
        if seen.snapshot is None or not seen.is_exact:
            return None
        kept = seen.kept_files and asdict(replace(seen.kept_files, rows=None, other_files=None))
        first = seen.promoted and seen.promoted.first
        promoted = [[one.statement_sha256, one.unknown] for one in (seen.promoted, first) if one]
        commit = seen.commit and [seen.commit.key, seen.commit.unknown]
        return digest([seen.snapshot.digest, kept, promoted, commit, contract_key(self._dataset, self._today)])


def _unchanged(sha256_by_name: Mapping[str, str], folder: Path) -> Path | None:
    """The file of failing rows, where the folder still has it as it was."""
    named = ((folder / name, sha256) for name, sha256 in sha256_by_name.items())
    return next((path for path, sha256 in named if sha256 and sha256 == _sha256(path)), None)


def _sha256(path: Path) -> str | None:
    """Of a file's bytes; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _rule_signs(dataset: DatasetConfig) -> list[object]:
    """Tells files of rules that changed and changed back from those that stayed as they were."""
    files = (path for path in rule_files(dataset) if path.is_file())
    return [[str(path), *signs_of(path)] for path in files]


def refuse_other_bytes(verdict: Verdict, seen: Compared) -> None:
    """Raises DataError where the bytes that were judged are not those that were seen before, and compared.

    DVC 2's md5 of text tells nothing.
    """
    if seen.snapshot is None or not seen.is_exact:
        return
    sides = (
        ("files", seen.snapshot.files),
        ("holdout_files", seen.snapshot.holdout or ()),
        ("evaluation_files", seen.snapshot.evaluation or ()),
    )
    for name, files in sides:
        judged = {file["path"]: file["md5"] for file in verdict.data[name]}  # type: ignore[attr-defined]
        md5_by_name = {file.name: file.entry.md5 for file in files}
        for path in sorted(judged.keys() | md5_by_name.keys()):
            is_there = path in judged and path in md5_by_name
            if not is_there or md5_by_name[path] not in {None, judged[path]}:
                raise changed(path)
