"""Whether a recorded verdict still holds: same bytes, same contract, and an answer that follows from its checks.

Nothing is measured and no schema of the repository runs, so that this takes as long as hashing the data. Plugins are
imported, as only a metric says what the arguments of its expectation mean.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from gates.config.dataset import DatasetConfig, shown_specs
from gates.config.digests import moved_module
from gates.config.row_rules import RowRule
from gates.config.sources.schema_files import file_digests
from gates.contract.plan import plan
from gates.contract.suites.suite import ROW_FAILURES
from gates.data.facts import FileFacts
from gates.data.files import TEXTS, DataFile, fingerprint, manifest_sha256
from gates.verdict import CheckId, PlannedCheck, conclude
from gates.verdicts.recorded import RecordedVerdict, VerdictError, read_verdict
from gates.verdicts.reports.text import counted
from gates.versions.dataset.snapshots import VersionFiles, work_tree_files
from gates.versions.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from gates.contract.contract import Contract
    from gates.data.previous_version import PromotedBefore


def enforce(
    contract: Contract,
    path: Path,
    *,
    compare_data: Callable[[RecordedVerdict, DatasetConfig], None] | None = None,
) -> RecordedVerdict:
    """The recorded verdict, once everything it stands on has been found unchanged.

    contract: as it is now. compare_data: raises VerdictError unless the data is what was judged; by default it reads the bytes that are there.
    Raises VerdictError naming what does not fit.
    """
    verdict, dataset = read_verdict(path), contract.dataset
    if verdict.dataset != dataset.name:
        raise VerdictError(f"{path.name}: is the verdict on '{verdict.dataset}'")
    refuse_other_contract(verdict, contract)
    (compare_data or refuse_other_data)(verdict, dataset)
    refuse_other_answer(verdict, contract)
    return verdict


def refuse_other_contract(verdict: RecordedVerdict, contract: Contract) -> None:
    """Raises VerdictError, naming what differs, unless this is the contract that the verdict was reached under."""
    root = contract.dataset.root
    if moved := moved_module(verdict.contract, root):
        raise VerdictError(
            f"was judged under another contract: its code imports '{moved}', which means another file now"
        )
    present = contract.with_sources(sources_now(verdict, root), modules_of(verdict)).to_json()
    # The digest is a claim, too: who invents a source can leave it as it was.
    if all(present.get(name) == verdict.contract.get(name) for name in ("sha256", "schema_sources")):
        return
    if contract.expired:
        waiver = contract.expired[0]
        reason = f"the waiver of {waiver.check} expired on {waiver.expires}"
    else:
        reason = _what_changed(verdict.contract, present)
    raise VerdictError(f"was judged under another contract: {reason}")


def _what_changed(recorded: Mapping[str, object], present: Mapping[str, object]) -> str:
    parts = (
        ("gates", "gates has another version"),
        ("libraries", "a library has another version"),
        ("suites_sha256", "a suite has changed"),
        ("review_sha256", "the review has changed"),
        ("schema", "it has another schema"),
        ("schema_sources", "the schema, or a module that it imports, has changed"),
        ("plugins", "a plugin has another version or other code, or another one is named"),
        ("plugin_sources", "a plugin of this repository has changed"),
    )
    for name, reason in parts:
        if recorded.get(name) != present.get(name):
            return reason
    return "a role, the purpose or a waiver in the configuration has changed, or a record of a removal"


def modules_of(verdict: RecordedVerdict) -> dict[str, str]:
    """The file that each name means which the schema imported, as the verdict has it."""
    recorded = verdict.contract.get("schema_modules")
    return {str(name): str(path) for name, path in recorded.items()} if isinstance(recorded, dict) else {}


def sources_now(verdict: RecordedVerdict, root: Path) -> dict[str, str]:
    """Digests of the files that the schema was made from, as they are now; no digest for one that is gone."""
    recorded = verdict.contract.get("schema_sources")
    digests: dict[str, str] = {}
    for name in recorded if isinstance(recorded, dict) else ():
        path = root / name
        # A name that no file can have, as one of 300 characters, is that of no file.
        with suppress(OSError):
            if path.is_file() and path.resolve().is_relative_to(root.resolve()):
                digests |= file_digests((path,), root)
    return digests


def refuse_other_data(verdict: RecordedVerdict, dataset: DatasetConfig) -> None:
    """Raises VerdictError unless the files of the work tree have the names and the bytes that were judged."""
    refuse_other_files(verdict, dataset, work_tree_files(open_repository(dataset.root), dataset))


def refuse_other_files(verdict: RecordedVerdict, dataset: DatasetConfig, files: VersionFiles) -> None:
    """Raises VerdictError unless files have the names and the bytes that were judged."""
    _refuse_others(
        files.dataset, verdict.manifest_sha256, f"the data in {dataset.where()} has changed since it was judged"
    )
    _refuse_others(
        files.holdout,
        verdict.holdout_sha256,
        f"the holdout {shown_specs(dataset.holdout)} has changed since the data was judged",
    )
    sets = ", ".join(dataset.evaluation)
    _refuse_others(
        files.evaluation,
        verdict.evaluation_sha256,
        f"the evaluation sets {sets} have changed since the data was judged",
    )


def _refuse_others(files: Iterable[DataFile] | None, recorded: str | None, problem: str) -> None:
    """Raises VerdictError unless files have the manifest that was recorded. None: there are no such files."""
    listed = None if files is None else list(files)
    if (None if listed is None else _manifest(listed)) == recorded:
        return
    for ends in (b"\n", b"\r\n"):
        if listed and _manifest(listed, ends) == recorded:
            raise VerdictError(
                f"{problem}, but in its line ends only, as git's core.autocrlf makes them: add a line such as "
                f"'{listed[0].name} -text' to .gitattributes, commit it, and check the file out anew"
            )
    raise VerdictError(problem)


def refuse_other_promotion(verdict: RecordedVerdict, promoted: PromotedBefore | None) -> None:
    """Raises VerdictError unless the verdict was reached against this version, promoted last, or is the one it was promoted on."""
    if verdict.promoted_sha256 == (promoted.statement_sha256 if promoted else None):
        return
    if promoted and promoted.content and promoted.content.verdict_digest() == verdict.digest:
        return
    what = (
        f"{promoted.name} was promoted" if promoted else "the version promoted last was taken back, or its tag is gone,"
    )
    raise VerdictError(f"{what} since it was judged: human rows are compared with another version now")


def _manifest(files: Iterable[DataFile], ends: bytes | None = None) -> str:
    """Of the files as they are, or of texts as they would be with other line ends."""
    facts = []
    for file in files:
        is_text = ends is not None and file.codec is None and file.format in TEXTS
        digest, size = _fingerprint_with(file.path, ends or b"") if is_text else fingerprint(file.path)
        facts.append(FileFacts(file.name, 0, {}, digest, size))
    return manifest_sha256(facts)


def _fingerprint_with(path: Path, ends: bytes) -> tuple[str, int]:
    """As `fingerprint`, of a text with these line ends."""
    sha256, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        for line in stream:
            other = line.removesuffix(b"\n").removesuffix(b"\r") + ends if line.endswith(b"\n") else line
            sha256.update(other)
            size += len(other)
    return sha256.hexdigest(), size


def refuse_other_answer(verdict: RecordedVerdict, contract: Contract) -> None:
    """Raises VerdictError unless every planned check is there and the answer is the one that the checks give.

    The waivers that count are those of the contract, not those that the document claims.
    """
    refuse_missing_checks(verdict, [check.id for check in planned_checks(contract)])
    refuse_other_sum(verdict, contract)


def refuse_missing_checks(verdict: RecordedVerdict, planned: Iterable[CheckId]) -> None:
    """Raises VerdictError unless the verdict says how each planned check ended."""
    reported = {check.id for check in verdict.checks}
    missing = [str(check) for check in planned if check not in reported]
    if missing:
        raise VerdictError(f"lacks {counted(len(missing), 'planned check')}, {missing[0]}")


def refuse_other_sum(verdict: RecordedVerdict, contract: Contract) -> None:
    """Raises VerdictError unless the checks that the verdict has add up to its answer; nobody asks whether they are all."""
    answer, _ = conclude(
        [PlannedCheck(check.id, check.severity, check.kind) for check in verdict.checks],
        verdict.checks,
        waived=frozenset(waiver.check for waiver in contract.waivers),
        inconclusive_blocks=contract.dataset.inconclusive == "block",
    )
    if answer is not verdict.answer:
        raise VerdictError(f"says {verdict.answer.value}, but its checks add up to {answer.value}")


def planned_checks(contract: Contract) -> tuple[PlannedCheck, ...]:
    """The checks that the suites promise, without the rules that only the schema knows: it is not executed here."""
    rules = {str(entry.kwargs["rule"]) for entry in contract.all_entries() if entry.type == ROW_FAILURES}
    return plan(contract, [RowRule(rule, "") for rule in sorted(rules)]).checks
