"""Everything that can be found wrong with a project without reading its data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gates.checking.column_names import view_names
from gates.checking.lint.paths import lost_paths
from gates.config.installed.plugins import PluginKind
from gates.config.load import load_config
from gates.config.removals import FOLDER, REMOVALS
from gates.config.row_rules import FINITE, RowRule
from gates.contract.contract import Contract, load_contract
from gates.contract.plan import plan, waives_nothing
from gates.contract.plugins.registry import loaded, metrics_of
from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import ROW_FAILURES
from gates.errors import GatesError, did_you_mean
from gates.regular_files import is_file
from gates.verdict import CheckId, Scope
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from gates.config.dataset import DatasetConfig


@dataclass
class Lint:
    """What was looked at and found. problems: must be fixed; notes: may stay. Both name file and line."""

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
    report = Lint()
    try:
        read = load_config(config)
        for kind in PluginKind:
            loaded(read.plugins, kind)
    except GatesError as error:
        report.add(error)
        return report
    datasets = read.datasets.values()
    report.datasets = len(datasets)
    for dataset in datasets:
        # What one of them may have lost is reported once, below.
        _lint_dataset(replace(dataset, strays=()), today, report, is_deep=is_deep)
    _lint_strays(datasets, report)
    return report


def _lint_strays(datasets: Collection[DatasetConfig], report: Lint) -> None:
    """Suites, schemas and records of no dataset: it was renamed, or they are misspelt."""
    names = {dataset.name for dataset in datasets}
    for stray in dict.fromkeys(stray for dataset in datasets for stray in dataset.strays):
        if stray.instead:
            report.problems.append(
                f"{stray.path}: is not used: dataset '{stray.name}' has schema = \"{stray.instead}\"; "
                "name this one there, or remove it"
            )
            continue
        near = did_you_mean(stray.name, names)
        fix = stray.fix("DATASET")
        report.problems.append(f"{stray.path}: no dataset has this name ({near}); {fix}, or remove it")
    for root in sorted({dataset.root for dataset in datasets}):
        report.problems += [
            f"expectations/{path.name}: is not read: suites lie in expectations/DATASET/, one for each of "
            f"{', '.join(f'{scope.value}.json' for scope in Scope)}; move it there, or remove it"
            for path in sorted((root / "expectations").glob("*.json"))
        ]
        for path in sorted((root / FOLDER).glob("*")):
            if path.name in names or not path.is_dir():
                continue
            shown, near = f"{FOLDER}/{path.name}", did_you_mean(path.name, names)
            if (path / REMOVALS).is_dir():
                report.problems.append(f"{shown}/{REMOVALS}: no dataset has this name ({near})")
            elif any(path.glob("v*.json")):
                report.notes.append(
                    f"{shown}: no dataset has this name ({near}): nothing is held to what was promoted under it"
                )


def _lint_dataset(dataset: DatasetConfig, today: date, report: Lint, *, is_deep: bool) -> None:
    for error in (*_broken_suites(dataset), *lost_paths(dataset)):
        report.add(error)
    try:
        contract = load_contract(dataset, today)
    except GatesError as error:
        report.add(error)
        return
    _ContractLint(contract, today, report).run(is_deep=is_deep)


def _broken_suites(dataset: DatasetConfig) -> Iterator[GatesError]:
    """The first mistake of each of the dataset's own suites; `load_contract` stops at the first of all."""
    metrics = metrics_of(dataset.plugins)
    for scope in Scope:
        path = dataset.root / "expectations" / dataset.name / f"{scope.value}.json"
        try:
            shown = path.relative_to(dataset.root).as_posix()
            if is_file(path, shown):
                read_suite(path, metrics, shown=shown)
        except GatesError as error:
            yield error


