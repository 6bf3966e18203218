"""Everything that can be found wrong with a project without reading its data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gates.checking.column_names import view_names
from gates.config.installed.plugins import PluginKind
from gates.config.load import load_config
from gates.config.removals import FOLDER, REMOVALS
from gates.config.row_rules import FINITE, RowRule
from gates.contract.contract import load_contract
from gates.contract.plan import ROW_FAILURES, plan, waives_nothing
from gates.contract.plugins.registry import loaded, metrics_of
from gates.contract.suites import read_suite
from gates.errors import GatesError, did_you_mean
from gates.verdict import CheckId, Scope
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.contract.contract import Contract
    from gates.contract.suites import SuiteEntry


@dataclass
class Lint:
    """What was looked at and found. problems: must be mended; notes: may stay. Both name file and line."""

    datasets: int = 0
    checks: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, error: GatesError) -> None:
        """Add every line of an error's message once."""
        self.problems += [line for line in str(error).splitlines() if line not in self.problems]


def lint(config: Path | None, today: date, *, is_deep: bool = False) -> Lint:
    """Looks at the configuration, every dataset's suites and schema, and the waivers.

    is_deep: ask Great Expectations about the arguments of its own expectations, whose import takes seconds.
    """
    found = Lint()
    try:
        read = load_config(config)
        for kind in PluginKind:
            loaded(read.plugins, kind)
    except GatesError as error:
        found.add(error)
        return found
    datasets = read.datasets.values()
    found.datasets = len(datasets)
    for dataset in datasets:
        # What one of them may have lost is said once, below.
        _lint_dataset(replace(dataset, strays=()), today, found, is_deep=is_deep)
    _lint_strays(datasets, found)
    return found


def _lint_strays(datasets: Collection[DatasetConfig], found: Lint) -> None:
    """Suites, schemas and records of no dataset: it was renamed, or they are misspelt."""
    names = {dataset.name for dataset in datasets}
    for stray in dict.fromkeys(stray for dataset in datasets for stray in dataset.strays):
        if stray.instead:
            found.problems.append(
                f"{stray.path}: is not used: dataset '{stray.name}' has schema = \"{stray.instead}\"; "
                "name this one there, or remove it"
            )
            continue
        near = did_you_mean(stray.name, names)
        cure = stray.cure("DATASET")
        found.problems.append(f"{stray.path}: no dataset has this name ({near}); {cure}, or remove it")
    for root in sorted({dataset.root for dataset in datasets}):
        found.problems += [
            f"expectations/{path.name}: nobody reads it: suites lie in expectations/DATASET/, one for each of "
            f"{', '.join(f'{scope.value}.json' for scope in Scope)}; move it there, or remove it"
            for path in sorted((root / "expectations").glob("*.json"))
        ]
        for path in sorted((root / FOLDER).glob("*")):
            if path.name in names or not path.is_dir():
                continue
            shown, near = f"{FOLDER}/{path.name}", did_you_mean(path.name, names)
            if (path / REMOVALS).is_dir():
                found.problems.append(f"{shown}/{REMOVALS}: no dataset has this name ({near})")
            elif any(path.glob("v*.json")):
                found.notes.append(
                    f"{shown}: no dataset has this name ({near}): nothing is held to what was promoted under it"
                )


def _lint_dataset(dataset: DatasetConfig, today: date, found: Lint, *, is_deep: bool) -> None:
    broken = list(_broken_suites(dataset))
    for error in broken:
        found.add(error)
    try:
        contract = load_contract(dataset, today)
    except GatesError as error:
        found.add(error)
        return
    _note_drafts(contract, found)
    _lint_expired(contract, found)
    _lint_removals(contract, today, found)
    if is_deep:
        _ask_great_expectations(contract, found)
    try:
        rules, is_draft = _rules(contract)
        names = view_names(contract.data_type.roles, dataset, contract.data_type)
        planned = plan(contract, rules, view_names=names).checks
    except GatesError as error:
        found.add(error)
        return
    if is_draft:
        found.notes.append(
            f"{contract.schema}: a draft, warning only; accept with `gates init {dataset.name} --accept`"
        )
    found.checks += len(planned)
    _lint_unused(contract, {str(check.id) for check in planned}, found)


