"""What a person may want to know about a check before or after it ran."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from gates.data_types import DATA_TYPES
from gates.errors import UsageError, did_you_mean
from gates.metrics.catalogue import METRICS
from gates.resources import built_in_suites
from gates.suite_files import limits_of, read_suite
from gates.suite_files.names import SUPPORTED
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.contract import Contract
    from gates.suite_files import SuiteEntry

PREFIX = "expect_"
COMMON = "common"


@dataclass(frozen=True)
class Explanation:
    """What an expectation asks, why it matters, where it comes from, and what to do when it fails."""

    type: str
    asks: str
    why: str
    source: str
    fix: str


@dataclass(frozen=True)
class Use:
    """One suite's entry. owner: `common`, a data type or, where it `is_own`, a dataset."""

    owner: str
    entry: SuiteEntry
    is_own: bool = False

    def limits(self) -> str:
        """`critical, limit 0.25, warns beyond 0.1`."""
        limits = limits_of(self.entry.kwargs)
        softer = "" if limits.warn_value is None else f", warns beyond {limits.warn_value:g}"
        return f"{self.entry.severity.value}, {limits}{softer}"

    def reason(self) -> str:
        """Why the limit is what it is; "" where nobody said."""
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


def explanation(kind: str) -> Explanation:
    """The explanation of an expectation type. Raises KeyError for a type that no suite can have."""
    for metric in METRICS:
        if metric.expectation == kind:
            return Explanation(kind, metric.asks, metric.why, metric.source, metric.fix)
    if kind in _STOCK:
        return _STOCK[kind]
    if kind not in SUPPORTED:
        raise KeyError(kind)
    words = kind.removeprefix(PREFIX).replace("_", " ")
    return Explanation(
        kind,
        asks=f"One of Great Expectations' own expectations: {words}.",
        why="Somebody wrote it into a suite; the reason there says why.",
        source=f"https://greatexpectations.io/expectations/{kind}",
        fix="Mend the rows, or change the limit in the suite that asks.",
    )


def find_type(check: str) -> tuple[str, str]:
    """The expectation type that a check id or a type names, with or without `expect_`, and the id's own part or "".

    Raises UsageError naming the nearest type.
    """
    first, _, rest = check.partition("/")
    is_id = first in {scope.value for scope in Scope} and rest
    kind = rest.partition("/")[0] if is_id else first
    known = {*SUPPORTED, *(metric.expectation for metric in METRICS)}
    for name in (kind, PREFIX + kind):
        if name in known:
            return name, check if is_id else ""
    raise UsageError(f"no check '{check}' ({_nearest(kind, known)})")


def _nearest(word: str, known: set[str]) -> str:
    """The type of ours that has such a word in its name, else the nearest type as a whole."""
    ours = sorted(metric.expectation for metric in METRICS)
    by_word = {part: kind for kind in reversed(ours) for part in kind.removeprefix(PREFIX).split("_")}
    found = get_close_matches(word, by_word, n=1)
    if found:
        return f"did you mean '{by_word[found[0]]}'?"
    near = did_you_mean(PREFIX + word.removeprefix(PREFIX), known)
    return near if near.startswith("did") else "`gates list checks` names them"


def built_in_uses() -> list[Use]:
    """Every entry of the suites that gates ships, `common` first, then the data types."""
    metrics = {metric.expectation: metric for metric in METRICS}
    return [
        Use(part, entry)
        for part in (COMMON, *DATA_TYPES)
        for scope in Scope
        for entry in read_suite(
            built_in_suites() / part / f"{scope.value}.json", metrics, shown=f"expectations/{part}/{scope.value}.json"
        ).expectations
    ]


def own_uses(contracts: Mapping[str, Contract]) -> list[Use]:
    """The entries that datasets' own suites have, by dataset."""
    return [
        Use(name, entry, is_own=True)
        for name, contract in contracts.items()
        for scope in Scope
        for entry in contract.entries[scope]
        if entry.path.startswith(f"expectations/{name}/")
    ]


def matching(uses: Sequence[Use], kind: str, check: str) -> list[Use]:
    """The uses of a type; of one check id alone where the suites have it."""
    of_type = [use for use in uses if use.entry.type == kind]
    return [use for use in of_type if str(use.entry.check_id) == check] or of_type
