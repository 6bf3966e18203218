"""What a person may want to know about a check before or after it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES
from gates.config.installed.plugins import PluginKind, Plugins
from gates.contract.check_lookup import PREFIX, resolve_checks, search_checks, search_sentence, suggestion, written_out
from gates.contract.plugins.registry import loaded, type_suites
from gates.contract.suites.argument_values import described, example_value
from gates.contract.suites.arguments import limit_names
from gates.contract.suites.names import SUPPORTED
from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import SuiteEntry, limits_of
from gates.errors import UsageError, did_you_mean
from gates.metrics.base.metric import Metric, Side
from gates.metrics.catalogue import BY_NAME
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gates.contract.contract import Contract

COMMON = "common"
_LIMITS = {
    "min_value": "a number; below it the check fails",
    "max_value": "a number; above it the check fails",
    "warn_value": "a number, may be left out; beyond it the check warns",
}


@dataclass(frozen=True)
class Explanation:
    """What an expectation asks, why it matters, where it comes from, and what to do when it fails.

    languages: why rows of all languages are one number, "" where nothing is to be said of it.
    cached, reads: of unchanged files, as in `Metric`; "" where nothing is to be said of it.
    """

    type: str
    asks: str
    why: str
    source: str
    fix: str
    languages: str = ""
    cached: str = ""
    reads: str = ""


@dataclass(frozen=True)
class Use:
    """One suite's entry. owner: `common`, a data type or, where the entry is its own, a dataset."""

    owner: str
    entry: SuiteEntry

    def limits(self) -> str:
        """`critical, limit 0.25, warns beyond 0.1`."""
        limits = limits_of(self.entry.kwargs)
        softer = "" if limits.warn_value is None else f", warns beyond {limits.warn_value:g}"
        return f"{self.entry.severity.value}, {limits}{softer}"

    def reason(self) -> str:
        """Why the limit is what it is; "" where none is given."""
        return str(self.entry.meta.get("reason", ""))


_ROW_COUNT = "expect_table_row_count_to_be_between"
_STOCK = {
    _ROW_COUNT: Explanation(
        _ROW_COUNT,
        asks="Are there rows at all, and not more or fewer than there may be?",
        why=(
            "Great Expectations calls every expectation on an empty partition a success; a path that matches nothing, or a "
            "misspelt origin, must not look like a clean dataset."
        ),
        source="counted over every row of the partition",
        fix="Look at path, origin and origins in gates.toml, and at the files that the report's data section lists.",
    )
}


def explanation(check_type: str, metrics: Mapping[str, Metric] = BY_NAME) -> Explanation:
    """The explanation of an expectation type. Raises KeyError for a type that no suite can have.

    metrics: all that there are, by expectation; those of gates itself, where none are given.
    """
    if metric := metrics.get(check_type):
        return Explanation(
            check_type,
            metric.asks,
            metric.why,
            metric.source,
            metric.fix,
            languages=metric.languages_together,
            cached=metric.cached,
            reads=metric.reads,
        )
    if check_type in _STOCK:
        return _STOCK[check_type]
    if check_type not in SUPPORTED:
        raise KeyError(check_type)
    words = check_type.removeprefix(PREFIX).replace("_", " ")
    return Explanation(
        check_type,
        asks=f"One of Great Expectations' own expectations: {words}.",
        why="Somebody wrote it into a suite; the reason there says why.",
        source=f"https://greatexpectations.io/expectations/{check_type}",
        fix="Fix the rows, or change the limit in the suite that asks.",
    )


