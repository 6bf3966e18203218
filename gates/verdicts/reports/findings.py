"""A verdict's checks in the order in which a person wants to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdict import Outcome, Severity
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gates.verdict import CheckResult, Verdict

# Said beside each check that it holds for.
FORGIVEN = 'forgiven by inconclusive = "warn" in gates.toml'
# What went wrong comes first, then what could not be said.
_OUTCOMES = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE)


@dataclass(frozen=True)
class Findings:
    """Every check of a verdict in exactly one of four lists.

    open: what did not pass and counts, by severity, then by outcome. waived: what did not pass and does not count.
    """

    open: tuple[CheckResult, ...]
    waived: tuple[CheckResult, ...]
    not_asked: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]


def findings(verdict: Verdict) -> Findings:
    """The verdict's checks sorted for a reader; within one severity and outcome they keep the plan's order."""
    waived = waived_ids(verdict)
    loose = [check for check in verdict.checks if check.outcome in _OUTCOMES]
    return Findings(
        open=tuple(
            check
            for severity in Severity
            for outcome in _OUTCOMES
            for check in loose
            if check.severity is severity and check.outcome is outcome and str(check.id) not in waived
        ),
        waived=tuple(check for check in loose if str(check.id) in waived),
        not_asked=tuple(check for check in verdict.checks if check.outcome is Outcome.NOT_CONFIGURED),
        passed=tuple(check for check in verdict.checks if check.outcome is Outcome.PASS),
    )


def outcome_of(verdict: Verdict, check_id: str) -> str:
    """The outcome of a waived check in a word."""
    return next((check.outcome.value for check in verdict.checks if str(check.id) == check_id), "not planned")


def headline(verdict: Verdict, name: str = "") -> str:
    """The answer and its reason in one line, such as `reviews: fail: 2 critical failed, 29 of 31 passed`.

    name: how the dataset is called, where not by its name alone.
    """
    return f"{name or verdict.dataset}: {answer(verdict)}: {tally(verdict.checks, waived_ids(verdict))}"


def answer(verdict: Verdict) -> str:
    """The answer in words; that of a part of the plan says so."""
    return f"{verdict.answer.value} (part of the plan: no verdict)" if verdict.is_partial else verdict.answer.value


def role_line(verdict: Verdict) -> str:
    """What a role of synthetic rows other than `mirror` loosens, the largest loosening there is; "" for `mirror`."""
    if verdict.contract.get("synthetic_role") != "extend":
        return ""
    return "role: extend: comparisons hold within label or slice, inferred bounds only warn"


def is_forgiven(verdict: Verdict, check: CheckResult) -> bool:
    """Whether a critical check is undecided and does not hold the dataset back."""
    is_undecided = check.severity is Severity.CRITICAL and check.outcome is Outcome.INCONCLUSIVE
    return is_undecided and verdict.contract.get("inconclusive") == "warn" and str(check.id) not in waived_ids(verdict)


def unheard(verdict: Verdict) -> tuple[str, ...]:
    """A line for each language and locale that has too few rows to be judged alone, with what it lacks.

    No outcome counts them: a check that passes speaks of all rows together and says nothing of these.
    """
    checks: dict[str, int] = {}
    lacking: dict[str, dict[str, int]] = {}
    for check in verdict.checks:
        for name, row in _parts(check, ("languages", "locales")):
            if row.get("outcome") == Outcome.INCONCLUSIVE.value and row.get("observed") is None:
                checks[name] = checks.get(name, 0) + 1
                needed = row.get("rows_needed")
                for origin, count in (needed if isinstance(needed, dict) else {}).items():
                    lacking.setdefault(name, {})[origin] = max(count, lacking.get(name, {}).get(origin, 0))
    return tuple(
        f"{name}: inconclusive by itself in {counted(checks[name], 'check')}"
        + (f", {rows} rows missing" if (rows := _rows(lacking.get(name, {}))) else "")
        for name in sorted(checks)
    )


def untagged(verdict: Verdict) -> tuple[str, ...]:
    """A line for the rows that say no language, and one for those that say no locale: no result by language has them."""
    counts: dict[str, str] = {}
    for check in verdict.checks:
        for kind, rows in _parts(check, ("languages_unsaid",)):
            counts[kind] = _rows({origin: count for origin, count in rows.items() if isinstance(count, int) and count})
    return tuple(f"{kind}: {rows} rows bear no tag; they are judged in no {kind}" for kind, rows in counts.items())


def _rows(lacking: Mapping[str, int]) -> str:
    return " and ".join(f"{count:,} {origin}" for origin, count in sorted(lacking.items()))


def _parts(check: CheckResult, tables: Sequence[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of a check's tables of parts; what is no table of parts has none."""
    for table in tables:
        found = check.evidence.get(table)
        if isinstance(found, dict):
            yield from ((name, row) for name, row in found.items() if isinstance(row, dict))


def waived_ids(verdict: Verdict) -> frozenset[str]:
    """Ids of the checks that do not count."""
    return frozenset(waiver["check"] for waiver in verdict.waived)


def tally(checks: Sequence[CheckResult], waived: frozenset[str]) -> str:
    """Counts of what did not pass and of what did, among the checks that count."""
    counting = [check for check in checks if str(check.id) not in waived]
    if not counting:
        return "no check was planned"
    parts = []
    for severity in Severity:
        for outcome, word in zip(_OUTCOMES, ("failed", "could not be computed", "inconclusive"), strict=True):
            count = sum(check.severity is severity and check.outcome is outcome for check in counting)
            if count:
                parts.append(f"{count} {severity.value} {word}")
    asked = sum(check.outcome is not Outcome.NOT_CONFIGURED for check in counting)
    passed = sum(check.outcome is Outcome.PASS for check in counting)
    if not asked:
        return "nothing was asked"
    if not parts and passed == asked:
        return f"{counted(passed, 'check')} passed"
    return ", ".join([*parts, f"{passed} of {asked} passed"])
