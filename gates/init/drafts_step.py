"""Drafts a dataset's rules from its human rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.config.sources.schema_files import own_schema
from gates.data.duckdb.dataset import VIEWS, LocalDataset, open_dataset
from gates.data.facts import ROW_ID
from gates.data.sql import identifier, select
from gates.data.values.survey import survey
from gates.errors import DataError
from gates.init.drafts.accept import are_drafts
from gates.init.drafts.bounds import column_rule_error
from gates.init.drafts.columns import infer_column
from gates.init.drafts.constraints import infer_constraints
from gates.init.drafts.draft import Constraint, ConstraintKind, Draft
from gates.init.drafts.write import DraftFiles, write_draft
from gates.verdict import Scope
from gates.versions.dataset.snapshots import work_tree_files
from gates.versions.repository import open_repository

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from gates.config.dataset import DatasetConfig

# Tolerance intervals hardly tighten beyond this many rows, and this many fit into memory.
MOST_ROWS = 200_000
# A generator that copies has fewer of its keys from human rows than a numbering that begins at one again.
MOST_SHARED = 0.5
# Data types whose columns are the user's own; the others bring their rules along.
DRAFTED_TYPES = ("tabular",)


def rule_files(dataset: DatasetConfig) -> list[Path]:
    """The dataset's own schema and suites, as far as they are there."""
    spec = own_schema(dataset)
    schema = [dataset.root / spec.rpartition(":")[0]] if spec else []
    suites = [dataset.root / "expectations" / dataset.name / f"{scope.value}.json" for scope in Scope]
    return [path for path in (*schema, *suites) if path.is_file()]


def remove_other_drafts(dataset: DatasetConfig) -> list[Path]:
    """The drafts of a dataset whose type is another by now; nobody has accepted them, and they are gone."""
    drafts = [] if dataset.type in DRAFTED_TYPES or dataset.schema else are_drafts(rule_files(dataset))
    for path in drafts:
        path.unlink()
    return drafts


def draft(dataset: DatasetConfig, *, force: bool) -> DraftFiles:
    """Infer rules from the human rows and write them as drafts that only warn.

    Raises DataError where there are no human rows, UsageError where files exist and `force` is not set.
    """
    files = work_tree_files(open_repository(dataset.root), dataset).dataset
    with open_dataset(dataset, data_type(dataset.type), files=files) as opened:
        total = opened.row_counts()[Scope.HUMAN.value]
        if not total:
            raise DataError(
                f"{dataset.place('origin')}: no human rows in {dataset.where()}: no rules can be inferred; "
                "check origin and origins in gates.toml; of synthetic rows alone, add reference, a path of human rows "
                "to compare with, or false where there are none"
            )
        columns = ", ".join(identifier(name) for name in opened.roles.content)
        # Rows of one content are alike: which of them are drawn does not depend on their order.
        drawn = f"ORDER BY hash({columns}) LIMIT {MOST_ROWS}" if total > MOST_ROWS else ""
        query = select(f"{columns}, {identifier(ROW_ID)}", identifier(VIEWS[Scope.HUMAN]), drawn)
        rows = survey(opened).apply(opened.rows(query).drop(ROW_ID))
        inferred = infer(rows, total_rows=total)
        # Within one file, two rows of a key are a fault whoever made them.
        may_start_anew = bool(dataset.partitions)
        holding = tuple(rule for rule in inferred.constraints if not (may_start_anew and _starts_anew(opened, rule)))
    return write_draft(replace(inferred, constraints=holding), dataset.name, dataset.root, force=force)


def infer(frame: pl.DataFrame, *, total_rows: int) -> Draft:
    """The draft of a dataset's row rules and constraints; the same for any order of rows.

    frame: human rows, content columns only. total_rows: human rows there are, of which the frame may be a sample.
    """
    error = column_rule_error(len(frame.columns))
    columns = tuple(infer_column(frame[name], error) for name in frame.columns)
    return Draft(frame.height, total_rows, columns, infer_constraints(frame, columns))


def _starts_anew(opened: LocalDataset, rule: Constraint) -> bool:
    """Whether it is one of a key that most synthetic rows share with a human row: it numbers the rows of each file for itself."""
    if rule.kind is not ConstraintKind.KEY:
        return False
    key = identifier(rule.columns[0])
    human, synthetic = (identifier(VIEWS[scope]) for scope in (Scope.HUMAN, Scope.SYNTHETIC))
    shared = f"avg(CAST({key} IN ({select(key, human)}) AS INTEGER)) AS shared"
    return float(opened.rows(select(shared, synthetic))["shared"][0] or 0) > MOST_SHARED
