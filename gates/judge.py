"""The only place where all parts meet: one dataset in, one verdict out."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.contract import Contract, file_digests
from gates.engines.files import manifest_sha256, md5_manifest_sha256
from gates.engines.local import LocalDataset, open_dataset, open_holdout
from gates.metrics.asking import ask
from gates.metrics.catalogue import METRICS
from gates.metrics.measurement import Measurement
from gates.plan import Plan, plan, refuse_unknown_waivers
from gates.quarantine import QuarantineMode, QuarantineWriter
from gates.row_failures import RowFailures, joined
from gates.rows import RowValidator
from gates.scan import HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE
from gates.scanning import ScanRequest, scan
from gates.schemas.built_in import built_in_schema
from gates.schemas.loading import load_schema
from gates.suite_files import measurement_key, params_of
from gates.verdict import Scope, Verdict, conclude

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from gates.engines.files import DataFile
    from gates.scan import FileFacts, Scan
    from gates.schemas.loading import LoadedSchema
    from gates.suite_files import SuiteEntry

_METRICS = {metric.expectation: metric for metric in METRICS}


@dataclass(frozen=True)
class Options:
    """How to judge; nothing here can change an outcome except `only` and `scopes`, which make a partial plan.

    quarantine: folder for failing rows, or None for none. progress: told the step, how far it is, and its length.
    files, holdout_files: the files of another version than the work tree (`gates.versions.files_at`).
    """

    only: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    quarantine: Path | None = None
    progress: Callable[[str, int, int], None] = field(default=lambda _step, _done, _total: None)
    files: Sequence[DataFile] | None = None
    holdout_files: Sequence[DataFile] | None = None


@dataclass(frozen=True)
class Judged:
    """A verdict with what belongs to one run only and therefore not into it."""

    verdict: Verdict
    quarantined: int
    quarantine: Path | None
    seconds: Mapping[str, float]


def judge(contract: Contract, options: Options) -> Judged:
    """Open, scan, measure, run the suites, conclude.

    Raises UsageError, SuiteError or DataError where nothing can be judged; bad data never raises.
    """
    clock = _Clock()
    dataset = contract.dataset
    with ExitStack() as stack:
        opened = stack.enter_context(open_dataset(dataset, files=options.files))
        held = open_holdout(dataset, files=options.holdout_files)
        holdout = stack.enter_context(held) if held else None
        own = load_schema(contract.schema, dataset.root) if contract.schema else None
        if own:
            contract = contract.with_sources(file_digests(own.sources, dataset.root))
        validators = _validators(opened, own)
        rules = {rule.id: rule for validator in validators for rule in validator.rules}
        whole = plan(contract, rules.values(), drafted=_drafted(validators, own))
        refuse_unknown_waivers(contract, whole)
        chosen = whole.only(options.only, options.scopes)
        clock.lap("open")
        pass_over = _Pass(opened, validators, options)
        quarantined, writer_path, seen = pass_over.run(contract, holdout)
        clock.lap("scan")
        measurements = _measure(seen, chosen, options)
        clock.lap("metrics")
        results = _run_suites(opened, chosen, measurements, options)
        clock.lap("suites")
        waived = frozenset(waiver.check for waiver in contract.waivers)
        answer, checks = conclude(
            chosen.checks, results, waived=waived, inconclusive_blocks=dataset.inconclusive == "block"
        )
        verdict = Verdict(
            dataset=dataset.name,
            answer=answer,
            checks=checks,
            rows=_row_counts(seen),
            data=_data(opened, holdout),
            contract=contract.to_json(),
            loosened=contract.loosened,
            waived=[_waiver_row(waiver) for waiver in contract.waivers],
            is_partial=chosen.checks != whole.checks,
        )
    return Judged(verdict, quarantined, writer_path, clock.laps)


def _validators(opened: LocalDataset, own: LoadedSchema | None) -> list[RowValidator]:
    """The data type's schema and the dataset's own; where both have a rule, both count (see `joined`)."""
    built_in = RowValidator(built_in_schema(opened.roles, _column_types(opened)))
    return [built_in, RowValidator(own.model)] if own else [built_in]


def _drafted(validators: list[RowValidator], own: LoadedSchema | None) -> frozenset[str]:
    """Ids of the rules that only the dataset's own schema has, while that is a draft."""
    if own is None or not own.is_draft:
        return frozenset()
    built_in, drafted = ({rule.id for rule in validator.rules} for validator in validators)
    return frozenset(drafted - built_in)


