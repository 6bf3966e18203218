"""`gates list missing`: the lines that gates.toml lacks for checks that are not configured, by the stored verdicts."""

from __future__ import annotations

import tomllib
from itertools import groupby
from typing import TYPE_CHECKING, cast

from gates.cli.options import chosen
from gates.verdict import LINE_TO_ADD, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.verdicts.recorded import RecordedVerdict


def missing_rows(names: Sequence[str], config: Path | None) -> list[dict[str, object]]:
    """What each dataset lacks: `add`, a line for its table, or `why` none helps, with the `checks` that it is about.

    Without names every dataset of the nearest configuration. Raises VerdictError where one has no stored verdict.
    """
    from gates.checking.targets import targets_of
    from gates.config.load import read_config

    return [
        row
        for target in targets_of(names, config, every=False)
        for dataset in chosen(read_config(target.path), target.names, every=not target.names)
        for row in _rows(target.id_of(dataset.name), _newest_verdict(dataset))
    ]


def missing_lines(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    """The rows as text: the lines to copy, then the checks that no line enables, and why."""
    for (name, is_addable), group in groupby(rows, key=lambda row: (str(row["dataset"]), bool(row["add"]))):
        listed = list(group)
        what = (
            "lines for its table in gates.toml, and the checks that each enables"
            if is_addable
            else "no line enables these"
        )
        yield f"{name}: {what}"
        for row in listed:
            added = tomllib.loads(str(row["add"]))
            yield f"  {row['add'] or row['why']}"
            yield from (f"      {_shown(check, added)}" for check in cast("list[str]", row["checks"]))
        roles = {role for row in listed for role in tomllib.loads(str(row["add"])).get("columns", {})}
        if len(roles) > 1:
            together = ", ".join(f'{role} = "…"' for role in sorted(roles))
            yield "  a table has one line of columns: put the roles that your data has beside those that are there, as in"
            yield f"      columns = {{ {together} }}"


def _shown(check: str, added: Mapping[str, object]) -> str:
    """A check's id; where the purpose is what it lacks, without that of the suite's first entry, which is another's."""
    return check.rpartition("/")[0] if "purpose" in added else check


def _rows(name: str, verdict: RecordedVerdict) -> list[dict[str, object]]:
    by_fix: dict[tuple[str, str], list[str]] = {}
    for check in verdict.checks:
        if check.outcome is Outcome.NOT_CONFIGURED:
            line = str(check.evidence.get(LINE_TO_ADD, ""))
            by_fix.setdefault((line, "" if line else check.message), []).append(str(check.id))
    ordered = sorted(by_fix, key=lambda fix: not fix[0])
    return [{"dataset": name, "add": add, "why": why, "checks": by_fix[add, why]} for add, why in ordered]


def _newest_verdict(dataset: DatasetConfig) -> RecordedVerdict:
    """The last verdict of `gates check`, whether it was written to `.gates/` or, as by stages, to `reports/`."""
    from gates.init.snippets import FOLDER
    from gates.verdicts.recorded import VerdictError, read_verdict
    from gates.verdicts.store import VerdictStore

    stores = (VerdictStore(dataset.root), VerdictStore(dataset.root, dataset.root / FOLDER))
    paths = [path for store in stores if (path := store.path(dataset.name)).is_file()]
    if not paths:
        raise VerdictError(f"{dataset.name} has no verdict yet; run `gates check {dataset.name}`")
    return read_verdict(max(paths, key=lambda path: path.stat().st_mtime))