def _broken_suites(dataset: DatasetConfig) -> Iterator[GatesError]:
    """The first mistake of each of the dataset's own suites; `load_contract` stops at the first of all."""
    metrics = metrics_of(dataset.plugins)
    for scope in Scope:
        path = dataset.root / "expectations" / dataset.name / f"{scope.value}.json"
        try:
            if path.is_file():
                read_suite(path, metrics, shown=path.relative_to(dataset.root).as_posix())
        except GatesError as error:
            yield error


def _rules(contract: Contract) -> tuple[list[RowRule], bool]:
    """The row rules that are known without data, and whether the dataset's own schema is a draft.

    Raises SuiteError for a schema that does not load.
    """
    asked = [str(entry.kwargs["rule"]) for entry in _entries(contract) if entry.type == ROW_FAILURES]
    # pandera takes seconds to import, and is not needed where no rule is named and no schema is there.
    if not asked and not contract.schema:
        return [], False
    from gates.checking.resolve import with_schemas
    from gates.data.facts import Roles

    # Which roles and columns are there, only the data says.
    roles = Roles(contract.dataset.type, (), bound=contract.data_type.roles)
    validators = with_schemas(contract).schemas.validators(roles, {})
    known = validators.rules()
    if contract.dataset.type == "tabular":
        # Which columns hold floats, only the data says.
        known |= {rule: RowRule(rule, "a finite number") for rule in asked if rule.endswith(f"/{FINITE}")}
    return list(known.values()), validators.is_draft


def _entries(contract: Contract) -> Iterator[SuiteEntry]:
    return (entry for scope in Scope for entry in contract.entries[scope])


def _note_drafts(contract: Contract, found: Lint) -> None:
    drafts: dict[str, int] = {}
    for entry in _entries(contract):
        if entry.meta.get("draft") is True:
            drafts[entry.path] = drafts.get(entry.path, 0) + 1
    name = contract.dataset.name
    for path, count in drafts.items():
        found.notes.append(
            f"{path}: {counted(count, 'draft expectation')}, warning only; accept with `gates init {name} --accept`"
        )


def _lint_expired(contract: Contract, found: Lint) -> None:
    for waiver in contract.expired:
        found.problems.append(
            f"{contract.dataset.source}:{waiver.line}: the waiver of {waiver.check} expired on {waiver.expires}; "
            f"fix the data, or have {waiver.owner} decide anew"
        )


def _lint_removals(contract: Contract, today: date, found: Lint) -> None:
    """Records that excuse nothing: of days to come, and of those before the last promotion. What they name, only data says."""
    last = _last_promotion(contract.dataset, found) if contract.removals else None
    spent = []
    for record in contract.removals:
        if record.date > today:
            found.problems.append(
                f"{record.place}: date is {record.date}, a day to come; write the day of the decision"
            )
        elif last and record.date < last[1] - timedelta(days=1):
            spent.append(record.place)
    if spent and last:
        found.notes.append(
            f"{', '.join(spent)}: from before {last[0]} was promoted, where these rows are gone: excuses nothing any more"
        )
    if contract.removals and last is None:
        found.notes.append(f"{contract.removals[0].place}: nothing was promoted yet, so that nothing can be missed")


def _last_promotion(dataset: DatasetConfig, found: Lint) -> tuple[str, date] | None:
    """The highest version that has a statement, and its day."""
    from gates.promotion.statements.statement import parse_statement
    from gates.promotion.statements.tags import parse_version

    folder = dataset.root / FOLDER / dataset.name
    versions = [version for path in folder.glob("v*.json") if (version := parse_version(path.stem))]
    if not versions:
        return None
    path = folder / f"{max(versions)}.json"
    try:
        statement = parse_statement(path.read_bytes(), path.relative_to(dataset.root).as_posix())
    except GatesError as error:
        found.add(error)
        return None
    return path.stem, statement.promoted_at.date()


def _lint_unused(contract: Contract, planned: set[str], found: Lint) -> None:
    for waiver in contract.waivers:
        if waiver.check in planned or _is_told_by_data(waiver.check, contract):
            continue
        found.problems.append(waives_nothing(contract, waiver, planned))


def _is_told_by_data(check: str, contract: Contract) -> bool:
    found = CheckId.parse(check)
    is_finite_rule = found.type == ROW_FAILURES and found.detail.endswith(f"/{FINITE}")
    return contract.dataset.type == "tabular" and is_finite_rule and found.scope is not Scope.COMBINED


def _ask_great_expectations(contract: Contract, found: Lint) -> None:
    from gates.gx import validate

    for entry in _entries(contract):
        try:
            validate([entry], contract.metrics.values())
        except GatesError as error:
            found.add(error)