def _column_types(opened: LocalDataset) -> dict[str, str]:
    view = opened.views[Scope.COMBINED].replace('"', '""')
    fields = opened.connection.sql(f'SELECT * FROM "{view}" LIMIT 0').to_arrow_table().schema  # noqa: S608  # quoted
    return {field.name: str(field.type) for field in fields}


class _Pass:
    """The shared scan with pandera on each batch."""

    def __init__(self, opened: LocalDataset, validators: list[RowValidator], options: Options) -> None:
        self.opened, self.validators, self.options = opened, validators, options
        self.failures = RowFailures([rule.id for validator in validators for rule in validator.rules])
        self.done, self.total = 0, sum(file.rows for file in opened.files)

    def run(self, contract: Contract, holdout: LocalDataset | None) -> tuple[int, Path | None, Scan]:
        """Number of failing rows, where they went, and what was seen."""
        dataset = contract.dataset
        folder = self.options.quarantine
        mode = QuarantineMode(dataset.quarantine) if folder else QuarantineMode.OFF
        path = (folder or Path()) / f"{dataset.name}.parquet"
        with QuarantineWriter(path, [file.path for file in self.opened.files], mode) as writer:

            def on_batch(batch: pa.RecordBatch) -> None:
                found = joined([validator.validate(batch) for validator in self.validators])
                self.failures.update(found)
                writer.write(batch, found)
                self.done += batch.num_rows
                self.options.progress("rows", self.done, self.total)

            request = ScanRequest(
                purpose=dataset.purpose,
                extends_human_law=dataset.synthetic_role == "extend",
                rule_failures=self.failures.value,
                on_batch=on_batch,
                undeclared_origins=self.opened.undeclared_origins,
            )
            seen = scan(self.opened, request, holdout)
        return writer.failing_rows, None if mode is QuarantineMode.OFF else path, seen


def _measure(seen: Scan, chosen: Plan, options: Options) -> dict[Scope, dict[str, Measurement]]:
    asked = [(scope, entry) for scope in Scope for entry in chosen.entries[scope] if entry.type in _METRICS]
    found: dict[Scope, dict[str, Measurement]] = {scope: {} for scope in Scope}
    for number, (scope, entry) in enumerate(asked):
        options.progress("checks", number, len(asked))
        params = params_of(_METRICS[entry.type], entry.kwargs)
        key = measurement_key(entry.type, params)
        if key not in found[scope]:
            found[scope][key] = _measure_one(seen, scope, entry, params)
    options.progress("checks", len(asked), len(asked))
    return found


def _measure_one(seen: Scan, scope: Scope, entry: SuiteEntry, params: Mapping[str, object]) -> Measurement:
    if "purpose" in params and seen.purpose is None:
        line = 'purpose = "finetune"  # pretrain | finetune | preference | evaluation'
        return Measurement(not_asked=f"no purpose is declared, and no ratio is right for all; add: {line}")
    return ask(_METRICS[entry.type], seen, scope, params)


def _run_suites(
    opened: LocalDataset, chosen: Plan, measurements: Mapping[Scope, Mapping[str, Measurement]], options: Options
) -> list:  # type: ignore[type-arg]
    options.progress("suites", 0, 1)
    from gates.suites.run import run, validate

    validate(entry for scope in Scope for entry in chosen.entries[scope])
    kinds = {check.id: check.kind for check in chosen.checks}
    results = run(opened.connection, opened.views, chosen.entries, measurements)
    options.progress("suites", 1, 1)
    return [replace(result, kind=kinds.get(result.id, result.kind)) for result in results]


def _row_counts(seen: Scan) -> dict[str, int]:
    codes = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE, "undeclared": UNDECLARED_CODE}
    return {name: int(seen.index.of(code).sum()) for name, code in codes.items()}


def _data(opened: LocalDataset, holdout: LocalDataset | None) -> dict[str, object]:
    held = holdout.files if holdout else ()
    return {
        "manifest_sha256": manifest_sha256(opened.files),
        "holdout_sha256": manifest_sha256(held) if holdout else None,
        "md5_manifest_sha256": md5_manifest_sha256({file.path: file.md5 for file in (*opened.files, *held)}),
        "files": [_file_row(file) for file in opened.files],
        "holdout_files": [_file_row(file) for file in held],
    }


def _file_row(file: FileFacts) -> dict[str, object]:
    return {"path": file.path, "sha256": file.sha256, "md5": file.md5, "size": file.size, "rows": file.rows}


def _waiver_row(waiver: object) -> dict[str, str]:
    return {name: str(getattr(waiver, name)) for name in ("check", "reason", "owner", "expires")}


class _Clock:
    """Seconds per step, for the terminal only; no time reaches a verdict."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Close the step that is under way."""
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
