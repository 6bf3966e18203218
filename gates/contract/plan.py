"""Which checks run on which scopes, in a fixed order, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.contract.check_lookup import MOST_NAMED, resolve_checks, search_checks, suggestion
from gates.contract.suites.suite import ROW_FAILURES, SuiteEntry, unmentioned_rule
from gates.errors import SuiteError, UsageError, did_you_mean, first_few
from gates.verdict import Kind, PlannedCheck, Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gates.config.dataset import Waiver
    from gates.config.row_rules import RowRule
    from gates.contract.contract import Contract

# Arguments of Great Expectations' expectations and of ours that name columns.
_COLUMN_ARGUMENTS = frozenset({"column", "column_A", "column_B", "column_list", "column_set", "columns"})


@dataclass(frozen=True)
class Plan:
    """The expectations to run per scope. `checks` is the promise that a verdict is held to."""

    entries: Mapping[Scope, tuple[SuiteEntry, ...]]

    @property
    def checks(self) -> tuple[PlannedCheck, ...]:
        """One planned check per expectation, scopes and suites in their order."""
        return tuple(
            PlannedCheck(entry.check_id, entry.severity, Kind.SCHEMA if entry.type == ROW_FAILURES else Kind.SUITE)
            for scope in Scope
            for entry in self.entries[scope]
        )

    def only(self, wanted: Sequence[str], scopes: Sequence[Scope]) -> Plan:
        """The part of the plan that these names, as `resolve_checks` takes them, and these scopes mean.

        Raises UsageError for a name that means no check of the plan, or several types of them.
        """
        ids = [str(check.id) for check in self.checks]
        chosen = set() if wanted else set(ids)
        for name in wanted:
            matches = resolve_checks(name, ids)
            if not matches:
                types = {check.id.type for check in self.checks}
                raise UsageError(f"--only {name}: {_why_none(name, types, ids)}")
            matched_scopes = list(dict.fromkeys(one.partition("/")[0] for one in matches))
            if scopes and not {*matched_scopes} & {*scopes}:
                raise UsageError(
                    f"--only {name}: runs on {' and '.join(matched_scopes)} alone; "
                    f"with it, leave out --scope, or give --scope {matched_scopes[0]}"
                )
            chosen.update(matches)
        return Plan(
            {
                scope: tuple(
                    entry
                    for entry in self.entries[scope]
                    if (not scopes or scope in scopes) and str(entry.check_id) in chosen
                )
                for scope in Scope
            }
        )


def _why_none(name: str, types: Collection[str], ids: Collection[str]) -> str:
    """What to say of a name that means no check of a plan."""
    from gates.metrics.catalogue import BY_NAME

    elsewhere = [] if search_checks(name, types) else search_checks(name.replace(" ", "_"), BY_NAME)
    if elsewhere:
        return (
            f"no check of this dataset ({first_few(elsewhere, MOST_NAMED)} asks others; `gates check -v` lists its own)"
        )
    return f"no such check ({suggestion(name, types, ids, otherwise='`gates check -v` lists them')})"


def plan(
    contract: Contract,
    rules: Iterable[RowRule],
    *,
    drafted: frozenset[str] = frozenset(),
    view_names: Mapping[str, str] | None = None,
    is_lenient: bool = False,
) -> Plan:
    """Every expectation of the merged suites, and a limit on every row rule that no suite mentions.

    drafted: ids of rules that only a draft schema has; until it is accepted they warn. view_names: what the views call
    a column of the files, where that is another name; ids keep the names that the suites have. is_lenient: not all columns
    are known, from which the rules follow: limits on rules that are not known are left out.
    Raises SuiteError for a suite that limits a row rule which the schema does not have.
    """
    rules_by_id = {rule.id: rule for rule in rules}
    entries = {}
    for scope in Scope:
        fitting = contract.fitting_entries(scope)
        listed = [_in_view(entry, view_names, rules_by_id) if view_names else entry for entry in fitting]
        if is_lenient:
            listed = [
                entry for entry in listed if entry.type != ROW_FAILURES or str(entry.kwargs.get("rule")) in rules_by_id
            ]
        _refuse_unknown_rules(listed, rules_by_id)
        if scope is not Scope.COMBINED:
            mentioned = {str(entry.kwargs.get("rule")) for entry in listed if entry.type == ROW_FAILURES}
            listed += [
                unmentioned_rule(scope, rule.id, Severity.WARNING if rule.id in drafted else Severity.CRITICAL)
                for rule in rules_by_id.values()
                if rule.id not in mentioned
            ]
        extends = scope is Scope.SYNTHETIC and contract.dataset.synthetic_role == "extend"
        entries[scope] = tuple(map(_of_extending_rows, listed) if extends else listed)
    return Plan(entries)


def refuse_unknown_waivers(contract: Contract, planned: Plan) -> None:
    """Raises UsageError naming every waiver in force of a check that the whole plan does not have."""
    ids = {str(check.id) for check in planned.checks}
    unknown = [waives_nothing(contract, waiver, ids) for waiver in contract.waivers if waiver.check not in ids]
    if unknown:
        raise UsageError("\n".join(unknown))


def waives_nothing(contract: Contract, waiver: Waiver, planned: Collection[str]) -> str:
    """What is wrong with a waiver whose check is not among the planned ids."""
    near = did_you_mean(waiver.check, planned)
    dataset = contract.dataset
    return (
        f"{dataset.source}:{waiver.line}: the waiver names no check of '{dataset.name}': {waiver.check} "
        f"({near if near.startswith('did') else '`gates check -v` lists them'})"
    )


def _in_view(entry: SuiteEntry, view_names: Mapping[str, str], rules: Collection[str]) -> SuiteEntry:
    """The entry, whose arguments name columns as the views do."""
    kwargs = dict(entry.kwargs)
    for name in _COLUMN_ARGUMENTS & kwargs.keys():
        value = kwargs[name]
        if isinstance(value, str):
            kwargs[name] = view_names.get(value, value)
        elif isinstance(value, list):
            kwargs[name] = [view_names.get(one, one) if isinstance(one, str) else one for one in value]
    if entry.type == ROW_FAILURES and (rule := str(kwargs.get("rule"))) not in rules:
        column, _, name = rule.rpartition("/")
        renamed = f"{view_names.get(column, column)}/{name}"
        kwargs["rule"] = renamed if renamed in rules else rule
    return replace(entry, kwargs=kwargs)


def _refuse_unknown_rules(entries: Sequence[SuiteEntry], rules: Mapping[str, RowRule]) -> None:
    for entry in entries:
        rule = str(entry.kwargs.get("rule"))
        if entry.type == ROW_FAILURES and rule not in rules:
            raise SuiteError(f"{entry.place}: the schema has no rule '{rule}' ({did_you_mean(rule, rules)})")


def _of_extending_rows(entry: SuiteEntry) -> SuiteEntry:
    """Bounds inferred from human rows never block rows that are meant to go beyond them."""
    is_inferred = entry.type == ROW_FAILURES and entry.kwargs.get("inferred")
    return replace(entry, severity=Severity.WARNING) if is_inferred and entry.severity is Severity.CRITICAL else entry
