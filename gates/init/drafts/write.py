"""Writes a draft as files: a pandera schema and a suite per scope, all marked as drafts that only warn."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gates.atomic_files import replace_text
from gates.config.dataset import schema_name
from gates.config.row_rules import INTEGER_VALUED, NOT_NULL, PATTERN, PRESENT, RANGE, TYPE, VOCABULARY, rule_id
from gates.errors import UsageError
from gates.init.drafts.draft import ColumnDraft, ConstraintKind, Draft
from gates.init.drafts.source import dtype_source, schema_source
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROW_RULE = "expect_row_failure_ratio_to_be_less_than"
CONSTRAINT = "expect_constraint_violation_ratio_to_be_less_than"

_ROW_QUESTION = "validating against human behaviour"
_QUESTIONS = {
    PRESENT: "integration without noise",
    TYPE: "integration without noise",
    NOT_NULL: "integration without noise",
    INTEGER_VALUED: "right patterns",
    RANGE: _ROW_QUESTION,
    VOCABULARY: _ROW_QUESTION,
    PATTERN: _ROW_QUESTION,
    ConstraintKind.FUNCTIONAL_DEPENDENCY: "right patterns",
    ConstraintKind.INEQUALITY: "right patterns",
    ConstraintKind.KEY: "integration without noise",
    ConstraintKind.SUM: "right patterns",
    ConstraintKind.PRODUCT: "right patterns",
    ConstraintKind.MISSING_WITH: "right patterns",
    ConstraintKind.MISSING_TOGETHER: "right patterns",
}


@dataclass(frozen=True)
class DraftFiles:
    """What was written. spec: the line for `schema = ...` in gates.toml."""

    schema: Path
    suites: tuple[Path, ...]
    spec: str


def write_draft(draft: Draft, dataset: str, root: Path, *, force: bool = False) -> DraftFiles:
    """Write `schemas/<dataset>.py` and `expectations/<dataset>/<scope>.json` under root, each file whole or not at all.

    Raises UsageError, before anything is written, where a file exists and `force` is not set, or where the dataset's
    name makes no file name.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", dataset):
        raise UsageError(
            f"dataset '{dataset}': a draft's files are named after it; use letters, digits, '-', '_' and '.'"
        )
    schema = root / "schemas" / f"{dataset}.py"
    suites = {scope: root / "expectations" / dataset / f"{scope.value}.json" for scope in Scope}
    existing = [path for path in (schema, *suites.values()) if path.exists()]
    if existing and not force:
        names = ", ".join(str(path.relative_to(root)) for path in existing)
        raise UsageError(f"{names}: exists already, and may hold edits; remove it, or use --force to overwrite it")
    replace_text(schema, schema_source(draft, dataset))
    for scope, path in suites.items():
        replace_text(path, suite_text(draft, dataset, scope))
    return DraftFiles(schema, tuple(suites.values()), f"schemas/{dataset}.py:{schema_name(dataset)}")


def suite_text(draft: Draft, dataset: str, scope: Scope) -> str:
    """One scope's suite as JSON, its entries sorted by rule or constraint; the combined suite has no row rules and is empty."""
    entries = []
    if scope is not Scope.COMBINED:
        entries += [entry for column in draft.columns for entry in _row_entries(column)]
    if scope is Scope.SYNTHETIC:
        entries += _constraint_entries(draft)
    entries.sort(key=_sorted_by)
    suite = {"name": f"{dataset} {scope.value}", "expectations": entries, "meta": {}}
    return json.dumps(suite, indent=2, ensure_ascii=False) + "\n"


def _sorted_by(entry: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    kwargs = entry["kwargs"]
    return entry["type"], kwargs.get("rule") or kwargs["constraint"], kwargs.get("columns", [])


def _row_entries(column: ColumnDraft) -> Iterator[dict[str, object]]:
    for rule, limit in column.limits.items():
        if rule == TYPE and not dtype_source(column.dtype):
            continue
        yield _entry(
            ROW_RULE,
            {"rule": rule_id(column.name, rule), "inferred": True, "max_value": limit.max_value},
            limit.reason,
            rule,
        )


def _constraint_entries(draft: Draft) -> Iterator[dict[str, object]]:
    for constraint in draft.constraints:
        kwargs = {
            "constraint": constraint.kind.value,
            "columns": list(constraint.columns),
            "max_value": constraint.max_value,
        }
        yield _entry(CONSTRAINT, kwargs, constraint.reason, constraint.kind)


def _entry(expectation: str, kwargs: Mapping[str, object], reason: str, question: str) -> dict[str, object]:
    meta = {"draft": True, "inferred": True, "reason": reason, "question": _QUESTIONS[question]}
    return {"type": expectation, "kwargs": dict(kwargs), "severity": Severity.WARNING.value, "meta": meta}