@dataclass(frozen=True)
class _ContractLint:
    """What is wrong with the contract of one dataset, found on a day."""

    contract: Contract
    today: date
    report: Lint

    def run(self, *, is_deep: bool) -> None:
        """is_deep: as in `lint`."""
        contract, report, dataset = self.contract, self.report, self.contract.dataset
        self._note_drafts()
        self._expired()
        self._removals()
        if is_deep:
            self._ask_great_expectations()
        try:
            rules, is_draft = self._rules()
            names = view_names(contract.data_type.roles, dataset, contract.data_type)
            planned = plan(contract, rules, view_names=names).checks
        except GatesError as error:
            report.add(error)
            return
        if is_draft:
            report.notes.append(
                f"{contract.schema}: a draft, warning only; accept with `gates init {dataset.name} --accept`"
            )
        report.checks += len(planned)
        self._unused({str(check.id) for check in planned})

    def _rules(self) -> tuple[list[RowRule], bool]:
        """The row rules that are known without data, and whether the dataset's own schema is a draft.

        Raises SuiteError for a schema that does not load.
        """
        named_rules = [str(entry.kwargs["rule"]) for entry in self.contract.all_entries() if entry.type == ROW_FAILURES]
        # pandera takes seconds to import, and is not needed where no rule is named and no schema is there.
        if not named_rules and not self.contract.schema:
            return [], False
        from gates.checking.resolve import with_schemas
        from gates.data.facts import Roles

        # Which roles and columns are there, only the data says.
        roles = Roles(self.contract.dataset.type, (), bound=self.contract.data_type.roles)
        validators = with_schemas(self.contract).schemas.validators(roles, {})
        rules = validators.rules()
        if self.contract.dataset.type == "tabular":
            # Which columns hold floats, only the data says.
            rules |= {rule: RowRule(rule, "a finite number") for rule in named_rules if rule.endswith(f"/{FINITE}")}
        return list(rules.values()), validators.is_draft

    def _note_drafts(self) -> None:
        drafts: dict[str, int] = {}
        for entry in self.contract.all_entries():
            if entry.meta.get("draft") is True:
                drafts[entry.path] = drafts.get(entry.path, 0) + 1
        name = self.contract.dataset.name
        for path, count in drafts.items():
            self.report.notes.append(
                f"{path}: {counted(count, 'draft expectation')}, warning only; accept with `gates init {name} --accept`"
            )

    def _expired(self) -> None:
        for waiver in self.contract.expired:
            self.report.problems.append(
                f"{self.contract.dataset.source}:{waiver.line}: the waiver of {waiver.check} expired on {waiver.expires}; "
                f"fix the data, or have {waiver.owner} decide anew"
            )

    def _removals(self) -> None:
        """Records that excuse nothing: of days to come, and of those before the last promotion. What they name, only data says."""
        last = _last_promotion(self.contract.dataset, self.report) if self.contract.removals else None
        spent = []
        for record in self.contract.removals:
            if record.date > self.today:
                self.report.problems.append(
                    f"{record.place}: date is {record.date}, a day to come; write the day of the decision"
                )
            elif last and record.date < last[1] - timedelta(days=1):
                spent.append(record.place)
        if spent and last:
            self.report.notes.append(
                f"{', '.join(spent)}: from before {last[0]} was promoted, where these rows are gone: excuses nothing any more"
            )
        if self.contract.removals and last is None:
            self.report.notes.append(
                f"{self.contract.removals[0].place}: nothing was promoted yet, so that nothing can be missed"
            )

    def _unused(self, planned: set[str]) -> None:
        for waiver in self.contract.waivers:
            if waiver.check in planned or self._depends_on_data(waiver.check):
                continue
            self.report.problems.append(waives_nothing(self.contract, waiver, planned))

    def _depends_on_data(self, check: str) -> bool:
        check_id = CheckId.parse(check)
        is_finite_rule = check_id.type == ROW_FAILURES and check_id.detail.endswith(f"/{FINITE}")
        return self.contract.dataset.type == "tabular" and is_finite_rule and check_id.scope is not Scope.COMBINED

    def _ask_great_expectations(self) -> None:
        from gates.gx import validate

        for entry in self.contract.all_entries():
            try:
                validate([entry], self.contract.metrics.values())
            except GatesError as error:
                self.report.add(error)


def _last_promotion(dataset: DatasetConfig, report: Lint) -> tuple[str, date] | None:
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
        report.add(error)
        return None
    return path.stem, statement.promoted_at.date()