def find_types(
    check: str, metrics: Mapping[str, Metric] = BY_NAME, ids: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The expectation types that a check id, a type, words of its name or a detail mean, and which of the ids of a single one.

    metrics: as for `explanation`. ids: of the checks that suites have, some of which have details. Several types have a word
    that no single one has. Raises UsageError naming the nearest type.
    """
    first, _, rest = written_out(check).partition("/")
    is_id = first in {scope.value for scope in Scope} and rest
    check_type = rest.partition("/")[0] if is_id else first
    ours = {*_STOCK, *metrics}
    every_type = ours | SUPPORTED
    # A word of ours first: Great Expectations' own have almost every word of English.
    types = ours if search_checks(check_type, ours) else every_type
    exact = [name for name in (check_type, PREFIX + check_type) if name in every_type]
    named = exact or search_checks(check_type, types) or search_sentence(check, ours)
    detailed = resolve_checks(check, ids)
    of_details = list(dict.fromkeys(one.split("/")[1] for one in detailed))
    if len(named) == 1:
        return named, [one for one in detailed if one.split("/")[1] == named[0]]
    if named and not (rest and len(of_details) == 1):
        return named, []
    if len(of_details) == 1:
        return of_details, detailed
    hint = suggestion(check_type, types, otherwise="`gates list checks` names them")
    raise UsageError(f"no check '{check}' ({hint})")


def suite_entry(
    check_type: str, uses: Sequence[Use], metrics: Mapping[str, Metric] = BY_NAME
) -> dict[str, object] | None:
    """An entry for a suite file with all arguments, from the first use or, without one, with the strictest limit.

    metrics: as for `explanation`. None for Great Expectations' own expectations that no suite uses: their arguments are theirs to explain.
    """
    metric = metrics.get(check_type)
    if uses:
        kwargs, severity = dict(uses[0].entry.kwargs), uses[0].entry.severity.value
    elif metric is not None:
        limits = {"max_value": 0} if metric.side is Side.MAX else {"min_value": 1}
        kwargs, severity = {**limits, **{name: example_value(metric, name) for name, _ in metric.params}}, "critical"
    else:
        return None
    return {"type": check_type, "kwargs": kwargs, "severity": severity, "meta": {"reason": "why this limit"}}


def arguments(check_type: str, metrics: Mapping[str, Metric] = BY_NAME) -> dict[str, str]:
    """What each argument of an expectation on one of the metrics takes, limits first; nothing for the others."""
    metric = metrics.get(check_type)
    if metric is None:
        return {}
    taken = {name: _LIMITS[name] for name in limit_names(metric.side)}
    return taken | {name: described(metric, name) for name, _ in metric.params}


def built_in_uses() -> list[Use]:
    """Every entry of the suites that gates ships, `common` first, then the data types."""
    return _uses_of((COMMON, *DATA_TYPES), Plugins(), BY_NAME)


def plugin_uses(plugins: Plugins, metrics: Mapping[str, Metric]) -> list[Use]:
    """Every entry of the suites that plugins bring along for their data types. metrics: as for `explanation`."""
    return _uses_of(tuple(loaded(plugins, PluginKind.TYPE)), plugins, metrics)


def shipped_uses(
    plugins: Plugins, metrics: Mapping[str, Metric], data_type: str | None = None, scope: str | None = None
) -> list[Use]:
    """What `built_in_uses` and `plugin_uses` have; of a data type with what every type has, and of one scope.

    metrics: as for `explanation`. Raises UsageError naming the nearest data type, and what `plugin_uses` raises.
    """
    types = [*DATA_TYPES, *plugins.names(PluginKind.TYPE)]
    if data_type and data_type not in types:
        raise UsageError(f"no data type '{data_type}' ({did_you_mean(data_type, types)})")
    return [
        use
        for use in [*built_in_uses(), *plugin_uses(plugins, metrics)]
        if (not data_type or use.owner in (COMMON, data_type))
        and (not scope or use.entry.check_id.scope.value == scope)
    ]


def _uses_of(parts: Sequence[str], plugins: Plugins, metrics: Mapping[str, Metric]) -> list[Use]:
    uses = []
    for part in parts:
        folder, name = type_suites(plugins, part)
        for scope in Scope:
            suite = read_suite(folder / f"{scope.value}.json", metrics, shown=f"{name}/{scope.value}.json")
            uses += [Use(part, entry) for entry in suite.expectations]
    return uses


def own_uses(contracts: Mapping[str, Contract]) -> list[Use]:
    """The entries that datasets' own suites have, by dataset."""
    return [Use(name, entry) for name, contract in contracts.items() for entry in contract.own_entries()]


def of_datasets(uses: Sequence[Use], contracts: Mapping[str, Contract]) -> list[Use]:
    """The uses that count for some datasets: their own, `common` and of their data types; all where none of them does."""
    owners = {COMMON, *contracts, *(contract.dataset.type for contract in contracts.values())}
    counting = [use for use in uses if use.entry.is_own or use.owner in owners]
    return counting if contracts and counting else list(uses)


def matching(uses: Sequence[Use], check_type: str, ids: Collection[str]) -> list[Use]:
    """The uses of a type; of these check ids alone where there are any."""
    of_type = [use for use in uses if use.entry.type == check_type]
    return [use for use in of_type if str(use.entry.check_id) in ids] or of_type
